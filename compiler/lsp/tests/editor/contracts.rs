//! Contracts that processes share: their parameters are names like others.

use crate::client::{Client, find};
use crate::record::Record;
use serde_json::json;
use theus_lsp::Ended;

const SHARED: &str = "\
context tank {
    level: f64 = 0.0
    open: f64 = 0.0
}

/// A value that stays below a bound.
contract Bounded(f, hi) {
    requires hi > 0.0
    ensures  f <= hi and f >= -hi
}

process fill is Bounded(tank.level, 5.0) {
    outputs tank.level
    tank.level = min(tank.level + 1.0, 5.0)
}

process steer is Bounded(tank.open, 1.0) {
    outputs tank.open
    tank.open = 0.5
}

pipeline main every 1s {
    fill -> steer
}
";

#[test]
fn parameters_of_contracts() {
    let mut record = Record::new(SHARED);
    record.diagnostics();
    record.at("definition", "hi and f", 0, 0);
    record.at("hover", "hi and f", 0, 0);
    record.at("documentHighlight", "hi > 0.0", 0, 0);
    let all = json!({ "context": { "includeDeclaration": true } });
    let _ = record.at_with("references", "f, hi", 0, 0, all);
    record.at("prepareRename", "hi > 0.0", 0, 0);
    let _ = record.at_with("rename", "hi > 0.0", 0, 0, json!({ "newName": "most" }));
    // A name that is taken there.
    let _ = record.at_with("rename", "hi > 0.0", 0, 0, json!({ "newName": "f" }));
    insta::assert_snapshot!(record.end());
}

#[test]
fn what_nobody_takes_is_not_renamed() {
    let mut client = Client::new();
    let uri = client.open("main", "contract Bounded(f, hi) { ensures f <= hi }\n");
    let refused = client
        .at("textDocument/prepareRename", &uri, 0, 17)
        .unwrap_err();
    assert_eq!(
        refused["message"],
        "no process takes this contract: what its clauses name is not known"
    );
    assert_eq!(client.end(), Ended::Well);
}

#[test]
fn words_say_what_they_mean_where_they_stand() {
    let text = "\
// inputs
context c { global k: f64 = 1.0  x: f64 }
process p {
    inputs  c.k
    outputs c.x
    match c.k > 0.0 { true => { c.x = 1.0 }, false => {} }
}
pipeline main every 1s { when c.x > 0.0 { p } }
";
    let mut client = Client::new();
    let main = client.open("main", text);
    let words = [
        "context",
        "global",
        "f64",
        "process",
        "inputs  c",
        "match",
        "true",
        "pipeline",
        "when",
        "inputs\n",
        "> 0",
    ];
    let said: Vec<String> = words
        .iter()
        .map(|word| {
            let (line, character) = find(text, word, 0);
            let answer = client.at("textDocument/hover", &main, line, character + 1);
            match answer.unwrap()["contents"]["value"].as_str() {
                Some(said) => said.trim().to_owned(),
                None => format!("nothing of {word:?}"),
            }
        })
        .collect();
    insta::assert_snapshot!(said.join("\n"));
    assert_eq!(client.end(), Ended::Well);
}
