//! Places: what can be assigned.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::ids::LocalId;
use crate::ty::TyKind;

impl Checker<'_, '_> {
    /// The left side of an assignment.
    pub(crate) fn place(&mut self, written: &tree::Expr) -> Expr {
        let place = self.value(written);
        if self.assignable(&place, None) {
            return place;
        }
        // A part of an array would be filled by a value or by values: nobody knows.
        match self.kind(place.ty) {
            TyKind::Slice(_) => Self::error(place.span),
            _ => Expr::error(place.ty, place.span),
        }
    }

    /// Whether an expression is a place that may change; reports it if not. `inout` is the
    /// parameter that wants a place, if it is no assignment.
    pub(crate) fn assignable(&mut self, place: &Expr, inout: Option<Span>) -> bool {
        if self.is_iterated(place) {
            return false;
        }
        let mut root = place;
        let problem = loop {
            match &root.kind {
                ExprKind::Index(base, _)
                    if matches!(self.kind(base.ty), TyKind::Slice(_)) =>
                {
                    break (
                        "a slice is a view: what it shows is not changed through it",
                        "change the array or list itself, or make a new slice",
                    );
                }
                ExprKind::Member(base, _)
                | ExprKind::Index(base, _)
                | ExprKind::PoolAt(base, _)
                | ExprKind::Elem(base) => root = base,
                ExprKind::Field(_) | ExprKind::Owned(..) if !self.frame.closure => {
                    return true;
                }
                ExprKind::Error => return false,
                ExprKind::Local(local) => {
                    let local = *local;
                    return self.assignable_local(local, place, inout);
                }
                ExprKind::Field(_) | ExprKind::Owned(..) => {
                    break (
                        "a closure cannot change a field",
                        "return the value instead",
                    );
                }
                ExprKind::RingIndex(..) => {
                    break (
                        "what a ring holds cannot be changed",
                        "push a new value: `r.push(x)`",
                    );
                }
                ExprKind::Const(_) => {
                    break ("a constant cannot be changed", "use a local or a field");
                }
                ExprKind::Tick(_) => {
                    break ("the clock cannot be changed", "it is set by the pipeline");
                }
                _ if matches!(self.kind(place.ty), TyKind::Slice(_)) => {
                    break (
                        "a slice is a view: what it shows is not changed through it",
                        "a loop writes a part: `for i in 2..5 { xs[i] = 0.0 }`",
                    );
                }
                _ => {
                    break (
                        "this is a value, not a place",
                        "assign to a local, a field, or a part of one",
                    );
                }
            }
        };
        let title = if inout.is_some() {
            "an `inout` argument must be a place"
        } else {
            "this cannot be assigned"
        };
        let mut found = Diagnostic::new(Code::NotAssignable, place.span, problem.0)
            .title(title)
            .help(problem.1);
        if let Some(span) = inout {
            found = found.label(
                span,
                "the parameter is `inout`: it changes what it is given",
            );
        }
        self.report(found);
        false
    }

    /// Whether a place holds a list that a loop around goes over; reports it.
    fn is_iterated(&mut self, place: &Expr) -> bool {
        let found = self
            .iterated
            .iter()
            .find(|over| self.cx.out.is_collection(over.ty) && is_within(over, place));
        let Some(over) = found.map(|over| over.span) else {
            return false;
        };
        let found = Diagnostic::new(Code::ChangedInLoop, place.span, "changed here")
            .title("a collection is changed by the loop over it")
            .label(over, "the loop goes over this")
            .help(
                "use `retain`, or collect what is to change and change it after the loop",
            );
        self.report(found);
        true
    }

    fn assignable_local(
        &mut self,
        local: LocalId,
        place: &Expr,
        inout: Option<Span>,
    ) -> bool {
        let found = self.locals[local].clone();
        let outer = self.frame.closure && local.as_u32() < self.frame.first;
        if found.mutable && !outer {
            return true;
        }
        let (name, verb) = (
            &found.name,
            if inout.is_some() {
                "changed"
            } else {
                "assigned"
            },
        );
        let mut report = if outer {
            Diagnostic::new(Code::Immutable, place.span, "captured by value")
                .title(format!("a closure cannot change `{name}`"))
                .label(found.span, "declared outside of the closure")
                .help("return the value instead")
        } else {
            Diagnostic::new(Code::Immutable, place.span, format!("{verb} here"))
                .title(format!("`{name}` is immutable"))
                .label(found.span, "declared here")
        };
        match self.lets[local] {
            Some(word) if !outer => {
                report =
                    report
                        .help("declare it with `var`")
                        .fix("write `var`", word, "var");
            }
            None if !outer && local.as_u32() < self.params as u32 => {
                report = report
                    .help(format!(
                        "copy it: `var changed = {name}`; an `inout` parameter changes what the caller gives"
                    ))
                    .fix("make it `inout`", found.span, format!("inout {name}"));
            }
            None if !outer => {
                report = report.help(match self.by_place(local, name) {
                    Some(help) => help,
                    None => format!("copy it: `var changed = {name}`"),
                });
            }
            _ => {}
        }
        if let Some(span) = inout {
            report = report.label(
                span,
                "the parameter is `inout`: it changes what it is given",
            );
        }
        self.report(report);
        false
    }

    /// How the items of the loop are changed that gives a local its value.
    fn by_place(&self, local: LocalId, name: &str) -> Option<String> {
        let at = local.as_u32() as usize;
        let turn = self.turns.iter().rfind(|turn| turn.locals.contains(&at))?;
        let over = &turn.over;
        Some(match self.kind(turn.ty) {
            TyKind::Pool(..) => format!(
                "`{name}` is a copy of an element; a process goes over the elements themselves: `each {name} in {over}`"
            ),
            TyKind::Ring(..) => {
                format!(
                    "`{name}` is a copy of a value of `{over}`, whose values never change: `{over}.push(…)` adds one"
                )
            }
            TyKind::Struct(..) if self.cx.out.map_parts(turn.ty).is_some() => {
                format!("`{name}` is a copy; a value changes by its key: `{over}[k] = …`")
            }
            TyKind::Struct(..) | TyKind::Array(..) | TyKind::Slice(_) => format!(
                "`{name}` is a copy; an element changes by its index: `for i in 0..{over}.len() {{ {over}[i] … }}`"
            ),
            _ => return None,
        })
    }
}

/// Whether a place is another one, or lies in it; indices count as equal unless they are
/// constants that differ.
fn is_within(inner: &Expr, outer: &Expr) -> bool {
    same_place(inner, outer)
        || match &inner.kind {
            ExprKind::Member(base, _)
            | ExprKind::Index(base, _)
            | ExprKind::Elem(base) => is_within(base, outer),
            _ => false,
        }
}

/// Whether two indices are constants that differ.
fn are_apart(a: &Expr, b: &Expr) -> bool {
    let known = |index: &Expr| match &index.kind {
        ExprKind::Int(at) => Some(*at),
        ExprKind::Variant(_, at, _) => Some(i128::from(*at)),
        _ => None,
    };
    matches!((known(a), known(b)), (Some(a), Some(b)) if a != b)
}

fn same_place(a: &Expr, b: &Expr) -> bool {
    match (&a.kind, &b.kind) {
        (ExprKind::Local(a), ExprKind::Local(b)) => a == b,
        (ExprKind::Field(a), ExprKind::Field(b)) => a == b,
        (ExprKind::Member(a, x), ExprKind::Member(b, y)) => x == y && same_place(a, b),
        (ExprKind::Index(a, at), ExprKind::Index(b, other)) => {
            let mut apart = at.iter().zip(other);
            !apart.any(|(at, other)| are_apart(at, other)) && same_place(a, b)
        }
        (ExprKind::Elem(a), ExprKind::Elem(b)) => same_place(a, b),
        _ => false,
    }
}
