//! Loop counters: header parameters that start at a constant and grow by constants, below a
//! bound that the header tests.

use crate::dom::Dominators;
use crate::func::{Func, Inst, Terminator};
use crate::ids::{Block, Value};
use crate::op::BinaryOp;
use crate::passes::constant::def;
use crate::passes::interval::int::Range;
use crate::passes::interval::{Bounds, Interval, constant};

/// Parameters of loop headers that only grow, from a constant, without overflow: their
/// first value is their least.
pub(crate) fn all(func: &Func, tree: &Dominators) -> Bounds {
    let mut bounds = func.per_value(None);
    for &header in &tree.cfg.order {
        if tree.is_header(header) {
            for at in 0..func.blocks[header].params.len() {
                let param = func.blocks[header].params[at];
                bounds[param] = first(func, tree, header, at).map(Interval::Int);
            }
        }
    }
    bounds
}

/// The values that the parameter can have, if it is a counter.
fn first(func: &Func, tree: &Dominators, header: Block, at: usize) -> Option<Range> {
    let param = func.blocks[header].params[at];
    if func.repr(param).is_float() {
        return None;
    }
    let all = Range::all(func.repr(param));
    let (body, most) = bound(func, tree, header, param)?;
    let mut lo = all.hi;
    let mut preds = tree.cfg.preds[header].to_vec();
    preds.dedup();
    for pred in preds {
        let mut edges = Vec::new();
        if let Some(term) = &func.blocks[pred].term {
            term.each_edge(|edge| {
                if edge.block == header {
                    edges.extend(edge.args.get(at).copied());
                }
            });
        }
        for arg in edges {
            if tree.dominates(header, pred) {
                let room = all.hi.checked_sub(most)?;
                if !tree.dominates(body, pred) || growth(func, param, arg)? > room {
                    return None;
                }
            } else {
                lo = lo.min(constant(func, arg)?);
            }
        }
    }
    Some(Range { lo, hi: all.hi })
}

/// The block that is entered only while the parameter is below the bound, and the greatest
/// value that it has there.
fn bound(
    func: &Func,
    tree: &Dominators,
    header: Block,
    param: Value,
) -> Option<(Block, i64)> {
    let Some(Terminator::Branch { cond, then, .. }) = &func.blocks[header].term else {
        return None;
    };
    let &Inst::Binary {
        op,
        args: [counter, limit],
    } = def(func, *cond)?
    else {
        return None;
    };
    if counter != param || tree.cfg.only_pred(then.block) != Some(header) {
        return None;
    }
    let greatest = Range::all(func.repr(param)).hi;
    let most = match (op, constant(func, limit)) {
        (BinaryOp::Slt, Some(limit)) => limit.checked_sub(1)?,
        (BinaryOp::Sle, Some(limit)) => limit,
        (BinaryOp::Slt, None) => greatest - 1,
        // Unsigned below a constant that is not negative: also signed below it, once the
        // counter has started at 0 or more.
        (BinaryOp::Ult, Some(limit)) if limit >= 0 => limit.checked_sub(1)?,
        (BinaryOp::Ule, Some(limit)) if limit >= 0 => limit,
        _ => return None,
    };
    Some((then.block, most))
}

/// By how much an edge back to the header raises the parameter.
fn growth(func: &Func, param: Value, arg: Value) -> Option<i64> {
    if arg == param {
        return Some(0);
    }
    let &Inst::Binary {
        op: BinaryOp::Iadd,
        args: [a, b],
    } = def(func, arg)?
    else {
        return None;
    };
    let by = if a == param {
        constant(func, b)?
    } else {
        constant(func, a)?
    };
    ((a == param || b == param) && by >= 0).then_some(by)
}
