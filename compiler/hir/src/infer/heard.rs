//! `on s as v { … }`: items that get the value of a signal. The value is a field of its own,
//! which holds a copy while the items run.

use std::sync::Arc;

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::flow as tree_flow;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::cx::ContextTree;
use crate::flow::{Begins, FlowKind};
use crate::ids::{FieldId, ProcessId};
use crate::item::{ContextKind, Field, Head, Period};
use crate::resolve::declare::empty_context;
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `on c.hit as h { … }`.
    pub(super) fn heard_flow(
        &mut self,
        written: &tree::Expr,
        name: &Name,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let signal = self.value(written);
        let ty = self.heard_ty(&signal, name.span);
        let failed = ty.is_none();
        let ty = ty.unwrap_or(Ty::ERROR);
        let field = self.heard_field(written, name, ty);
        let body = self.scoped(|this| {
            let local = this.local(&name.text, ty, false, name.span);
            this.heard.insert(local, field);
            this.flows(body, period)
        });
        match failed {
            true => FlowKind::Error,
            false => FlowKind::On(signal, Begins::Value(field), body),
        }
    }

    /// The type of what a signal hands on.
    fn heard_ty(&mut self, signal: &Expr, name: Span) -> Option<Ty> {
        if signal.ty == Ty::ERROR || matches!(signal.kind, ExprKind::Error) {
            return None;
        }
        let have = self.show(signal.ty);
        let optional =
            format!("make it optional: `signal …: {have}?`; a value raises it");
        let (label, help) = match self.kind(signal.ty) {
            _ if !self.is_signal(signal) => (
                "this is no signal".to_owned(),
                "declare it so: `signal hit: f64?`; for a field look with `on c.x > 1.0`",
            ),
            TyKind::Option(inner) => return Some(*inner),
            TyKind::Int(_) => return Some(signal.ty),
            TyKind::Bool => (
                "a `bool` is raised or not".to_owned(),
                "leave `as` out, or declare what it carries: `signal hit: f64?`",
            ),
            _ => (
                format!("this is `{have}`: which value means that nothing was raised?"),
                &*optional,
            ),
        };
        let found = Diagnostic::new(Code::NoSignalValue, signal.span, label)
            .title("`on … as` takes a signal that carries a value")
            .label(name, "the name of its value")
            .help(help);
        self.report(found);
        None
    }

    /// The field that holds the value.
    fn heard_field(&mut self, written: &tree::Expr, name: &Name, ty: Ty) -> FieldId {
        let name_of = format!("on {}", crate::text::expr(written));
        let mut known = self.cx.out.contexts.values();
        let first = !known.any(|known| *known.head.name == *name_of);
        // What lies in memory has one name.
        let head = Head {
            name: match first {
                true => name_of.into(),
                false => format!("{name_of} at {}", written.span.start).into(),
            },
            span: written.span,
            module: self.env.module,
            docs: Vec::new(),
        };
        let context = empty_context(self.cx, head, ContextTree::Param, ContextKind::One);
        self.cx.trees.fields.push(None);
        let field = self.cx.out.fields.push(Field {
            context,
            name: Arc::clone(&name.text),
            zone: Zone::Signal,
            swap: None,
            ty,
            range: None,
            default: None,
            docs: Vec::new(),
            span: name.span,
        });
        self.cx.out.contexts[context].fields.push(field);
        field
    }

    /// A cached process looks at fields whose writes are seen.
    pub(super) fn cached_heard(&mut self, id: ProcessId, argument: Span) {
        let process = &self.cx.out.processes[id];
        let Some(cached) = process.cached else { return };
        let title = format!(
            "`{}` is cached and uses what changes unseen",
            process.head.name
        );
        let found = Diagnostic::new(Code::NotCacheable, argument, "the value of a signal")
            .title(title)
            .label(cached.span, "skipped while no field that it names is written")
            .help("remove the clause `cached`: the process runs only where the signal is raised");
        self.report(found);
    }
}
