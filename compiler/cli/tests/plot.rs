//! Pictures from outside: what is written, what is shown, what is refused.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[expect(dead_code, reason = "other tests of the command line use the rest")]
#[path = "support/command.rs"]
mod support;

use std::fs;

use support::{Run, directory, theusc};

const WAVE: &str = "\
context c { x: f64 = 1.0  v: f64 = 0.0  pair: [f64; 2] }
process turn {
    outputs c
    c.v -= c.x * 0.1
    c.x += c.v * 0.1
    c.pair = [c.x, -c.x]
}
pipeline main every 10ms {
    turn
    sink csv(\"wave.csv\") { tick.time, c.x, c.v, c.pair }
}
";

const QUIET: &str = "\
context c { n: i64 }
process p { outputs c.n  c.n += 1 }
pipeline main every 1s { p }
";

#[test]
fn a_run_with_a_picture() {
    let dir = directory("plot-run");
    let file = dir.file("main.theus", WAVE);
    let out = dir.path("out");
    let run = theusc(&["run", &file, "--for", "2s", "--out", &out, "--plot"]);
    assert_eq!(run.status, 0, "{}", run.all());
    insta::assert_snapshot!("run", run.all());
    let svg = fs::read_to_string(dir.path("out/wave.svg")).unwrap();
    assert!(
        svg.contains("tick.time [s]") && svg.contains("c.pair[1]"),
        "{svg}"
    );

    let some = [
        "run",
        &file,
        "--for",
        "2s",
        "--out",
        &out,
        "--plot=c.pair",
        "--json",
    ];
    let run = theusc(&some);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["pictures"][0], dir.path("out/wave.svg"));
    let svg = fs::read_to_string(dir.path("out/wave.svg")).unwrap();
    assert!(svg.contains("c.pair[1]") && !svg.contains("c.v"), "{svg}");

    // It is the picture that the table gives.
    let table = dir.path("out/wave.csv");
    let run = theusc(&["plot", &table, "c.pair", "--out", "-"]);
    assert_eq!(svg.replace("tick.time [s]", "tick.time"), run.out);
}

#[test]
fn a_table_in_the_terminal() {
    let dir = directory("plot-table");
    let rows = (0..60).map(|n| {
        let height = if n == 30 {
            "nan".to_owned()
        } else {
            (n * n).to_string()
        };
        format!("{n},{height},{}\n", n % 7 == 0)
    });
    let text = "t [s],height [m],open\n".to_owned() + &rows.collect::<String>();
    let file = dir.file("run.csv", &text);
    insta::assert_snapshot!(
        "table",
        dir.theusc(&["plot", "run.csv", "-o", "run.svg"]).all()
    );
    let named = theusc(&["plot", &file, "height [m]"]);
    let piped = Run::with_input(&["plot", "-", "height [m]"], &text);
    assert_eq!(named.out, piped.out);
}

#[test]
fn what_cannot_be_drawn() {
    let dir = directory("plot-wrong");
    dir.file("run.csv", "t,sigma,state\n0,1,Closed\n1,2,Open\n");
    dir.file("ragged.csv", "t,v\n0,1\n1\n");
    dir.file("empty.csv", "");
    fs::write(dir.path("bytes.csv"), b"\x93NUMPY,\n1,2\n").unwrap();
    dir.file("wave.theus", WAVE);
    dir.file("quiet.theus", QUIET);
    let cases: [&[&str]; 12] = [
        &["plot", "run.csv", "sigme"],
        &["plot", "run.csv", "-x", "time"],
        &["plot", "run.csv", "state"],
        &["plot", "ragged.csv"],
        &["plot", "empty.csv"],
        &["plot", "bytes.csv"],
        &["plot", "none.csv"],
        &["plot", "."],
        &["plot", "run.csv", "sigma", "-o", "run.png"],
        &["plot", "run.csv", "sigma", "-o", "none/run.svg"],
        &["run", "quiet.theus", "--plot"],
        &["run", "wave.theus", "--plot=c.y"],
    ];
    let mut all = String::new();
    for args in cases {
        let run = dir.theusc(args);
        assert_ne!(run.status, 0, "{args:?}");
        all += &format!("$ theusc {}\n{}\n", args.join(" "), run.all());
    }
    insta::assert_snapshot!("wrong", all);
}

#[test]
fn benches_with_a_picture() {
    let dir = directory("plot-bench");
    let text = WAVE.to_owned() + "bench \"turns\" { run main for 10 ticks }\n";
    dir.file("main.theus", &text);
    let args = ["bench", "main.theus", "--samples", "5", "--plot"];
    let run = dir.theusc(&[&args[..], &["times.svg"]].concat());
    assert_eq!(run.status, 0, "{}", run.all());
    let svg = fs::read_to_string(dir.path("times.svg")).unwrap();
    assert!(
        svg.contains(">turns</text>") && svg.contains("5 samples of 10 ticks"),
        "{svg}"
    );
    let refused = dir.theusc(&[&args[..], &["times.png"]].concat());
    assert!(refused.err.contains("T0801"), "{}", refused.all());
}

/// The picture of the front page is the one that the command draws. `THEUS_BLESS=1` writes it.
#[test]
fn the_picture_of_the_front_page() {
    let dir = directory("plot-page");
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let program = format!("{root}/examples/double-pendulum/main.theus");
    let out = dir.path("out");
    let run = theusc(&["run", &program, "--for", "4s", "--out", &out]);
    assert_eq!(run.status, 0, "{}", run.all());
    let table = dir.path("out/trajectory.csv");
    let title = "A double pendulum on a cart, balanced";
    let drawn = theusc(&[
        "plot", &table, "x[0]", "x[1]", "x[2]", "--title", title, "--out", "-",
    ]);
    let kept = format!("{root}/docs/pictures/pendulum.svg");
    if std::env::var_os("THEUS_BLESS").is_some() {
        fs::write(&kept, &drawn.out).unwrap();
    }
    assert_eq!(fs::read_to_string(&kept).unwrap(), drawn.out);
}
