//! Every request that the server says it answers, asked on a whole and on a broken file. What is
//! advertised without a row here fails.

use crate::client::{Client, find};
use crate::record::lines;
use crate::sessions::{BROKEN, CART};
use serde_json::{Value, json};

/// What the server says it can do, and what editors then ask.
const REQUESTS: &[(&str, &[&str])] = &[
    (
        "callHierarchyProvider",
        &[
            "textDocument/prepareCallHierarchy",
            "callHierarchy/incomingCalls",
            "callHierarchy/outgoingCalls",
        ],
    ),
    ("codeActionProvider", &["textDocument/codeAction"]),
    ("codeLensProvider", &["textDocument/codeLens"]),
    ("completionProvider", &["textDocument/completion"]),
    ("definitionProvider", &["textDocument/definition"]),
    (
        "diagnosticProvider",
        &["textDocument/diagnostic", "workspace/diagnostic"],
    ),
    ("documentFormattingProvider", &["textDocument/formatting"]),
    (
        "documentHighlightProvider",
        &["textDocument/documentHighlight"],
    ),
    (
        "documentOnTypeFormattingProvider",
        &["textDocument/onTypeFormatting"],
    ),
    (
        "documentRangeFormattingProvider",
        &["textDocument/rangeFormatting"],
    ),
    ("documentSymbolProvider", &["textDocument/documentSymbol"]),
    ("foldingRangeProvider", &["textDocument/foldingRange"]),
    ("hoverProvider", &["textDocument/hover"]),
    ("inlayHintProvider", &["textDocument/inlayHint"]),
    ("referencesProvider", &["textDocument/references"]),
    (
        "renameProvider",
        &["textDocument/prepareRename", "textDocument/rename"],
    ),
    ("selectionRangeProvider", &["textDocument/selectionRange"]),
    (
        "semanticTokensProvider",
        &[
            "textDocument/semanticTokens/full",
            "textDocument/semanticTokens/range",
        ],
    ),
    ("signatureHelpProvider", &["textDocument/signatureHelp"]),
    ("workspaceSymbolProvider", &["workspace/symbol"]),
];

/// What is said of the protocol, and answers nothing.
const NO_REQUESTS: &[&str] = &["positionEncoding", "textDocumentSync"];

/// The places of a session.
struct Places {
    text: &'static str,
    /// A name of a field, and which of the places that have it.
    name: (&'static str, usize),
    /// Where something has no type in the text.
    untyped: &'static str,
    /// Where a call is being written.
    call: &'static str,
    /// Something that is called.
    called: &'static str,
}

fn params(method: &str, uri: &str, places: &Places, called: &Value) -> Value {
    let at = |part: &str, nth: usize| {
        let (line, character) = find(places.text, part, nth);
        json!({ "line": line, "character": character })
    };
    let (name, nth) = places.name;
    let (of, place) = (json!({ "uri": uri }), at(name, nth));
    let end = json!({ "line": place["line"].as_u64().unwrap() + 1, "character": 0 });
    let range = json!({ "start": place, "end": end });
    let options = json!({ "tabSize": 4, "insertSpaces": true });
    if method == "workspace/diagnostic" {
        return json!({ "previousResultIds": [] });
    }
    match method.rsplit('/').next().unwrap() {
        "incomingCalls" | "outgoingCalls" => json!({ "item": called }),
        "symbol" => json!({ "query": "s" }),
        "prepareCallHierarchy" => {
            json!({ "textDocument": of, "position": at(places.called, 0) })
        }
        "signatureHelp" => json!({ "textDocument": of, "position": at(places.call, 0) }),
        "codeAction" => {
            json!({ "textDocument": of, "range": range, "context": { "diagnostics": [] } })
        }
        "range" => json!({ "textDocument": of, "range": range }),
        "inlayHint" => {
            let (start, (line, _)) =
                (at(places.untyped, 0), find(places.text, places.untyped, 0));
            let end = json!({ "line": line + 1, "character": 0 });
            json!({ "textDocument": of, "range": { "start": start, "end": end } })
        }
        "rangeFormatting" => {
            json!({ "textDocument": of, "range": range, "options": options })
        }
        "onTypeFormatting" => {
            json!({ "textDocument": of, "position": place, "ch": "}", "options": options })
        }
        "references" => {
            let context = json!({ "includeDeclaration": true });
            json!({ "textDocument": of, "position": place, "context": context })
        }
        "rename" => json!({ "textDocument": of, "position": place, "newName": "other" }),
        "selectionRange" => json!({ "textDocument": of, "positions": [place] }),
        "completion" | "definition" | "documentHighlight" | "hover" | "prepareRename" => {
            json!({ "textDocument": of, "position": place })
        }
        "codeLens" | "diagnostic" | "documentSymbol" | "foldingRange" | "formatting"
        | "full" => json!({ "textDocument": of }),
        _ => panic!("{method} is asked nowhere"),
    }
}

fn session(places: &Places) -> String {
    let mut client = Client::with(json!({
        "textDocument": { "diagnostic": {}, "hover": { "contentFormat": ["markdown"] } },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    }));
    let uri = client.open("main", places.text);
    let advertised = client.capabilities["capabilities"]
        .as_object()
        .unwrap()
        .clone();
    let mut out = String::new();
    for (capability, methods) in REQUESTS {
        assert!(advertised.contains_key(*capability), "{capability} is gone");
        let mut called = Value::Null;
        for method in *methods {
            let params = params(method, &uri, places, &called);
            let answer = client.request(method, params);
            if *method == "textDocument/prepareCallHierarchy" {
                called = answer
                    .as_ref()
                    .map_or(Value::Null, |found| found[0].clone());
            }
            let (sign, value) = match answer {
                Ok(value) => ("", value),
                Err(value) => (" refused", value),
            };
            out += &format!("== {method}{sign}\n{}", lines(&value));
        }
    }
    for name in advertised.keys() {
        let known = REQUESTS.iter().any(|(capability, _)| capability == name);
        assert!(
            known || NO_REQUESTS.contains(&name.as_str()),
            "nothing asks of {name}"
        );
    }
    let library = client.library.display().to_string();
    assert_eq!(client.end(), theus_lsp::Ended::Well);
    out.replace(&library, "<library>")
}

#[test]
fn on_a_whole_file() {
    insta::assert_snapshot!(session(&Places {
        text: CART,
        name: ("target, cart", 0),
        untyped: "gap = cart",
        call: "cart.law, gap)",
        called: "steer {",
    }));
}

#[test]
fn on_a_broken_file() {
    insta::assert_snapshot!(session(&Places {
        text: BROKEN,
        name: ("x\n    outputs", 0),
        untyped: "y = plant",
        call: "v / 2.0",
        called: "a {",
    }));
}
