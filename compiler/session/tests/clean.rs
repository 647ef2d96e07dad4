//! Clean-up: its triggers, what it takes, what it tells.
#![expect(clippy::panic, reason = "a test may fail")]

#[path = "support/talk.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod talk;

use std::time::Duration;

use talk::{Talk, told};
use theus_session::{Event, Options, Rules, Trigger};

const MINUTE: Duration = Duration::from_secs(60);

/// Runs a cell a minute later; what it brings about.
fn minute(talk: &mut Talk, cell: &str) -> Vec<Event> {
    talk.now += MINUTE;
    let cell = talk.run(cell);
    cell.unwrap_or_else(|refused| panic!("{}", told(&refused)))
        .events
}

#[test]
fn a_hundred_cells_bring_one_clean_up_and_two_trims() {
    let mut talk = Talk::new();
    let mut events = Vec::new();
    minute(
        &mut talk,
        "let _tmp_a = 1\nlet b = 2\nkeep let _temp_c = 3\nlet __d = 4",
    );
    for _ in 1..100 {
        events.extend(minute(&mut talk, "var last = 1"));
    }
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| match event {
            Event::Clean { .. } => "clean",
            Event::Trim { .. } => "trim",
            Event::Run { .. } => "run",
            Event::Unwritten { .. } => "unwritten",
        })
        .collect();
    assert_eq!(kinds, ["trim", "clean", "trim"]);
    let Some(Event::Clean {
        trigger,
        dropped,
        statistics,
    }) = events.get(1)
    else {
        panic!("{events:?}")
    };
    assert_eq!(
        (*trigger, dropped.as_slice()),
        (Trigger::Count, ["_tmp_a".to_owned()].as_slice())
    );
    assert_eq!(statistics.executions, 100);
    assert_eq!(statistics.idle, MINUTE);
    assert_eq!(statistics.preserved, ["b", "_temp_c", "__d", "last"]);
    assert!(matches!(events.first(), Some(Event::Trim { cells: 8, .. })));
    assert!(!talk.session.undo());
    assert!(talk.run("_tmp_a").is_err());
    assert!(talk.run("_temp_c + b").is_ok());
}

#[test]
fn what_was_named_within_five_minutes_stays() {
    let mut talk = Talk::new();
    minute(&mut talk, "session s { every 3 cells { clean } }");
    minute(&mut talk, "let _tmp_a = 1\nlet _out_b = 2");
    let dropped = |events: &[Event]| match events {
        [Event::Clean { dropped, .. }] => dropped.clone(),
        _ => panic!("{events:?}"),
    };
    assert!(dropped(&minute(&mut talk, "_tmp_a")).is_empty());
    talk.now += MINUTE * 4;
    minute(&mut talk, "_tmp_a + 1");
    minute(&mut talk, "1");
    assert_eq!(dropped(&minute(&mut talk, "2")), ["_out_b"]);
}

#[test]
fn idle_time_and_pressure_bring_a_clean_up() {
    let mut talk = Talk::new();
    minute(&mut talk, "let _tmp_a = 1\nlet b = 2");
    talk.now += MINUTE * 6;
    let events = minute(&mut talk, "1");
    let clean = |events: &[Event]| match events {
        [
            Event::Clean {
                trigger, dropped, ..
            },
        ] => (*trigger, dropped.clone()),
        _ => panic!("{events:?}"),
    };
    assert_eq!(clean(&events), (Trigger::Idle, vec!["_tmp_a".to_owned()]));
    let memory = 4000;
    let rules = Rules {
        memory,
        ..Rules::default()
    };
    let mut talk = Talk::with(Options {
        rules,
        ..Options::default()
    });
    minute(&mut talk, "let b = 2\nkeep let c = 3");
    talk.now += MINUTE * 4;
    minute(&mut talk, "1");
    talk.now += MINUTE;
    let events = minute(&mut talk, "let wide = [1.0; 350]");
    assert_eq!(clean(&events), (Trigger::Pressure, vec!["b".to_owned()]));
}

#[test]
fn a_session_says_what_happens_between_its_cells() {
    let mut talk = Talk::new();
    let lab = "context model { grad: f64  n: i64 }
    process drop_grads { outputs model.grad, model.n  model.grad = 0.0  model.n = model.n + 1 }
    session lab {
        every 2 cells { drop_grads gone } // and so on
        idle 1h, pressure > 0.9 { clean trim }
    }
    set model.grad = 1.0";
    assert!(minute(&mut talk, lab).is_empty());
    let events = minute(&mut talk, "set model.grad = 2.0");
    let [
        Event::Run {
            name,
            failure: None,
        },
        Event::Run {
            failure: Some(why), ..
        },
    ] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert_eq!(name, "drop_grads");
    assert_eq!(why, "unknown pipeline or process `gone`");
    assert_eq!(talk.shows("(model.grad, model.n)"), "(0.0, 1)");
    talk.now += MINUTE * 61;
    assert_eq!(minute(&mut talk, "1").len(), 4);
}

#[test]
fn the_pressure_of_a_context_is_that_of_its_fullest_collection() {
    let mut talk = Talk::new();
    let lab = "context model { xs: list<i64, 10>  m: map<i64, i64, 4>  n: i64 }
    context other { xs: list<i64, 2> }
    session lab { pressure(model) > 0.5 { trim } pressure(other.xs) > 0.4 { clean } }";
    assert!(minute(&mut talk, lab).is_empty());
    let names = |events: Vec<Event>| {
        let names = events.into_iter().map(|event| match event {
            Event::Clean { trigger, .. } => format!("clean {}", trigger.name()),
            Event::Trim { .. } => "trim".to_owned(),
            Event::Run { name, .. } => name,
            Event::Unwritten { paths } => paths.join(", "),
        });
        names.collect::<Vec<_>>()
    };
    let cell = "set model.xs = [1, 2, 3, 4, 5]";
    assert!(names(minute(&mut talk, cell)).is_empty());
    assert_eq!(
        names(minute(&mut talk, "set model.xs = [1, 2, 3, 4, 5, 6]")),
        ["trim"]
    );
    assert!(names(minute(&mut talk, "set model.xs = [1]")).is_empty());
    assert_eq!(
        names(minute(&mut talk, "set other.xs = [1]")),
        ["clean pressure"]
    );
}

#[test]
fn a_file_says_it_like_a_cell() {
    let file = "context c { n: i64 }
    process count { outputs c.n  c.n += 1 }
    pipeline main every 1s { count }
    session lab { every 2 cells { count } }";
    let mut talk = Talk::new();
    assert!(minute(&mut talk, file).is_empty());
    assert_eq!(minute(&mut talk, "1").len(), 1);
    assert_eq!(talk.shows("c.n"), "1");
}

#[test]
fn what_is_wrong_with_the_rules_of_a_session_is_told() {
    let mut talk = Talk::new();
    for wrong in [
        "session s { every cells { clean } }",
        "session s { every 0 cells { clean } }",
        "session s { every 5 { clean } }",
        "session s { pressure < 0.5 { clean } }",
        "session s { pressure > 5 { clean } }",
        "session s { idle 5 { clean } }",
        "session s { often { clean } }",
        "session s { idle 5min }",
        "session s { idle 5min { 7 } }",
        "session s { pressure(1) > 0.5 { clean } }",
    ] {
        let report = match talk.run(wrong) {
            Err(theus_session::Refused::Report(report)) => report,
            other => panic!("{wrong}: {other:?}"),
        };
        assert_eq!(report.found.len(), 1, "{wrong}");
        assert_eq!(report.found[0].code.id(), "T0101", "{wrong}");
    }
}

#[test]
fn the_average_is_that_of_all_cells() {
    let mut talk = Talk::new();
    let mut now = Duration::ZERO;
    for took in [10, 20, 60] {
        let mut first = true;
        let began = now;
        let mut clock = || {
            let at = if first {
                began
            } else {
                began + Duration::from_millis(took)
            };
            first = false;
            at
        };
        assert!(talk.session.run("1", &mut clock, None).is_ok());
        now += Duration::from_secs(1);
    }
    let counted = talk.session.statistics();
    assert_eq!(
        (counted.executions, counted.average),
        (3, Duration::from_millis(30))
    );
}
