//! A function that nothing calls, in a program that runs.

use theus_diag::{Code, Diagnostic};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (id, function) in &cx.typed.fns {
        let name = &function.head.name;
        if cx.in_running_root(&function.head)
            && !cx.used().called.contains(&id)
            && !name.starts_with('_')
        {
            tell(
                Diagnostic::new(Code::UnusedFunction, function.head.span, "never called")
                    .title(format!("nothing calls the function `{name}`"))
                    .help("remove it, or start its name with `_`"),
            );
        }
    }
}
