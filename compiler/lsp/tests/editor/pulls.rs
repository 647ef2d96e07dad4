//! Checks that always fail, and editors that ask for diagnostics instead of being told.

use crate::client::{Client, find};
use crate::record::lines;
use serde_json::{Value, json};
use theus_lsp::Ended;

const VALVE: &str = "\
context tank {
    valve: f64 in 0.0..=1.0 = 0.0
}

process open {
    outputs tank.valve

    tank.valve = 40.0 + 10.0
}

pipeline main every 1s {
    open
}
";

/// An editor that asks, and can be told to ask again.
fn asking() -> Client {
    Client::with(json!({
        "textDocument": { "diagnostic": { "relatedDocumentSupport": true } },
        "workspace": {
            "diagnostics": { "refreshSupport": true },
            "inlayHint": { "refreshSupport": true },
        },
    }))
}

fn pull(client: &mut Client, uri: &str, previous: Option<&str>) -> Value {
    let params = json!({ "textDocument": { "uri": uri }, "previousResultId": previous });
    client.request("textDocument/diagnostic", params).unwrap()
}

fn edit(client: &mut Client, uri: &str, version: i32, part: &str, new: &str) {
    let (line, character) = find(VALVE, part, 0);
    let end = character + u32::try_from(part.len()).unwrap();
    let range = json!({
        "start": { "line": line, "character": character },
        "end": { "line": line, "character": end },
    });
    client.change(uri, version, json!([{ "range": range, "text": new }]));
}

#[test]
fn a_check_that_always_fails_is_told_with_its_values() {
    let mut client = Client::new();
    let main = client.open("main", VALVE);
    client.diagnostics(&main);
    // It is proved while nobody waits; hints are asked for again then.
    client.wait_for("workspace/inlayHint/refresh");
    let found = client.diagnostics(&main);
    insta::assert_snapshot!(lines(&found));
    // It is gone with the mistake, at once.
    edit(&mut client, &main, 2, "40.0 + 10.0", "0.5 ");
    assert_eq!(client.diagnostics(&main), json!([]));
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn who_asks_is_answered_and_not_told() {
    let mut client = asking();
    let main = client.open("main", "context c { x: f64 = y }\n");
    let first = pull(&mut client, &main, None);
    assert_eq!(first["kind"], "full");
    assert_eq!(first["items"][0]["code"], "T0201");
    let id = first["resultId"].as_str().unwrap();
    // The same again has no text.
    let again = pull(&mut client, &main, Some(id));
    assert_eq!(again, json!({ "kind": "unchanged", "resultId": id }));
    client.change(
        &main,
        2,
        json!([{ "text": "context c { x: f64 = 1.0 }\n" }]),
    );
    let mended = pull(&mut client, &main, Some(id));
    assert_eq!(
        (&mended["kind"], &mended["items"]),
        (&json!("full"), &json!([]))
    );
    assert_ne!(mended["resultId"], id);
    assert_eq!(client.published, 0);
    let again = |(method, _): &(String, Value)| method == "workspace/diagnostic/refresh";
    assert!(!client.told.iter().any(again), "{:?}", client.told);
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn who_asks_is_told_to_ask_again() {
    let mut client = asking();
    let main = client.open("main", "use parts.wheel\nconst A = wheel.R\n");
    assert_eq!(pull(&mut client, &main, None)["items"][0]["code"], "T0203");
    // Another file changes what is wrong with this one.
    let wheel = client.open("parts/wheel", "const R = 1\n");
    assert_eq!(pull(&mut client, &wheel, None)["items"], json!([]));
    client.wait_for("workspace/diagnostic/refresh");
    assert_eq!(pull(&mut client, &main, None)["items"], json!([]));
    // So does a check that was proved.
    let valve = client.open("valve", VALVE);
    // It may have been proved before the first answer.
    if pull(&mut client, &valve, None)["items"] == json!([]) {
        client.wait_for("workspace/diagnostic/refresh");
    }
    assert_eq!(pull(&mut client, &valve, None)["items"][0]["code"], "T0700");
    assert_eq!(client.published, 0);
    assert_eq!(client.end(), Ended::Well);
}
