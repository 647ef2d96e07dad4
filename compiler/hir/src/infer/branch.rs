//! `match`, and what takes one pattern: `if let`, `while let`, `let`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Pattern};
use theus_grammar::ast::ty;

use super::Checker;
use super::cover::Cover;
use super::literal::Weak;
use super::mismatch::at;
use super::pattern::{Names, Subject};
use crate::body::{Arm, Block, Expr, ExprKind, Otherwise, Pat, Stmt, StmtKind};
use crate::ty::{Ty, TyKind};

/// A branch of a value: its pattern, its guard, its value.
type Branch<'t> = (Option<&'t Pattern>, Option<&'t tree::Expr>, &'t tree::Expr);

impl Checker<'_, '_> {
    /// `match` as a statement.
    pub(crate) fn match_stmt(
        &mut self,
        value: &tree::Expr,
        arms: &[tree::Arm<tree::Block>],
        span: Span,
    ) -> StmtKind {
        let value = self.scrutinee(value);
        match self.arms(&value, arms, span, Self::block) {
            Some(arms) => StmtKind::Match(value, arms),
            None => StmtKind::Error,
        }
    }

    /// The arms of a `match` that are no values; `None`, reported, where one is wrong.
    pub(crate) fn arms<W, B>(
        &mut self,
        value: &Expr,
        arms: &[tree::Arm<W>],
        span: Span,
        mut body: impl FnMut(&mut Self, &W) -> B,
    ) -> Option<Vec<Arm<B>>> {
        let mut cover = Cover::new(value.ty);
        let mut found = Vec::new();
        for arm in arms {
            found.extend(self.scoped(|this| {
                let head = this.arm(&arm.pattern, arm.guard.as_ref(), value, &mut cover);
                let body = body(this, &arm.body);
                let (pat, guard) = head?;
                Some(Arm { pat, guard, body })
            }));
        }
        self.exhausted(&mut cover, value.span, span);
        (found.len() == arms.len()).then_some(found)
    }

    /// `match` as a value.
    pub(crate) fn match_value(
        &mut self,
        value: &tree::Expr,
        arms: &[tree::Arm<tree::Expr>],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let value = self.scrutinee(value);
        let branches = arms
            .iter()
            .map(|arm| (Some(&arm.pattern), arm.guard.as_ref(), &arm.body));
        let branches: Vec<Branch<'_>> = branches.collect();
        self.branches(value, &branches, due, span)
    }

    /// `if let p = e { yes } else { no }` as a value.
    pub(crate) fn if_let_value(
        &mut self,
        (pattern, value): (&Pattern, &tree::Expr),
        yes: &tree::Expr,
        no: &tree::Expr,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let value = self.value(value);
        let branches = [(Some(pattern), None, yes), (None, None, no)];
        self.branches(value, &branches, due, span)
    }

    /// The branches of a value: those that have a type of their own first.
    fn branches(
        &mut self,
        value: Expr,
        branches: &[Branch<'_>],
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let mut cover = Cover::new(value.ty);
        let mut heads = Vec::new();
        let mut order: Vec<(Weak, usize)> = Vec::new();
        for (place, (pattern, guard, body)) in branches.iter().enumerate() {
            self.scopes.push(Vec::new());
            let head = match pattern {
                Some(pattern) => self.arm(pattern, *guard, &value, &mut cover),
                None => {
                    cover.add(&Pat::Wild);
                    Some((Pat::Wild, None))
                }
            };
            order.push((self.weak(body), place));
            heads.push((head, self.scopes.pop().unwrap_or_default()));
        }
        self.exhausted(&mut cover, value.span, span);
        order.sort();
        let mut typed: Vec<Option<Expr>> = branches.iter().map(|_| None).collect();
        let mut hint = due.filter(|due| *due != Ty::ERROR);
        for (_, place) in &order {
            let (Some((.., body)), Some((_, names))) =
                (branches.get(*place), heads.get(*place))
            else {
                continue;
            };
            self.scopes.push(names.clone());
            let found = self.expr(body, hint);
            let found = self.some_value(found);
            self.scopes.pop();
            if hint.is_none() && found.ty != Ty::ERROR {
                hint = Some(found.ty);
            }
            if let Some(slot) = typed.get_mut(*place) {
                *slot = Some(found);
            }
        }
        let lead = order.iter().find_map(|(_, at)| {
            let value = typed.get(*at)?.as_ref();
            value.filter(|value| value.ty != Ty::ERROR)
        });
        let all: Vec<&Expr> = typed.iter().flatten().collect();
        let (ty, why) = match lead {
            Some(lead) => self.common(lead, &all, due),
            None => (Ty::ERROR, None),
        };
        let mut arms = Vec::new();
        for ((head, _), body) in heads.into_iter().zip(typed) {
            let body = body.map(|body| self.coerce(body, ty, why));
            if let (Some((pat, guard)), Some(body)) = (head, body) {
                arms.push(Arm { pat, guard, body });
            }
        }
        let kind = if arms.len() < branches.len() {
            ExprKind::Error
        } else {
            ExprKind::Match(Box::new(value), arms)
        };
        Expr { kind, ty, span }
    }

    /// The value of a `match`; reports types that have no patterns.
    pub(crate) fn scrutinee(&mut self, written: &tree::Expr) -> Expr {
        let value = self.value(written);
        match self.kind(value.ty) {
            TyKind::Enum(..)
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Bool
            | TyKind::Duration
            | TyKind::Option(_)
            | TyKind::Str(_)
            | TyKind::Text
            | TyKind::Tuple(_)
            | TyKind::Struct(..)
            | TyKind::Error => value,
            _ => {
                let text = self.show(value.ty);
                let found = Diagnostic::new(
                    Code::BadPattern,
                    value.span,
                    format!("this is `{text}`"),
                )
                .title(format!("`match` does not take `{text}`"))
                .help("match enums, numbers, bools, durations, texts, optionals, tuples and structs; for others use `if`");
                self.report(found);
                Self::error(value.span)
            }
        }
    }

    /// The pattern and the guard of an arm; `None` where the pattern is wrong.
    fn arm(
        &mut self,
        pattern: &Pattern,
        guard: Option<&tree::Expr>,
        value: &Expr,
        cover: &mut Cover,
    ) -> Option<(Pat, Option<Expr>)> {
        let subject = Subject {
            ty: value.ty,
            span: value.span,
        };
        let pat = self.pattern(pattern, subject, &mut Names::default());
        let guard = guard.map(|guard| self.condition(guard));
        let Some(pat) = pat else {
            cover.broken = true;
            return None;
        };
        if !cover.is_new(&pat, self.cx) {
            let found =
                Diagnostic::new(Code::UnreachableCase, pattern.span, "matched before")
                    .title("a case that is never reached")
                    .help("earlier arms take all of it: remove this arm");
            self.report(found);
        }
        if guard.is_none() {
            cover.add(&pat);
        }
        Some((pat, guard))
    }

    /// Reports the cases that no arm takes.
    fn exhausted(&mut self, cover: &mut Cover, value: Span, span: Span) {
        let missing = cover.missing(self.cx);
        if cover.tired() {
            let found = Diagnostic::new(Code::ManyCases, value, "too many to tell apart")
                .title("a match has too many cases to be checked")
                .help(
                    "add an arm `_` for the rest, or match the parts one after the other",
                );
            self.report(found);
        } else if !missing.is_empty() {
            let list = crate::resolve::scope::listed(&missing, "and");
            let found =
                Diagnostic::new(Code::MissingCase, value, format!("{list} not covered"))
                    .title(format!("a match does not cover {list}"))
                    .label(span.after(), "no arm takes them")
                    .help("add an arm for each, or `_` for the rest");
            self.report(found);
        }
    }

    /// The head of `if` and `while`, in the scope of its block.
    pub(crate) fn head(&mut self, written: &tree::Expr) -> Expr {
        let tree::ExprKind::Let(pattern, value) = &written.kind else {
            return self.condition(written);
        };
        let value = self.value(value);
        let subject = Subject {
            ty: value.ty,
            span: value.span,
        };
        let found = self.pattern(pattern, subject, &mut Names::default());
        let kind = match found {
            Some(pat) => {
                let mut cover = Cover::new(value.ty);
                cover.add(&pat);
                if cover.missing(self.cx).is_empty() && !cover.tired() {
                    let found = Diagnostic::new(
                        Code::AlwaysFits,
                        pattern.span,
                        "every value fits",
                    )
                    .title("this pattern always fits")
                    .help("write `let` before, and leave the condition out");
                    self.report(found);
                }
                ExprKind::Let(Box::new(value), pat)
            }
            None => ExprKind::Error,
        };
        Expr {
            kind,
            ty: Ty::BOOL,
            span: written.span,
        }
    }

    /// `let (a, b): T = value [else …]`.
    pub(crate) fn unpack_stmt(
        &mut self,
        mutable: bool,
        pattern: &Pattern,
        ty: Option<&ty::Ty>,
        (value, otherwise): (&tree::Expr, Option<&tree::Otherwise>),
    ) -> StmtKind {
        let env = self.env.clone();
        let due = ty.map(|ty| (self.cx.stored(&env, ty, true), ty.span));
        let why = due.and_then(|(_, span)| at(span, "the type is given here"));
        let due = due.map(|(due, _)| due);
        let mut names = Names::fresh(mutable);
        let Some(otherwise) = otherwise else {
            let value = self.value_or(value, None, due, why);
            let subject = Subject {
                ty: value.ty,
                span: value.span,
            };
            let pat = self.pattern(pattern, subject, &mut names);
            let pat = pat.filter(|pat| self.always_fits(pat, subject, pattern.span));
            return match pat {
                Some(pat) => StmtKind::Unpack(pat, value, None),
                None => StmtKind::Error,
            };
        };
        let found = self.expr(value, due);
        let found = self.some_value(found);
        let span = found.span;
        let subject = |ty| Subject { ty, span };
        // The names are not known in the `else`.
        self.scopes.push(Vec::new());
        let pat = self.pattern(pattern, subject(found.ty), &mut names);
        let made = self.scopes.pop().unwrap_or_default();
        let mut cover = Cover::new(found.ty);
        pat.iter().for_each(|pat| cover.add(pat));
        let always = pat.is_some() && cover.missing(self.cx).is_empty();
        let inner = if always {
            self.inside(&found, span)
        } else {
            None
        };
        let otherwise = self.otherwise(otherwise);
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(made);
        }
        let Some(pat) = pat.filter(|_| !always || inner.is_some()) else {
            return StmtKind::Error;
        };
        match inner {
            Some(ty) => {
                let kind = ExprKind::OrElse(Box::new(found), otherwise);
                StmtKind::Unpack(pat, Expr { kind, ty, span }, None)
            }
            None => StmtKind::Unpack(pat, found, Some(leaving(otherwise, span))),
        }
    }

    /// Whether every value fits a pattern; reports it if not.
    pub(crate) fn always_fits(
        &mut self,
        pat: &Pat,
        subject: Subject,
        span: Span,
    ) -> bool {
        let mut cover = Cover::new(subject.ty);
        cover.add(pat);
        let missing = cover.missing(self.cx);
        if missing.is_empty() && !cover.tired() {
            return true;
        }
        let list = crate::resolve::scope::listed(&missing, "and");
        let found = Diagnostic::new(Code::MayNotFit, span, format!("{list} not covered"))
            .title("this pattern does not fit every value")
            .label(subject.span, format!("this may be {list}"))
            .help(
                "say what happens then: `… else { return }`, or use `if let` or `match`",
            );
        self.report(found);
        false
    }
}

/// The block of an `else`.
fn leaving(otherwise: Otherwise, span: Span) -> Block {
    let kind = match otherwise {
        Otherwise::Block(block) => return block,
        Otherwise::Raise(error, args) => StmtKind::Raise(error, args),
        Otherwise::Value(value) => StmtKind::Expr(*value),
    };
    Block {
        stmts: vec![Stmt { kind, span }],
    }
}
