//! What generated programs use besides expressions and loops: a table of features, each with
//! what it declares and with statements that have holes for expressions.
//!
//! Holes: `$f` f64, `$i` i64, `$j` i32, `$u` u8, `$b` bool, `$s` the struct S, `$k` a small number, and `$1`
//! to `$3` names that nothing else has.

use std::fmt::Write as _;

use crate::program::Gen;
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
    stmts: &'static [&'static str],
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

pub(crate) const FEATURES: &[Feature] = &[
    Feature {
        name: "tuples",
        items: "fn swap<A, B>(pair: (A, B)) -> (B, A) { return (pair.1, pair.0) }",
        fields: "tp: (f64, i64) = (1.5, 2)\ntps: [(i64, (bool, f64)); 3]",
        outputs: "c.tp, c.tps",
        place: Place::Any,
        stmts: &[
            "c.tp = ($f, $i)",
            "c.tp.1 = $i",
            "c.tps[$k % 3] = ($i, ($b, $f))",
            "c.tps[1].1.1 = c.tp.0",
            "let ($1, $2) = swap(c.tp)\nc.n = $1\nc.x = $2",
            "for ($1, ($2, $3)) in c.tps { if $2 { c.x = $3 } }",
            "c.flag = c.tp == ($f, $i)",
        ],
    },
    Feature {
        name: "generic enums",
        items: "enum Maybe<T, E> { Yes(T), No(E) }\nfn yes<T, E>(m: Maybe<T, E>, other: T) -> T { return match m { Yes(value) => value, No(_) => other } }",
        fields: "may: Maybe<f64, i64>\nmays: [Maybe<(bool, i64), S>; 3]",
        outputs: "c.may, c.mays",
        place: Place::Any,
        stmts: &[
            "c.may = Yes($f)",
            "c.may = Maybe.No($i)",
            "c.mays[$k % 3] = Yes(($b, $i))",
            "c.mays[$k % 3] = No($s)",
            "c.x = yes(c.may, $f)",
            "c.n = match c.mays[$k % 3] { Yes((true, $1)) => $1, Yes(_) => $i, No(_) => $i }",
            "c.flag = c.may == Yes($f)",
        ],
    },
    Feature {
        name: "instants and texts read",
        items: "",
        fields: "when: instant\nspan: duration",
        outputs: "c.when, c.span",
        place: Place::Any,
        stmts: &[
            "c.when = c.when + 5ms * $k",
            "c.when -= 3ms",
            "c.span = c.when - (2ms * $k) as instant",
            "c.flag = c.when < (1ms * $k) as instant",
            "c.x = \"{c.x:.3}\".parse_float() ?? $f",
            "c.x = \"{c.x}\".parse_float() ?? $f",
        ],
    },
    Feature {
        name: "payloads and patterns",
        items: "enum Form { Dot, Disk(r: f64), Rect(w: f64, n: i32), Deep(s: S) }",
        fields: "form: Form = Form.Disk(r: 2.0)\nforms: [Form; 4]",
        outputs: "c.form, c.forms",
        place: Place::Any,
        stmts: &[
            "c.form = Form.Disk(r: $f)",
            "c.form = Form.Rect($f, $j)",
            "c.forms[$k % 4] = Form.Deep(s: $s)",
            "c.form = c.forms[$k % 4]",
            "c.form = if $b { Form.Dot } else { Form.Disk($f) }",
            "c.flag = c.form == Form.Rect(w: $f, n: $j)",
            "c.x = match c.form { Dot => $f, Disk($1) => $1, Rect($1, _) => $1, Deep($2) => $2.a }",
            "match c.forms[$k % 4] {\n    Disk($1) => { c.x = $1 }\n    Rect(w: $1, n: $2) => { c.n = $2 as i64 }\n    _ => { c.form = Form.Dot }\n}",
        ],
    },
    Feature {
        name: "if let",
        items: "enum Way { Off, On(x: f64) }",
        fields: "way: Way\nopt: i64?\nfar: f64?",
        outputs: "c.way, c.opt, c.far",
        place: Place::Any,
        stmts: &[
            "c.way = Way.On(x: $f)",
            "c.opt = $i",
            "c.far = if $b { none } else { $f }",
            "c.n = c.opt ?? $i",
            "if let $1 = c.opt { c.n = $1 } else { c.opt = $i }",
            "if let On($1) = c.way { c.x = $1 }",
            "let Way.On($1) = c.way else { return }\nc.x = $1",
            "while let $1 = c.opt max 9 {\n    c.opt = if $1 > 1 { $1 / 2 } else { none }\n}",
            "c.x = if let $1 = c.far { $1 } else { $f }",
        ],
    },
    Feature {
        name: "generic structs",
        items: "struct Duo<A, const N> { first: A  all: [f64; N] }\nfn put<A, const N>(inout d: Duo<A, N>, first: A) { d.first = first }",
        fields: "duo: Duo<i64, 3>\nduos: [Duo<Duo<bool, 2>, 5>; 12]",
        outputs: "c.duo, c.duos",
        place: Place::Any,
        stmts: &[
            "c.duo.first = $i",
            "c.duo.all[$k % 3] = $f",
            "c.duo = Duo(first: $i, all: [$f, $f, $f])",
            "put(c.duo, $i)",
            "c.duos[$k].first.first = $b",
            "c.duos[$k].all[4] = c.duos[11].first.all[1]",
        ],
    },
    Feature {
        name: "lists",
        items: "",
        fields: "ls: list<f64, 6> = [1.0, 2.0]\nlong: list<i64, 300>",
        outputs: "c.ls, c.long",
        place: Place::Any,
        stmts: &[
            "c.ls.push($f)",
            "c.long.push($i)",
            "for $1 in 0..20 { c.long.push($1) }",
            "c.x = c.ls.pop() ?? $f",
            "c.x = c.ls[$k] ?? $f",
            "if c.ls.len() > $k { c.ls[$k] = $f }",
            "c.long[$i] = $i",
            "for $1 in c.ls { c.x = $1 }",
            "for $1 in 0..c.long.len() { c.long[$1] = wrapping_mul(c.long[$1], 3) }",
            "if c.ls.is_full() { c.ls = [] }",
            "c.long = []",
            "c.ls.insert(0, $f)",
        ],
    },
    Feature {
        name: "maps",
        items: "",
        fields: "mp: map<u8, i64, 8>\nmt: map<(bool, i64), f64, 64>",
        outputs: "c.mp, c.mt",
        place: Place::Any,
        stmts: &[
            "c.mp.put($u, $i)",
            "c.mt.put(($b, $i), $f)",
            "c.n = c.mp.get($u) ?? $i",
            "c.x = c.mt[($b, $i)] ?? $f",
            "if c.mp.contains(3) { c.mp[3] = $i }",
            "c.mp[$u] = $i",
            "c.n = c.mp.remove($u) ?? $i",
            "for ($1, $2) in c.mp { if $1 > 4 { c.n = $2 } }",
            "if c.mp.len() > 6 { c.mp = [] }",
        ],
    },
    Feature {
        name: "collections that make room",
        items: "fn worth(x: f64) -> f64 { return x * 0.5 + 1.0 }",
        fields: "old: list<i64, 4> full oldest\nbest: list<f64, 3> full least(|x| worth(x))\nmarks: map<u8, i64, 4> full touched\nworths: map<i64, f64, 40> full least(|v| -v)\nlate: queue<S, 30> by b full oldest",
        outputs: "c.old, c.best, c.marks, c.worths, c.late",
        place: Place::Any,
        stmts: &[
            "c.n = c.old.push($i) ?? $i",
            "c.old.extend([$i, $i, $i])",
            "c.old[$k % 4] = c.old.pop() ?? $i",
            "c.best.push($f)",
            "c.x = c.best.push($f) ?? $f",
            "c.marks.put($u, $i)",
            "c.marks[$u] = c.marks.remove($u) ?? $i",
            "if c.marks.touch($u) { c.marks.put($u, $i) }",
            "for $1 in 0..50 { c.worths.put($1, $f) }",
            "c.worths.put($i, $f)",
            "c.late.push($s)",
            "if let $1 = c.late.push($s) { c.x = $1.a }",
            "for $1 in 0..9 { c.late.push($s) }",
        ],
    },
    Feature {
        name: "pools and handles",
        items: "",
        fields: "pl: pool<S, 40>\nh: handle<c.pl>?\nhs: ring<handle<c.pl>, 5>",
        outputs: "c.pl, c.h, c.hs",
        place: Place::Any,
        stmts: &[
            "c.h = c.pl.insert($s)",
            "c.pl.insert($s) else { return }",
            "if let $1 = c.h {\n    c.pl[$1].a = $f\n    c.hs.push($1)\n}",
            "if let $1 = c.h {\n    if c.pl.has($1) { c.pl.free($1) }\n}",
            "if let $1 = c.h { c.x = (c.pl.get($1) ?? $s).a }",
            "c.n = c.pl.len()",
        ],
    },
    Feature {
        name: "owned pools",
        items: "",
        fields: "own: pool<i64, 6>\nmine: pool<S, 30> of c.own max 4",
        outputs: "c.own, c.mine",
        place: Place::Any,
        stmts: &[
            "c.own.insert($i) else { return }",
            "for $1 in c.own.handles() { c.own[$1].mine.insert($s) else { break } }",
            "for $1 in c.own.handles() {\n    for $2 in c.own[$1].mine { c.x = $2.a }\n    c.n = c.own[$1].mine.len()\n}",
            "c.own.retain(|$1| $1 != $i)",
            "for $1 in c.own.handles() { c.own[$1].mine.retain(|$2| $2.b > $j) }",
            "if c.mine.len() > 9 { c.own.clear() }",
        ],
    },
    Feature {
        name: "texts",
        items: "fn both(a: str, b: str) -> str { return a + b }",
        fields: "name: str<12> = \"ann\"\nline: str<200>",
        outputs: "c.name, c.line",
        place: Place::Any,
        stmts: &[
            "c.name = \"bob\"",
            "let $1 = $f\nc.line = \"{$1} and {$1:.3}\".fit()",
            "let $1 = $i\nc.name = \"{$1}\".fit()",
            "c.line = both(c.name, \"ä\")",
            "c.name += \"x\"",
            "c.flag = c.name < \"b\"",
            "c.n = len(c.line)",
            "let $1 = $s\nc.line = \"{$1} {c.flag}\"",
        ],
    },
    Feature {
        name: "slices",
        items: "fn total(values: [f64]) -> f64 {\n    var sum = 0.0\n    for value in values { sum += value }\n    return sum\n}",
        fields: "few: [f64; 3]",
        outputs: "c.few",
        place: Place::Any,
        stmts: &[
            "c.x = total(c.few) + total(c.v)",
            "c.few[$k % 3] = total(c.big)",
        ],
    },
    Feature {
        name: "large fields",
        items: "",
        fields: "book: [S; 60]\nrows: [f64; 20, 30]",
        outputs: "c.book, c.rows",
        place: Place::Any,
        stmts: &[
            "c.book[$k * 9].a = $f",
            "c.book[((($u) as i64) % 70)].c[$k % 3] = $i",
            "c.rows[$k, $k] = $f",
            "for $1 in 0..60 { c.book[$1].a = c.book[59 - $1].a }",
            "c.book[$k] = c.book[$k]",
            "c.x = c.rows[$k, $k] + c.book[$k].a",
        ],
    },
    Feature {
        name: "last values and windows",
        items: "",
        fields: "slow: f64",
        outputs: "c.slow",
        place: Place::NotCached,
        stmts: &[
            "c.slow = prev(c.x)",
            "c.x = c.x - prev(c.slow)",
            "c.slow = window(c.x, 40ms).mean()",
            "c.slow = window(c.n, 20ms).max()",
        ],
    },
    Feature {
        name: "signals",
        items: "",
        fields: "signal seen: bool",
        outputs: "c.seen",
        place: Place::NotCached,
        stmts: &["if $b { c.seen = true }"],
    },
    Feature {
        name: "heavy fields",
        items: "context cfg { global h: i64 in 1..=64 = 6  global w: i64 in 1..=64 = 9 }",
        fields: "heavy hv: [f64; 64]\nheavy hc: [S; 8, 8]\nheavy hg: [u8; cfg.h, cfg.w]",
        outputs: "c.hv, c.hc, c.hg",
        place: Place::NotAtomic,
        stmts: &[
            "c.hv[$k] = $f",
            "c.x = c.hv[((($u) as i64) % 66)]",
            "c.hg[$k, 2] = $u",
            "for $1 in 0..64 { c.hv[$1] = c.hv[63 - $1] * 0.5 }",
            "c.n = c.hg[$k, $k] as i64",
            "c.hc[$k, $k].a = $f",
            "c.n = len(c.hg)",
        ],
    },
    Feature {
        name: "ranges",
        items: "",
        fields: "at: i64 in 0..=5 = 0\npart: f64 in 0.0..=1.0 = 0.5\nsmall: i32 in -20..=20 = 1\ntab: [f64; 6]\nf: f32 in 0.1..2.5 = 0.5",
        outputs: "c.at, c.part, c.small, c.tab, c.f",
        place: Place::Any,
        stmts: &[
            "c.at = $k",
            "c.at += 1",
            "c.x = c.tab[c.at]",
            "c.tab[5 - c.at] = $f",
            "c.part = 0.75 * c.part + 0.25 * c.tab[0]",
            "c.part = c.part * c.part",
            "c.f = (c.part as f32) + c.f * 0.5",
            "c.n = 100 / ((c.small as i64) + 21)",
            "c.small = c.small / 2 + 3",
            "c.small = ($j) % 21",
            "let $1 = $f\nif $1 >= 0.0 and $1 <= 1.0 { c.part = $1 }",
            "let $1 = $f\nif $1 > 1.0 or $1 < 0.0 { return }\nc.part = $1",
            "let $1 = $i\nif $1 >= 0 and $1 < 6 { c.tab[$1] = c.part }",
            "for $1 in 0..3 { c.tab[$1 * 2 + 1] = c.tab[$1 + c.at / 2] }",
            "c.n = (c.part * 255.0) as i64",
            "var $1: f64 = 0.0\nfor $2 in 0..6 { $1 = $1 * 0.5 + c.part }\nc.tab[$1 as i64] = $1",
        ],
    },
];

impl Gen {
    /// A statement of one of the features of the program that may stand here.
    pub(crate) fn feature(&mut self, out: &mut String, pad: &str) {
        let here: Vec<&'static Feature> = self
            .features
            .iter()
            .copied()
            .filter(|feature| self.kind.takes(feature.place))
            .collect();
        let Some(feature) = self.rng.pick(&here).copied() else {
            return;
        };
        let Some(stmt) = self.rng.pick(feature.stmts).copied() else {
            return;
        };
        self.used.insert(feature.name);
        let stmt = self.fill(stmt);
        for line in stmt.lines() {
            let _ = writeln!(out, "{pad}{line}");
        }
    }

    /// Fills the holes of a statement.
    fn fill(&mut self, stmt: &str) -> String {
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
