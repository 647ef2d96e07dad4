//! Properties: what they draw, and the process whose contract they test.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::item::{Applied, ProcessParam};

use super::Checker;
use crate::body::{Ran, Stmt};
use crate::build::dotted;
use crate::cx::Env;
use crate::flow::FlowKind;
use crate::ids::ProcessId;
use crate::item::Drawn;
use crate::ty::{GenericArg, Size, Ty, TyKind};

impl Checker<'_, '_> {
    /// What a property draws.
    pub(super) fn drawn(&mut self, written: &[ProcessParam]) -> Vec<Drawn> {
        let mut found = Vec::new();
        for param in written {
            let Some(written) = &param.ty else { continue };
            let module = self.env.module;
            let ty = self.cx.stored(&Env::plain(module), written, false);
            if !self.is_drawable(ty) {
                self.cannot_draw(ty, written.span);
            }
            let range = param.range.as_ref();
            let range = range.and_then(|range| self.cx.range(module, ty, range));
            let local = self.local(&param.name.text, ty, false, param.name.span);
            let name = param.name.text.clone();
            found.push(Drawn {
                local,
                name,
                ty,
                range,
            });
        }
        found
    }

    /// Whether values of a type are made of numbers, texts and choices.
    fn is_drawable(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Error
            | TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant => true,
            TyKind::Enum(id, args) => {
                let variants = self.cx.out.enums[*id].variants.iter();
                let mut members = variants.flat_map(|variant| &variant.payload);
                self.are_drawable(args) && members.all(|member| self.is_part(member.ty))
            }
            TyKind::Struct(id, args) => {
                let found = &self.cx.out.structs[*id];
                let mut members = found.members.iter();
                found.collection.is_none()
                    && self.are_drawable(args)
                    && members.all(|member| self.is_part(member.ty))
            }
            TyKind::Tuple(parts) => parts.iter().all(|part| self.is_drawable(*part)),
            TyKind::Array(elem, dims) => {
                let known = |dim: &Size| matches!(dim, Size::Const(_));
                dims.iter().all(known) && self.is_drawable(*elem)
            }
            TyKind::Option(inner) => self.is_drawable(*inner),
            TyKind::Str(size) => matches!(size, Size::Const(_)),
            TyKind::Unit
            | TyKind::Ring(..)
            | TyKind::Pool(..)
            | TyKind::Handle(_)
            | TyKind::Text
            | TyKind::Slice(_)
            | TyKind::Fn(..)
            | TyKind::Param(_) => false,
        }
    }

    /// A member: one of a type parameter is what the argument is.
    fn is_part(&self, ty: Ty) -> bool {
        matches!(self.kind(ty), TyKind::Param(_)) || self.is_drawable(ty)
    }

    fn are_drawable(&self, args: &[GenericArg]) -> bool {
        args.iter().all(|arg| match arg {
            GenericArg::Ty(ty) => self.is_drawable(*ty),
            GenericArg::Size(_) => true,
        })
    }

    fn cannot_draw(&mut self, ty: Ty, span: Span) {
        let text = self.show(ty);
        let found = Diagnostic::new(Code::NotDrawable, span, format!("this is `{text}`"))
            .title(format!("a property cannot draw a `{text}`"))
            .help("draw numbers, texts, enums, structs or arrays of them, and fill it in the body");
        self.report(found);
    }

    /// `of p`: the process, and the statement that runs it.
    pub(super) fn of_process(&mut self, written: &Applied) -> Option<(ProcessId, Stmt)> {
        let span = written.span;
        let ran = self.ran(written)?;
        let Ran::Process(flows, _) = &ran else {
            let found = Diagnostic::new(Code::WrongKind, span, "this is a pipeline")
                .title(format!("`{}` is not a process", dotted(&written.path)))
                .help("a property tests the contract of one process; run a pipeline in its body");
            self.report(found);
            return None;
        };
        let process = flows.iter().find_map(|flow| match flow.kind {
            FlowKind::Run(id) => Some(id),
            _ => None,
        })?;
        let kind = self.run(Some(ran), None, None, span);
        Some((process, Stmt { kind, span }))
    }

    /// Reports a property that has nothing to break.
    pub(super) fn shows_nothing(&mut self, title: &Name) {
        let found = Diagnostic::new(Code::EmptyProperty, title.span, "nothing to break")
            .title("a property that shows nothing")
            .help("name a process (`of p`), or give it a body that runs and asserts");
        self.report(found);
    }
}
