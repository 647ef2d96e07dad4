//! What is asked before something is added: whoever asks may know when it is enough.

use indexmap::IndexSet;
use theus_hir::flow::each_flow;
use theus_hir::item::{Pipeline, Process};
use theus_hir::walk::{each_expr, each_expr_of_block, each_stmt};
use theus_hir::{Expr, ExprKind, FieldId, FlowKind, StmtKind};

/// What conditions look at.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) fields: IndexSet<FieldId>,
    /// The time, or the number of the tick.
    pub(super) clock: bool,
}

impl Asked {
    fn by(&mut self, condition: &Expr) {
        each_expr(condition, &mut |expr| match &expr.kind {
            ExprKind::Field(field)
            | ExprKind::Owned(_, field)
            | ExprKind::Prev(field) => {
                self.fields.insert(*field);
            }
            ExprKind::Tick(_) => self.clock = true,
            _ => {}
        });
    }
}

/// What the conditions of a process look at: of its clauses and its body.
pub(super) fn of_process(process: &Process) -> Asked {
    let mut asked = Asked::default();
    let each = process.each.as_ref();
    let filter = each.and_then(|each| each.filter.as_ref());
    for clause in process.requires.iter().chain(filter) {
        asked.by(clause);
    }
    each_stmt(&process.body.block, &mut |stmt| match &stmt.kind {
        StmtKind::If(condition, ..) | StmtKind::Match(condition, _) => {
            asked.by(condition);
        }
        StmtKind::While { cond, .. } => asked.by(cond),
        StmtKind::ForRange { lo, hi, .. } => {
            asked.by(lo);
            asked.by(hi);
        }
        // `let x = c.x else { return }`
        StmtKind::Unpack(_, value, Some(_)) => asked.by(value),
        _ => {}
    });
    each_expr_of_block(&process.body.block, &mut |expr| match &expr.kind {
        ExprKind::If(condition, ..) | ExprKind::Match(condition, _) => {
            asked.by(condition);
        }
        _ => {}
    });
    asked
}

/// The fields that conditions of a pipeline look at.
pub(super) fn of_pipeline(pipeline: &Pipeline) -> IndexSet<FieldId> {
    let mut asked = Asked::default();
    each_flow(&pipeline.body, &mut |flow| match &flow.kind {
        FlowKind::When(condition, ..)
        | FlowKind::Match(condition, _)
        | FlowKind::On(condition, ..)
        | FlowKind::Enter(_, _, Some(condition)) => asked.by(condition),
        FlowKind::Repeat(repeat, _) => {
            repeat.until.iter().for_each(|until| asked.by(until))
        }
        _ => {}
    });
    asked.fields
}
