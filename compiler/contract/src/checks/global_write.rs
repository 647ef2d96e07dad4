//! A global is set at start and never written.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::Target;
use theus_hir::{FieldId, Typed};

use crate::Cx;
use crate::contract::{field_of, zone};
use crate::edit::{Clause, offer_removal};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        for ((place, _), span) in &cx.prints.process(id).writes {
            let (Some(field), Some(Zone::Global)) =
                (place.in_field(), zone(cx.typed, place))
            else {
                continue;
            };
            // One report each: a global among the outputs is told of below.
            let is_declared = process.outputs.iter().any(
                |entry| matches!(entry.target, Target::Field(named, _) if named == field),
            );
            if is_declared {
                continue;
            }
            let owner = &process.head.name;
            let title = format!(
                "`{owner}` writes the global `{}`",
                show::field(cx.typed, field)
            );
            sink.push(written(cx.typed, field, *span, "written here").title(title));
        }
        for (at, entry) in process.outputs.iter().enumerate() {
            let global =
                field_of(cx.typed, entry).is_some_and(|item| item.zone == Zone::Global);
            let Target::Field(field, _) = entry.target else {
                continue;
            };
            if global {
                let name = show::target(cx.typed, &entry.target);
                let found = written(cx.typed, field, entry.span, "an output")
                    .title(format!("the global `{name}` cannot be an output"));
                sink.push(offer_removal(found, process, Clause::Outputs, at, &name));
            }
        }
    }
}

fn written(typed: &Typed, field: FieldId, span: Span, label: &str) -> Diagnostic {
    let name = show::field(typed, field);
    Diagnostic::new(Code::GlobalWrite, span, label)
        .label(
            typed.fields[field].span,
            "declared `global` here: fixed at start",
        )
        .help(format!(
            "set it at start with `--set {name}=…`, or drop `global` from its declaration"
        ))
}
