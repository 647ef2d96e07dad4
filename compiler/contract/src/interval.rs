//! Between which two values an integer or duration lies, as far as its text tells.

use indexmap::IndexMap;
use theus_abi::image::Range;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};
use theus_hir::formula::Formula;
use theus_hir::{
    Expr, ExprKind, FnId, GenericArg, IntTy, LocalId, Size, Ty, TyKind, Typed,
};
use theus_stdlib::Intrinsic;

/// Least and greatest value.
pub(crate) type Interval = (i128, i128);

/// Values are looked for this deep in an expression.
const MOST_DEPTH: usize = 32;

/// A generic argument as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Given {
    /// The scalar of a type.
    Scalar(Ty),
    /// A size.
    Size(u64),
    /// Not known.
    Unknown,
}

/// Who knows what functions give.
pub(crate) trait Results {
    /// Between which values the result of a call lies; of a slice, how many elements it has.
    fn result(&self, known: &Known<'_>, call: &Expr) -> Option<Interval>;
}

/// What is known in a function as it is called, or in an expression.
pub(crate) struct Known<'a> {
    pub(crate) typed: &'a Typed,
    /// What stands for the generic parameters.
    pub(crate) given: Vec<Given>,
    /// Values of integer locals that do not change, and how many elements slices have.
    pub(crate) locals: IndexMap<LocalId, Interval>,
    /// What calls give, if somebody knows.
    pub(crate) results: Option<&'a dyn Results>,
    /// Whether what has a range lies in it, as it does where contracts are checked.
    pub(crate) ranged: bool,
}

impl<'a> Known<'a> {
    /// What is known of an expression outside of functions.
    pub(crate) fn new(typed: &'a Typed, given: Vec<Given>) -> Self {
        Self {
            typed,
            given,
            locals: IndexMap::new(),
            results: None,
            ranged: false,
        }
    }

    /// The interval of an integer or a duration; `None` for other types.
    pub(crate) fn interval(&self, expr: &Expr) -> Option<Interval> {
        self.interval_at(expr, MOST_DEPTH)
    }

    fn interval_at(&self, expr: &Expr, depth: usize) -> Option<Interval> {
        let all = self.range_of(expr.ty)?;
        let Some(depth) = depth.checked_sub(1) else {
            return Some(all);
        };
        let part = |part: &Expr| self.interval_at(part, depth);
        let found = match &expr.kind {
            ExprKind::Int(value) => Some((*value, *value)),
            ExprKind::Duration(value) => Some((i128::from(*value), i128::from(*value))),
            ExprKind::Const(id) => part(&self.typed.consts[*id].value),
            ExprKind::SizeParam(at) => self
                .size(Size::Param(*at))
                .map(|size| (i128::from(size), i128::from(size))),
            // Counts and times since the start are not negative.
            ExprKind::Tick(_) => Some((0, all.1)),
            ExprKind::Local(local) => self.locals.get(local).copied(),
            ExprKind::Field(id) => self.in_range(self.typed.fields[*id].range),
            ExprKind::Member(base, at) => self.member(base, *at),
            ExprKind::Call(..) => self.results?.result(self, expr),
            ExprKind::Unary(UnaryOp::Neg, one) => part(one).map(|(lo, hi)| (-hi, -lo)),
            ExprKind::Cast(one) => part(one),
            ExprKind::If(_, a, b) => part(a).zip(part(b)).map(|(a, b)| join(a, b)),
            ExprKind::Binary(op, a, b) => {
                part(a).zip(part(b)).and_then(|(a, b)| combine(*op, a, b))
            }
            ExprKind::Intrinsic(Intrinsic::Min, args) => {
                let [a, b] = args.as_slice() else {
                    return Some(all);
                };
                let (a, b) = (part(a)?, part(b)?);
                Some((a.0.min(b.0), a.1.min(b.1)))
            }
            ExprKind::Intrinsic(Intrinsic::Max, args) => {
                let [a, b] = args.as_slice() else {
                    return Some(all);
                };
                let (a, b) = (part(a)?, part(b)?);
                Some((a.0.max(b.0), a.1.max(b.1)))
            }
            ExprKind::Intrinsic(Intrinsic::Len, args) => {
                args.first().and_then(|arg| self.elements(arg))
            }
            ExprKind::Intrinsic(Intrinsic::LeadingZeros, args) => {
                let arg = args.first()?;
                let (bits, (lo, hi)) = (bits_of(self.range_of(arg.ty)?), part(arg)?);
                let zeros = |value: i128| i128::from(value.leading_zeros()) - 128 + bits;
                (lo >= 0).then(|| (zeros(hi), zeros(lo)))
            }
            _ => None,
        };
        // What leaves its type is a fault there, and no value here.
        Some(found.filter(|found| within(*found, all)).unwrap_or(all))
    }

    /// How many elements there are at least and at most in what a `for` can go over.
    pub(crate) fn elements(&self, over: &Expr) -> Option<Interval> {
        if !matches!(
            self.typed.types.kind(over.ty),
            TyKind::Slice(_) | TyKind::Text
        ) {
            return self.elements_of(over.ty);
        }
        let part = |part: &Expr| self.elements(part);
        match &over.kind {
            ExprKind::Local(local) => self.locals.get(local).copied(),
            ExprKind::View(whole) => part(whole),
            ExprKind::If(_, a, b) => part(a).zip(part(b)).map(|(a, b)| join(a, b)),
            ExprKind::Concat(parts) => {
                let sum = |(lo, hi), (a, b)| (lo + a, hi + b);
                let parts: Option<Vec<_>> = parts.iter().map(part).collect();
                Some(parts?.into_iter().fold((0, 0), sum))
            }
            ExprKind::Str(text) => {
                let bytes = i128::try_from(text.len()).ok()?;
                Some((bytes, bytes))
            }
            ExprKind::Call(..) => self.results?.result(self, over),
            ExprKind::Intrinsic(intrinsic, args) => self.slice_of(*intrinsic, args),
            _ => None,
        }
    }

    fn slice_of(&self, intrinsic: Intrinsic, args: &[Expr]) -> Option<Interval> {
        let up_to = |(_, hi): Interval| (0, hi.max(0));
        match (intrinsic, args) {
            (Intrinsic::RawSlice, [count]) => self.interval(count).map(up_to),
            (Intrinsic::RawBytes | Intrinsic::RawText, [from]) => self.elements(from),
            (Intrinsic::RawPart, [of, ..]) => self.elements(of).map(up_to),
            _ => None,
        }
    }

    /// The same as far as the type tells.
    pub(crate) fn elements_of(&self, ty: Ty) -> Option<Interval> {
        let most = |size: Size| Some((0, i128::from(self.size(size)?)));
        match self.typed.types.kind(ty) {
            TyKind::Array(_, dims) => {
                let size = i128::from(self.size(*dims.first()?)?);
                Some((size, size))
            }
            TyKind::Ring(_, size) | TyKind::Pool(_, size, _) | TyKind::Str(size) => {
                most(*size)
            }
            // Its capacity comes before the number of its rules.
            TyKind::Struct(_, args) => {
                self.typed.collection(ty)?;
                match args.iter().rev().nth(1)? {
                    GenericArg::Size(size) => most(*size),
                    GenericArg::Ty(_) => None,
                }
            }
            _ => None,
        }
    }

    /// A member: how many values a collection holds, or one with a range.
    fn member(&self, base: &Expr, at: u32) -> Option<Interval> {
        let TyKind::Struct(id, _) = self.typed.types.kind(base.ty) else {
            return None;
        };
        if at == 0 && self.typed.is_collection(base.ty) {
            return self.elements(base);
        }
        let member = self.typed.structs[*id].members.get(at as usize)?;
        self.in_range(member.range)
    }

    fn in_range(&self, range: Option<Range>) -> Option<Interval> {
        match range.filter(|_| self.ranged)? {
            Range::Int { lo, hi } => Some((lo, hi)),
            Range::Float { .. } => None,
        }
    }

    /// All values of an integer type or of durations.
    pub(crate) fn range_of(&self, ty: Ty) -> Option<Interval> {
        match self.typed.types.kind(self.scalar(ty)) {
            TyKind::Int(int) => Some(int_range(*int)),
            TyKind::Duration | TyKind::Instant => {
                Some((i128::from(i64::MIN), i128::from(i64::MAX)))
            }
            _ => None,
        }
    }

    /// What a callee is given for one of its generic parameters.
    pub(crate) fn give(&self, arg: GenericArg) -> Given {
        match arg {
            GenericArg::Ty(ty) => Given::Scalar(self.scalar(ty)),
            GenericArg::Size(size) => self.size(size).map_or(Given::Unknown, Given::Size),
        }
    }

    /// The scalar at the bottom of a type, as this function is called.
    fn scalar(&self, ty: Ty) -> Ty {
        let scalar = crate::scalar::of(self.typed, ty);
        let TyKind::Param(at) = *self.typed.types.kind(scalar) else {
            return scalar;
        };
        match self.given.get(at as usize) {
            Some(Given::Scalar(ty)) => *ty,
            Some(Given::Size(_) | Given::Unknown) | None => scalar,
        }
    }

    /// A size as this function is called.
    pub(crate) fn size(&self, size: Size) -> Option<u64> {
        match size {
            Size::Const(size) => Some(size),
            Size::Param(at) => match self.given.get(at as usize)? {
                Given::Size(size) => Some(*size),
                Given::Scalar(_) | Given::Unknown => None,
            },
            Size::Of(_) => {
                let formula = self.typed.types.formula(size)?;
                let number = formula.subst(&|at| {
                    let size = self.size(Size::Param(at))?;
                    Some(Formula::of_number(i128::from(size)))
                })?;
                u64::try_from(number.number()?).ok()
            }
            Size::Start(_) | Size::Error => None,
        }
    }

    /// A local that does not change has that value.
    pub(crate) fn bind(&mut self, local: LocalId, value: &Expr) {
        let found = self.interval(value).or_else(|| self.elements(value));
        if let Some(found) = found {
            self.locals.insert(local, found);
        }
    }

    /// The local of a loop.
    pub(crate) fn bind_range(
        &mut self,
        local: LocalId,
        lo: &Expr,
        hi: &Expr,
        inclusive: bool,
    ) {
        if let (Some((lo, _)), Some((_, hi))) = (self.interval(lo), self.interval(hi)) {
            let hi = if inclusive { hi } else { hi.saturating_sub(1) };
            self.locals.insert(local, (lo, hi.max(lo)));
        }
    }

    /// What is known in a function that is called here.
    pub(crate) fn of_callee(&self, callee: FnId, call: &Expr) -> Option<Self> {
        let ExprKind::Call(_, generics, args) = &call.kind else {
            return None;
        };
        let given = generics.iter().map(|arg| self.give(*arg)).collect();
        let mut known = Known {
            results: self.results,
            ranged: self.ranged,
            ..Known::new(self.typed, given)
        };
        let params = self.typed.fns[callee].params.iter().zip(args);
        for (param, arg) in params.filter(|(param, _)| !param.inout) {
            let found = self.interval(arg).or_else(|| self.elements(arg));
            if let Some(found) = found {
                known.locals.insert(param.local, found);
            }
        }
        Some(known)
    }
}

/// What lies in one or the other.
pub(crate) fn join(a: Interval, b: Interval) -> Interval {
    (a.0.min(b.0), a.1.max(b.1))
}

/// Whether all of the first lies in the second.
pub(crate) const fn within(inner: Interval, outer: Interval) -> bool {
    inner.0 >= outer.0 && inner.1 <= outer.1
}

/// The interval of `a op b`, without regard to its type.
pub(crate) fn combine(op: BinaryOp, a: Interval, b: Interval) -> Option<Interval> {
    match op {
        BinaryOp::Add => Some((a.0 + b.0, a.1 + b.1)),
        BinaryOp::Sub => Some((a.0 - b.1, a.1 - b.0)),
        BinaryOp::Mul => corners(a, b, i128::checked_mul),
        BinaryOp::Div if b.0 > 0 || b.1 < 0 => corners(a, b, i128::checked_div),
        BinaryOp::Rem if b.0 > 0 => {
            let most = b.1 - 1;
            let lo = if a.0 >= 0 { 0 } else { (-most).max(a.0) };
            Some((lo, if a.1 <= 0 { 0 } else { most.min(a.1) }))
        }
        BinaryOp::BitAnd if a.0 >= 0 && b.0 >= 0 => Some((0, a.1.min(b.1))),
        BinaryOp::BitAnd if b.0 >= 0 => Some((0, b.1)),
        BinaryOp::Shr if a.0 >= 0 && b.0 >= 0 && b.1 < 128 => {
            Some((a.0 >> b.1, a.1 >> b.0))
        }
        BinaryOp::Div
        | BinaryOp::Rem
        | BinaryOp::MatMul
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor
        | BinaryOp::Shl
        | BinaryOp::Shr
        | BinaryOp::Eq
        | BinaryOp::Ne
        | BinaryOp::Lt
        | BinaryOp::Le
        | BinaryOp::Gt
        | BinaryOp::Ge
        | BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Implies => None,
    }
}

/// The least and greatest result at the four corners: right for `*`, and for `/` where the
/// divisor keeps its sign.
fn corners(
    a: Interval,
    b: Interval,
    of: impl Fn(i128, i128) -> Option<i128>,
) -> Option<Interval> {
    let all = [of(a.0, b.0)?, of(a.0, b.1)?, of(a.1, b.0)?, of(a.1, b.1)?];
    let lo = all.into_iter().min()?;
    Some((lo, all.into_iter().max()?))
}

/// How many bits a type has that has these values.
fn bits_of((lo, hi): Interval) -> i128 {
    i128::from((hi - lo).count_ones())
}

/// All values of an integer type.
const fn int_range(int: IntTy) -> Interval {
    let bits = if int.bits > 64 { 64 } else { int.bits };
    if int.signed && bits > 0 {
        (-(1 << (bits - 1)), (1 << (bits - 1)) - 1)
    } else {
        (0, (1 << bits) - 1)
    }
}
