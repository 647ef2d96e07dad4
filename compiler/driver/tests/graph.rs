//! The graph of a program, in its three forms.
#![expect(clippy::panic, reason = "a test ends where it cannot go on")]

use theus::{Graph, InMemory, Text, graph};

const ARM: &str = "\
context arm { angle: f64  speed: f64  torque: f64  fallen: bool }
context log { global limit: f64 = 1.0  worst: f64  seen: i64 }
process sense { inputs arm.angle  outputs arm.speed, arm.fallen
    arm.speed = arm.angle * 0.5
    arm.fallen = arm.angle > 1.0
}
process count { outputs log.seen  log.seen += 1 }
process swing { inputs arm.speed  outputs arm.torque  arm.torque = arm.speed }
process hold { inputs arm.angle  outputs arm.torque  arm.torque = -arm.angle }
process move { inputs arm.torque  outputs arm.angle  arm.angle += arm.torque }
pipeline main every 1ms {
    sense
    count
    mode SwingUp start {
        swing
        enter Balance when not arm.fallen
    }
    mode Balance {
        hold
        enter SwingUp when arm.fallen
    }
    when log.seen > 3 { move } else { sense }
}
";

fn of(text: &str) -> Graph {
    graph(Text::new("main", text), &InMemory::new())
        .unwrap_or_else(|report| panic!("{report}"))
}

#[test]
fn what_may_run_together() {
    insta::assert_snapshot!(of(ARM).together());
}

const TOWN: &str = "\
struct Person { at: f64  left: bool }
context town {
    people: [Person; 1000]
    guests: pool<Person, 1000>
    few: [f64; 4]
    bad: ring<handle<town.guests>, 4>
    meta seen: i64
}
fn far(x: f64) -> f64 {
    var y = x
    for n in 0..50 { y = y * 0.5 + 1.0 }
    return y
}
process walk { each p in town.people  outputs town.people  p.at = far(p.at) }
process count { each p in town.people  outputs town.people, town.seen
    p.at = far(p.at)
    town.seen += 1
}
process leave { each g in town.guests  outputs town.guests
    g.at = far(g.at)
    if g.left { g.free() }
}
process alone { each g in town.guests isolated into town.bad  outputs town.guests
    g.at = far(g.at)
}
process left { outputs town.few  town.few[0] = 1.0 }
process right { outputs town.people  town.people[0].left = true }
process small { each x in town.few  outputs town.few  x += 1.0 }
pipeline main every 1ms { walk -> count -> leave -> alone -> small  par { left, right } }
";

#[test]
fn whose_elements_run_on_several_threads() {
    insta::assert_snapshot!(of(TOWN).together());
}

#[test]
fn mermaid() {
    insta::assert_snapshot!(of(ARM).mermaid());
}

#[test]
fn svg() {
    let text = of(ARM).svg();
    assert_eq!(text.matches('<').count(), text.matches('>').count());
    insta::assert_snapshot!(text);
}

/// Names and conditions of any length stay in their boxes.
#[test]
fn long_texts_stay_in_their_boxes() {
    let long = "angle_of_the_arm_that_is_measured_by_the_sensor_at_the_end_of_the_beam";
    let cond = format!("not arm.{long} and not arm.{long} or arm.fallen");
    let text = ARM.replace("when not arm.fallen", &format!("when {cond}"));
    let text = text.replace("fallen: bool", &format!("fallen: bool  {long}: bool"));
    let svg = of(&text).svg();
    let number = |tag: &str, name: &str| -> f64 {
        let value = tag.split_once(&format!(" {name}=\"")).map(|(_, rest)| rest);
        let value = value.and_then(|rest| rest.split('"').next());
        value.and_then(|value| value.parse().ok()).unwrap_or(-1.0)
    };
    let tags = |start: &str| {
        svg.lines()
            .filter(|line| line.starts_with(start))
            .collect::<Vec<_>>()
    };
    let groups = tags("<rect class=\"group\"");
    let [group] = groups.as_slice() else {
        panic!("{svg}")
    };
    let right = number(group, "x") + number(group, "width");
    let lines: Vec<&str> = tags("<text class=\"code small\"")
        .into_iter()
        .filter(|line| number(line, "x") < right)
        .collect();
    assert!(lines.len() >= 4, "{lines:?}");
    for line in lines {
        let words = line.split(['<', '>']).nth(2).unwrap_or_default();
        let words = words.replace("&gt;", ">").replace("&amp;", "&");
        let width = words.chars().count() as f64 * 0.605 * 11.0;
        assert!(number(line, "x") + width <= right, "{line} {right}");
    }
}

/// Ways of one choice meet nowhere: one of them is gone.
#[test]
fn modes_do_not_wait_for_each_other() {
    let graph = of(ARM);
    let main = graph.pipelines.first();
    let hold = main.and_then(|main| main.runs.iter().find(|run| run.process == "hold"));
    let Some(hold) = hold else {
        panic!("{graph:?}")
    };
    assert!(hold.after.is_empty(), "{hold:?}");
}

#[test]
fn what_is_wrong_has_no_graph() {
    let wrong = graph(Text::new("main", "process p { c.x = 1 }"), &InMemory::new());
    assert!(wrong.is_err_and(|report| report.has_errors()));
}

const GROUPS: &str = "\
context a { x: f64  xs: [f64; 64]  spare: [f64; 4] }
context b { y: f64  z: f64 in 0.0..=1.0 }
context c { v: f64  meta seen: i64  watched: f64  heavy far: [f64; 1000] }
audit c { watched < 5.0 level C }
fn long(x: f64) -> f64 {
    var y = x
    for n in 0..20000 { y = y * 0.5 + 1.0 }
    return y
}
process first { outputs a.x  a.x = long(a.x) }
process second { inputs a.x  outputs a.spare  a.spare[1] = a.x }
process third { outputs b.y  b.y = long(b.y) }
process ranged { outputs b.z  b.z = long(b.z) * 0.1 }
process audited { outputs c.watched  c.watched = long(c.watched) * 0.1 }
process far { outputs c.far  c.far[3] = long(c.far[3]) }
process one { outputs a.x, c.seen  a.x = long(a.x)  c.seen += 1 }
process two { outputs b.y, c.seen  b.y = long(b.y)  c.seen += 1 }
process timely { outputs c.v  deadline 1ms  c.v = long(c.v) }
process little { outputs b.z  b.z = 0.5 }
pipeline main every 1s { par { first -> second, third, ranged, audited, far } }
pipeline other every 1s { par { one, two, timely } }
pipeline small every 1s { par { little, second } }
";

#[test]
fn which_members_run_on_several_threads() {
    insta::assert_snapshot!(of(GROUPS).together());
}

const BATCHES: &str = "\
context next { at: f64  bytes: i64 }
context log { inbox: list<i64, 16>  sum: i64  global pace: duration = 20ms }
process keep { inputs next.bytes  outputs log.inbox  log.inbox.push(next.bytes) }
process flush { outputs log.inbox, log.sum  for n in log.inbox.drain() { log.sum += n } }
pipeline feed every 1ms {
    source csv(\"rows.csv\") { next.at as \"at\", next.bytes as \"bytes\" }
    keep
}
pipeline sums on log.inbox max 4 or 2500us {
    flush
    sink csv(\"sums.csv\") { log.sum as \"sum\" }
}
pipeline looks every log.pace { sink csv(\"sums.csv\") { log.sum as \"sum\" } }
";

/// When each has a tick, and what comes in and goes out.
#[test]
fn clocks_sources_and_sinks() {
    let graph = of(BATCHES);
    insta::assert_snapshot!(graph.together() + "\n" + &graph.mermaid());
    assert!(graph.svg().contains(">source rows.csv<"));
}
