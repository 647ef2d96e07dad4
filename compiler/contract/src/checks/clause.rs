//! Clauses, conditions and columns only look: they write nothing and draw nothing.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::ExprKind;

use crate::Cx;
use crate::roots::{Role, each_code};
use crate::show;
use theus_hir::walk::Part;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    each_code(cx.typed, &mut |code| {
        let print = match (code.role, code.part) {
            (Role::Function | Role::Process, _) => return,
            (_, Part::Expr(expr)) => cx.prints.of_expr(cx.typed, expr),
            (_, Part::Block(block)) => cx.prints.of_block(cx.typed, block),
        };
        let role = code.role.text();
        if let Some(span) = print.random {
            let found = Diagnostic::new(Code::ImpureClause, span, "draws a random value")
                .title(format!("{role} uses `random`"))
                .help("draw in a process, and keep the value in a field");
            sink.push(found);
        }
        // What a test writes is another check's; samples may be anywhere.
        if matches!(code.role, Role::Test | Role::Measure) {
            return;
        }
        for ((place, _), span) in &print.writes {
            if place.in_field().is_some() {
                let name = show::place(cx.typed, place);
                let found = Diagnostic::new(Code::ImpureClause, *span, "written here")
                    .title(format!("{role} writes `{name}`"))
                    .help("only the body of a process writes: call a function without `inout`");
                sink.push(found);
            }
        }
    });
    invariants(cx, sink);
}

/// An invariant is checked before there is a tick.
fn invariants(cx: &Cx<'_>, sink: &mut Sink) {
    each_code(cx.typed, &mut |code| {
        code.each_expr(&mut |expr| {
            if let (Role::Invariant, ExprKind::Tick(_)) = (code.role, &expr.kind) {
                let found = Diagnostic::new(
                    Code::ImpureClause,
                    expr.span,
                    "there is no tick yet",
                )
                .title("an `invariant` uses `tick`")
                .help("invariants are about globals, and checked once at start");
                sink.push(found);
            }
        });
    });
}
