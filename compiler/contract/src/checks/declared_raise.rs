//! A process raises only errors that it declares.

use theus_diag::{Code, Diagnostic, Sink};

use crate::Cx;
use crate::edit::offer_error;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        for (error, span) in &cx.prints.process(id).raises {
            if process.errors.iter().any(|(declared, _)| declared == error) {
                continue;
            }
            let (owner, name) = (&process.head.name, &cx.typed.errors[*error].name);
            let found = Diagnostic::new(Code::UndeclaredRaise, *span, "raised here")
                .title(format!(
                    "`{owner}` raises `{name}`, which it does not declare"
                ))
                .help(format!("add `{name}` to the `errors` clause of `{owner}`"));
            let found = match process.errors.first() {
                Some((_, first)) => {
                    found.label(*first, format!("the errors of `{owner}`"))
                }
                None => found
                    .label(process.head.span, format!("`{owner}` declares no errors")),
            };
            sink.push(offer_error(found, cx.typed, process, *error));
        }
    }
}
