//! The query that highlights in Zed: that of tree-sitter, with the names that Zed's themes know.

use crate::HIGHLIGHTS;

/// What tree-sitter and Neovim call a thing, and what Zed calls it.
pub const NAMES: &[(&str, &str)] = &[
    ("boolean", "boolean"),
    ("comment", "comment"),
    ("comment.documentation", "comment.doc"),
    ("constant", "constant"),
    ("constant.builtin", "constant"),
    ("constructor", "constructor"),
    ("function", "function"),
    ("function.builtin", "function.special"),
    ("function.call", "function"),
    ("function.method.call", "function.method"),
    ("keyword", "keyword"),
    ("keyword.conditional", "keyword"),
    ("keyword.function", "keyword"),
    ("keyword.modifier", "keyword"),
    ("keyword.operator", "keyword"),
    ("keyword.repeat", "keyword"),
    ("keyword.return", "keyword"),
    ("label", "label"),
    ("module", "namespace"),
    ("number", "number"),
    ("operator", "operator"),
    ("property", "property"),
    ("punctuation.bracket", "punctuation.bracket"),
    ("punctuation.delimiter", "punctuation.delimiter"),
    ("string", "string"),
    ("string.escape", "string.escape"),
    ("string.special", "string.special"),
    ("type", "type"),
    ("type.builtin", "type"),
    ("variable", "variable"),
    ("variable.builtin", "variable.special"),
    ("variable.parameter", "variable"),
];

/// The query. A name without a row stays as it is.
pub fn highlights() -> String {
    let mut out =
        String::from("; Made of the query of tree-sitter: see `editors/src/zed.rs`.\n");
    let mut rest = HIGHLIGHTS;
    while let Some((before, after)) = rest.split_once('@') {
        let is_of_name =
            |letter: char| letter.is_ascii_lowercase() || matches!(letter, '.' | '_');
        let end = after
            .find(|letter| !is_of_name(letter))
            .unwrap_or(after.len());
        let (name, next) = after.split_at(end);
        let row = NAMES.iter().find(|(ours, _)| *ours == name);
        out.push_str(before);
        out.push('@');
        out.push_str(row.map_or(name, |(_, theirs)| theirs));
        rest = next;
    }
    out.push_str(rest);
    out
}
