//! What stands between two tokens of one line.

use theus_grammar::{Begins, TokenKind as Kind};

use crate::Piece;

/// The blanks between two tokens of one line.
pub(crate) fn between(before: &Piece<'_>, next: &Piece<'_>) -> &'static str {
    if next.is_comment() {
        return "  ";
    }
    if is_tight(before.kind(), next.kind()) {
        return "";
    }
    let follows = matches!(before.kind(), Kind::Comma | Kind::Arm)
        || before.is_open()
        || before.text == "->"
        || before.text == "else";
    match next.token.begins {
        Begins::Item | Begins::Clause | Begins::Part if !follows => "  ",
        _ => " ",
    }
}

fn is_tight(before: Kind, next: Kind) -> bool {
    let after = matches!(
        before,
        Kind::Open
            | Kind::Group
            | Kind::OpenAngle
            | Kind::OpenBar
            | Kind::Dot
            | Kind::Prefix
            | Kind::Range
    );
    let ahead = matches!(
        next,
        Kind::Comma
            | Kind::Semicolon
            | Kind::Colon
            | Kind::Dot
            | Kind::Range
            | Kind::Close
            | Kind::CloseAngle
            | Kind::OpenAngle
            | Kind::CloseBar
            | Kind::Optional
            | Kind::Open
    );
    let is_empty =
        matches!(before, Kind::Block | Kind::Branch) && next == Kind::CloseBlock;
    after || ahead || is_empty
}
