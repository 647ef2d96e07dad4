//! Properties: a function that takes its inputs from the block, and one in which the process
//! under test writes what is drawn, which tells contracts that say nothing.

use theus_abi::Fault;
use theus_abi::image::{Range, Zone};
use theus_abi::property::{Draw, Limits, Property};
use theus_grammar::Span;
use theus_hir::item::{Process, Target, TestKind};
use theus_hir::{FieldId, ProcessId, TestId, Ty, TyKind};
use theus_mir::FuncId;

use crate::frame::{Binding, FnCx};
use crate::place::Place;
use crate::program::{Cx, loc};
use crate::unit::Unit;

/// Most bytes of fields that are drawn in place of what a process writes.
const MAX_AFTER: u64 = 64 << 10;

/// Where the inputs of a property lie.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inputs {
    /// Its parameters, in order.
    params: Vec<Draw>,
    /// What its process writes, if all of it can be drawn.
    after: Vec<(FieldId, Draw)>,
}

impl<'a> Cx<'a> {
    /// Gives the inputs of properties their places.
    pub(crate) fn place_draws(&mut self, at: &mut u64) {
        if !self.options.tests {
            return;
        }
        let properties = self.typed.tests.iter();
        let properties = properties.filter(|(_, test)| test.kind == TestKind::Property);
        for (id, test) in properties {
            let mut inputs = Inputs::default();
            for drawn in &test.drawn {
                let (name, limits) =
                    (drawn.name.to_string(), self.limits(drawn.ty, drawn.range));
                inputs
                    .params
                    .push(self.place_draw(name, drawn.ty, limits, at));
            }
            for field in test.of.map(|of| self.hollow_fields(of)).unwrap_or_default() {
                let def = &self.typed.fields[field];
                let limits = self.limits(def.ty, def.range);
                let name = self.typed.field_path(field);
                let draw = self.place_draw(name, def.ty, limits, at);
                inputs.after.push((field, draw));
            }
            self.draws.insert(id, inputs);
        }
    }

    fn place_draw(&mut self, name: String, ty: Ty, limits: Limits, at: &mut u64) -> Draw {
        let shape = self.shape(ty);
        let offset = self.keep_bytes(format!("input {name}"), &shape, at);
        Draw {
            name,
            offset,
            shape: (*shape).clone(),
            limits,
            global: None,
        }
    }

    /// What a process with `ensures` writes, if all of it can be drawn.
    fn hollow_fields(&mut self, id: ProcessId) -> Vec<FieldId> {
        let process = &self.typed.processes[id];
        if process.ensures.is_empty() || process.each.is_some() {
            return Vec::new();
        }
        let written = self.written(&Unit::one(id));
        let mut bytes = 0_u64;
        for field in &written {
            let def = &self.typed.fields[*field];
            let shape = self.shape(def.ty);
            bytes = bytes.saturating_add(shape.size());
            let fits = matches!(def.zone, Zone::Data | Zone::Signal | Zone::Meta);
            if !fits || self.typed.several(*field).is_some() || !shape.is_drawable() {
                return Vec::new();
            }
        }
        match bytes <= MAX_AFTER {
            true => written,
            false => Vec::new(),
        }
    }

    /// The ranges in a type.
    fn limits(&mut self, ty: Ty, own: Option<Range>) -> Limits {
        let members = match self.types.kind(ty).clone() {
            TyKind::Struct(id, args) => {
                let members = &self.typed.structs[id].members;
                let limits = members.iter().map(|member| {
                    let ty = self.types.subst(member.ty, &args);
                    self.limits(ty, member.range)
                });
                limits.collect()
            }
            TyKind::Array(elem, _) => self.limits(elem, None).members,
            _ => Vec::new(),
        };
        Limits { own, members }
    }

    /// The fields that a process names and that can be drawn: data, and globals with a range.
    fn inputs_of(&self, process: &Process) -> Vec<(FieldId, Draw)> {
        let mut fields: Vec<FieldId> = Vec::new();
        for entry in process.inputs.iter().chain(&process.outputs) {
            match &entry.target {
                Target::Field(field, _) => fields.push(*field),
                Target::Context(context) => {
                    fields.extend(&self.typed.contexts[*context].fields);
                }
                Target::Tick | Target::Random | Target::Error => {}
            }
        }
        fields.sort_unstable();
        fields.dedup();
        let draws = fields.into_iter();
        draws
            .filter_map(|field| Some((field, self.field_draw(field)?)))
            .collect()
    }

    fn field_draw(&self, id: FieldId) -> Option<Draw> {
        let field = &self.typed.fields[id];
        let global = match field.zone {
            Zone::Data => None,
            // A size of a heavy field decides how much memory there is.
            Zone::Global if field.range.is_some() && self.image.heavy.is_empty() => {
                Some(u32::try_from(*self.image_index.get(&id)?).ok()?)
            }
            Zone::Global | Zone::Signal | Zone::Meta | Zone::Heavy => return None,
        };
        let shape = self.field_shapes.get(&id)?;
        if self.typed.several(id).is_some() || !shape.is_drawable() {
            return None;
        }
        Some(Draw {
            name: self.typed.field_path(id),
            offset: *self.offsets.get(&id)?,
            shape: shape.clone(),
            limits: Limits::default(),
            global,
        })
    }

    pub(crate) fn lower_property(&mut self, id: TestId) {
        let def = &self.typed.tests[id];
        let inputs = self.draws.get(&id).cloned().unwrap_or_default();
        let process = def.of.map(|of| &self.typed.processes[of]);
        let mut fields = process.map_or_else(Vec::new, |of| self.inputs_of(of));
        for (field, draw) in &mut fields {
            let field = &self.typed.fields[*field];
            draw.limits = self.limits(field.ty, field.range);
        }
        let number = self.image.properties.len();
        let func = self.property_entry(id, &format!("property.{number}"), &fields);
        let hollow = (!inputs.after.is_empty()).then(|| {
            let after = inputs.after.iter();
            self.hollow = after.map(|(field, draw)| (*field, draw.offset)).collect();
            let name = format!("property.{number}.hollow");
            let func = self.property_entry(id, &name, &fields);
            self.hollow.clear();
            func.as_u32()
        });
        let clauses = process.into_iter().flat_map(|of| &of.requires);
        let clauses = clauses.chain(&def.requires).map(|clause| clause.span);
        let assumes = clauses.chain([def.head.span]).map(loc).collect();
        let drawn = fields.into_iter().map(|(_, draw)| draw);
        self.image.properties.push(Property {
            name: def.head.name.to_string(),
            func: func.as_u32(),
            hollow,
            inputs: inputs.params.into_iter().chain(drawn).collect(),
            after: inputs.after.into_iter().map(|(_, draw)| draw).collect(),
            assumes,
            loc: loc(def.head.span),
        });
    }

    /// The function of a property; while `hollow` is set, that of its first statement.
    fn property_entry(
        &mut self,
        id: TestId,
        name: &str,
        fields: &[(FieldId, Draw)],
    ) -> FuncId {
        let def = &self.typed.tests[id];
        let inputs = self.draws.get(&id).cloned().unwrap_or_default();
        let hollow = !self.hollow.is_empty();
        let func = self.declare(name);
        let mut fx = FnCx::entry(self, name);
        let frame = fx.push_frame(&def.body, Vec::new());
        fx.frame = frame;
        for (drawn, draw) in def.drawn.iter().zip(&inputs.params) {
            let place = Place::own(fx.b.base(draw.offset), drawn.ty);
            fx.check_members(place, def.head.span);
            let binding = match fx.is_scalar(drawn.ty) {
                true => Binding::Value(fx.load(place)),
                false => Binding::Place(place),
            };
            fx.bind(drawn.local, binding);
        }
        for (field, _) in fields {
            fx.assume_range(*field, def.head.span);
        }
        fx.start_clock();
        for clause in &def.requires {
            let holds = fx.value(clause);
            fx.check(holds, Fault::Requires, clause.span, &[]);
        }
        fx.prepare_totals(&def.body.block);
        match def.body.block.stmts.first().filter(|_| hollow) {
            Some(first) => fx.stmt(first),
            None => fx.block(&def.body.block),
        }
        fx.finish_entry(func);
        func
    }
}

impl FnCx<'_, '_> {
    /// What is drawn for a field is in its ranges, also in those of members.
    fn assume_range(&mut self, field: FieldId, span: Span) {
        let place = self.context_place(field);
        if let Some(range) = self.cx.typed.fields[field].range {
            self.check_range(place, range, span);
        }
        self.check_members(place, span);
    }

    /// In place of the body of a process: it writes what is drawn.
    pub(crate) fn hollow_body(&mut self) {
        for (field, offset) in self.cx.hollow.clone() {
            let ty = self.cx.typed.fields[field].ty;
            let from = Place::own(self.b.base(offset), ty);
            let to = self.field_place(field);
            if self.is_scalar(ty) {
                let value = self.load(from);
                self.store(to, value);
            } else {
                self.copy(to, from, false);
            }
        }
    }
}
