//! What a loop goes over keeps its elements while it does.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::body::PoolOp;
use theus_hir::walk::{each_expr_of_block, each_stmt};
use theus_hir::{Expr, ExprKind, FieldId, StmtKind};

use crate::Cx;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    let processes = cx.typed.processes.values().map(|item| &item.body);
    let tests = cx.typed.tests.values().map(|item| &item.body);
    for body in processes.chain(tests) {
        each_stmt(&body.block, &mut |stmt| {
            let StmtKind::ForEach { over, body, .. } = &stmt.kind else {
                return;
            };
            let Some(pool) = walked(over) else { return };
            each_expr_of_block(body, &mut |expr| {
                if let ExprKind::Pool(op, args) = &expr.kind
                    && op.changes()
                    && let Some(changed) = args.first().and_then(walked)
                    && (changed == pool || frees(cx, *op, changed, pool))
                {
                    let name = show::field(cx.typed, pool);
                    let label =
                        format!("`{}` changes which elements there are", op.name());
                    sink.push(
                        Diagnostic::new(Code::ShapeChange, expr.span, label)
                            .title(format!("`{name}` changes while a loop goes over it"))
                            .label(over.span, "the loop goes over it")
                            .help(format!("gather the handles first, `let all = [h for h in {name}.handles()]`, and loop over `all`; or let an `each` process free its elements: `a.free()`")),
                    );
                }
            });
        });
    }
}

/// Whether elements of a pool go because their owners do.
fn frees(cx: &Cx<'_>, op: PoolOp, owner: FieldId, pool: FieldId) -> bool {
    cx.typed.frees(op, owner) && cx.typed.owned_by(owner).contains(&pool)
}

/// The pool that a loop goes over, elements or handles.
fn walked(over: &Expr) -> Option<FieldId> {
    match &over.kind {
        ExprKind::Field(field) | ExprKind::Owned(_, field) => Some(*field),
        ExprKind::Elem(base) => walked(base),
        // Queries answer from the start of the process.
        ExprKind::Pool(PoolOp::Sorted(..) | PoolOp::Top(_) | PoolOp::Near(_), _) => None,
        ExprKind::Pool(_, args) => args.first().and_then(walked),
        _ => None,
    }
}
