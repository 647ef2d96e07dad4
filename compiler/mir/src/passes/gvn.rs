//! `gvn`: equal expressions become one value, loads are forwarded, and what a dominating
//! check or branch has decided is not asked again.
//!
//! One walk over the dominator tree. `number` holds the expressions, `memory` what loads
//! would find, `facts` the conditions that are known.

mod counter;
mod join;
mod memory;
mod number;

use super::address::Escapes;
use super::fold;
use super::interval::facts::Facts;
use super::rewrite::Renames;
use crate::dom::{Dominators, Step};
use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, InstId, Value};
use crate::op::UnaryOp;
use join::Writes;
use memory::{Effect, Found, Memory};
use number::Numbers;
use theus_abi::Repr;

/// Runs the pass.
pub(crate) fn run(func: &mut Func) {
    walk(func, false);
}

/// The pass, but every check stays, also if it is decided.
pub(crate) fn keeping(func: &mut Func) {
    walk(func, true);
}

fn walk(func: &mut Func, keep: bool) {
    let tree = Dominators::new(func);
    let escapes = Escapes::new(func, &tree.cfg);
    let mut walk = Walk {
        memory: Memory::new(&escapes),
        writes: Writes::new(func, &tree),
        numbers: Numbers::with_capacity(size(func)),
        facts: Facts::new(func, counter::all(func, &tree)),
        renames: Renames::new(func),
        tree: &tree,
        func,
        keep,
    };
    for &step in &tree.walk {
        match step {
            Step::Enter(block) => walk.block(block),
            Step::Leave(_) => {
                walk.memory.leave();
                walk.facts.leave();
            }
        }
    }
    let Walk { renames, func, .. } = walk;
    renames.apply(func);
}

/// About how many expressions there are.
fn size(func: &Func) -> usize {
    let blocks = func.layout.iter();
    blocks.map(|&block| func.blocks[block].insts.len()).sum()
}

struct Walk<'f> {
    func: &'f mut Func,
    tree: &'f Dominators,
    memory: Memory<'f>,
    writes: Writes,
    numbers: Numbers,
    facts: Facts,
    renames: Renames,
    keep: bool,
}

impl Walk<'_> {
    fn block(&mut self, block: Block) {
        self.enter(block);
        let insts = std::mem::take(&mut self.func.blocks[block].insts);
        let mut out = Vec::with_capacity(insts.len());
        let mut fresh = Vec::new();
        for id in insts {
            self.operands(id);
            let mut editor = fold::Editor {
                func: self.func,
                out: fresh,
            };
            let folded = fold::inst(&mut editor, id);
            fresh = editor.out;
            for new in fresh.drain(..) {
                self.operands(new);
                if !self.number(block, new) {
                    out.push(new);
                }
            }
            if let Some(value) = folded {
                self.replace(id, value);
                continue;
            }
            self.operands(id);
            if !self.visit(block, id) {
                out.push(id);
            }
        }
        self.func.blocks[block].insts = out;
        self.end(block);
    }

    /// What holds at the start of a block: all that holds at the end of the only block
    /// before it, and what the edge says.
    fn enter(&mut self, block: Block) {
        self.memory.enter();
        self.facts.enter();
        let Some(pred) = self.tree.cfg.only_pred(block) else {
            self.join(block);
            return;
        };
        match &self.func.blocks[pred].term {
            Some(Terminator::Check { cond, ok, .. }) => {
                let (cond, holds) = (self.renames.get(*cond), ok.block == block);
                if !holds {
                    self.memory.apply(self.func, &Effect::FaultReport);
                }
                self.facts.learn(self.func, cond, holds);
            }
            Some(Terminator::Branch { cond, then, .. }) => {
                let (cond, holds) = (self.renames.get(*cond), then.block == block);
                self.facts.learn(self.func, cond, holds);
            }
            Some(
                Terminator::Jump(_) | Terminator::Switch { .. } | Terminator::Return(_),
            )
            | None => {}
        }
    }

    /// What holds where paths meet: what holds before they part and none of them changes.
    fn join(&mut self, block: Block) {
        match self.writes.before(self.func, self.tree, block) {
            Some(effects) => {
                for effect in &effects {
                    self.memory.clobber(self.func, effect);
                }
            }
            None => self.memory.forget_all(),
        }
    }

    fn operands(&mut self, id: InstId) {
        let renames = &mut self.renames;
        self.func.insts[id].each_arg_mut(|arg| *arg = renames.get(*arg));
    }

    fn replace(&mut self, id: InstId, value: Value) {
        if let [result] = *self.func.results[id].as_slice() {
            self.renames.set(result, value);
        }
    }

    /// Whether the instruction is gone.
    fn visit(&mut self, block: Block, id: InstId) -> bool {
        if self.number(block, id) {
            return true;
        }
        let inst = &self.func.insts[id];
        if let Inst::Load {
            repr,
            addr,
            offset,
            invariant: false,
        } = *inst
        {
            return self.load(id, repr, addr, offset);
        }
        if let Inst::Store {
            value,
            addr,
            offset,
        } = *inst
            && self.memory.holds(self.func, addr, offset, value)
        {
            return true;
        }
        if let Some(effect) = join::effect(inst) {
            self.memory.apply(self.func, &effect);
        }
        false
    }

    fn load(&mut self, id: InstId, repr: Repr, addr: Value, offset: i32) -> bool {
        match self.memory.find(self.func, addr, offset, repr) {
            Some(Found::Same(value)) => {
                self.replace(id, value);
                true
            }
            Some(Found::Bits(arg)) => {
                self.func.insts[id] = Inst::Unary {
                    op: UnaryOp::Bitcast,
                    repr,
                    arg,
                };
                false
            }
            None => {
                if let [value] = *self.func.results[id].as_slice() {
                    self.memory.learn(self.func, addr, offset, value);
                }
                false
            }
        }
    }

    /// Replaces an expression by an equal one that dominates it, if there is one.
    fn number(&mut self, block: Block, id: InstId) -> bool {
        let [result] = *self.func.results[id].as_slice() else {
            return false;
        };
        let Some(key) = number::key(&self.func.insts[id]) else {
            return false;
        };
        match self.numbers.find_or_add(self.tree, key, block, result) {
            Some(equal) => {
                self.renames.set(result, equal);
                true
            }
            None => false,
        }
    }

    fn end(&mut self, block: Block) {
        let Some(mut term) = self.func.blocks[block].term.take() else {
            return;
        };
        term.each_arg_mut(|arg| *arg = self.renames.get(*arg));
        let jump = match &mut term {
            Terminator::Check { .. } if self.keep => None,
            Terminator::Check { cond, ok, .. } => match self.decided(*cond, block) {
                Some(true) => Some(take(ok)),
                Some(false) | None => None,
            },
            Terminator::Branch {
                cond,
                then,
                otherwise,
            } => match self.decided(*cond, block) {
                Some(true) => Some(take(then)),
                Some(false) => Some(take(otherwise)),
                None => None,
            },
            Terminator::Jump(_) | Terminator::Switch { .. } | Terminator::Return(_) => {
                None
            }
        };
        self.func.blocks[block].term = Some(jump.map_or(term, Terminator::Jump));
    }

    /// What a condition is, if that is known here.
    fn decided(&self, cond: Value, block: Block) -> Option<bool> {
        let known = self.facts.known(self.func, cond);
        known.or_else(|| {
            let implying = number::implying(self.func, cond);
            implying
                .into_iter()
                .flatten()
                .find_map(|(key, when, then)| {
                    let value = self.numbers.find(self.tree, &key, block)?;
                    (self.facts.known(self.func, value) == Some(when)).then_some(then)
                })
        })
    }
}

fn take(edge: &mut BlockCall) -> BlockCall {
    std::mem::replace(edge, BlockCall::to(edge.block))
}
