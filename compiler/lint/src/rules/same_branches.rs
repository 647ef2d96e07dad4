//! Branches that do the same, and conditions that are asked twice.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::{Block, ExprKind, StmtKind};

use crate::cx::Cx;
use crate::same::{same, words};

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_stmt(&mut |stmt, _| {
        let StmtKind::If(cond, then, other) = &stmt.kind else {
            return;
        };
        if let (Some(a), Some(b)) = (place(then), place(other))
            && words(cx.text(a)) == words(cx.text(b))
        {
            tell(alike(a, b));
        }
        if let [next] = &*other.stmts
            && let StmtKind::If(again, ..) = &next.kind
            && same(cx, cond, again)
        {
            tell(
                Diagnostic::new(Code::SameBranches, again.span, "never holds here")
                    .title("a condition that is asked twice")
                    .label(cond.span, "where this holds, the other is not reached")
                    .help("one of the two is meant to be something else, or this branch can go"),
            );
        }
    });
    cx.each_expr(&mut |expr, _| {
        if let ExprKind::If(_, then, other) = &expr.kind
            && same(cx, then, other)
        {
            tell(alike(then.span, other.span));
        }
    });
}

fn alike(a: Span, b: Span) -> Diagnostic {
    Diagnostic::new(Code::SameBranches, b, "the same again")
        .title("both branches do the same")
        .label(a, "this is done if the condition holds")
        .help("one of the two is meant to be something else, or the condition can go")
}

/// Where the statements of a block stand.
fn place(block: &Block) -> Option<Span> {
    let (first, last) = (block.stmts.first()?, block.stmts.last()?);
    Some(first.span.to(last.span))
}
