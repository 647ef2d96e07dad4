//! Whole programs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::deal::Deal;
use crate::feature::{self, Feature, Place};
use crate::process::{WALKS, Walk};
use crate::rng::Rng;
use crate::scene::{self, Scene};
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
    pub(crate) scenes: Vec<&'static Scene>,
    /// What stands behind the pipeline.
    pub(crate) after: String,
    /// Whether its first process has all statements of its features, and nothing else.
    pub(crate) whole: bool,
    pub(crate) used: BTreeSet<&'static str>,
    /// The process that is being written.
    pub(crate) kind: Kind,
    /// What its elements may do besides writing themselves.
    pub(crate) element: Vec<&'static str>,
    /// What `each` goes over, if anything.
    pub(crate) walk: Option<&'static Walk>,
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
    "groups",
    "modes",
    "pipelines in pipelines",
    "repeats",
    "budgets",
    "hard_deadlines",
    "cached processes",
    "each",
    "each over lists",
    "each over pools",
    "isolated elements",
    "scratch of elements",
    "what elements send",
    "slices of elements",
    "parameters of processes",
    "windows over parameters",
    "each in parameters",
    "shared contracts",
    "audits",
    "alerts",
    "messages",
    "scratch",
    "tests",
    "several rates",
    "modes with items at a rate",
    "sinks",
    "sources",
    "properties",
    "benches",
    "values of the host",
    "values of signals",
];

const HEAD: &str = "\
enum E { A, B, C }
struct S { a: f64 = 1.5  b: i32  c: [i64; 3] }
fn twice<T: integer>(x: T, y: T) -> T { return wrapping_add(x, wrapping_mul(y, 3)) }
fn shift(s: S, by: f64) -> S { return S(..s, a: s.a + by) }
fn grow(inout v: [f64; 4], by: f64) { for i in 0..4 { v[i] = v[i] * 0.5 + by } }
contract Tame(f, top) { ensures finite(f) or f > top }
context type Cell { level: f64 = 0.5  steps: u64  past: [f64; 3]  slow: f64 }
context left: Cell
context cells: [Cell; 3]
process fill(t: Cell, by: f64, times: i64) {
    outputs t.level, t.steps, t.past
    for i in 0..times { t.level = t.level * 0.5 + by }
    t.steps += 1
    t.past[1] = t.level
}
process stir {
    outputs c.x, c.n, c.v, c.bounded, c.flag
    errors Oops
    c.x = c.x * 1.25 + 0.5
    c.n = wrapping_add(c.n, 1)
    c.v[1] = c.v[1] - c.x
    c.bounded = if c.bounded < 9.0 { c.bounded + 0.5 } else { 0.5 }
    if c.n % 13 == 5 { raise Oops }
    c.flag = not c.flag
}
";

/// The program of that seed: always accepted; what it does when it runs is up to it.
pub fn generate(seed: u64) -> String {
    write(seed, &Deal::of(seed), false).0
}

/// The same program with a pipeline `only`, of one process, to make its checks fail.
pub fn generate_with_only(seed: u64) -> String {
    write(seed, &Deal::of(seed), true).0
}

/// A program of one feature or scene, of which it has all statements.
pub fn generate_whole(name: &str, seed: u64) -> String {
    write(seed, &Deal::whole(name), false).0
}

/// The features that the program of that seed uses.
pub fn features_of(seed: u64) -> BTreeSet<&'static str> {
    write(seed, &Deal::of(seed), false).1
}

/// The features that some programs use.
pub fn feature_names() -> impl Iterator<Item = &'static str> {
    dealt_names().chain(SHAPES.iter().copied())
}

/// Those of them that are dealt to programs: features with statements, and scenes.
pub fn dealt_names() -> impl Iterator<Item = &'static str> {
    let features = feature::all().map(|feature| feature.name);
    features.chain(scene::all().map(|scene| scene.name))
}

fn write(seed: u64, deal: &Deal, only: bool) -> (String, BTreeSet<&'static str>) {
    let mut generator = Gen {
        rng: Rng::new(seed),
        vars: Vec::new(),
        fields: Vec::new(),
        loops: 0,
        features: deal.features.clone(),
        scenes: deal.scenes.clone(),
        after: String::new(),
        whole: deal.whole,
        used: BTreeSet::new(),
        kind: Kind::Plain,
        element: Vec::new(),
        walk: None,
        names: 0,
    };
    let text = generator.program(seed, only);
    (text, generator.used)
}

impl Gen {
    fn program(&mut self, seed: u64, only: bool) -> String {
        let mut out = format!("//! Generated from seed {seed}.\n{HEAD}");
        for feature in self.features.clone() {
            self.filled(&mut out, "", feature.items);
        }
        if self.rng.chance(40) {
            self.walk = self.rng.pick(&WALKS);
        }
        self.context(&mut out);
        let processes = 1 + self.rng.below(2);
        for n in 0..processes {
            self.process(&mut out, &format!("p{n}"), Kind::Plain);
        }
        let scenes = self.scenes(&mut out);
        let others = self.others(&mut out);
        self.pipelines(&mut out, processes, &others, &scenes);
        out.push_str(&self.after);
        if only {
            self.only(&mut out, &others);
        }
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
        for line in self.features.iter().flat_map(|it| it.fields.lines()) {
            let _ = writeln!(out, "    {line}");
        }
        if let Some(walk) = self.walk {
            let _ = writeln!(out, "    {}\n    sent: list<f64, 5>", walk.fields);
        }
        let _ = writeln!(out, "    read: f64\n    global gain: f64 = 0.75");
        let _ = writeln!(out, "    meta m: u64\n}}");
    }

    /// All fields that processes read.
    pub(crate) fn inputs(&self) -> String {
        let names: Vec<&str> = self.fields.iter().map(|f| f.name.as_str()).collect();
        names.join(", ")
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
