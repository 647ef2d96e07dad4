//! What generated programs use besides expressions and loops: a table of features, each with
//! what it declares and with statements that have holes for expressions.
//!
//! Holes: `$f` f64, `$i` i64, `$j` i32, `$u` u8, `$b` bool, `$s` the struct S, `$k` a small number, `$1`
//! to `$3` names that nothing else has, and `$I` all fields.

mod collections;
mod control;
mod lasting;
mod numbers;
mod stored;
mod values;

use std::fmt::Write as _;

use crate::program::{Gen, Kind};
use crate::ty::Ty;

/// A feature of the language.
#[derive(Debug)]
pub(crate) struct Feature {
    pub(crate) name: &'static str,
    /// Declarations that it needs.
    pub(crate) items: &'static str,
    /// Fields of the context `c`, as they are declared.
    pub(crate) fields: &'static str,
    /// Their names, as outputs.
    pub(crate) outputs: &'static str,
    /// Where its statements may stand.
    pub(crate) place: Place,
    pub(crate) stmts: &'static [&'static str],
}

/// Where the statements of a feature may stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In any process that writes fields.
    Any,
    /// In one that is not cached.
    NotCached,
    /// In one that is no member of a group.
    NotAtomic,
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Feature> {
    let tables = [
        values::FEATURES,
        collections::FEATURES,
        lasting::FEATURES,
        control::FEATURES,
        numbers::FEATURES,
        stored::FEATURES,
    ];
    tables.into_iter().flatten()
}

impl Gen {
    /// A statement of one of the features of the program that may stand here.
    pub(crate) fn feature(&mut self, out: &mut String, pad: &str) {
        if self.kind == Kind::Each {
            let stmt = self.rng.pick(&self.element).copied().unwrap_or_default();
            self.filled(out, pad, stmt);
            return;
        }
        // One that writes heavy fields does that half of the time.
        let heavy = self.kind == Kind::Heavy && self.rng.chance(50);
        let here: Vec<&'static Feature> = self
            .features
            .iter()
            .copied()
            .filter(|feature| self.kind.takes(feature.place))
            .filter(|feature| !heavy || feature.place == Place::NotAtomic)
            .collect();
        let Some(feature) = self.rng.pick(&here).copied() else {
            return;
        };
        let Some(stmt) = self.rng.pick(feature.stmts).copied() else {
            return;
        };
        self.used.insert(feature.name);
        self.filled(out, pad, stmt);
    }

    /// Statements of those features that may stand here and do not yet.
    pub(crate) fn unused(&mut self, out: &mut String) {
        for feature in self.features.clone() {
            if !self.kind.takes(feature.place) || self.used.contains(feature.name) {
                continue;
            }
            self.used.insert(feature.name);
            for _ in 0..1 + self.rng.below(2) {
                let stmt = self.rng.pick(feature.stmts).copied().unwrap_or_default();
                self.filled(out, "    ", stmt);
            }
        }
    }

    /// All statements of the features that may stand here, each in a block of its own.
    pub(crate) fn every_statement(&mut self, out: &mut String) {
        for feature in self.features.clone() {
            if !self.kind.takes(feature.place) {
                continue;
            }
            for stmt in feature.stmts {
                let _ = writeln!(out, "    if c.n != 77 {{");
                self.filled(out, "        ", stmt);
                let _ = writeln!(out, "    }}");
            }
        }
    }

    /// Writes a statement whose holes are filled.
    pub(crate) fn filled(&mut self, out: &mut String, pad: &str, stmt: &str) {
        let stmt = self.fill(stmt);
        for line in stmt.lines() {
            let _ = writeln!(out, "{pad}{line}");
        }
    }

    /// Fills the holes of a statement.
    pub(crate) fn fill(&mut self, stmt: &str) -> String {
        let names = [self.fresh(), self.fresh(), self.fresh()];
        let mut parts = stmt.split('$');
        let mut text = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (hole, rest) = part.split_at(1);
            let filled = match hole {
                "f" => self.hole(&Ty::Float("f64")),
                "i" => self.hole(&Ty::Int("i64")),
                "j" => self.hole(&Ty::Int("i32")),
                "u" => self.hole(&Ty::Int("u8")),
                "b" => self.hole(&Ty::Bool),
                "s" => self.hole(&Ty::Struct),
                "k" => self.rng.below(6).to_string(),
                "I" => self.inputs(),
                name => {
                    let at = name.parse::<usize>().unwrap_or(1);
                    names.get(at - 1).cloned().unwrap_or_default()
                }
            };
            text.push_str(&filled);
            text.push_str(rest);
        }
        text
    }

    fn hole(&mut self, ty: &Ty) -> String {
        format!("({})", self.expr(ty, 2))
    }
}
