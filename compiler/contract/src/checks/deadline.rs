//! What a hard deadline undoes can be undone.

use theus_diag::{Code, Diagnostic, Sink};

use super::atomic::heavy_write;
use crate::Cx;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let Some((true, _, deadline)) = process.deadline else {
            continue;
        };
        let Some((field, written)) = heavy_write(cx, id) else {
            continue;
        };
        let name = show::field(cx.typed, field);
        let text = format!("this writes the heavy field `{name}`");
        let found = Diagnostic::new(Code::HardHeavy, written, text)
            .title("a hard deadline of a process that cannot be undone")
            .label(deadline, "a process that is later than this is undone")
            .help("a heavy field keeps what a failed process wrote: leave `hard` out, or make the field `heavy(swap)`");
        sink.push(found);
    }
}
