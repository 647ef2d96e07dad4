//! Tuples: values, parts, and `let` that takes a value apart.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Pattern, PatternKind};
use theus_grammar::ast::{Name, ty};

use super::Checker;
use super::mismatch::at;
use crate::body::{Expr, ExprKind, Pat, StmtKind};
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
        for part in &mut typed {
            if let TyKind::Ring(..) = self.kind(part.ty) {
                let found = Diagnostic::new(Code::NotBuilt, part.span, "this is a ring")
                    .title("a ring inside a tuple is not built yet");
                self.report(found);
                *part = Self::error(part.span);
            }
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

    /// `let (a, b): T = value`.
    pub(super) fn unpack_stmt(
        &mut self,
        mutable: bool,
        pattern: &Pattern,
        ty: Option<&ty::Ty>,
        (value, otherwise): (&tree::Expr, Option<&tree::Otherwise>),
    ) -> StmtKind {
        let env = self.env.clone();
        let due = ty.map(|ty| (self.cx.stored(&env, ty, true), ty.span));
        let why = due.and_then(|(_, span)| at(span, "the type is given here"));
        let value = self.value_or(value, otherwise, due.map(|(due, _)| due), why);
        let ty = due.map_or(value.ty, |(due, _)| due);
        match self.unpacked(pattern, ty, mutable) {
            Some(pat) => StmtKind::Unpack(pat, value, None),
            None => StmtKind::Error,
        }
    }

    /// A pattern that every value of the type fits; its names become locals.
    pub(crate) fn unpacked(
        &mut self,
        pattern: &Pattern,
        ty: Ty,
        mutable: bool,
    ) -> Option<Pat> {
        match &pattern.kind {
            PatternKind::Wild => Some(Pat::Wild),
            PatternKind::Path(path) => {
                let [name] = path.words.as_slice() else {
                    return self.not_unpacked(pattern);
                };
                let local = self.local(&name.text, ty, mutable, name.span);
                Some(Pat::Bind(local))
            }
            PatternKind::Tuple(parts) => {
                let types = self.cx.parts_of(ty);
                if types.len() != parts.len() && ty != Ty::ERROR {
                    self.wrong_parts(parts.len(), ty, pattern.span);
                }
                let fine = types.len() == parts.len();
                let mut types = types.into_iter();
                let mut pats = Vec::with_capacity(parts.len());
                for part in parts {
                    let ty = types.next().filter(|_| fine).unwrap_or(Ty::ERROR);
                    pats.push(self.unpacked(part, ty, mutable));
                }
                let pats = pats.into_iter().collect::<Option<_>>()?;
                fine.then_some(Pat::Members(pats))
            }
            PatternKind::Bad => {
                self.cx.failures += 1;
                None
            }
            _ => self.not_unpacked(pattern),
        }
    }

    fn not_unpacked(&mut self, pattern: &Pattern) -> Option<Pat> {
        let found =
            Diagnostic::new(Code::NotBuilt, pattern.span, "not a name or a tuple")
                .title("such patterns in `let` are not built yet")
                .help("take tuples apart with names: `let (a, b) = t`");
        self.report(found);
        None
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
