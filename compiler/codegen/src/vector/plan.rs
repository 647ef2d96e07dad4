//! `Plan`: a loop that can run in vector registers.

use std::collections::{BTreeMap, BTreeSet};

use theus_abi::Repr;
use theus_mir::dom::{Dominators, Loop};
use theus_mir::{
    BinaryOp, Block, Func, Inst, InstId, Terminator, TernaryOp, UnaryOp, Value, ValueDef,
};

use super::kind::{self, Kind};
use super::range::Ranges;

/// More instructions than this need more registers than there are.
const MOST_INSTS: usize = 200;

/// A loop that can run in vector registers.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    /// All blocks: the header, then the path through the body.
    pub(crate) blocks: Vec<Block>,
    /// Position of the counter among the parameters of the header.
    pub(crate) counter: usize,
    /// The loop goes on while the counter is less than this.
    pub(crate) end: Option<Value>,
    /// Whether that comparison is signed.
    pub(crate) signed: bool,
    /// Rounds in one block.
    pub(crate) lanes: u32,
    /// Instructions in order.
    pub(crate) insts: Vec<InstId>,
    /// How each value of the loop changes.
    pub(crate) kinds: BTreeMap<Value, Kind>,
    /// What must hold, and what the condition is then.
    pub(crate) checks: Vec<(Value, bool)>,
    /// Running totals.
    pub(crate) totals: Vec<Total>,
    /// Loads and stores that must not meet.
    pub(crate) apart: Vec<(InstId, InstId)>,
    /// What lanes can hold.
    pub(crate) ranges: Ranges,
}

/// A running total.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    /// Position among the parameters of the header.
    pub(crate) param: usize,
    /// What is added in each round.
    pub(crate) addend: Value,
    /// The greatest addend, if the total is checked: signed or not.
    pub(crate) checked: Option<bool>,
}

/// The loops of a function that can run in vector registers, by header.
pub(crate) fn plans(mir: &Func) -> BTreeMap<Block, Plan> {
    let tree = Dominators::new(mir);
    let loops = tree.loops();
    let inner = loops.iter().filter(|found| {
        let has_inner = loops.iter().any(|other| {
            other.header != found.header && found.blocks.contains(&other.header)
        });
        !has_inner && Some(found.header) != mir.entry()
    });
    inner
        .filter_map(|found| Some((found.header, plan(mir, found)?)))
        .collect()
}

fn plan(mir: &Func, found: &Loop) -> Option<Plan> {
    let mut plan = Plan::default();
    let args = plan.path(mir, found)?;
    plan.counter(mir, &args)?;
    plan.params(mir, &args)?;
    for &block in &plan.blocks.clone() {
        for &inst in &mir.blocks[block].insts {
            plan.inst(mir, inst)?;
        }
    }
    plan.check_totals(mir)?;
    plan.check_checks(mir)?;
    plan.memory(mir)?;
    plan.widths(mir)?;
    (plan.insts.len() <= MOST_INSTS).then_some(plan)
}

/// The instruction that makes a value.
pub(crate) fn def(mir: &Func, value: Value) -> Option<(InstId, &Inst)> {
    match mir.values[value].def {
        ValueDef::Result(inst, _) => Some((inst, &mir.insts[inst])),
        ValueDef::Param(..) => None,
    }
}

impl Plan {
    /// How a value changes; one from outside does not.
    pub(crate) fn kind(&self, value: Value) -> Kind {
        self.kinds.get(&value).copied().unwrap_or(Kind::Same)
    }

    /// The blocks, if they are one path; gives what the last one hands to the header.
    fn path(&mut self, mir: &Func, found: &Loop) -> Option<Vec<Value>> {
        let inside = |block: Block| found.blocks.contains(&block);
        let mut at = found.header;
        loop {
            self.blocks.push(at);
            let first = at == found.header;
            let next = match mir.blocks[at].term.as_ref()? {
                Terminator::Branch {
                    cond,
                    then,
                    otherwise,
                } if first && inside(then.block) && !inside(otherwise.block) => {
                    self.checks.push((*cond, true));
                    then
                }
                Terminator::Check { cond, ok, fail, .. }
                    if !first && !inside(fail.block) =>
                {
                    self.checks.push((*cond, true));
                    ok
                }
                Terminator::Jump(next) if !first => next,
                _ => return None,
            };
            if next.block == found.header {
                return (self.blocks.len() == found.blocks.len())
                    .then(|| next.args.clone());
            }
            let known = self.blocks.contains(&next.block) || !inside(next.block);
            if known || !next.args.is_empty() {
                return None;
            }
            at = next.block;
        }
    }

    /// The counter: the header compares it, one is added in each round.
    fn counter(&mut self, mir: &Func, args: &[Value]) -> Option<()> {
        let header = *self.blocks.first()?;
        if self.checks.is_empty() {
            return None;
        }
        let (cond, _) = self.checks.remove(0);
        let (
            _,
            Inst::Binary {
                op,
                args: [at, end],
            },
        ) = def(mir, cond)?
        else {
            return None;
        };
        self.signed = match op {
            BinaryOp::Slt => true,
            BinaryOp::Ult => false,
            _ => return None,
        };
        let params = &mir.blocks[header].params;
        self.counter = params.iter().position(|param| param == at)?;
        let next = *args.get(self.counter)?;
        let (
            _,
            Inst::Binary {
                op: BinaryOp::Iadd,
                args: [from, by],
            },
        ) = def(mir, next)?
        else {
            return None;
        };
        let one = matches!(def(mir, *by)?.1, Inst::Iconst { imm: 1, .. });
        if from != at || !one || !matches!(mir.repr(*at), Repr::I64 | Repr::I32) {
            return None;
        }
        self.end = Some(*end);
        self.kinds.insert(*at, Kind::Step(1));
        Some(())
    }

    /// All other parameters are running totals.
    fn params(&mut self, mir: &Func, args: &[Value]) -> Option<()> {
        let header = *self.blocks.first()?;
        let params = mir.blocks[header].params.iter().copied().zip(args);
        for (at, (param, next)) in params.enumerate() {
            if at == self.counter {
                continue;
            }
            if *next == param {
                self.kinds.insert(param, Kind::Same);
                continue;
            }
            let (
                _,
                Inst::Binary {
                    op: BinaryOp::Iadd,
                    args: [a, b],
                },
            ) = def(mir, *next)?
            else {
                return None;
            };
            let addend = match (*a == param, *b == param) {
                (true, false) => *b,
                (false, true) => *a,
                _ => return None,
            };
            self.kinds.insert(param, Kind::Total(self.totals.len()));
            self.totals.push(Total {
                param: at,
                addend,
                checked: None,
            });
        }
        Some(())
    }

    fn inst(&mut self, mir: &Func, id: InstId) -> Option<()> {
        let kind = self.kind_of(mir, &mir.insts[id])?;
        if let Some(result) = mir.results[id].first() {
            self.kinds.insert(*result, kind);
        }
        self.insts.push(id);
        Some(())
    }

    /// A small constant that is not negative.
    pub(crate) fn constant(&self, mir: &Func, value: Value) -> Option<i64> {
        match def(mir, value)?.1 {
            Inst::Iconst { imm, .. } => {
                Some(*imm).filter(|imm| (0..=1 << 20).contains(imm))
            }
            _ => None,
        }
    }

    /// Two constants between which the rounds choose: such an addend is counted, not added.
    pub(crate) fn counted(&self, mir: &Func, addend: Value) -> Option<(Value, i64, i64)> {
        let (
            _,
            Inst::Ternary {
                op: TernaryOp::Select,
                args: [cond, a, b],
            },
        ) = def(mir, addend)?
        else {
            return None;
        };
        Some((*cond, self.constant(mir, *a)?, self.constant(mir, *b)?))
    }

    /// Totals are used for nothing else, and their addends are counted.
    fn check_totals(&mut self, mir: &Func) -> Option<()> {
        let mut uses: BTreeSet<Value> = BTreeSet::new();
        for &id in &self.insts {
            let sum = match &mir.insts[id] {
                Inst::Binary { .. } => {
                    let result = mir.results[id].first();
                    result.is_some_and(|result| self.kind(*result) == Kind::TotalOverflow)
                }
                _ => false,
            };
            mir.insts[id].each_arg(|arg| {
                if !sum {
                    uses.insert(arg);
                }
            });
        }
        let header = *self.blocks.first()?;
        for total in &self.totals {
            let param = mir.blocks[header].params.get(total.param)?;
            let (cond, ..) = self.counted(mir, total.addend)?;
            let Kind::Mask(repr) = self.kind(cond) else {
                return None;
            };
            let good =
                repr.bits() <= 32 && matches!(mir.repr(*param), Repr::I64 | Repr::I32);
            if uses.contains(param) || !good {
                return None;
            }
        }
        Some(())
    }

    /// What each check comes to: nothing, if it is known to hold.
    fn check_checks(&mut self, mir: &Func) -> Option<()> {
        let mut left = Vec::new();
        for (cond, holds) in std::mem::take(&mut self.checks) {
            let (mut cond, mut holds) = (cond, holds);
            while let Some((
                _,
                Inst::Unary {
                    op: UnaryOp::Not,
                    arg,
                    ..
                },
            )) = def(mir, cond)
            {
                (cond, holds) = (*arg, !holds);
            }
            match self.kind(cond) {
                Kind::TotalOverflow => continue,
                Kind::Same | Kind::Ends => {}
                Kind::Mask(_) => {
                    if let Some((_, Inst::Binary { op, args })) = def(mir, cond) {
                        let known = if holds {
                            self.ranges.always(mir, *op, *args)
                        } else {
                            self.ranges.never(mir, *op, *args)
                        };
                        if known {
                            continue;
                        }
                        let factor = factor(mir, *op, *args).is_some();
                        if !factor && !kind::predicate(*op, mir.repr(args[0])) {
                            return None;
                        }
                    }
                }
                Kind::Step(_) | Kind::Lanes | Kind::Total(_) => return None,
            }
            left.push((cond, holds));
        }
        self.checks = left;
        Some(())
    }

    /// How many rounds run at once: as many as the narrowest elements fill a register.
    fn widths(&mut self, mir: &Func) -> Option<()> {
        let sizes = self.insts.iter().filter_map(|id| match &mir.insts[*id] {
            Inst::Load { repr, .. } => Some(repr.size()),
            Inst::Store { value, .. } => Some(mir.repr(*value).size()),
            _ => None,
        });
        let least = sizes.min()?;
        self.lanes = 16 / least;
        let known = self.kinds.iter().filter(|(value, kind)| {
            let narrow = mir.repr(**value).size() < least;
            narrow && **kind == Kind::Lanes
        });
        let narrow_mask = self
            .kinds
            .values()
            .any(|kind| matches!(kind, Kind::Mask(repr) if repr.size() < least));
        (known.count() == 0 && !narrow_mask).then_some(())
    }
}

/// The constant by which an unsigned product is taken whose overflow is asked for: it
/// overflows where the other factor is greater than the top divided by it.
pub(crate) fn factor(
    mir: &Func,
    op: BinaryOp,
    [a, b]: [Value; 2],
) -> Option<(Value, u64)> {
    if op != BinaryOp::UmulOvf || mir.repr(a).bits() > 32 {
        return None;
    }
    let constant = |value: Value| match def(mir, value)?.1 {
        Inst::Iconst { imm, .. } => u64::try_from(*imm).ok().filter(|imm| *imm > 0),
        _ => None,
    };
    match (constant(a), constant(b)) {
        (None, Some(by)) => Some((a, by)),
        (Some(by), None) => Some((b, by)),
        _ => None,
    }
}
