//! A process with `each` writes only its element.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::Typed;
use theus_hir::item::Process;

use crate::Cx;
use crate::contract::zone;
use crate::footprint::WriteKind;
use crate::place::Place;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in &cx.typed.processes {
        let Some(each) = &process.each else { continue };
        let mut reported: Vec<&Place> = Vec::new();
        for ((place, kind), span) in &cx.prints.process(id).elsewhere {
            let free = match zone(cx.typed, place) {
                Some(Zone::Signal) => matches!(kind, WriteKind::Raise | WriteKind::Count),
                Some(Zone::Meta) => matches!(kind, WriteKind::Count | WriteKind::Add),
                // Reported as what it is.
                Some(Zone::Global) | None => true,
                Some(_) => false,
            };
            if free || reported.iter().any(|known| known.overlaps(place)) {
                continue;
            }
            reported.push(place);
            let own = place.in_field() == Some(each.field);
            sink.push(elsewhere(cx.typed, process, place, (*span, own)));
        }
    }
}

fn elsewhere(
    typed: &Typed,
    process: &Process,
    place: &Place,
    (span, own): (Span, bool),
) -> Diagnostic {
    let name = show::place(typed, place);
    let owner = &process.head.name;
    let found = Diagnostic::new(Code::WriteElsewhere, span, "written for each element")
        .title(if own {
            format!("`{owner}` writes an element of `{name}` that is not its own")
        } else {
            format!("`{owner}` writes `{name}`, which is not its element")
        });
    let found = match &process.each {
        Some(each) => found.label(each.span, "the body runs once for each of these"),
        None => found,
    };
    found.help(match zone(typed, place) {
        Some(Zone::Signal | Zone::Meta) => {
            "from several elements a signal is raised with `= true` or counted, a meta field counted with `+=`"
        }
        _ => "write the element, and gather in a process of its own that follows: `for a in …`",
    })
}
