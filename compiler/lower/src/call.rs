//! Calls: functions become MIR functions; those that take closures are inlined here,
//! closures always.
//!
//! A MIR function returns a status first (0, or the number of the failure), then its scalar
//! result. Aggregates and `inout` parameters are addresses; an aggregate result is written
//! to the address that is the first parameter.

use indexmap::IndexMap;
use theus_abi::Repr;
use theus_abi::image::Range;
use theus_grammar::Span;
use theus_hir::body::ClosureBody;
use theus_hir::item::FnParam;
use theus_hir::{Expr, ExprKind, FnId, GenericArg, LocalId, Ty, TyKind};
use theus_mir::{Block, FuncId, Value};

use crate::frame::{Binding, Exit, Failure, FnCx};
use crate::place::{Home, Place};
use crate::program::{Cx, Instance};
use crate::site::{STATUS, failure_number};

/// A place with a range that a call changes.
#[derive(Clone, Copy, Debug)]
struct Lent {
    /// What the call changes: the place, or a copy of the scalar there.
    at: Place,
    /// The place, if that is a copy.
    place: Option<Place>,
    range: Range,
    span: Span,
}

/// Lowers a concrete function to the MIR function declared for it.
pub(crate) fn lower_fn(cx: &mut Cx<'_>, instance: &Instance, func: FuncId) {
    let (def, args) = (&cx.typed.fns[instance.id], &*instance.args);
    let Ok(body) = &def.body else { return };
    let name = cx.funcs[func].name.clone();
    let result = cx.types.subst(def.result, args);
    let result_repr = cx.repr(result);
    let by_address = result != Ty::UNIT && result_repr.is_none();
    let params = params_of(cx, instance, by_address);
    let returns: Vec<Repr> = std::iter::once(STATUS).chain(result_repr).collect();
    let mut fx = FnCx::new(cx, &name, &params, &returns);
    fx.counts = instance.counts;
    if fx.cx.keeps_views(instance.id, args) {
        fx.yields_view = Some(def.head.span);
    }
    let frame = fx.push_frame(body, args.to_vec());
    fx.frame = frame;
    fx.is_called = true;
    let library = fx.cx.is_library(instance.id);
    if let Some(frame) = fx.frames.get_mut(frame) {
        frame.library = library;
    }
    let values = fx.b.params();
    let mut values = values.into_iter();
    if instance.counts.is_quiet()
        && let Some(own) = values.next_back()
    {
        fx.use_header(own);
    }
    let out = if by_address {
        values.next().map(|addr| Place::own(addr, result))
    } else if result_repr.is_some() {
        Some(fx.temp(result))
    } else {
        None
    };
    let journaled = |home: &Home| matches!(home, Home::Journal | Home::Heavy);
    if instance.homes.iter().any(journaled) {
        fx.open_journal();
    }
    let mut homes = instance.homes.iter();
    for (param, value) in def.params.iter().zip(values) {
        let ty = fx.cx.types.subst(param.ty, args);
        let scalar = !param.inout && fx.is_scalar(ty);
        let home = if param.inout {
            homes.next().copied().unwrap_or(Home::Own)
        } else {
            Home::Own
        };
        let binding = if scalar {
            Binding::Value(value)
        } else {
            let place = Place::own(value, ty);
            Binding::Place(Place { home, ..place })
        };
        fx.bind(param.local, binding);
    }
    fx.check_params(&def.params);
    let leave = fx.b.new_block();
    for repr in &returns {
        fx.b.param(leave, *repr);
    }
    let exit = fx.b.new_block();
    fx.exits.push(Exit {
        dest: out,
        block: exit,
    });
    fx.prepare_totals(&body.block);
    fx.block(&body.block);
    fx.b.jump(exit, &[]);
    fx.b.switch_to(exit);
    let ok = fx.b.iconst(STATUS, 0);
    let scalar = out.filter(|_| !by_address).map(|place| fx.load(place));
    let results: Vec<Value> = std::iter::once(ok).chain(scalar).collect();
    fx.b.jump(leave, &results);
    fx.return_failures(result_repr);
    let (lowered, scratch) = fx.finish(leave);
    cx.scratch.insert(func, scratch);
    cx.funcs[func] = lowered;
}

/// The parameters of a function: where its result goes, its own, and the header of the thread at
/// hand if a share calls it.
fn params_of(cx: &mut Cx<'_>, instance: &Instance, by_address: bool) -> Vec<Repr> {
    let mut params = Vec::new();
    params.extend(by_address.then_some(Repr::I64));
    for param in &cx.typed.fns[instance.id].params {
        let ty = cx.types.subst(param.ty, &instance.args);
        let repr = if param.inout { None } else { cx.repr(ty) };
        params.push(repr.unwrap_or(Repr::I64));
    }
    params.extend(instance.counts.is_quiet().then_some(Repr::I64));
    params
}

impl<'a> FnCx<'_, 'a> {
    /// Every failure of a function is returned as its number.
    pub(crate) fn return_failures(&mut self, result: Option<Repr>) {
        for (failure, block) in self.fail_blocks.clone() {
            self.b.switch_to(block);
            let number = failure_number(failure);
            let status = self.b.iconst(STATUS, number);
            self.return_status(status, result);
        }
    }

    /// What fails here fails as what is around it does.
    pub(crate) fn pass_on(&mut self, failures: IndexMap<Failure, Block>) {
        for (failure, block) in failures {
            self.b.switch_to(block);
            let outer = self.fail_block(failure);
            self.b.jump(outer, &[]);
        }
    }

    fn return_status(&mut self, status: Value, result: Option<Repr>) {
        let zero = result.map(|repr| self.zero_scalar(repr));
        let results: Vec<Value> = std::iter::once(status).chain(zero).collect();
        self.b.ret(&results);
    }

    /// A call whose result, if any, goes to `dest`.
    pub(crate) fn call_into(
        &mut self,
        id: FnId,
        generics: &[GenericArg],
        args: &'a [Expr],
        dest: Option<Place>,
        span: Span,
    ) {
        self.take_guard();
        if self.send(args) {
            return;
        }
        self.count_quota(args.first(), span);
        let generics = self.concrete(generics);
        let def = &self.cx.typed.fns[id];
        let takes_closure = def
            .params
            .iter()
            .any(|param| matches!(self.cx.types.kind(param.ty), TyKind::Fn(..)));
        if takes_closure {
            if self.is_too_deep(span) {
                return;
            }
            self.inline_call(id, generics, args, (dest, span));
            return;
        }
        let result = self.cx.types.subst(def.result, &generics);
        let result_repr = self.cx.repr(result);
        let by_address = result != Ty::UNIT && result_repr.is_none();
        let mut values = Vec::with_capacity(args.len() + 1);
        let dest = match dest {
            Some(dest) => dest,
            None => self.temp(result),
        };
        if by_address {
            values.push(self.address(dest));
        }
        let changes = def.params.iter().any(|param| param.inout);
        let (mut homes, mut lent) = (Vec::new(), Vec::new());
        let keeps = self.cx.lends(id, &generics);
        self.opens |= self.cx.keeps_views(id, &generics);
        for (arg, param) in args.iter().zip(&def.params) {
            let value = if param.inout {
                let place = self.lend(arg, &mut lent);
                homes.push(place.home);
                self.address(place)
            } else if let (ExprKind::View(inner), false) = (&arg.kind, keeps || changes) {
                let ty = self.ty(arg.ty);
                let lent = self.temp(ty);
                self.view_into(inner, lent, true, arg.span);
                self.address(lent)
            } else {
                self.argument(arg, changes)
            };
            values.push(value);
        }
        let args = generics;
        let counts = self.counts;
        let func = self.cx.instance(Instance {
            id,
            args,
            homes,
            counts,
        });
        let returns: Vec<Repr> = std::iter::once(STATUS).chain(result_repr).collect();
        self.pass_header(&mut values);
        let results = self.b.call(func, &values, &returns);
        let (Some(status), result) = (results.first().copied(), results.get(1).copied())
        else {
            return;
        };
        self.call_failed(status, span, id);
        self.give_back(&lent);
        if let Some(result) = result {
            self.store(dest, result);
        }
    }

    /// The place that a call changes. A scalar that must be in a range is changed in a copy
    /// where it could be seen before it is checked.
    fn lend(&mut self, arg: &'a Expr, lent: &mut Vec<Lent>) -> Place {
        let place = self.place_to_change(arg);
        let Some(range) = self.target_range(arg) else {
            return place;
        };
        let copied = self.is_scalar(place.ty) && place.home != Home::Own;
        let at = if copied {
            let copy = self.temp(place.ty);
            let value = self.load(place);
            self.store(copy, value);
            copy
        } else {
            place
        };
        lent.push(Lent {
            at,
            place: copied.then_some(place),
            range,
            span: arg.span,
        });
        at
    }

    /// What a call has changed is in its range.
    fn give_back(&mut self, all: &[Lent]) {
        for lent in all {
            self.check_range(lent.at, lent.range, lent.span);
            if let Some(place) = lent.place {
                let value = self.load(lent.at);
                let repr = self.b.func().repr(value);
                let value = self.canonical(value, repr);
                self.store(place, value);
            }
        }
    }

    /// The place of an `inout` argument: what an `each` goes over is itself, not its start.
    fn place_to_change(&mut self, arg: &'a Expr) -> Place {
        match arg.kind {
            ExprKind::Field(field) => self.field_to_write(field),
            _ => self.place(arg),
        }
    }

    /// An argument that is passed by value.
    fn argument(&mut self, arg: &'a Expr, changes: bool) -> Value {
        let ty = self.ty(arg.ty);
        if self.is_scalar(ty) {
            return self.value(arg);
        }
        let mut place = self.place(arg);
        if changes {
            // Another argument is changed by the call: what is passed by value stays.
            let copy = self.temp(ty);
            self.copy(copy, place, false);
            place = copy;
        }
        self.address(place)
    }

    /// Goes on if a called function has succeeded; else to where failures go.
    pub(crate) fn call_failed(&mut self, status: Value, span: Span, id: FnId) {
        let (failed, ok) = (self.b.cold_block(), self.b.new_block());
        let flag = self.status_flag(status);
        self.b.branch(flag, failed, ok);
        self.b.switch_to(failed);
        self.report_call(span, self.cx.is_library(id));
        match self.callee_status {
            Some(place) => {
                let status = match self.clause {
                    Some(fault) => {
                        let number = failure_number(Failure::Fault(fault));
                        self.b.iconst(STATUS, number)
                    }
                    None => status,
                };
                self.store(place, status);
                let block = self.fail_block(Failure::Callee);
                self.b.jump(block, &[]);
            }
            None => {
                let results = self.b.func().returns.clone();
                self.return_status(status, results.get(1).copied());
            }
        }
        self.b.switch_to(ok);
    }

    /// A call of a function that takes closures: its body is lowered here.
    fn inline_call(
        &mut self,
        id: FnId,
        generics: Vec<GenericArg>,
        args: &'a [Expr],
        (dest, span): (Option<Place>, Span),
    ) {
        let def = &self.cx.typed.fns[id];
        let Ok(body) = &def.body else { return };
        let changes = def.params.iter().any(|param| param.inout);
        let lent = !changes && !self.cx.lends(id, &generics);
        let mut bindings = Vec::with_capacity(args.len());
        let mut changed = Vec::new();
        for (arg, param) in args.iter().zip(&def.params) {
            let binding = match (self.closure_of(arg), &arg.kind) {
                (Some((closure, frame)), _) => Binding::Closure(closure, frame),
                (None, ExprKind::View(inner)) if lent => {
                    let ty = self.ty(arg.ty);
                    let view = self.temp(ty);
                    self.view_into(inner, view, true, arg.span);
                    Binding::Place(view)
                }
                (None, _) if param.inout => Binding::Place(self.lend(arg, &mut changed)),
                (None, _) => self.inline_argument(arg, changes),
            };
            bindings.push((param.local, binding));
        }
        let library = self.cx.is_library(id);
        let outer = (self.in_library(), self.current().call);
        let frame = self.push_frame(body, generics);
        if let Some(frame) = self.frames.get_mut(frame) {
            frame.library = library;
            frame.call = match outer {
                (true, call) => call,
                (false, _) => library.then_some(span),
            };
        }
        let exit = self.b.new_block();
        self.exits.push(Exit { dest, block: exit });
        self.in_frame(frame, |cx| {
            for (local, binding) in bindings {
                cx.bind(local, binding);
            }
            cx.check_params(&def.params);
            cx.prepare_totals(&body.block);
            cx.block(&body.block);
        });
        self.exits.pop();
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
        self.give_back(&changed);
    }

    /// The arguments lie in the ranges of their parameters.
    fn check_params(&mut self, params: &[FnParam]) {
        for param in params {
            let Some(range) = param.range.filter(|_| self.strict) else {
                continue;
            };
            match self.current().locals.get(&param.local).copied() {
                Some(Binding::Value(value)) => {
                    self.check_scalar_range(value, range, param.ty, param.span);
                }
                Some(Binding::Place(place)) => {
                    self.check_range(place, range, param.span);
                }
                Some(Binding::Closure(..)) | None => {}
            }
        }
    }

    fn inline_argument(&mut self, arg: &'a Expr, changes: bool) -> Binding<'a> {
        let ty = self.ty(arg.ty);
        if self.is_scalar(ty) {
            return Binding::Value(self.value(arg));
        }
        let place = self.place(arg);
        if !changes {
            return Binding::Place(place);
        }
        let copy = self.temp(ty);
        self.copy(copy, place, false);
        Binding::Place(copy)
    }

    /// A call of a closure parameter.
    pub(crate) fn call_closure(&mut self, local: LocalId, args: &'a [Expr], dest: Place) {
        self.take_guard();
        let Some(Binding::Closure(closure, frame)) =
            self.current().locals.get(&local).copied()
        else {
            return;
        };
        let bindings: Vec<Binding<'a>> = args
            .iter()
            .map(|arg| self.inline_argument(arg, false))
            .collect();
        self.run_closure((closure, frame), bindings, dest);
    }

    /// The body of a closure, lowered in the frame it was written in.
    pub(crate) fn run_closure(
        &mut self,
        (closure, frame): (&'a Expr, usize),
        bindings: Vec<Binding<'a>>,
        dest: Place,
    ) {
        let ExprKind::Closure(params, body) = &closure.kind else {
            return;
        };
        let exit = self.b.new_block();
        self.exits.push(Exit {
            dest: Some(dest),
            block: exit,
        });
        self.in_frame(frame, |cx| {
            for (param, binding) in params.iter().zip(bindings) {
                cx.bind(*param, binding);
            }
            match &**body {
                ClosureBody::Expr(value) => cx.into(value, dest),
                ClosureBody::Block(block) => cx.block(block),
            }
        });
        self.exits.pop();
        self.b.jump(exit, &[]);
        self.b.switch_to(exit);
    }

    /// Generic arguments in terms of the current body's own.
    fn concrete(&mut self, generics: &[GenericArg]) -> Vec<GenericArg> {
        let own = self.current().generics.clone();
        generics
            .iter()
            .map(|arg| match arg {
                GenericArg::Ty(ty) => GenericArg::Ty(self.cx.types.subst(*ty, &own)),
                GenericArg::Size(size) => {
                    GenericArg::Size(self.cx.types.subst_size(*size, &own))
                }
            })
            .collect()
    }

    /// A status as a condition: 1 where it is not 0.
    pub(crate) fn status_flag(&mut self, status: Value) -> Value {
        let zero = self.b.iconst(STATUS, 0);
        self.b.binary(theus_mir::BinaryOp::Ine, status, zero)
    }
}
