//! `prev` and `window`: what a pipeline keeps of fields at the end of its ticks.

use theus_abi::shape::align_up;
use theus_abi::{Repr, Shape, header, image};
use theus_hir::flow::{ResetTarget, each_flow};
use theus_hir::item::Period;
use theus_hir::{FieldId, Flow, FlowKind, PipelineId, Ty, WindowId};
use theus_mir::BinaryOp;

use crate::access::root_field;
use crate::frame::FnCx;
use crate::measure::measured_field;
use crate::place::{Place, low_bits};
use crate::program::Cx;
use crate::unit::Unit;

/// What a pipeline keeps at the end of each of its ticks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keeps {
    pub(crate) prevs: Vec<FieldId>,
    pub(crate) windows: Vec<WindowId>,
    /// Length of a tick in ns; `None` if a global says it.
    pub(crate) period: Option<i64>,
}

impl Cx<'_> {
    /// Gives what is kept its place, after the fields.
    pub(crate) fn place_kept(&mut self, mut at: u64) -> u64 {
        for field in &self.typed.prevs {
            let shape = self.shape(self.typed.fields[*field].ty);
            let name = format!("prev({})", self.typed.field_path(*field));
            let offset = self.keep_bytes(name, &shape, &mut at);
            self.prevs.insert(*field, offset);
        }
        for (id, window) in self.typed.kept_windows() {
            let shape = window_shape(window.capacity);
            let name = format!("window({})", window.name);
            let offset = self.keep_bytes(name, &shape, &mut at);
            self.windows.insert(id, offset);
        }
        self.place_latches(&mut at);
        self.place_modes(&mut at);
        for (id, process) in self.typed.run_processes() {
            if process
                .each
                .as_ref()
                .is_some_and(|each| each.slice.is_some())
            {
                let name = format!("slice of {}", process.head.name);
                let offset = self.keep_bytes(name, &Shape::Int(Repr::I64), &mut at);
                self.cursors.insert(id, offset);
            }
        }
        self.place_cached(&mut at);
        self.place_tally(&mut at);
        self.place_log(&mut at);
        self.place_waits(&mut at);
        self.place_draws(&mut at);
        at
    }

    pub(crate) fn keep_bytes(
        &mut self,
        name: String,
        shape: &Shape,
        at: &mut u64,
    ) -> u32 {
        *at = align_up(*at, u64::from(shape.align()));
        let (offset, bytes) = (*at, shape.size());
        *at = at.saturating_add(bytes);
        self.image.kept.push(image::Kept {
            name,
            offset,
            bytes,
        });
        u32::try_from(offset).unwrap_or(u32::MAX)
    }

    /// What a pipeline keeps: of the fields that it writes, and of those that nobody does.
    pub(crate) fn keeps_of(&self, id: PipelineId) -> Keeps {
        let pipelines = &self.typed.pipelines;
        let own = self.written_by(&pipelines[id].body);
        let other: Vec<FieldId> = pipelines
            .values()
            .flat_map(|pipeline| self.written_by(&pipeline.body))
            .collect();
        let kept = |field: &FieldId| own.contains(field) || !other.contains(field);
        let windows = self.typed.kept_windows();
        Keeps {
            prevs: self.typed.prevs.iter().copied().filter(kept).collect(),
            windows: windows
                .filter(|(_, window)| kept(&window.field))
                .map(|(id, _)| id)
                .collect(),
            period: match pipelines[id].period {
                Period::Fixed(ns) => Some(ns),
                Period::Global(_) | Period::None | Period::Error => None,
            },
        }
    }

    pub(crate) fn written_by(&self, body: &[Flow]) -> Vec<FieldId> {
        let mut found = Vec::new();
        each_flow(body, &mut |flow| match &flow.kind {
            FlowKind::Run(process) => found.extend(self.written(&Unit::one(*process))),
            FlowKind::Source(stream) => {
                found.extend(stream.columns.iter().filter_map(|(to, _)| root_field(to)))
            }
            FlowKind::Measure(measure, _) => found.extend(measured_field(measure)),
            FlowKind::Reset(ResetTarget::Field(field)) => found.push(*field),
            FlowKind::Reset(ResetTarget::Context(context)) => {
                found.extend(&self.typed.contexts[*context].fields);
            }
            _ => {}
        });
        found
    }
}

impl FnCx<'_, '_> {
    /// Where the last value of a field is kept.
    pub(crate) fn prev_place(&mut self, field: FieldId) -> Place {
        let offset = self.cx.prevs.get(&field).copied().unwrap_or(0);
        Place::own(self.b.base(offset), self.cx.typed.fields[field].ty)
    }

    /// The ring of the samples of a window.
    pub(crate) fn window_place(&mut self, id: WindowId, ty: Ty) -> Place {
        let offset = self.cx.windows.get(&id).copied().unwrap_or(0);
        Place::own(self.b.base(offset), ty)
    }

    /// Before the first tick: the last value is the present one, and windows are empty.
    pub(crate) fn init_kept(&mut self) {
        let typed = self.cx.typed;
        self.keep_prevs(&typed.prevs);
        for (id, window) in typed.kept_windows() {
            let place = self.window_place(id, Ty::F64);
            self.ring_init(place, window.capacity);
        }
        let processes: Vec<_> = self.cx.cursors.keys().copied().collect();
        let zero = self.b.iconst(Repr::I64, 0);
        for id in processes {
            let cursor = self.cursor(id);
            self.store(cursor, zero);
        }
        self.wake_all();
    }

    /// Makes the present values the last ones.
    pub(crate) fn keep_prevs(&mut self, fields: &[FieldId]) {
        for field in fields {
            let (to, from) = (self.prev_place(*field), self.context_place(*field));
            self.copy(to, from, false);
        }
    }

    /// The end of a tick: keeps what the pipeline keeps.
    pub(crate) fn keep(&mut self) {
        let keeps = self.keeps.clone();
        self.keep_prevs(&keeps.prevs);
        for id in keeps.windows {
            self.sample(id, keeps.period);
        }
    }

    fn sample(&mut self, id: WindowId, period: Option<i64>) {
        let window = &self.cx.typed.windows[id];
        let place = self.window_place(id, Ty::F64);
        let ring = self.ring_at(place, Ty::F64, window.capacity);
        self.ring_push_value(ring, &window.sample);
        let most = match period {
            Some(ns) if ns > 0 => {
                let ns = i128::from(ns);
                let count = (i128::from(window.span_ns) + ns - 1) / ns;
                if count >= i128::from(window.capacity) {
                    return;
                }
                self.b.iconst(Repr::I64, low_bits(count))
            }
            Some(_) => return,
            None => self.ticks_in(window.span_ns),
        };
        self.ring_cut(ring, most);
    }

    /// How many ticks a length of time has, rounded up.
    fn ticks_in(&mut self, ns: i64) -> theus_mir::Value {
        let base = self.b.base(0);
        let period = self.b.load_invariant(Repr::I64, base, header::PERIOD);
        let last = self.b.iconst(Repr::I64, ns.saturating_sub(1));
        let one = self.b.iconst(Repr::I64, 1);
        let zero = self.b.iconst(Repr::I64, 0);
        let clocked = self.b.binary(BinaryOp::Slt, zero, period);
        let divisor = self.b.select(clocked, period, one);
        let whole = self.b.binary(BinaryOp::Udiv, last, divisor);
        self.b.binary(BinaryOp::Iadd, whole, one)
    }
}

fn window_shape(capacity: u64) -> Shape {
    Shape::Ring {
        elem: Box::new(Shape::Float(Repr::F64)),
        capacity,
        slots: capacity,
    }
}
