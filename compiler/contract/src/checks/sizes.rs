//! Sizes that are computed from size parameters are possible wherever they are used.

use indexmap::{IndexMap, IndexSet};
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::ty::Types;
use theus_hir::walk::each_expr_of_block;
use theus_hir::{Body, ExprKind, FnId, GenericArg, Size, Ty, TyKind, Typed};

use crate::Cx;

/// More calls with other arguments are not looked into.
const MOST_CALLS: usize = 10_000;
/// Types in one another.
const MOST_DEPTH: usize = 70;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    // What calls itself is reported, and may do so with more sizes every time.
    if !cx.typed.types.has_formulas() || !cx.calls.knots().is_empty() {
        return;
    }
    let mut look = Look {
        typed: cx.typed,
        types: cx.typed.types.clone(),
        known: IndexMap::new(),
        calls: IndexMap::new(),
        said: IndexSet::new(),
        sink,
    };
    look.declared();
    let typed = cx.typed;
    let plain = typed.fns.values().filter(|found| found.generics.is_empty());
    let bodies = plain
        .filter_map(|found| found.body.as_ref().ok())
        .chain(typed.tests.values().map(|found| &found.body));
    let processes = typed.processes.values();
    let (plain, uses): (Vec<_>, Vec<_>) =
        processes.partition(|found| found.generics.is_empty());
    bodies
        .chain(plain.into_iter().map(|found| &found.body))
        .for_each(|body| look.body(body));
    for found in uses {
        if let Some((size, span)) = look.within(&found.body, &found.generics) {
            look.report(size, span, Inside::Use(&found.head.name));
        }
    }
}

/// A size that no array has, and where in a function it is.
type Wrong = Option<(Size, Span)>;

/// Where a size comes from.
#[derive(Clone, Copy)]
enum Inside<'a> {
    Nothing,
    /// A place in a function that is called.
    Call(FnId, Span),
    /// A process that is given sizes, with these.
    Use(&'a str),
}

struct Look<'a> {
    typed: &'a Typed,
    /// The types of the program and those that calls make of them.
    types: Types,
    known: IndexMap<Ty, Option<Size>>,
    calls: IndexMap<(FnId, Vec<GenericArg>), Wrong>,
    said: IndexSet<Span>,
    sink: &'a mut Sink,
}

impl Look<'_> {
    /// What is declared outside bodies.
    fn declared(&mut self) {
        for field in self.typed.fields.values() {
            self.place(field.ty, field.span);
        }
        for found in self.typed.structs.values() {
            if found.generics.is_empty() {
                let members = found.members.iter();
                members.for_each(|member| self.place(member.ty, member.span));
            }
        }
        for found in self.typed.enums.values() {
            if found.generics.is_empty() {
                let payloads = found.variants.iter().flat_map(|it| &it.payload);
                payloads.for_each(|member| self.place(member.ty, member.span));
            }
        }
    }

    fn place(&mut self, ty: Ty, span: Span) {
        // What a parameter of a process gives is not known in the process itself.
        if let Some(size) = self
            .wrong(ty, 0)
            .filter(|size| self.number(*size).is_some())
        {
            self.report(size, span, Inside::Nothing);
        }
    }

    fn body(&mut self, body: &Body) {
        for local in body.locals.values() {
            self.place(local.ty, local.span);
        }
        each_expr_of_block(&body.block, &mut |expr| {
            if let ExprKind::Call(callee, args, _) = &expr.kind
                && let Some((size, inside)) = self.call(*callee, args)
                && (self.number(size).is_some() || args.iter().any(at_start))
            {
                self.report(size, expr.span, Inside::Call(*callee, inside));
                return;
            }
            self.place(expr.ty, expr.span);
        });
    }

    /// What is wrong in a function that is called with these arguments.
    fn call(&mut self, callee: FnId, args: &[GenericArg]) -> Wrong {
        let key = (callee, args.to_vec());
        if args.is_empty() || self.calls.len() >= MOST_CALLS {
            return None;
        }
        if let Some(known) = self.calls.get(&key) {
            return *known;
        }
        self.calls.insert(key.clone(), None);
        let found = self.inside(callee, args);
        self.calls.insert(key, found);
        found
    }

    fn inside(&mut self, callee: FnId, args: &[GenericArg]) -> Wrong {
        let called = &self.typed.fns[callee];
        let Ok(body) = &called.body else { return None };
        let params = called.params.iter().map(|param| (param.ty, param.span));
        let mut signature = params.chain([(called.result, called.head.span)]);
        let found = signature.find_map(|(ty, span)| Some((self.given(ty, args)?, span)));
        found.or_else(|| self.within(body, args))
    }

    /// What is wrong first in a body that is given these sizes.
    fn within(&mut self, body: &Body, args: &[GenericArg]) -> Wrong {
        let mut locals = body.locals.values().map(|local| (local.ty, local.span));
        let mut found = locals.find_map(|(ty, span)| Some((self.given(ty, args)?, span)));
        each_expr_of_block(&body.block, &mut |expr| {
            if found.is_some() {
                return;
            }
            found = self.given(expr.ty, args).map(|size| (size, expr.span));
            if let ExprKind::Call(inner, own, _) = &expr.kind {
                let own = self.types.subst_args(own, args);
                found = found.or_else(|| self.call(*inner, &own));
            }
        });
        found
    }

    fn given(&mut self, ty: Ty, args: &[GenericArg]) -> Option<Size> {
        let ty = self.types.subst(ty, args);
        self.wrong(ty, 0)
    }

    /// A size in a type that no array has.
    fn wrong(&mut self, ty: Ty, depth: usize) -> Option<Size> {
        if depth > MOST_DEPTH {
            return None;
        }
        if let Some(known) = self.known.get(&ty) {
            return *known;
        }
        self.known.insert(ty, None);
        let found = self.wrong_parts(ty, depth);
        self.known.insert(ty, found);
        found
    }

    fn wrong_parts(&mut self, ty: Ty, depth: usize) -> Option<Size> {
        let mut inner = Vec::new();
        let mut sizes = Vec::new();
        let mut given = Vec::new();
        match self.types.kind(ty).clone() {
            TyKind::Array(elem, dims) => {
                sizes = dims;
                inner.push(elem);
            }
            TyKind::Ring(elem, size) | TyKind::Pool(elem, size, _) => {
                sizes.push(size);
                inner.push(elem);
            }
            TyKind::Str(size) => sizes.push(size),
            TyKind::Option(elem) | TyKind::Slice(elem) => inner.push(elem),
            TyKind::Tuple(parts) => inner = parts,
            TyKind::Fn(params, result) => {
                inner = params;
                inner.push(result);
            }
            TyKind::Struct(id, args) => {
                let members = self.typed.structs[id].members.iter();
                inner.extend(members.map(|member| member.ty));
                given = args;
            }
            TyKind::Enum(id, args) => {
                let payloads = self.typed.enums[id].variants.iter();
                let members = payloads.flat_map(|it| &it.payload);
                inner.extend(members.map(|member| member.ty));
                given = args;
            }
            _ => {}
        }
        for arg in &given {
            match arg {
                GenericArg::Size(size) => sizes.push(*size),
                GenericArg::Ty(ty) => {
                    if let Some(found) = self.wrong(*ty, depth + 1) {
                        return Some(found);
                    }
                }
            }
        }
        // What is known at start is written at start, for the sizes of the program alone.
        let terms = self.typed.types.terms().count();
        let found = sizes.into_iter().find(|size| match size {
            Size::Of(_) => true,
            Size::Start(at) => *at as usize >= terms,
            Size::Const(_) | Size::Param(_) | Size::Error => false,
        });
        found.or_else(|| {
            inner.into_iter().find_map(|part| {
                let part = self.types.subst(part, &given);
                self.wrong(part, depth + 1)
            })
        })
    }

    fn number(&self, size: Size) -> Option<i128> {
        self.types.formula(size)?.number()
    }

    fn report(&mut self, size: Size, span: Span, inside: Inside<'_>) {
        // A size that is known at start fits nothing and copies nothing, which is reported.
        let follows = self.number(size).is_none() && self.sink.has_errors();
        if follows || !self.said.insert(span) {
            return;
        }
        let (title, label) = match self.number(size) {
            Some(value) if value < 1 => (
                "a size must be at least 1",
                format!("a size is {value} here"),
            ),
            Some(value) => ("a size is too large", format!("a size is {value} here")),
            None => (
                "a size that is known at start only is not computed with",
                "with this size".to_owned(),
            ),
        };
        let mut found = Diagnostic::new(Code::SizeImpossible, span, label).title(title);
        found = match inside {
            Inside::Nothing => found,
            Inside::Call(callee, place) => {
                let name = &self.typed.fns[callee].head.name;
                found.label(place, format!("in what `{name}` does"))
            }
            Inside::Use(name) => found.help(format!("it is so in `{name}`")),
        };
        let help =
            "sizes go from 1 to 4294967295, those computed from size parameters too";
        self.sink.push(found.help(help));
    }
}

const fn at_start(arg: &GenericArg) -> bool {
    matches!(arg, GenericArg::Size(Size::Start(_)))
}
