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
