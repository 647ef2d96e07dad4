//! A source of rows fills data fields, and nothing else.

use theus_abi::image::{Format, Zone};
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::flow::each_flow;
use theus_hir::{Expr, FlowKind, Typed};

use crate::Cx;
use crate::place::path_of;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            if let FlowKind::Source(stream) = &flow.kind
                && stream.format == Format::Csv
            {
                let columns = stream.columns.iter();
                columns.for_each(|(expr, _)| column(cx.typed, expr, sink));
            }
        });
    }
}

fn column(typed: &Typed, expr: &Expr, sink: &mut Sink) {
    let path = path_of(typed, expr);
    let Some(field) = path.and_then(|path| path.place.in_field()) else {
        return;
    };
    let item = &typed.fields[field];
    if item.zone == Zone::Data {
        return;
    }
    let (word, name) = (item.zone.name(), show::field(typed, field));
    let found = Diagnostic::new(Code::BadColumn, expr.span, format!("a {word} field"))
        .title(format!("a source cannot fill the {word} field `{name}`"))
        .label(item.span, "declared here")
        .help("a source fills data fields; a process may take it from there");
    sink.push(found);
}
