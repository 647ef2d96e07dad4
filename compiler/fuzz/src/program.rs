//! Whole programs.

use std::fmt::Write as _;

use crate::rng::Rng;
use crate::ty::Ty;

/// A name in scope.
#[derive(Clone, Debug)]
pub(crate) struct Var {
    pub(crate) name: String,
    pub(crate) ty: Ty,
    pub(crate) mutable: bool,
}

/// State of the generator.
pub(crate) struct Gen {
    pub(crate) rng: Rng,
    pub(crate) vars: Vec<Var>,
    pub(crate) fields: Vec<Var>,
    pub(crate) loops: usize,
    names: usize,
}

const HEAD: &str = "\
enum E { A, B, C }
struct S { a: f64 = 1.5  b: i32  c: [i64; 3] }
fn twice<T: integer>(x: T, y: T) -> T { return wrapping_add(x, wrapping_mul(y, 3)) }
fn shift(s: S, by: f64) -> S { return S(..s, a: s.a + by) }
fn grow(inout v: [f64; 4], by: f64) { for i in 0..4 { v[i] = v[i] * 0.5 + by } }
";

/// The program of that seed: always accepted; what it does when it runs is up to it.
pub fn generate(seed: u64) -> String {
    let mut generator = Gen {
        rng: Rng::new(seed),
        vars: Vec::new(),
        fields: Vec::new(),
        loops: 0,
        names: 0,
    };
    generator.program(seed)
}

impl Gen {
    fn program(&mut self, seed: u64) -> String {
        let mut out = format!("//! Generated from seed {seed}.\n{HEAD}");
        self.context(&mut out);
        let processes = 1 + self.rng.below(3);
        for n in 0..processes {
            self.process(&mut out, n);
        }
        let _ = writeln!(out, "pipeline main every 10ms {{");
        for n in 0..processes {
            match self.rng.below(5) {
                4 => {
                    let _ = writeln!(out, "    atomic {{ p{n}  when c.flag {{ p0 }} }}");
                }
                0 => {
                    let _ = writeln!(out, "    when c.flag {{ p{n} }}");
                }
                1 => {
                    let _ = writeln!(out, "    every 2 ticks {{ p{n} }}");
                }
                _ => {
                    let _ = writeln!(out, "    p{n}");
                }
            }
        }
        let fault = if self.rng.chance(85) {
            "    on fault { skip }\n"
        } else {
            ""
        };
        let _ = writeln!(out, "    on error Oops {{ skip }}\n{fault}}}");
        let only = if self.rng.chance(25) {
            "atomic { p0 -> p0 }"
        } else {
            "p0"
        };
        let _ = writeln!(
            out,
            "pipeline only every 10ms {{\n    {only}\n    on error Oops {{ skip }}\n    on fault {{ skip }}\n}}"
        );
        out
    }

    fn context(&mut self, out: &mut String) {
        let _ = writeln!(out, "context c {{");
        let fixed: [(&str, Ty, &str); 4] = [
            ("flag", Ty::Bool, "true"),
            ("x", Ty::Float("f64"), "0.25"),
            ("n", Ty::Int("i64"), "3"),
            (
                "v",
                Ty::Array(Box::new(Ty::Float("f64")), 4),
                "[1.0, -2.0, 0.5, 4.0]",
            ),
        ];
        for (name, ty, value) in fixed {
            let _ = writeln!(out, "    {name}: {} = {value}", ty.text());
            self.fields.push(Var {
                name: format!("c.{name}"),
                ty,
                mutable: true,
            });
        }
        for n in 0..2 + self.rng.below(5) {
            let ty = Ty::any(&mut self.rng);
            let value = self.literal(&ty);
            let _ = writeln!(out, "    f{n}: {} = {value}", ty.text());
            self.fields.push(Var {
                name: format!("c.f{n}"),
                ty,
                mutable: true,
            });
        }
        let _ = writeln!(out, "    bounded: f64 in -100.0..=100.0 = 0.0");
        self.fields.push(Var {
            name: "c.bounded".to_owned(),
            ty: Ty::Float("f64"),
            mutable: true,
        });
        let slots = 1 + self.rng.below(7);
        let _ = writeln!(out, "    r: ring<f64, {slots}>\n    big: [f64; 200]");
        self.fields.push(Var {
            name: "c.big".to_owned(),
            ty: Ty::Array(Box::new(Ty::Float("f64")), 200),
            mutable: true,
        });
        let _ = writeln!(out, "    global g: i64 = {}", self.rng.below(9));
        self.fields.push(Var {
            name: "c.g".to_owned(),
            ty: Ty::Int("i64"),
            mutable: false,
        });
        let _ = writeln!(out, "    meta m: u64\n}}");
    }

    fn process(&mut self, out: &mut String, n: usize) {
        let outputs: Vec<String> = self
            .fields
            .iter()
            .filter(|f| f.mutable)
            .map(|f| f.name.clone())
            .collect();
        let _ = writeln!(out, "process p{n} {{\n    inputs c.g, tick, random");
        let _ = writeln!(out, "    outputs {}, c.r, c.m", outputs.join(", "));
        if self.rng.chance(20) {
            let _ = writeln!(out, "    requires c.x == c.x");
        }
        if self.rng.chance(30) {
            let _ = writeln!(out, "    ensures c.n >= old(c.n) - 1000 or c.flag");
        }
        let _ = writeln!(out, "    errors Oops");
        let _ = writeln!(out, "    if c.x > 1.0e300 {{ raise Oops }}");
        let _ = writeln!(
            out,
            "    let t0: f64 = seconds(tick.dt) + random.uniform(-1.0, 1.0)"
        );
        self.vars.push(Var {
            name: "t0".to_owned(),
            ty: Ty::Float("f64"),
            mutable: false,
        });
        let count = 3 + self.rng.below(8);
        self.block(out, 1, count, 2);
        let _ = writeln!(out, "    c.r.push(c.x + (c.r[0] ?? 1.0))\n}}");
        self.vars.clear();
    }

    pub(crate) fn fresh(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// Names (and elements at known indices) of that type.
    pub(crate) fn readable(&self, ty: &Ty) -> Vec<String> {
        let mut names = Vec::new();
        for var in self.vars.iter().chain(&self.fields) {
            if var.ty == *ty {
                names.push(var.name.clone());
            }
            match &var.ty {
                Ty::Array(elem, n) if **elem == *ty => {
                    names.push(format!("{}[{}]", var.name, n - 1));
                }
                Ty::Matrix(n, m) if *ty == Ty::Float("f64") => {
                    names.push(format!("{}[{}, {}]", var.name, n - 1, m - 1));
                }
                Ty::Struct if *ty == Ty::Float("f64") => {
                    names.push(format!("{}.a", var.name))
                }
                Ty::Struct if *ty == Ty::Int("i32") => {
                    names.push(format!("{}.b", var.name))
                }
                Ty::Struct if *ty == Ty::Int("i64") => {
                    names.push(format!("{}.c[1]", var.name))
                }
                _ => {}
            }
        }
        names
    }

    /// Arrays with elements of that type.
    pub(crate) fn arrays_of(&self, ty: &Ty) -> Vec<String> {
        let array = |var: &&Var| matches!(&var.ty, Ty::Array(elem, _) if **elem == *ty);
        let all = self.vars.iter().chain(&self.fields).filter(array);
        all.map(|var| var.name.clone()).collect()
    }

    /// What may be assigned here.
    pub(crate) fn writable(&self) -> Vec<Var> {
        self.vars
            .iter()
            .chain(&self.fields)
            .filter(|var| var.mutable)
            .cloned()
            .collect()
    }
}
