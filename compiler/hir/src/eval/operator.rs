//! Operators on constant values: the same results and faults as at run time.

use theus_abi::Fault;
use theus_grammar::Span;
use theus_grammar::ast::expr::{BinaryOp, UnaryOp};

use super::{Evaluated, Failure, Number, bounds, rounded};
use crate::body::Expr;
use crate::cx::Cx;
use crate::ty::IntTy;
use crate::value::Value;

impl Cx<'_> {
    pub(super) fn evaluate_binary(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        whole: &Expr,
    ) -> Evaluated {
        let first = self.evaluate(left)?;
        match (op, &first) {
            (BinaryOp::And, Value::Bool(false)) => return Ok(Value::Bool(false)),
            (BinaryOp::Or, Value::Bool(true))
            | (BinaryOp::Implies, Value::Bool(false)) => {
                return Ok(Value::Bool(true));
            }
            _ => {}
        }
        let second = self.evaluate(right)?;
        match op {
            BinaryOp::And | BinaryOp::Or | BinaryOp::Implies => Ok(second),
            BinaryOp::Eq => Ok(Value::Bool(equal(&first, &second))),
            BinaryOp::Ne => Ok(Value::Bool(!equal(&first, &second))),
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => {
                compare(op, &first, &second, whole.span)
            }
            BinaryOp::MatMul => Err(Failure::Open(
                whole.span,
                "`@` is not evaluated at compile time",
            )),
            _ => elementwise(op, &first, &second, self.number(whole.ty), whole.span),
        }
    }
}

/// Equality as in the language: floats by IEEE, the rest member by member.
pub(crate) fn equal(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Array(a), Value::Array(b))
        | (Value::Tuple(a), Value::Tuple(b))
        | (Value::Struct(_, a), Value::Struct(_, b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Variant(_, x, a), Value::Variant(_, y, b)) => {
            x == y && a.iter().zip(b).all(|(a, b)| equal(a, b))
        }
        (Value::Array(rows), Value::Repeat(row))
        | (Value::Repeat(row), Value::Array(rows)) => {
            rows.iter().all(|one| equal(one, row))
        }
        (Value::Repeat(a), Value::Repeat(b)) | (Value::Some(a), Value::Some(b)) => {
            equal(a, b)
        }
        (Value::Float(a), Value::Float(b)) => a == b,
        (a, b) => a == b,
    }
}

fn compare(op: BinaryOp, left: &Value, right: &Value, span: Span) -> Evaluated {
    let order = match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Duration(a), Value::Duration(b)) => Some(a.cmp(b)),
        (Value::Float(a), Value::Float(b)) => a.partial_cmp(b),
        _ => return Err(Failure::Open(span, "this is not evaluated at compile time")),
    };
    let holds = order.is_some_and(|order| match op {
        BinaryOp::Lt => order.is_lt(),
        BinaryOp::Le => order.is_le(),
        BinaryOp::Gt => order.is_gt(),
        _ => order.is_ge(),
    });
    Ok(Value::Bool(holds))
}

/// `value in lo..=hi`.
pub(super) fn in_range(
    value: &Value,
    lo: &Value,
    hi: &Value,
    inclusive: bool,
    span: Span,
) -> Evaluated {
    let above = compare(BinaryOp::Ge, value, lo, span)?;
    let last = if inclusive {
        BinaryOp::Le
    } else {
        BinaryOp::Lt
    };
    let below = compare(last, value, hi, span)?;
    Ok(Value::Bool(
        above == Value::Bool(true) && below == Value::Bool(true),
    ))
}

fn elementwise(
    op: BinaryOp,
    left: &Value,
    right: &Value,
    number: Number,
    span: Span,
) -> Evaluated {
    let each = |a: &Value, b: &Value| elementwise(op, a, b, number, span);
    match (left, right) {
        (Value::Array(a), Value::Array(b)) => {
            let rows = a.iter().zip(b).map(|(a, b)| each(a, b));
            Ok(Value::Array(rows.collect::<Result<_, _>>()?))
        }
        (Value::Array(a), b) => {
            let b = row(b);
            Ok(Value::Array(
                a.iter().map(|a| each(a, b)).collect::<Result<_, _>>()?,
            ))
        }
        (a, Value::Array(b)) => {
            let a = row(a);
            Ok(Value::Array(
                b.iter().map(|b| each(a, b)).collect::<Result<_, _>>()?,
            ))
        }
        (Value::Repeat(a), b) => Ok(Value::Repeat(Box::new(each(a, row(b))?))),
        (a, Value::Repeat(b)) => Ok(Value::Repeat(Box::new(each(a, b)?))),
        _ => scalar(op, left, right, number, span),
    }
}

/// The row that is repeated; a number stands beside every row.
fn row(value: &Value) -> &Value {
    match value {
        Value::Repeat(row) => row,
        value => value,
    }
}

fn scalar(
    op: BinaryOp,
    left: &Value,
    right: &Value,
    number: Number,
    span: Span,
) -> Evaluated {
    let fault = |fault| Err(Failure::Fault(span, fault));
    let open = Err(Failure::Open(span, "this is not evaluated at compile time"));
    let whole = |value: Value| match value {
        Value::Int(value) => Some(value),
        Value::Duration(value) => Some(i128::from(value)),
        _ => None,
    };
    match (left, right, number) {
        (Value::Float(a), Value::Float(b), Number::Float(float)) => {
            let value = match op {
                BinaryOp::Add => a + b,
                BinaryOp::Sub => a - b,
                BinaryOp::Mul => a * b,
                BinaryOp::Div => a / b,
                _ => return open,
            };
            Ok(Value::Float(rounded(value, float)))
        }
        (Value::Float(_), ..) | (_, Value::Float(_), _) => open,
        (a, b, _) => {
            let (Some(a), Some(b)) = (whole(a.clone()), whole(b.clone())) else {
                return open;
            };
            match integer(op, a, b, number) {
                Some(Ok(value)) => fit(value, number, span),
                Some(Err(kind)) => fault(kind),
                None => open,
            }
        }
    }
}

fn integer(
    op: BinaryOp,
    a: i128,
    b: i128,
    number: Number,
) -> Option<Result<i128, Fault>> {
    let width = match number {
        Number::Int(int) => i128::from(int.bits),
        _ => 64,
    };
    Some(match op {
        BinaryOp::Add => Ok(a + b),
        BinaryOp::Sub => Ok(a - b),
        BinaryOp::Mul => a.checked_mul(b).ok_or(Fault::Overflow),
        BinaryOp::Div | BinaryOp::Rem if b == 0 => Err(Fault::DivideByZero),
        BinaryOp::Div => Ok(a / b),
        BinaryOp::Rem => Ok(a % b),
        BinaryOp::BitAnd => Ok(a & b),
        BinaryOp::BitOr => Ok(a | b),
        BinaryOp::BitXor => Ok(a ^ b),
        BinaryOp::Shl | BinaryOp::Shr if !(0..width).contains(&b) => Err(Fault::Shift),
        BinaryOp::Shl => Ok(shifted(a, b, number)),
        BinaryOp::Shr => Ok(a >> b),
        _ => return None,
    })
}

/// `a << b`, whose high bits are lost.
fn shifted(a: i128, b: i128, number: Number) -> i128 {
    let Number::Int(int) = number else { return a };
    wrapped(a << b, int)
}

/// The value modulo 2 to the width.
pub(super) const fn wrapped(value: i128, int: IntTy) -> i128 {
    let modulus = 1_i128 << int.bits;
    let rest = value.rem_euclid(modulus);
    if int.signed && rest >= modulus / 2 {
        rest - modulus
    } else {
        rest
    }
}

/// A result in its type.
pub(super) fn fit(value: i128, number: Number, span: Span) -> Evaluated {
    let overflow = Err(Failure::Fault(span, Fault::Overflow));
    match number {
        Number::Int(int) => {
            let (lo, hi) = bounds(int);
            if (lo..=hi).contains(&value) {
                Ok(Value::Int(value))
            } else {
                overflow
            }
        }
        Number::Duration => {
            i64::try_from(value).map_or(overflow, |value| Ok(Value::Duration(value)))
        }
        Number::Float(_) | Number::Other => {
            Err(Failure::Open(span, "this is not evaluated at compile time"))
        }
    }
}

/// A prefix operator.
pub(super) fn unary(op: UnaryOp, value: &Value, number: Number, span: Span) -> Evaluated {
    match (op, value) {
        (UnaryOp::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
        (UnaryOp::Neg, Value::Float(value)) => Ok(Value::Float(-value)),
        (UnaryOp::Neg, Value::Int(value)) => fit(-value, number, span),
        (UnaryOp::Neg, Value::Duration(value)) => fit(-i128::from(*value), number, span),
        (UnaryOp::BitNot, Value::Int(value)) => match number {
            Number::Int(int) => Ok(Value::Int(wrapped(!value, int))),
            _ => Err(Failure::Reported),
        },
        (_, Value::Array(rows)) => {
            let rows = rows.iter().map(|row| unary(op, row, number, span));
            Ok(Value::Array(rows.collect::<Result<_, _>>()?))
        }
        (_, Value::Repeat(row)) => {
            Ok(Value::Repeat(Box::new(unary(op, row, number, span)?)))
        }
        _ => Err(Failure::Reported),
    }
}

/// `value as T`.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "truncation towards zero and rounding are what the conversion means"
)]
pub(super) fn cast(value: &Value, number: Number, span: Span) -> Evaluated {
    let fault = Err(Failure::Fault(span, Fault::Conversion));
    match (value, number) {
        (Value::Int(value), Number::Int(int)) => {
            let (lo, hi) = bounds(int);
            if (lo..=hi).contains(value) {
                Ok(Value::Int(*value))
            } else {
                fault
            }
        }
        (Value::Float(value), Number::Int(int)) => {
            let (lo, hi) = bounds(int);
            let whole = value.trunc();
            // 2^bits and its kin are exact; everything in between is below 2^64.
            if whole.is_nan() || whole < lo as f64 || whole >= hi as f64 + 1.0 {
                return fault;
            }
            Ok(Value::Int(whole as i128))
        }
        (Value::Int(value), Number::Float(float)) => Ok(Value::Float(match float {
            crate::ty::FloatTy::F64 => *value as f64,
            crate::ty::FloatTy::F32 => f64::from(*value as f32),
        })),
        (Value::Float(value), Number::Float(float)) => {
            Ok(Value::Float(rounded(*value, float)))
        }
        (Value::Duration(value), Number::Duration) => Ok(Value::Duration(*value)),
        _ => Err(Failure::Open(span, "this is not evaluated at compile time")),
    }
}
