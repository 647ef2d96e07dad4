//! Reads of locals in expressions, in order of evaluation.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::Walker;
use crate::body::{Arm, Block, ClosureBody, Expr, ExprKind, Otherwise, Pat};
use crate::walk::{Part, parts_of_expr};

impl Walker<'_, '_, '_> {
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Error => self.broken = true,
            ExprKind::Local(local) => {
                self.read.insert(*local);
                self.has_value(*local, expr.span);
            }
            ExprKind::CallLocal(local, args) => {
                self.read.insert(*local);
                self.all(args);
            }
            ExprKind::Let(value, pat) => {
                self.expr(value);
                self.declare(pat);
            }
            ExprKind::Match(value, arms) => {
                self.expr(value);
                for arm in arms {
                    self.arm_head(arm);
                    self.expr(&arm.body);
                }
            }
            ExprKind::Closure(_, body) => self.closure(body),
            ExprKind::OrElse(value, otherwise) => {
                self.expr(value);
                self.otherwise(otherwise, expr.span);
            }
            // Parts may be skipped, as the right side of `and` is, but an expression
            // assigns nothing.
            _ => parts_of_expr(expr, &mut |part| match part {
                Part::Expr(part) => self.expr(part),
                Part::Block(block) => self.block(block),
            }),
        }
    }

    /// The names that a pattern makes.
    pub(super) fn declare(&mut self, pat: &Pat) {
        pat.each_local(&mut |local| {
            if !self.declared.contains(&local) {
                self.declared.push(local);
            }
        });
    }

    /// The names and the guard of an arm.
    pub(super) fn arm_head<T>(&mut self, arm: &Arm<T>) {
        self.declare(&arm.pat);
        if let Some(guard) = &arm.guard {
            self.expr(guard);
        }
    }

    fn all(&mut self, exprs: &[Expr]) {
        for expr in exprs {
            self.expr(expr);
        }
    }

    fn closure(&mut self, body: &ClosureBody) {
        let before = self.path.clone();
        match body {
            ClosureBody::Expr(value) => self.expr(value),
            ClosureBody::Block(block) => self.block(block),
        }
        self.path = before;
    }

    fn otherwise(&mut self, otherwise: &Otherwise, span: Span) {
        match otherwise {
            Otherwise::Value(value) => self.expr(value),
            Otherwise::Raise(_, args) => self.all(args),
            Otherwise::Block(block) => self.must_leave(block, span),
        }
    }

    /// The block of an `else` that may not be left at its end.
    pub(super) fn must_leave(&mut self, block: &Block, span: Span) {
        let before = self.path.clone();
        self.block(block);
        let after = std::mem::replace(&mut self.path, before);
        if !after.ended && !self.broken {
            let found = Diagnostic::new(Code::MustLeave, span, "its `else` block goes on")
                .help("end the block with `return`, `raise`, `break` or `continue`; for a value write `?? value`");
            self.checker.report(found);
        }
    }
}
