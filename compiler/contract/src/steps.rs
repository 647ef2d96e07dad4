//! Steps: how many rounds of loops a process makes, as far as its text shows.

mod count;

use theus_hir::item::Process;
use theus_hir::walk::{each_expr_of_stmt, each_stmt};
use theus_hir::{ExprKind, StmtKind, Typed};

use count::Count;

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

    /// Up to so many.
    const fn up_to(most: Option<u64>) -> Self {
        Self { sure: 0, most }
    }

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

    /// The same so often, without a step for each time.
    fn times(self, sure: u64, most: Option<u64>) -> Self {
        let most = match (most, self.most) {
            (_, Some(0)) | (Some(0), _) => Some(0),
            (Some(times), Some(inside)) => Some(times.saturating_mul(inside)),
            _ => None,
        };
        Self {
            sure: sure.saturating_mul(self.sure),
            most,
        }
    }

    /// A loop of at least and at most so many rounds, each of them a step.
    fn rounds(self, sure: u64, most: Option<u64>) -> Self {
        let round = Self {
            sure: 1,
            most: Some(1),
        };
        self.then(round).times(sure, most)
    }
}

/// The steps of one run of a process: of one with `each`, for all of its elements.
pub fn steps_of(typed: &Typed, process: &Process) -> Steps {
    let block = &process.body.block;
    let mut leaves = process.each.is_some();
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
            leaves |= matches!(e.kind, ExprKind::OrElse(..));
        });
    });
    let found = Count::new(typed).process(process);
    Steps {
        sure: if leaves { 0 } else { found.sure },
        most: found.most,
    }
}
