//! Strings with holes: what may stand in one, and how it may be written.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Piece};

use super::Checker;
use super::mismatch::at;
use super::optable::Class;
use crate::body::{Expr, ExprKind, Form, Side, Written};
use crate::ty::{Size, Ty, TyKind};

/// Widest that a value is made, and most digits after the dot.
const MAX_WIDTH: u32 = 200;
const MAX_PLACES: u32 = 60;
/// Most parts that the text of an array or struct is made of.
const MAX_PARTS: u64 = 64;

impl Checker<'_, '_> {
    /// `"x is {x:.3}"`.
    pub(crate) fn format(&mut self, pieces: &[Piece], span: Span) -> Expr {
        let mut parts = Vec::new();
        let mut fine = true;
        for piece in pieces {
            match piece {
                Piece::Text(text) => parts.push(Expr {
                    kind: ExprKind::Str(text.as_str().into()),
                    ty: Ty::TEXT,
                    span,
                }),
                Piece::Hole(value, how, place) => {
                    let value = self.value(value);
                    match self.hole(value, how, *place) {
                        Some(part) => parts.push(part),
                        None => fine = false,
                    }
                }
            }
        }
        let kind = if fine {
            ExprKind::Concat(parts)
        } else {
            ExprKind::Error
        };
        Expr {
            kind,
            ty: Ty::TEXT,
            span,
        }
    }

    /// What is said where a test or a run ends.
    pub(crate) fn message(&mut self, written: &tree::Expr) -> Expr {
        let why = at(written.span, "what is said is a text");
        self.check(written, Ty::TEXT, why)
    }

    fn hole(&mut self, value: Expr, how: &str, place: Span) -> Option<Expr> {
        if value.ty == Ty::ERROR {
            return None;
        }
        if self
            .parts_of(value.ty)
            .is_none_or(|parts| parts > MAX_PARTS)
        {
            let text = self.show(value.ty);
            let found = Diagnostic::new(Code::BadFormat, value.span, format!("this is `{text}`"))
                .title(format!("`{text}` cannot be written in a text"))
                .help("numbers, bools, times, texts, enums, handles, and short arrays, structs and optionals of them can");
            self.report(found);
            return None;
        }
        let Some(written) = written(how) else {
            let found =
                Diagnostic::new(Code::BadFormat, place, format!("`{how}` says nothing"))
                    .title("this does not say how to write a value")
                    .help(
                        "write `{x:.3}`, `{x:>8}`, `{x:+}`, `{n:08}`, `{n:x}` or `{x:e}`",
                    );
            self.report(found);
            return None;
        };
        if let Some(problem) = self.misfit(value.ty, &written) {
            let text = self.show(value.ty);
            let found = Diagnostic::new(Code::BadFormat, place, problem)
                .title(format!("`{text}` is not written as `{how}`"))
                .label(value.span, format!("this is `{text}`"))
                .help("digits after the dot and `e` are for floats, `x b o` for integers, signs and zeros for numbers");
            self.report(found);
            return None;
        }
        if self.cx.is_text(value.ty) && written == Written::default() {
            return Some(self.view(value));
        }
        Some(Expr {
            span: value.span,
            kind: ExprKind::Show(Box::new(value), written),
            ty: Ty::TEXT,
        })
    }

    /// Of how many parts the text of a value is made; `None` if it has none.
    fn parts_of(&mut self, ty: Ty) -> Option<u64> {
        match self.kind(ty).clone() {
            TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Str(_)
            | TyKind::Text => Some(1),
            TyKind::Enum(..) => {
                let types = self.cx.out.all_payload_types(ty);
                types
                    .into_iter()
                    .try_fold(1_u64, |all, part| all.checked_add(self.parts_of(part)?))
            }
            TyKind::Option(inner) => self.parts_of(inner).map(|parts| parts + 1),
            TyKind::Array(elem, dims) => {
                let count = dims.iter().try_fold(1_u64, |all, dim| match dim {
                    Size::Const(size) => all.checked_mul(*size),
                    _ => None,
                });
                count?.checked_mul(self.parts_of(elem)?)
            }
            TyKind::Struct(..) => {
                let members = self.cx.out.member_types(ty);
                members
                    .into_iter()
                    .try_fold(1_u64, |all, part| all.checked_add(self.parts_of(part)?))
            }
            TyKind::Tuple(parts) => parts
                .into_iter()
                .try_fold(1_u64, |all, part| all.checked_add(self.parts_of(part)?)),
            _ => None,
        }
    }

    /// What is said that a type does not take.
    fn misfit(&self, ty: Ty, written: &Written) -> Option<&'static str> {
        let class = self.class(self.cx.scalar_of(self.bare(ty)));
        let of_float = written.places.is_some() || written.form == Form::Power;
        if of_float && class != Class::Float {
            return Some("only floats have digits after the dot");
        }
        let of_int = !matches!(written.form, Form::Plain | Form::Power);
        if of_int && class != Class::Integer {
            return Some("only integers have a base");
        }
        if (written.plus || written.zeros) && !class.arithmetic() {
            return Some("only numbers have signs and leading zeros");
        }
        None
    }
}

/// `[[fill]side][+][0][width][.places][form]`.
fn written(how: &str) -> Option<Written> {
    let mut found = Written::default();
    let mut rest = how;
    let mut letters = rest.chars();
    if let (Some(first), Some(second)) = (letters.next(), letters.next())
        && let Some(side) = side(second)
    {
        found.fill = Some(first.to_string().into());
        found.side = Some(side);
        rest = letters.as_str();
    } else if let Some(side) = rest.chars().next().and_then(side) {
        found.side = Some(side);
        rest = rest.get(1..)?;
    }
    if let Some(after) = rest.strip_prefix('+') {
        found.plus = true;
        rest = after;
    }
    if let Some(after) = rest.strip_prefix('0') {
        found.zeros = true;
        rest = after;
    }
    (found.width, rest) = number(rest).unwrap_or((0, rest));
    if let Some(after) = rest.strip_prefix('.') {
        let (places, after) = number(after)?;
        found.places = Some(places);
        rest = after;
    }
    found.form = match rest {
        "" => Form::Plain,
        "x" => Form::Hex,
        "X" => Form::Capital,
        "b" => Form::Binary,
        "o" => Form::Octal,
        "e" => Form::Power,
        _ => return None,
    };
    let small = found.width <= MAX_WIDTH && found.places.is_none_or(|n| n <= MAX_PLACES);
    let both = found.places.is_some() && found.form == Form::Power;
    (small && !both).then_some(found)
}

const fn side(letter: char) -> Option<Side> {
    match letter {
        '<' => Some(Side::Left),
        '>' => Some(Side::Right),
        '^' => Some(Side::Middle),
        _ => None,
    }
}

/// The number at the start of a text, and what follows.
fn number(text: &str) -> Option<(u32, &str)> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end)?;
    Some((digits.parse().ok()?, rest))
}
