//! Statements.

use std::fmt::Write as _;

use crate::program::{Gen, Kind, Var};
use crate::ty::Ty;

impl Gen {
    /// `count` statements, with names of their own.
    pub(crate) fn block(
        &mut self,
        out: &mut String,
        indent: usize,
        count: usize,
        depth: usize,
    ) {
        let names = self.vars.len();
        for _ in 0..count {
            self.stmt(out, indent, depth);
        }
        self.vars.truncate(names);
    }

    fn stmt(&mut self, out: &mut String, indent: usize, depth: usize) {
        let pad = "    ".repeat(indent);
        match self.rng.below(if depth == 0 { 10 } else { 16 }) {
            0 | 1 => self.declare(out, &pad),
            2..=4 => self.assign(out, &pad),
            5 => self.op_assign(out, &pad),
            6 => self.effect(out, &pad),
            7..=9 => self.feature(out, &pad),
            10 | 11 => {
                let cond = self.expr(&Ty::Bool, 2);
                let _ = writeln!(out, "{pad}if {cond} {{");
                self.inner(out, indent, depth);
                if self.rng.chance(50) {
                    let _ = writeln!(out, "{pad}}} else {{");
                    self.inner(out, indent, depth);
                }
                let _ = writeln!(out, "{pad}}}");
            }
            12 | 13 => {
                let name = self.fresh();
                // Many rounds of many rounds of something long would be all that is compared.
                let rounds = match self.loops {
                    0 if self.rng.chance(20) => 70,
                    0 => self.rng.below(6),
                    _ => self.rng.below(4),
                };
                let _ = writeln!(out, "{pad}for {name} in 0..{rounds} {{");
                self.vars.push(Var {
                    name,
                    ty: Ty::Int("i64"),
                    mutable: false,
                });
                self.loops += 1;
                self.inner(out, indent, depth);
                self.loops -= 1;
                self.vars.pop();
                let _ = writeln!(out, "{pad}}}");
            }
            14 => {
                let cond = self.expr(&Ty::Bool, 2);
                let max = match self.loops {
                    0 if self.rng.chance(70) => 50,
                    0 => 2,
                    _ => 4,
                };
                let _ = writeln!(out, "{pad}while {cond} max {max} {{");
                self.loops += 1;
                self.inner(out, indent, depth);
                self.loops -= 1;
                if self.rng.chance(60) {
                    let _ = writeln!(out, "{pad}    break");
                }
                let _ = writeln!(out, "{pad}}}");
            }
            _ => {
                let value = self.expr(&Ty::Enum, 1);
                let _ = writeln!(out, "{pad}match {value} {{\n{pad}    A => {{");
                self.inner(out, indent + 1, depth);
                let _ = writeln!(out, "{pad}    }}\n{pad}    _ => {{");
                self.inner(out, indent + 1, depth);
                let _ = writeln!(out, "{pad}    }}\n{pad}}}");
            }
        }
    }

    fn inner(&mut self, out: &mut String, indent: usize, depth: usize) {
        let count = 1 + self.rng.below(3);
        self.block(out, indent + 1, count, depth - 1);
        if self.loops > 0 && self.rng.chance(6) {
            let pad = "    ".repeat(indent + 1);
            let cond = self.expr(&Ty::Bool, 1);
            let word = if self.rng.chance(50) {
                "break"
            } else {
                "continue"
            };
            let _ = writeln!(out, "{pad}if {cond} {{ {word} }}");
        }
    }

    fn declare(&mut self, out: &mut String, pad: &str) {
        let ty = Ty::any(&mut self.rng);
        let value = self.expr(&ty, 3);
        let (name, mutable) = (self.fresh(), self.rng.chance(60));
        let word = if mutable { "var" } else { "let" };
        let _ = writeln!(out, "{pad}{word} {name}: {} = {value}", ty.text());
        self.vars.push(Var { name, ty, mutable });
    }

    fn assign(&mut self, out: &mut String, pad: &str) {
        let places = self.writable();
        let Some(place) = self.rng.pick(&places).cloned() else {
            return;
        };
        if let Ty::Array(elem, n) = &place.ty
            && self.rng.chance(60)
        {
            let value = self.expr(elem, 3);
            let index = if self.rng.chance(60) {
                self.rng.below(*n).to_string()
            } else {
                let index = self.expr(&Ty::Int("u8"), 2);
                format!("({index}) % {n}")
            };
            let _ = writeln!(out, "{pad}{}[{index}] = {value}", place.name);
            return;
        }
        if place.ty == Ty::Struct && self.rng.chance(50) {
            let value = self.expr(&Ty::Float("f64"), 3);
            let _ = writeln!(out, "{pad}{}.a = {value}", place.name);
            return;
        }
        let value = self.expr(&place.ty, 3);
        let _ = writeln!(out, "{pad}{} = {value}", place.name);
    }

    fn op_assign(&mut self, out: &mut String, pad: &str) {
        let float = |var: &Var| matches!(var.ty, Ty::Float(_));
        let places: Vec<Var> = self.writable().into_iter().filter(float).collect();
        let Some(place) = self.rng.pick(&places).cloned() else {
            return;
        };
        let op = self.rng.pick(&["+=", "-=", "*="]).copied().unwrap_or("+=");
        let value = self.expr(&place.ty, 2);
        let _ = writeln!(out, "{pad}{} {op} {value}", place.name);
    }

    /// Pushes, counts, `inout` calls, raises, early ends.
    fn effect(&mut self, out: &mut String, pad: &str) {
        let choice = if self.kind.writes_fields() {
            self.rng.below(6)
        } else {
            4
        };
        match choice {
            0 | 1 => {
                let value = self.expr(&Ty::Float("f64"), 3);
                let _ = writeln!(out, "{pad}c.r.push({value})");
            }
            2 if self.kind == Kind::Cached => {
                let _ = writeln!(out, "{pad}c.r.clear()");
            }
            2 => {
                let _ = writeln!(out, "{pad}c.m += 1");
            }
            3 => {
                let value = self.expr(&Ty::Float("f64"), 2);
                let _ = writeln!(out, "{pad}grow(c.v, {value})");
            }
            4 => {
                let cond = self.expr(&Ty::Bool, 2);
                let _ = writeln!(out, "{pad}if {cond} {{ raise Oops }}");
            }
            _ => {
                let cond = self.expr(&Ty::Bool, 2);
                let _ = writeln!(out, "{pad}if {cond} {{ return }}");
            }
        }
    }
}
