//! A field that nothing names.

use theus_diag::{Code, Diagnostic};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let contexts = cx.typed.written_contexts();
    for context in contexts.filter(|context| cx.in_running_root(&context.head)) {
        for field in &context.fields {
            let field = &cx.typed.fields[*field];
            let used = cx.used();
            let sets = [&used.read, &used.written, &used.named];
            if sets.iter().all(|set| !set.contains(&field.span))
                && !field.name.starts_with('_')
                && cx.text(field.span) == &*field.name
            {
                let path = format!("{}.{}", context.head.name, field.name);
                tell(
                    Diagnostic::new(Code::UnusedField, field.span, "never used")
                        .title(format!("nothing uses the field `{path}`"))
                        .help("remove it, or start its name with `_`"),
                );
            }
        }
    }
}
