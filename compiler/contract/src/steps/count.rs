//! Counting the steps of statements, expressions, and of what they call.

use std::cell::{Cell, RefCell};

use indexmap::IndexMap;
use theus_hir::body::{ClosureBody, PoolOp};
use theus_hir::item::Process;
use theus_hir::ty::Full;
use theus_hir::walk::{Part, parts_of_expr, parts_of_stmt};
use theus_hir::{
    Block, Body, Expr, ExprKind, FnId, LocalId, Otherwise, Stmt, StmtKind, TyKind, Typed,
};

use super::Steps;
use crate::interval::{Given, Interval, Known, Results, join};

/// Calls are followed this deep.
const MOST_DEPTH: usize = 64;
/// Functions are looked into this often.
const MOST_FUNCTIONS: usize = 4096;

/// What a call is told, as far as it matters here.
type Called = (FnId, Vec<Given>, Vec<(LocalId, Interval)>);

/// What a call makes and gives.
#[derive(Clone, Copy)]
struct Made {
    steps: Steps,
    /// Between which values the result lies; of a slice, how many elements it has.
    result: Option<Interval>,
}

/// A program, and what is known of its functions.
pub(super) struct Count<'a> {
    typed: &'a Typed,
    made: RefCell<IndexMap<Called, Made>>,
    depth: Cell<usize>,
    looked: Cell<usize>,
}

impl<'a> Count<'a> {
    pub(super) fn new(typed: &'a Typed) -> Self {
        Self {
            typed,
            made: RefCell::default(),
            depth: Cell::new(0),
            looked: Cell::new(0),
        }
    }

    /// One run of a process.
    pub(super) fn process(&self, process: &Process) -> Steps {
        let known = Known {
            results: Some(self),
            ranged: true,
            ..Known::new(self.typed, Vec::new())
        };
        let mut walk = Walk {
            all: self,
            known,
            body: &process.body,
            closures: IndexMap::new(),
            results: Vec::new(),
        };
        let before = walk.exprs(&process.requires);
        let body = match &process.each {
            None => walk.block(&process.body.block),
            Some(each) => {
                let filter = each.filter.as_ref();
                let filter = filter.map_or(Steps::NONE, |filter| walk.expr(filter));
                let once = filter.then(walk.block(&process.body.block));
                let ty = self.typed.fields[each.field].ty;
                let over = each.part.as_ref().map_or(ty, |part| part.ty);
                let most = walk.capacity(over);
                let (freed, slice) = (self.freed(), each.slice.as_ref());
                let slice = slice.map_or(Steps::NONE, |slice| walk.expr(slice));
                once.times(0, most).then(freed).then(slice)
            }
        };
        before.then(body).then(walk.exprs(&process.ensures))
    }

    /// What a call of a function makes and gives.
    fn call(&self, id: FnId, known: Known<'_>, closures: Closures) -> Made {
        let unknown = Made {
            steps: Steps::UNKNOWN,
            result: None,
        };
        let Ok(body) = &self.typed.fns[id].body else {
            let steps = Steps::NONE;
            return Made { steps, ..unknown };
        };
        let mut locals: Vec<_> = known.locals.iter().map(|(a, b)| (*a, *b)).collect();
        locals.sort_unstable();
        let key = (id, known.given.clone(), locals);
        if let Some(made) = self.made.borrow().get(&key)
            && closures.is_empty()
        {
            return *made;
        }
        let (depth, looked) = (self.depth.get(), self.looked.get());
        if depth >= MOST_DEPTH || looked >= MOST_FUNCTIONS {
            return unknown;
        }
        // A function that calls itself is reported as that.
        self.made.borrow_mut().insert(key.clone(), unknown);
        self.depth.set(depth + 1);
        self.looked.set(looked + 1);
        let mut walk = Walk {
            all: self,
            known,
            body,
            closures,
            results: Vec::new(),
        };
        let steps = walk.block(&body.block);
        let results: Option<Vec<_>> = walk.results.iter().copied().collect();
        let result = results.and_then(|all| all.into_iter().reduce(join));
        let alone = walk.closures.is_empty();
        self.depth.set(depth);
        // What a function surely makes is not counted: it may return early.
        let steps = Steps::up_to(steps.most);
        let made = Made { steps, result };
        if alone {
            self.made.borrow_mut().insert(key, made);
        } else {
            self.made.borrow_mut().shift_remove(&key);
        }
        made
    }

    /// What goes when something is freed: in the worst case all that belongs to it.
    fn freed(&self) -> Steps {
        let pools = self.typed.fields.values().filter_map(|field| {
            match self.typed.types.kind(field.ty) {
                TyKind::Pool(_, size, rules) if rules.owner.is_some() => Some(size),
                _ => None,
            }
        });
        let known = Known::new(self.typed, Vec::new());
        let all = pools.map(|size| Steps::up_to(known.size(*size)));
        all.fold(Steps::NONE, Steps::then)
    }
}

impl Results for Count<'_> {
    fn result(&self, known: &Known<'_>, call: &Expr) -> Option<Interval> {
        let ExprKind::Call(id, _, args) = &call.kind else {
            return None;
        };
        if args
            .iter()
            .any(|arg| matches!(arg.kind, ExprKind::Closure(..)))
        {
            return None;
        }
        let callee = known.of_callee(*id, call)?;
        self.call(*id, callee, Closures::new()).result
    }
}

/// What one call of each closure makes.
type Closures = IndexMap<LocalId, Steps>;

/// One function as it is called, or a process.
struct Walk<'w, 'a> {
    all: &'w Count<'a>,
    known: Known<'w>,
    body: &'w Body,
    closures: Closures,
    /// What its `return`s give.
    results: Vec<Option<Interval>>,
}

impl Walk<'_, '_> {
    fn block(&mut self, block: &Block) -> Steps {
        let steps = block.stmts.iter().map(|stmt| self.stmt(stmt));
        steps.fold(Steps::NONE, Steps::then)
    }

    fn exprs(&mut self, exprs: &[Expr]) -> Steps {
        let steps = exprs.iter().map(|expr| self.expr(expr));
        steps.fold(Steps::NONE, Steps::then)
    }

    fn part(&mut self, part: Part<'_>) -> Steps {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => self.block(block),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) -> Steps {
        match &stmt.kind {
            StmtKind::If(cond, then, other) => {
                let head = self.expr(cond);
                let then = self.block(then);
                head.then(then.or(self.block(other)))
            }
            StmtKind::Match(head, arms) => {
                let (mut head, mut most) = (self.expr(head), None::<Steps>);
                for arm in arms {
                    head = head.then(Steps::up_to(self.exprs(arm.guard.as_slice()).most));
                    let arm = self.block(&arm.body);
                    most = Some(most.map_or(arm, |most| most.or(arm)));
                }
                head.then(most.unwrap_or(Steps::NONE))
            }
            StmtKind::ForRange {
                local,
                lo,
                hi,
                inclusive,
                body,
            } => {
                let (head, sure, most) = self.range(*local, lo, hi, *inclusive);
                head.then(self.block(body).rounds(sure, most))
            }
            StmtKind::ForEach { over, body, .. } => {
                let (sure, most) = self.elements(over);
                self.expr(over).then(self.block(body).rounds(sure, most))
            }
            // Beyond its bound it is the fault `LoopBound`.
            StmtKind::While {
                cond,
                max,
                top,
                body,
                ..
            } => {
                let most = match *top {
                    u64::MAX => self.known.interval(max).and_then(above_zero),
                    top => Some(top),
                };
                let (head, last) = (self.expr(max), self.expr(cond));
                let turn = last.then(self.block(body));
                head.then(turn.rounds(0, most)).then(last)
            }
            StmtKind::Let(local, Some(value)) => {
                let steps = self.expr(value);
                let fixed = self.body.locals.get(*local);
                if fixed.is_some_and(|local| !local.mutable) {
                    self.known.bind(*local, value);
                }
                steps
            }
            StmtKind::Return(value) => self.result(value.as_ref()),
            StmtKind::Set(..) | StmtKind::Run { .. } | StmtKind::Expect(..) => {
                Steps::UNKNOWN
            }
            StmtKind::Let(_, None)
            | StmtKind::Unpack(..)
            | StmtKind::Assign(..)
            | StmtKind::OpAssign(..)
            | StmtKind::Expr(_)
            | StmtKind::Raise(..)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Block(_)
            | StmtKind::Assert(..)
            | StmtKind::Error => {
                let mut steps = Steps::NONE;
                parts_of_stmt(stmt, &mut |part| steps = steps.then(self.part(part)));
                steps
            }
        }
    }

    /// Of an expression only the most is told: it may not be evaluated at all.
    fn expr(&mut self, e: &Expr) -> Steps {
        let steps = match &e.kind {
            ExprKind::Call(id, _, args) => self.call(*id, e, args),
            ExprKind::CallLocal(local, args) => {
                let once = self.closures.get(local).copied();
                self.exprs(args).then(once.unwrap_or(Steps::UNKNOWN))
            }
            // It counts where it is called.
            ExprKind::Closure(..) => Steps::NONE,
            ExprKind::If(cond, a, b) => {
                let (head, a) = (self.expr(cond), self.expr(a));
                head.then(a.or(self.expr(b)))
            }
            ExprKind::Match(head, arms) => {
                let (mut head, mut most) = (self.expr(head), Steps::NONE);
                for arm in arms {
                    head = head.then(self.exprs(arm.guard.as_slice()));
                    most = most.or(self.expr(&arm.body));
                }
                head.then(most)
            }
            ExprKind::OrElse(value, Otherwise::Raise(_, some)) => {
                self.expr(value).then(self.exprs(some))
            }
            ExprKind::Quantifier {
                local,
                lo,
                hi,
                inclusive,
                body,
                ..
            } => {
                let (head, _, most) = self.range(*local, lo, hi, *inclusive);
                head.then(self.expr(body).times(0, most))
            }
            ExprKind::Pool(op, args) => self.pool(*op, args),
            _ => {
                let mut steps = Steps::NONE;
                parts_of_expr(e, &mut |part| steps = steps.then(self.part(part)));
                steps
            }
        };
        Steps::up_to(steps.most)
    }

    fn call(&mut self, id: FnId, call: &Expr, args: &[Expr]) -> Steps {
        let own = self.exprs(args);
        let Some(known) = self.known.of_callee(id, call) else {
            return Steps::UNKNOWN;
        };
        let mut closures = Closures::new();
        for (param, arg) in self.all.typed.fns[id].params.iter().zip(args) {
            if let Some(once) = self.closure(arg) {
                closures.insert(param.local, once);
            }
        }
        own.then(self.all.call(id, known, closures).steps)
    }

    /// What one call of a closure makes.
    fn closure(&mut self, arg: &Expr) -> Option<Steps> {
        match &arg.kind {
            ExprKind::Closure(_, body) => Some(match &**body {
                ClosureBody::Expr(value) => self.expr(value),
                ClosureBody::Block(block) => {
                    // What a closure returns is not what the function does.
                    let results = std::mem::take(&mut self.results);
                    let steps = Steps::up_to(self.block(block).most);
                    self.results = results;
                    steps
                }
            }),
            ExprKind::Local(local) => self.closures.get(local).copied(),
            _ => None,
        }
    }

    fn pool(&mut self, op: PoolOp, args: &[Expr]) -> Steps {
        let own = self.exprs(args);
        let most = args.first().and_then(|pool| self.capacity(pool.ty));
        let does = match op {
            PoolOp::Insert => {
                let leaves = args.first().is_some_and(|pool| {
                    matches!(
                        self.all.typed.types.kind(pool.ty),
                        TyKind::Pool(_, _, rules) if rules.full != Full::Fault
                    )
                });
                let leaves = Steps::up_to(if leaves { most } else { Some(0) });
                if leaves == Steps::NONE {
                    leaves
                } else {
                    leaves.then(self.all.freed())
                }
            }
            PoolOp::Clear => Steps::up_to(most).then(self.all.freed()),
            PoolOp::Free | PoolOp::Leave => self.all.freed(),
            PoolOp::Retain => {
                let test = args.get(1).and_then(|test| self.closure(test));
                let test = test.unwrap_or(Steps::UNKNOWN);
                test.rounds(0, most).then(self.all.freed())
            }
            PoolOp::Get
            | PoolOp::Has
            | PoolOp::Len
            | PoolOp::Capacity
            | PoolOp::Owner
            | PoolOp::Handles
            | PoolOp::Find(_)
            | PoolOp::Sorted(..)
            | PoolOp::Top(_)
            | PoolOp::Near(_)
            | PoolOp::Own => Steps::NONE,
        };
        own.then(does)
    }

    /// `return`: what it gives is kept.
    fn result(&mut self, value: Option<&Expr>) -> Steps {
        let known = &self.known;
        let result = value
            .and_then(|value| known.interval(value).or_else(|| known.elements(value)));
        self.results.push(result);
        value.map_or(Steps::NONE, |value| self.expr(value))
    }

    /// The head of `for i in lo..hi`, whose local is known from here on: its own steps, the rounds
    /// that are sure, and the most.
    fn range(
        &mut self,
        local: LocalId,
        lo: &Expr,
        hi: &Expr,
        inclusive: bool,
    ) -> (Steps, u64, Option<u64>) {
        let head = self.expr(lo).then(self.expr(hi));
        let (sure, most) = self.rounds(lo, hi, inclusive);
        self.known.bind_range(local, lo, hi, inclusive);
        (head, sure, most)
    }

    /// Rounds of `lo..hi`: those that are sure, and the most.
    fn rounds(&self, lo: &Expr, hi: &Expr, inclusive: bool) -> (u64, Option<u64>) {
        let ends = self.known.interval(lo).zip(self.known.interval(hi));
        let Some((lo, hi)) = ends else {
            return (0, None);
        };
        let one = i128::from(inclusive);
        let sure = above_zero((0, hi.0 - lo.1 + one));
        // All values of a type are not a bound that anyone can use.
        let most = above_zero((0, hi.1 - lo.0 + one)).filter(|most| *most < 1 << 31);
        (sure.unwrap_or(0), most)
    }

    /// Rounds of `for x in over`.
    fn elements(&self, over: &Expr) -> (u64, Option<u64>) {
        let found = self.known.elements(over);
        let sure = found.and_then(|(lo, _)| u64::try_from(lo).ok());
        (sure.unwrap_or(0), found.and_then(above_zero))
    }

    /// How many elements a collection can have.
    fn capacity(&self, ty: theus_hir::Ty) -> Option<u64> {
        self.known.elements_of(ty).and_then(above_zero)
    }
}

/// The upper end, as a count.
fn above_zero((_, hi): Interval) -> Option<u64> {
    u64::try_from(hi.max(0)).ok()
}
