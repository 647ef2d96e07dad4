//! `pipeline p on c.inbox max 100 or 50ms`: ticks for batches of what waits in a field.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item as tree;
use theus_grammar::ast::{Expr as TreeExpr, Name};

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::ids::{FieldId, PipelineId};
use crate::item::{Batch, Collection};
use crate::ty::{GenericArg, Size, Ty, TyKind};
use crate::value::Value;

impl Checker<'_, '_> {
    /// What a pipeline waits for.
    pub(super) fn batch(&mut self, written: &tree::Batch) -> Option<Batch> {
        let queue = self.expr(&written.queue, None);
        let (field, size) = self.waits_in(&queue)?;
        let span = queue.span;
        let name = Name {
            text: "len".into(),
            span,
        };
        let waiting = self.method_of(queue, &name, &[], None, span);
        let Some(most) = &written.most else {
            let found = Diagnostic::new(Code::BadBatch, span, "how many are a batch?")
                .title("a pipeline of batches without `max`")
                .help("write `on c.inbox max 100`, or `on c.inbox max 100 or 50ms`");
            self.report(found);
            return None;
        };
        let most = self.batch_size(most, size)?;
        let wait = match &written.wait {
            Some(wait) => Some(self.batch_wait(wait)?),
            None => None,
        };
        Some(Batch {
            field,
            waiting,
            most,
            wait,
            span,
        })
    }

    /// The field that elements wait in, and how many it can hold.
    fn waits_in(&mut self, queue: &Expr) -> Option<(FieldId, Option<u64>)> {
        if queue.ty == Ty::ERROR || matches!(queue.kind, ExprKind::Error) {
            return None;
        }
        let size = match self.kind(queue.ty) {
            TyKind::Struct(id, args) => {
                let collection = self.cx.out.structs[*id].collection;
                let fits =
                    matches!(collection, Some(Collection::List | Collection::Queue));
                let size = args.iter().find_map(|arg| match arg {
                    GenericArg::Size(Size::Const(size)) => Some(*size),
                    _ => None,
                });
                fits.then_some(size)
            }
            _ => None,
        };
        if let (ExprKind::Field(field), Some(size)) = (&queue.kind, size)
            && self.cx.out.fields[*field].zone == Zone::Data
        {
            return Some((*field, size));
        }
        let label = format!("this is `{}`", self.show(queue.ty));
        let found = Diagnostic::new(Code::BadBatch, queue.span, label)
            .title("batches wait in a queue or a list of a context")
            .help("declare one, `inbox: queue<Job, 256> by at`, and fill it in another pipeline");
        self.report(found);
        None
    }

    fn batch_size(&mut self, written: &TreeExpr, size: Option<u64>) -> Option<u64> {
        let (module, due) = (self.env.module, Some(Ty::I64));
        let value = self.cx.constant_value(module, written, due, "a batch");
        let (value, _) = value?;
        let most = match value {
            Value::Int(most) => u64::try_from(most).unwrap_or(0),
            _ => 0,
        };
        let (label, help) = match size {
            _ if most == 0 => (
                "less than one".to_owned(),
                "write how many are a batch: `max 100`",
            ),
            Some(size) if most > size => (
                format!("only {size} can wait there"),
                "take smaller batches, or let the field hold more",
            ),
            _ => return Some(most),
        };
        let found = Diagnostic::new(Code::BadBatch, written.span, label)
            .title(format!("a batch of {most} never comes"))
            .help(help);
        self.report(found);
        None
    }

    fn batch_wait(&mut self, written: &TreeExpr) -> Option<i64> {
        let (module, due) = (self.env.module, Some(Ty::DURATION));
        let what = "how long a batch waits";
        let (value, _) = self.cx.constant_value(module, written, due, what)?;
        match value {
            Value::Duration(ns) if ns > 0 => Some(ns),
            _ => {
                let found =
                    Diagnostic::new(Code::BadBatch, written.span, "not longer than zero")
                        .title("a batch waits for some time")
                        .help("write `or 50ms`, or leave it out");
                self.report(found);
                None
            }
        }
    }

    /// Whether the pipeline that is checked waits for batches.
    pub(super) fn waits(&self) -> bool {
        let tree = self.pipeline.map(|id| self.cx.trees.pipelines[id]);
        tree.is_some_and(|tree| tree.batch.is_some())
    }

    /// Reports `every 10 ticks` in a pipeline of batches.
    pub(super) fn ticks_of_batches(&mut self, span: Span) {
        let found = Diagnostic::new(Code::BadBatch, span, "the ticks of what?")
            .title("batches come at no rate")
            .help("count them in a field: `when c.batches % 10 == 0 { … }`");
        self.report(found);
    }

    /// Reports a pipeline of batches as an item.
    pub(super) fn nested_batch(&mut self, id: PipelineId, span: Span) {
        let head = self.cx.out.pipelines[id].head.clone();
        let found = Diagnostic::new(Code::NestedPeriod, span, "it waits for batches")
            .title(format!("`{}` has ticks of its own", head.name))
            .label(head.span, "declared here")
            .help("let both run on one clock: it sees what the other has written");
        self.report(found);
    }
}
