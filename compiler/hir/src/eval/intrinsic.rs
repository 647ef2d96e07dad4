//! Intrinsics on constant values.

use theus_abi::Fault;
use theus_grammar::Span;
use theus_stdlib::Intrinsic;

use super::operator::{fit, wrapped};
use super::{Evaluated, Failure, Number, bounds, rounded};
use crate::ty::FloatTy;
use crate::value::Value;

/// The value of a call; `number` is the type of the first argument.
pub(super) fn call(
    intrinsic: Intrinsic,
    args: &[Value],
    number: Number,
    span: Span,
) -> Evaluated {
    let found = match args {
        [Value::Float(a)] => float(intrinsic, *a, number),
        [Value::Float(a), Value::Float(b)] => floats(intrinsic, *a, *b),
        [Value::Float(a), Value::Float(b), Value::Float(c)]
            if number == Number::Float(FloatTy::F64) =>
        {
            (intrinsic == Intrinsic::Fma).then(|| Value::Float(a.mul_add(*b, *c)))
        }
        [Value::Int(a)] => return whole(intrinsic, *a, number, span),
        [Value::Int(a), Value::Int(b)] => wholes(intrinsic, *a, *b, number),
        [Value::Duration(a)] if intrinsic == Intrinsic::Nanos => {
            Some(Value::Int((*a).into()))
        }
        [Value::Duration(a), Value::Duration(b)] => match intrinsic {
            Intrinsic::Min => Some(Value::Duration(*a.min(b))),
            Intrinsic::Max => Some(Value::Duration(*a.max(b))),
            _ => None,
        },
        _ => None,
    };
    let found = found.map(|value| match (value, number) {
        (Value::Float(value), Number::Float(of)) => Value::Float(rounded(value, of)),
        (Value::Float(value), _) => Value::Float(rounded(value, FloatTy::F64)),
        (value, _) => value,
    });
    found.ok_or(Failure::Open(
        span,
        "this function is not evaluated at compile time",
    ))
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "an f32 value is exact in f64 and back"
)]
fn float(intrinsic: Intrinsic, a: f64, number: Number) -> Option<Value> {
    let single = number == Number::Float(FloatTy::F32);
    Some(match intrinsic {
        Intrinsic::Abs => Value::Float(a.abs()),
        Intrinsic::Sqrt if single => Value::Float(f64::from((a as f32).sqrt())),
        Intrinsic::Sqrt => Value::Float(a.sqrt()),
        Intrinsic::Floor => Value::Float(a.floor()),
        Intrinsic::Ceil => Value::Float(a.ceil()),
        Intrinsic::Trunc => Value::Float(a.trunc()),
        Intrinsic::RoundEven => Value::Float(a.round_ties_even()),
        Intrinsic::IsNan => Value::Bool(a.is_nan()),
        Intrinsic::Finite => Value::Bool(a.is_finite()),
        Intrinsic::Bits => Value::Int(a.to_bits().into()),
        Intrinsic::Bits32 => Value::Int((a as f32).to_bits().into()),
        Intrinsic::Math(math) => Value::Float(math.eval(a, 0.0)),
        _ => return None,
    })
}

fn floats(intrinsic: Intrinsic, a: f64, b: f64) -> Option<Value> {
    Some(match intrinsic {
        Intrinsic::Min | Intrinsic::Max if a.is_nan() || b.is_nan() => {
            Value::Float(f64::NAN)
        }
        Intrinsic::Min => Value::Float(if a.total_cmp(&b).is_lt() { a } else { b }),
        Intrinsic::Max => Value::Float(if a.total_cmp(&b).is_gt() { a } else { b }),
        Intrinsic::CopySign => Value::Float(a.copysign(b)),
        Intrinsic::SameBits => Value::Bool(a.to_bits() == b.to_bits()),
        Intrinsic::Math(math) => Value::Float(math.eval(a, b)),
        _ => return None,
    })
}

fn whole(intrinsic: Intrinsic, a: i128, number: Number, span: Span) -> Evaluated {
    let open = Err(Failure::Open(
        span,
        "this function is not evaluated at compile time",
    ));
    let Number::Int(int) = number else {
        return open;
    };
    match intrinsic {
        Intrinsic::Abs => fit(a.abs(), number, span),
        Intrinsic::FromBits => match u64::try_from(a) {
            Ok(bits) => Ok(Value::Float(rounded(f64::from_bits(bits), FloatTy::F64))),
            Err(_) => Err(Failure::Reported),
        },
        Intrinsic::FromBits32 => match u32::try_from(a) {
            Ok(bits) => Ok(Value::Float(rounded(
                f64::from(f32::from_bits(bits)),
                FloatTy::F32,
            ))),
            Err(_) => Err(Failure::Reported),
        },
        Intrinsic::FromNanos => match i64::try_from(a) {
            Ok(nanos) => Ok(Value::Duration(nanos)),
            Err(_) => Err(Failure::Fault(span, Fault::Overflow)),
        },
        Intrinsic::WrappingNeg => Ok(Value::Int(wrapped(-a, int))),
        Intrinsic::WrappingAsI64 => Ok(Value::Int(if a > i128::from(i64::MAX) {
            a - (1_i128 << 64)
        } else {
            a
        })),
        Intrinsic::WrappingAsU64 => {
            Ok(Value::Int(if a < 0 { a + (1_i128 << 64) } else { a }))
        }
        _ => open,
    }
}

fn wholes(intrinsic: Intrinsic, a: i128, b: i128, number: Number) -> Option<Value> {
    let Number::Int(int) = number else {
        return None;
    };
    let (lo, hi) = bounds(int);
    let bits = i128::from(int.bits);
    Some(Value::Int(match intrinsic {
        Intrinsic::Min => a.min(b),
        Intrinsic::Max => a.max(b),
        Intrinsic::WrappingAdd => wrapped(a + b, int),
        Intrinsic::WrappingSub => wrapped(a - b, int),
        Intrinsic::WrappingMul => wrapped(a.wrapping_mul(b), int),
        Intrinsic::WrappingShl => wrapped(a << b.rem_euclid(bits), int),
        Intrinsic::WrappingShr => a >> b.rem_euclid(bits),
        Intrinsic::SaturatingAdd => (a + b).clamp(lo, hi),
        Intrinsic::SaturatingSub => (a - b).clamp(lo, hi),
        Intrinsic::SaturatingMul => a.checked_mul(b).unwrap_or(hi).clamp(lo, hi),
        _ => return None,
    }))
}
