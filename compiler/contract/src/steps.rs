//! Steps: how many rounds of loops a process makes, as far as its text shows.

use indexmap::IndexMap;
use theus_hir::item::Process;
use theus_hir::walk::{each_expr_of_stmt, each_stmt};
use theus_hir::{Block, Expr, ExprKind, FnId, Size, Stmt, StmtKind, TyKind, Typed};

/// Bounds of the steps of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Steps {
    /// Every run that ends well makes so many.
    pub sure: u64,
    /// No run makes more; `None` where that is not known.
    pub most: Option<u64>,
}

impl Steps {
    const NONE: Self = Self {
        sure: 0,
        most: Some(0),
    };
    const UNKNOWN: Self = Self {
        sure: 0,
        most: None,
    };

    fn then(self, other: Self) -> Self {
        let most = self.most.zip(other.most);
        Self {
            sure: self.sure.saturating_add(other.sure),
            most: most.map(|(a, b)| a.saturating_add(b)),
        }
    }

    fn or(self, other: Self) -> Self {
        let most = self.most.zip(other.most);
        Self {
            sure: self.sure.min(other.sure),
            most: most.map(|(a, b)| a.max(b)),
        }
    }

    /// A loop of at least and at most so many rounds.
    fn rounds(self, sure: u64, most: Option<u64>) -> Self {
        let most = match (most, self.most) {
            (Some(0), _) => Some(0),
            (Some(rounds), Some(inside)) => {
                Some(rounds.saturating_mul(inside.saturating_add(1)))
            }
            _ => None,
        };
        Self {
            sure: sure.saturating_mul(self.sure.saturating_add(1)),
            most,
        }
    }
}

/// The steps of one run of a process.
pub fn steps_of(typed: &Typed, process: &Process) -> Steps {
    let mut count = Count {
        typed,
        fns: IndexMap::new(),
    };
    let block = &process.body.block;
    let mut leaves = false;
    each_stmt(block, &mut |stmt| {
        leaves |= matches!(
            stmt.kind,
            StmtKind::Return(_)
                | StmtKind::Raise(..)
                | StmtKind::Break
                | StmtKind::Continue
                | StmtKind::Unpack(..)
        );
        each_expr_of_stmt(stmt, &mut |e| {
            leaves |= matches!(e.kind, ExprKind::OrElse(..))
        });
    });
    let found = count.block(block);
    Steps {
        sure: if leaves { 0 } else { found.sure },
        most: if process.each.is_some() {
            None
        } else {
            found.most
        },
    }
}

struct Count<'a> {
    typed: &'a Typed,
    /// Functions; those that are being counted have no bound.
    fns: IndexMap<FnId, Steps>,
}

impl Count<'_> {
    fn block(&mut self, block: &Block) -> Steps {
        let steps = block.stmts.iter().map(|stmt| self.stmt(stmt));
        steps.fold(Steps::NONE, Steps::then)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Steps {
        match &stmt.kind {
            StmtKind::If(cond, then, other) => {
                let head = self.expr(cond);
                head.then(self.block(then).or(self.block(other)))
            }
            StmtKind::ForRange {
                lo,
                hi,
                inclusive,
                body,
                ..
            } => {
                let head = self.expr(lo).then(self.expr(hi));
                let rounds = rounds(lo, hi, *inclusive);
                head.then(self.block(body).rounds(rounds.unwrap_or(0), rounds))
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
                let most = Some(*top).filter(|top| *top != u64::MAX);
                let turn = self.expr(cond).then(self.block(body));
                let last = self.expr(cond);
                self.expr(max).then(turn.rounds(0, most)).then(last)
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Let(..)
            | StmtKind::Assign(..)
            | StmtKind::OpAssign(..)
            | StmtKind::Expr(_)
            | StmtKind::Return(_)
            | StmtKind::Raise(..)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Assert(..) => self.exprs_of(stmt),
            _ => Steps::UNKNOWN,
        }
    }

    fn elements(&self, over: &Expr) -> (u64, Option<u64>) {
        let known = |size: &Size| match size {
            Size::Const(size) => Some(*size),
            _ => None,
        };
        match self.typed.types.kind(over.ty) {
            TyKind::Array(_, dims) => {
                let first = dims.first().and_then(known);
                (first.unwrap_or(0), first)
            }
            TyKind::Ring(_, size) => (0, known(size)),
            _ => (0, None),
        }
    }

    fn expr(&mut self, e: &Expr) -> Steps {
        let mut calls = Vec::new();
        theus_hir::walk::each_expr(e, &mut |inner| calls.push(called(inner)));
        self.calls(&calls)
    }

    fn exprs_of(&mut self, stmt: &Stmt) -> Steps {
        let mut calls = Vec::new();
        each_expr_of_stmt(stmt, &mut |inner| calls.push(called(inner)));
        self.calls(&calls)
    }

    fn calls(&mut self, calls: &[Called]) -> Steps {
        let loops = calls.contains(&Called::Often);
        let mut total = Steps::NONE;
        for call in calls {
            if let Called::Fn(id) = call {
                total = total.then(self.function(*id));
            }
        }
        match total.most {
            Some(0) if !calls.contains(&Called::Closure) => total,
            Some(_) if !loops && !calls.contains(&Called::Closure) => total,
            _ => Steps {
                most: None,
                ..total
            },
        }
    }

    /// What a call surely makes is not counted: a function may return early.
    fn function(&mut self, id: FnId) -> Steps {
        if let Some(known) = self.fns.get(&id) {
            return *known;
        }
        self.fns.insert(id, Steps::UNKNOWN);
        let most = match &self.typed.fns[id].body {
            Ok(body) => self.block(&body.block).most,
            Err(_) => Some(0),
        };
        let found = Steps { sure: 0, most };
        self.fns.insert(id, found);
        found
    }
}

/// What an expression calls.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Called {
    Nothing,
    Fn(FnId),
    /// A closure, as often as its callee likes.
    Closure,
    /// What is inside, once a round.
    Often,
}

fn called(e: &Expr) -> Called {
    match &e.kind {
        ExprKind::Call(id, ..) => Called::Fn(*id),
        ExprKind::CallLocal(..) | ExprKind::Closure(..) => Called::Closure,
        ExprKind::Quantifier { .. } => Called::Often,
        _ => Called::Nothing,
    }
}

/// Rounds of a loop between literals.
fn rounds(lo: &Expr, hi: &Expr, inclusive: bool) -> Option<u64> {
    match (&lo.kind, &hi.kind) {
        (ExprKind::Int(lo), ExprKind::Int(hi)) => {
            let rounds = hi.saturating_sub(*lo).saturating_add(inclusive.into());
            Some(u64::try_from(rounds.max(0)).unwrap_or(u64::MAX))
        }
        _ => None,
    }
}
