//! A test runs a pipeline for a time only if the pipeline has a period.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::StmtKind;
use theus_hir::body::Amount;
use theus_hir::item::Period;

use crate::Cx;
use theus_hir::walk::each_stmt;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for test in cx.typed.tests.values() {
        each_stmt(&test.body.block, &mut |stmt| {
            let StmtKind::Run {
                ran,
                amount: Amount::Time(time),
                ..
            } = &stmt.kind
            else {
                return;
            };
            let Some(pipeline) = ran.pipeline() else {
                return;
            };
            let pipeline = &cx.typed.pipelines[pipeline];
            if pipeline.period == Period::None {
                let name = &pipeline.head.name;
                let found = Diagnostic::new(Code::NoTickPeriod, time.span, "a time")
                    .title(format!("`{name}` has no period to run for a time"))
                    .label(pipeline.head.span, "declared without `every`")
                    .help(format!(
                        "count ticks (`run {name} for 100 ticks`), or give it a period: \
                         `pipeline {name} every 10ms`"
                    ));
                sink.push(found);
            }
        });
    }
}
