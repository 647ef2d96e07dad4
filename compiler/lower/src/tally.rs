//! What a pipeline counts of its ticks, because the program asks for it: steps of loops, the
//! budgets that they had, and when something arrived last.

use theus_abi::image::Zone;
use theus_abi::{Repr, Shape};
use theus_hir::TyKind;
use theus_hir::body::TickField;
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::frame::FnCx;
use crate::place::Place;
use crate::program::Cx;

/// Offsets of what is counted, each if the program asks for it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Steps of the tick at hand, and of the one before it.
    pub(crate) steps: Option<u32>,
    /// Steps of processes with a budget and the sum of the budgets, likewise.
    pub(crate) load: Option<u32>,
    /// The time of the last arrival in ns.
    arrival: Option<u32>,
}

impl Tally {
    /// Whether nothing is counted.
    pub(crate) const fn is_empty(&self) -> bool {
        self.steps.is_none() && self.load.is_none() && self.arrival.is_none()
    }
}

impl Cx<'_> {
    /// Gives what is counted its place.
    pub(crate) fn place_tally(&mut self, at: &mut u64) {
        let asked = self.typed.asked.clone();
        let mut word = |field: TickField, name: &str, words: u64| {
            let shape = Shape::Array {
                elem: Box::new(Shape::Uint(Repr::I64)),
                dims: vec![words],
            };
            let asked = asked.contains(&field);
            asked.then(|| self.keep_bytes(name.to_owned(), &shape, at))
        };
        self.tally = Tally {
            steps: word(TickField::Steps, "tick.steps", 2),
            load: word(TickField::Load, "tick.load", 4),
            arrival: word(TickField::Idle, "on idle", 1),
        };
    }
}

impl FnCx<'_, '_> {
    fn tally_word(&mut self, at: u32) -> Value {
        let base = self.b.base(at);
        self.b.load(Repr::I64, base, 0)
    }

    fn set_tally(&mut self, at: u32, value: Value) {
        let base = self.b.base(at);
        self.b.store(value, base, 0);
    }

    pub(crate) fn add_tally(&mut self, at: u32, more: i64) {
        let before = self.tally_word(at);
        let more = self.b.iconst(Repr::I64, more);
        let sum = self.b.binary(BinaryOp::Iadd, before, more);
        self.set_tally(at, sum);
    }

    /// `tick.steps` of the last tick.
    pub(crate) fn last_steps(&mut self) -> Value {
        match self.cx.tally.steps {
            Some(at) => self.tally_word(at + 8),
            None => self.b.iconst(Repr::I64, 0),
        }
    }

    /// `tick.load` of the last tick: zero without a budget.
    pub(crate) fn last_load(&mut self) -> Value {
        let Some(at) = self.cx.tally.load else {
            return self.b.f64(0.0);
        };
        let used = self.tally_word(at + 16);
        let of = self.tally_word(at + 24);
        let one = self.b.iconst(Repr::I64, 1);
        let some = self.b.binary(BinaryOp::Ult, of, one);
        let of = self.b.select(some, one, of);
        let used = self.b.unary(UnaryOp::UintToF, Repr::F64, used);
        let of = self.b.unary(UnaryOp::UintToF, Repr::F64, of);
        self.b.binary(BinaryOp::Fdiv, used, of)
    }

    /// For how long nothing has arrived.
    pub(crate) fn idle(&mut self) -> Value {
        let Some(at) = self.cx.tally.arrival else {
            return self.b.iconst(Repr::I64, 0);
        };
        let (now, last) = (self.virtual_time(), self.tally_word(at));
        let long = self.b.binary(BinaryOp::Isub, now, last);
        let raised = self.raised();
        let zero = self.b.iconst(Repr::I64, 0);
        self.b.select(raised, zero, long)
    }

    /// Something has arrived in this tick.
    pub(crate) fn arrived(&mut self) {
        let Some(at) = self.cx.tally.arrival else {
            return;
        };
        let now = self.virtual_time();
        self.set_tally(at, now);
    }

    /// A run begins: nothing is counted, and it is as if something had just arrived.
    pub(crate) fn begin_tally(&mut self) {
        if self.cx.tally.is_empty() {
            return;
        }
        self.clear_tally();
        self.arrived();
    }

    /// No tick has counted anything.
    pub(crate) fn clear_tally(&mut self) {
        let Tally { steps, load, .. } = self.cx.tally;
        let words = [steps.map(|at| (at, 2)), load.map(|at| (at, 4))];
        for (at, words) in words.into_iter().flatten() {
            let zero = self.b.iconst(Repr::I64, 0);
            for word in 0..words {
                self.set_tally(at + 8 * word, zero);
            }
        }
    }

    /// A tick is over: what it has counted is that of the last one.
    pub(crate) fn end_tally(&mut self) {
        if self.cx.tally.is_empty() {
            return;
        }
        let Tally {
            steps,
            load,
            arrival,
        } = self.cx.tally;
        let zero = self.b.iconst(Repr::I64, 0);
        let words = [steps, load, load.map(|at| at + 8)];
        for (at, on) in words.into_iter().zip([8, 16, 16]) {
            let Some(at) = at else { continue };
            let counted = self.tally_word(at);
            self.set_tally(at + on, counted);
            self.set_tally(at, zero);
        }
        let Some(at) = arrival else { return };
        let raised = self.raised();
        let (now, last) = (self.virtual_time(), self.tally_word(at));
        let last = self.b.select(raised, now, last);
        self.set_tally(at, last);
    }

    /// Whether a signal is raised.
    fn raised(&mut self) -> Value {
        let mut any = self.b.bool(false);
        let signals: Vec<_> = self.cx.typed.stored().collect();
        for (id, field) in signals {
            if field.zone == Zone::Signal {
                let place = self.context_place(id);
                let raised = self.is_raised(place);
                any = self.b.binary(BinaryOp::Or, any, raised);
            }
        }
        any
    }

    fn is_raised(&mut self, place: Place) -> Value {
        match self.cx.types.kind(place.ty) {
            TyKind::Option(_) => {
                let (some, _) = self.option_parts(place);
                return self.load(some);
            }
            TyKind::Bool => return self.load(place),
            _ => {}
        }
        let zero = self.temp(place.ty);
        self.zero(zero);
        let same = match self.is_scalar(place.ty) {
            true => {
                let (a, b) = (self.load(place), self.load(zero));
                self.equal_scalars(a, b, true)
            }
            false => self.equal_places(place, zero, true),
        };
        let no = self.b.bool(false);
        self.b.binary(BinaryOp::Ieq, same, no)
    }
}
