//! Who reads, writes, calls and runs what. Fields are told by where they are declared: those
//! of a context of a type stand where those of the type stand.

use indexmap::IndexSet;
use theus_contract::{Footprint, ReadKind};
use theus_grammar::Span;
use theus_hir::body::Ran;
use theus_hir::flow::{FlowKind, each_flow};
use theus_hir::item::{Period, Target};
use theus_hir::walk::each_stmt;
use theus_hir::{ConstId, ExprKind, FieldId, FnId, ProcessId, StmtKind, TyKind};

use crate::cx::Cx;
use crate::visit::Home;

/// What of a program is used.
#[derive(Debug, Default)]
pub(crate) struct Used {
    /// Fields whose value somebody uses.
    pub(crate) read: IndexSet<Span>,
    /// Fields that somebody writes.
    pub(crate) written: IndexSet<Span>,
    /// Fields that anything names at all.
    pub(crate) named: IndexSet<Span>,
    /// Functions that are called.
    pub(crate) called: IndexSet<FnId>,
    /// Processes that run.
    pub(crate) run: IndexSet<ProcessId>,
}

impl Used {
    pub(crate) fn of(cx: &Cx<'_>) -> Self {
        let mut used = Self::default();
        for id in cx.typed.processes.keys() {
            used.print(cx, cx.prints.process(id));
        }
        for (expr, _) in cx.loose() {
            used.print(cx, &cx.prints.of_expr(cx.typed, expr));
        }
        cx.each_expr(&mut |expr, home| {
            used.expr(cx, &expr.kind);
            if let (Home::Test, ExprKind::Field(field)) = (home, &expr.kind) {
                used.read.insert(cx.typed.fields[*field].span);
            }
        });
        for (body, _) in cx.bodies() {
            each_stmt(&body.block, &mut |stmt| match &stmt.kind {
                StmtKind::Run {
                    ran: Ran::Process(list, _),
                    ..
                } => used.flows(cx, list),
                StmtKind::Set(place, _) => {
                    let print = cx.prints.of_expr(cx.typed, place);
                    let fields = print.reads.keys().filter_map(|(at, _)| at.in_field());
                    let spans = fields.map(|field| cx.typed.fields[field].span);
                    used.named.extend(spans);
                }
                _ => {}
            });
        }
        cx.typed.flows().for_each(|list| used.flows(cx, list));
        used.declared(cx);
        used
    }

    fn print(&mut self, cx: &Cx<'_>, print: &Footprint) {
        for ((place, kind), _) in &print.reads {
            if let (Some(field), ReadKind::Value) = (place.in_field(), kind) {
                self.read.insert(cx.typed.fields[field].span);
            }
        }
        for ((place, _), _) in &print.writes {
            let field = place.in_field();
            self.written
                .extend(field.map(|field| cx.typed.fields[field].span));
        }
    }

    fn expr(&mut self, cx: &Cx<'_>, kind: &ExprKind) {
        let mut field = |field: FieldId| {
            self.named.insert(cx.typed.fields[field].span);
        };
        match kind {
            ExprKind::Field(id) => field(*id),
            ExprKind::Prev(id) | ExprKind::Owned(_, id) => {
                field(*id);
                self.read.insert(cx.typed.fields[*id].span);
            }
            ExprKind::Window(id) => {
                let id = cx.typed.windows[*id].field;
                field(id);
                self.read.insert(cx.typed.fields[id].span);
            }
            ExprKind::Call(id, ..) => {
                self.called.insert(*id);
            }
            ExprKind::Const(id) => self.constant(cx, *id),
            _ => {}
        }
    }

    fn constant(&mut self, cx: &Cx<'_>, id: ConstId) {
        let value = &cx.typed.consts[id].value;
        theus_hir::walk::each_expr(value, &mut |expr| {
            if let ExprKind::Call(id, ..) = &expr.kind {
                self.called.insert(*id);
            }
        });
    }

    fn flows(&mut self, cx: &Cx<'_>, list: &[theus_hir::Flow]) {
        each_flow(list, &mut |flow| {
            if let FlowKind::Run(id) = &flow.kind {
                self.run.insert(*id);
                self.run.extend(cx.typed.processes[*id].of);
            }
        });
    }

    /// What declarations name: periods, sizes, handles, entries of contracts.
    fn declared(&mut self, cx: &Cx<'_>) {
        let typed = cx.typed;
        let mut named = |field: FieldId| {
            self.named.insert(typed.fields[field].span);
        };
        for pipeline in typed.pipelines.values() {
            if let Period::Global(field) = pipeline.period {
                named(field);
            }
        }
        typed
            .windows
            .values()
            .for_each(|window| named(window.field));
        typed.prevs.iter().for_each(|field| named(*field));
        typed.host.keys().for_each(|field| named(*field));
        for process in typed.processes.values() {
            for entry in process.inputs.iter().chain(&process.outputs) {
                if let Target::Field(field, _) = entry.target {
                    named(field);
                }
            }
            let each = process.each.iter();
            each.for_each(|each| {
                named(each.field);
                let into = each.isolated.and_then(|isolated| isolated.into);
                into.into_iter().for_each(&mut named);
            });
        }
        for (id, field) in &typed.fields {
            if let TyKind::Handle(pool) = typed.types.kind(field.ty) {
                named(*pool);
            }
            if let Some(owner) = typed.owner_of(id) {
                named(owner.pool);
                named(id);
            }
        }
        for constant in typed.consts.values() {
            theus_hir::walk::each_expr(&constant.value, &mut |expr| {
                if let ExprKind::Call(id, ..) = &expr.kind {
                    self.called.insert(*id);
                }
            });
        }
        self.ranges_and_sizes(cx);
        for test in typed.tests.values() {
            self.run.extend(test.of);
            let of = test.of.and_then(|of| typed.processes[of].of);
            self.run.extend(of);
        }
    }

    /// Globals whose name is a word in a type or range: they are not kept as expressions.
    fn ranges_and_sizes(&mut self, cx: &Cx<'_>) {
        for (_, field) in &cx.typed.fields {
            let context = &cx.typed.contexts[field.context];
            if field.zone != theus_abi::image::Zone::Global {
                continue;
            }
            let path = format!("{}.{}", context.head.name, field.name);
            let mut own = cx.parsed.iter().filter(|module| !module.is_std);
            let declared = own.any(|module| {
                let text = cx.text(module.file.span);
                text.matches(&path).next().is_some()
            });
            if declared {
                self.named.insert(field.span);
            }
        }
    }
}
