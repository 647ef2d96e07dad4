//! Text to tree. This crate knows characters, not meaning: it gives a syntax tree and a list
//! of syntax errors for any text whatever, and prints trees.

// Named by what pest derives without `std`.
extern crate alloc;

pub mod ast;
pub mod error;
pub mod parse;
pub mod print;
pub mod source;
pub mod span;
pub mod tokens;

mod anew;
mod halves;
mod read;
mod recover;
mod rules;
mod scan;

pub use anew::Known;
pub use error::{SyntaxError, SyntaxErrorKind};
pub use parse::{MAX_BYTES, Parsed, Undecodable, decode, items, parse};
pub use source::{FileId, Source};
pub use span::Span;
pub use tokens::{Begins, Token, TokenKind, tokens};
