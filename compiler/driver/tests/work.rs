//! The bill of work: the most steps of a tick.

use theus::{Options, compile_str};

const PROGRAM: &str = "
context c { n: i64 in 0..=9  rows: [i64; 8]  heat: f64  meta told: u64 }
audit c { heat < 10.0 level C  n < 9 level B }
alert hot { when c.heat > 5.0  do { tell } }
process tell { outputs c.told  for i in 0..2 { c.told += 1 } }
process add { outputs c.rows  for i in 0..8 { c.rows[i] += 1 } }
process few { inputs c.n  outputs c.heat  budget 5 steps  for i in 0..c.n { c.heat += 1.0 } }
process open { inputs c.n  outputs c.heat  var k = 0  while k < c.n max 100 { k += 1  c.heat += 0.5 } }
process raise_it { outputs c.n  errors Many  if c.n > 8 { raise Many }  c.n += 1 }
process back { outputs c.n  for i in 0..3 { c.n = 0 } }
pipeline main every 1ms {
    add -> few
    when c.n > 3 { add } else { repeat 3 { few } }
    raise_it
    on error Many { back -> skip }
}
pipeline other every 1ms { par { add, open } }
pipeline modes every 1ms {
    mode A start { add  enter B }
    mode B { add -> add  enter A }
}
";

#[test]
fn every_pipeline_has_a_bound() {
    let options = Options {
        work: true,
        ..Options::default()
    };
    let program = compile_str(PROGRAM, &options).unwrap();
    let machine = program.machine().unwrap();
    let work = program.work().clone().with_code(machine.sizes());
    let most: Vec<_> = work
        .pipelines
        .iter()
        .map(|it| (&*it.name, it.most))
        .collect();
    // add and few; few three times is more than add; up to six failures; the alert.
    let main = 8 + 5 + 15 + 6 * 3 + 2;
    assert_eq!(
        most,
        [
            ("main", Some(main)),
            ("other", Some(8 + 100 + 2)),
            ("modes", Some(16 + 2))
        ]
    );
    assert!(work.pipelines.iter().all(|it| it.code > 0));
    let text = work.text();
    for part in ["rules of audits", "alert hot", "budget 5", "in a handler"] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// A field of each kind that loops go over.
const FIELDS: &str = "
context c {
    xs: list<f64, 10>  ys: list<f64, 10>  m: map<i64, f64, 10>  q: queue<f64, 10>  t: str<20>
    a: [f64; 8]  g: ring<f64, 8>  n: i64  r: i64 in 0..=9  o: f64  b: bool
}
";

/// Statements, and the most steps that their text tells.
const BOUNDS: [(&str, Option<u64>); 22] = [
    ("for x in c.xs { c.o += x }", Some(10)),
    ("for (k, v) in c.m { c.o += v }", Some(10)),
    ("for x in c.g { c.o += x }", Some(8)),
    ("for x in c.a[1..5] { c.o += x }", Some(8)),
    ("for i in 0..c.r { c.o += 1.0 }", Some(9)),
    (
        "for i in 0..c.r { for j in i..c.r { c.o += 1.0 } }",
        Some(90),
    ),
    ("for i in 0..c.xs.len() { c.o += c.xs[i] }", Some(10)),
    ("for i in 0..clamp(c.n, 0, 5) { c.o += 1.0 }", Some(5)),
    ("for i in 0..c.n { c.o += 1.0 }", None),
    (
        "let few = min(c.n, 7)  for i in 0..few { c.o += 1.0 }",
        Some(7),
    ),
    (
        "let few = c.r + 1  for i in 0..few { c.o += 1.0 }",
        Some(10),
    ),
    (
        "match c.r { 0 => { c.xs.reverse() }  _ => { for i in 0..3 { c.o += 1.0 } } }",
        Some(5),
    ),
    (
        "if c.b { c.xs.retain(|x| x > 1.0) } else { c.o = 0.0 }",
        Some(10),
    ),
    ("c.xs.sort()", Some(4 + 4 * 10)),
    ("c.xs.insert(0, 1.0)", Some(10)),
    ("c.xs.extend(c.ys)", Some(10)),
    ("c.m.put(3, 1.0)", Some(10)),
    ("c.q.push(1.0)", Some(64)),
    ("for w in c.t.split(\" \") { c.n += 1 }", Some(21 + 40)),
    ("c.b = any(i in 0..8: c.a[i] > 1.0)", Some(0)),
    ("c.t = \"{c.n} {c.o:.3}\".fit()", Some(4)),
    ("var k = 0  while k < c.n max 100 { k += 1 }", Some(100)),
];

#[test]
fn sizes_ranges_and_capacities_bound_loops() {
    let options = Options {
        work: true,
        ..Options::default()
    };
    for (statement, bound) in BOUNDS {
        let text = format!(
            "{FIELDS}process p {{\n    outputs c\n    {statement}\n}}\npipeline main every 1s {{ p }}\n"
        );
        let program = compile_str(&text, &options);
        let program = program.unwrap_or_else(|report| panic!("{statement}: {report}"));
        let most = program.work().pipelines.first().unwrap().most;
        assert_eq!(most, bound, "{statement}");
    }
}

/// In one tick a mode is left and another one goes on; what runs before the first tick is in none.
#[test]
fn a_change_of_modes_is_in_the_tick_after_it() {
    let text = "\
context c { n: i64 }
process count { outputs c.n  c.n += 1 }
process fill { outputs c.n  for i in 0..1000 { c.n += i % 1 } }
process tidy { outputs c.n  for i in 0..100 { c.n += i % 1 } }
process prepare { outputs c.n  for i in 0..20 { c.n += i % 1 } }
process work { outputs c.n  for i in 0..3 { c.n += i % 1 } }
pipeline main every 1ms {
    on start { fill }
    mode First start { count  on exit { tidy }  enter Second when c.n == 2 }
    mode Second { on enter { prepare }  work }
}
";
    let options = Options {
        work: true,
        ..Options::default()
    };
    let program = compile_str(text, &options).unwrap_or_else(|report| panic!("{report}"));
    let main = program.work().pipelines.first().unwrap();
    assert_eq!(main.most, Some(123));
    let fill = main.parts.iter().find(|part| part.name == "fill").unwrap();
    assert_eq!(fill.note, "before the first tick: in none");
}
