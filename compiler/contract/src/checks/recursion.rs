//! No function calls itself, neither directly nor through others or closures.

use theus_diag::{Code, Diagnostic, Sink};

use crate::Cx;

/// Longer cycles are named up to here.
const MOST_NAMED: usize = 8;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for knot in cx.calls.knots() {
        let cycle = cx.calls.cycle(knot);
        let Some((first, span)) = cycle.first() else {
            continue;
        };
        let name = |at: usize| cycle.get(at).map(|(id, _)| &*cx.typed.fns[*id].head.name);
        let start = &cx.typed.fns[*first].head;
        let mut names: Vec<_> =
            (0..cycle.len().min(MOST_NAMED)).filter_map(name).collect();
        if cycle.len() > MOST_NAMED {
            names.push("…");
        }
        names.push(&start.name);
        let title = match cycle.len() {
            1 => format!("`{}` calls itself", start.name),
            _ => format!("functions call each other: `{}`", names.join(" -> ")),
        };
        let callee = |at: usize| name((at + 1) % cycle.len()).unwrap_or_default();
        let mut found = Diagnostic::new(
            Code::Recursion,
            *span,
            format!("calls `{}`", callee(0)),
        )
        .title(title)
        .help(
            "use a loop: every tick must end, and its memory is known before it starts",
        );
        for (at, (_, span)) in cycle.iter().enumerate().skip(1).take(MOST_NAMED) {
            found = found.label(*span, format!("calls `{}`", callee(at)));
        }
        sink.push(found);
    }
}
