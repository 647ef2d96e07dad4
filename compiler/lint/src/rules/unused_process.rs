//! A process that nothing runs, in a program that runs others.

use theus_diag::{Code, Diagnostic};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (id, process) in cx.typed.written_processes() {
        let name = &process.head.name;
        if cx.in_running_root(&process.head)
            && !cx.used().run.contains(&id)
            && !name.starts_with('_')
        {
            tell(
                Diagnostic::new(Code::UnusedProcess, process.head.span, "never runs")
                    .title(format!("no pipeline and no test runs `{name}`"))
                    .help("name it in a pipeline, remove it, or start its name with `_`"),
            );
        }
    }
}
