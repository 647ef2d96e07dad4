//! A source fills data fields, and nothing else.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};

use crate::Cx;
use crate::place::path_of;
use crate::roots::{Role, each_flow_expr};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        each_flow_expr(&pipeline.body, &mut |role, expr| {
            let path = path_of(cx.typed, expr).filter(|_| role == Role::Target);
            let Some(field) = path.and_then(|path| path.place.in_field()) else {
                return;
            };
            let item = &cx.typed.fields[field];
            if item.zone == Zone::Data {
                return;
            }
            let (word, name) = (item.zone.name(), show::field(cx.typed, field));
            let found =
                Diagnostic::new(Code::BadColumn, expr.span, format!("a {word} field"))
                    .title(format!("a source cannot fill the {word} field `{name}`"))
                    .label(item.span, "declared here")
                    .help("a source fills data fields; a process may take it from there");
            sink.push(found);
        });
    }
}
