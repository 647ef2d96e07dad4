//! The values that an expression can have, as far as literals and declared ranges say.

use std::cell::Cell;

use indexmap::IndexMap;
use theus_abi::image::Range;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};
use theus_hir::body::Body;
use theus_hir::walk::each_stmt;
use theus_hir::{Expr, ExprKind, FloatTy, FnId, LocalId, StmtKind, Ty, TyKind};

use crate::cx::Cx;

/// The least and the greatest value, both included: wider than they are where a bound is open.
pub(crate) type Bounds = (f64, f64);

/// Numbers up to here are exact in the intervals.
const EXACT: f64 = 9_007_199_254_740_992.0;

/// How many parts of one expression are looked at: constants may be made of each other.
const MOST: u32 = 256;

/// What is known of locals that are not assigned again.
pub(crate) type Locals = IndexMap<LocalId, Bounds>;

/// The values that an expression can have. `ranges`: whether those of fields count.
pub(crate) fn bounds(
    cx: &Cx<'_>,
    locals: &Locals,
    ranges: bool,
    expr: &Expr,
) -> Option<Bounds> {
    let left = Cell::new(MOST);
    let walk = Walk {
        cx,
        locals,
        ranges,
        left: &left,
    };
    walk.of(expr)
}

/// What is known of the locals of a body.
pub(crate) fn locals(cx: &Cx<'_>, body: &Body) -> Locals {
    let mut known = Locals::new();
    each_stmt(&body.block, &mut |stmt| {
        if let StmtKind::Let(local, Some(value)) = &stmt.kind
            && body.locals.get(*local).is_some_and(|local| !local.mutable)
            && let Some(found) = bounds(cx, &known, true, value)
        {
            known.insert(*local, found);
        }
    });
    known
}

/// Whether a function is `clamp` of the library.
pub(crate) fn is_clamp(cx: &Cx<'_>, id: FnId) -> bool {
    let head = &cx.typed.fns[id].head;
    &*head.name == "clamp" && cx.typed.modules[head.module].is_std
}

struct Walk<'c, 'a> {
    cx: &'c Cx<'a>,
    locals: &'c Locals,
    ranges: bool,
    left: &'c Cell<u32>,
}

impl Walk<'_, '_> {
    fn of(&self, expr: &Expr) -> Option<Bounds> {
        self.left.set(self.left.get().checked_sub(1)?);
        let (lo, hi) = self.kind(expr)?;
        let fits = !lo.is_nan() && !hi.is_nan() && self.is_exact(expr.ty, lo, hi);
        fits.then_some((lo, hi))
    }

    fn kind(&self, expr: &Expr) -> Option<Bounds> {
        let point = |value: f64| (value.abs() < EXACT).then_some((value, value));
        match &expr.kind {
            ExprKind::Int(value) => point(*value as f64),
            ExprKind::Float(value) => point(*value),
            ExprKind::Duration(ns) => point(*ns as f64),
            ExprKind::Const(id) => self.of(&self.cx.typed.consts[*id].value),
            ExprKind::Local(id) => self.locals.get(id).copied(),
            ExprKind::Unary(UnaryOp::Neg, inner) => {
                self.of(inner).map(|(lo, hi)| (-hi, -lo))
            }
            ExprKind::Field(_) | ExprKind::Member(..) if self.ranges => {
                range(self.stored(expr)?)
            }
            ExprKind::If(_, yes, no) => {
                let (a, b) = (self.of(yes)?, self.of(no)?);
                Some((a.0.min(b.0), a.1.max(b.1)))
            }
            ExprKind::Cast(inner) if matches!(self.class(inner.ty), TyKind::Int(_)) => {
                self.of(inner)
            }
            ExprKind::Binary(op, left, right) => self.binary(*op, expr.ty, left, right),
            ExprKind::Intrinsic(which, args) => match which.name() {
                "abs" => self.of(args.first()?).map(magnitude),
                "min" => self.pair(args, |a, b| (a.0.min(b.0), a.1.min(b.1))),
                "max" => self.pair(args, |a, b| (a.0.max(b.0), a.1.max(b.1))),
                _ => None,
            },
            ExprKind::Call(id, _, args) if is_clamp(self.cx, *id) => {
                let [value, lo, hi] = args.as_slice() else {
                    return None;
                };
                let (value, lo, hi) = (self.of(value)?, self.of(lo)?, self.of(hi)?);
                Some((value.0.max(lo.0).min(hi.0), value.1.max(lo.1).min(hi.1)))
            }
            _ => None,
        }
    }

    fn pair(&self, args: &[Expr], join: fn(Bounds, Bounds) -> Bounds) -> Option<Bounds> {
        let [a, b] = args else {
            return None;
        };
        Some(join(self.of(a)?, self.of(b)?))
    }

    /// Rounding keeps order: the ends of a result are the results of ends.
    fn binary(&self, op: BinaryOp, ty: Ty, left: &Expr, right: &Expr) -> Option<Bounds> {
        if !matches!(self.class(ty), TyKind::Int(_) | TyKind::Float(FloatTy::F64)) {
            return None;
        }
        let (a, b) = (self.of(left)?, self.of(right)?);
        match op {
            BinaryOp::Add => Some((a.0 + b.0, a.1 + b.1)),
            BinaryOp::Sub => Some((a.0 - b.1, a.1 - b.0)),
            BinaryOp::Mul => corners(a, b, |x, y| x * y),
            BinaryOp::Div
                if matches!(self.class(ty), TyKind::Float(_))
                    && (b.0 > 0.0 || b.1 < 0.0) =>
            {
                corners(a, b, |x, y| x / y)
            }
            _ => None,
        }
    }

    fn class(&self, ty: Ty) -> &TyKind {
        self.cx.typed.types.kind(ty)
    }

    /// Integers are exact in the intervals as long as they are not large.
    fn is_exact(&self, ty: Ty, lo: f64, hi: f64) -> bool {
        matches!(self.class(ty), TyKind::Float(_)) || lo.abs() < EXACT && hi.abs() < EXACT
    }

    /// The range of a field, or of a member of one.
    fn stored(&self, expr: &Expr) -> Option<Range> {
        match &expr.kind {
            ExprKind::Field(field) => self.cx.typed.fields[*field].range,
            ExprKind::Member(of, at) if is_stored(of) => {
                let TyKind::Struct(id, _) = self.class(of.ty) else {
                    return None;
                };
                self.cx.typed.structs[*id].members.get(*at as usize)?.range
            }
            _ => None,
        }
    }
}

/// Whether a place is a field or a member of one: what is stored there is in its range.
fn is_stored(expr: &Expr) -> bool {
    let mut at = expr;
    loop {
        match &at.kind {
            ExprKind::Field(_) => return true,
            ExprKind::Member(of, _) => at = of,
            _ => return false,
        }
    }
}

fn magnitude((lo, hi): Bounds) -> Bounds {
    let crosses = lo <= 0.0 && hi >= 0.0;
    let least = if crosses { 0.0 } else { lo.abs().min(hi.abs()) };
    (least, lo.abs().max(hi.abs()))
}

fn range(of: Range) -> Option<Bounds> {
    match of {
        Range::Int { lo, hi } => Some((lo as f64, hi as f64)),
        Range::Float { lo, hi, .. } => Some((lo, hi)),
    }
}

fn corners(a: Bounds, b: Bounds, op: fn(f64, f64) -> f64) -> Option<Bounds> {
    let all = [op(a.0, b.0), op(a.0, b.1), op(a.1, b.0), op(a.1, b.1)];
    if all.iter().any(|one| one.is_nan()) {
        return None;
    }
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some((least, most))
}
