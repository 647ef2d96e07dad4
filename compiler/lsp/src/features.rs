//! What the server can do: one row for each question, one file for each feature.

mod actions;
mod calls;
mod complete;
mod definition;
pub(crate) mod diagnostics;
mod folding;
mod format;
mod hints;
mod hover;
mod lenses;
mod references;
mod rename;
mod selection;
mod signature;
mod symbols;
mod tokens;

use serde_json::{Value, json};

use crate::lines::Encoding;
use crate::wire::{Answer, ErrorCode, Failure};
use crate::world::World;

/// A question that editors ask.
struct Feature {
    method: &'static str,
    answer: fn(&mut World, Value) -> Answer,
    /// Whether editors ask again when the text has changed.
    may_wait: bool,
    /// Whether it is answered before the newest text is analysed.
    is_urgent: bool,
}

const fn now(method: &'static str, answer: fn(&mut World, Value) -> Answer) -> Feature {
    Feature {
        method,
        answer,
        may_wait: false,
        is_urgent: false,
    }
}

const fn later(method: &'static str, answer: fn(&mut World, Value) -> Answer) -> Feature {
    Feature {
        method,
        answer,
        may_wait: true,
        is_urgent: false,
    }
}

const fn urgent(
    method: &'static str,
    answer: fn(&mut World, Value) -> Answer,
) -> Feature {
    Feature {
        method,
        answer,
        may_wait: false,
        is_urgent: true,
    }
}

const FEATURES: &[Feature] = &[
    urgent("textDocument/completion", complete::answer),
    urgent("textDocument/signatureHelp", signature::answer),
    later("textDocument/semanticTokens/full", tokens::answer),
    later("textDocument/semanticTokens/range", tokens::answer),
    now("textDocument/formatting", format::whole),
    now("textDocument/rangeFormatting", format::range),
    later("textDocument/documentSymbol", symbols::document),
    later("textDocument/foldingRange", folding::answer),
    now("textDocument/onTypeFormatting", format::typed),
    now("textDocument/selectionRange", selection::answer),
    now("textDocument/definition", definition::answer),
    now("textDocument/references", references::answer),
    later("textDocument/documentHighlight", references::highlight),
    now("theus/writers", references::writers),
    now("textDocument/hover", hover::answer),
    now("textDocument/prepareRename", rename::prepare),
    now("textDocument/rename", rename::answer),
    now("workspace/symbol", symbols::workspace),
    now("textDocument/prepareCallHierarchy", calls::prepare),
    now("callHierarchy/incomingCalls", calls::incoming),
    now("callHierarchy/outgoingCalls", calls::outgoing),
    later("textDocument/inlayHint", hints::answer),
    later("textDocument/codeLens", lenses::answer),
    later("textDocument/codeAction", actions::answer),
    now("textDocument/diagnostic", diagnostics::answer),
];

/// Whether there is an answer to a question.
pub(crate) fn knows(method: &str) -> bool {
    FEATURES.iter().any(|feature| feature.method == method)
}

/// Whether the answer is of no use any more when the text has changed.
pub(crate) fn may_wait(method: &str) -> bool {
    let found = FEATURES.iter().find(|feature| feature.method == method);
    found.is_some_and(|feature| feature.may_wait)
}

/// Whether nobody wants to wait for the analysis of the newest text.
pub(crate) fn is_urgent(method: &str) -> bool {
    let found = FEATURES.iter().find(|feature| feature.method == method);
    found.is_some_and(|feature| feature.is_urgent)
}

/// The answer to a question.
pub(crate) fn answer(world: &mut World, method: &str, params: Value) -> Answer {
    match FEATURES.iter().find(|feature| feature.method == method) {
        // What is wrong with it is said; nothing else is known of such a text.
        Some(_)
            if method != "textDocument/diagnostic" && is_too_large(world, &params) =>
        {
            Ok(Value::Null)
        }
        Some(feature) => (feature.answer)(world, params),
        None => Err(Failure::new(ErrorCode::MethodNotFound, method)),
    }
}

/// Whether a question is about a text that is longer than any that is read.
fn is_too_large(world: &World, params: &Value) -> bool {
    let uri = params.pointer("/textDocument/uri").and_then(Value::as_str);
    let document = uri.and_then(|uri| world.documents.get(uri));
    document
        .is_some_and(|document| document.lines.text().len() > theus_grammar::MAX_BYTES)
}

/// What editors are told that the server can do.
pub(crate) fn capabilities(encoding: Encoding, pulls: bool) -> Value {
    let mut all = json!({
        "positionEncoding": encoding.name(),
        "textDocumentSync": { "openClose": true, "change": 2 },
        "completionProvider": { "triggerCharacters": ["."] },
        "signatureHelpProvider": { "triggerCharacters": ["(", ","] },
        "semanticTokensProvider": {
            "legend": { "tokenTypes": tokens::TYPES, "tokenModifiers": tokens::MODIFIERS },
            "full": true,
            "range": true,
        },
        "documentFormattingProvider": true,
        "documentRangeFormattingProvider": true,
        "documentOnTypeFormattingProvider": { "firstTriggerCharacter": "}" },
        "documentSymbolProvider": true,
        "foldingRangeProvider": true,
        "selectionRangeProvider": true,
        "definitionProvider": true,
        "referencesProvider": true,
        "documentHighlightProvider": true,
        "hoverProvider": true,
        "renameProvider": { "prepareProvider": true },
        "workspaceSymbolProvider": true,
        "callHierarchyProvider": true,
        "inlayHintProvider": true,
        "codeLensProvider": {},
        "codeActionProvider": {
            "codeActionKinds": ["quickfix", "refactor.rewrite", "source.fixAll.theus"],
        },
    });
    // Who asks is not told as well: editors show both.
    if pulls {
        all["diagnosticProvider"] = json!({
            "identifier": "theus",
            "interFileDependencies": true,
            "workspaceDiagnostics": true,
        });
    }
    all
}
