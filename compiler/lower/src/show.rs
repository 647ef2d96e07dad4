//! Values as texts: the library writes scalars, the compiler puts them together.

use theus_abi::Repr;
use theus_grammar::Span;
use theus_hir::body::{Form, Side, Written};
use theus_hir::item::Variant;
use theus_hir::{EnumId, Expr, FieldId, FloatTy, Ty, TyKind};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::access::At;
use crate::frame::FnCx;
use crate::place::Place;
use crate::program::Instance;
use crate::site::STATUS;
use crate::text::Run;

impl<'a> FnCx<'_, 'a> {
    /// The text of a value.
    pub(crate) fn show_run(
        &mut self,
        value: &'a Expr,
        written: &Written,
        span: Span,
    ) -> Run {
        self.take_guard();
        self.shown_at = Some(span);
        let ty = self.ty(value.ty);
        if self.is_text(ty) {
            let run = self.run_of(value, None);
            return self.padded(run, written, false);
        }
        let place = self.place(value);
        self.show_whole(place, written, span)
    }

    /// The text of what lies at a place.
    pub(crate) fn show_whole(
        &mut self,
        place: Place,
        written: &Written,
        span: Span,
    ) -> Run {
        let mut runs = Vec::new();
        self.shown_at = Some(span);
        self.show_place(place, written, &mut runs, span);
        match runs.as_slice() {
            [run] => *run,
            _ => self.join(&runs, span),
        }
    }

    /// The pieces of the text of what lies at a place.
    fn show_place(
        &mut self,
        place: Place,
        written: &Written,
        runs: &mut Vec<Run>,
        span: Span,
    ) {
        match self.cx.types.kind(place.ty).clone() {
            TyKind::Str(_) | TyKind::Text => {
                let run = self.run_at(place);
                self.literal("\"", runs);
                runs.push(run);
                self.literal("\"", runs);
            }
            TyKind::Array(elem, dims) => {
                let count = dims.first().map_or(0, |dim| crate::layout::size_of(*dim));
                let rest = dims.get(1..).unwrap_or_default().to_vec();
                let row = if rest.is_empty() {
                    elem
                } else {
                    self.cx.types.intern(TyKind::Array(elem, rest))
                };
                let size = self.size(row);
                let parts: Vec<Place> = (0..count)
                    .map(|n| self.element_at(place, row, size, At::Const(n)))
                    .collect();
                self.show_parts(("[", "]"), &parts, &[], written, runs, span);
            }
            TyKind::Struct(..) | TyKind::Tuple(_) => {
                let count = u32::try_from(self.member_types(place.ty).len()).unwrap_or(0);
                let parts: Vec<Place> =
                    (0..count).map(|n| self.member(place, n)).collect();
                let (open, names) = self.heading(place.ty);
                self.show_parts((&open, ")"), &parts, &names, written, runs, span);
            }
            TyKind::Option(_) => runs.push(self.show_option(place, written, span)),
            TyKind::Enum(id, _) => {
                let run = self.show_variant(place, id, written, span);
                runs.push(self.padded(run, written, false));
            }
            TyKind::Handle(pool) => self.show_handle(place, pool, runs),
            _ => {
                let value = self.load(place);
                let run = self.show_scalar(value, place.ty, written);
                runs.push(run);
            }
        }
    }

    fn literal(&mut self, text: &str, runs: &mut Vec<Run>) {
        let run = self.literal_run(&text.into());
        runs.push(run);
    }

    /// How the text of a struct or tuple begins, and the names of its members.
    fn heading(&self, ty: Ty) -> (String, Vec<String>) {
        let TyKind::Struct(id, _) = self.cx.types.kind(ty) else {
            return ("(".to_owned(), Vec::new());
        };
        let def = &self.cx.typed.structs[*id];
        let names = def
            .members
            .iter()
            .map(|member| format!("{}: ", member.name));
        (format!("{}(", def.head.name), names.collect())
    }

    fn show_parts(
        &mut self,
        (open, close): (&str, &str),
        parts: &[Place],
        names: &[String],
        written: &Written,
        runs: &mut Vec<Run>,
        span: Span,
    ) {
        self.literal(open, runs);
        for (n, part) in parts.iter().enumerate() {
            let name = names.get(n).map_or("", String::as_str);
            let between = if n == 0 { "" } else { ", " };
            let before = format!("{between}{name}");
            if !before.is_empty() {
                self.literal(&before, runs);
            }
            self.show_place(*part, written, runs, span);
        }
        self.literal(close, runs);
    }

    fn show_option(&mut self, place: Place, written: &Written, span: Span) -> Run {
        let (tag, inner) = self.option_parts(place);
        let join = self.b.new_block();
        let result = Run {
            addr: self.b.param(join, Repr::I64),
            len: self.b.param(join, Repr::I64),
        };
        let (some, none) = (self.b.new_block(), self.b.new_block());
        let there = self.load(tag);
        self.b.branch(there, some, none);
        self.b.switch_to(none);
        let text = self.literal_run(&"none".into());
        let text = self.padded(text, written, false);
        self.b.jump(join, &[text.addr, text.len]);
        self.b.switch_to(some);
        let mut runs = Vec::new();
        self.show_place(inner, written, &mut runs, span);
        let text = self.join(&runs, span);
        self.b.jump(join, &[text.addr, text.len]);
        self.b.switch_to(join);
        result
    }

    /// A variant, with its payload if it has one.
    fn show_variant(
        &mut self,
        place: Place,
        id: EnumId,
        written: &Written,
        span: Span,
    ) -> Run {
        let variants = &self.cx.typed.enums[id].variants;
        let tag = match self.is_scalar(place.ty) {
            true => self.load(place),
            false => self.variant_tag(place),
        };
        let join = self.b.new_block();
        let result = Run {
            addr: self.b.param(join, Repr::I64),
            len: self.b.param(join, Repr::I64),
        };
        let arms: Vec<_> = variants.iter().map(|_| self.b.new_block()).collect();
        let default = self.b.new_block();
        let cases: Vec<_> = (0_i64..).zip(arms.iter().copied()).collect();
        self.b.switch(tag, &cases, default);
        for ((arm, variant), n) in arms.into_iter().zip(variants).zip(0_u32..) {
            self.b.switch_to(arm);
            let text = self.show_payload(place, variant, n, written, span);
            self.b.jump(join, &[text.addr, text.len]);
        }
        self.b.switch_to(default);
        let text = self.literal_run(&"".into());
        self.b.jump(join, &[text.addr, text.len]);
        self.b.switch_to(join);
        result
    }

    /// `Circle(r: 1.5)`, `Some(3)`, `Point`.
    fn show_payload(
        &mut self,
        place: Place,
        variant: &Variant,
        n: u32,
        written: &Written,
        span: Span,
    ) -> Run {
        if variant.payload.is_empty() {
            return self.literal_run(&variant.name);
        }
        let count = u32::try_from(variant.payload.len()).unwrap_or(0);
        let parts: Vec<Place> = (0..count)
            .map(|part| self.payload_part(place, n, part))
            .collect();
        let named = |name: &str| !name.starts_with(|first: char| first.is_ascii_digit());
        let names: Vec<String> = variant
            .payload
            .iter()
            .map(|member| match named(&member.name) {
                true => format!("{}: ", member.name),
                false => String::new(),
            })
            .collect();
        let open = format!("{}(", variant.name);
        let mut runs = Vec::new();
        let inside = Written {
            width: 0,
            ..written.clone()
        };
        self.show_parts((&open, ")"), &parts, &names, &inside, &mut runs, span);
        self.join(&runs, span)
    }

    /// `town.people#3.1`: pool, slot, generation.
    fn show_handle(&mut self, place: Place, pool: FieldId, runs: &mut Vec<Run>) {
        let handle = self.load(place);
        let (low, half) = (
            self.b.iconst(Repr::I64, i64::from(u32::MAX)),
            self.b.iconst(Repr::I64, 32),
        );
        let slot = self.b.binary(BinaryOp::And, handle, low);
        let generation = self.b.binary(BinaryOp::Ushr, handle, half);
        let field = &self.cx.typed.fields[pool];
        let context = &self.cx.typed.contexts[field.context].head.name;
        let path = format!("{context}.{}#", field.name);
        self.literal(&path, runs);
        let text = self.std_text("text_of_u64", &[slot]);
        runs.push(text);
        self.literal(".", runs);
        let text = self.std_text("text_of_u64", &[generation]);
        runs.push(text);
    }

    fn show_scalar(&mut self, value: Value, ty: Ty, written: &Written) -> Run {
        let kind = self.cx.types.kind(ty).clone();
        let base = match written.form {
            Form::Plain | Form::Power => 10,
            Form::Hex | Form::Capital => 16,
            Form::Binary => 2,
            Form::Octal => 8,
        };
        let run = match kind {
            TyKind::Bool => self.std_text("text_of_bool", &[value]),
            TyKind::Int(int) if base == 10 => {
                let (op, name) = if int.signed {
                    (UnaryOp::Sext, "text_of_i64")
                } else {
                    (UnaryOp::Zext, "text_of_u64")
                };
                let wide = self.widened(op, value);
                self.std_text(name, &[wide])
            }
            TyKind::Int(_) => {
                let wide = self.widened(UnaryOp::Zext, value);
                let (base, one) =
                    (self.b.iconst(Repr::I64, base), self.b.iconst(Repr::I64, 1));
                let capital = self.b.bool(written.form == Form::Capital);
                self.std_text("text_of_digits", &[wide, base, one, capital])
            }
            TyKind::Float(float) => self.show_float(value, float, written),
            _ => self.std_text("text_of_duration", &[value]),
        };
        let number = matches!(kind, TyKind::Int(_) | TyKind::Float(_));
        self.padded(run, written, number)
    }

    fn widened(&mut self, op: UnaryOp, value: Value) -> Value {
        if self.b.func().repr(value) == Repr::I64 {
            return value;
        }
        self.b.unary(op, Repr::I64, value)
    }

    fn show_float(&mut self, value: Value, float: FloatTy, written: &Written) -> Run {
        if let (FloatTy::F32, None, Form::Plain) = (float, written.places, written.form) {
            return self.std_text("text_of_f32", &[value]);
        }
        let wide = match float {
            FloatTy::F32 => self.b.unary(UnaryOp::Fpromote, Repr::F64, value),
            FloatTy::F64 => value,
        };
        match written.places {
            Some(places) => {
                let places = self.b.iconst(Repr::I64, places.into());
                self.std_text("text_of_fixed", &[wide, places])
            }
            None if written.form == Form::Power => {
                self.std_text("text_of_power", &[wide])
            }
            None => self.std_text("text_of_f64", &[wide]),
        }
    }

    /// A text with its sign, and made as wide as is said.
    fn padded(&mut self, run: Run, written: &Written, number: bool) -> Run {
        let mut run = run;
        if written.plus && number {
            let text = self.view_address(run);
            run = self.std_text("text_signed", &[text]);
        }
        if written.width == 0 {
            return run;
        }
        let width = self.b.iconst(Repr::I64, written.width.into());
        if written.zeros && number {
            let text = self.view_address(run);
            return self.std_text("text_zeros", &[text, width]);
        }
        let fill = written.fill.clone().unwrap_or_else(|| " ".into());
        let side = match (written.side, number) {
            (Some(Side::Left), _) | (None, false) => 0,
            (Some(Side::Right), _) | (None, true) => 1,
            (Some(Side::Middle), _) => 2,
        };
        let fill = self.literal_run(&fill);
        let (text, fill) = (self.view_address(run), self.view_address(fill));
        let side = self.b.iconst(Repr::I64, side);
        self.std_text("text_padded", &[text, fill, side, width])
    }

    /// The address of a view of bytes.
    fn view_address(&mut self, run: Run) -> Value {
        let view = self.temp(Ty::TEXT);
        self.store_run(run, view);
        self.address(view)
    }

    /// A call of a function of the prelude whose result is a `str`.
    fn std_text(&mut self, name: &str, args: &[Value]) -> Run {
        let dest = self.temp(Ty::TEXT);
        let Some(id) = self.cx.typed.library(name) else {
            return self.literal_run(&"…".into());
        };
        let (generics, homes) = (Vec::new(), Vec::new());
        let func = self.cx.instance(Instance {
            id,
            args: generics,
            homes,
            counts: self.counts.unseen(),
        });
        let mut values = vec![self.address(dest)];
        values.extend_from_slice(args);
        self.pass_header(&mut values);
        let results = self.b.call(func, &values, &[STATUS]);
        if let Some(status) = results.first() {
            let span = self.shown_at.unwrap_or(self.cx.typed.fns[id].head.span);
            self.call_failed(*status, span, id);
        }
        self.opens = true;
        self.run_at(dest)
    }
}
