//! Processes with parameters: each use with its arguments is a process of its own, made of
//! the one that was checked.

use std::sync::Arc;

use theus_abi::image::{Range, Zone};
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Arg, ArgKind};
use theus_grammar::ast::item::{Applied, ProcessParam as Written};
use theus_grammar::ast::ty::TyKind as WrittenTy;

use super::Checker;
use super::made::Made;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::build::dotted;
use crate::cx::{ContextTree, Env};
use crate::ids::{ContextId, FieldId, ProcessId};
use crate::item::{ContextKind, Field, Head, Param, ParamKind};
use crate::resolve::declare::{duplicates, empty_context};
use crate::resolve::instances::{copy_types, subst, type_fields};
use crate::resolve::ranges::Inside;
use crate::resolve::scope::{Def, Walk, listed};
use crate::ty::{GenericArg, Size, Ty};
use crate::walk::each_expr;

impl Checker<'_, '_> {
    /// Declares the parameters of a process.
    pub(crate) fn params(&mut self, written: &[Written]) -> Vec<Param> {
        duplicates(
            self.cx,
            "parameter",
            written.iter().map(|param| &param.name),
        );
        let mut params = Vec::new();
        let mut sizes = 0;
        for (at, param) in written.iter().enumerate() {
            let mut before = written.iter().take(at);
            let kind = match &param.ty {
                _ if before.any(|other| other.name.text == param.name.text) => {
                    ParamKind::Error
                }
                None => {
                    sizes += 1;
                    ParamKind::Size(sizes - 1)
                }
                Some(_) => self.param(param),
            };
            params.push(Param {
                name: Arc::clone(&param.name.text),
                kind,
                span: param.name.span,
            });
        }
        params
    }

    fn param(&mut self, param: &Written) -> ParamKind {
        let Some(written) = &param.ty else {
            return ParamKind::Error;
        };
        let module = self.env.module;
        if let WrittenTy::Named(path, args) = &written.kind
            && args.is_empty()
            && let Walk::Found(Def::ContextType(of), []) =
                self.cx.walk(module, &path.words)
        {
            if let Some(range) = &param.range {
                self.no_range(range.span);
            }
            return ParamKind::Context(self.context_param(param, of));
        }
        let env = Env::plain(module);
        let ty = self.cx.stored(&env, written, false);
        let range = param.range.as_ref();
        let range = range.and_then(|range| self.cx.range(module, ty, range));
        let local = self.local(&param.name.text, ty, false, param.name.span);
        if let Some(Range::Int { hi, .. }) = range {
            self.tops.insert(local, hi);
        }
        ParamKind::Value(local, ty, range)
    }

    fn no_range(&mut self, span: Span) {
        let found = Diagnostic::new(Code::BadRange, span, "this range")
            .title("a context has no range")
            .help("its fields may have ranges, where the type is declared");
        self.report(found);
    }

    /// A context that stands for those that uses of the process name.
    fn context_param(&mut self, param: &Written, of: ContextId) -> ContextId {
        let head = Head {
            name: Arc::clone(&param.name.text),
            span: param.name.span,
            module: self.env.module,
            docs: Vec::new(),
        };
        let kind = ContextKind::Abstract;
        let id = empty_context(self.cx, head, ContextTree::Param, kind);
        type_fields(self.cx, id, of);
        copy_types(self.cx, id, of);
        self.contexts.push((Arc::clone(&param.name.text), id));
        id
    }

    /// The process that an item of a pipeline runs; `None`, reported, if there is none.
    pub(crate) fn applied(&mut self, written: &Applied) -> Option<ProcessId> {
        let id = self.process(&written.path)?;
        let count = self.cx.out.processes[id].params.len();
        let none = Vec::new();
        let args = written.args.as_ref().unwrap_or(&none);
        let declared = self.cx.trees.processes[id].params.len();
        if args.len() != declared {
            self.wrong_count(id, args.len(), declared, written);
            return None;
        }
        if count == 0 {
            return Some(id);
        }
        self.instance(id, args, written)
    }

    fn wrong_count(
        &mut self,
        id: ProcessId,
        given: usize,
        declared: usize,
        written: &Applied,
    ) {
        let head = self.cx.out.processes[id].head.clone();
        let found =
            Diagnostic::new(Code::WrongArity, written.span, format!("{given} given"))
                .title(format!(
                    "process `{}` takes {}",
                    head.name,
                    super::call::arguments(declared)
                ))
                .label(head.span, "declared here");
        let found = match declared {
            0 => found.help(format!("write `{}`", dotted(&written.path))),
            _ => found.help("give one argument for each parameter, in order"),
        };
        self.report(found);
    }

    /// The process with these arguments: the same arguments give the same process.
    fn instance(
        &mut self,
        id: ProcessId,
        args: &[Arg],
        written: &Applied,
    ) -> Option<ProcessId> {
        let params = self.cx.out.processes[id].params.clone();
        let mut made = Made::default();
        let mut fine = true;
        let failed = self.cx.failures;
        for (param, arg) in params.iter().zip(args) {
            if !matches!(arg.kind, ArgKind::Plain) {
                let found =
                    Diagnostic::new(Code::UnknownArgument, arg.value.span, "not by name")
                        .title("arguments of processes stand in order")
                        .help("leave the name out");
                self.report(found);
                return None;
            }
            fine &= self.given(id, param, &arg.value, &mut made);
        }
        if !fine || self.cx.failures > failed {
            return None;
        }
        let key = (id, made.key.join(", "));
        if let Some(known) = self.cx.instances.get(&key) {
            return Some(*known);
        }
        let shown: Vec<String> = args
            .iter()
            .map(|arg| crate::text::expr(&arg.value))
            .collect();
        let name = format!("{}({})", dotted(&written.path), shown.join(", "));
        let process = self.made(id, name.into(), &made);
        let made = self.cx.out.processes.push(process);
        self.cx.instances.insert(key, made);
        Some(made)
    }

    /// Takes one argument; false, reported, where it is wrong.
    fn given(
        &mut self,
        id: ProcessId,
        param: &Param,
        written: &tree::Expr,
        made: &mut Made,
    ) -> bool {
        match param.kind {
            ParamKind::Context(stand) => self.given_context(stand, written, made),
            ParamKind::Value(local, ty, range) => {
                let Some(value) = self.given_value(param, ty, range, written) else {
                    return false;
                };
                if self.heard_range(&value).is_some() {
                    self.cached_heard(id, written.span);
                }
                made.key.push(format!("{:?}", value.kind));
                made.subst.locals.insert(local, value);
                true
            }
            ParamKind::Size(_) => {
                let env = Env::plain(self.env.module);
                let size = self.cx.size(&env, written);
                let Size::Const(_) = size else { return false };
                made.key.push(format!("{size:?}"));
                made.generics.push(GenericArg::Size(size));
                true
            }
            ParamKind::Error => false,
        }
    }

    fn given_context(
        &mut self,
        stand: ContextId,
        written: &tree::Expr,
        made: &mut Made,
    ) -> bool {
        let (found, element) = match &written.kind {
            tree::ExprKind::Index(base, indices) => match self.context_named(base) {
                Some(context) => {
                    let index = self.context_index(context, indices, written.span);
                    let Some(at) = self.constant_element(context, &index) else {
                        return false;
                    };
                    (Some(context), Some(at))
                }
                None => (None, None),
            },
            _ => (self.context_named(written), None),
        };
        let before = self.cx.failures;
        if found.is_none() {
            self.entity(written, None);
        }
        if self.cx.failures > before {
            return false;
        }
        let of = self.cx.out.contexts[stand].of;
        let Some(context) = found.filter(|id| self.cx.out.contexts[*id].of == of) else {
            if found.is_none_or(|id| self.cx.out.contexts[id].kind != ContextKind::Error)
            {
                self.not_of_type(of, stand, written.span);
            }
            return false;
        };
        let many = matches!(self.cx.out.contexts[context].kind, ContextKind::Many(_));
        if many && element.is_none() {
            let found =
                Diagnostic::new(Code::OneOfSeveral, written.span, "which of them?")
                    .title("a process takes one context, and these are several")
                    .help("say which, with a constant index");
            self.report(found);
            return false;
        }
        made.key.push(format!("{context} {element:?}"));
        made.contexts.push((stand, context, element));
        if let Some(of) = of {
            // Both have the fields of the type, in order.
            let element = element.map(u64::from);
            let fields = self.cx.out.contexts[stand].fields.clone();
            let to_type = subst(self.cx, context, of, element);
            let stands = to_type.fields.into_values();
            made.subst.fields.extend(fields.into_iter().zip(stands));
        }
        true
    }

    fn not_of_type(&mut self, of: Option<ContextId>, stand: ContextId, span: Span) {
        let Some(of) = of else { return };
        let names: Vec<Arc<str>> = self
            .cx
            .out
            .contexts
            .values()
            .filter(|context| context.of == Some(of) && context.is_stored())
            .map(|context| context.head.name.clone())
            .collect();
        let (of, stand) = (
            self.cx.out.contexts[of].head.clone(),
            self.cx.out.contexts[stand].head.clone(),
        );
        let text = format!("no context of type `{}`", of.name);
        let found = Diagnostic::new(Code::NotAContextType, span, text)
            .title(format!(
                "`{}` stands for a context of type `{}`",
                stand.name, of.name
            ))
            .label(stand.span, "the parameter")
            .help(match names.is_empty() {
                true => format!("declare one: `context left: {}`", of.name),
                false => format!("of this type there are {}", listed(&names, "and")),
            });
        self.report(found);
    }

    /// A constant, or a global as it stands.
    fn given_value(
        &mut self,
        param: &Param,
        ty: Ty,
        range: Option<Range>,
        written: &tree::Expr,
    ) -> Option<Expr> {
        let value = self.check(written, ty, at(param.span, "the parameter"));
        if matches!(value.kind, ExprKind::Error) || value.ty == Ty::ERROR {
            return None;
        }
        if let Some(known) = self.global_range(&value) {
            if range.is_some_and(|range| known.is_none_or(|known| !within(known, range)))
            {
                self.out_of_range(param, range, &value, "it may be outside");
                return None;
            }
            return Some(value);
        }
        if let Some(known) = self.heard_range(&value) {
            if range.is_some_and(|range| known.is_none_or(|known| !within(known, range)))
            {
                self.out_of_range(param, range, &value, "it may be outside");
                return None;
            }
            return Some(value);
        }
        let what = "an argument of a process, if no global,";
        if let Some(field) = first_field(&value) {
            self.read_there(field, value.span, what);
            return None;
        }
        let value = self.cx.folded(value, what);
        if matches!(value.kind, ExprKind::Error) {
            return None;
        }
        if let Some(range) = range
            && self.cx.inside(&value, range) == Inside::No
        {
            self.out_of_range(param, Some(range), &value, "this value");
            return None;
        }
        Some(value)
    }

    /// Reports a field as an argument.
    fn read_there(&mut self, field: FieldId, span: Span, what: &str) {
        let field = &self.cx.out.fields[field];
        let path = format!(
            "{}.{}",
            self.cx.out.contexts[field.context].head.name, field.name
        );
        let (label, help) = match field.zone {
            Zone::Global => (
                "computed from a global",
                format!("give `{path}` as it stands, and compute in the process"),
            ),
            _ => (
                "a field changes while the program runs",
                format!(
                    "let the process read it: `inputs {path}`; or give it the context, as a parameter of a context type"
                ),
            ),
        };
        let found = Diagnostic::new(Code::NotConstant, span, label)
            .title(format!("{what} must be known at compile time"));
        self.report(found.help(help));
    }

    /// The range of the global that an expression is, if it is one or a member of one.
    pub(crate) fn global_range(&self, value: &Expr) -> Option<Option<Range>> {
        self.range_of_part(value, &|_, field| field.zone == Zone::Global)
    }

    /// The range of the value of a signal that an expression is, if it is one or a member of one.
    fn heard_range(&self, value: &Expr) -> Option<Option<Range>> {
        self.range_of_part(value, &|id, _| {
            self.heard.values().any(|heard| *heard == id)
        })
    }

    /// The range of a field of a kind, or of a member of one.
    fn range_of_part(
        &self,
        value: &Expr,
        wanted: &dyn Fn(FieldId, &Field) -> bool,
    ) -> Option<Option<Range>> {
        match &value.kind {
            ExprKind::Field(id) => {
                let field = &self.cx.out.fields[*id];
                wanted(*id, field).then_some(field.range)
            }
            ExprKind::Member(base, at) => {
                self.range_of_part(base, wanted)?;
                let crate::ty::TyKind::Struct(id, _) = *self.kind(base.ty) else {
                    return Some(None);
                };
                let at = usize::try_from(*at).unwrap_or(usize::MAX);
                let member = self.cx.out.structs[id].members.get(at);
                Some(member.and_then(|member| member.range))
            }
            ExprKind::Index(base, indices) => {
                let known = |index: &Expr| {
                    matches!(
                        index.kind,
                        ExprKind::Int(_) | ExprKind::Variant(..) | ExprKind::Const(_)
                    )
                };
                let found = self.range_of_part(base, wanted)?;
                indices.iter().all(known).then_some(found)
            }
            _ => None,
        }
    }

    fn out_of_range(
        &mut self,
        param: &Param,
        range: Option<Range>,
        value: &Expr,
        text: &str,
    ) {
        let range = range.map_or_else(String::new, |range| range.to_string());
        let help = match self.global_range(value) {
            Some(_) => "a global needs a range that lies within this one".to_owned(),
            None if self.heard_range(value).is_some() => {
                "the value of a signal may be anything: let the process look at it"
                    .to_owned()
            }
            None => format!("give a value in {range}"),
        };
        let found = Diagnostic::new(Code::ArgumentOutOfRange, value.span, text)
            .title(format!("an argument outside the range of `{}`", param.name))
            .label(param.span, format!("the range is {range}"))
            .help(help);
        self.report(found);
    }
}

/// Whether every value of the first range lies in the second.
fn within(inner: Range, outer: Range) -> bool {
    match (inner, outer) {
        (Range::Int { lo, hi }, Range::Int { lo: low, hi: high }) => {
            lo >= low && hi <= high
        }
        (
            Range::Float { lo, hi, inclusive },
            Range::Float {
                lo: low,
                hi: high,
                inclusive: all,
            },
        ) => lo >= low && (hi < high || hi == high && (all || !inclusive)),
        (Range::Int { .. } | Range::Float { .. }, _) => false,
    }
}

/// The first field in an expression.
fn first_field(value: &Expr) -> Option<FieldId> {
    let mut found = None;
    each_expr(value, &mut |expr| {
        if let ExprKind::Field(field) = expr.kind {
            found = found.or(Some(field));
        }
    });
    found
}
