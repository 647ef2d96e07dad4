//! Some run keeps the budget of its process.

use theus_diag::{Code, Diagnostic, Sink};

use crate::Cx;
use crate::steps::steps_of;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for process in cx.typed.processes.values() {
        let Some((budget, span)) = process.budget.filter(|_| process.of.is_none()) else {
            continue;
        };
        let sure = steps_of(cx.typed, process).sure;
        if sure > budget {
            let text = format!("every run makes at least {sure} steps");
            let title = format!("`{}` never keeps its budget", process.head.name);
            let found = Diagnostic::new(Code::BadBudget, span, text)
                .title(title)
                .help("a step is one round of a loop; give the budget or the loops another bound");
            sink.push(found);
        }
    }
}
