//! Where lines are broken: where the author broke them, made regular around brackets.

use theus_grammar::{Begins, TokenKind};

use crate::Piece;

/// For each opening bracket the index of the closing one, and the other way round.
pub(crate) fn partners(pieces: &[Piece<'_>]) -> Vec<usize> {
    let mut found = vec![usize::MAX; pieces.len()];
    let mut open = Vec::new();
    for (at, piece) in pieces.iter().enumerate() {
        if piece.is_open() {
            open.push(at);
        } else if piece.is_close()
            && let Some(start) = open.pop()
        {
            set(&mut found, start, at);
            set(&mut found, at, start);
        }
    }
    found
}

fn set(found: &mut [usize], at: usize, value: usize) {
    if let Some(place) = found.get_mut(at) {
        *place = value;
    }
}

/// The author's breaks, made regular.
pub(crate) fn settle(pieces: &mut [Piece<'_>], partners: &[usize]) {
    if let Some(first) = pieces.first_mut() {
        first.breaks = 0;
    }
    for at in 1..pieces.len() {
        let (Some(before), Some(piece)) =
            (pieces.get(at - 1).copied(), pieces.get(at).copied())
        else {
            continue;
        };
        let breaks = match piece.token.begins {
            Begins::Item => piece.breaks.max(1),
            _ if before.is_comment() => piece.breaks.max(1),
            // Words that go on after a closing brace, and braces, stay on their line.
            _ if piece.is_brace() => 0,
            _ if piece.text == "else" && before.kind() == TokenKind::CloseBlock => 0,
            // No empty line after an opening bracket.
            _ if before.is_open() => piece.breaks.min(1),
            _ => piece.breaks,
        };
        put(pieces, at, breaks);
    }
    braces(pieces, partners);
}

/// Braces with a break among what they hold have one after the first and before the last;
/// other brackets have one before the last if they have one after the first.
fn braces(pieces: &mut [Piece<'_>], partners: &[usize]) {
    let broken = broken(pieces);
    for at in 0..pieces.len() {
        let Some(piece) = pieces.get(at).copied().filter(Piece::is_open) else {
            continue;
        };
        let Some(close) = partners.get(at).copied().filter(|close| *close > at + 1)
        else {
            continue;
        };
        let after = pieces.get(at + 1).is_some_and(|next| next.breaks > 0);
        let is_comment = pieces.get(close - 1).is_some_and(Piece::is_comment);
        let first = pieces.get(at + 1).is_some_and(Piece::is_comment);
        if piece.is_brace() {
            let breaks = u8::from(broken.get(at).copied().unwrap_or(false));
            if !first {
                put(pieces, at + 1, breaks);
            }
            put(pieces, close, breaks);
        } else {
            put(pieces, close, u8::from(after || is_comment));
        }
    }
    clauses(pieces, &broken);
    for at in 1..pieces.len() {
        let empty = pieces.get(at - 1).is_some_and(Piece::is_open);
        if empty && pieces.get(at).is_some_and(Piece::is_close) {
            put(pieces, at, 0);
        }
    }
}

/// Clauses in braces that are broken stand on lines of their own.
fn clauses(pieces: &mut [Piece<'_>], broken: &[bool]) {
    let mut open = Vec::new();
    for at in 0..pieces.len() {
        let Some(piece) = pieces.get(at).copied() else {
            continue;
        };
        let own = open
            .last()
            .is_some_and(|open: &usize| broken.get(*open) == Some(&true));
        if own && piece.token.begins == Begins::Clause {
            put(pieces, at, piece.breaks.max(1));
        }
        if piece.is_open() {
            open.push(at);
        } else if piece.is_close() {
            open.pop();
        }
    }
}

/// Of each brace, whether a line ends directly in it: not in brackets in it.
fn broken(pieces: &[Piece<'_>]) -> Vec<bool> {
    let mut found = vec![false; pieces.len()];
    let mut open: Vec<usize> = Vec::new();
    let mut mark = |open: &[usize]| {
        if let Some(place) = open.last().and_then(|at| found.get_mut(*at)) {
            *place = true;
        }
    };
    for (at, piece) in pieces.iter().enumerate() {
        let begins = piece.token.begins != Begins::Nothing;
        let after_open = at
            .checked_sub(1)
            .and_then(|at| pieces.get(at))
            .is_some_and(Piece::is_open);
        if piece.breaks > 0
            && (begins || after_open || piece.is_close() || piece.is_comment())
            || piece.is_comment()
        {
            mark(&open);
        }
        if piece.is_open() {
            open.push(at);
        } else if piece.is_close() {
            open.pop();
        }
    }
    found
}

/// Says how many lines end before a piece.
pub(crate) fn put(pieces: &mut [Piece<'_>], at: usize, breaks: u8) {
    if let Some(piece) = pieces.get_mut(at) {
        piece.breaks = breaks;
    }
}
