//! The processes of generated programs, and what `each` goes over.

use std::fmt::Write as _;

use crate::feature::Place;
use crate::program::{Gen, Kind, Var};
use crate::ty::Ty;

/// A field whose elements are structs `S`, which a process goes over.
#[derive(Debug)]
pub(crate) struct Walk {
    /// The feature that it is.
    name: &'static str,
    field: &'static str,
    /// Fields of the context `c`, as they are declared.
    pub(crate) fields: &'static str,
    /// The ring that takes elements that failed.
    failed: &'static str,
    /// A process that puts elements there, run before the first tick.
    settle: &'static str,
    /// What an element may do besides writing itself.
    stmts: &'static [&'static str],
}

pub(crate) const WALKS: [Walk; 3] = [
    Walk {
        name: "each",
        field: "c.items",
        fields: "items: [S; 7]\n    bad: ring<i64, 3>",
        failed: "c.bad",
        settle: "",
        stmts: &["item.c[$k % 3] = $i"],
    },
    Walk {
        name: "each over lists",
        field: "c.todo",
        fields: "todo: list<S, 6> = [S(b: 2), S(a: -0.5), S(b: -7)]\n    bad: ring<i64, 3>",
        failed: "c.bad",
        settle: "process settle { outputs c.todo  c.todo.push(S(b: 3)) }",
        stmts: &["item.c[$k % 3] = $i"],
    },
    Walk {
        name: "each over pools",
        field: "c.crowd",
        fields: "crowd: pool<S, 9>\n    bad: ring<handle<c.crowd>, 3>\n    near: handle<c.crowd>?",
        failed: "c.bad",
        settle: "process settle { outputs c.crowd, c.near\n    \
                 for k in 0..5 { c.near = c.crowd.insert(S(b: k as i32)) }\n}",
        stmts: &[
            "if $b { item.free() }",
            "if item.handle() == c.near { item.b = $j }",
            "c.crowd.insert($s)",
        ],
    },
];

impl Gen {
    /// Processes of other kinds; gives what runs them.
    pub(crate) fn others(&mut self, out: &mut String) -> Vec<String> {
        let mut runs = Vec::new();
        if self.rng.chance(25) {
            self.used.insert("parameters of processes");
            let rounds = self.rng.below(4);
            runs.push(format!("fill(left, 0.25, {rounds})"));
            runs.push(format!("fill(cells[{}], c.gain, 2)", self.rng.below(3)));
        }
        if self.rng.chance(9) {
            self.used.insert("windows over parameters");
            let _ = writeln!(
                out,
                "process averaged(t: Cell) {{ inputs t.level  outputs t.slow  \
                 t.slow = window(t.level, 40ms).mean() + prev(t.level) }}"
            );
            runs.extend(["averaged(left)", "averaged(cells[1])"].map(str::to_owned));
        }
        if self.rng.chance(12) {
            self.used.insert("each in parameters");
            let _ = writeln!(
                out,
                "process age(t: Cell) {{ each x in t.past  inputs t.level  outputs t.past  \
                 x = x * 0.5 + t.level + t.past[2] }}"
            );
            runs.extend(["age(left)", "age(cells[2])"].map(str::to_owned));
        }
        if self.rng.chance(30) {
            self.used.insert("cached processes");
            self.process(out, "cached_one", Kind::Cached);
            runs.push("cached_one".to_owned());
        }
        if let Some(walk) = self.walk {
            self.used.insert(walk.name);
            let _ = writeln!(out, "{}", walk.settle);
            self.each(out, walk);
            runs.push("each_one".to_owned());
        }
        if self.features.iter().any(|it| it.place == Place::NotAtomic) {
            self.process(out, "heavy_one", Kind::Heavy);
            runs.push("heavy_one".to_owned());
        }
        runs
    }

    /// Whether something of the program stands in that list.
    pub(crate) fn settles(&self) -> bool {
        self.walk.is_some_and(|walk| !walk.settle.is_empty())
    }

    /// A process that goes over the elements of a field.
    fn each(&mut self, out: &mut String, walk: &'static Walk) {
        self.kind = Kind::Each;
        let inputs = self.inputs();
        let _ = write!(out, "process each_one {{\n    each item in {}", walk.field);
        if self.rng.chance(40) {
            let _ = write!(out, " where item.b >= 0");
        }
        if self.rng.chance(25) {
            self.used.insert("slices of elements");
            let _ = write!(out, " slice {}", 1 + self.rng.below(4));
        }
        if self.rng.chance(40) {
            self.used.insert("isolated elements");
            let _ = write!(out, " isolated");
            if self.rng.chance(70) {
                let _ = write!(out, " into {}", walk.failed);
            }
        }
        if self.rng.chance(20) {
            self.used.insert("scratch of elements");
            let _ = write!(out, " scratch {}", 32 << self.rng.below(6));
        }
        let pool = walk.field == "c.crowd";
        let also = if pool { ", c.near" } else { "" };
        let _ = writeln!(
            out,
            "\n    inputs {inputs}{also}\n    outputs {}",
            walk.field
        );
        self.element.extend(walk.stmts);
        if pool {
            let _ = writeln!(out, "    inserts c.crowd max 1");
        }
        if self.rng.chance(50) {
            self.used.insert("what elements send");
            let _ = writeln!(out, "    sends c.sent max {}", 1 + self.rng.below(2));
            self.element.push("if $b { c.sent.push($f) }");
        }
        let _ = writeln!(out, "    errors Oops");
        self.vars.push(Var {
            name: "item".to_owned(),
            ty: Ty::Struct,
            mutable: true,
        });
        let count = 2 + self.rng.below(4);
        self.block(out, 1, count, 2);
        let _ = writeln!(out, "}}");
        self.vars.clear();
    }

    pub(crate) fn process(&mut self, out: &mut String, name: &str, kind: Kind) {
        self.kind = kind;
        let mut outputs: Vec<String> = self
            .fields
            .iter()
            .filter(|f| f.mutable)
            .map(|f| f.name.clone())
            .collect();
        outputs.push("c.r".to_owned());
        let features = self.features.iter().filter(|it| kind.takes(it.place));
        outputs.extend(features.map(|it| it.outputs.to_owned()));
        let timeless = kind == Kind::Cached;
        let (inputs, meta) = if timeless {
            ("c.g", "")
        } else {
            ("c.g, tick, random", ", c.m")
        };
        let is = if self.rng.chance(15) {
            self.used.insert("shared contracts");
            " is Tame(c.x, 1.0), Tame(c.bounded, -5.0)"
        } else {
            ""
        };
        let _ = writeln!(out, "process {name}{is} {{\n    inputs {inputs}");
        let _ = writeln!(out, "    outputs {}{meta}", outputs.join(", "));
        self.clauses(out, kind);
        if timeless {
            let age = if self.rng.chance(50) {
                " max age 2 ticks"
            } else {
                ""
            };
            let _ = writeln!(out, "    cached{age}");
        }
        let _ = writeln!(out, "    if c.x > 1.0e300 {{ raise Oops }}");
        if !timeless {
            let _ = writeln!(
                out,
                "    let t0: f64 = seconds(tick.dt) + random.uniform(-1.0, 1.0)"
            );
            self.vars.push(Var {
                name: "t0".to_owned(),
                ty: Ty::Float("f64"),
                mutable: false,
            });
        }
        if self.whole {
            self.every_statement(out);
        } else {
            let count = 2 + self.rng.below(5);
            self.block(out, 1, count, 2);
            self.unused(out);
        }
        let _ = writeln!(out, "    c.r.push(c.x + (c.r[0] ?? 1.0))\n}}");
        self.vars.clear();
    }

    fn clauses(&mut self, out: &mut String, kind: Kind) {
        if self.rng.chance(20) {
            let _ = writeln!(out, "    requires c.x == c.x");
        }
        if self.rng.chance(30) {
            let _ = writeln!(out, "    ensures c.n >= old(c.n) - 1000 or c.flag");
        }
        let _ = writeln!(out, "    errors Oops");
        if kind != Kind::Heavy && self.rng.chance(10) {
            self.used.insert("hard_deadlines");
            let _ = writeln!(out, "    deadline hard 1s");
        }
        if self.rng.chance(15) {
            self.used.insert("budgets");
            let steps = if self.rng.chance(50) { 8 } else { 500 };
            let _ = writeln!(out, "    budget {steps} steps");
        }
    }
}
