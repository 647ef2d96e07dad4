//! `inline`: bodies take the place of calls, callees first.

mod apart;

use cranelift_entity::SecondaryMap;

use super::constant::Const;
use super::{Options, on_each};
use crate::func::{BlockCall, BlockData, Func, Inst, Terminator, ValueDef};
use crate::ids::{Block, FuncId, InstId, Slot, Value};
use crate::program::Program;

/// Inlines calls. `tidy` runs on every function once the calls in it are inlined, so that
/// its callers see its true size.
pub(crate) fn run(
    program: &mut Program,
    options: &Options,
    tidy: &(dyn Fn(&mut Func) + Sync),
) {
    let order = callees_first(program);
    let mut state = State::new(program);
    for wave in waves(program, &order) {
        let mut funcs: Vec<Func> = wave
            .iter()
            .map(|&id| inlined(program, options, &mut state, id))
            .collect();
        // What nobody calls is made fast as a whole later.
        let called = wave.iter().zip(&mut funcs);
        let called = called.filter(|(id, _)| state.calls[**id] > 0);
        on_each(called.map(|(_, func)| func), tidy);
        for (id, func) in wave.into_iter().zip(funcs) {
            state.sizes[id] = Some(size(&func));
            program.funcs[id] = func;
        }
    }
    recount(program, &mut state);
    for &id in order.iter().rev() {
        if state.calls[id] == 0 && !program.funcs[id].keep {
            each_callee(&program.funcs[id], |callee| {
                state.calls[callee] = state.calls[callee].saturating_sub(1);
            });
            bury(&mut program.funcs[id]);
        }
    }
}

/// The function with its calls inlined, out of the program.
fn inlined(
    program: &mut Program,
    options: &Options,
    state: &mut State,
    id: FuncId,
) -> Func {
    let mut func = std::mem::take(&mut program.funcs[id]);
    state.current = Some(id);
    if state.calls[id] > 1 && size(&func) <= options.small {
        let large = |callee| state.sizes[callee].is_some_and(|size| size > options.small);
        for callee in apart::find(&func, large) {
            state.apart[callee] = true;
        }
    }
    inline_calls(program, options, state, &mut func);
    func
}

/// The functions in groups, each of which calls only functions of groups before it.
fn waves(program: &Program, order: &[FuncId]) -> Vec<Vec<FuncId>> {
    let mut levels: SecondaryMap<FuncId, usize> = SecondaryMap::new();
    let mut waves: Vec<Vec<FuncId>> = Vec::new();
    for &id in order {
        let mut level = 0;
        each_callee(&program.funcs[id], |callee| {
            level = level.max(levels[callee]);
        });
        levels[id] = level + 1;
        if waves.len() <= level {
            waves.resize_with(level + 1, Vec::new);
        }
        waves[level].push(id);
    }
    waves
}

/// What is known of all functions.
struct State {
    /// Calls of each function in the program.
    calls: SecondaryMap<FuncId, u32>,
    /// Instructions of each function that is done.
    sizes: SecondaryMap<FuncId, Option<usize>>,
    /// Functions that stay out of line.
    apart: SecondaryMap<FuncId, bool>,
    current: Option<FuncId>,
    /// Instructions that were copied into callers.
    copied: usize,
}

/// Once so many instructions were copied, only small callees are inlined: along a chain of
/// calls each caller would hold all that is below it.
const MOST_COPIED: usize = 100_000;

impl State {
    fn new(program: &Program) -> Self {
        let mut state = Self {
            calls: SecondaryMap::new(),
            sizes: SecondaryMap::new(),
            apart: SecondaryMap::new(),
            current: None,
            copied: 0,
        };
        recount(program, &mut state);
        state
    }
}

fn recount(program: &Program, state: &mut State) {
    state.calls.clear();
    for func in program.funcs.values() {
        each_callee(func, |callee| state.calls[callee] += 1);
    }
}

fn each_callee(func: &Func, mut f: impl FnMut(FuncId)) {
    for &block in &func.layout {
        for &id in &func.blocks[block].insts {
            if let Inst::Call { func: callee, .. } = &func.insts[id] {
                f(*callee);
            }
        }
    }
}

fn size(func: &Func) -> usize {
    func.layout
        .iter()
        .map(|&block| func.blocks[block].insts.len() + 1)
        .sum()
}

/// All functions, each after those that it calls.
fn callees_first(program: &Program) -> Vec<FuncId> {
    let mut order = Vec::with_capacity(program.funcs.len());
    let mut seen = SecondaryMap::with_default(false);
    let callees = |id: FuncId| {
        let mut list = Vec::new();
        if let Some(func) = program.funcs.get(id) {
            each_callee(func, |callee| list.push(callee));
        }
        list
    };
    for root in program.funcs.keys() {
        let mut stack = Vec::new();
        if !std::mem::replace(&mut seen[root], true) {
            stack.push((root, callees(root)));
        }
        while let Some((id, list)) = stack.last_mut() {
            match list.pop() {
                Some(callee) if program.funcs.is_valid(callee) => {
                    if !std::mem::replace(&mut seen[callee], true) {
                        stack.push((callee, callees(callee)));
                    }
                }
                Some(_) => {}
                None => {
                    order.push(*id);
                    stack.pop();
                }
            }
        }
    }
    order
}

fn inline_calls(
    program: &Program,
    options: &Options,
    state: &mut State,
    func: &mut Func,
) {
    let mut total = size(func);
    let mut layout = Vec::with_capacity(func.layout.len());
    for block in std::mem::take(&mut func.layout) {
        let mut block = block;
        let mut from = 0;
        loop {
            layout.push(block);
            let wanted = |&(_, id): &(usize, InstId)| {
                is_wanted(program, options, state, &func.insts[id], total)
            };
            let insts = func.blocks[block].insts.iter().copied().enumerate();
            let Some((at, id)) = insts.skip(from).find(wanted) else {
                break;
            };
            let Inst::Call { func: callee, args } = func.insts[id].clone() else {
                break;
            };
            let next = split(func, block, at, id);
            let body = &program.funcs[callee];
            Copier::new(func, body, next).run(block, args, &mut layout);
            total += size(body);
            state.copied += size(body);
            state.calls[callee] = state.calls[callee].saturating_sub(1);
            each_callee(body, |inner| state.calls[inner] += 1);
            block = next;
            from = 0;
        }
    }
    func.layout = layout;
}

fn is_wanted(
    program: &Program,
    options: &Options,
    state: &State,
    inst: &Inst,
    total: usize,
) -> bool {
    let Inst::Call { func: callee, .. } = inst else {
        return false;
    };
    let (callee, current) = (*callee, state.current);
    let Some(body) = program.funcs.get(callee) else {
        return false;
    };
    let stays = body.keep || state.apart[callee] || current == Some(callee);
    let Some(size) = state.sizes[callee].filter(|_| !stays) else {
        return false;
    };
    let fits = total.saturating_add(size) <= options.caller;
    if state.copied > MOST_COPIED {
        return fits && size <= options.small;
    }
    match state.calls[callee] {
        1 => total.saturating_add(size) <= options.caller.saturating_mul(2),
        _ => fits && (size <= options.small || size <= options.callee),
    }
}

/// Ends a block before the call `id` and moves what follows to a new block, whose
/// parameters are the results of the call.
fn split(func: &mut Func, block: Block, at: usize, id: InstId) -> Block {
    let next = func.blocks.push(BlockData::default());
    let insts = func.blocks[block].insts.split_off(at + 1);
    func.blocks[block].insts.pop();
    let results = std::mem::take(&mut func.results[id]);
    for (&result, n) in results.iter().zip(0..) {
        func.values[result].def = ValueDef::Param(next, n);
    }
    let term = func.blocks[block].term.take();
    let cold = func.blocks[block].cold;
    func.blocks[next] = BlockData {
        params: results.into(),
        insts,
        term,
        cold,
    };
    next
}

/// Copies the body of a callee into a caller.
struct Copier<'f> {
    func: &'f mut Func,
    body: &'f Func,
    next: Block,
    blocks: SecondaryMap<Block, Option<Block>>,
    values: SecondaryMap<Value, Option<Value>>,
    slots: SecondaryMap<Slot, Option<Slot>>,
}

impl<'f> Copier<'f> {
    fn new(func: &'f mut Func, body: &'f Func, next: Block) -> Self {
        Self {
            blocks: body.per_block(None),
            values: body.per_value(None),
            slots: SecondaryMap::new(),
            func,
            body,
            next,
        }
    }

    /// Copies it between `block` and `next`.
    fn run(mut self, block: Block, args: Vec<Value>, layout: &mut Vec<Block>) {
        for (slot, data) in &self.body.slots {
            self.slots[slot] = Some(self.func.new_slot(data.size, data.align));
        }
        let cold = self.func.blocks[block].cold;
        let mut copies = Vec::new();
        for &old in &self.body.layout {
            let new = self.func.blocks.push(BlockData::default());
            layout.push(new);
            self.blocks[old] = Some(new);
            self.block(old, new, cold);
            copies.push((old, new));
        }
        for &(old, new) in &copies {
            self.operands(old, new);
        }
        let term = match copies.first() {
            Some(&(_, entry)) => Terminator::Jump(BlockCall { block: entry, args }),
            None => Terminator::Jump(BlockCall::to(self.next)),
        };
        self.func.blocks[block].term = Some(term);
    }

    /// New parameters, instructions and results; operands are still the old ones.
    fn block(&mut self, old: Block, new: Block, cold: bool) {
        let data = &self.body.blocks[old];
        self.func.blocks[new].cold = data.cold || cold;
        for &param in &data.params {
            let copy = self.func.block_param(new, self.body.repr(param));
            self.values[param] = Some(copy);
        }
        for &id in &data.insts {
            let mut inst = self.body.insts[id].clone();
            if let Inst::SlotAddr { slot } = &mut inst
                && let Some(copy) = self.slots[*slot]
            {
                *slot = copy;
            }
            let results = &self.body.results[id];
            let copy = self.func.make_as(inst, self.body, results);
            for (&result, &value) in results.iter().zip(&self.func.results[copy]) {
                self.values[result] = Some(value);
            }
            self.func.blocks[new].insts.push(copy);
        }
    }

    fn operands(&mut self, old: Block, new: Block) {
        let (values, blocks) = (&self.values, &self.blocks);
        let copy = |value: &mut Value| *value = values[*value].unwrap_or(*value);
        for &id in &self.func.blocks[new].insts {
            self.func.insts[id].each_arg_mut(copy);
        }
        let Some(mut term) = self.body.blocks[old].term.clone() else {
            return;
        };
        term.each_arg_mut(copy);
        term.each_edge_mut(|edge| edge.block = blocks[edge.block].unwrap_or(edge.block));
        self.func.blocks[new].term = Some(match term {
            Terminator::Return(args) => Terminator::Jump(BlockCall {
                block: self.next,
                args,
            }),
            other @ (Terminator::Jump(_)
            | Terminator::Branch { .. }
            | Terminator::Switch { .. }
            | Terminator::Check { .. }) => other,
        });
    }
}

/// Leaves a function that is never called as one block that returns zeros.
fn bury(func: &mut Func) {
    let mut empty = Func {
        name: std::mem::take(&mut func.name),
        params: std::mem::take(&mut func.params),
        returns: std::mem::take(&mut func.returns),
        dead: true,
        ..Func::default()
    };
    let entry = empty.new_block();
    for repr in empty.params.clone() {
        empty.block_param(entry, repr);
    }
    let mut zeros = Vec::new();
    for repr in empty.returns.clone() {
        let id = empty.make(Const::new(repr, 0).inst(), &[repr]);
        empty.blocks[entry].insts.push(id);
        zeros.push(empty.results[id][0]);
    }
    empty.blocks[entry].term = Some(Terminator::Return(zeros));
    *func = empty;
}
