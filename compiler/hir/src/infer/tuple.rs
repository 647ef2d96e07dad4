//! Tuples: values and parts.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `(a, b)`: each part takes the type that is due for it.
    pub(super) fn tuple(
        &mut self,
        parts: &[tree::Expr],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let due = due.map(|due| self.bare(due));
        let types = due.map_or_else(Vec::new, |due| self.cx.parts_of(due));
        let types = if types.len() == parts.len() {
            types
        } else {
            Vec::new()
        };
        let mut typed = Vec::with_capacity(parts.len());
        for (place, part) in parts.iter().enumerate() {
            let due = types.get(place).copied().filter(|due| *due != Ty::ERROR);
            typed.push(match due {
                Some(due) if !self.cx.has_holes(due) => self.check(part, due, None),
                Some(due) => {
                    let found = self.expr(part, Some(due));
                    self.some_value(found)
                }
                None => self.value(part),
            });
        }
        if typed.iter().any(|part| part.ty == Ty::ERROR) {
            return Self::error(span);
        }
        let types = typed.iter().map(|part| part.ty).collect();
        Expr {
            ty: self.cx.intern(TyKind::Tuple(types)),
            kind: ExprKind::Tuple(typed),
            span,
        }
    }

    /// `t.0`.
    pub(super) fn part(&mut self, base: Expr, name: &Name, span: Span) -> Expr {
        let parts = self.cx.parts_of(base.ty);
        let known = (0_u32..).zip(&parts);
        let found = known
            .map(|(n, ty)| (n, *ty))
            .find(|(n, _)| *name.text == *n.to_string());
        if let Some((n, ty)) = found {
            let kind = ExprKind::Member(Box::new(base), n);
            return Expr { kind, ty, span };
        }
        let text = self.show(base.ty);
        let last = parts.len().saturating_sub(1);
        let report =
            Diagnostic::new(Code::UnknownField, name.span, "there is no such part")
                .title(format!("`{text}` has no part `{}`", name.text))
                .label(base.span, format!("this is `{text}`"))
                .help(format!("its parts are `.0` to `.{last}`"));
        self.report(report);
        Self::error(span)
    }

    /// Reports a tuple pattern for something else, or with another number of parts.
    pub(crate) fn wrong_parts(&mut self, parts: usize, ty: Ty, span: Span) {
        let text = self.show(ty);
        let found =
            Diagnostic::new(Code::BadPattern, span, format!("this takes {parts} parts"))
                .title(format!("this pattern does not fit `{text}`"));
        let count = self.cx.parts_of(ty).len();
        let found = match count {
            0 => found.help(format!("`{text}` is no tuple: give it one name")),
            _ => found.help(format!("it has {count} parts; `_` takes one unseen")),
        };
        self.report(found);
    }
}
