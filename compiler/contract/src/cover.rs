//! Whether a statement surely writes every element of a field: an assignment of the whole, or
//! loops over all of its sizes around an assignment of the element.

use theus_abi::heavy::SizeOp;
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::ty::SizeTerm;
use theus_hir::walk::each_stmt;
use theus_hir::{
    Block, Expr, ExprKind, FieldId, LocalId, Size, Stmt, StmtKind, TyKind, Typed,
};
use theus_stdlib::Intrinsic;

/// Whether the statement writes all of a field whenever it ends.
pub(crate) fn covers(typed: &Typed, field: FieldId, stmt: &Stmt) -> bool {
    let mut cover = Cover {
        typed,
        field,
        loops: Vec::new(),
    };
    cover.stmt(stmt)
}

struct Cover<'a> {
    typed: &'a Typed,
    field: FieldId,
    /// The loops around: from 0 to less than that.
    loops: Vec<(LocalId, &'a Expr)>,
}

impl<'a> Cover<'a> {
    fn block(&mut self, block: &'a Block) -> bool {
        block.stmts.iter().any(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Assign(target, _) => self.target(target),
            StmtKind::If(_, then, other) => self.block(then) && self.block(other),
            StmtKind::Block(block) => self.block(block),
            StmtKind::ForRange {
                local,
                lo,
                hi,
                inclusive: false,
                body,
            } if matches!(lo.kind, ExprKind::Int(0)) && !leaves(body) => {
                self.loops.push((*local, hi));
                let found = self.block(body);
                self.loops.pop();
                found
            }
            _ => false,
        }
    }

    /// Whether all loops together assign each element once.
    fn target(&self, target: &Expr) -> bool {
        match &target.kind {
            ExprKind::Field(field) => *field == self.field && self.loops.is_empty(),
            ExprKind::Index(base, indices) => {
                let TyKind::Array(_, dims) = self.typed.types.kind(base.ty) else {
                    return false;
                };
                let whole =
                    matches!(base.kind, ExprKind::Field(field) if field == self.field);
                let places: Vec<_> = indices
                    .iter()
                    .zip(dims)
                    .map(|(index, dim)| self.loop_over(index, *dim))
                    .collect();
                let all = (0..self.loops.len()).all(|at| places.contains(&Some(at)));
                whole && all && places.len() == self.loops.len()
            }
            _ => false,
        }
    }

    /// The loop whose counter an index is, if it goes over a dimension of that size.
    fn loop_over(&self, index: &Expr, dim: Size) -> Option<usize> {
        let ExprKind::Local(local) = index.kind else {
            return None;
        };
        let at = self.loops.iter().position(|(other, _)| *other == local)?;
        let (_, end) = self.loops.get(at)?;
        self.is_size(end, dim).then_some(at)
    }

    fn is_size(&self, end: &Expr, dim: Size) -> bool {
        if let ExprKind::Intrinsic(Intrinsic::Len, args) = &end.kind {
            let of = args.first().map(|arg| self.typed.types.kind(arg.ty));
            return matches!(of, Some(TyKind::Array(_, dims)) if dims.first() == Some(&dim));
        }
        let term = self.term(end);
        match dim {
            Size::Const(size) => term == Some(SizeTerm::Const(size)),
            Size::Start(at) => {
                term.is_some() && term.as_ref() == self.typed.types.term(at)
            }
            Size::Param(_) | Size::Of(_) | Size::Error => false,
        }
    }

    /// The bound of a loop as a size.
    fn term(&self, expr: &Expr) -> Option<SizeTerm> {
        match &expr.kind {
            ExprKind::Int(value) => u64::try_from(*value).ok().map(SizeTerm::Const),
            ExprKind::Const(id) => self.term(&self.typed.consts[*id].value),
            ExprKind::Field(id) => Some(SizeTerm::Global(*id)),
            ExprKind::Cast(inner) => self.term(inner),
            ExprKind::Binary(op, left, right) => {
                let op = match op {
                    BinaryOp::Add => SizeOp::Add,
                    BinaryOp::Sub => SizeOp::Sub,
                    BinaryOp::Mul => SizeOp::Mul,
                    BinaryOp::Div => SizeOp::Div,
                    _ => return None,
                };
                let parts = [self.term(left)?, self.term(right)?];
                Some(SizeTerm::Op(op, Box::new(parts)))
            }
            _ => None,
        }
    }
}

/// Whether a round of a loop may end before its last statement.
fn leaves(block: &Block) -> bool {
    let mut found = false;
    each_stmt(block, &mut |stmt| {
        found |= matches!(
            stmt.kind,
            StmtKind::Return(_) | StmtKind::Break | StmtKind::Continue
        );
    });
    found
}
