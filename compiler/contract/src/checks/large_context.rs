//! A context that has taken in everything: nobody can say any more who needs what.

use theus_diag::{Code, Diagnostic, Sink};

use crate::Cx;

/// Fields of a context from which on it gets a warning: three screens of declarations.
const MANY: usize = 100;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for context in cx.typed.written_contexts() {
        let count = context.fields.len();
        if count > MANY {
            let label = format!("it has {count} fields, more than {MANY}");
            sink.push(
                Diagnostic::new(Code::LargeContext, context.head.span, label)
                    .title(format!("context `{}` holds too much", context.head.name))
                    .help("put what is read and written together into contexts of their own, or into structs"),
            );
        }
    }
}
