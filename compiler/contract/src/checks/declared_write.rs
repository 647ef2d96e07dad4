//! A process writes only what its outputs name.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::Process;
use theus_hir::{StmtKind, Typed};

use super::declared_read::all_or_one;
use crate::Cx;
use crate::contract::{Contract, entry_name, zone};
use crate::edit::{Clause, offer_entry};
use crate::footprint::Footprint;
use crate::place::{Place, path_of};
use crate::place_set::PlaceSet;
use crate::show;
use theus_hir::walk::each_stmt;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let contract = Contract::new(cx.typed, process);
        if contract.partial {
            continue;
        }
        let missing = undeclared(cx.typed, &contract, cx.prints.process(id));
        let names: Vec<_> = missing
            .iter()
            .map(|(place, _)| entry_name(cx.typed, process, place))
            .collect();
        for ((place, span), name) in missing.iter().zip(&names) {
            let all = all_or_one(&names, name);
            let input = contract.inputs.covers(cx.typed, place);
            sink.push(undeclared_write(process, *span, name, all, input));
        }
    }
    check_tests(cx.typed, sink);
}

fn undeclared<'a>(
    typed: &Typed,
    contract: &Contract,
    print: &'a Footprint,
) -> Vec<(&'a Place, Span)> {
    let (mut found, mut reported) = (Vec::new(), PlaceSet::default());
    for ((place, _), span) in &print.writes {
        let global = zone(typed, place) == Some(Zone::Global);
        let known =
            contract.outputs.covers(typed, place) || reported.covers(typed, place);
        if !global && !known {
            reported.add(typed, place.clone());
            found.push((place, *span));
        }
    }
    found
}

fn undeclared_write(
    process: &Process,
    span: Span,
    name: &str,
    all: &[String],
    input: bool,
) -> Diagnostic {
    let owner = &process.head.name;
    let why = if input {
        "is only an input"
    } else {
        "its contract does not name"
    };
    let found = Diagnostic::new(Code::UndeclaredWrite, span, "written here")
        .title(format!("`{owner}` writes `{name}`, which {why}"));
    offer_entry(found, process, Clause::Outputs, name, all)
}

/// A test is the host: it says `set` where it writes a field.
fn check_tests(typed: &Typed, sink: &mut Sink) {
    for test in typed.tests.values() {
        each_stmt(&test.body.block, &mut |stmt| {
            let (StmtKind::Assign(place, _) | StmtKind::OpAssign(place, ..)) = &stmt.kind
            else {
                return;
            };
            let Some(path) =
                path_of(typed, place).filter(|path| path.place.in_field().is_some())
            else {
                return;
            };
            let name = show::place(typed, &path.place);
            let found = Diagnostic::new(Code::UndeclaredWrite, path.span, "written here")
                .title(format!("`{name}` is written without `set`"))
                .help(format!(
                    "write `set {name} = …`: tests and cells set fields as the host does"
                ));
            sink.push(match stmt.kind {
                StmtKind::Assign(..) => {
                    found.fix("add `set`", stmt.span.before(), "set ")
                }
                _ => found,
            });
        });
    }
}
