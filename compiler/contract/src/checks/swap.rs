//! Heavy fields of two buffers: who writes one writes all of it before looking at it, unless
//! it begins with a copy.

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{each_flow, each_list};
use theus_hir::item::{Process, Swap};
use theus_hir::walk::{Part, each_expr_of_block, parts_of_expr, parts_of_stmt};
use theus_hir::{
    Block, Expr, ExprKind, FieldId, Flow, FlowKind, ProcessId, Stmt, StmtKind, Typed,
};
use theus_stdlib::Intrinsic;

use crate::Cx;
use crate::cover;
use crate::place::path_of;
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        let written = swaps(cx, id);
        old_of_others(cx.typed, process, &written, sink);
        for (field, span) in written {
            if cx.typed.fields[field].swap == Some(Swap::Whole) {
                whole(cx.typed, process, (field, span), sink);
            }
        }
    }
    for pipeline in cx.typed.pipelines.values() {
        groups(cx, &pipeline.body, sink);
    }
}

/// The fields of two buffers that a process writes, and where.
fn swaps(cx: &Cx<'_>, id: ProcessId) -> IndexMap<FieldId, Span> {
    let mut found = IndexMap::new();
    for ((place, _), span) in &cx.prints.process(id).writes {
        let field = place.in_field();
        if let Some(field) = field.filter(|id| cx.typed.fields[*id].swap.is_some()) {
            found.entry(field).or_insert(*span);
        }
    }
    found
}

/// The field of two buffers that a path begins with.
pub(crate) fn swap_of(typed: &Typed, expr: &Expr) -> Option<FieldId> {
    let field = path_of(typed, expr)?.place.in_field()?;
    typed.fields[field].swap.map(|_| field)
}

/// Where a process writes nothing there is one state, not an old one.
fn old_of_others(
    typed: &Typed,
    process: &Process,
    written: &IndexMap<FieldId, Span>,
    sink: &mut Sink,
) {
    each_expr_of_block(&process.body.block, &mut |expr| {
        let ExprKind::Old(inner) = &expr.kind else {
            return;
        };
        if let Some(field) = swap_of(typed, inner)
            && !written.contains_key(&field)
        {
            let name = show::field(typed, field);
            let found =
                Diagnostic::new(Code::MisplacedOld, expr.span, "not in this process")
                    .title(format!(
                        "`old` of `{name}`, which `{}` does not write",
                        process.head.name
                    ))
                    .help("it sees the front buffer anyway: remove `old`");
            sink.push(found);
        }
    });
}

fn whole(
    typed: &Typed,
    process: &Process,
    (field, written): (FieldId, Span),
    sink: &mut Sink,
) {
    let mut walk = Walk {
        typed,
        field,
        reads: Vec::new(),
        leaves: None,
    };
    let all = walk.block(&process.body.block, false) && process.each.is_none();
    let name = show::field(typed, field);
    if !all || walk.leaves.is_some() {
        let mut found = Diagnostic::new(Code::SwapPart, written, "written here")
            .title(format!(
                "`{}` may leave a part of `{name}` unwritten",
                process.head.name
            ))
            .help(format!(
                "assign the whole, or each element in loops over all sizes: \
                 `for i in 0..len({name}) {{ … }}`"
            ))
            .help("or declare it `heavy(swap copy)`: a writer begins with a copy of the front");
        if let Some(leaves) = walk.leaves {
            found = found.label(leaves, "may leave before the whole is written");
        }
        sink.push(found);
        return;
    }
    for span in walk.reads {
        let found = Diagnostic::new(
            Code::SwapRead,
            span,
            "not all of it is written here",
        )
        .title(format!("`{name}` is read before the whole is written"))
        .help(format!("what it was before this process is `old({name})`"))
        .help(
            "or declare it `heavy(swap copy)`: a writer begins with a copy of the front",
        );
        sink.push(found);
    }
}

/// A body, until the whole of a field is surely written.
struct Walk<'a> {
    typed: &'a Typed,
    field: FieldId,
    reads: Vec<Span>,
    leaves: Option<Span>,
}

impl Walk<'_> {
    /// Whether behind the block the whole is written.
    fn block(&mut self, block: &Block, whole: bool) -> bool {
        block
            .stmts
            .iter()
            .fold(whole, |whole, stmt| whole || self.stmt(stmt))
    }

    fn stmt(&mut self, stmt: &Stmt) -> bool {
        match &stmt.kind {
            StmtKind::Assign(target, value) => {
                self.target(target);
                self.expr(value);
                cover::covers(self.typed, self.field, stmt)
            }
            StmtKind::Return(value) => {
                value.iter().for_each(|value| self.expr(value));
                self.leaves.get_or_insert(stmt.span);
                true
            }
            StmtKind::Raise(_, some) => {
                some.iter().for_each(|value| self.expr(value));
                true
            }
            StmtKind::If(cond, then, other) => {
                self.expr(cond);
                let then = self.block(then, false);
                self.block(other, false) && then
            }
            StmtKind::Match(head, arms) => {
                self.expr(head);
                arms.iter().fold(!arms.is_empty(), |all, arm| {
                    arm.guard.iter().for_each(|guard| self.expr(guard));
                    self.block(&arm.body, false) && all
                })
            }
            StmtKind::Block(block) => self.block(block, false),
            StmtKind::ForRange { lo, hi, body, .. } => {
                self.expr(lo);
                self.expr(hi);
                self.block(body, false);
                cover::covers(self.typed, self.field, stmt)
            }
            _ => {
                parts_of_stmt(stmt, &mut |part| self.part(part));
                false
            }
        }
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => {
                self.block(block, false);
            }
        }
    }

    /// What is assigned is not read, but its indices are.
    fn target(&mut self, target: &Expr) {
        match path_of(self.typed, target) {
            Some(path) => path.indices.iter().for_each(|index| self.expr(index)),
            None => self.expr(target),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Field(field) if *field == self.field => self.reads.push(expr.span),
            ExprKind::Old(inner) => self.target(inner),
            ExprKind::Intrinsic(Intrinsic::Len, args) => {
                args.iter().for_each(|arg| self.target(arg));
            }
            // A `return` in a closure does not leave the process.
            ExprKind::Closure(..) => {
                let leaves = self.leaves;
                parts_of_expr(expr, &mut |part| self.part(part));
                self.leaves = leaves;
            }
            _ => parts_of_expr(expr, &mut |part| self.part(part)),
        }
    }
}

/// Every outermost group.
fn groups(cx: &Cx<'_>, list: &[Flow], sink: &mut Sink) {
    for flow in list {
        match &flow.kind {
            FlowKind::Atomic(body) => once(cx, body, sink),
            _ => each_list(flow, &mut |list| groups(cx, list, sink)),
        }
    }
}

/// A group exchanges buffers once, so one member alone writes them.
fn once(cx: &Cx<'_>, body: &[Flow], sink: &mut Sink) {
    let mut first: IndexMap<FieldId, Span> = IndexMap::new();
    each_flow(body, &mut |flow| {
        if let FlowKind::Repeat(_, list) = &flow.kind {
            turns(cx, list, sink);
        }
        let FlowKind::Run(process) = flow.kind else {
            return;
        };
        for (field, _) in swaps(cx, process) {
            let Some(before) = first.insert(field, flow.span) else {
                continue;
            };
            let name = show::field(cx.typed, field);
            let found = Diagnostic::new(Code::SwapTwice, flow.span, "writes it too")
                .title(format!("`{name}` is written by two members of one group"))
                .label(before, format!("writes `{name}`"))
                .help(
                    "a group exchanges the two buffers once: one process writes the field, \
                     or the second stands behind the group",
                );
            sink.push(found);
        }
    });
}

/// What repeats in a group writes again what is exchanged once.
fn turns(cx: &Cx<'_>, list: &[Flow], sink: &mut Sink) {
    each_flow(list, &mut |flow| {
        let FlowKind::Run(process) = flow.kind else {
            return;
        };
        for (field, _) in swaps(cx, process) {
            let name = show::field(cx.typed, field);
            let found = Diagnostic::new(Code::SwapTwice, flow.span, "once a turn")
                .title(format!("`{name}` is written several times in one group"))
                .help(
                    "a group exchanges the two buffers once: take the `repeat` out of it",
                );
            sink.push(found);
        }
    });
}
