//! The constant evaluator: the value of a typed expression, where it has one.

mod choice;
mod intrinsic;
mod operator;

use theus_abi::Fault;
use theus_grammar::Span;

use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ty::{FloatTy, IntTy, Size, Ty, TyKind};
use crate::value::Value;

/// How many nodes the value of a constant may have.
const MAX_NODES: usize = 1 << 16;

/// Why an expression has no constant value.
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// It contains an error that is reported.
    Reported,
    /// It always fails there.
    Fault(Span, Fault),
    /// Its value is not known at compile time; why.
    Open(Span, &'static str),
}

/// The value of an expression.
pub(crate) type Evaluated = Result<Value, Failure>;

impl Cx<'_> {
    /// The value of an expression, if it is constant.
    pub(crate) fn evaluate(&mut self, expr: &Expr) -> Evaluated {
        if let Some(value) = plain(&expr.kind) {
            return Ok(value);
        }
        match &expr.kind {
            ExprKind::Some(inner) => Ok(Value::Some(Box::new(self.evaluate(inner)?))),
            ExprKind::View(inner) | ExprKind::Bounded(inner)
                if matches!(self.kind(inner.ty), TyKind::Str(_) | TyKind::Text) =>
            {
                let value = self.evaluate(inner)?;
                self.bounded_value(value, expr)
            }
            ExprKind::Const(id) => {
                self.ensure_const(*id);
                let value = self.out.consts[*id].value.clone();
                self.evaluate(&value)
            }
            ExprKind::Member(base, at) => match self.evaluate(base)? {
                Value::Struct(_, members) | Value::Tuple(members) => members
                    .into_iter()
                    .nth(*at as usize)
                    .ok_or(Failure::Reported),
                _ => Err(Failure::Reported),
            },
            ExprKind::Index(base, indices) => self.evaluate_index(base, indices),
            ExprKind::Unary(op, inner) => {
                let value = self.evaluate(inner)?;
                operator::unary(*op, &value, self.number(expr.ty), expr.span)
            }
            ExprKind::Binary(op, left, right) => {
                self.evaluate_binary(*op, left, right, expr)
            }
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => {
                let (value, lo, hi) = (
                    self.evaluate(value)?,
                    self.evaluate(lo)?,
                    self.evaluate(hi)?,
                );
                operator::in_range(&value, &lo, &hi, *inclusive, expr.span)
            }
            ExprKind::Cast(inner) => {
                let value = self.evaluate(inner)?;
                operator::cast(&value, self.number(expr.ty), expr.span)
            }
            ExprKind::If(cond, yes, no) => self.evaluate_if(cond, yes, no),
            ExprKind::Match(value, arms) => self.evaluate_match(value, arms),
            ExprKind::Let(value, pat) => self.evaluate_let(value, pat),
            ExprKind::Local(local) => {
                self.bound_value(*local).ok_or_else(|| unknown(expr))
            }
            ExprKind::Array(elems) => {
                let elems = self.evaluate_all(elems)?;
                Self::limited(Value::Array(elems), expr.span)
            }
            ExprKind::Fill(elem) => self.evaluate_fill(elem, expr),
            ExprKind::Tuple(parts) => {
                let parts = self.evaluate_all(parts)?;
                Self::limited(Value::Tuple(parts), expr.span)
            }
            ExprKind::Variant(id, at, payload) => {
                let payload = self.evaluate_all(payload)?;
                Self::limited(Value::Variant(*id, *at, payload), expr.span)
            }
            ExprKind::Struct(id, members) => {
                let members = self.evaluate_all(members)?;
                Self::limited(Value::Struct(*id, members), expr.span)
            }
            ExprKind::Update(base, changes) => self.evaluate_update(base, changes),
            ExprKind::Intrinsic(intrinsic, args) => {
                let of = args.first().map_or(Ty::ERROR, |arg| arg.ty);
                let number = self.number(of);
                let args = self.evaluate_all(args)?;
                intrinsic::call(*intrinsic, &args, number, expr.span)
            }
            _ => Err(unknown(expr)),
        }
    }

    /// A text as a value of the type of `expr`, if it is short enough.
    fn bounded_value(&self, value: Value, expr: &Expr) -> Evaluated {
        match (&value, self.kind(expr.ty)) {
            (Value::Str(text), TyKind::Str(Size::Const(size)))
                if text.len() as u64 > *size =>
            {
                Err(Failure::Fault(expr.span, Fault::Full))
            }
            _ => Ok(value),
        }
    }

    fn evaluate_index(&mut self, base: &Expr, indices: &[Expr]) -> Evaluated {
        let dims = match self.kind(base.ty) {
            TyKind::Array(_, dims) => dims.clone(),
            _ => return Err(Failure::Reported),
        };
        let mut value = self.evaluate(base)?;
        for (index, dim) in indices.iter().zip(dims) {
            let Value::Int(at) = self.evaluate(index)? else {
                return Err(Failure::Reported);
            };
            let Size::Const(size) = dim else {
                return Err(Failure::Reported);
            };
            let at = u64::try_from(at).ok().filter(|at| *at < size);
            let Some(at) = at else {
                return Err(Failure::Fault(index.span, Fault::Index));
            };
            value = match value {
                Value::Array(rows) => usize::try_from(at)
                    .ok()
                    .and_then(|at| rows.into_iter().nth(at))
                    .ok_or(Failure::Reported)?,
                Value::Repeat(row) => *row,
                _ => return Err(Failure::Reported),
            };
        }
        Ok(value)
    }

    /// How many dimensions an array type has; 0 for others.
    pub(crate) fn rank(&self, ty: Ty) -> usize {
        match self.kind(ty) {
            TyKind::Array(_, dims) => dims.len(),
            _ => 0,
        }
    }

    /// A value of parts, if they are not too many.
    fn limited(value: Value, span: Span) -> Evaluated {
        if value.weight(MAX_NODES) > MAX_NODES {
            return Err(Failure::Open(span, "this is too large to evaluate"));
        }
        Ok(value)
    }

    fn evaluate_all(&mut self, parts: &[Expr]) -> Result<Vec<Value>, Failure> {
        parts.iter().map(|part| self.evaluate(part)).collect()
    }

    fn evaluate_fill(&mut self, elem: &Expr, whole: &Expr) -> Evaluated {
        let mut value = self.evaluate(elem)?;
        for _ in self.rank(elem.ty)..self.rank(whole.ty) {
            value = Value::Repeat(Box::new(value));
        }
        Ok(value)
    }

    fn evaluate_update(&mut self, base: &Expr, changes: &[(u32, Expr)]) -> Evaluated {
        let Value::Struct(id, mut members) = self.evaluate(base)? else {
            return Err(Failure::Reported);
        };
        for (at, change) in changes {
            let value = self.evaluate(change)?;
            if let Some(member) = members.get_mut(*at as usize) {
                *member = value;
            }
        }
        Ok(Value::Struct(id, members))
    }

    /// The number type of a type, or of the elements of an array type.
    fn number(&self, ty: Ty) -> Number {
        match self.kind(self.scalar_of(ty)) {
            TyKind::Int(int) => Number::Int(*int),
            TyKind::Float(float) => Number::Float(*float),
            TyKind::Duration | TyKind::Instant => Number::Duration,
            _ => Number::Other,
        }
    }
}

/// Why an expression of that kind has no value.
const fn unknown(expr: &Expr) -> Failure {
    let why = match &expr.kind {
        ExprKind::SizeParam(_) => "a size parameter differs from call to call",
        ExprKind::Local(_) => "a local is not constant",
        ExprKind::Field(_) => "a field is not constant",
        ExprKind::Call(..) | ExprKind::CallLocal(..) => {
            "functions with a body are not evaluated at compile time"
        }
        ExprKind::Error
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Bool(_)
        | ExprKind::Duration(_)
        | ExprKind::Str(_)
        | ExprKind::None => return Failure::Reported,
        ExprKind::RingIndex(..)
        | ExprKind::Match(..)
        | ExprKind::Let(..)
        | ExprKind::Variant(..)
        | ExprKind::Closure(..)
        | ExprKind::After(..)
        | ExprKind::OrElse(..)
        | ExprKind::Quantifier { .. }
        | ExprKind::Old(_)
        | ExprKind::Tick(_)
        | ExprKind::Draw
        | ExprKind::Timer(..)
        | ExprKind::Prev(_)
        | ExprKind::Window(_)
        | ExprKind::Some(_)
        | ExprKind::Const(_)
        | ExprKind::Member(..)
        | ExprKind::Elem(_)
        | ExprKind::PoolAt(..)
        | ExprKind::Owned(..)
        | ExprKind::Pool(..)
        | ExprKind::Index(..)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..)
        | ExprKind::InRange { .. }
        | ExprKind::Cast(_)
        | ExprKind::If(..)
        | ExprKind::Array(_)
        | ExprKind::Fill(_)
        | ExprKind::Tuple(_)
        | ExprKind::Struct(..)
        | ExprKind::Update(..)
        | ExprKind::View(_)
        | ExprKind::Show(..)
        | ExprKind::Bounded(_)
        | ExprKind::Concat(_)
        | ExprKind::Intrinsic(..) => "this is not evaluated at compile time",
    };
    Failure::Open(expr.span, why)
}

/// The value of a literal.
fn plain(kind: &ExprKind) -> Option<Value> {
    Some(match kind {
        ExprKind::Int(value) => Value::Int(*value),
        ExprKind::Float(value) => Value::Float(*value),
        ExprKind::Bool(value) => Value::Bool(*value),
        ExprKind::Duration(value) => Value::Duration(*value),
        ExprKind::None => Value::None,
        ExprKind::Str(text) => Value::Str(text.clone()),
        _ => return None,
    })
}

/// The number type that an operation yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Number {
    Int(IntTy),
    Float(FloatTy),
    Duration,
    Other,
}

/// The least and the greatest value of an integer type.
pub(crate) const fn bounds(int: IntTy) -> (i128, i128) {
    if int.signed {
        let half = 1_i128 << (int.bits - 1);
        (-half, half - 1)
    } else {
        (0, (1_i128 << int.bits) - 1)
    }
}

/// A float rounded to its type; NaN is the canonical one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "rounding to f32 is what is wanted"
)]
pub(crate) fn rounded(value: f64, float: FloatTy) -> f64 {
    let value = match float {
        FloatTy::F64 => value,
        FloatTy::F32 => f64::from(value as f32),
    };
    if value.is_nan() { f64::NAN } else { value }
}
