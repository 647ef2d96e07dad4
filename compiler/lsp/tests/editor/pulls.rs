//! Checks that always fail, and editors that ask for diagnostics instead of being told.

use crate::client::{Client, find};
use crate::record::lines;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
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

/// An editor with a folder.
fn with_folder(folder: &Path) -> Client {
    Client::started(json!({
        "rootUri": format!("file://{}", folder.display()),
        "capabilities": {
            "textDocument": { "diagnostic": { "relatedDocumentSupport": true } },
            "workspace": { "diagnostics": { "refreshSupport": true } },
        },
    }))
}

/// What is wrong in all files, and what an editor says of it when it asks again.
fn sweep(client: &mut Client, previous: &Value) -> (Value, Value) {
    let params = json!({ "previousResultIds": previous });
    let answer = client.request("workspace/diagnostic", params).unwrap();
    let reports = answer["items"].as_array().unwrap().clone();
    let ids = reports
        .iter()
        .map(|one| json!({ "uri": one["uri"], "value": one["resultId"] }));
    let ids = ids.collect::<Vec<_>>().into();
    (reports.into(), ids)
}

#[test]
fn all_files_of_a_folder() {
    let folder = std::env::temp_dir().join("theus-lsp-sweep");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("parts")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("main.theus", "use parts.wheel\nconst A: f64 = wheel.R\n");
    write("parts/wheel.theus", "const R: f64 = 1.0\n");
    write("broken.theus", "context c { x: f64 = y }\n");
    let mut client = with_folder(&folder);
    // Told, not asked for: until all files are.
    let main = format!("file://{}/main.theus", folder.display());
    let open = json!({ "uri": main, "languageId": "theus", "version": 3,
        "text": "use parts.wheel\nconst A: f64 = wheel.R\n" });
    client.notify("textDocument/didOpen", json!({ "textDocument": open }));
    let (first, ids) = sweep(&mut client, &json!([]));
    let (second, again) = sweep(&mut client, &ids);
    assert_eq!(ids, again);
    // The file on disk is another one: so is what rests on it.
    write("parts/wheel.theus", "const R = true\n");
    write("broken.theus", "context c { x: f64 = 1.0 }\n");
    let changed = json!({ "changes": [{ "uri": format!("file://{}/parts/wheel.theus", folder.display()), "type": 2 }] });
    client.notify("workspace/didChangeWatchedFiles", changed);
    let (third, ids) = sweep(&mut client, &ids);
    fs::remove_file(folder.join("broken.theus")).unwrap();
    let (fourth, _) = sweep(&mut client, &ids);
    assert_eq!(client.published, 0);
    assert_eq!(client.end(), Ended::Well);
    let all = [first, second, third, fourth].map(|reports| lines(&reports));
    let place = folder.display().to_string();
    insta::assert_snapshot!(all.join("== asked again\n").replace(&place, "<folder>"));
}

#[test]
fn who_asks_of_all_files_can_be_cancelled() {
    let folder = std::env::temp_dir().join("theus-lsp-sweep-many");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for at in 0..40 {
        let text = VALVE.replace("40.0", &format!("{at}.0"));
        fs::write(folder.join(format!("valve{at}.theus")), text).unwrap();
    }
    let mut client = with_folder(&folder);
    let main = client.open("main", VALVE);
    let sweep = client.ask("workspace/diagnostic", json!({ "previousResultIds": [] }));
    // What is asked later is answered before all files are looked at.
    client.of("textDocument/foldingRange", &main).unwrap();
    client.notify("$/cancelRequest", json!({ "id": sweep }));
    assert_eq!(client.answer(sweep).unwrap_err()["code"], -32800);
    assert_eq!(client.end(), Ended::Well);
}
