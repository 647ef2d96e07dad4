//! Paths through a body: what ends where, what has a value when it is read, what is never
//! reached or never read.

mod reads;

use std::collections::BTreeSet;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::Checker;
use crate::body::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::ids::LocalId;
use crate::ty::{Ty, TyKind};

/// What is known on one path.
#[derive(Clone, Debug, Default)]
struct Path {
    /// Locals without a value so far.
    empty: BTreeSet<LocalId>,
    /// Whether the path has ended.
    ended: bool,
}

impl Path {
    /// What is known after either of two paths.
    fn join(self, other: Self) -> Self {
        match (self.ended, other.ended) {
            (true, _) => other,
            (_, true) => self,
            _ => Self {
                empty: self.empty.union(&other.empty).copied().collect(),
                ended: false,
            },
        }
    }
}

/// One walk through a body.
struct Walker<'w, 'c, 'a> {
    checker: &'w mut Checker<'c, 'a>,
    path: Path,
    /// Reported as read without a value.
    told: BTreeSet<LocalId>,
    read: BTreeSet<LocalId>,
    declared: Vec<LocalId>,
    /// Whether there is something unreadable, so that paths may be other than they seem.
    broken: bool,
}

/// Checks the paths of a body. `result`: its name and where the type of its result stands,
/// if it must return a value.
pub(crate) fn check(
    checker: &mut Checker<'_, '_>,
    block: &Block,
    params: usize,
    result: Option<(Span, Span)>,
) {
    let failed = checker.failed();
    let mut walker = Walker::new(checker);
    walker.block(block);
    let (ended, broken) = (walker.path.ended, walker.broken);
    walker.unused(failed, params);
    if let (Some((name, ty)), false, false) = (result, ended, broken) {
        let found = Diagnostic::new(
            Code::MissingReturn,
            name,
            "its end can be reached without `return`",
        )
        .title("a path without return")
        .label(ty, "a value of this type is due on every path")
        .help("end every path with `return`");
        checker.report(found);
    }
}

/// Checks that a closure with statements returns on every path.
pub(crate) fn closure(checker: &mut Checker<'_, '_>, block: &Block, span: Span) {
    let mut walker = Walker::new(checker);
    walker.block(block);
    if !walker.path.ended && !walker.broken {
        let found = Diagnostic::new(
            Code::MissingReturn,
            span,
            "its end can be reached without `return`",
        )
        .title("a closure with a path without return")
        .help("end every path with `return`, or write `|x| value`");
        checker.report(found);
    }
}

impl<'w, 'c, 'a> Walker<'w, 'c, 'a> {
    fn new(checker: &'w mut Checker<'c, 'a>) -> Self {
        Self {
            checker,
            path: Path::default(),
            told: BTreeSet::new(),
            read: BTreeSet::new(),
            declared: Vec::new(),
            broken: false,
        }
    }

    fn unused(&mut self, failed: bool, params: usize) {
        if failed || self.broken || self.checker.cx.is_std(self.checker.env.module) {
            return;
        }
        for local in std::mem::take(&mut self.declared) {
            let found = &self.checker.locals[local];
            if self.read.contains(&local)
                || (local.as_u32() as usize) < params
                || found.name.starts_with('_')
            {
                continue;
            }
            let (name, span) = (found.name.clone(), found.span);
            let report = Diagnostic::new(Code::UnusedLocal, span, "never read")
                .title(format!("`{name}` is not used"))
                .help("remove it, or start its name with `_`")
                .fix("mark it as not used", span, format!("_{name}"));
            self.checker.report(report);
        }
    }

    fn block(&mut self, block: &Block) {
        let mut warned = false;
        for stmt in &block.stmts {
            if self.path.ended && !warned && !self.broken {
                warned = true;
                let last = block.stmts.last().map_or(stmt.span, |last| last.span);
                let found = Diagnostic::new(
                    Code::Unreachable,
                    stmt.span.to(last),
                    "never reached",
                )
                .help("every path has left before: remove this");
                self.checker.report(found);
            }
            self.stmt(stmt);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                self.declared.push(*local);
                match value {
                    Some(value) => self.expr(value),
                    None => self.without_value(*local),
                }
            }
            StmtKind::Unpack(pat, value, otherwise) => {
                self.expr(value);
                if let Some(otherwise) = otherwise {
                    self.must_leave(otherwise, stmt.span);
                }
                self.declare(pat);
            }
            StmtKind::Assign(place, value) => self.assign(place, value),
            StmtKind::OpAssign(place, _, value) | StmtKind::Set(place, value) => {
                self.place(place);
                self.expr(value);
            }
            StmtKind::Expr(value) => self.expr(value),
            StmtKind::Assert(value, why) => {
                self.expr(value);
                why.iter().for_each(|why| self.expr(why));
            }
            StmtKind::If(cond, yes, no) => {
                self.expr(cond);
                self.branches([yes, no].into_iter());
            }
            StmtKind::Match(value, arms) => {
                self.expr(value);
                for arm in arms {
                    self.arm_head(arm);
                }
                self.branches(arms.iter().map(|arm| &arm.body));
            }
            StmtKind::ForRange { lo, hi, body, .. } => {
                self.expr(lo);
                self.expr(hi);
                self.maybe(body);
            }
            StmtKind::ForEach { over, body, .. } => {
                self.expr(over);
                self.maybe(body);
            }
            StmtKind::While {
                cond, max, body, ..
            } => {
                self.expr(cond);
                self.expr(max);
                self.maybe(body);
            }
            StmtKind::Return(value) => {
                if let Some(value) = value {
                    self.expr(value);
                }
                self.path.ended = true;
            }
            StmtKind::Raise(_, args) => {
                for arg in args {
                    self.expr(arg);
                }
                self.path.ended = true;
            }
            StmtKind::Break | StmtKind::Continue => self.path.ended = true,
            StmtKind::Block(block) => self.block(block),
            StmtKind::Run { amount, until, .. } => {
                match amount {
                    crate::body::Amount::Ticks(value)
                    | crate::body::Amount::Time(value) => {
                        self.expr(value);
                    }
                }
                if let Some(until) = until {
                    self.expr(until);
                }
            }
            StmtKind::Expect(_, block) => self.maybe(block),
            StmtKind::Error => self.broken = true,
        }
    }

    /// Blocks of which one runs.
    fn branches<'b>(&mut self, blocks: impl Iterator<Item = &'b Block>) {
        let before = self.path.clone();
        let mut after: Option<Path> = None;
        for block in blocks {
            self.path = before.clone();
            self.block(block);
            let path = std::mem::take(&mut self.path);
            after = Some(match after {
                None => path,
                Some(other) => other.join(path),
            });
        }
        self.path = after.unwrap_or(before);
    }

    fn without_value(&mut self, local: LocalId) {
        let ty = self.checker.locals[local].ty;
        let array = matches!(self.checker.kind(ty), TyKind::Array(..));
        if !array && ty != Ty::ERROR {
            self.path.empty.insert(local);
        }
    }

    /// A block that runs perhaps never, perhaps often.
    fn maybe(&mut self, block: &Block) {
        let before = self.path.clone();
        self.block(block);
        self.path = before;
    }

    fn assign(&mut self, place: &Expr, value: &Expr) {
        if let ExprKind::Local(local) = place.kind {
            self.expr(value);
            self.path.empty.remove(&local);
            return;
        }
        self.place(place);
        self.expr(value);
    }

    /// A place that is written in part, or read before it is written.
    fn place(&mut self, place: &Expr) {
        match &place.kind {
            ExprKind::Local(local) => self.has_value(*local, place.span),
            ExprKind::Member(base, _) => self.place(base),
            ExprKind::Index(base, indices) => {
                self.place(base);
                for index in indices {
                    self.expr(index);
                }
            }
            _ => self.expr(place),
        }
    }

    fn has_value(&mut self, local: LocalId, span: Span) {
        if self.path.ended
            || !self.path.empty.contains(&local)
            || !self.told.insert(local)
        {
            return;
        }
        let found = &self.checker.locals[local];
        let (name, place) = (found.name.clone(), found.span);
        let report =
            Diagnostic::new(Code::Uninitialised, span, "it may have no value here")
                .title(format!("`{name}` is used before it has a value"))
                .label(place, "declared without a value")
                .help(
                    "give it a value where it is declared, or on every path before this",
                );
        self.checker.report(report);
    }
}
