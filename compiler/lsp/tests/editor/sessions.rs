//! Recorded sessions: what an editor asks, and what it is answered, on whole and broken files.

use crate::client::{Client, find, uri};
use crate::record::Record;
use serde_json::{Value, json};
use theus_lsp::Ended;

pub(crate) const CART: &str = r#"//! A cart that is driven to a place.
use std.control

/// How it is driven.
enum Law { Off, Pull(gain: f64) }

struct State {
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
    trace: ring<f64, 8>
}

const DT: f64 = 0.01

/// The force that a law gives.
fn force(law: Law, gap: f64) -> f64 {
    return match law {
        Off => 0.0,
        Pull(gain) => clamp(gain * gap, -5.0, 5.0),
    }
}

/// Chooses the force.
process steer {
    inputs cart.target, cart.state, cart.law
    outputs cart.u
    ensures abs(cart.u) <= 5.0

    let gap = cart.target - cart.state.x
    cart.u = force(cart.law, gap)
}

process move {
    inputs cart.u, cart.state
    outputs cart.state, cart.trace

    cart.state.v += cart.u * DT
    cart.state.x = clamp(cart.state.x + cart.state.v * DT, -10.0, 10.0)
    cart.trace.push(cart.state.x)
}

pipeline main every 10ms {
    steer -> move
}

test "it starts at rest" {
    run main for 3 ticks
    assert cart.state.x == 1.0
}
"#;

pub(crate) const BROKEN: &str = r#"context plant {
    x: f64 = 0.0
    u: f64 = "no"

process a {
    inputs plant.x
    outputs plant.w
    let y = plant.x +
    plant.u = z * 2.0
}

fn half(v: f64) -> f64 { return v / 2.0
"#;

#[test]
fn what_the_server_can_do() {
    let client = Client::new();
    insta::assert_snapshot!(serde_json::to_string_pretty(&client.capabilities).unwrap());
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn a_whole_file() {
    let mut record = Record::new(CART);
    record.diagnostics();
    record.of("documentSymbol");
    record.of("foldingRange");
    record.of("formatting");
    let _ = record.at_with("selectionRange", "gap = cart", 0, 6, positions(CART));
    insta::assert_snapshot!(record.end());
}

fn positions(text: &str) -> Value {
    let (line, character) = find(text, "state.x\n", 0);
    json!({ "positions": [{ "line": line, "character": character }] })
}

#[test]
fn a_broken_file() {
    let mut record = Record::new(BROKEN);
    record.diagnostics();
    record.of("documentSymbol");
    record.of("foldingRange");
    record.of("formatting");
    let _ = record.at_with(
        "selectionRange",
        "z",
        0,
        0,
        json!({ "positions": [{ "line": 8, "character": 15 }] }),
    );
    insta::assert_snapshot!(record.end());
}

#[test]
fn layout_is_a_few_edits() {
    let text = "context c{x:f64=0.0}\n\n\n\nprocess  p {\noutputs c\nc.x=1.0\n}\n// end";
    let mut record = Record::new(text);
    record.of("formatting");
    let _ = record.range("rangeFormatting", "outputs c\n", json!({}));
    let _ = record.at_with("onTypeFormatting", "}\n// end", 0, 1, json!({ "ch": "}" }));
    insta::assert_snapshot!(record.end());
}

#[test]
fn edits_are_applied_in_order_and_told_once() {
    let mut client = Client::new();
    let text = "context c { x: f64 = 0.0 }\nconst \u{1f600} = 1\n";
    let main = client.open("main", text);
    client.diagnostics(&main);
    let shown = client.published;
    // A change that changes nothing that is wrong shows nothing.
    let end = json!({ "line": 9, "character": 0 });
    let range = json!({ "start": end, "end": end });
    client.change(&main, 2, json!([{ "range": range, "text": "// end\n" }]));
    client.diagnostics(&main);
    assert_eq!(client.published, shown);
    // Each of several changes is of the text before it; columns are units of UTF-16.
    let at = |start: u32, end: u32| {
        json!({
            "start": { "line": 1, "character": start }, "end": { "line": 1, "character": end },
        })
    };
    client.change(
        &main,
        3,
        json!([
            { "range": at(6, 8), "text": "A" },
            { "range": at(10, 11), "text": "2" },
            { "range": at(7, 7), "text": "B" },
        ]),
    );
    assert_eq!(client.diagnostics(&main), json!([]));
    let symbols = client.of("textDocument/documentSymbol", &main).unwrap();
    assert_eq!(symbols[1]["name"], "AB");
    // Closing takes away what is shown.
    client.change(&main, 4, json!([{ "text": "process p { outputs c.x }\n" }]));
    assert_ne!(client.diagnostics(&main), json!([]));
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": main } }),
    );
    let other = client.open("other", "");
    client.diagnostics(&other);
    assert_eq!(client.shown[&main], json!([]));
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn columns_are_bytes_where_the_editor_wants_them() {
    let mut client =
        Client::with(json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] } }));
    assert_eq!(
        client.capabilities["capabilities"]["positionEncoding"],
        "utf-8"
    );
    let main = client.open("main", "const A: str<8> = \"\u{1f600}\" const B = c\n");
    let found = client.diagnostics(&main);
    assert_eq!(found[0]["range"]["start"]["character"], 35, "{found:#}");
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn an_open_file_wins_over_the_disk_and_importers_see_it() {
    let mut client = Client::new();
    let main = client.open("main", "use parts.wheel\nconst A = wheel.R\n");
    assert_eq!(client.diagnostics(&main)[0]["code"], "T0203");
    let wheel = client.open("parts/wheel", "const R = 1\n");
    assert_eq!(client.diagnostics(&main), json!([]));
    client.change(&wheel, 2, json!([{ "text": "const Q = 1\n" }]));
    assert_eq!(client.diagnostics(&main)[0]["code"], "T0201");
    client.change(&wheel, 3, json!([{ "text": "const R = \n" }]));
    assert_eq!(client.diagnostics(&wheel)[0]["code"], "T0101");
    // What is wrong with an imported file that nobody has open is shown in that file.
    assert_eq!(uri("parts/wheel"), wheel);
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn a_bug_costs_an_answer_and_not_the_server() {
    let start = json!({ "capabilities": {} });
    let mut client = Client::configured(start, |file| {
        assert!(!file.unwrap().ends_with("bug.theus"), "a bug");
        theus::Levels::default()
    });
    let main = client.open("main", "process p { outputs c.x }\n");
    let bug = client.open("bug", CART);
    let range = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 9, "character": 0 } });
    let asked = json!({
        "textDocument": { "uri": bug }, "range": range, "context": { "diagnostics": [] },
    });
    let refused = client
        .request("textDocument/codeAction", asked)
        .unwrap_err();
    assert_eq!(refused["code"], -32603);
    let told = client.wait_for("window/logMessage");
    assert_eq!(
        told["message"],
        "this is a bug in Theus, please report it: a bug"
    );
    assert_eq!(client.diagnostics(&main)[0]["code"], "T0419");
    assert_ne!(
        client.of("textDocument/documentSymbol", &bug).unwrap(),
        Value::Null
    );
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn files_on_disk_are_read_when_they_change() {
    let folder =
        std::env::temp_dir().join(format!("theus-lsp-disk-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("parts")).unwrap();
    let file = folder.join("parts/wheel.theus");
    std::fs::write(&file, "const R = 1\n").unwrap();
    let uri = |path: &std::path::Path| format!("file://{}", path.display());
    let mut client = Client::with(json!({
        "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } },
        "textDocument": { "publishDiagnostics": { "codeDescriptionSupport": true } },
    }));
    let asked = client.wait_for("client/registerCapability");
    assert_eq!(
        asked["registrations"][0]["method"],
        "workspace/didChangeWatchedFiles"
    );
    // A module in a folder: its own imports are found from the folder of the program.
    let main = uri(&folder.join("parts/main.theus"));
    let text = "use parts.wheel\nconst A = wheel.R\n";
    let document =
        json!({ "uri": main, "languageId": "theus", "version": 1, "text": text });
    client.notify("textDocument/didOpen", json!({ "textDocument": document }));
    assert_eq!(client.diagnostics(&main), json!([]));
    // What is wrong in a file that is not open is shown in that file.
    std::fs::write(&file, "const R = \n").unwrap();
    let changed = json!({ "changes": [{ "uri": uri(&file), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changed.clone());
    client.diagnostics(&main);
    assert_eq!(client.shown[&uri(&file)][0]["code"], "T0101");
    // The page of a code can be opened.
    let page = &client.shown[&uri(&file)][0]["codeDescription"]["href"];
    let page = page.as_str().unwrap().strip_prefix("file://").unwrap();
    assert!(
        std::fs::read_to_string(page)
            .unwrap()
            .starts_with("# T0101")
    );
    std::fs::write(&file, "const R = 1\n").unwrap();
    client.notify("workspace/didChangeWatchedFiles", changed);
    client.diagnostics(&main);
    assert_eq!(client.shown[&uri(&file)], json!([]));
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn an_editor_may_be_wrong() {
    let mut client = Client::new();
    let main = client.open("main", CART);
    let unknown = client.of("textDocument/moniker", &main).unwrap_err();
    assert_eq!(unknown["code"], -32601);
    let none = client
        .of("textDocument/documentSymbol", &uri("none"))
        .unwrap_err();
    assert_eq!(none["code"], -32602);
    let wrong = client
        .request("textDocument/formatting", json!({ "a": 1 }))
        .unwrap_err();
    assert_eq!(wrong["code"], -32602);
    // Places past the end are the end; ranges may be backwards; notifications may be nonsense.
    client.notify("textDocument/didChange", json!(3));
    client.change(&uri("none"), 2, json!([{ "text": "x" }]));
    let range = json!({
        "start": { "line": 9999, "character": 3 }, "end": { "line": 0, "character": 9999 },
    });
    client.change(&main, 2, json!([{ "range": range, "text": "\n" }]));
    let text = client.of("textDocument/documentSymbol", &main).unwrap();
    assert_eq!(text, json!([]));
    let id = client.ask(
        "textDocument/foldingRange",
        json!({ "textDocument": { "uri": main } }),
    );
    client.notify("$/cancelRequest", json!({ "id": id }));
    let _ = client.answer(id);
    client.request("shutdown", Value::Null).unwrap();
    let late = client.of("textDocument/foldingRange", &main).unwrap_err();
    assert_eq!(late["code"], -32600);
}

#[test]
fn a_text_that_is_too_large_is_said_to_be() {
    let mut client = Client::new();
    let line = "fn f() -> i64 { return 1 }\n";
    let main = client.open("main", &line.repeat((5 << 20) / line.len()));
    assert_eq!(client.diagnostics(&main)[0]["code"], "T0104");
    for method in ["documentSymbol", "semanticTokens/full", "codeLens"] {
        let answer = client.of(&format!("textDocument/{method}"), &main);
        assert_eq!(answer.unwrap(), Value::Null);
    }
    assert_eq!(
        client.at("textDocument/hover", &main, 0, 3).unwrap(),
        Value::Null
    );
    // It goes on with a text that is not.
    client.change(&main, 2, json!([{ "text": "const A = b\n" }]));
    assert_eq!(client.diagnostics(&main)[0]["code"], "T0201");
    assert_eq!(client.end(), Ended::Well);
}
