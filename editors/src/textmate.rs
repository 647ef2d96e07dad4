//! The TextMate grammar: for editors that know no other. Its words are those of the compiler.

use serde_json::{Value, json};

use crate::words;

/// Words that begin items.
const ITEMS: &[&str] = &[
    "alert",
    "audit",
    "bench",
    "const",
    "context",
    "contract",
    "enum",
    "fn",
    "intrinsic",
    "pipeline",
    "process",
    "property",
    "struct",
    "test",
    "use",
];
/// Words of contracts.
const CLAUSES: &[&str] = &[
    "budget", "cached", "deadline", "each", "ensures", "errors", "inputs", "outputs",
    "requires",
];
/// Words of zones.
const ZONES: &[&str] = &["global", "heavy", "meta", "signal"];
/// Words that are operators.
const OPERATORS: &[&str] = &["and", "as", "implies", "in", "not", "or"];
/// Words that are values.
const VALUES: &[&str] = &["false", "none", "true"];
/// Types that are no structs.
const TYPES: &str = "bool|[iu](?:8|16|32|64)|f32|f64|duration|instant|str|ring|list|map|queue|pool|handle";

/// The grammar, as a file of JSON.
pub fn grammar() -> String {
    let includes = [
        "comments", "strings", "numbers", "items", "words", "types", "calls", "signs",
    ];
    let includes = includes.map(|name| json!({ "include": format!("#{name}") }));
    let value = json!({
        "name": "Theus",
        "scopeName": "source.theus",
        "fileTypes": ["theus"],
        "patterns": [{ "include": "#code" }],
        "repository": {
            "code": { "patterns": includes },
            "comments": { "patterns": [
                one("comment.line.documentation.theus", "//[/!].*$"),
                one("comment.line.double-slash.theus", "//.*$"),
            ] },
            "strings": { "patterns": [strings()] },
            "numbers": { "patterns": [numbers()] },
            "items": { "patterns": items() },
            "words": { "patterns": words() },
            "types": { "patterns": types() },
            "calls": { "patterns": calls() },
            "signs": { "patterns": [
                one("keyword.operator.theus", "->|=>|\\.\\.=?|\\?\\?|[-+*/%@&|^~<>=!]=?"),
                one("punctuation.separator.theus", "[,;:]"),
            ] },
        },
    });
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}

fn one(name: &str, pattern: &str) -> Value {
    json!({ "name": name, "match": pattern })
}

/// The types of the language, and names that are written like types.
pub(crate) fn types() -> Value {
    json!([
        one(
            "support.type.theus",
            &format!("(?<![.\\w])(?:{TYPES})\\b(?!\\s*[.(:])")
        ),
        one(
            "entity.name.type.theus",
            "\\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\\b"
        ),
    ])
}

/// Texts, with what stands in their braces.
fn strings() -> Value {
    let brace = json!({ "0": { "name": "punctuation.section.embedded.theus" } });
    let inside = ["numbers", "words", "calls", "signs"];
    let inside = inside.map(|name| json!({ "include": format!("#{name}") }));
    json!({
        "name": "string.quoted.double.theus",
        "begin": "\"", "end": "\"|$",
        "patterns": [
            one("constant.character.escape.theus", "\\\\(?:u\\{[0-9A-Fa-f]*\\}|.)|\\{\\{|\\}\\}"),
            {
                "name": "meta.embedded.line.theus",
                "begin": "\\{", "end": "\\}|(?=\")|$",
                "beginCaptures": brace,
                "endCaptures": brace,
                "patterns": inside,
            },
        ],
    })
}

fn numbers() -> Value {
    let digits =
        "0[xb][0-9A-Fa-f_]+|[0-9][0-9_]*(?:\\.[0-9][0-9_]*)?(?:[eE][+-]?[0-9_]+)?";
    json!({
        "match": format!("\\b({digits})([a-zA-Z][a-zA-Z0-9]*)?"),
        "captures": {
            "1": { "name": "constant.numeric.theus" },
            "2": { "name": "keyword.other.unit.theus" },
        },
    })
}

fn items() -> Value {
    let words = ITEMS.join("|");
    json!([
        {
            "match": format!("\\b({words})\\b(?:\\s+(type)\\b)?\\s+([A-Za-z_][A-Za-z0-9_]*)"),
            "captures": {
                "1": { "name": "keyword.declaration.theus" },
                "2": { "name": "keyword.declaration.theus" },
                "3": { "name": "entity.name.type.theus" },
            },
        },
        declaration(),
    ])
}

/// A word that begins an item.
pub(crate) fn declaration() -> Value {
    one("keyword.declaration.theus", &word(ITEMS))
}

/// The words that have classes of their own, then those that are reserved, then those that are
/// keywords in their place only.
pub(crate) fn words() -> Value {
    let own = [ITEMS, CLAUSES, ZONES, OPERATORS, VALUES].concat();
    let reserved = words::reserved();
    let free = reserved.iter().copied().filter(|word| !own.contains(word));
    let free: Vec<&str> = free.collect();
    let places = words::keywords().into_iter();
    let places = places.filter(|word| !own.contains(word) && !reserved.contains(word));
    let places: Vec<&str> = places.collect();
    let (zones, places) = (ZONES.join("|"), places.join("|"));
    let name = "[(.,:\\[)]|[-+*/%&|^<>]?=(?!=)";
    json!([
        one("keyword.other.contract.theus", &word(CLAUSES)),
        one(
            "storage.modifier.zone.theus",
            &format!("(?<![.\\w])(?:{zones})\\b(?=\\s*\\(|\\s+\\w)"),
        ),
        one("keyword.operator.word.theus", &word(OPERATORS)),
        one("constant.language.theus", &word(VALUES)),
        one("keyword.control.theus", &word(&free)),
        one(
            "keyword.control.theus",
            &format!("(?<![.\\w])(?:{places})\\b(?!\\s*(?:{name}))"),
        ),
        one(
            "variable.language.theus",
            "(?<![.\\w])(?:tick|random|host)\\b(?=\\.|\\s*,|\\s*$)",
        ),
    ])
}

fn calls() -> Value {
    json!([
        one("entity.name.function.theus", "\\b[a-z_][A-Za-z0-9_]*(?=\\()"),
        {
            "match": "\\b([a-z_][A-Za-z0-9_]*)\\.([a-z_][A-Za-z0-9_]*)",
            "captures": {
                "1": { "name": "variable.other.object.theus" },
                "2": { "name": "variable.other.property.theus" },
            },
        },
    ])
}

fn word(words: &[&str]) -> String {
    format!("(?<![.\\w])(?:{})\\b(?!\\s*:)", words.join("|"))
}
