//! Types that fit and types that do not, and what to say about it.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::{Checker, Why};
use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::item::{Collection, GenericKind};
use crate::ty::{GenericArg, Size, Ty, TyKind};

impl Cx<'_> {
    /// Whether a value of type `found` may stand where `due` is due, as it is. What has been
    /// reported fits everything.
    pub(crate) fn fits(&self, found: Ty, due: Ty) -> bool {
        if found == due || found == Ty::ERROR || due == Ty::ERROR {
            return true;
        }
        match (self.kind(found), self.kind(due)) {
            (TyKind::Array(a, x), TyKind::Array(b, y)) => {
                x.len() == y.len()
                    && x.iter().zip(y).all(|(x, y)| size_fits(*x, *y))
                    && self.fits(*a, *b)
            }
            (TyKind::Ring(a, x), TyKind::Ring(b, y)) => {
                size_fits(*x, *y) && self.fits(*a, *b)
            }
            (TyKind::Option(a), TyKind::Option(b)) => self.fits(*a, *b),
            (TyKind::Struct(a, x), TyKind::Struct(b, y)) => {
                // What a collection holds may go into one that is told something else.
                let told = match (self.out.structs[*a].collection, x.last(), y.last()) {
                    (Some(Collection::Queue), Some(x), Some(y)) => {
                        self.order_fits(*x, *y)
                    }
                    (of, ..) => of.is_some(),
                };
                let hidden = if told { Collection::HIDDEN } else { 0 };
                let shown = x.len().saturating_sub(hidden);
                let mut args = x.iter().zip(y).take(shown);
                a == b && args.all(|(x, y)| self.arg_fits(*x, *y))
            }
            (TyKind::Enum(a, x), TyKind::Enum(b, y)) => {
                a == b && x.iter().zip(y).all(|(x, y)| self.arg_fits(*x, *y))
            }
            (TyKind::Slice(a), TyKind::Slice(b)) => self.fits(*a, *b),
            (TyKind::Str(x), TyKind::Str(y)) => size_fits(*x, *y),
            (TyKind::Tuple(a), TyKind::Tuple(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| self.fits(*a, *b))
            }
            (TyKind::Fn(a, x), TyKind::Fn(b, y)) => {
                a.len() == b.len()
                    && a.iter().zip(b).all(|(a, b)| self.fits(*a, *b))
                    && self.fits(*x, *y)
            }
            _ => false,
        }
    }

    /// Whether two queues have one order.
    fn order_fits(&self, found: GenericArg, due: GenericArg) -> bool {
        match (found, due) {
            (GenericArg::Size(x), GenericArg::Size(y)) => {
                x == y
                    || matches!((x, y), (Size::Const(_), Size::Const(_)))
                        && self.out.types.order(x) == self.out.types.order(y)
            }
            _ => false,
        }
    }

    fn arg_fits(&self, found: GenericArg, due: GenericArg) -> bool {
        match (found, due) {
            (GenericArg::Ty(found), GenericArg::Ty(due)) => self.fits(found, due),
            (GenericArg::Size(found), GenericArg::Size(due)) => size_fits(found, due),
            _ => false,
        }
    }
}

pub(crate) fn size_fits(found: Size, due: Size) -> bool {
    found == due || found == Size::Error || due == Size::Error
}

impl Checker<'_, '_> {
    /// The expression as a value of type `due`: as it is, or made optional. Else an error.
    pub(crate) fn coerce(&mut self, found: Expr, due: Ty, why: Why) -> Expr {
        if self.cx.fits(found.ty, due) {
            return found;
        }
        if self.cx.converts(found.ty, due) {
            return self.converted(found, due);
        }
        if let TyKind::Option(inner) = *self.kind(due)
            && (self.cx.fits(found.ty, inner) || self.cx.converts(found.ty, inner))
        {
            let found = self.coerce(found, inner, why);
            let span = found.span;
            return Expr {
                kind: ExprKind::Some(Box::new(found)),
                ty: due,
                span,
            };
        }
        self.mismatch(&found, due, why);
        Expr::error(due, found.span)
    }

    /// Reports that an expression has another type than the one that is due.
    pub(crate) fn mismatch(&mut self, found: &Expr, due: Ty, why: Why) {
        let (have, want) = (self.show(found.ty), self.show(due));
        let code = match (self.kind(found.ty), self.kind(due)) {
            (TyKind::Array(a, x), TyKind::Array(b, y))
                if self.cx.fits(*a, *b) && x.len() == y.len() =>
            {
                Code::SizeMismatch
            }
            (TyKind::Unit, _) => Code::NotAValue,
            _ => Code::Mismatch,
        };
        let mut report = Diagnostic::new(code, found.span, format!("this is `{have}`"))
            .title(format!("expected `{want}`, found `{have}`"));
        if let Some((span, text)) = why
            && span != found.span
        {
            report = report.label(span, text);
        }
        report = self.convert(report, found, due);
        self.report(report);
    }

    /// Adds how to come from one type to the other.
    fn convert(&self, report: Diagnostic, found: &Expr, due: Ty) -> Diagnostic {
        let want = self.show(due);
        match (self.kind(found.ty), self.kind(due)) {
            (TyKind::Option(inner), _) if self.cx.fits(*inner, due) => report
                .help("say what to do with `none`: `… ?? default`, or `… else { … }`"),
            (a, b) if self.numeric(a) && self.numeric(b) => {
                if let (ExprKind::Float(value), TyKind::Int(_)) = (&found.kind, b)
                    && value.fract() == 0.0
                    && value.abs() < 1e15
                {
                    return report.help(format!("write `{value:.0}`")).fix(
                        "write a whole number",
                        found.span,
                        format!("{value:.0}"),
                    );
                }
                let help =
                    format!("there is no implicit conversion: write `… as {want}`");
                as_fix(report.help(help), found, &want)
            }
            (TyKind::Int(_), TyKind::Duration) => match found.kind {
                ExprKind::Int(value) => report
                    .help("a duration has a unit: `ns us ms s min h d`")
                    .fix("make it milliseconds", found.span, format!("{value}ms")),
                _ => report.help("`from_nanos(n)` makes a duration of nanoseconds"),
            },
            (TyKind::Float(_), TyKind::Duration) => {
                report.help("`from_seconds(x)` makes a duration of seconds")
            }
            (TyKind::Duration, TyKind::Float(_)) => {
                report.help("`seconds(d)` gives a number of seconds")
            }
            (TyKind::Duration, TyKind::Int(_)) => {
                report.help("`nanos(d)` gives a number of nanoseconds")
            }
            (TyKind::Option(_), TyKind::Bool) if self.pipeline.is_some() => report.help(
                "a signal that carries a value is taken by `on s as v { … }`; ask whether there is one with `x != none`",
            ),
            (TyKind::Option(_), TyKind::Bool) => report.help( "ask for it with `x != none`, or take it out: `if let v = x { … }`",
            ),
            (TyKind::Duration, TyKind::Instant) => report
                .help("an instant is a point of the clock: `tick.now`, `tick.now + d`"),
            (TyKind::Instant, TyKind::Duration) => report
                .help("from one instant to another it is `b - a`; since the clock began it is `t as duration`"),
            (TyKind::Int(_) | TyKind::Float(_), TyKind::Bool) => {
                report.help("numbers are no conditions: compare, as in `x != 0`")
            }
            (TyKind::Bool, TyKind::Int(_) | TyKind::Float(_)) => {
                report.help("choose a number: `if … { 1 } else { 0 }`")
            }
            (TyKind::Array(a, x), TyKind::Array(b, y))
                if x != y && self.cx.fits(*a, *b) =>
            {
                report.help("arrays fit only if all their dimensions are equal")
            }
            (_, TyKind::Array(elem, _)) if self.cx.fits(found.ty, *elem) => report.help(
                format!("an array of one value is written `[x; {}]`", sizes(&want)),
            ),
            (TyKind::Param(_), _) | (_, TyKind::Param(_)) => report
                .help("inside a generic function a type parameter is a type of its own"),
            _ => report.help(format!("a value of type `{want}` is needed here")),
        }
    }

    /// Whether `as` converts from and to that type.
    pub(crate) fn numeric(&self, kind: &TyKind) -> bool {
        match kind {
            TyKind::Int(_) | TyKind::Float(_) => true,
            TyKind::Param(at) => matches!(
                self.bound(*at),
                GenericKind::Number | GenericKind::Integer | GenericKind::Float
            ),
            _ => false,
        }
    }

    /// The bound of a generic parameter of the function that is checked.
    pub(crate) fn bound(&self, at: u32) -> GenericKind {
        self.env
            .generics
            .get(at as usize)
            .map_or(GenericKind::Any, |generic| generic.kind)
    }

    /// `due` without `?`.
    pub(crate) fn bare(&self, due: Ty) -> Ty {
        match self.kind(due) {
            TyKind::Option(inner) => *inner,
            _ => due,
        }
    }
}

/// The sizes in the text of an array type.
fn sizes(array: &str) -> &str {
    array
        .rsplit_once("; ")
        .map_or("n", |(_, sizes)| sizes.trim_end_matches(']'))
}

/// The edit that puts `as` behind an expression.
pub(crate) fn as_fix(report: Diagnostic, found: &Expr, want: &str) -> Diagnostic {
    let title = format!("convert with `as {want}`");
    let simple = matches!(
        found.kind,
        ExprKind::Local(_)
            | ExprKind::Field(_)
            | ExprKind::Const(_)
            | ExprKind::Member(..)
            | ExprKind::Index(..)
            | ExprKind::RingIndex(..)
            | ExprKind::Call(..)
            | ExprKind::Intrinsic(..)
            | ExprKind::SizeParam(_)
            | ExprKind::Tick(_)
    );
    if simple {
        return report.fix(title, found.span.after(), format!(" as {want}"));
    }
    let mut report = report;
    report.fixes.push(theus_diag::Fix {
        title,
        edits: vec![
            (found.span.before(), "(".to_owned()),
            (found.span.after(), format!(") as {want}")),
        ],
    });
    report
}

/// Where a span is worth a second label.
pub(crate) const fn at(span: Span, text: &'static str) -> Why {
    Some((span, text))
}
