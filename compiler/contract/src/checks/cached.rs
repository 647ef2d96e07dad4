//! A cached process depends on nothing but fields whose writes are seen.

use indexmap::IndexMap;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::{Process, Target};
use theus_hir::walk::{each_expr, each_expr_of_block};
use theus_hir::{Expr, ExprKind};

use crate::Cx;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let Some(cached) = process.cached else {
            continue;
        };
        let print = cx.prints.process(id);
        let mut found: IndexMap<Span, (&str, &str)> = IndexMap::new();
        if let Some(span) = print.tick {
            found.insert(span, ("`tick` is another in every tick", TIME));
        }
        if let Some(span) = print.random {
            found.insert(span, ("every draw is another", TIME));
        }
        if let Some(slice) = process.each.as_ref().and_then(|each| each.slice.as_ref()) {
            found.insert(slice.span, ("every run takes the next elements", TIME));
        }
        each_expr_of(process, &mut |expr| {
            if matches!(expr.kind, ExprKind::Prev(_) | ExprKind::Window(_)) {
                found.insert(expr.span, ("changes at the end of a tick", TIME));
            }
        });
        zones(cx, process, &mut found);
        for (span, (text, help)) in found {
            let title = format!(
                "`{}` is cached and uses what changes unseen",
                process.head.name
            );
            let found = Diagnostic::new(Code::NotCacheable, span, text)
                .title(title)
                .label(
                    cached.span,
                    "skipped while no field that it names is written",
                )
                .help(help);
            sink.push(found);
        }
    }
}

const TIME: &str = "let another process, which is not cached, put it into a data field";
const ZONE: &str = "a cached process has inputs of globals and data, and outputs of data";

/// Entries of zones that are not transactional.
fn zones<'t>(
    cx: &Cx<'_>,
    process: &Process,
    found: &mut IndexMap<Span, (&'t str, &'t str)>,
) {
    for entry in process.inputs.iter().chain(&process.outputs) {
        let Target::Field(field, _) = &entry.target else {
            continue;
        };
        let text = match cx.typed.fields[*field].zone {
            Zone::Global | Zone::Data => continue,
            Zone::Signal => "a signal is gone at the end of the tick",
            Zone::Meta => "a meta field counts what is done",
            Zone::Heavy => "a heavy field has no transactions",
        };
        found.insert(entry.span, (text, ZONE));
    }
}

fn each_expr_of<'p>(process: &'p Process, visit: &mut dyn FnMut(&'p Expr)) {
    for clause in process.requires.iter().chain(&process.ensures) {
        each_expr(clause, visit);
    }
    each_expr_of_block(&process.body.block, visit);
}
