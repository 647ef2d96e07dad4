//! `theusc run --realtime` from outside.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::directory;

const COUNTER: &str = "\
context c { n: i64 }
process count { outputs c.n  deadline 1ms  c.n += 1 }
pipeline main every 2ms { count  every 100 ticks { sink csv(\"x.csv\") { c.n } } }
pipeline batch { count }
";

const LATE: &str = "\
context c { n: i64 }
process count { outputs c.n  deadline hard 1ns  c.n += 1 }
pipeline main every 1ms { count }
";

/// Runs a pipeline for so many ticks by the clock.
const fn paced<'a>(pipeline: &'a str, ticks: &'a str) -> [&'a str; 7] {
    [
        "run",
        "main.theus",
        "-p",
        pipeline,
        "--ticks",
        ticks,
        "--realtime",
    ]
}

#[test]
fn a_paced_run_takes_its_time_and_reports_lateness() {
    let dir = directory("realtime");
    dir.file("main.theus", COUNTER);
    let began = std::time::Instant::now();
    let args = paced("main", "100");
    let run = dir.theusc(&args);
    assert_eq!((run.status, run.err.as_str()), (0, ""), "{}", run.all());
    assert!(began.elapsed().as_millis() >= 198);
    let lines: Vec<&str> = run.out.lines().collect();
    let head = lines
        .iter()
        .position(|line| line.starts_with("lateness"))
        .unwrap();
    let words = |n: usize| -> Vec<&str> {
        let line = lines.get(head + n).copied().unwrap_or_default();
        line.split_whitespace().collect()
    };
    assert_eq!(
        words(0),
        ["lateness", "samples", "p50", "p99", "max", "misses"]
    );
    assert_eq!(words(1).first_chunk(), Some(&["ticks", "100"]));
    assert_eq!(words(2).first_chunk(), Some(&["empty", "loop"]));
    let run = dir.theusc(&[&args[..], &["--json"]].concat());
    let json: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    let pace = json.get("realtime").unwrap();
    assert_eq!(pace.get("period_ns").unwrap(), 2_000_000);
    let samples = |name: &str| pace.get(name).unwrap().get("samples").unwrap().as_u64();
    assert_eq!(samples("lateness"), Some(100));
    assert!(samples("empty_loop").unwrap() > 0);
    let memory = json.get("allocations_after_first_tick").unwrap();
    assert_eq!(memory, 0);
}

#[test]
fn a_late_process_fails_the_run() {
    let dir = directory("late");
    dir.file("main.theus", LATE);
    let run = dir.theusc(&["run", "main.theus", "--ticks", "5"]);
    assert_eq!(run.status, 0, "{}", run.all());
    let run = dir.theusc(&["run", "main.theus", "--ticks", "5", "--realtime"]);
    assert_eq!(run.status, 1, "{}", run.all());
    assert!(
        run.out.contains("failed: later than the deadline"),
        "{}",
        run.all()
    );
    assert!(run.err.contains("F22"), "{}", run.all());
    assert!(run.err.contains("deadline = 1ns"), "{}", run.all());
}

#[test]
fn a_pipeline_without_a_period_has_no_pace() {
    let dir = directory("no-pace");
    dir.file("main.theus", COUNTER);
    let args = paced("batch", "1");
    let run = dir.theusc(&args);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("T0801"), "{}", run.err);
    assert!(
        run.err
            .contains("`--realtime` needs a pipeline with a period"),
        "{}",
        run.err
    );
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_a_paced_run_after_a_tick() {
    let dir = directory("realtime-interrupt");
    let slow = COUNTER
        .replace("every 2ms", "every 1h")
        .replace("every 100 ticks", "every 1 ticks");
    dir.file("main.theus", &slow);
    let began = std::time::Instant::now();
    let args = paced("main", "5");
    let run = dir.theusc_interrupted(&args);
    assert_eq!(run.status, 0, "{}", run.all());
    assert!(run.out.contains("interrupted at tick 1"), "{}", run.all());
    assert!(began.elapsed().as_secs() < 60);
    let rows = std::fs::read_to_string(dir.path("x.csv")).unwrap();
    assert_eq!(rows, "c.n\n1\n");
}
