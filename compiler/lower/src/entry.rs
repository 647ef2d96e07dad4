//! Entries: the functions the VM calls besides ticks: defaults of globals and fields, and
//! the checks of a configuration.

use std::sync::LazyLock;

use theus_abi::image::Zone;
use theus_abi::{Fault, Repr, Shape};
use theus_hir::walk::each_expr;
use theus_hir::{Body, ExprKind, FieldId, Ty, TyKind};
use theus_mir::FuncId;

use crate::access::At;
use crate::frame::{Failure, FnCx};
use crate::layout::size_of;
use crate::place::Place;
use crate::program::{Cx, Instance};
use crate::site::{STATUS, failure_number};
use crate::steps::Counts;

pub(crate) static EMPTY: LazyLock<Body> = LazyLock::new(Body::default);

impl<'c, 'a> FnCx<'c, 'a> {
    /// A function without parameters that returns a status.
    pub(crate) fn entry(cx: &'c mut Cx<'a>, name: &str) -> Self {
        let mut fx = Self::new(cx, name, &[], &[STATUS]);
        fx.frame = fx.push_frame(&EMPTY, Vec::new());
        fx.globals_fixed = false;
        fx.callee_status = Some(fx.temp(Ty::I32));
        fx
    }

    /// Ends an entry: it succeeds at the current place, and fails as a run does.
    pub(crate) fn finish_entry(mut self, func: FuncId) {
        let leave = self.b.new_block();
        self.b.param(leave, STATUS);
        let ok = self.b.iconst(STATUS, 0);
        self.b.jump(leave, &[ok]);
        for (failure, block) in std::mem::take(&mut self.fail_blocks) {
            self.b.switch_to(block);
            let number = match (failure, self.callee_status) {
                (Failure::Callee, Some(place)) => {
                    let status = self.load(place);
                    self.b.unary(theus_mir::UnaryOp::Sext, Repr::I64, status)
                }
                _ => self.b.iconst(Repr::I64, failure_number(failure)),
            };
            let header = self.b.base(0);
            self.b.store(number, header, theus_abi::header::STOP);
            self.end_run(theus_abi::header::Status::Failed);
        }
        let ((mut lowered, cx), scratch) = self.finish_parts(leave);
        lowered.keep = true;
        cx.scratch.insert(func, scratch);
        cx.funcs[func] = lowered;
    }

    /// Writes the default of a field where the code at hand writes it.
    pub(crate) fn default_field(&mut self, id: FieldId) {
        let field = &self.cx.typed.fields[id];
        let place = self.field_place(id);
        if let TyKind::Ring(..) = self.cx.types.kind(field.ty) {
            if self.atomic.is_some() {
                self.ring_empty(place);
                return;
            }
            let slots = self.ring_slots(id);
            self.ring_init(place, slots);
            return;
        }
        // Memory of heavy fields is zero at start.
        let zero = self.cx.typed.is_buffer(id)
            && field.default.is_none()
            && !self.has_defaults(field.ty);
        if zero {
            return;
        }
        match &field.default {
            Some(default) => {
                let temp = self.temp(place.ty);
                let frame = self.push_frame(&EMPTY, Vec::new());
                self.in_frame(frame, |cx| cx.into(default, temp));
                self.copy(place, temp, true);
            }
            None => self.default_into(place),
        }
        self.all_come_now(place);
    }

    /// What the default of a field with a range gives is in it, where that is known at run time
    /// only. Ranges of globals are checked when all have their values.
    pub(crate) fn check_default(&mut self, id: FieldId) {
        let field = &self.cx.typed.fields[id];
        let (Some(range), Some(default)) = (field.range, &field.default) else {
            return;
        };
        let mut literal = true;
        each_expr(default, &mut |e| {
            literal &= matches!(
                e.kind,
                ExprKind::Int(_)
                    | ExprKind::Float(_)
                    | ExprKind::Duration(_)
                    | ExprKind::Array(_)
                    | ExprKind::Fill(_)
                    | ExprKind::Unary(..)
            );
        });
        if !literal && field.zone != Zone::Global {
            let place = self.field_place(id);
            self.check_range(place, range, default.span);
        }
    }

    /// Writes the default of the field of one of several contexts.
    fn default_element(&mut self, id: FieldId, at: u64) {
        let field = &self.cx.typed.fields[id];
        let whole = self.context_place(id);
        let Some((row, count)) = self.row_of(whole.ty) else {
            return;
        };
        let stride = self.size(row);
        let place = self.element_at(whole, row, stride, At::Const(at.min(count - 1)));
        let default = field.default.as_ref().map(|default| &default.kind);
        let index = usize::try_from(at).unwrap_or(usize::MAX);
        let value = match default {
            Some(ExprKind::Fill(each)) => Some(&**each),
            Some(ExprKind::Array(each)) => each.get(index),
            _ => None,
        };
        match value {
            Some(value) => {
                let temp = self.temp(row);
                let frame = self.push_frame(&EMPTY, Vec::new());
                self.in_frame(frame, |cx| cx.into(value, temp));
                self.copy(place, temp, true);
            }
            None => self.default_into(place),
        }
    }

    fn ring_slots(&self, id: FieldId) -> u64 {
        match self.cx.field_shapes.get(&id) {
            Some(Shape::Ring { slots, .. }) => *slots,
            _ => 0,
        }
    }

    /// The default of a type: its struct's defaults, or zero.
    fn default_into(&mut self, place: Place) {
        match self.cx.types.kind(place.ty).clone() {
            TyKind::Struct(id, args) => {
                let members = &self.cx.typed.structs[id].members;
                for (member, n) in members.iter().zip(0_u32..) {
                    let at = self.member(place, n);
                    match &member.default {
                        Some(default) => {
                            let temp = self.temp(at.ty);
                            let frame = self.push_frame(&EMPTY, args.clone());
                            self.in_frame(frame, |cx| cx.into(default, temp));
                            self.copy(at, temp, true);
                        }
                        None => self.default_into(at),
                    }
                }
            }
            TyKind::Array(elem, _) if self.has_defaults(elem) => {
                let Some((count, elem)) = self.array_count(place.ty) else {
                    return;
                };
                let size = self.size(elem);
                self.each_at(count, |cx, at: At| {
                    let at = cx.element_at(place, elem, size, at);
                    cx.default_into(at);
                });
            }
            // It may be anywhere: it says itself how many slots it has.
            TyKind::Ring(_, size) => {
                self.zero_default(place);
                self.ring_init(place, size_of(size));
            }
            TyKind::Tuple(parts) if self.has_defaults(place.ty) => {
                for (_, n) in parts.iter().zip(0_u32..) {
                    let at = self.member(place, n);
                    self.default_into(at);
                }
            }
            _ => self.zero_default(place),
        }
    }

    fn has_defaults(&mut self, ty: Ty) -> bool {
        match self.cx.types.kind(ty).clone() {
            TyKind::Struct(id, args) => {
                let mut members = self.cx.typed.structs[id].members.iter();
                members.any(|member| {
                    let ty = self.cx.types.subst(member.ty, &args);
                    member.default.is_some() || self.has_defaults(ty)
                })
            }
            TyKind::Array(elem, _) => self.has_defaults(elem),
            TyKind::Tuple(parts) => parts.into_iter().any(|part| self.has_defaults(part)),
            TyKind::Ring(..) => true,
            _ => false,
        }
    }
}

impl Cx<'_> {
    /// Lowers all entries but those of pipelines.
    pub(crate) fn lower_entries(&mut self) {
        let fill = self.declare("consts");
        self.consts.fill = Some(fill);
        let fields: Vec<FieldId> = self.typed.stored().map(|(id, _)| id).collect();
        for id in &fields {
            if self.typed.fields[*id].zone == Zone::Global {
                self.lower_global(*id, fill);
            }
        }
        let init = self.declare("init");
        self.image.init = init.as_u32();
        let mut fx = FnCx::entry(self, "init");
        fx.fill_consts(fill);
        for id in fields {
            if fx.cx.typed.fields[id].zone != Zone::Global {
                fx.default_field(id);
                fx.check_default(id);
            }
        }
        fx.init_kept();
        fx.finish_entry(init);
        self.lower_validate();
    }

    /// A function for each place that a host may set: the default of a global.
    fn lower_global(&mut self, id: FieldId, fill: FuncId) {
        let first = self.image_index.get(&id).copied().unwrap_or(usize::MAX);
        let elements = self.typed.several(id).map(theus_hir::item::Count::get);
        for at in 0..elements.unwrap_or(1) {
            let field = usize::try_from(at).map_or(first, |at| first.saturating_add(at));
            let Some(path) = self.image.fields.get(field).map(|field| &field.path) else {
                return;
            };
            let name = format!("global.{path}");
            let func = self.declare(&name);
            let field = u32::try_from(field).unwrap_or(u32::MAX);
            self.image.globals.push((field, func.as_u32()));
            let mut fx = FnCx::entry(self, &name);
            fx.fill_consts(fill);
            match elements {
                Some(_) => fx.default_element(id, at),
                None => fx.default_field(id),
            }
            fx.finish_entry(func);
        }
    }

    /// Ranges of globals are always checked, invariants too: once, at start.
    fn lower_validate(&mut self) {
        let func = self.declare("validate");
        self.image.validate = func.as_u32();
        let mut fx = FnCx::entry(self, "validate");
        fx.strict = true;
        for (id, field) in fx.cx.typed.stored() {
            if field.zone == Zone::Global {
                let place = fx.context_place(id);
                if let Some(range) = field.range {
                    fx.check_range(place, range, field.span);
                }
                fx.check_members(place, field.span);
            }
        }
        fx.set_clocks();
        for context in fx.cx.typed.contexts.values().filter(|it| it.is_stored()) {
            for invariant in &context.invariants {
                let holds = fx.value(invariant);
                fx.check(holds, Fault::Invariant, invariant.span, &[]);
            }
        }
        fx.finish_entry(func);
    }

    /// `std.random.hash`.
    pub(crate) fn hash_fn(&mut self) -> Option<FuncId> {
        let id = self.typed.library("hash")?;
        let (args, homes) = (Vec::new(), Vec::new());
        let counts = Counts::default();
        Some(self.instance(Instance {
            id,
            args,
            homes,
            counts,
        }))
    }
}

impl FnCx<'_, '_> {
    fn fill_consts(&mut self, fill: FuncId) {
        self.b.call(fill, &[], &[STATUS]);
    }
}
