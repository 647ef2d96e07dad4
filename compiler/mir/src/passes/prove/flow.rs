//! `Flow`: goes through a function block by block, with what is known of every value.
//!
//! A round is a walk over the dominator tree: where a block is entered, all that flows into it
//! has been seen in this round, but for edges that lead back; what comes along those is known
//! from the round before. Rounds go on until what comes back was assumed already; then two
//! more without growing give the ends back that were moved too far.

use cranelift_entity::EntitySet;

use super::super::interval::facts::Facts;
use super::super::interval::int::Range;
use super::super::interval::{Bounds, Interval, made};
use super::Ranges;
use super::widen::{Widening, within};
use crate::dom::{Dominators, Step};
use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, InstId, Value};

/// After so many rounds nothing is proved.
const MOST_ROUNDS: u32 = 40;
/// Rounds that do not grow.
const NARROWING: u32 = 2;

/// What flows through a function.
pub(crate) struct Flow<'f> {
    pub(crate) func: &'f Func,
    pub(crate) ranges: &'f Ranges,
    tree: &'f Dominators,
    facts: Facts,
    /// What comes along edges that lead forward, in this round.
    forward: Bounds,
    /// What comes along edges that lead back: in the round before, and in this one.
    back: Bounds,
    next: Bounds,
    /// What is assumed at the start of loops.
    heads: Bounds,
    is_head: EntitySet<Block>,
    /// Blocks that this round has come to.
    seen: EntitySet<Block>,
    /// Blocks to which an edge leads that can be taken.
    reached: EntitySet<Block>,
    /// Those of them to which it leads back: in the round before, and in this one.
    again: EntitySet<Block>,
    next_again: Vec<Block>,
    mode: Mode,
}

#[derive(Clone, Debug)]
enum Mode {
    Growing(Widening, u32),
    Narrowing,
}

/// What is done at the end of each block that can be reached.
pub(crate) type Observer<'o> = &'o mut dyn FnMut(&Flow<'_>, Block);

impl<'f> Flow<'f> {
    /// Nothing is known yet.
    pub(crate) fn new(func: &'f Func, tree: &'f Dominators, ranges: &'f Ranges) -> Self {
        let mut seen = EntitySet::new();
        let mut is_head = EntitySet::new();
        for step in &tree.walk {
            if let Step::Enter(block) = *step {
                seen.insert(block);
                let back = tree.cfg.succs[block]
                    .iter()
                    .filter(|to| seen.contains(**to));
                is_head.extend(back.copied());
            }
        }
        Self {
            func,
            ranges,
            tree,
            facts: Facts::new(func, func.per_value(None)),
            forward: func.per_value(None),
            back: func.per_value(None),
            next: func.per_value(None),
            heads: func.per_value(None),
            is_head,
            seen: EntitySet::new(),
            reached: EntitySet::new(),
            again: EntitySet::new(),
            next_again: Vec::new(),
            mode: Mode::Narrowing,
        }
    }

    /// Goes on until nothing changes; then calls `observe` at the end of each block that can
    /// be reached. `false` if that takes too long: nothing is known then.
    pub(crate) fn settle(&mut self, observe: Observer<'_>) -> bool {
        if self
            .tree
            .cfg
            .order
            .iter()
            .any(|&block| self.is_head.contains(block))
        {
            let mut round = 0;
            self.mode = Mode::Growing(Widening::new(self.func), 0);
            while !self.grow() {
                round += 1;
                if round > MOST_ROUNDS {
                    return false;
                }
                if let Mode::Growing(_, at) = &mut self.mode {
                    *at = round;
                }
            }
            self.mode = Mode::Narrowing;
            for _ in 1..NARROWING {
                self.round(&mut |_, _| {});
                self.turn(false);
            }
        }
        self.round(observe);
        true
    }

    /// One round that grows; whether all that comes back was assumed already.
    fn grow(&mut self) -> bool {
        self.round(&mut |_, _| {});
        let mut stable = self
            .next_again
            .iter()
            .all(|block| self.reached.contains(*block));
        for &block in &self.next_again {
            for &param in &self.func.blocks[block].params {
                if let (Some(next), head) = (self.next[param], self.heads[param]) {
                    stable &= head.is_some_and(|head| within(next, head));
                }
            }
        }
        self.turn(!stable);
        stable
    }

    /// What this round has sent back is what the next one gets; besides what it got itself,
    /// while rounds grow.
    fn turn(&mut self, keep: bool) {
        let next = std::mem::take(&mut self.next);
        if keep {
            for &block in &self.next_again {
                for &param in &self.func.blocks[block].params {
                    self.back[param] = both(self.back[param], next[param]);
                }
            }
        } else {
            self.back = next;
            self.again.clear();
        }
        self.again.extend(self.next_again.drain(..));
    }

    fn round(&mut self, observe: Observer<'_>) {
        self.forward.clear();
        self.next.clear();
        self.next_again.clear();
        self.seen.clear();
        self.reached.clear();
        self.reached.extend(self.again.iter());
        self.reached.extend(self.func.entry());
        let tree = self.tree;
        for &step in &tree.walk {
            match step {
                Step::Enter(block) => {
                    self.facts.enter();
                    self.seen.insert(block);
                    if self.reached.contains(block) {
                        self.block(block);
                        observe(self, block);
                    }
                }
                Step::Leave(_) => self.facts.leave(),
            }
        }
    }

    /// What a condition is at the end of the current block, if that is known.
    pub(crate) fn known(&self, cond: Value) -> Option<bool> {
        self.facts.known(self.func, cond)
    }

    /// The values that a value can have at the end of the current block.
    pub(crate) fn interval(&self, value: Value) -> Interval {
        self.facts.closer(self.func, value)
    }

    fn block(&mut self, block: Block) {
        self.enter(block);
        let func = self.func;
        for &id in &func.blocks[block].insts {
            self.inst(id);
        }
        self.edges(block);
    }

    fn enter(&mut self, block: Block) {
        let func = self.func;
        if let Some(pred) = self.way_in(block)
            && let Some(term) = &func.blocks[pred].term
        {
            self.learn(term, block);
        }
        for &param in &func.blocks[block].params {
            let all = Interval::all(func.repr(param));
            let new = both(self.forward[param], self.back[param]).unwrap_or(all);
            let new = if self.is_head.contains(block) {
                self.head(param, new)
            } else {
                new
            };
            self.facts.define(param, new);
        }
    }

    /// The block from which the only edge leads here, but for edges from within a loop that
    /// starts here: what holds on it of values from before the loop holds in all of it.
    fn way_in(&self, block: Block) -> Option<Block> {
        let preds = self.tree.cfg.preds[block].iter();
        let mut outside = preds.filter(|pred| !self.tree.dominates(block, **pred));
        match (outside.next(), outside.next()) {
            (Some(pred), None) => Some(*pred),
            _ => None,
        }
    }

    /// What is assumed of a parameter at the start of a loop.
    fn head(&mut self, param: Value, new: Interval) -> Interval {
        let new = match (&self.mode, self.heads[param]) {
            (Mode::Growing(widening, round), Some(old)) => {
                widening.grow(self.func, param, (old, new), *round)
            }
            (Mode::Narrowing, Some(old)) => old.and(new),
            (_, None) => new,
        };
        self.heads[param] = Some(new);
        new
    }

    fn inst(&mut self, id: InstId) {
        let func = self.func;
        let inst = &func.insts[id];
        for &result in &func.results[id] {
            let all = Interval::all(func.repr(result));
            let of = |value: Value| self.facts.interval(func, value);
            let found = match inst {
                Inst::Load { .. } => {
                    let closer = |index: Value| self.facts.closer(func, index);
                    let found = self.ranges.load(func, inst, &closer);
                    found.map(|(_, found)| found)
                }
                _ => made(func, inst, all, &of),
            };
            self.facts
                .define(result, found.map_or(all, |found| all.and(found)));
        }
    }

    /// What an edge from `term` to `block`, the only one that leads there, says.
    fn learn(&mut self, term: &Terminator, block: Block) {
        match term {
            Terminator::Check { cond, ok, .. } => {
                self.facts.learn(self.func, *cond, ok.block == block);
            }
            Terminator::Branch { cond, then, .. } => {
                self.facts.learn(self.func, *cond, then.block == block);
            }
            Terminator::Switch { value, cases, .. } => {
                let mut cases = cases.iter().filter(|(_, edge)| edge.block == block);
                if let (Some((case, _)), None) = (cases.next(), cases.next()) {
                    let case = Range::one(*case);
                    self.facts.narrow(self.func, *value, Interval::Int(case));
                }
            }
            Terminator::Jump(_) | Terminator::Return(_) => {}
        }
    }

    fn edges(&mut self, block: Block) {
        let func = self.func;
        match &func.blocks[block].term {
            Some(Terminator::Jump(edge)) => self.edge(edge, None),
            Some(Terminator::Check { cond, ok, fail, .. }) => {
                self.either(*cond, ok, fail);
            }
            Some(Terminator::Branch {
                cond,
                then,
                otherwise,
            }) => self.either(*cond, then, otherwise),
            Some(Terminator::Switch {
                value,
                cases,
                default,
            }) => {
                let known = self.interval(*value).int();
                for (case, edge) in cases {
                    if known.is_none_or(|known| known.lo <= *case && *case <= known.hi) {
                        self.edge(edge, None);
                    }
                }
                self.edge(default, None);
            }
            Some(Terminator::Return(_)) | None => {}
        }
    }

    fn either(&mut self, cond: Value, yes: &BlockCall, no: &BlockCall) {
        let known = self.known(cond);
        if known != Some(false) {
            self.edge(yes, Some((cond, true)));
        }
        if known != Some(true) {
            self.edge(no, Some((cond, false)));
        }
    }

    fn edge(&mut self, edge: &BlockCall, learned: Option<(Value, bool)>) {
        let func = self.func;
        let is_back = self.seen.contains(edge.block);
        if is_back {
            self.next_again.push(edge.block);
        } else {
            self.reached.insert(edge.block);
        }
        if edge.args.is_empty() {
            return;
        }
        self.facts.enter();
        if let Some((cond, holds)) = learned {
            self.facts.learn(func, cond, holds);
        }
        for (&arg, &param) in edge.args.iter().zip(&func.blocks[edge.block].params) {
            let found = self.facts.interval(func, arg);
            let target = if is_back {
                &mut self.next
            } else {
                &mut self.forward
            };
            target[param] = both(target[param], Some(found));
        }
        self.facts.leave();
    }
}

/// The values in either, of which one may have none.
fn both(a: Option<Interval>, b: Option<Interval>) -> Option<Interval> {
    match (a, b) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (one, None) | (None, one) => one,
    }
}
