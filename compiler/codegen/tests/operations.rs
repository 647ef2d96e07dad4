//! Every operation at edge values: machine code gives the bits that `theus_mir::eval` gives.

#![expect(dead_code, reason = "each test file uses a part of the rig")]

#[cfg(test)]
#[path = "support/rig.rs"]
mod common;

use common::{OPERANDS, Rig, program, settings};
use theus_abi::{MathFn, Repr};
use theus_codegen::Options;
use theus_mir::eval;
use theus_mir::{BinaryOp, Func, FuncBuilder, TernaryOp, UnaryOp, Value};

const INTS: [Repr; 4] = [Repr::I8, Repr::I16, Repr::I32, Repr::I64];
const FLOATS: [Repr; 2] = [Repr::F32, Repr::F64];

/// A function that applies `f` to operands in memory and stores the result as operand 3.
#[cfg(test)]
fn function(
    name: &str,
    reprs: &[Repr],
    f: impl Fn(&mut FuncBuilder, &[Value]) -> Value,
) -> Func {
    let mut b = FuncBuilder::new(name, &[], &[Repr::I32]);
    let args: Vec<Value> = reprs
        .iter()
        .zip(0..)
        .map(|(repr, n)| {
            let addr = b.base(OPERANDS + 8 * n);
            b.load(*repr, addr, 0)
        })
        .collect();
    let result = f(&mut b, &args);
    let addr = b.base(OPERANDS);
    b.store(result, addr, 24);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    b.finish()
}

#[cfg(test)]
fn ints(repr: Repr) -> Vec<u64> {
    let most = eval::mask(repr) >> 1;
    let raw = [
        0,
        1,
        2,
        3,
        5,
        7,
        8,
        31,
        63,
        100,
        most - 1,
        most,
        most + 1,
        most + 2,
        most / 3,
    ];
    let big = [
        u64::MAX,
        u64::MAX - 1,
        u64::MAX - 6,
        0x5555_5555_5555_5555,
        0x8000_0000,
        0xffff,
    ];
    let mut all: Vec<u64> = raw
        .into_iter()
        .chain(big)
        .map(|bits| bits & eval::mask(repr))
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
fn floats(repr: Repr) -> Vec<u64> {
    let values = [
        0.0,
        1.0,
        0.5,
        1.5,
        2.5,
        3.5,
        0.1,
        1.0 / 3.0,
        127.0,
        127.9,
        128.0,
        128.5,
        255.5,
        256.0,
        32767.5,
        32768.0,
        65535.9,
        65536.0,
        2147483647.0,
        2147483648.0,
        4294967295.0,
        4294967296.0,
        9.007199254740993e15,
        9223372036854775807.0,
        1.8446744073709552e19,
        1e30,
        1e-40,
        1e-310,
        f64::MIN_POSITIVE,
        f64::EPSILON,
        f64::MAX,
        f64::INFINITY,
        f64::NAN,
        4503599627370496.5,
        0.49999999999999994,
    ];
    let both = values.into_iter().flat_map(|x: f64| [x, -x]);
    let mut all: Vec<u64> = both
        .map(|x| match repr {
            Repr::F32 => u64::from((x as f32).to_bits()),
            _ => x.to_bits(),
        })
        .collect();
    all.push(if repr == Repr::F32 {
        0x7f80_0001
    } else {
        0x7ff0_0000_0000_0001
    });
    all.push(if repr == Repr::F32 {
        0xffc1_2345
    } else {
        0xfff8_1234_5678_9abc
    });
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
fn samples(repr: Repr) -> Vec<u64> {
    if repr.is_float() {
        floats(repr)
    } else {
        ints(repr)
    }
}

#[cfg(test)]
fn is_nan(repr: Repr, bits: u64) -> bool {
    match repr {
        Repr::F32 => f32::from_bits(u32::try_from(bits).unwrap()).is_nan(),
        Repr::F64 => f64::from_bits(bits).is_nan(),
        _ => false,
    }
}

/// Equal bits; NaN payloads are visible through `fcanon` and bit operations only.
#[cfg(test)]
fn assert_same(what: &str, strict: bool, repr: Repr, got: u64, want: u64) {
    let got = got & eval::mask(repr);
    if !strict && is_nan(repr, want) {
        assert!(is_nan(repr, got), "{what}: {got:#x}, not {want:#x}");
    } else {
        assert_eq!(got, want, "{what}: {got:#x}, not {want:#x}");
    }
}

/// Operand and result representations of a unary operation.
#[cfg(test)]
fn unary_forms(op: UnaryOp) -> Vec<(Repr, Repr)> {
    use UnaryOp as Op;
    let pairs = |from: &[Repr], to: &[Repr], keep: fn(Repr, Repr) -> bool| {
        let all = from.iter().flat_map(|a| to.iter().map(|b| (*a, *b)));
        all.filter(|(a, b)| keep(*a, *b)).collect::<Vec<_>>()
    };
    match op {
        Op::Ineg | Op::Bnot | Op::Clz | Op::Ctz | Op::Popcnt => {
            pairs(&INTS, &INTS, |a, b| a == b)
        }
        Op::Not => vec![(Repr::I8, Repr::I8)],
        Op::Sext | Op::Zext => pairs(&INTS, &INTS, |a, b| a < b),
        Op::Trunc => pairs(&INTS, &INTS, |a, b| a > b),
        Op::Fneg
        | Op::Fabs
        | Op::Fsqrt
        | Op::Ffloor
        | Op::Fceil
        | Op::Ftrunc
        | Op::Fnearest
        | Op::Fcanon => pairs(&FLOATS, &FLOATS, |a, b| a == b),
        Op::Fpromote => vec![(Repr::F32, Repr::F64)],
        Op::Fdemote => vec![(Repr::F64, Repr::F32)],
        Op::SintToF | Op::UintToF => pairs(&INTS, &FLOATS, |_, _| true),
        Op::FToSint | Op::FToUint => pairs(&FLOATS, &INTS, |_, _| true),
        Op::Bitcast => vec![
            (Repr::I64, Repr::F64),
            (Repr::F64, Repr::I64),
            (Repr::I32, Repr::F32),
            (Repr::F32, Repr::I32),
        ],
    }
}

#[test]
fn unary_operations_agree() {
    let cases: Vec<_> = UnaryOp::ALL
        .iter()
        .flat_map(|op| {
            unary_forms(*op)
                .into_iter()
                .map(|(from, to)| (*op, from, to))
        })
        .collect();
    let funcs = cases.iter().map(|(op, from, to)| {
        function(op.name(), &[*from], |b, args| b.unary(*op, *to, args[0]))
    });
    let program = program(funcs.collect(), Vec::new());
    for options in settings() {
        let mut rig = Rig::new(&program, &options);
        for ((op, from, to), func) in cases.iter().zip(0..) {
            let strict = matches!(
                op,
                UnaryOp::Fneg | UnaryOp::Fabs | UnaryOp::Fcanon | UnaryOp::Bitcast
            );
            for bits in samples(*from) {
                rig.set(0, bits);
                assert_eq!(rig.call(func), 0);
                let want = eval::unary(*op, *from, *to, bits);
                let what = format!("{options:?} {} {from} {to} {bits:#x}", op.name());
                assert_same(&what, strict, *to, rig.get(3), want);
            }
        }
    }
}

#[test]
fn binary_operations_agree() {
    let cases: Vec<_> = BinaryOp::ALL
        .iter()
        .flat_map(|op| {
            let reprs: &[Repr] = if op.is_float() { &FLOATS } else { &INTS };
            reprs.iter().map(|repr| (*op, *repr))
        })
        .collect();
    let funcs = cases.iter().map(|(op, repr)| {
        function(op.name(), &[*repr, *repr], |b, args| {
            b.binary(*op, args[0], args[1])
        })
    });
    let program = program(funcs.collect(), Vec::new());
    for options in settings() {
        let mut rig = Rig::new(&program, &options);
        for ((op, repr), func) in cases.iter().zip(0..) {
            let result = if op.is_predicate() { Repr::I8 } else { *repr };
            for a in samples(*repr) {
                for b in samples(*repr) {
                    rig.set(0, a);
                    rig.set(1, b);
                    // Without a value the operation must still not stop the process.
                    assert_eq!(rig.call(func), 0);
                    let Some(want) = eval::binary(*op, *repr, a, b) else {
                        continue;
                    };
                    let what = format!("{options:?} {} {repr} {a:#x} {b:#x}", op.name());
                    assert_same(
                        &what,
                        *op == BinaryOp::Fcopysign,
                        result,
                        rig.get(3),
                        want,
                    );
                }
            }
        }
    }
}

/// The same with one operand as a constant, which other instructions may take.
#[test]
fn binary_operations_with_constants_agree() {
    let mut cases = Vec::new();
    let mut funcs = Vec::new();
    for op in BinaryOp::ALL.iter().copied() {
        let reprs: &[Repr] = if op.is_float() {
            &FLOATS
        } else {
            &[Repr::I8, Repr::I64]
        };
        for repr in reprs.iter().copied() {
            for constant in samples(repr).into_iter().step_by(3) {
                for first in [false, true] {
                    cases.push((op, repr, constant, first));
                    funcs.push(function(op.name(), &[repr], |b, args| {
                        let y = match repr {
                            Repr::F32 => {
                                b.f32(f32::from_bits(u32::try_from(constant).unwrap()))
                            }
                            Repr::F64 => b.f64(f64::from_bits(constant)),
                            _ => b.iconst(repr, eval::sign_extend(repr, constant)),
                        };
                        let (x, y) = if first { (y, args[0]) } else { (args[0], y) };
                        b.binary(op, x, y)
                    }));
                }
            }
        }
    }
    let program = program(funcs, Vec::new());
    let mut rig = Rig::new(&program, &Options::default());
    for ((op, repr, constant, first), func) in cases.into_iter().zip(0..) {
        let result = if op.is_predicate() { Repr::I8 } else { repr };
        for a in samples(repr) {
            rig.set(0, a);
            assert_eq!(rig.call(func), 0);
            let (x, y) = if first { (constant, a) } else { (a, constant) };
            let Some(want) = eval::binary(op, repr, x, y) else {
                continue;
            };
            let what = format!("{} {repr} {a:#x} constant {constant:#x}", op.name());
            assert_same(&what, op == BinaryOp::Fcopysign, result, rig.get(3), want);
        }
    }
}

/// A sum and its overflow predicate become one instruction.
#[test]
fn sums_with_their_overflow_agree() {
    let pairs = [
        (BinaryOp::Iadd, BinaryOp::SaddOvf),
        (BinaryOp::Isub, BinaryOp::SsubOvf),
        (BinaryOp::Imul, BinaryOp::SmulOvf),
        (BinaryOp::Iadd, BinaryOp::UaddOvf),
        (BinaryOp::Isub, BinaryOp::UsubOvf),
        (BinaryOp::Imul, BinaryOp::UmulOvf),
    ];
    let mut cases = Vec::new();
    let mut funcs = Vec::new();
    for (op, predicate) in pairs {
        for repr in INTS {
            for first in [true, false] {
                cases.push((op, predicate, repr));
                funcs.push(function(op.name(), &[repr, repr], |b, args| {
                    let (sum, bad) = if first {
                        let sum = b.binary(op, args[0], args[1]);
                        (sum, b.binary(predicate, args[0], args[1]))
                    } else {
                        let bad = b.binary(predicate, args[0], args[1]);
                        let next = b.new_block();
                        b.jump(next, &[]);
                        b.switch_to(next);
                        (b.binary(op, args[0], args[1]), bad)
                    };
                    let at = b.base(OPERANDS + 32);
                    b.store(bad, at, 0);
                    sum
                }));
            }
        }
    }
    let program = program(funcs, Vec::new());
    let text = theus_codegen::clif(&program).unwrap();
    // One sum for each unsigned pair, and none beside the signed ones and the products.
    let counts = [" iadd v", " isub v", " imul v"].map(|op| text.matches(op).count());
    assert_eq!(counts, [8, 8, 0], "{text}");
    let mut rig = Rig::new(&program, &Options::default());
    for ((op, predicate, repr), func) in cases.into_iter().zip(0..) {
        for a in samples(repr) {
            for b in samples(repr) {
                rig.set(0, a);
                rig.set(1, b);
                assert_eq!(rig.call(func), 0);
                let what = format!("{} {repr} {a:#x} {b:#x}", predicate.name());
                let sum = eval::binary(op, repr, a, b).unwrap();
                let bad = eval::binary(predicate, repr, a, b).unwrap();
                assert_same(&what, true, repr, rig.get(3), sum);
                assert_same(&what, true, Repr::I8, rig.get(4), bad);
            }
        }
    }
}

#[test]
fn ternary_operations_agree() {
    let mut cases = Vec::new();
    for repr in Repr::ALL {
        cases.push((TernaryOp::Select, [Repr::I8, repr, repr]));
    }
    cases.push((TernaryOp::Fma, [Repr::F64; 3]));
    cases.push((TernaryOp::Fma, [Repr::F32; 3]));
    let funcs = cases.iter().map(|(op, reprs)| {
        function(op.name(), reprs, |b, args| {
            b.ternary(*op, [args[0], args[1], args[2]])
        })
    });
    let program = program(funcs.collect(), Vec::new());
    for options in settings() {
        let mut rig = Rig::new(&program, &options);
        for ((op, reprs), func) in cases.iter().zip(0..) {
            let [first, second, third] = reprs
                .map(|repr| samples(repr).into_iter().step_by(2).collect::<Vec<_>>());
            for (a, b, c) in first.iter().flat_map(|a| {
                let third = &third;
                second
                    .iter()
                    .flat_map(move |b| third.iter().map(move |c| (*a, *b, *c)))
            }) {
                rig.set(0, a);
                rig.set(1, b);
                rig.set(2, c);
                assert_eq!(rig.call(func), 0);
                let want = eval::ternary(*op, reprs[1], a, b, c);
                let what = format!("{} {} {a:#x} {b:#x} {c:#x}", op.name(), reprs[1]);
                assert_same(&what, *op == TernaryOp::Select, reprs[1], rig.get(3), want);
            }
        }
    }
}

#[test]
fn functions_of_the_host_agree() {
    let funcs = MathFn::ALL.iter().map(|math| {
        let reprs = vec![Repr::F64; 2];
        function(math.name(), &reprs, |b, args| {
            b.math(*math, args[0], args[1])
        })
    });
    let program = program(funcs.collect(), Vec::new());
    let mut rig = Rig::new(&program, &Options::default());
    for (math, func) in MathFn::ALL.iter().zip(0..) {
        for a in samples(Repr::F64) {
            for b in samples(Repr::F64).into_iter().step_by(5) {
                rig.set(0, a);
                rig.set(1, b);
                assert_eq!(rig.call(func), 0);
                let want = math.eval(f64::from_bits(a), f64::from_bits(b)).to_bits();
                let what = format!("{} {a:#x} {b:#x}", math.name());
                assert_same(&what, false, Repr::F64, rig.get(3), want);
            }
        }
    }
}
