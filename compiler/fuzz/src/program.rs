//! Whole programs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::feature::{FEATURES, Feature, Place};
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
    /// What the program may use, and what it does.
    pub(crate) features: Vec<&'static Feature>,
    pub(crate) used: BTreeSet<&'static str>,
    /// The process that is being written.
    pub(crate) kind: Kind,
    names: usize,
}

/// What a process of a generated program is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Cached,
    /// Goes over the elements of a field.
    Each,
    /// Writes heavy fields.
    Heavy,
}

impl Kind {
    pub(crate) fn writes_fields(self) -> bool {
        self != Self::Each
    }

    /// Whether statements of that place may stand in it.
    pub(crate) fn takes(self, place: Place) -> bool {
        match place {
            Place::Any => self.writes_fields(),
            Place::NotCached => matches!(self, Self::Plain | Self::Heavy),
            Place::NotAtomic => self == Self::Heavy,
        }
    }
}

/// Features that are more than statements.
const SHAPES: &[&str] = &[
    "atomic groups",
    "edges",
    "modes",
    "pipelines in pipelines",
    "repeats",
    "budgets",
    "hard_deadlines",
    "cached processes",
    "each",
    "isolated elements",
    "parameters of processes",
    "shared contracts",
    "audits and alerts",
];

const HEAD: &str = "\
enum E { A, B, C }
struct S { a: f64 = 1.5  b: i32  c: [i64; 3] }
fn twice<T: integer>(x: T, y: T) -> T { return wrapping_add(x, wrapping_mul(y, 3)) }
fn shift(s: S, by: f64) -> S { return S(..s, a: s.a + by) }
fn grow(inout v: [f64; 4], by: f64) { for i in 0..4 { v[i] = v[i] * 0.5 + by } }
contract Tame(f, top) { ensures finite(f) or f > top }
context type Cell { level: f64 = 0.5  steps: u64  past: [f64; 3] }
context left: Cell
context cells: [Cell; 3]
process fill(t: Cell, by: f64, times: i64) {
    outputs t.level, t.steps, t.past
    for i in 0..times { t.level = t.level * 0.5 + by }
    t.steps += 1
    t.past[1] = t.level
}
";

/// The program of that seed: always accepted; what it does when it runs is up to it.
pub fn generate(seed: u64) -> String {
    write(seed).0
}

/// The features that the program of that seed uses.
pub fn features_of(seed: u64) -> BTreeSet<&'static str> {
    write(seed).1
}

/// The features that some programs use.
pub fn feature_names() -> impl Iterator<Item = &'static str> {
    let stmts = FEATURES.iter().map(|feature| feature.name);
    stmts.chain(SHAPES.iter().copied())
}

fn write(seed: u64) -> (String, BTreeSet<&'static str>) {
    let mut generator = Gen {
        rng: Rng::new(seed),
        vars: Vec::new(),
        fields: Vec::new(),
        loops: 0,
        features: Vec::new(),
        used: BTreeSet::new(),
        kind: Kind::Plain,
        names: 0,
    };
    let text = generator.program(seed);
    (text, generator.used)
}

impl Gen {
    fn program(&mut self, seed: u64) -> String {
        let mut out = format!("//! Generated from seed {seed}.\n{HEAD}");
        for feature in FEATURES {
            if self.rng.chance(25) {
                self.features.push(feature);
                let _ = writeln!(out, "{}", feature.items);
            }
        }
        self.context(&mut out);
        let processes = 1 + self.rng.below(3);
        for n in 0..processes {
            self.process(&mut out, &format!("p{n}"), Kind::Plain);
        }
        let others = self.others(&mut out);
        let inner = self.rng.chance(20);
        if inner {
            self.used.insert("pipelines in pipelines");
            let _ = writeln!(
                out,
                "pipeline inner every 30ms {{ p0  on c.flag {{ p0 }}  on error Oops {{ skip }} }}"
            );
        }
        let _ = writeln!(out, "pipeline main every 10ms {{");
        if inner {
            let _ = writeln!(out, "    inner");
        }
        for n in 0..processes {
            self.run(&mut out, n);
        }
        for name in &others {
            let _ = writeln!(out, "    {name}");
        }
        let fault = if self.rng.chance(85) {
            "    on fault { skip }\n"
        } else {
            ""
        };
        let _ = writeln!(out, "    on error Oops {{ skip }}\n{fault}}}");
        let alone = self.used.contains("isolated elements");
        let only = match self.rng.below(4) {
            0 => "atomic { p0 -> p0 }",
            // Of isolated elements one fails, and the others go on.
            1 => others
                .iter()
                .rfind(|name| *name != "each_one" || !alone)
                .map_or("p0", String::as_str),
            _ => "p0",
        };
        let _ = writeln!(
            out,
            "pipeline only every 10ms {{\n    {only}\n    on error Oops {{ skip }}\n    on fault {{ skip }}\n}}"
        );
        out
    }

    /// A process in the pipeline.
    fn run(&mut self, out: &mut String, n: usize) {
        let _ = match self.rng.below(8) {
            5 => {
                self.used.insert("edges");
                writeln!(out, "    on c.flag {{ p{n} }}")
            }
            6 => {
                self.used.insert("repeats");
                writeln!(out, "    repeat 3 until c.flag {{ p{n} }}")
            }
            7 if n == 0 => {
                self.used.insert("modes");
                writeln!(
                    out,
                    "    mode One start {{ p0  on exit {{ p0 }}  enter Two when not c.flag }}\n    \
                     mode Two {{ on enter {{ p0 }}  enter One when c.flag }}"
                )
            }
            4 => {
                self.used.insert("atomic groups");
                writeln!(out, "    atomic {{ p{n}  when c.flag {{ p0 }} }}")
            }
            0 => writeln!(out, "    when c.flag {{ p{n} }}"),
            1 => writeln!(out, "    every 2 ticks {{ p{n} }}"),
            _ => writeln!(out, "    p{n}"),
        };
    }

    /// Processes of other kinds; gives what runs them.
    fn others(&mut self, out: &mut String) -> Vec<String> {
        let mut runs = Vec::new();
        if self.rng.chance(20) {
            self.used.insert("audits and alerts");
            self.watch(out);
            runs.push("watch_it".to_owned());
        }
        if self.rng.chance(25) {
            self.used.insert("parameters of processes");
            let rounds = self.rng.below(4);
            runs.push(format!("fill(left, 0.25, {rounds})"));
            runs.push(format!("fill(cells[{}], c.gain, 2)", self.rng.below(3)));
        }
        if self.rng.chance(30) {
            self.used.insert("cached processes");
            self.process(out, "cached_one", Kind::Cached);
            runs.push("cached_one".to_owned());
        }
        if self.rng.chance(30) {
            self.used.insert("each");
            self.each(out);
            runs.push("each_one".to_owned());
        }
        if self.features.iter().any(|it| it.place == Place::NotAtomic) {
            self.process(out, "heavy_one", Kind::Heavy);
            runs.push("heavy_one".to_owned());
        }
        runs
    }

    /// Rules that are broken now and then, and alerts of what they watch.
    fn watch(&mut self, out: &mut String) {
        let _ = writeln!(
            out,
            "context seen {{ x: f64  n: i64  global most: f64 = 50.0  meta told: u64  meta over: u64 }}"
        );
        let _ = writeln!(
            out,
            "process watch_it {{\n    inputs c.x, c.n\n    outputs seen.x, seen.n\n    seen.x = c.x\n    seen.n = c.n\n}}"
        );
        let _ = writeln!(out, "process tell {{ outputs seen.told  seen.told += 1 }}");
        let (row, of) = (1 + self.rng.below(3), 4 + self.rng.below(4));
        let last = ["level C", "level B after 2", "level A", "level S"];
        let last = last.get(self.rng.below(4)).copied().unwrap_or("level C");
        let _ = writeln!(
            out,
            "audit seen {{\n    x in -40.0..=most level B after {row}\n    n != 3 level C\n    \
             abs(x) < 20.0 or n > 0 level B after 2 of {of}\n    x < 1.0e12 {last}\n    \
             told < 2 or n < 1000 level C\n}}"
        );
        let share = ["clear below 0.5", "clear when seen.n > 2", ""];
        let share = share.get(self.rng.below(3)).copied().unwrap_or("");
        let _ = writeln!(
            out,
            "alert tall {{ when seen.x > 0.25 for {row} ticks  {share}  do {{ tell }} }}\n\
             alert long {{ when seen.n < 9 for 20ms  clear above 1.5 }}\n\
             alert broken {{ when tick.faults > 1 and not (seen.x > 3.0)  do {{ tell }} }}"
        );
    }

    /// A process that goes over the elements of a field.
    fn each(&mut self, out: &mut String) {
        self.kind = Kind::Each;
        let names: Vec<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        let _ = writeln!(out, "process each_one {{\n    each item in c.items");
        let inputs = names.join(", ");
        if self.rng.chance(40) {
            out.insert_str(out.len() - 1, " where item.b >= 0");
        }
        if self.rng.chance(40) {
            self.used.insert("isolated elements");
            out.insert_str(out.len() - 1, " isolated");
        }
        let _ = writeln!(
            out,
            "    inputs {inputs}\n    outputs c.items\n    errors Oops"
        );
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
        for line in self.features.iter().flat_map(|it| it.fields.lines()) {
            let _ = writeln!(out, "    {line}");
        }
        let _ = writeln!(out, "    items: [S; 7]\n    global gain: f64 = 0.75");
        let _ = writeln!(out, "    meta m: u64\n}}");
    }

    fn process(&mut self, out: &mut String, name: &str, kind: Kind) {
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
        let count = 3 + self.rng.below(8);
        self.block(out, 1, count, 2);
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
        let fields = self.fields.iter().filter(|_| self.kind.writes_fields());
        let all = self.vars.iter().chain(fields);
        all.filter(|var| var.mutable).cloned().collect()
    }
}
