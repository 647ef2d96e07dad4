//! What editors know of Theus: the parser of tree-sitter, and the words that are highlighted.
//! The tests hold both to the grammar of the compiler.

pub mod book;
pub mod textmate;
pub mod words;
pub mod zed;

use tree_sitter_language::LanguageFn;

#[expect(unsafe_code, reason = "the parser is C that tree-sitter has made")]
mod parser {
    use super::LanguageFn;

    unsafe extern "C" {
        fn tree_sitter_theus() -> *const ();
    }

    // SAFETY: the function gives the tables of `parser.c`, which live for ever.
    pub(super) const LANGUAGE: LanguageFn =
        unsafe { LanguageFn::from_raw(tree_sitter_theus) };
}

/// The language, for the library of tree-sitter.
pub const LANGUAGE: LanguageFn = parser::LANGUAGE;

/// What highlights it.
pub const HIGHLIGHTS: &str = include_str!("../tree-sitter-theus/queries/highlights.scm");
