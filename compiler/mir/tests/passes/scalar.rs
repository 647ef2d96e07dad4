//! Random constants and expressions.

use super::Gen;
use theus_abi::{MathFn, Repr};
use theus_mir::{BinaryOp, Inst, TernaryOp, UnaryOp, Value};

impl Gen<'_> {
    pub(super) fn int(&mut self, repr: Repr, imm: i64) -> Value {
        self.inst(Inst::Iconst { repr, imm })
    }

    pub(super) fn float(&mut self, repr: Repr, value: f64) -> Value {
        let narrow = u64::from((value as f32).to_bits());
        let bits = if repr == Repr::F64 {
            value.to_bits()
        } else {
            narrow
        };
        self.inst(Inst::Fconst { repr, bits })
    }

    pub(super) fn constant(&mut self, repr: Repr) -> Value {
        if repr.is_float() {
            let huge = f64::INFINITY;
            let list = [
                0.0,
                -0.0,
                1.0,
                -1.0,
                2.0,
                0.5,
                0.0,
                -0.0,
                -4.0,
                1e30,
                huge,
                f64::NAN,
            ];
            let value = self.rng.pick(&list);
            return self.float(repr, value);
        }
        let (shift, wild) = (64 - repr.bits(), self.rng.next().cast_signed());
        let list = [0, 1, -1, 2, 3, 8, 16, i64::MIN, i64::MAX, wild];
        let imm = self.rng.pick(&list);
        self.int(repr, imm << shift >> shift)
    }

    /// A value of that representation, often a recent one.
    pub(super) fn any(&mut self, repr: Repr) -> Value {
        let fits = |&value: &Value| self.func.repr(value) == repr;
        let fitting: Vec<Value> = self.values.iter().copied().filter(fits).collect();
        if fitting.is_empty() || self.rng.once_in(5) {
            return self.constant(repr);
        }
        let recent = fitting.len().saturating_sub(4);
        let from = if self.rng.once_in(3) { 0 } else { recent };
        fitting[from + self.rng.below(fitting.len() - from)]
    }

    pub(super) fn canonical(&mut self, repr: Repr) -> Value {
        let value = self.any(repr);
        self.canon(value)
    }

    pub(super) fn canon(&mut self, arg: Value) -> Value {
        let repr = self.func.repr(arg);
        if repr.is_float() {
            self.unary(UnaryOp::Fcanon, repr, arg)
        } else {
            arg
        }
    }

    /// A condition; comparisons of the same few integers, so that some imply others.
    pub(super) fn condition(&mut self) -> Value {
        let cond = self.new_condition();
        self.values.push(cond);
        cond
    }

    fn new_condition(&mut self) -> Value {
        match self.rng.below(6) {
            0 => self.any(Repr::I8),
            1 => {
                let op = self.rng.pick(&[
                    BinaryOp::Flt,
                    BinaryOp::Feq,
                    BinaryOp::Fle,
                    BinaryOp::Fne,
                ]);
                let (a, b) = (self.any(Repr::F64), self.any(Repr::F64));
                self.binary(op, a, b)
            }
            2 => {
                let op = self.rng.pick(&[BinaryOp::And, BinaryOp::Or, BinaryOp::Xor]);
                let (a, b) = (self.comparison(), self.comparison());
                self.binary(op, a, b)
            }
            3 => {
                let arg = self.comparison();
                self.unary(UnaryOp::Not, Repr::I8, arg)
            }
            _ => self.comparison(),
        }
    }

    fn comparison(&mut self) -> Value {
        use BinaryOp::{Ieq, Ine, SaddOvf, Sle, Slt, Ule, Ult, UsubOvf};
        let op = self
            .rng
            .pick(&[Slt, Ult, Sle, Ule, Ieq, Ine, Slt, Ult, SaddOvf, UsubOvf]);
        let repr = self.rng.pick(&[Repr::I64, Repr::I64, Repr::I8]);
        let numbers: Vec<Value> = self
            .values
            .iter()
            .copied()
            .filter(|&v| self.func.repr(v) == repr)
            .collect();
        let few = &numbers[..numbers.len().min(3)];
        let (a, b) = if few.is_empty() || self.rng.once_in(2) {
            (self.any(repr), self.any(repr))
        } else {
            (self.rng.pick(few), self.rng.pick(few))
        };
        let made = self.binary(op, a, b);
        self.values.push(made);
        made
    }

    pub(super) fn expression(&mut self) {
        let value = match self.rng.below(12) {
            0 => self.math(),
            1 => self.fma_or_select(),
            2 | 3 => self.random_unary(),
            4 => self.condition(),
            5 => self.division(),
            6 | 7 => self.arithmetic(),
            _ => self.random_binary(),
        };
        self.values.push(value);
    }

    fn math(&mut self) -> Value {
        let math =
            self.rng
                .pick(&[MathFn::Sin, MathFn::Exp, MathFn::Atan2, MathFn::Hypot]);
        let a = self.any(Repr::F64);
        let b = if math.arity() == 2 {
            self.any(Repr::F64)
        } else {
            a
        };
        self.inst(Inst::Math { math, args: [a, b] })
    }

    fn fma_or_select(&mut self) -> Value {
        if self.rng.once_in(4) {
            let args = [0; 3].map(|_| self.any(Repr::F64));
            return self.ternary(TernaryOp::Fma, args);
        }
        let repr = self.repr();
        let args = [self.condition(), self.any(repr), self.any(repr)];
        self.ternary(TernaryOp::Select, args)
    }

    /// Sums and products of floats, often with a constant.
    fn arithmetic(&mut self) -> Value {
        use BinaryOp::{Fadd, Fdiv, Fmul, Fsub};
        let (op, repr) = (self.rng.pick(&[Fadd, Fsub, Fmul, Fdiv]), Repr::F64);
        let a = self.any(repr);
        let b = if self.rng.once_in(2) {
            self.constant(repr)
        } else {
            self.any(repr)
        };
        if self.rng.once_in(3) {
            self.binary(op, b, a)
        } else {
            self.binary(op, a, b)
        }
    }

    fn random_unary(&mut self) -> Value {
        use Repr::{F32, F64, I8, I16, I32, I64};
        let op = self.rng.pick(UnaryOp::ALL);
        let pairs: &[(Repr, Repr)] = match op {
            UnaryOp::Not => &[(I8, I8)],
            UnaryOp::Sext | UnaryOp::Zext => {
                &[(I8, I64), (I8, I32), (I16, I32), (I32, I64)]
            }
            UnaryOp::Trunc => &[(I64, I8), (I32, I16), (I64, I32), (I32, I8)],
            UnaryOp::Fpromote => &[(F32, F64)],
            UnaryOp::Fdemote => &[(F64, F32)],
            UnaryOp::SintToF | UnaryOp::UintToF => &[(I8, F64), (I32, F64), (I64, F32)],
            UnaryOp::FToSint | UnaryOp::FToUint => &[(F64, I8), (F64, I64), (F32, I32)],
            UnaryOp::Bitcast => &[(F64, I64), (I64, F64), (F32, I32), (I32, F32)],
            UnaryOp::Ineg
            | UnaryOp::Bnot
            | UnaryOp::Clz
            | UnaryOp::Ctz
            | UnaryOp::Popcnt => &[(I8, I8), (I16, I16), (I32, I32), (I64, I64)],
            UnaryOp::Fneg
            | UnaryOp::Fabs
            | UnaryOp::Fsqrt
            | UnaryOp::Ffloor
            | UnaryOp::Fceil
            | UnaryOp::Ftrunc
            | UnaryOp::Fnearest
            | UnaryOp::Fcanon => &[(F32, F32), (F64, F64)],
        };
        let (from, to) = self.rng.pick(pairs);
        let arg = if op == UnaryOp::Bitcast {
            self.canonical(from)
        } else {
            self.any(from)
        };
        let made = self.unary(op, to, arg);
        // Twice makes pairs that fold.
        let again = from == to && self.rng.once_in(3);
        if again {
            self.unary(op, to, made)
        } else {
            made
        }
    }

    fn random_binary(&mut self) -> Value {
        use Repr::{F32, F64, I8, I16, I32, I64};
        let op = self.rng.pick(BinaryOp::ALL);
        if op.is_guarded() {
            return self.division();
        }
        let reprs: &[Repr] = if op.is_float() {
            &[F64, F64, F32]
        } else {
            &[I64, I32, I8, I16]
        };
        let repr = self.rng.pick(reprs);
        let mut args = [self.any(repr), self.any(repr)];
        if self.rng.once_in(8) {
            args[1] = args[0];
        }
        if op == BinaryOp::Fcopysign {
            args = args.map(|arg| self.canon(arg));
        }
        self.binary(op, args[0], args[1])
    }

    fn division(&mut self) -> Value {
        let ops = [
            BinaryOp::Sdiv,
            BinaryOp::Udiv,
            BinaryOp::Srem,
            BinaryOp::Urem,
        ];
        let (op, repr) = (self.rng.pick(&ops), self.rng.pick(&[Repr::I64, Repr::I32]));
        let (a, b) = (self.any(repr), self.any(repr));
        for bad in [0, -1] {
            let bad = self.int(repr, bad);
            let cond = self.binary(BinaryOp::Ine, b, bad);
            self.check_that(cond, false);
        }
        self.binary(op, a, b)
    }
}
