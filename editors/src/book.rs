//! The language for highlight.js, which colours the programs of the book: its patterns are those
//! of the TextMate grammar.

use serde_json::{Value, json};

use crate::textmate;

/// What the TextMate grammar calls a thing, and the class of highlight.js.
const CLASSES: &[(&str, &str)] = &[
    ("constant.language", "literal"),
    ("entity.name.type", "type"),
    ("keyword", "keyword"),
    ("storage.modifier", "keyword"),
    ("support.type", "type"),
    ("variable.language", "built_in"),
];

/// The script: mdBook loads it after highlight.js, which does not know the language.
pub fn script() -> String {
    let mut modes = vec![
        mode("comment", "//.*$"),
        json!({ "className": "string", "begin": "\"", "end": "\"|$",
            "contains": [{ "begin": "\\\\." }] }),
        mode(
            "number",
            "\\b\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?[a-zA-Z]*\\b",
        ),
        textmate::declaration(),
    ];
    for list in [textmate::words(), textmate::types()] {
        modes.extend(list.as_array().into_iter().flatten().cloned());
    }
    let modes: Vec<Value> = modes.into_iter().filter_map(translated).collect();
    let language = json!({ "name": "Theus", "contains": modes });
    let language = serde_json::to_string_pretty(&language).unwrap_or_default();
    format!(
        "// Made of the TextMate grammar: see `editors/src/book.rs`.\n\
         hljs.registerLanguage(\"theus\", () => ({language}));\n\
         for (const block of document.querySelectorAll(\"code.language-theus\")) {{\n    \
             hljs.highlightBlock(block);\n\
         }}\n"
    )
}

fn mode(class: &str, pattern: &str) -> Value {
    json!({ "className": class, "begin": pattern })
}

/// A pattern of TextMate as one of highlight.js; none if nothing shows it.
fn translated(pattern: Value) -> Option<Value> {
    let text = |key: &str| pattern.get(key).and_then(Value::as_str);
    let (Some(scope), Some(text)) = (text("name"), text("match")) else {
        return pattern.get("className").is_some().then_some(pattern);
    };
    let row = CLASSES.iter().find(|(start, _)| scope.starts_with(start));
    row.map(|(_, class)| mode(class, text))
}
