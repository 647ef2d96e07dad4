//! Recorded sessions: what is offered while text is written, which is mostly broken then.

use std::fmt::Write as _;

use crate::client::{Client, position};
use serde_json::{Value, json};
use theus_lsp::Ended;

const BEFORE: &str = r#"use std.control
use std.linalg as la

enum Law { Off, Pull(gain: f64) }

struct State {
    x: f64
    v: f64
}

/// The cart.
context cart {
    global target: f64 = 0.5
    state: State
    /// The force.
    u: f64 = 0.0
    law: Law
    trace: ring<f64, 8>
    names: list<i64, 4>
    people: pool<State, 4>
}

/// The force that a law gives.
fn force(law: Law, gap: f64) -> f64 {
    return gap
}

process steer {
    inputs  cart.target
    outputs cart.u

    cart.u = cart.target
}
"#;

/// What is offered at `|` in a text that is typed behind the one that is open.
fn offered(cases: &[&str]) -> String {
    let mut out = String::new();
    let mut client = Client::new();
    let uri = client.open("main", BEFORE);
    client.diagnostics(&uri);
    for (version, typed) in (2..).zip(cases) {
        let text = format!("{BEFORE}\n{typed}");
        let at = text.rfind('|').unwrap();
        let text = text[..at].to_owned() + &text[at + 1..];
        client.change(&uri, version, json!([{ "text": text }]));
        // The first answer may be of the names before, the second one is of these.
        let (line, column) = position(&text, at);
        client
            .at("textDocument/completion", &uri, line, column)
            .unwrap();
        client.diagnostics(&uri);
        let then = client
            .at("textDocument/completion", &uri, line, column)
            .unwrap();
        let _ = writeln!(out, "== {typed}");
        out += &shown(&then);
    }
    assert_eq!(client.end(), Ended::Well);
    out
}

fn labels(answer: &Value) -> Vec<String> {
    let items = answer["items"].as_array().cloned().unwrap_or_default();
    let mut items: Vec<(String, String)> = items
        .iter()
        .map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            (text("sortText"), text("label"))
        })
        .collect();
    items.sort();
    items.into_iter().map(|(_, label)| label).collect()
}

fn shown(answer: &Value) -> String {
    if answer.is_null() {
        return "nothing\n".to_owned();
    }
    let all = labels(answer);
    let mut text = all
        .iter()
        .take(40)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ");
    if all.len() > 40 {
        text += &format!(" … {}", all.len());
    }
    text + "\n"
}

#[test]
fn names_that_fit() {
    insta::assert_snapshot!(offered(&[
        "|",
        "pro|",
        "// a |",
        "use |",
        "use std.|",
        "use std.li|",
        "use std.control.{|",
        "use std.linalg as |",
        "pipeline p |",
        "pipeline p every 1ms {\n    match cart.law {\n        |\n    }\n}",
        "fn f(law: Law) -> i64 {\n    return match law {\n        Off => 1,\n        |\n    }\n}",
        "process p {\n    |",
        "process p {\n    inputs cart.u\n    |",
        "process p {\n    inputs c|",
        "process p {\n    inputs cart.u, |",
        "process p {\n    inputs cart.|",
        "process p {\n    outputs |\n}",
        "process p {\n    outputs cart.u\n    cart.u = 1.0\n    |\n}",
        "process p {\n    outputs cart.u\n    let gap = 1.0\n    cart.u = |\n}",
        "process p {\n    outputs cart.u\n    cart.|\n}",
        "process p {\n    outputs cart.state\n    cart.state.|\n    cart.u = 1.0\n}",
        "process p {\n    outputs cart.trace\n    cart.trace.|\n}",
        "process p {\n    outputs cart.names\n    cart.names.pu|\n}",
        "process p {\n    outputs cart.people\n    cart.people.|\n}",
        "process p {\n    outputs cart.law\n    cart.law = Law.|\n}",
        "process p {\n    inputs tick\n    let a = tick.|\n}",
        "process p {\n    inputs random\n    let a = random.|\n}",
        "process p {\n    raise |\n}",
        "fn f(a: |) -> f64 { return 1.0 }",
        "fn f(a: f64) -> f64 {\n    let b = a\n    return |\n}",
        "fn f(s: State) -> f64 {\n    return s.|\n}",
        "fn f() -> f64 {\n    return control.|\n}",
        "fn f() -> f64 {\n    return la.|\n}",
        "fn f() -> f64 {\n    return 1.|\n}",
        "fn f() -> str { return \"a |\" }",
        "pipeline main every 1s {\n    |\n}",
        "pipeline main every 1s {\n    steer -> |\n}",
        "context d {\n    |\n}",
        "context d {\n    x: |\n}",
        "test \"a\" {\n    |\n}",
        "test \"a\" {\n    run |\n}",
        "enum E { A, B }\nfn f(e: E) -> E { return E.|",
    ]));
}

#[test]
fn what_a_call_takes() {
    let mut client = Client::new();
    let uri = client.open("main", BEFORE);
    client.diagnostics(&uri);
    let mut out = String::new();
    for (version, typed) in (2..).zip([
        "fn f() -> f64 { return force(|",
        "fn f() -> f64 { return force(Law.Off, |) }",
        "fn f() -> f64 { return force(Law.Pull(|), 1.0) }",
        "fn f() -> f64 { return clamp(1.0, (2.0), |) }",
        "fn f() -> State { return State(x: |) }",
        "process p { outputs cart.names  cart.names.push(|) }",
        "fn f() -> bool { return control.hysteresis(true, |) }",
        "fn f() -> f64 { return (|) }",
        "fn f() -> f64 { return unknown(|) }",
    ]) {
        let text = format!("{BEFORE}\n{typed}");
        let at = text.rfind('|').unwrap();
        let text = text[..at].to_owned() + &text[at + 1..];
        client.change(&uri, version, json!([{ "text": text }]));
        let (line, column) = position(&text, at);
        let answer = client
            .at("textDocument/signatureHelp", &uri, line, column)
            .unwrap();
        let _ = writeln!(out, "== {typed}");
        let signature = &answer["signatures"][0];
        let active = answer["activeParameter"].as_u64();
        let param =
            active.map(|at| &signature["parameters"][usize::try_from(at).unwrap()]);
        let _ = writeln!(
            out,
            "{} at {} {}",
            signature["label"],
            param.map_or(&Value::Null, |param| &param["label"]),
            signature["documentation"]
        );
    }
    insta::assert_snapshot!(out);
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn what_a_call_gives() {
    insta::assert_snapshot!(offered(&[
        "fn f() -> f64 { return State(x: 1.0, v: 2.0).| }",
        "fn f() -> f64 { return State(x: force(Off, 1.0), v: 2.0).v.| }",
        "fn made() -> State { return State() }\nfn f() -> f64 { return made().| }",
        "fn f() -> f64 { return force.| }",
    ]));
}

#[test]
fn an_offer_says_what_it_is() {
    let mut client = Client::new();
    let text =
        format!("{BEFORE}\nprocess p {{\n    outputs cart.u\n    cart.u = cl\n}}\n");
    let uri = client.open("main", &text);
    let (line, column) = position(&text, text.find("= cl").unwrap() + 4);
    let answer = client
        .at("textDocument/completion", &uri, line, column)
        .unwrap();
    let items = answer["items"].as_array().unwrap();
    let item = |label: &str| items.iter().find(|item| item["label"] == label).unwrap();
    insta::assert_snapshot!(format!(
        "{:#}\n{:#}\n{:#}",
        item("clamp"),
        item("force"),
        item("cart")
    ));
    // An editor without places to fill in gets plain names.
    let mut plain = Client::with(json!({}));
    let uri = plain.open("main", &text);
    let answer = plain
        .at("textDocument/completion", &uri, line, column)
        .unwrap();
    let items = answer["items"].as_array().unwrap();
    assert!(items.iter().all(|item| item["insertTextFormat"].is_null()));
    plain.end();
    client.end();
}
