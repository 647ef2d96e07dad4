//! Control flow: edges carry what the target wants, and definitions dominate their uses.

use cranelift_entity::{EntitySet, SecondaryMap};

use super::Errors;
use super::ids::Place;
use crate::cfg::Cfg;
use crate::dom::Dominators;
use crate::func::{BlockCall, Func, Terminator, ValueDef};
use crate::ids::{Block, InstId, Value};

pub(super) fn check(func: &Func, errors: &mut Errors<'_>) {
    let cfg = Cfg::new(func);
    let entry_has_preds = func.entry().is_some_and(|entry| {
        func.layout
            .iter()
            .any(|&block| cfg.succs[block].contains(&entry))
    });
    errors.require(
        !entry_has_preds,
        "entry",
        "an edge leads to the entry block",
    );
    for &block in &func.layout {
        if let Some(term) = &func.blocks[block].term {
            term.each_edge(|edge| arguments(func, block, edge, errors));
        }
    }
    check_uses(func, cfg, errors);
}

fn arguments(func: &Func, block: Block, edge: &BlockCall, errors: &mut Errors<'_>) {
    let params = &func.blocks[edge.block].params;
    let wanted = params.iter().map(|&value| func.repr(value));
    let given = edge.args.iter().map(|&value| func.repr(value));
    let text = "the arguments of an edge are not those of its target";
    errors.require(
        wanted.eq(given),
        format_args!("{block} to {}", edge.block),
        text,
    );
}

/// Where values are defined, in a form that answers "before this use?".
struct Uses<'a> {
    func: &'a Func,
    tree: Dominators,
    /// Block and position in it, of the instructions that are in a block.
    home: SecondaryMap<InstId, Option<(Block, u32)>>,
    blocks: EntitySet<Block>,
}

fn check_uses(func: &Func, cfg: Cfg, errors: &mut Errors<'_>) {
    let mut uses = Uses {
        func,
        tree: Dominators::of(cfg),
        home: SecondaryMap::new(),
        blocks: EntitySet::with_capacity(func.blocks.len()),
    };
    uses.home.resize(func.insts.len());
    for &block in &func.layout {
        uses.blocks.insert(block);
        for (&inst, at) in func.blocks[block].insts.iter().zip(0..) {
            uses.home[inst] = Some((block, at));
        }
    }
    for &block in &uses.tree.cfg.order {
        for (&inst, at) in func.blocks[block].insts.iter().zip(0..) {
            let place = Place {
                block,
                inst: Some(inst),
            };
            func.insts[inst].each_arg(|arg| uses.check(arg, (block, at), &place, errors));
        }
        let place = Place { block, inst: None };
        let end = (block, u32::MAX);
        let term = func.blocks[block].term.iter();
        term.for_each(|term| {
            term.each_arg(|arg| uses.check(arg, end, &place, errors));
        });
    }
    cases(func, errors);
}

impl Uses<'_> {
    fn check(
        &self,
        value: Value,
        (block, at): (Block, u32),
        place: &Place,
        errors: &mut Errors<'_>,
    ) {
        let good = match self.func.values[value].def {
            ValueDef::Param(home, n) => {
                let n = usize::try_from(n).unwrap_or(usize::MAX);
                let owned = self.blocks.contains(home)
                    && self.func.blocks[home].params.get(n) == Some(&value);
                owned && self.tree.dominates(home, block)
            }
            ValueDef::Result(inst, n) => {
                let n = usize::try_from(n).unwrap_or(usize::MAX);
                let owned = self.func.insts.get(inst).is_some()
                    && self.func.results[inst].get(n) == Some(&value);
                owned
                    && self.home[inst].is_some_and(|(home, defined)| {
                        if home == block {
                            defined < at
                        } else {
                            self.tree.dominates(home, block)
                        }
                    })
            }
        };
        if !good {
            errors.push(
                place,
                format_args!("{value} is not defined on every path here"),
            );
        }
    }
}

/// The cases of a switch are different, and are values of what is switched on.
fn cases(func: &Func, errors: &mut Errors<'_>) {
    for &block in &func.layout {
        let Some(Terminator::Switch { value, cases, .. }) = &func.blocks[block].term
        else {
            continue;
        };
        let repr = func.repr(*value);
        let mut seen: Vec<i64> = cases.iter().map(|(case, _)| *case).collect();
        seen.sort_unstable();
        let distinct = seen.windows(2).all(|pair| pair.first() != pair.last());
        errors.require(distinct, block, "two cases of a switch are equal");
        let fits =
            |case: &i64| crate::eval::sign_extend(repr, case.cast_unsigned()) == *case;
        errors.require(seen.iter().all(fits), block, "a case is not sign-extended");
    }
}
