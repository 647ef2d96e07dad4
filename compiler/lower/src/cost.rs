//! Cost: about how many operations one run of a block is, as its text shows. A bound of the
//! text, never a measurement, so that a program is cut into parts the same way everywhere.

use indexmap::IndexMap;
use theus_hir::walk::{each_expr, each_expr_of_stmt};
use theus_hir::{Block, Expr, ExprKind, FnId, Stmt, StmtKind, TyKind, Typed};
use theus_stdlib::Intrinsic;

use crate::weight::{elements, node, rounds};

/// Rounds of a loop whose text does not say how many.
const ROUNDS: u64 = 8;
/// A function of the machine: a sine, a power.
const MATH: u64 = 20;

/// The operations of one run of a block.
pub(crate) fn of_block(typed: &Typed, block: &Block) -> u64 {
    let mut cost = Cost {
        typed,
        fns: IndexMap::new(),
    };
    cost.block(block)
}

/// The operations of an expression.
pub(crate) fn of_expr(typed: &Typed, e: &Expr) -> u64 {
    let mut cost = Cost {
        typed,
        fns: IndexMap::new(),
    };
    cost.expr(e)
}

struct Cost<'t> {
    typed: &'t Typed,
    /// Functions; one that is being counted costs nothing yet.
    fns: IndexMap<FnId, u64>,
}

impl Cost<'_> {
    fn block(&mut self, block: &Block) -> u64 {
        let stmts = block.stmts.iter();
        stmts
            .map(|stmt| self.stmt(stmt))
            .fold(0, u64::saturating_add)
    }

    fn stmt(&mut self, stmt: &Stmt) -> u64 {
        match &stmt.kind {
            StmtKind::ForRange {
                lo,
                hi,
                inclusive,
                body,
                ..
            } => {
                let rounds = rounds(lo, hi, *inclusive, &[]).unwrap_or(ROUNDS);
                let head = self.expr(lo).saturating_add(self.expr(hi));
                head.saturating_add(self.turns(rounds, body))
            }
            StmtKind::ForEach { over, body, .. } => {
                let rounds = match self.typed.types.kind(over.ty) {
                    TyKind::Array(..) => elements(self.typed, over.ty, &[]),
                    _ => ROUNDS,
                };
                let head = self.expr(over);
                head.saturating_add(self.turns(rounds, body))
            }
            StmtKind::While { body, .. } => self.turns(ROUNDS, body),
            StmtKind::If(cond, then, other) => {
                let ways = self.block(then).max(self.block(other));
                self.expr(cond).saturating_add(ways)
            }
            StmtKind::Match(value, arms) => {
                let ways = arms.iter().map(|arm| self.block(&arm.body)).max();
                self.expr(value).saturating_add(ways.unwrap_or(0))
            }
            StmtKind::Block(block) => self.block(block),
            _ => {
                let mut total = 0_u64;
                each_expr_of_stmt(stmt, &mut |e| {
                    total = total.saturating_add(self.node(e));
                });
                total
            }
        }
    }

    fn turns(&mut self, rounds: u64, body: &Block) -> u64 {
        self.block(body).saturating_add(2).saturating_mul(rounds)
    }

    fn expr(&mut self, e: &Expr) -> u64 {
        let mut total = 0_u64;
        each_expr(e, &mut |inner| {
            total = total.saturating_add(self.node(inner))
        });
        total
    }

    fn node(&mut self, e: &Expr) -> u64 {
        match &e.kind {
            ExprKind::Call(id, ..) => self.function(*id).saturating_add(4),
            ExprKind::Intrinsic(Intrinsic::Math(_) | Intrinsic::Sqrt, _) => MATH,
            _ => node(self.typed, e, &[]),
        }
    }

    fn function(&mut self, id: FnId) -> u64 {
        if let Some(known) = self.fns.get(&id) {
            return *known;
        }
        self.fns.insert(id, 0);
        let cost = match &self.typed.fns[id].body {
            Ok(body) => self.block(&body.block),
            Err(_) => MATH,
        };
        self.fns.insert(id, cost);
        cost
    }
}
