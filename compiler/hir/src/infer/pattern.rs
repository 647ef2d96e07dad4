//! Patterns and `match`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Pattern, PatternKind};
use theus_grammar::ast::{Name, Path};

use super::Checker;
use super::exhaustive::Arms;
use crate::body::{Expr, ExprKind, Pat, StmtKind};
use crate::ids::EnumId;
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

impl Checker<'_, '_> {
    /// `match` as a statement.
    pub(crate) fn match_stmt(
        &mut self,
        value: &tree::Expr,
        arms: &[(Pattern, tree::Block)],
        span: Span,
    ) -> StmtKind {
        let value = self.scrutinee(value);
        let mut cases = Arms::new(value.ty);
        let mut found = Vec::new();
        for (pattern, block) in arms {
            let pats = self.arm(pattern, &value, &mut cases);
            found.push((pats, self.block(block)));
        }
        self.exhausted(&cases, value.span, span);
        StmtKind::Match(value, found)
    }

    /// `match` as a value.
    pub(crate) fn match_value(
        &mut self,
        value: &tree::Expr,
        arms: &[(Pattern, tree::Expr)],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let value = self.scrutinee(value);
        let mut cases = Arms::new(value.ty);
        let mut pats = Vec::new();
        for (pattern, _) in arms {
            pats.push(self.arm(pattern, &value, &mut cases));
        }
        self.exhausted(&cases, value.span, span);
        let mut order: Vec<usize> = (0..arms.len()).collect();
        let weak: Vec<_> = arms.iter().map(|(_, value)| self.weak(value)).collect();
        order.sort_by_key(|at| weak.get(*at).copied());
        let mut typed: Vec<Option<Expr>> = arms.iter().map(|_| None).collect();
        let mut hint = due.filter(|due| *due != Ty::ERROR);
        for place in &order {
            let Some((_, written)) = arms.get(*place) else {
                continue;
            };
            let found = self.expr(written, hint);
            let found = self.some_value(found);
            if hint.is_none() && found.ty != Ty::ERROR {
                hint = Some(found.ty);
            }
            if let Some(slot) = typed.get_mut(*place) {
                *slot = Some(found);
            }
        }
        let lead = order.iter().find_map(|at| {
            typed
                .get(*at)?
                .as_ref()
                .filter(|value| value.ty != Ty::ERROR)
        });
        let all: Vec<&Expr> = typed.iter().flatten().collect();
        let (ty, why) = match lead {
            Some(lead) => self.common(lead, &all, due),
            None => (Ty::ERROR, None),
        };
        let typed = typed
            .into_iter()
            .flatten()
            .map(|value| self.coerce(value, ty, why));
        let arms: Vec<_> = pats.into_iter().zip(typed).collect();
        let kind = ExprKind::Match(Box::new(value), arms);
        Expr { kind, ty, span }
    }

    /// The value of a `match`; reports types that have no patterns.
    pub(crate) fn scrutinee(&mut self, written: &tree::Expr) -> Expr {
        let value = self.value(written);
        match self.kind(value.ty) {
            TyKind::Enum(_)
            | TyKind::Int(_)
            | TyKind::Bool
            | TyKind::Duration
            | TyKind::Option(_)
            | TyKind::Error => value,
            _ => {
                let text = self.show(value.ty);
                let found = Diagnostic::new(Code::BadPattern, value.span, format!("this is `{text}`"))
                    .title(format!("`match` does not take `{text}`"))
                    .help("match enums, integers, bools, durations and optionals; for others use `if`");
                self.report(found);
                Self::error(value.span)
            }
        }
    }

    /// The patterns of an arm.
    pub(crate) fn arm(
        &mut self,
        pattern: &Pattern,
        value: &Expr,
        cases: &mut Arms,
    ) -> Vec<Pat> {
        let mut pats = Vec::new();
        let fine = self.pattern(pattern, value, &mut pats);
        if !fine {
            cases.broken = true;
        } else if cases.add(&pats, self) {
            let found =
                Diagnostic::new(Code::UnreachableCase, pattern.span, "matched before")
                    .title("a case that is never reached")
                    .help("earlier arms take all of it: remove this arm");
            self.report(found);
        }
        pats
    }

    /// Adds the alternatives of a pattern; whether all are right.
    fn pattern(&mut self, pattern: &Pattern, value: &Expr, pats: &mut Vec<Pat>) -> bool {
        let span = pattern.span;
        let found = match &pattern.kind {
            PatternKind::Wild => Some(Pat::Wild),
            PatternKind::Bad => {
                self.cx.failures += 1;
                None
            }
            PatternKind::Tuple(_) => self.bad_pattern(span, "a tuple", value),
            PatternKind::Or(all) => {
                let mut fine = true;
                for one in all {
                    fine &= self
                        .deeper(span, |this| this.pattern(one, value, pats))
                        .unwrap_or(false);
                }
                return fine;
            }
            PatternKind::None => match self.kind(value.ty) {
                TyKind::Option(_) => Some(Pat::None),
                TyKind::Error => None,
                _ => self.bad_pattern(span, "`none`", value),
            },
            PatternKind::Path(path) => self.path_pattern(path, value),
            PatternKind::Literal(written) => self.literal_pattern(written, value),
            PatternKind::Range(lo, hi, inclusive) => {
                self.range_pattern(lo, hi, *inclusive, value, span)
            }
        };
        let fine = found.is_some();
        pats.extend(found);
        fine
    }

    fn bad_pattern(&mut self, span: Span, what: &str, value: &Expr) -> Option<Pat> {
        let text = self.show(value.ty);
        let found =
            Diagnostic::new(Code::BadPattern, span, format!("this matches {what}"))
                .title(format!("this pattern does not fit `{text}`"))
                .label(value.span, format!("this is `{text}`"))
                .help(match self.kind(value.ty) {
                    TyKind::Enum(_) => "name its variants",
                    TyKind::Option(_) => "an optional has the patterns `none` and `_`",
                    TyKind::Bool => "a bool has the patterns `true` and `false`",
                    TyKind::Duration => "a duration has patterns such as `10ms` and `_`",
                    _ => "an integer has patterns such as `3`, `0..=9` and `_`",
                });
        self.report(found);
        None
    }

    fn path_pattern(&mut self, path: &Path, value: &Expr) -> Option<Pat> {
        if value.ty == Ty::ERROR {
            return None;
        }
        if let (TyKind::Enum(id), [name]) =
            (self.kind(value.ty).clone(), path.words.as_slice())
            && let Some(at) = self.variant(id, &name.text)
        {
            return Some(Pat::Variant(at));
        }
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Error => None,
            Walk::Found(Def::Enum(id), [name]) => self.variant_pattern(id, name, value),
            Walk::Found(Def::Const(id), []) => {
                self.cx.ensure_const(id);
                let found = self.cx.out.consts[id].value.clone();
                self.constant_pattern(
                    &Expr {
                        span: path.span,
                        ..found
                    },
                    value,
                )
            }
            Walk::Found(def, _) => self.bad_pattern(path.span, def.what(), value),
            Walk::Unknown(name, None) => {
                let name = name.clone();
                self.unknown_pattern(&name, value);
                None
            }
            Walk::Unknown(name, Some(module)) => {
                let name = name.clone();
                self.in_module(module, &name);
                None
            }
        }
    }

    fn variant_pattern(&mut self, id: EnumId, name: &Name, value: &Expr) -> Option<Pat> {
        let Some(at) = self.variant(id, &name.text) else {
            self.unknown_variant(id, name);
            return None;
        };
        if *self.kind(value.ty) == TyKind::Enum(id) {
            return Some(Pat::Variant(at));
        }
        let text = format!("`{}`", self.cx.out.enums[id].head.name);
        self.bad_pattern(name.span, &text, value)
    }

    fn unknown_pattern(&mut self, name: &Name, value: &Expr) {
        if let TyKind::Enum(id) = *self.kind(value.ty) {
            self.unknown_variant(id, name);
            return;
        }
        let names = self
            .cx
            .candidates(self.env.module, None, |def| matches!(def, Def::Const(_)));
        let found = unknown(Code::UnknownName, "constant", name, &names).help(
            "a pattern is a variant, a constant or a literal; `_` matches the rest",
        );
        self.report(found);
    }

    fn literal_pattern(&mut self, written: &tree::Expr, value: &Expr) -> Option<Pat> {
        let found = self.expr(written, Some(value.ty));
        self.constant_pattern(&found, value)
    }

    fn constant_pattern(&mut self, found: &Expr, value: &Expr) -> Option<Pat> {
        if found.ty == Ty::ERROR
            || value.ty == Ty::ERROR
            || matches!(found.kind, ExprKind::Error)
        {
            return None;
        }
        if !self.cx.fits(found.ty, value.ty) {
            let text = format!("`{}`", self.show(found.ty));
            return self.bad_pattern(found.span, &text, value);
        }
        match self.cx.evaluate(found) {
            Ok(Value::Int(number)) => Some(Pat::Int(number)),
            Ok(Value::Duration(time)) => Some(Pat::Int(time.into())),
            Ok(Value::Bool(truth)) => Some(Pat::Bool(truth)),
            Ok(Value::Variant(_, at)) => Some(Pat::Variant(at)),
            Ok(_) => self.bad_pattern(found.span, "such a value", value),
            Err(failure) => {
                self.cx.report_failure(&failure, "a pattern");
                None
            }
        }
    }

    fn range_pattern(
        &mut self,
        lo: &tree::Expr,
        hi: &tree::Expr,
        inclusive: bool,
        value: &Expr,
        span: Span,
    ) -> Option<Pat> {
        let lo = self.literal_pattern(lo, value);
        let hi = self.literal_pattern(hi, value);
        let (Some(Pat::Int(lo)), Some(Pat::Int(hi))) = (&lo, &hi) else {
            if lo.is_some() && hi.is_some() {
                self.bad_pattern(span, "a range", value);
            }
            return None;
        };
        let (lo, hi) = (*lo, if inclusive { *hi } else { *hi - 1 });
        if lo > hi {
            self.cx.bad_range(span, inclusive);
            return None;
        }
        Some(Pat::IntRange(lo, hi))
    }

    /// Reports the cases that no arm takes.
    pub(crate) fn exhausted(&mut self, cases: &Arms, value: Span, span: Span) {
        let missing = cases.missing(self);
        if missing.is_empty() {
            return;
        }
        let names: Vec<std::sync::Arc<str>> =
            missing.iter().map(|name| name.as_str().into()).collect();
        let list = crate::resolve::scope::listed(&names, "and");
        let found =
            Diagnostic::new(Code::MissingCase, value, format!("{list} not covered"))
                .title(format!("a match does not cover {list}"))
                .label(span.after(), "no arm takes them")
                .help("add an arm for each, or `_` for the rest");
        self.report(found);
    }
}
