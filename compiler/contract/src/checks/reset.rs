//! `reset` of a context has something to reset.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::FlowKind;
use theus_hir::flow::{ResetTarget, each_flow};

use crate::Cx;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            let FlowKind::Reset(ResetTarget::Context(context)) = flow.kind else {
                return;
            };
            let item = &cx.typed.contexts[context];
            if item
                .fields
                .iter()
                .any(|field| cx.typed.fields[*field].zone == Zone::Data)
            {
                return;
            }
            let found = Diagnostic::new(Code::BadReset, flow.span, "nothing to reset")
                .title(format!("`{}` has no data fields to reset", item.head.name))
                .label(item.head.span, "declared here")
                .help(
                    "only data fields go back to their start values: globals never leave \
                     them, signals do by themselves, and meta fields count over the whole run",
                );
            sink.push(found);
        });
    }
}
