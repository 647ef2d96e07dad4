//! The values that a session keeps: what cells have declared with `let` and `var`.

use std::time::Duration;

/// A value that stays from cell to cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its name.
    pub name: String,
    /// The field that holds it: another one for each type that it has had.
    pub(crate) field: String,
    /// Its type, as in source.
    pub ty: String,
    /// Declared with `var`.
    pub mutable: bool,
    /// Declared with `keep`: no clean-up takes it.
    pub preserved: bool,
    /// When a cell named it last.
    pub used: Duration,
}

/// The context that they are the fields of.
pub const CONTEXT: &str = "kept_";

/// The name of the value that a cell ends with.
pub(crate) const IT: &str = "it";

/// The type of a text of open length, as far as it can be kept.
pub(crate) const TEXT: &str = "str<1024>";

/// The context of those that there were and those that there are, as source.
pub(crate) fn context(before: &[Kept], after: &[Kept]) -> String {
    let is_old = |one: &&Kept| before.iter().any(|old| old.field == one.field);
    let new = after.iter().filter(|one| !is_old(one));
    let fields = before.iter().chain(new);
    let fields = fields.map(|one| format!("    {}: {}\n", one.field, one.ty));
    let fields: String = fields.collect();
    if fields.is_empty() {
        return fields;
    }
    format!("context {CONTEXT} {{\n{fields}}}\n")
}

/// What stores the values of those names.
pub(crate) fn epilogue(kept: &[Kept], names: &[String]) -> String {
    let stored = kept.iter().filter(|one| names.contains(&one.name));
    let stores =
        stored.map(|one| format!("set {CONTEXT}.{} = {}\n", one.field, one.name));
    stores.collect()
}

/// The values that a text names, made known to its statements.
pub(crate) fn prologue(kept: &[Kept], text: &str) -> String {
    let named = kept.iter().filter(|one| names(text, &one.name));
    named.map(load).collect()
}

fn load(one: &Kept) -> String {
    let word = if one.mutable { "var" } else { "let" };
    format!("{word} {} = {CONTEXT}.{}\n", one.name, one.field)
}

/// Whether a text has a name as a word.
pub(crate) fn names(text: &str, name: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + name.len()..);
        let after = after.and_then(|text| text.chars().next());
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
