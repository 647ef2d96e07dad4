//! What one transaction runs, and how what it writes to each field is undone.

use indexmap::IndexSet;
use theus_abi::Shape;
use theus_abi::image::Zone;
use theus_hir::flow::{ResetTarget, each_flow, each_list};
use theus_hir::{FieldId, Flow, FlowKind, ProcessId, Typed};

use crate::isolated::is_isolated;
use crate::program::Cx;

/// Fields of up to this many bytes have a shadow in the frame.
const MAX_SHADOW: u64 = 1024;
/// The same where it is copied for each element.
const MAX_ISOLATED: u64 = 64;

/// How the writes of a transaction to one field are undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// Not at all.
    Never,
    /// A shadow is forgotten.
    Shadow,
    /// The header of a ring is put back.
    Header,
    /// The whole is copied back.
    Copy,
    /// The journal puts back what was touched.
    Journal,
}

/// A process, or the members of an `atomic` group.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    /// In order; what is run twice is there twice.
    pub(crate) processes: Vec<ProcessId>,
    /// Fields that `reset` sets.
    pub(crate) resets: Vec<FieldId>,
    /// Whether some of them run several times.
    pub(crate) repeats: bool,
}

impl Unit {
    /// One process.
    pub(crate) fn one(process: ProcessId) -> Self {
        Self {
            processes: vec![process],
            resets: Vec::new(),
            repeats: false,
        }
    }

    /// What a group holds.
    pub(crate) fn group(typed: &Typed, body: &[Flow]) -> Self {
        let mut unit = Self::default();
        each_flow(body, &mut |flow| match &flow.kind {
            FlowKind::Run(process) => unit.processes.push(*process),
            FlowKind::Repeat(..) => unit.repeats = true,
            FlowKind::Reset(target) => unit.resets.extend(fields_of(typed, *target)),
            _ => {}
        });
        unit
    }
}

/// The fields that `reset` sets.
pub(crate) fn fields_of(typed: &Typed, target: ResetTarget) -> Vec<FieldId> {
    match target {
        // What belongs to the elements goes with them.
        ResetTarget::Field(field) => std::iter::once(field)
            .chain(typed.owned_by(field))
            .collect(),
        ResetTarget::Context(context) => {
            let fields = typed.contexts[context].fields.iter();
            let data = |id: &&FieldId| typed.fields[**id].zone == Zone::Data;
            fields.filter(data).copied().collect()
        }
    }
}

/// Whether there are rings inside.
fn holds_rings(shape: &Shape) -> bool {
    match shape {
        Shape::Ring { .. } => true,
        Shape::Array { elem, .. } | Shape::Option(elem) => holds_rings(elem),
        Shape::Struct { members, .. } => {
            members.iter().any(|(.., member)| holds_rings(member))
        }
        Shape::Choice { variants, .. } => {
            let mut members = variants.iter().flat_map(|(_, members)| members);
            members.any(|(.., member)| holds_rings(member))
        }
        Shape::Bool
        | Shape::Int(_)
        | Shape::Uint(_)
        | Shape::Float(_)
        | Shape::Duration
        | Shape::Enum { .. }
        | Shape::Handle(_)
        | Shape::Str { .. } => false,
    }
}

impl Cx<'_> {
    /// The fields that a transaction writes, in order of declaration.
    pub(crate) fn written(&self, unit: &Unit) -> Vec<FieldId> {
        let prints = unit.processes.iter();
        let prints = prints.map(|id| self.sound.footprints().process(*id));
        let mut fields: Vec<FieldId> = prints
            .flat_map(|print| print.writes.keys())
            .filter_map(|(place, _)| place.in_field())
            .chain(unit.resets.iter().copied())
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// The fields that a transaction reads, in order of declaration.
    pub(crate) fn read(&self, unit: &Unit) -> Vec<FieldId> {
        let prints = unit.processes.iter();
        let prints = prints.map(|id| self.sound.footprints().process(*id));
        let mut fields: Vec<FieldId> = prints
            .flat_map(|print| print.reads.keys())
            .filter_map(|(place, _)| place.in_field())
            .collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// How a transaction undoes a field of that layout.
    fn method(&self, unit: &Unit, field: FieldId, shape: &Shape) -> Method {
        let zone = self.typed.fields[field].zone;
        let kept = zone == Zone::Meta || self.typed.is_buffer(field);
        if kept || !self.options.strict {
            return Method::Never;
        }
        // Ages lie behind the field, so it is written where it is.
        if zone == Zone::Heavy || self.typed.ttl_of(self.typed.fields[field].ty).is_some()
        {
            return Method::Journal;
        }
        // A shadow is copied once for each element that is a transaction of its own.
        let mut members = unit.processes.iter();
        let alone = members.any(|id| is_isolated(&self.typed.processes[*id]));
        if let Shape::Ring {
            capacity, slots, ..
        } = shape
        {
            let ids = unit.processes.iter();
            let pushes = ids.map(|id| {
                let process = &self.typed.processes[*id];
                crate::bound::pushes_of(self.typed, process, field)
            });
            let pushes = pushes.fold(0, u64::saturating_add);
            if pushes <= slots - capacity && (pushes == 0 || !unit.repeats) {
                return Method::Header;
            }
            // A shadow would have no spare slots.
            if alone {
                return Method::Journal;
            }
            if shape.size() <= MAX_SHADOW {
                return Method::Copy;
            }
        }
        if shape.size() <= if alone { MAX_ISOLATED } else { MAX_SHADOW } {
            // Other threads know where a field lies, but not the frame of this one. What is copied
            // back from a shadow has its rings begin anew, where none would be seen to.
            let shared = holds_rings(shape) && !alone
                || unit.processes.iter().any(|id| self.is_shared(*id));
            return if shared { Method::Copy } else { Method::Shadow };
        }
        if alone {
            return Method::Journal;
        }
        let processes = unit.processes.iter().map(|id| &self.typed.processes[*id]);
        let written = processes.map(|process| {
            let once = crate::rewrite::surely(self.typed, &process.body.block, field);
            let each = process.each.as_ref();
            let all = each.filter(|each| each.filter.is_none() && each.slice.is_none());
            once.saturating_mul(all.map_or(1, |each| self.elements(each.field)))
        });
        if written.fold(0, u64::saturating_add) >= shape.size() / 2 {
            Method::Copy
        } else {
            Method::Journal
        }
    }

    /// Elements of a field that is an array.
    fn elements(&self, field: FieldId) -> u64 {
        match self.field_shapes.get(&field) {
            Some(Shape::Array { dims, .. }) => dims.first().copied().unwrap_or(1),
            _ => 1,
        }
    }

    pub(crate) fn field_method(&self, unit: &Unit, field: FieldId) -> Method {
        let shape = self.field_shapes.get(&field);
        shape.map_or(Method::Never, |shape| self.method(unit, field, shape))
    }

    /// How what other threads write to a field is undone: it is kept before they begin.
    pub(crate) fn whole_method(&self, unit: &Unit, field: FieldId) -> Method {
        // Of two buffers one is as it was.
        if self.typed.fields[field].swap.is_some() {
            return Method::Never;
        }
        match self.field_method(unit, field) {
            Method::Header => Method::Header,
            Method::Journal if self.is_journaled(field) => Method::Journal,
            Method::Never | Method::Shadow | Method::Copy | Method::Journal => {
                Method::Copy
            }
        }
    }

    /// Bytes that are copied before other threads write them.
    pub(crate) fn kept_bytes(&self, unit: &Unit) -> u64 {
        let kept = self.written(unit).into_iter();
        let kept = kept.filter(|field| {
            let method = self.whole_method(unit, *field);
            !matches!(method, Method::Header | Method::Never)
        });
        kept.map(|field| u64::from(self.field_bytes(field))).sum()
    }

    pub(crate) fn field_bytes(&self, field: FieldId) -> u32 {
        let shape = self.field_shapes.get(&field);
        shape.map_or(0, |shape| u32::try_from(shape.size()).unwrap_or(u32::MAX))
    }

    /// Every transaction that the program can have.
    fn units(&self) -> Vec<Unit> {
        let mut units: Vec<Unit> = self.typed.processes.keys().map(Unit::one).collect();
        for pipeline in self.typed.pipelines.values() {
            self.groups(&pipeline.body, &mut units);
        }
        units
    }

    /// The outermost `atomic` groups of a list: those inside join them.
    fn groups(&self, list: &[Flow], units: &mut Vec<Unit>) {
        for flow in list {
            match &flow.kind {
                FlowKind::Atomic(body) => units.push(Unit::group(self.typed, body)),
                _ => each_list(flow, &mut |list| self.groups(list, units)),
            }
        }
    }

    /// The fields that some transaction journals.
    pub(crate) fn journaled(&self) -> IndexSet<FieldId> {
        let mut found = IndexSet::new();
        for unit in self.units() {
            for field in self.written(&unit) {
                if self.field_method(&unit, field) == Method::Journal {
                    found.insert(field);
                }
            }
        }
        found
    }

    /// Reserves transaction space: areas of one transaction follow each other, those of
    /// different ones lie in the same place.
    pub(crate) fn reserve_undo(&mut self) {
        let copied = |unit: &Unit, how: fn(&Self, &Unit, FieldId) -> Method| {
            let fields = self.written(unit).into_iter();
            let copied = fields.filter(|field| how(self, unit, *field) == Method::Copy);
            let bytes = copied.map(|field| self.field_bytes(field).next_multiple_of(16));
            bytes.map(u64::from).sum::<u64>()
        };
        let units = self.units();
        let units = units.iter().map(|unit| copied(unit, Self::field_method));
        let groups = self.shared_groups();
        let groups = groups.iter().map(|unit| copied(unit, Self::whole_method));
        let most = units.chain(groups).max().unwrap_or(0);
        if most > 0 {
            self.undo_start = self.reserve(most, 16);
        }
    }
}
