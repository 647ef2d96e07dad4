//! `Machine`: one run: calls, blocks and terminators.

use theus_abi::{Host, Repr};

use super::space::{Mark, Space};
use super::{MAX_DEPTH, report};
use crate::eval;
use crate::func::{BlockCall, Func, Terminator};
use crate::ids::{Block, FuncId, Value};
use crate::program::Program;

/// The state of one run.
pub(super) struct Machine<'a> {
    pub(super) program: &'a Program,
    pub(super) space: Space<'a>,
    pub(super) host: &'a mut dyn Host,
    /// Values of all calls; those of the running one are last.
    pub(super) values: Vec<u64>,
    callers: Vec<Frame<'a>>,
    /// Arguments of an edge or a call, while they change places.
    moved: Vec<u64>,
    fuel: &'a mut u64,
}

/// A call that runs, or waits for the call that it made.
#[derive(Clone, Copy)]
pub(super) struct Frame<'a> {
    pub(super) func: &'a Func,
    block: Block,
    /// The next instruction of the block.
    at: usize,
    /// Where its values begin.
    pub(super) base: usize,
    pub(super) mark: Mark,
}

/// How an instruction ends.
pub(super) enum Step<'a> {
    /// Go on with the next one.
    Next,
    /// Go into a function.
    Call(FuncId, &'a [Value]),
}

impl<'a> Machine<'a> {
    pub(super) fn new(
        program: &'a Program,
        memory: &'a mut [u8],
        host: &'a mut dyn Host,
        fuel: &'a mut u64,
    ) -> Self {
        let space = Space::new(memory);
        let (values, callers, moved) = Default::default();
        Self {
            program,
            space,
            host,
            values,
            callers,
            moved,
            fuel,
        }
    }

    /// Runs a function to its end.
    pub(super) fn run(mut self, func: FuncId, args: &[u64]) -> Result<Vec<u64>, String> {
        let data = self
            .program
            .funcs
            .get(func)
            .ok_or("there is no such function")?;
        if args.len() != data.params.len() {
            return Err(format!(
                "%{} has {} parameters",
                data.name,
                data.params.len()
            ));
        }
        let masked = args
            .iter()
            .zip(&data.params)
            .map(|(arg, &repr)| arg & eval::mask(repr));
        self.moved.extend(masked);
        let mut frame = self.enter(data)?;
        loop {
            let result = self
                .block(&mut frame)
                .and_then(|term| self.leave(frame, term));
            match result {
                Ok(Some(next)) => frame = next,
                Ok(None) => return Ok(self.moved),
                Err(text) => return Err(place(&frame, &text)),
            }
        }
    }

    /// A frame for a call whose arguments are in `moved`.
    fn enter(&mut self, func: &'a Func) -> Result<Frame<'a>, String> {
        if self.callers.len() >= MAX_DEPTH {
            return Err(format!(
                "%{}: more than {MAX_DEPTH} calls are nested",
                func.name
            ));
        }
        let block = func.entry().ok_or("a function without blocks")?;
        let (base, mark) = (self.values.len(), self.space.enter(func.slots.values()));
        self.values.resize(base + func.values.len(), 0);
        let frame = Frame {
            func,
            block,
            at: 0,
            base,
            mark,
        };
        self.arrive(&frame);
        Ok(frame)
    }

    /// Runs instructions until a call or the end of the block.
    fn block(&mut self, frame: &mut Frame<'a>) -> Result<Flow<'a>, String> {
        let func = frame.func;
        let block = &func.blocks[frame.block];
        while let Some(&inst) = block.insts.get(frame.at) {
            self.spend()?;
            frame.at += 1;
            if let Step::Call(callee, args) = self.inst(frame, inst)? {
                return Ok(Flow::Call(callee, args));
            }
        }
        self.spend()?;
        block
            .term
            .as_ref()
            .map(Flow::End)
            .ok_or_else(|| "a block without end".to_owned())
    }

    /// Does what ends or interrupts a block; the frame to go on with, if any.
    fn leave(
        &mut self,
        mut frame: Frame<'a>,
        flow: Flow<'a>,
    ) -> Result<Option<Frame<'a>>, String> {
        match flow {
            Flow::Call(callee, args) => {
                self.take(&frame, args);
                self.callers.push(frame);
                let callee = &self.program.funcs[callee];
                return self.enter(callee).map(Some);
            }
            Flow::End(Terminator::Return(values)) => {
                self.take(&frame, values);
                return Ok(self.back(&frame));
            }
            Flow::End(Terminator::Jump(edge)) => self.go(&mut frame, edge),
            Flow::End(Terminator::Branch {
                cond,
                then,
                otherwise,
            }) => {
                let edge = if self.get(&frame, *cond) == 0 {
                    otherwise
                } else {
                    then
                };
                self.go(&mut frame, edge);
            }
            Flow::End(Terminator::Switch {
                value,
                cases,
                default,
            }) => {
                let signed =
                    eval::sign_extend(frame.func.repr(*value), self.get(&frame, *value));
                let case = cases.iter().find(|(case, _)| *case == signed);
                self.go(&mut frame, case.map_or(default, |(_, edge)| edge));
            }
            Flow::End(Terminator::Check {
                cond,
                site,
                args,
                ok,
                fail,
            }) => {
                if self.get(&frame, *cond) == 0 {
                    self.take(&frame, args);
                    let operands = args.iter().map(|&arg| frame.func.repr(arg));
                    let operands: Vec<(Repr, u64)> =
                        operands.zip(self.moved.iter().copied()).collect();
                    report::write(
                        self.space.memory,
                        &self.program.image,
                        *site,
                        &operands,
                    )?;
                    self.go(&mut frame, fail);
                } else {
                    self.go(&mut frame, ok);
                }
            }
        }
        Ok(Some(frame))
    }

    /// Ends a call whose results are in `moved`.
    fn back(&mut self, frame: &Frame<'a>) -> Option<Frame<'a>> {
        self.values.truncate(frame.base);
        self.space.leave(frame.mark);
        let caller = self.callers.pop()?;
        let call = caller.at.checked_sub(1);
        let call = call.and_then(|at| caller.func.blocks[caller.block].insts.get(at));
        if let Some(&call) = call {
            let moved = std::mem::take(&mut self.moved);
            for (&result, &bits) in caller.func.results[call].iter().zip(&moved) {
                self.set(&caller, result, bits);
            }
            self.moved = moved;
        }
        Some(caller)
    }

    fn go(&mut self, frame: &mut Frame<'a>, edge: &BlockCall) {
        self.take(frame, &edge.args);
        frame.block = edge.block;
        frame.at = 0;
        self.arrive(frame);
    }

    /// Gives `moved` to the parameters of the block.
    fn arrive(&mut self, frame: &Frame<'a>) {
        let params = &frame.func.blocks[frame.block].params;
        for (param, &bits) in params.iter().zip(&self.moved) {
            self.values[frame.base + index(*param)] = bits;
        }
    }

    fn take(&mut self, frame: &Frame<'a>, args: &[Value]) {
        self.moved.clear();
        let values = &self.values;
        self.moved
            .extend(args.iter().map(|&arg| values[frame.base + index(arg)]));
    }

    pub(super) fn get(&self, frame: &Frame<'a>, value: Value) -> u64 {
        self.values[frame.base + index(value)]
    }

    pub(super) fn set(&mut self, frame: &Frame<'a>, value: Value, bits: u64) {
        self.values[frame.base + index(value)] = bits;
    }

    fn spend(&mut self) -> Result<(), String> {
        *self.fuel = self
            .fuel
            .checked_sub(1)
            .ok_or("the step limit is reached")?;
        Ok(())
    }
}

/// What ends or interrupts the execution of a block.
#[derive(Clone, Copy)]
enum Flow<'a> {
    Call(FuncId, &'a [Value]),
    End(&'a Terminator),
}

fn index(value: Value) -> usize {
    usize::try_from(value.as_u32()).unwrap_or(usize::MAX)
}

fn place(frame: &Frame<'_>, text: &str) -> String {
    let Frame {
        func, block, at, ..
    } = frame;
    let inst = at
        .checked_sub(1)
        .and_then(|at| func.blocks[*block].insts.get(at));
    match inst {
        Some(inst) => format!("%{}, {block}, {:?}: {text}", func.name, func.insts[*inst]),
        None => format!("%{}, {block}: {text}", func.name),
    }
}
