//! Recorded sessions: what names mean, where they are used, and what is known of them.

use crate::client::{Client, find};
use crate::record::{Record, lines};
use serde_json::{Value, json};
use theus_lsp::Ended;

const CART: &str = r#"use std.control
use parts as p

/// How it is driven.
enum Law { Off, Pull(gain: f64) }

struct State {
    /// Where it is.
    x: f64 in -10.0..=10.0 = 1.0
    v: f64
}

/// The cart.
context cart {
    global target: f64 in -1.0..=1.0 = 0.5
    state: State
    /// The force.
    u: f64 in -5.0..=5.0 = 0.0
    law: Law
    at: i64 in 0..=7
    trace: [f64; 8]
}

const DT = 0.01

/// The force that a law gives.
fn force(law: Law, gap: f64) -> f64 {
    return match law {
        Off => 0.0,
        Pull(gain) => clamp(gain * gap, -5.0, 5.0),
    }
}

/// Chooses the force.
process steer {
    inputs  cart.target, cart.state, cart.law
    outputs cart.u
    ensures abs(cart.u) <= 5.0

    let gap = cart.target - cart.state.x
    cart.u = force(cart.law, gap)
}

process move(rate: f64) {
    inputs  cart.u, cart.state, cart.at
    outputs cart.state, cart.trace
    errors  Lost

    cart.state.v += cart.u * DT * rate
    cart.state.x = clamp(cart.state.x + cart.state.v * DT, -10.0, 10.0)
    cart.trace[cart.at] = cart.state.x * p.SCALE
    if cart.state.v > 99.0 { raise Lost }
}

pipeline main every 10ms {
    steer -> move(1.0)
    on error Lost { stop }
    mode Fast start { enter Slow when cart.u > 0.0 }
    mode Slow { control_off }
}

process control_off { outputs cart.law  cart.law = Off }

test "it starts at rest" {
    run main for 3 ticks
    assert control.hysteresis(true, cart.u, 0.0, 1.0) or cart.state.v > 0.0
}
"#;

const PARTS: &str = "const SCALE = 2.0\n";

fn open() -> Record {
    let mut record = Record::new(CART);
    record.client.open("parts", PARTS);
    record
}

#[test]
fn declarations() {
    let mut record = open();
    record.diagnostics();
    for (part, nth, after) in [
        ("cart.u\n", 0, 0),
        ("cart.u\n", 0, 5),
        ("Off =>", 0, 0),
        ("Pull(gain) =>", 0, 5),
        ("gain * gap", 0, 1),
        ("force(cart", 0, 2),
        ("gap)\n}", 0, 0),
        ("clamp(cart", 0, 0),
        ("state.x +", 0, 6),
        ("p.SCALE", 0, 0),
        ("p.SCALE", 0, 3),
        ("control.hyst", 0, 9),
        ("raise Lost", 0, 7),
        ("enter Slow", 0, 7),
        ("-> move", 0, 4),
        ("rate\n", 0, 0),
        ("law: Law\n", 0, 6),
        ("run main", 0, 5),
        ("= DT", 0, 1),
        ("// nothing", 0, 0),
    ] {
        if CART.contains(part) {
            record.at("definition", part, nth, after);
        }
    }
    insta::assert_snapshot!(record.end());
}

#[test]
fn uses() {
    let mut record = open();
    let with = json!({ "context": { "includeDeclaration": true } });
    for (part, after) in [
        ("u: f64", 0),
        ("gap = ", 0),
        ("Off, ", 0),
        ("x: f64 in", 0),
        ("Lost\n", 0),
    ] {
        let _ = record.at_with("references", part, 0, after, with.clone());
    }
    let _ = record.at_with(
        "references",
        "p.SCALE",
        0,
        2,
        json!({ "context": { "includeDeclaration": false } }),
    );
    record.at("documentHighlight", "gap: f64", 0, 1);
    record.at("theus/writers", "state: State", 0, 0);
    record.at("theus/writers", "law: Law\n", 0, 0);
    record.at("theus/writers", "target: f64", 0, 0);
    insta::assert_snapshot!(record.end());
}

#[test]
fn what_is_known() {
    let mut record = open();
    for (part, after) in [
        ("steer ->", 0),
        ("move(1.0)", 0),
        ("u: f64", 0),
        ("context cart", 9),
        ("force(cart", 0),
        ("gap)\n}", 0),
        ("law: Law, gap", 0),
        ("Pull(gain) =>", 0),
        ("clamp(gain", 0),
        ("DT * rate", 0),
        ("enum Law", 6),
        ("x: f64 in", 0),
        ("main every", 0),
        ("hysteresis", 0),
    ] {
        record.at("hover", part, 0, after);
    }
    insta::assert_snapshot!(record.end());
}

#[test]
fn calls() {
    let mut record = open();
    for part in ["move(1.0)", "force(law"] {
        let found = record
            .at_with("prepareCallHierarchy", part, 0, 0, json!({}))
            .unwrap();
        for way in ["incomingCalls", "outgoingCalls"] {
            let asked = json!({ "item": found[0] });
            let answer = record
                .client
                .request(&format!("callHierarchy/{way}"), asked);
            record.write(way, "", answer);
        }
    }
    let answer = record
        .client
        .request("workspace/symbol", json!({ "query": "St" }));
    record.write("workspace/symbol", " of `St`", answer);
    insta::assert_snapshot!(record.end());
}

#[test]
fn renaming() {
    let mut record = open();
    record.at("prepareRename", "gap = cart", 0, 0);
    record.at("prepareRename", "clamp(cart", 0, 0);
    record.at("prepareRename", "{", 0, 0);
    for (part, after, name) in [
        ("gap = cart", 0, "distance"),
        ("p.SCALE", 2, "FACTOR"),
        ("u: f64", 0, "drive"),
        ("Slow {", 0, "Gentle"),
        ("Off, ", 0, "Idle"),
        ("Lost\n", 0, "Gone"),
        // Refused: reserved, taken, not a name, of the library.
        ("gap = cart", 0, "process"),
        ("u: f64", 0, "law"),
        ("gap = cart", 0, "a b"),
        ("gap: f64", 0, "law"),
        ("clamp(cart", 0, "limit"),
        ("fn force", 3, "clamp"),
    ] {
        let _ = record.at_with("rename", part, 0, after, json!({ "newName": name }));
    }
    insta::assert_snapshot!(record.end());
}

#[test]
fn a_new_name_that_catches_another_is_refused() {
    let text = "fn f(a: f64) -> f64 {\n    var out = 0.0\n    for i in 0..3 {\n        let b = a\n        out += a + b\n    }\n    return out\n}\n";
    let mut record = Record::new(text);
    for (part, name) in [
        ("b = a", "a"),
        ("a: f64", "b"),
        ("i in", "a"),
        ("b = a", "c"),
    ] {
        let _ = record.at_with("rename", part, 0, 0, json!({ "newName": name }));
    }
    insta::assert_snapshot!(record.end());
}

#[test]
fn hints_and_lenses() {
    let mut record = open();
    let all = json!({});
    let _ = record.range("inlayHint", CART, all.clone());
    record.client.wait_for("workspace/inlayHint/refresh");
    let _ = record.range("inlayHint", CART, all);
    record.of("codeLens");
    insta::assert_snapshot!(record.end());
}

const WRONG: &str = r#"use std.math

enum Law { Off, Pull(gain: f64), Push }

context c {
    global step: f64 = 1.0
    x: f64 = 0.0
    y: f64 = 0.0
    law: Law
    at: i64 in 0..=9
    a: [f64; 4]
}

process p {
    outputs c.x
    inputs c.step, c.y

    c.x += c.step
    c.y = 1.0
    match c.law {
        Off => {}
    }
    raise Lost
}

process q {
    inputs  c.at
    outputs c.a

    c.a[c.at] = hysteresis(true, 1.0, 0.0, 2.0)
}

pipeline main every 1s { p -> q }
"#;

#[test]
fn mends() {
    let mut record = Record::new(WRONG);
    record.diagnostics();
    let context = json!({ "context": { "diagnostics": [] } });
    let answer = record.range("codeAction", WRONG, context).unwrap();
    // Each mend, applied, leaves fewer problems.
    for action in answer.as_array().unwrap() {
        let text = applied(WRONG, &action["edit"]["changes"][&record.uri]);
        let mut client = Client::new();
        let main = client.open("main", &text);
        let before = record.client.diagnostics(&record.uri);
        let after = client.diagnostics(&main);
        let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
        let codes = |found: &[Value]| -> Vec<String> {
            found.iter().map(|one| one["code"].to_string()).collect()
        };
        assert!(
            after.len() < before.len() || codes(after) != codes(before),
            "{}: {}",
            action["title"],
            lines(&Value::Array(after.clone()))
        );
        client.end();
    }
    insta::assert_snapshot!(record.end());
}

fn applied(text: &str, edits: &Value) -> String {
    let mut places: Vec<(usize, usize, String)> = edits
        .as_array()
        .unwrap()
        .iter()
        .map(|edit| {
            let at = |place: &Value| {
                let line = usize::try_from(place["line"].as_u64().unwrap()).unwrap();
                let column =
                    usize::try_from(place["character"].as_u64().unwrap()).unwrap();
                let before: usize =
                    text.split_inclusive('\n').take(line).map(str::len).sum();
                before + column
            };
            let new = edit["newText"].as_str().unwrap().to_owned();
            (at(&edit["range"]["start"]), at(&edit["range"]["end"]), new)
        })
        .collect();
    places.sort();
    let mut out = text.to_owned();
    for (start, end, new) in places.into_iter().rev() {
        out.replace_range(start..end, &new);
    }
    out
}

#[test]
fn a_check_that_is_made_can_be_required() {
    let text = "context c {\n    at: i64 in 0..=9\n    a: [f64; 4]\n}\n\nprocess q {\n    inputs  c.at\n    outputs c.a\n\n    c.a[c.at] = 1.0\n}\n\npipeline main every 1s {\n    q\n}\n";
    let mut record = Record::new(text);
    let _ = record.range("inlayHint", text, json!({}));
    record.client.wait_for("workspace/inlayHint/refresh");
    let _ = record.range("inlayHint", text, json!({}));
    let context = json!({ "context": { "diagnostics": [] } });
    let answer = record.range("codeAction", "c.a[c.at]", context).unwrap();
    let new = applied(text, &answer[0]["edit"]["changes"][&record.uri]);
    let mut client = Client::new();
    let main = client.open("main", &new);
    assert_eq!(client.diagnostics(&main), json!([]), "{new}");
    assert_eq!(client.end(), Ended::Well);
    insta::assert_snapshot!(record.end());
}

#[test]
fn names_in_a_broken_file() {
    let text = "context c { x: f64 = 0.0  y: f64 = 0.0 }\nprocess p {\n    outputs c.x\n    let a = 1.0 +\n    c.x = a * q\n";
    let mut record = Record::new(text);
    for (part, after) in [("c.x", 2), ("a * q", 0), ("q\n", 0)] {
        record.at("definition", part, 0, after);
        record.at("hover", part, 0, after);
        let with = json!({ "context": { "includeDeclaration": true }, "newName": "z" });
        let _ = record.at_with("references", part, 0, after, with.clone());
        let _ = record.at_with("rename", part, 0, after, with);
    }
    let (line, column) = find(text, "q\n", 0);
    assert_eq!((line, column), (4, 14));
    insta::assert_snapshot!(record.end());
}

#[test]
fn colours() {
    let mut record = open();
    let answer = record
        .client
        .of("textDocument/semanticTokens/full", &record.uri)
        .unwrap();
    let legend =
        record.client.capabilities["capabilities"]["semanticTokensProvider"]["legend"]
            .clone();
    let mut out = String::new();
    let data: Vec<u64> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap())
        .collect();
    let text: Vec<&str> = CART.lines().collect();
    let (mut line, mut column) = (0_u64, 0_u64);
    for token in data.chunks(5) {
        column = if token[0] == 0 {
            column + token[1]
        } else {
            token[1]
        };
        line += token[0];
        let at = |n: u64| usize::try_from(n).unwrap();
        let word = &text[at(line)][at(column)..at(column + token[2])];
        let kind = legend["tokenTypes"][at(token[3])].as_str().unwrap();
        let more: Vec<&str> = (0..legend["tokenModifiers"].as_array().unwrap().len())
            .filter(|bit| token[4] & (1 << bit) != 0)
            .map(|bit| legend["tokenModifiers"][bit].as_str().unwrap())
            .collect();
        out += &format!(
            "{}:{} {word} {kind} {}\n",
            line + 1,
            column + 1,
            more.join(" ")
        );
    }
    insta::assert_snapshot!(out);
    record.end();
}

#[test]
fn names_reach_files_that_are_not_open() {
    let folder =
        std::env::temp_dir().join(format!("theus-lsp-names-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let main = folder.join("main.theus");
    std::fs::write(&main, "use parts\nconst A = parts.SCALE * parts.SCALE\n").unwrap();
    std::fs::write(folder.join("parts.theus"), PARTS).unwrap();
    let uri = |path: &std::path::Path| format!("file://{}", path.display());
    let folders = json!([{ "uri": uri(&folder), "name": "w" }]);
    let mut client =
        Client::started(json!({ "capabilities": {}, "workspaceFolders": folders }));
    let parts = uri(&folder.join("parts.theus"));
    let document =
        json!({ "uri": parts, "languageId": "theus", "version": 1, "text": PARTS });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    let at = json!({
        "textDocument": { "uri": parts }, "position": { "line": 0, "character": 7 },
        "context": { "includeDeclaration": true }, "newName": "FACTOR",
    });
    let found = client
        .request("textDocument/references", at.clone())
        .unwrap();
    assert_eq!(found.as_array().unwrap().len(), 3, "{found:#}");
    let edit = client.request("textDocument/rename", at).unwrap();
    let places =
        |path: &std::path::Path| edit["changes"][&uri(path)].as_array().unwrap().len();
    assert_eq!(places(&main), 2);
    assert_eq!(places(&folder.join("parts.theus")), 1);
    let found = client
        .request("workspace/symbol", json!({ "query": "sca" }))
        .unwrap();
    assert_eq!(found[0]["name"], "SCALE");
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn names_are_mended_everywhere_and_modules_imported() {
    let text = "\
context c { x: f64 }
process StepIt { outputs c.x  c.x = control.wrap_angle(c.x + 4.0) }
pipeline main every 1s { StepIt }
";
    let mended = "\
use std.control
context c { x: f64 }
process step_it { outputs c.x  c.x = control.wrap_angle(c.x + 4.0) }
pipeline main every 1s { step_it }
";
    let mut client = Client::new();
    let main = client.open("main", text);
    let mut now = text.to_owned();
    for (version, place) in (2..).zip(["control.", "StepIt {"]) {
        let (line, character) = find(&now, place, 0);
        let at = json!({ "line": line, "character": character });
        let params = json!({
            "textDocument": { "uri": main }, "range": { "start": at, "end": at },
            "context": { "diagnostics": [], "only": ["quickfix"] },
        });
        let actions = client.request("textDocument/codeAction", params).unwrap();
        now = applied(&now, &actions[0]["edit"]["changes"][&main]);
        client.change(&main, version, json!([{ "text": now }]));
    }
    assert_eq!(now, mended);
    assert_eq!(client.diagnostics(&main), json!([]));
    assert_eq!(client.end(), Ended::Well);
}
