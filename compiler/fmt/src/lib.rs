//! The one layout of a text of Theus. Blanks, indentation and empty lines follow from the tokens;
//! where a line is broken the author says, except around braces and where lines get too long.
//! Tokens and comments are printed as they stand, in order, so meaning cannot change.

mod chunk;
mod indent;
mod long;
mod spacing;
mod table;
mod wrap;

pub use chunk::{Change, changes, within};

use theus_grammar::{
    Source, SyntaxError, SyntaxErrorKind, Token, TokenKind, parse, tokens,
};

/// Columns of a line, if it can be broken at all.
pub const WIDTH: usize = 100;

/// The text in its one layout, or what is wrong with its syntax.
pub fn format(source: &Source) -> Result<String, Vec<SyntaxError>> {
    let mut errors = parse(source).errors;
    errors.retain(|error| error.kind != SyntaxErrorKind::StrayDoc);
    if errors.is_empty() {
        Ok(layout(source))
    } else {
        Err(errors)
    }
}

/// A token with its text and how it stood in the source.
#[derive(Clone, Copy, Debug)]
struct Piece<'s> {
    token: Token,
    text: &'s str,
    /// Line ends before it: at most 2, which is an empty line.
    breaks: u8,
}

impl Piece<'_> {
    fn kind(&self) -> TokenKind {
        self.token.kind
    }

    fn is_comment(&self) -> bool {
        self.kind() == TokenKind::Comment
    }

    fn is_open(&self) -> bool {
        matches!(
            self.kind(),
            TokenKind::Open | TokenKind::Group | TokenKind::Block | TokenKind::Branch
        )
    }

    fn is_brace(&self) -> bool {
        matches!(self.kind(), TokenKind::Block | TokenKind::Branch)
    }

    fn is_close(&self) -> bool {
        matches!(self.kind(), TokenKind::Close | TokenKind::CloseBlock)
    }
}

/// A line of the result, before columns are aligned.
#[derive(Clone, Debug, Default)]
struct Line {
    /// Whether an empty line stands before it.
    apart: bool,
    /// Blanks before its text.
    indent: usize,
    /// Its text.
    text: String,
    /// Where its text has a column that is aligned with that of its neighbours.
    column: Option<table::Column>,
}

fn layout(source: &Source) -> String {
    let mut pieces = pieces(source);
    let partners = wrap::partners(&pieces);
    wrap::settle(&mut pieces, &partners);
    long::break_all(&mut pieces, &partners);
    let mut lines = indent::lines(&pieces);
    table::align(&mut lines);
    let mut out = String::with_capacity(source.text.len());
    for line in lines {
        if line.apart {
            out.push('\n');
        }
        out.extend(std::iter::repeat_n(' ', line.indent));
        out.push_str(&line.text);
        out.push('\n');
    }
    out
}

fn pieces(source: &Source) -> Vec<Piece<'_>> {
    let mut last = 0;
    let found = tokens(source).into_iter().map(|token| {
        let gap = source.text.get(last..token.start).unwrap_or("");
        let ends = gap.bytes().filter(|byte| *byte == b'\n').count();
        last = token.end;
        Piece {
            token,
            text: source.text.get(token.start..token.end).unwrap_or(""),
            breaks: u8::try_from(ends).unwrap_or(u8::MAX).min(2),
        }
    });
    found.collect()
}
