//! `match`: a block for each arm, and the way to the first that fits.

use theus_hir::walk::each_expr;
use theus_hir::{Arm, Block as HirBlock, Expr, ExprKind, Pat, TyKind};
use theus_mir::Block;

use crate::frame::FnCx;
use crate::pattern::Subject;
use crate::place::{Place, low_bits};

impl<'a> FnCx<'_, 'a> {
    pub(crate) fn match_stmt(&mut self, value: &'a Expr, arms: &'a [Arm<HirBlock>]) {
        self.match_arms(value, arms, FnCx::block);
    }

    /// `match` as a value.
    pub(crate) fn match_into(
        &mut self,
        value: &'a Expr,
        arms: &'a [Arm<Expr>],
        dest: Place,
    ) {
        self.match_arms(value, arms, |cx, body| cx.into(body, dest));
    }

    /// Runs the body of the first arm that fits.
    pub(crate) fn match_arms<T>(
        &mut self,
        value: &'a Expr,
        arms: &'a [Arm<T>],
        mut body: impl FnMut(&mut Self, &'a T),
    ) {
        let mut subject = self.subject(value);
        if let Subject::Place(place) = subject
            && arms.iter().any(|arm| self.changes(arm.guard.as_ref()))
        {
            let copy = self.temp(place.ty);
            self.copy(copy, place, false);
            subject = Subject::Place(copy);
        }
        let join = self.b.new_block();
        let entries = self.first_of(subject, arms);
        for (n, arm) in arms.iter().enumerate() {
            let (Some(entry), next) = (entries.get(n), entries.get(n + 1).copied())
            else {
                continue;
            };
            self.b.switch_to(*entry);
            // The last arm is where everything else goes: the arms are exhaustive.
            self.fit(&arm.pat, subject, next);
            if let (Some(guard), Some(next)) = (&arm.guard, next) {
                let holds = self.value(guard);
                let yes = self.b.new_block();
                self.b.branch(holds, yes, next);
                self.b.switch_to(yes);
            }
            body(self, &arm.body);
            self.b.jump(join, &[]);
        }
        self.b.switch_to(join);
    }

    /// A block for each arm, which tests whether it fits, and the jump to the first one that
    /// can: cases are told apart at once.
    fn first_of<T>(&mut self, subject: Subject, arms: &[Arm<T>]) -> Vec<Block> {
        let entries: Vec<Block> = arms.iter().map(|_| self.b.new_block()).collect();
        let Some(first) = entries.first().copied() else {
            return entries;
        };
        let mut cases: Vec<(i64, Block)> = Vec::new();
        let mut default = entries.last().copied().unwrap_or(first);
        for (arm, entry) in arms.iter().zip(&entries) {
            let Some(found) = cases_of(&arm.pat) else {
                default = *entry;
                break;
            };
            for case in found {
                if cases.iter().all(|(seen, _)| *seen != case) {
                    cases.push((case, *entry));
                }
            }
        }
        if cases.len() < 2 || !self.has_cases(subject) {
            self.b.jump(first, &[]);
        } else {
            let tag = self.tag(subject);
            self.b.switch(tag, &cases, default);
        }
        entries
    }

    /// Whether one number tells the cases of a value apart.
    fn has_cases(&self, subject: Subject) -> bool {
        match subject {
            Subject::Value(value, _) => !self.b.func().repr(value).is_float(),
            Subject::Place(place) => matches!(
                self.cx.types.kind(place.ty),
                TyKind::Enum(..) | TyKind::Option(_)
            ),
        }
    }

    /// Whether a guard may change what is matched.
    fn changes(&self, guard: Option<&Expr>) -> bool {
        let mut changes = false;
        guard.into_iter().for_each(|guard| {
            each_expr(guard, &mut |inner| {
                if let ExprKind::Call(id, ..) = &inner.kind {
                    let params = &self.cx.typed.fns[*id].params;
                    changes |= params.iter().any(|param| param.inout);
                }
            });
        });
        changes
    }
}

/// The cases that a pattern can fit; `None`: any.
fn cases_of(pat: &Pat) -> Option<Vec<i64>> {
    Some(match pat {
        Pat::Variant(n, _) => vec![i64::from(*n)],
        Pat::Int(value) => vec![low_bits(*value)],
        Pat::Bool(value) => vec![i64::from(*value)],
        Pat::None => vec![0],
        Pat::Some(_) => vec![1],
        Pat::Or(all) => {
            let mut cases = Vec::new();
            for one in all {
                cases.extend(cases_of(one)?);
            }
            cases
        }
        Pat::Wild
        | Pat::Bind(_)
        | Pat::Members(_)
        | Pat::IntRange(..)
        | Pat::Float(_)
        | Pat::Text(_)
        | Pat::FloatRange(..) => return None,
    })
}
