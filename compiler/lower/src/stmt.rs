//! Statements.

use theus_abi::image::Range;
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp as Op;
use theus_hir::{Block as HirBlock, Expr, ExprKind, LocalId, Stmt, StmtKind, Ty, TyKind};
use theus_mir::{UnaryOp, Value};

use crate::frame::{Binding, FnCx};

impl<'a> FnCx<'_, 'a> {
    /// The statements of a block.
    pub(crate) fn block(&mut self, block: &'a HirBlock) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    pub(crate) fn stmt(&mut self, stmt: &'a Stmt) {
        if self.is_over(stmt.span) {
            return;
        }
        let outer = self.loop_at.replace(stmt.span);
        self.stmt_kind(stmt);
        self.loop_at = outer;
    }

    fn stmt_kind(&mut self, stmt: &'a Stmt) {
        match &stmt.kind {
            StmtKind::Let(local, value) => self.let_local(*local, value.as_ref()),
            StmtKind::Unpack(pat, value, otherwise) => {
                self.unpack(pat, value, otherwise.as_ref());
            }
            StmtKind::Assign(place, value) => self.assign(place, value),
            StmtKind::OpAssign(place, op, value) => {
                self.op_assign(place, *op, value, stmt.span);
            }
            StmtKind::Expr(e) => self.for_effect(e),
            StmtKind::If(cond, then, other) => self.if_stmt(cond, then, other),
            StmtKind::Match(value, arms) => self.match_stmt(value, arms),
            StmtKind::ForRange {
                local,
                lo,
                hi,
                inclusive,
                body,
            } => {
                self.for_range(*local, (lo, hi, *inclusive), body);
            }
            StmtKind::ForEach { local, over, body } => self.for_each(*local, over, body),
            StmtKind::While {
                cond,
                max,
                total,
                body,
                ..
            } => {
                self.while_loop(cond, (max, *total), body, stmt.span);
            }
            StmtKind::Return(value) => self.return_stmt(value.as_ref()),
            StmtKind::Raise(error, payload) => {
                let payload = self.payload(payload);
                self.raise(*error, stmt.span, &payload);
            }
            StmtKind::Break => self.leave_loop(true),
            StmtKind::Continue => self.leave_loop(false),
            StmtKind::Block(block) => self.block(block),
            StmtKind::Assert(cond, why) => self.assert(cond, why.as_ref()),
            StmtKind::Set(place, value) => self.set_field(place, value),
            StmtKind::Run { ran, amount, until } => {
                self.run_ticks(ran, amount, until.as_ref(), stmt.span);
            }
            StmtKind::Expect(expected, block) => self.expect(*expected, block, stmt.span),
            StmtKind::Error => {}
        }
    }

    fn let_local(&mut self, local: LocalId, value: Option<&'a Expr>) {
        let def = &self.current().body.locals[local];
        let (ty, mutable) = (def.ty, def.mutable);
        let ty = self.ty(ty);
        if let Some(value) = value
            && !mutable
            && self.is_scalar(ty)
        {
            let value = self.value(value);
            self.bind(local, Binding::Value(value));
            return;
        }
        let place = self.temp(ty);
        match value {
            Some(value) => self.into(value, place),
            // Elements of an array may be assigned one by one.
            None => self.zero(place),
        }
        self.bind(local, Binding::Place(place));
    }

    pub(crate) fn assign(&mut self, target: &'a Expr, value: &'a Expr) {
        if self.is_looked_for(target) {
            return self.assign_looked_for(target, value);
        }
        if matches!(self.cx.types.kind(target.ty), TyKind::Ring(..)) {
            return self.ring_assign(target, value);
        }
        let (place, bounds) = self.assigned(target);
        let seen = place.is_seen();
        if self.is_scalar(place.ty) {
            let value = self.value(value);
            self.check_bounds(&bounds);
            let repr = self.b.func().repr(value);
            let value = if seen {
                self.canonical(value, repr)
            } else {
                value
            };
            if let Some(range) = self.target_range(target) {
                self.check_scalar_range(value, range, place.ty, target.span);
            }
            self.store(place, value);
            return;
        }
        if self.assign_heavy(target, place, value) {
            return;
        }
        let parted = seen && self.is_parted(place.ty);
        if parted || !bounds.is_empty() || Self::reads_root(value, target) {
            let temp = self.temp(place.ty);
            self.into(value, temp);
            self.check_bounds(&bounds);
            self.copy(place, temp, parted);
        } else {
            self.into(value, place);
        }
        self.all_come_now(place);
        if let Some(range) = self.target_range(target) {
            self.check_range(place, range, target.span);
        }
    }

    /// `list[i] = value`, `map[key] = value`.
    fn assign_looked_for(&mut self, target: &'a Expr, value: &'a Expr) {
        let ty = self.ty(target.ty);
        let range = self.target_range(target);
        if self.is_scalar(ty) {
            let (place, value) = self.place_after(target, |cx| cx.value(value));
            let repr = self.b.func().repr(value);
            let seen = place.is_seen();
            let value = if seen {
                self.canonical(value, repr)
            } else {
                value
            };
            if let Some(range) = range {
                self.check_scalar_range(value, range, place.ty, target.span);
            }
            self.store(place, value);
            return;
        }
        let (place, temp) = self.place_after(target, |cx| {
            let temp = cx.temp(ty);
            cx.into(value, temp);
            temp
        });
        let parted = place.is_seen() && self.is_parted(ty);
        self.copy(place, temp, parted);
        if let Some(range) = range {
            self.check_range(place, range, target.span);
        }
    }

    fn op_assign(&mut self, target: &'a Expr, op: Op, value: &'a Expr, span: Span) {
        let place = self.place(target);
        let seen = place.is_seen();
        if self.is_scalar(place.ty) {
            let before = self.load(place);
            let right_ty = self.ty(value.ty);
            let right = self.value(value);
            let result = self.arith(
                None,
                op,
                (before, place.ty),
                (right, right_ty),
                place.ty,
                span,
            );
            let repr = self.b.func().repr(result);
            let result = if seen {
                self.canonical(result, repr)
            } else {
                result
            };
            if let Some(range) = self.target_range(target) {
                self.check_scalar_range(result, range, place.ty, span);
            }
            self.store(place, result);
            return;
        }
        let place = self.touched(place);
        self.array_op_assign(op, place, value, span);
        if seen && self.has_floats(place.ty) {
            self.copy(place, place, true);
        }
        if let Some(range) = self.target_range(target) {
            self.check_range(place, range, target.span);
        }
    }

    /// The range of the field or member that a place is, or whose element it is.
    pub(crate) fn target_range(&self, target: &Expr) -> Option<Range> {
        if !self.strict {
            return None;
        }
        match &target.kind {
            ExprKind::Field(id) => self.cx.typed.fields[*id].range,
            ExprKind::Member(base, n) => match self.cx.typed.types.kind(base.ty) {
                TyKind::Struct(id, _) => {
                    self.cx.typed.structs[*id].members.get(*n as usize)?.range
                }
                _ => None,
            },
            ExprKind::Index(base, _)
            | ExprKind::PoolAt(base, _)
            | ExprKind::Elem(base) => self.target_range(base),
            _ => None,
        }
    }

    /// An expression whose value nobody takes.
    pub(crate) fn for_effect(&mut self, e: &'a Expr) {
        let ty = self.ty(e.ty);
        match &e.kind {
            ExprKind::Call(id, generics, args) => {
                self.call_into(*id, generics, args, None, e.span);
            }
            _ if self.is_scalar(ty) || ty == Ty::UNIT => {
                self.value(e);
            }
            _ => {
                self.place(e);
            }
        }
    }

    fn if_stmt(&mut self, cond: &'a Expr, then: &'a HirBlock, other: &'a HirBlock) {
        let join = self.b.new_block();
        let no = if other.stmts.is_empty() {
            join
        } else {
            self.b.new_block()
        };
        self.go_on_where(cond, no);
        self.block(then);
        self.b.jump(join, &[]);
        if no != join {
            self.b.switch_to(no);
            self.block(other);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
    }

    /// Goes on where a condition holds, and to `no` where not.
    pub(crate) fn go_on_where(&mut self, cond: &'a Expr, no: theus_mir::Block) {
        if let ExprKind::Let(value, pat) = &cond.kind {
            return self.let_or(value, pat, no);
        }
        let holds = self.value(cond);
        let yes = self.b.new_block();
        self.b.branch(holds, yes, no);
        self.b.switch_to(yes);
    }

    fn return_stmt(&mut self, value: Option<&'a Expr>) {
        let Some(exit) = self.exits.last().copied() else {
            return;
        };
        match (value, exit.dest) {
            (Some(value), Some(dest)) => self.into(value, dest),
            (Some(value), None) => self.for_effect(value),
            (None, _) => {}
        }
        self.b.jump(exit.block, &[]);
    }

    fn leave_loop(&mut self, out: bool) {
        let Some(inner) = self.loops.last().copied() else {
            return;
        };
        self.b.jump(
            if out {
                inner.on_break
            } else {
                inner.on_continue
            },
            &[],
        );
    }

    /// The values of a payload, with their types.
    pub(crate) fn payload(&mut self, payload: &'a [Expr]) -> Vec<(Value, Ty)> {
        payload
            .iter()
            .map(|e| {
                let ty = self.ty(e.ty);
                (self.value(e), ty)
            })
            .collect()
    }

    /// `a op b` of scalars, of an operator that compares.
    pub(crate) fn compare(&mut self, op: Op, a: Value, b: Value, ty: Ty) -> Value {
        match op {
            Op::Lt => self.less(a, b, ty, false),
            Op::Le => self.less(a, b, ty, true),
            Op::Gt => self.less(b, a, ty, false),
            Op::Ge => self.less(b, a, ty, true),
            _ => {
                let equal = self.equal_scalars(a, b, false);
                if op == Op::Eq {
                    equal
                } else {
                    self.b.unary(UnaryOp::Not, theus_abi::Repr::I8, equal)
                }
            }
        }
    }

    /// Counters of `while … max n total` start at 0 where the body starts.
    pub(crate) fn prepare_totals(&mut self, block: &'a HirBlock) {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::While { total, body, .. } => {
                    if *total {
                        let count = self.temp(Ty::I64);
                        let zero = self.b.iconst(theus_abi::Repr::I64, 0);
                        self.store(count, zero);
                        self.totals.insert((self.frame, stmt.span), count);
                    }
                    self.prepare_totals(body);
                }
                StmtKind::If(_, then, other) => {
                    self.prepare_totals(then);
                    self.prepare_totals(other);
                }
                StmtKind::Match(_, arms) => {
                    arms.iter().for_each(|arm| self.prepare_totals(&arm.body));
                }
                StmtKind::ForRange { body, .. } | StmtKind::ForEach { body, .. } => {
                    self.prepare_totals(body);
                }
                StmtKind::Block(block) | StmtKind::Expect(_, block) => {
                    self.prepare_totals(block);
                }
                _ => {}
            }
        }
    }
}
