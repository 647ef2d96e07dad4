//! Items without `///`.

use theus_diag::{Code, Diagnostic};
use theus_hir::item::Head;

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let typed = cx.typed;
    let contexts = typed.written_contexts();
    let contexts = contexts.map(|one| ("context", &one.head));
    let structs = typed.structs.values().map(|one| ("struct", &one.head));
    let enums = typed.enums.values().map(|one| ("enum", &one.head));
    let fns = typed.fns.values().map(|one| ("function", &one.head));
    let processes = typed.written_processes();
    let processes = processes.map(|(_, one)| ("process", &one.head));
    let pipelines = typed.pipelines.values();
    let pipelines = pipelines.filter(|one| one.together.is_empty());
    let pipelines = pipelines.map(|one| ("pipeline", &one.head));
    let all = contexts.chain(structs).chain(enums).chain(fns);
    for (what, head) in all.chain(processes).chain(pipelines) {
        one(cx, what, head, tell);
    }
}

fn one(cx: &Cx<'_>, what: &str, head: &Head, tell: &mut dyn FnMut(Diagnostic)) {
    // What the compiler makes has no name in the text.
    if head.docs.is_empty() && cx.text(head.span) == &*head.name {
        tell(
            Diagnostic::new(Code::MissingDocs, head.span, "nobody says what it is")
                .title(format!("the {what} `{}` has no `///` line", head.name))
                .help("say above it what it is for, in which units"),
        );
    }
}
