//! A signal that no pipeline looks at.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let contexts = cx.typed.written_contexts();
    for context in contexts.filter(|context| cx.in_running_root(&context.head)) {
        for field in &context.fields {
            let field = &cx.typed.fields[*field];
            let used = cx.used();
            if field.zone == Zone::Signal
                && used.written.contains(&field.span)
                && !used.read.contains(&field.span)
            {
                let path = format!("{}.{}", context.head.name, field.name);
                tell(
                    Diagnostic::new(
                        Code::UnreadSignal,
                        field.span,
                        "raised, never looked at",
                    )
                    .title(format!("no pipeline looks at the signal `{path}`"))
                    .help(format!(
                        "a signal is gone when the tick ends: `when {path} {{ … }}`"
                    )),
                );
            }
        }
    }
}
