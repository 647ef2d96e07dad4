//! `if c { true } else { false }`.

use theus_diag::{Code, Diagnostic};
use theus_hir::{Expr, ExprKind, StmtKind};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_expr(&mut |expr, _| {
        if let ExprKind::If(cond, then, other) = &expr.kind
            && let (ExprKind::Bool(yes), ExprKind::Bool(no)) = (&then.kind, &other.kind)
            && yes != no
        {
            let cond_text = cx.text(cond.span);
            let better = match yes {
                true => cond_text.to_owned(),
                false => format!("not ({cond_text})"),
            };
            tell(found(cond).help(format!("write `{better}`")));
        }
    });
    cx.each_stmt(&mut |stmt, _| {
        if let StmtKind::If(cond, then, other) = &stmt.kind
            && let ([yes], [no]) = (&*then.stmts, &*other.stmts)
            && let (StmtKind::Return(Some(yes)), StmtKind::Return(Some(no))) =
                (&yes.kind, &no.kind)
            && let (ExprKind::Bool(yes), ExprKind::Bool(no)) = (&yes.kind, &no.kind)
            && yes != no
        {
            let cond_text = cx.text(cond.span);
            let better = match yes {
                true => cond_text.to_owned(),
                false => format!("not ({cond_text})"),
            };
            tell(found(cond).help(format!("write `return {better}`")));
        }
    });
}

fn found(cond: &Expr) -> Diagnostic {
    Diagnostic::new(Code::NeedlessIf, cond.span, "is the answer already")
}
