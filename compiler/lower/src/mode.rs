//! Modes: which is in force is a field, which one comes next a word beside the fields.

use theus_abi::{Repr, Shape};
use theus_hir::{Expr, Flow, FlowKind, PipelineId};
use theus_mir::{BinaryOp, Block, Value};

use crate::frame::FnCx;
use crate::parts::{Part, Parts};
use crate::place::Place;
use crate::program::Cx;

impl Cx<'_> {
    /// Gives every pipeline with modes a word for the mode that comes next.
    pub(crate) fn place_modes(&mut self, at: &mut u64) {
        for (id, pipeline) in &self.typed.pipelines {
            if pipeline.modes.is_some() {
                let name = format!("next mode of {}", pipeline.head.name);
                let offset = self.keep_bytes(name, &Shape::Int(Repr::I64), at);
                self.next_modes.insert(id, offset);
            }
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Where the number of the mode that comes next is, plus one; 0: none.
    fn next_mode(&mut self, id: PipelineId) -> Place {
        let offset = self.cx.next_modes.get(&id).copied().unwrap_or(0);
        Place::own(self.b.base(offset), theus_hir::Ty::I64)
    }

    /// Which mode is in force.
    fn mode_now(&mut self, id: PipelineId) -> Option<(Place, Value)> {
        let field = self.cx.typed.mode_field(id)?;
        let place = self.context_place(field);
        let now = self.load(place);
        Some((place, now))
    }

    /// The items of a mode, while it is in force.
    pub(crate) fn mode(&mut self, id: PipelineId, at: u32, body: &'a [Flow]) {
        let Some((_, now)) = self.mode_now(id) else {
            return;
        };
        let (yes, join) = (self.b.new_block(), self.b.new_block());
        self.b.switch(now, &[(i64::from(at), yes)], join);
        self.b.switch_to(yes);
        self.flow_list(body);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `enter M when c`: noted, unless another mode is.
    pub(crate) fn enter(&mut self, id: PipelineId, at: u32, cond: Option<&'a Expr>) {
        let join = self.b.new_block();
        if let Some(cond) = cond {
            let holds = self.value(cond);
            let yes = self.b.new_block();
            self.b.branch(holds, yes, join);
            self.b.switch_to(yes);
        }
        let word = self.next_mode(id);
        let known = self.load(word);
        let zero = self.b.iconst(Repr::I64, 0);
        let free = self.b.binary(BinaryOp::Ieq, known, zero);
        let wanted = self.b.iconst(Repr::I64, i64::from(at) + 1);
        let next = self.b.select(free, wanted, known);
        self.store(word, next);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// Before a run: nothing is noted, and no condition of an `on` has held.
    pub(crate) fn forget_machines(&mut self, parts: &Parts<'a>) {
        let zero = self.b.iconst(Repr::I64, 0);
        for machine in &parts.machines {
            if let Some(id) = machine.pipeline() {
                let word = self.next_mode(id);
                self.store(word, zero);
            }
        }
        self.forget_latches(&parts.latches);
    }

    /// A run begins by entering the modes that are in force.
    pub(crate) fn begin_modes(&mut self, machines: &[Part<'a>]) {
        for machine in machines {
            let entry = lists(machine, |kind| match kind {
                FlowKind::OnEnter(body) => Some(body),
                _ => None,
            });
            if !entry.is_empty() {
                self.in_mode(machine, &entry);
            }
        }
    }

    /// The end of a tick: modes change to those that are noted.
    pub(crate) fn change_modes(&mut self, machines: &[Part<'a>]) {
        for machine in machines {
            if let Some(id) = machine.pipeline() {
                self.change_mode(id, machine);
            }
        }
    }

    fn change_mode(&mut self, id: PipelineId, machine: &Part<'a>) {
        let word = self.next_mode(id);
        let next = self.load(word);
        let zero = self.b.iconst(Repr::I64, 0);
        let some = self.b.binary(BinaryOp::Ine, next, zero);
        let (change, join) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(some, change, join);
        self.b.switch_to(change);
        self.store(word, zero);
        let exit = lists(machine, |kind| match kind {
            FlowKind::OnExit(body) => Some(body),
            _ => None,
        });
        if !exit.is_empty() {
            self.in_mode(machine, &exit);
        }
        self.set_mode(id, next);
        let entry = lists(machine, |kind| match kind {
            FlowKind::OnEnter(body) => Some(body),
            _ => None,
        });
        if !entry.is_empty() {
            self.in_mode(machine, &entry);
        }
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// Puts the mode in force whose number plus one this is.
    fn set_mode(&mut self, id: PipelineId, next: Value) {
        let Some((place, now)) = self.mode_now(id) else {
            return;
        };
        let repr = self.b.func().repr(now);
        let modes = self.cx.typed.pipelines[id].modes;
        let count =
            modes.map_or(0, |modes| self.cx.typed.enums[modes.names].variants.len());
        let done = self.b.new_block();
        let blocks: Vec<Block> = (0..count).map(|_| self.b.new_block()).collect();
        let cases: Vec<(i64, Block)> = (1_i64..).zip(blocks.iter().copied()).collect();
        self.b.switch(next, &cases, done);
        for (block, at) in blocks.into_iter().zip(0_i64..) {
            self.b.switch_to(block);
            let at = self.b.iconst(repr, at);
            self.store(place, at);
            self.b.jump(done, &[]);
        }
        self.b.switch_to(done);
        let field = self.cx.typed.mode_field(id);
        self.wake_cached(&field.into_iter().collect::<Vec<_>>());
    }

    /// Runs the lists of the mode that is in force; `drop` leaves them.
    fn in_mode(&mut self, machine: &Part<'a>, lists: &[List<'a>]) {
        let Some((_, now)) = machine.pipeline().and_then(|id| self.mode_now(id)) else {
            return;
        };
        let done = self.b.new_block();
        let outer = self.leave.tick.replace(done);
        let blocks: Vec<Block> = lists.iter().map(|_| self.b.new_block()).collect();
        let cases: Vec<(i64, Block)> = lists
            .iter()
            .zip(&blocks)
            .map(|((at, ..), block)| (i64::from(*at), *block))
            .collect();
        self.b.switch(now, &cases, done);
        self.in_part(machine, |cx| {
            cx.enter_list(machine.list);
            for ((_, mode, runs), block) in lists.iter().zip(blocks) {
                cx.b.switch_to(block);
                cx.enter_list(mode);
                runs.iter().for_each(|list| cx.flow_list(list));
                cx.lists.pop();
                cx.b.jump(done, &[]);
            }
        });
        self.b.switch_to(done);
        self.leave.tick = outer;
    }
}

/// What a mode runs: its number, its items, the lists.
type List<'a> = (u32, &'a [Flow], Vec<&'a [Flow]>);

/// The lists of one kind that stand directly in modes.
fn lists<'a>(
    machine: &Part<'a>,
    kind: fn(&FlowKind) -> Option<&Vec<Flow>>,
) -> Vec<List<'a>> {
    let modes = machine.list.iter().filter_map(|flow| match &flow.kind {
        FlowKind::Mode(_, at, body) => Some((*at, body.as_slice())),
        _ => None,
    });
    let lists = modes.map(|(at, body)| {
        let found = body.iter().filter_map(|flow| kind(&flow.kind));
        (at, body, found.map(Vec::as_slice).collect::<Vec<_>>())
    });
    lists.filter(|(.., found)| !found.is_empty()).collect()
}
