//! `host`: what the machine tells. Each thing that is read is a meta field of a context that
//! the program does not write: the host sets it between batches of ticks, tests set it.

use std::sync::Arc;

use theus_abi::host::Told;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{Arg, ArgKind};
use theus_grammar::ast::{Name, Path};

use super::{Checker, Home};
use crate::body::{Expr, ExprKind};
use crate::cx::ContextTree;
use crate::ids::{ContextId, FieldId, ProcessId};
use crate::item::{ContextKind, Field, Head};
use crate::resolve::declare::empty_context;
use crate::resolve::scope::{listed, unknown};
use crate::resolve::sizes::words_of;
use crate::ty::Ty;

const fn ty(told: Told) -> Ty {
    match told {
        Told::P50 | Told::P99 | Told::Max | Told::Late | Told::Took => Ty::DURATION,
        Told::Cpu => Ty::F64,
        Told::Memory => Ty::U64,
    }
}

impl Checker<'_, '_> {
    /// `host.late`.
    pub(super) fn host(&mut self, name: &Name, span: Span) -> Expr {
        match self.told(name) {
            Some(told) if told.of_process() => {
                let found = Diagnostic::new(Code::WrongArity, span, "of which process?")
                    .title(format!("`host.{}` is told of a process", name.text))
                    .help(format!("name one: `host.{}(act)`", name.text));
                self.report(found);
                Self::error(span)
            }
            Some(told) => self.host_read(told, None, span),
            None => Self::error(span),
        }
    }

    /// `host.p99(act)`.
    pub(super) fn host_call(&mut self, name: &Name, args: &[Arg], span: Span) -> Expr {
        let Some(told) = self.told(name) else {
            return Self::error(span);
        };
        let path = match args {
            [arg] if matches!(arg.kind, ArgKind::Plain) => {
                words_of(&arg.value).map(|words| Path {
                    words,
                    span: arg.value.span,
                })
            }
            _ => None,
        };
        let Some(path) = path.filter(|_| told.of_process()) else {
            let help = match told.of_process() {
                true => format!("name one process: `host.{}(act)`", name.text),
                false => format!("write `host.{}`", name.text),
            };
            let found = Diagnostic::new(Code::WrongArity, span, "not called so");
            let title = format!("`host.{}` does not take this", name.text);
            self.report(found.title(title).help(help));
            return Self::error(span);
        };
        match self.process(&path) {
            Some(process) => self.host_read(told, Some(process), span),
            None => Self::error(span),
        }
    }

    fn told(&mut self, name: &Name) -> Option<Told> {
        let found = Told::ALL.iter().find(|told| told.name() == &*name.text);
        if found.is_none() {
            let names: Vec<Arc<str>> =
                Told::ALL.iter().map(|told| told.name().into()).collect();
            let found = unknown(Code::UnknownField, "field", name, &names)
                .title(format!("`host` has no `{}`", name.text));
            let found = match found.help.is_empty() {
                true => found.help(format!("it has {}", listed(&names, "and"))),
                false => found,
            };
            self.report(found);
        }
        found.copied()
    }

    fn host_read(&mut self, told: Told, process: Option<ProcessId>, span: Span) -> Expr {
        if !matches!(self.home, Home::Alert | Home::Test | Home::Pipeline) {
            self.host_told(span);
            return Self::error(span);
        }
        let field = self.host_field(told, process, span);
        Expr {
            kind: ExprKind::Field(field),
            ty: ty(told),
            span,
        }
    }

    /// Reports what the machine tells where a process is steered by it.
    pub(super) fn host_told(&mut self, span: Span) {
        let found = Diagnostic::new(Code::HostRead, span, "told by the machine")
            .title("what the machine tells stands in alerts, sinks and tests")
            .help(
                "a run must be the same on any machine: `tick` is what may be steered by",
            );
        self.report(found);
    }

    pub(super) fn host_field(
        &mut self,
        told: Told,
        process: Option<ProcessId>,
        span: Span,
    ) -> FieldId {
        let known = self.cx.out.host.iter();
        let mut known = known.filter(|(_, read)| **read == (told, process));
        if let Some((field, _)) = known.next() {
            return *field;
        }
        let context = self.host_context(span);
        let name = match process {
            Some(id) => {
                format!("{}({})", told.name(), self.cx.out.processes[id].head.name)
            }
            None => told.name().to_owned(),
        };
        self.cx.trees.fields.push(None);
        let field = self.cx.out.fields.push(Field {
            context,
            name: name.into(),
            zone: Zone::Meta,
            swap: None,
            ty: ty(told),
            range: None,
            default: None,
            docs: Vec::new(),
            span,
        });
        self.cx.out.contexts[context].fields.push(field);
        self.cx.out.host.insert(field, (told, process));
        field
    }

    /// The context of what the machine tells, made when it is first asked.
    fn host_context(&mut self, span: Span) -> ContextId {
        let known = self.cx.out.host.keys().next();
        if let Some(field) = known {
            return self.cx.out.fields[*field].context;
        }
        let head = Head {
            name: "host".into(),
            span,
            module: self.env.module,
            docs: Vec::new(),
        };
        empty_context(self.cx, head, ContextTree::Param, ContextKind::One)
    }
}
