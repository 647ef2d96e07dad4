//! Reads of locals in expressions, in order of evaluation.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::Walker;
use crate::body::{Arm, Block, ClosureBody, Expr, ExprKind, Otherwise, Pat};

impl Walker<'_, '_, '_> {
    #[expect(
        clippy::too_many_lines,
        reason = "one arm for each kind of expression, each short"
    )]
    pub(super) fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Error => self.broken = true,
            ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Duration(_)
            | ExprKind::SizeParam(_)
            | ExprKind::None
            | ExprKind::Str(_)
            | ExprKind::Const(_)
            | ExprKind::Field(_)
            | ExprKind::Prev(_)
            | ExprKind::Window(_)
            | ExprKind::Tick(_)
            | ExprKind::Draw => {}
            ExprKind::Local(local) => {
                self.read.insert(*local);
                self.has_value(*local, expr.span);
            }
            ExprKind::Some(inner)
            | ExprKind::Member(inner, _)
            | ExprKind::Elem(inner)
            | ExprKind::Unary(_, inner)
            | ExprKind::Cast(inner)
            | ExprKind::View(inner)
            | ExprKind::Show(inner, _)
            | ExprKind::Bounded(inner)
            | ExprKind::Fill(inner)
            | ExprKind::Old(inner) => self.expr(inner),
            ExprKind::Index(base, indices) => {
                self.expr(base);
                self.all(indices);
            }
            ExprKind::PoolAt(left, right) | ExprKind::RingIndex(left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Binary(_, left, right) => {
                // The right side may be skipped, but an expression assigns nothing.
                self.expr(left);
                self.expr(right);
            }
            ExprKind::InRange { value, lo, hi, .. } => {
                self.expr(value);
                self.expr(lo);
                self.expr(hi);
            }
            ExprKind::If(cond, yes, no) => {
                self.expr(cond);
                self.expr(yes);
                self.expr(no);
            }
            ExprKind::Match(value, arms) => {
                self.expr(value);
                for arm in arms {
                    self.arm_head(arm);
                    self.expr(&arm.body);
                }
            }
            ExprKind::Array(all)
            | ExprKind::Concat(all)
            | ExprKind::Tuple(all)
            | ExprKind::Variant(_, _, all)
            | ExprKind::Struct(_, all)
            | ExprKind::Call(_, _, all)
            | ExprKind::Pool(_, all)
            | ExprKind::Intrinsic(_, all) => self.all(all),
            ExprKind::CallLocal(local, args) => {
                self.read.insert(*local);
                self.all(args);
            }
            ExprKind::Update(base, changes) => {
                self.expr(base);
                for (_, change) in changes {
                    self.expr(change);
                }
            }
            ExprKind::Let(value, pat) => {
                self.expr(value);
                self.declare(pat);
            }
            ExprKind::After(block, value) => {
                self.block(block);
                self.expr(value);
            }
            ExprKind::Closure(_, body) => self.closure(body),
            ExprKind::OrElse(value, otherwise) => {
                self.expr(value);
                self.otherwise(otherwise, expr.span);
            }
            ExprKind::Quantifier { lo, hi, body, .. } => {
                self.expr(lo);
                self.expr(hi);
                self.expr(body);
            }
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
