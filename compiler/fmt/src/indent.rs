//! Lines and their indentation. A line goes four blanks in for each bracket that was opened on a
//! line before it, and four more if it goes on with what the line before has begun.

use theus_grammar::{Begins, TokenKind};

use crate::table::Column;
use crate::{Line, Piece, spacing};

/// Blanks of one level.
const STEP: usize = 4;

/// An open bracket.
#[derive(Clone, Copy)]
struct Scope {
    /// Indentation of the line that its closing bracket begins.
    outer: usize,
    /// Indentation of what it holds.
    inner: usize,
    /// Indentation of the line on which the last part began: a block of that part goes by it.
    part: usize,
    is_brace: bool,
    /// No brace, and what it holds begins on its line: lines in it go in already.
    hangs: bool,
}

/// The lines of the pieces, broken where they say.
pub(crate) fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut writer = Writer {
        lines: Vec::new(),
        scopes: vec![Scope {
            outer: 0,
            inner: 0,
            part: 0,
            is_brace: true,
            hangs: false,
        }],
    };
    for (at, piece) in pieces.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| pieces.get(at));
        match before {
            Some(before) if piece.breaks == 0 => writer.go_on(before, piece),
            _ => {
                let next = pieces.get(at..).unwrap_or_default();
                let next = next.iter().find(|next| !next.is_comment());
                let said = pieces.get(..at).unwrap_or_default();
                let said = said.iter().rfind(|said| !said.is_comment());
                writer.begin(said, piece, next);
            }
        }
        let hangs = pieces.get(at + 1).is_some_and(|next| next.breaks == 0);
        writer.write(piece, hangs && !piece.is_brace());
    }
    writer.lines
}

struct Writer {
    lines: Vec<Line>,
    scopes: Vec<Scope>,
}

impl Writer {
    /// A new line. `before` and `next` are the tokens around it that are no comments.
    fn begin(
        &mut self,
        before: Option<&Piece<'_>>,
        piece: &Piece<'_>,
        next: Option<&Piece<'_>>,
    ) {
        let indent = self.indent(before, piece, next);
        self.lines.push(Line {
            apart: piece.breaks > 1,
            indent,
            ..Line::default()
        });
    }

    fn indent(
        &self,
        before: Option<&Piece<'_>>,
        piece: &Piece<'_>,
        next: Option<&Piece<'_>>,
    ) -> usize {
        let Some(scope) = self.scopes.last() else {
            return 0;
        };
        if piece.is_close() {
            return scope.outer;
        }
        let kind = before.map(Piece::kind);
        let goes_on = match (before, next) {
            (None, _) | (_, None) => false,
            (Some(before), _) if before.is_open() => false,
            (_, Some(_)) if kind == Some(TokenKind::Arm) => true,
            (_, Some(next)) if next.is_close() => false,
            (_, Some(next)) if scope.is_brace => {
                next.token.begins == Begins::Nothing || next.token.begins == Begins::Level
            }
            _ if scope.hangs => false,
            _ => !matches!(kind, Some(TokenKind::Comma | TokenKind::Semicolon)),
        };
        scope.inner + if goes_on { STEP } else { 0 }
    }

    fn go_on(&mut self, before: &Piece<'_>, piece: &Piece<'_>) {
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        if piece.token.begins == Begins::Level {
            line.column = Some(Column {
                of: Begins::Level,
                at: line.text.len(),
            });
        }
        line.text.push_str(spacing::between(before, piece));
    }

    fn write(&mut self, piece: &Piece<'_>, hangs: bool) {
        let Some(line) = self.lines.last_mut() else {
            return;
        };
        let begins_line = line.text.is_empty();
        line.text.push_str(piece.text);
        let indent = line.indent;
        if begins_line && piece.token.begins == Begins::Clause && piece.text != "each" {
            line.column = Some(Column {
                of: Begins::Clause,
                at: line.text.len(),
            });
        }
        let begins = !matches!(piece.token.begins, Begins::Nothing | Begins::Level);
        if let Some(scope) = self.scopes.last_mut().filter(|_| begins) {
            scope.part = indent;
        }
        if piece.is_close() {
            self.close();
        } else if piece.is_open() {
            self.open(piece, indent, hangs);
        }
    }

    fn open(&mut self, piece: &Piece<'_>, indent: usize, hangs: bool) {
        let part = self.scopes.last().map_or(0, |scope| scope.part);
        let is_block = piece.kind() == TokenKind::Block;
        let outer = if is_block { part } else { indent };
        self.scopes.push(Scope {
            outer,
            inner: outer + STEP,
            part: indent,
            is_brace: piece.is_brace(),
            hangs,
        });
    }

    /// The outermost scope stays.
    fn close(&mut self) {
        if self.scopes.len() > 1 {
            self.scopes.pop();
        }
    }
}
