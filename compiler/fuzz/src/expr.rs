//! Expressions of a wanted type. Three in four arithmetic operations are such that they
//! cannot fail or are handled; the rest may fault, which is part of what is compared.

use crate::program::Gen;
use crate::ty::Ty;

impl Gen {
    /// An expression of that type, at most `depth` operations deep.
    pub(crate) fn expr(&mut self, ty: &Ty, depth: usize) -> String {
        if depth == 0 || self.rng.chance(25) {
            return self.leaf(ty);
        }
        if self.rng.chance(8) {
            let (c, a, b) = (
                self.expr(&Ty::Bool, depth - 1),
                self.expr(ty, depth - 1),
                self.expr(ty, depth - 1),
            );
            return format!("if {c} {{ {a} }} else {{ {b} }}");
        }
        if self.rng.chance(4) {
            let e = self.expr(&Ty::Enum, depth - 1);
            let (a, b) = (self.expr(ty, depth - 1), self.expr(ty, depth - 1));
            return format!("match {e} {{ A => {a}, B | C => {b} }}");
        }
        match ty {
            Ty::Bool => self.bool_expr(depth - 1),
            Ty::Int(name) => self.int_expr(name, depth - 1),
            Ty::Float(name) => self.float_expr(name, depth - 1),
            Ty::Duration => self.duration_expr(depth - 1),
            Ty::Enum => self.leaf(ty),
            Ty::Struct => self.struct_expr(depth - 1),
            Ty::Array(elem, n) => self.array_expr(elem, *n, depth - 1),
            Ty::Matrix(n, m) => self.matrix_expr(*n, *m, depth - 1),
        }
    }

    /// A name or a literal of that type.
    pub(crate) fn leaf(&mut self, ty: &Ty) -> String {
        let names = self.readable(ty);
        if !names.is_empty() && self.rng.chance(75) {
            return self.rng.pick(&names).cloned().unwrap_or_default();
        }
        self.literal(ty)
    }

    /// A literal of that type.
    pub(crate) fn literal(&mut self, ty: &Ty) -> String {
        match ty {
            Ty::Bool => self.rng.chance(50).to_string(),
            Ty::Int(name) => self.int_literal(name),
            Ty::Float(name) => {
                let all = [
                    "0.0", "1.0", "-1.5", "3.25", "0.1", "-0.0", "1.0e10", "1.0e-7",
                ];
                let value = self.rng.pick(&all).copied().unwrap_or("0.0");
                format!("({value}{name})").replace("f64", "")
            }
            Ty::Duration => {
                let all = ["0s", "1ms", "250us", "3s", "7ns"];
                self.rng.pick(&all).copied().unwrap_or("0s").to_owned()
            }
            Ty::Enum => {
                let all = ["E.A", "E.B", "E.C"];
                self.rng.pick(&all).copied().unwrap_or("E.A").to_owned()
            }
            Ty::Struct => {
                let (a, b) = (self.literal(&Ty::Float("f64")), self.int_literal("i32"));
                format!("S(a: {a}, b: {b})")
            }
            Ty::Array(elem, n) if *n > 8 => format!("[{}; {n}]", self.literal(elem)),
            Ty::Array(elem, n) => {
                let elems: Vec<String> = (0..*n).map(|_| self.literal(elem)).collect();
                format!("[{}]", elems.join(", "))
            }
            Ty::Matrix(n, m) => {
                let value = self.literal(&Ty::Float("f64"));
                format!("[{value}; {n}, {m}]")
            }
        }
    }

    fn int_literal(&mut self, name: &str) -> String {
        let signed = name.starts_with('i');
        let small = self.rng.below(13);
        match self.rng.below(6) {
            0 if signed => format!("(-{small}{name})"),
            1 => match name {
                "i8" => "127i8".to_owned(),
                "u8" => "255u8".to_owned(),
                "i64" => "9223372036854775807i64".to_owned(),
                "u64" => "18446744073709551615u64".to_owned(),
                _ => format!("100{name}"),
            },
            _ => format!("{small}{name}"),
        }
    }

    fn bool_expr(&mut self, depth: usize) -> String {
        let compare = ["==", "!=", "<", "<=", ">", ">="];
        match self.rng.below(9) {
            0 => format!("(not {})", self.expr(&Ty::Bool, depth)),
            1 => {
                let op = self
                    .rng
                    .pick(&["and", "or", "implies"])
                    .copied()
                    .unwrap_or("and");
                let (a, b) = (self.expr(&Ty::Bool, depth), self.expr(&Ty::Bool, depth));
                format!("(({a}) {op} ({b}))")
            }
            2 => {
                let ty = Ty::any(&mut self.rng);
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                format!("(({a}) == ({b}))")
            }
            3 => {
                let ty = Ty::any(&mut self.rng);
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                format!("same_bits({a}, {b})")
            }
            4 => {
                let x = self.expr(&Ty::Float("f64"), depth);
                format!("(({x}) in -1.0..=2.5)")
            }
            5 => format!("finite({})", self.expr(&Ty::Float("f64"), depth)),
            _ => {
                let ty = match self.rng.below(3) {
                    0 => Ty::Float("f64"),
                    1 => Ty::Duration,
                    _ => Ty::Int(self.int_name()),
                };
                let op = self.rng.pick(&compare).copied().unwrap_or("<");
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                format!("(({a}) {op} ({b}))")
            }
        }
    }

    fn int_name(&mut self) -> &'static str {
        match Ty::scalar(&mut self.rng) {
            Ty::Int(name) => name,
            _ => "i64",
        }
    }

    fn int_expr(&mut self, name: &'static str, depth: usize) -> String {
        let ty = Ty::Int(name);
        let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
        let other = self.literal(&ty);
        match self.rng.below(13) {
            0 => {
                let op = self
                    .rng
                    .pick(&["wrapping_add", "wrapping_sub", "wrapping_mul"])
                    .copied();
                format!("{}({a}, {b})", op.unwrap_or("wrapping_add"))
            }
            1 => {
                let op = self
                    .rng
                    .pick(&["saturating_add", "saturating_sub", "saturating_mul"])
                    .copied();
                format!("{}({a}, {b})", op.unwrap_or("saturating_add"))
            }
            2 | 3 => {
                let op = self
                    .rng
                    .pick(&["+", "-", "*", "/", "%"])
                    .copied()
                    .unwrap_or("+");
                let b = divisor(op, b);
                format!("((({a}) {op} ({b})) ?? {other})")
            }
            4 => {
                let op = self
                    .rng
                    .pick(&["+", "-", "*", "/", "%"])
                    .copied()
                    .unwrap_or("+");
                let b = divisor(op, b);
                format!("(({a}) {op} ({b}))")
            }
            5 => {
                let op = self.rng.pick(&["&", "|", "^"]).copied().unwrap_or("&");
                format!("(({a}) {op} ({b}))")
            }
            6 => {
                let op = self.rng.pick(&["<<", ">>"]).copied().unwrap_or("<<");
                format!("((({a}) {op} ({b} & 15)) ?? {other})")
            }
            7 => {
                let from = if self.rng.chance(50) {
                    Ty::Float("f64")
                } else {
                    Ty::Int(self.int_name())
                };
                if from == ty {
                    return format!("(~({a}))");
                }
                let value = self.expr(&from, depth);
                if from.fits(name) {
                    return format!("(({value}) as {name})");
                }
                format!("((({value}) as {name}) ?? {other})")
            }
            8 => {
                let op = self.rng.pick(&["min", "max"]).copied().unwrap_or("min");
                format!("{op}({a}, {b})")
            }
            9 if name.starts_with('i') => format!("((-({a})) ?? {other})"),
            10 => format!("twice<>({a}, {b})").replace("<>", ""),
            11 => format!("wrapping_shl({a}, {})", self.rng.below(70)),
            _ => self.element(&ty, depth),
        }
    }

    /// An element of an array field at a computed index, handled or not.
    fn element(&mut self, ty: &Ty, depth: usize) -> String {
        let arrays = self.arrays_of(ty);
        let Some(array) = self.rng.pick(&arrays).cloned() else {
            return self.leaf(ty);
        };
        let index = format!("wrapping_add(c.n, {})", self.expr(&Ty::Int("i64"), depth));
        let other = self.literal(ty);
        if self.rng.chance(85) {
            format!("({array}[{index}] ?? {other})")
        } else {
            format!("{array}[{index}]")
        }
    }

    fn float_expr(&mut self, name: &'static str, depth: usize) -> String {
        let ty = Ty::Float(name);
        let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
        let wide = name == "f64";
        match self.rng.below(12) {
            0..=3 => {
                let op = self.rng.pick(&["+", "-", "*", "/"]).copied().unwrap_or("+");
                format!("(({a}) {op} ({b}))")
            }
            4 => {
                let op = self
                    .rng
                    .pick(&["sqrt", "abs", "floor", "ceil", "trunc"])
                    .copied();
                format!("{}({a})", op.unwrap_or("abs"))
            }
            5 => {
                let op = self
                    .rng
                    .pick(&["min", "max", "copysign"])
                    .copied()
                    .unwrap_or("min");
                format!("{op}({a}, {b})")
            }
            6 if wide => {
                let op = self.rng.pick(&["sin", "cos", "tanh", "exp"]).copied();
                format!("{}({a})", op.unwrap_or("sin"))
            }
            7 if wide => {
                let from = Ty::Int(self.int_name());
                let value = self.expr(&from, depth);
                format!("(({value}) as f64)")
            }
            8 if wide => {
                let value = self.expr(&Ty::Float("f32"), depth);
                format!("(({value}) as f64)")
            }
            9 => format!("(-({a}))"),
            10 => format!("fma({a}, {b}, {a})"),
            _ => self.element(&ty, depth),
        }
    }

    fn duration_expr(&mut self, depth: usize) -> String {
        let a = self.expr(&Ty::Duration, depth);
        match self.rng.below(3) {
            0 => {
                let b = self.expr(&Ty::Duration, depth);
                format!("((({a}) + ({b})) ?? 1s)")
            }
            1 => format!("((({a}) * {}) ?? 2s)", self.rng.below(5)),
            _ => format!("(({a}) / {})", 1 + self.rng.below(4)),
        }
    }

    fn struct_expr(&mut self, depth: usize) -> String {
        let (a, b) = (
            self.expr(&Ty::Float("f64"), depth),
            self.expr(&Ty::Int("i32"), depth),
        );
        match self.rng.below(3) {
            0 => {
                let base = self.expr(&Ty::Struct, depth);
                format!("S(..{base}, a: {a})")
            }
            1 => format!("shift(S(a: {a}, b: {b}), {a})"),
            _ => format!("S(a: {a}, b: {b})"),
        }
    }

    fn array_expr(&mut self, elem: &Ty, n: usize, depth: usize) -> String {
        let ty = Ty::Array(Box::new(elem.clone()), n);
        let float = matches!(elem, Ty::Float(_));
        match self.rng.below(3) {
            0 if float => {
                let (a, b) = (self.expr(&ty, depth), self.expr(elem, depth));
                format!("(({a}) * ({b}))")
            }
            1 if float => {
                let op = self.rng.pick(&["+", "-", "*"]).copied().unwrap_or("+");
                let (a, b) = (self.expr(&ty, depth), self.expr(&ty, depth));
                format!("(({a}) {op} ({b}))")
            }
            _ if n > 8 => self.leaf(&ty),
            _ => {
                let elems: Vec<String> =
                    (0..n).map(|_| self.expr(elem, depth / 2)).collect();
                format!("[{}]", elems.join(", "))
            }
        }
    }

    fn matrix_expr(&mut self, n: usize, m: usize, depth: usize) -> String {
        let ty = Ty::Matrix(n, m);
        if self.rng.chance(50) {
            let k = 1 + self.rng.below(3);
            let (a, b) = (
                self.expr(&Ty::Matrix(n, k), depth / 2),
                self.expr(&Ty::Matrix(k, m), depth / 2),
            );
            return format!("(({a}) @ ({b}))");
        }
        let (a, b) = (self.expr(&ty, depth), self.expr(&Ty::Float("f64"), depth));
        format!("(({a}) * ({b}))")
    }
}

/// A divisor that is not a constant: dividing by a literal zero is rejected.
fn divisor(op: &str, b: String) -> String {
    if op == "/" || op == "%" {
        format!("twice({b}, {b})")
    } else {
        b
    }
}
