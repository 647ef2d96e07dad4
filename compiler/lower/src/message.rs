//! Texts for people: what was on the sides of an `assert`, and what `stop` and `fail` say.

use theus_abi::image::{ArgKind, Stop};
use theus_abi::{Fault, Repr};
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp as Op;
use theus_hir::body::Written;
use theus_hir::{Expr, ExprKind, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::frame::FnCx;
use crate::layout::size_of;
use crate::place::Place;
use crate::program::loc;
use crate::site::Operand;
use crate::text::Run;

/// Most parts of a value that the report of an `assert` shows.
const MAX_PARTS: u64 = 64;

/// A value that a failed `assert` shows.
#[derive(Clone, Copy)]
enum Side {
    Scalar(Value, Ty),
    Whole(Place),
    Text(Run),
}

impl<'a> FnCx<'_, 'a> {
    /// `assert cond, why`: one side of `and` after the other; a comparison shows both sides.
    pub(crate) fn assert(&mut self, cond: &'a Expr, why: Option<&'a Expr>) {
        let compared = match &cond.kind {
            ExprKind::Binary(Op::And, left, right) => {
                self.assert(left, why);
                return self.assert(right, why);
            }
            ExprKind::Binary(op, left, right) => self.compared(*op, left, right),
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => {
                let ty = self.ty(value.ty);
                let (value, lo, hi) = (self.value(value), self.value(lo), self.value(hi));
                let holds = self.between(value, (lo, hi, *inclusive), ty);
                Some((holds, vec![("value", Side::Scalar(value, ty))]))
            }
            _ => None,
        };
        let (holds, sides) = match compared {
            Some(compared) => compared,
            None => (self.value(cond), Vec::new()),
        };
        self.asserted(holds, &sides, why, cond.span);
    }

    /// A comparison: whether it holds, and its sides.
    fn compared(
        &mut self,
        op: Op,
        left: &'a Expr,
        right: &'a Expr,
    ) -> Option<(Value, Vec<(&'static str, Side)>)> {
        if !matches!(op, Op::Eq | Op::Ne | Op::Lt | Op::Le | Op::Gt | Op::Ge) {
            return None;
        }
        let ty = self.ty(left.ty);
        let (equal, a, b) = if self.is_text(ty) {
            let (a, b) = (self.run_of(left, Some(right)), self.run_of(right, None));
            (self.equal_runs(a, b), Side::Text(a), Side::Text(b))
        } else if self.is_scalar(ty) {
            let (a, b) = (self.value(left), self.value(right));
            let holds = self.compare(op, a, b, ty);
            let sides = vec![
                ("left", Side::Scalar(a, ty)),
                ("right", Side::Scalar(b, ty)),
            ];
            return Some((holds, sides));
        } else {
            let a = self.stable_place(left, right);
            let b = self.place(right);
            (
                self.equal_places(a, b, false),
                Side::Whole(a),
                Side::Whole(b),
            )
        };
        let holds = match op {
            Op::Eq => equal,
            _ => self.b.unary(UnaryOp::Not, Repr::I8, equal),
        };
        Some((holds, vec![("left", a), ("right", b)]))
    }

    /// Goes on if it holds; else the test has failed, and the sides are shown.
    fn asserted(
        &mut self,
        holds: Value,
        sides: &[(&'static str, Side)],
        why: Option<&'a Expr>,
        span: Span,
    ) {
        let plain: Option<Vec<Operand<'_>>> = sides
            .iter()
            .map(|(label, side)| self.plain(label, *side))
            .collect();
        if let (Some(operands), None) = (&plain, why) {
            return self.check(holds, Fault::Assert, span, operands);
        }
        let (wrong, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(holds, on, wrong);
        self.b.switch_to(wrong);
        let mut operands = Vec::new();
        if let Some(why) = why {
            let told = self.told(span, |cx| cx.run_of(why, None));
            operands.push(("", told, ArgKind::Text));
        }
        for (label, side) in sides {
            operands.extend(match self.plain(label, *side) {
                Some(plain) => Some(plain),
                None => self
                    .side_text(*side, span)
                    .map(|told| (*label, told, ArgKind::Text)),
            });
        }
        let never = self.b.bool(false);
        self.check(never, Fault::Assert, span, &operands);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
    }

    /// A number or bool: reports write it themselves.
    fn plain<'s>(&self, label: &'s str, side: Side) -> Option<Operand<'s>> {
        let Side::Scalar(value, ty) = side else {
            return None;
        };
        let kind = self.cx.types.kind(ty);
        let told = matches!(kind, TyKind::Enum(..) | TyKind::Handle(_));
        (!told).then(|| (label, value, self.arg_kind(ty)))
    }

    /// The text of a side, if it has a short one.
    fn side_text(&mut self, side: Side, span: Span) -> Option<Value> {
        let place = match side {
            Side::Text(run) => {
                let view = self.temp(Ty::TEXT);
                self.store_run(run, view);
                view
            }
            Side::Whole(place) => place,
            Side::Scalar(value, ty) => {
                let place = self.temp(ty);
                self.store(place, value);
                place
            }
        };
        let short = self.parts(place.ty) <= MAX_PARTS;
        short.then(|| {
            self.told(span, |cx| cx.show_whole(place, &Written::default(), span))
        })
    }

    /// Of how many parts the text of a value is made.
    fn parts(&mut self, ty: Ty) -> u64 {
        let types = match self.cx.types.kind(ty).clone() {
            TyKind::Array(elem, dims) => {
                let count = dims.iter().map(|dim| size_of(*dim));
                return count.fold(self.parts(elem), u64::saturating_mul);
            }
            TyKind::Struct(id, _) if self.cx.typed.structs[id].collection.is_some() => {
                return u64::MAX;
            }
            TyKind::Struct(..) | TyKind::Tuple(_) => self.member_types(ty),
            TyKind::Option(inner) => vec![inner],
            TyKind::Enum(..) => self.all_payload_types(ty),
            TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Str(_)
            | TyKind::Text => Vec::new(),
            TyKind::Error
            | TyKind::Unit
            | TyKind::Ring(..)
            | TyKind::Pool(..)
            | TyKind::Slice(_)
            | TyKind::Fn(..)
            | TyKind::Param(_) => return u64::MAX,
        };
        let parts = types.into_iter().map(|ty| self.parts(ty));
        parts.fold(1, u64::saturating_add)
    }

    /// A text as reports have it: the offset of its first byte in the memory block and its
    /// length in one word; -1 where it cannot be made, because a report does not fail.
    pub(crate) fn told(
        &mut self,
        span: Span,
        make: impl FnOnce(&mut Self) -> Run,
    ) -> Value {
        let failures = std::mem::take(&mut self.fail_blocks);
        let clause = self.clause.take();
        let status = self.temp(Ty::I32);
        let status = self.callee_status.replace(status);
        let join = self.b.new_block();
        let word = self.b.param(join, Repr::I64);
        let run = make(self);
        // Bytes of a local may lie outside of the block.
        let run = self.join(&[run], span);
        let base = self.b.base(0);
        let at = self.b.binary(BinaryOp::Isub, run.addr, base);
        let half = self.b.iconst(Repr::I64, 32);
        let at = self.b.binary(BinaryOp::Shl, at, half);
        let told = self.b.binary(BinaryOp::Or, at, run.len);
        self.b.jump(join, &[told]);
        for (_, block) in std::mem::replace(&mut self.fail_blocks, failures) {
            self.b.switch_to(block);
            let none = self.b.iconst(Repr::I64, -1);
            self.b.jump(join, &[none]);
        }
        self.clause = clause;
        self.callee_status = status;
        self.b.switch_to(join);
        word
    }

    /// What `stop` or `fail` says: its number, for the report.
    pub(crate) fn stop_text(&mut self, text: Option<&'a Expr>, span: Span) -> Value {
        let number = i64::try_from(self.cx.image.stops.len()).unwrap_or(i64::MAX);
        let holes = text.filter(|text| !matches!(text.kind, ExprKind::Str(_)));
        self.cx.image.stops.push(Stop {
            text: text.map(outline),
            holes: holes.is_some(),
            loc: loc(span),
        });
        if let Some(text) = holes {
            let told = self.told(span, |cx| cx.run_of(text, None));
            let header = self.b.base(0);
            self.b.store(told, header, theus_abi::header::FAULT_ARGS);
        }
        self.b.iconst(Repr::I64, number)
    }
}

/// A text whose holes are not filled in.
fn outline(text: &Expr) -> String {
    match &text.kind {
        ExprKind::Str(text) => text.to_string(),
        ExprKind::Concat(parts) => parts.iter().map(outline).collect(),
        _ => "…".to_owned(),
    }
}
