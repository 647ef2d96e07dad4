//! Functions: heads, slots and blocks.

use theus_abi::Repr;

use super::cursor::Cursor;
use super::names::{Names, is_slot, result, split_results, typed};
use super::{FuncNames, Line, ParseError, inst};
use crate::func::{Func, Inst};
use crate::ids::Block;
use crate::op::BinaryOp;

pub(super) fn parse(
    (line, head): Line<'_>,
    body: &[Line<'_>],
    funcs: &FuncNames,
) -> Result<Func, ParseError> {
    let mut func = parse_head(head).map_err(|text| ParseError { line, text })?;
    let names = Names::new(body, funcs)?;
    for &(line, text) in body {
        parse_line(&mut func, &names, text).map_err(|text| ParseError { line, text })?;
    }
    Ok(func)
}

/// `fn %name(v0: i64) -> i64 keep {`, `fn %name(…) -> i32 keep share 40 {`.
fn parse_head(text: &str) -> Result<Func, String> {
    let mut line = Cursor::new(text);
    let mut func = Func {
        name: line.func_name()?,
        ..Func::default()
    };
    line.expect("(")?;
    func.params = line.list(")", |line| typed(line).map(|(_, repr)| repr))?;
    if line.eat("->") {
        func.returns.push(line.repr()?);
        while line.eat(",") {
            func.returns.push(line.repr()?);
        }
    }
    func.keep = line.eat("keep");
    if line.eat("share") {
        func.share = Some(line.number()?);
    }
    line.expect("{")?;
    line.end()?;
    Ok(func)
}

fn parse_line(func: &mut Func, names: &Names<'_>, text: &str) -> Result<(), String> {
    let mut line = Cursor::new(text);
    if text.starts_with("block") {
        return block_head(func, &mut line);
    }
    if is_slot(text) {
        line.id("slot")?;
        line.expect(":")?;
        let size = line.number()?;
        line.expect("align")?;
        func.new_slot(size, line.number()?);
        return line.end();
    }
    let Some(&block) = func.layout.last() else {
        return Err("an instruction before the first block".to_owned());
    };
    if func.blocks[block].term.is_some() {
        return Err("an instruction after the end of the block".to_owned());
    }
    match inst::terminator(names, &mut line)? {
        Some(term) => func.blocks[block].term = Some(term),
        None => instruction(func, names, block, text)?,
    }
    Ok(())
}

/// `block1(v0: i64) cold:`.
fn block_head(func: &mut Func, line: &mut Cursor<'_>) -> Result<(), String> {
    line.id("block")?;
    let block = func.new_block();
    if line.eat("(") {
        for (_, repr) in line.list(")", typed)? {
            func.block_param(block, repr);
        }
    }
    func.blocks[block].cold = line.eat("cold");
    line.expect(":")?;
    line.end()
}

/// `v3 = iadd.i64 v1, v2`, or without results.
fn instruction(
    func: &mut Func,
    names: &Names<'_>,
    block: Block,
    text: &str,
) -> Result<(), String> {
    let (results, operation) = match split_results(text) {
        Some((results, operation)) => (Cursor::new(results).items(result)?, operation),
        None => (Vec::new(), text),
    };
    let (inst, stated) = inst::parse(names, &mut Cursor::new(operation))?;
    let reprs: Vec<Repr> = match result_repr(&inst, stated) {
        _ if matches!(inst, Inst::Call { .. }) => results
            .iter()
            .map(|(number, repr)| {
                repr.ok_or_else(|| format!("v{number} has no representation"))
            })
            .collect::<Result<_, _>>()?,
        repr => repr.into_iter().collect(),
    };
    if reprs.len() != results.len() {
        return Err(format!(
            "expected {} results, found {}",
            reprs.len(),
            results.len()
        ));
    }
    let id = func.make(inst, &reprs);
    func.blocks[block].insts.push(id);
    Ok(())
}

/// The representation of the result, from what the mnemonic states: operands may not be
/// known yet.
fn result_repr(inst: &Inst, stated: Option<Repr>) -> Option<Repr> {
    match inst {
        Inst::Binary { op, .. } if BinaryOp::is_predicate(*op) => Some(Repr::I8),
        Inst::Math { .. } => Some(Repr::F64),
        Inst::Base { .. } | Inst::SlotAddr { .. } | Inst::Element { .. } => {
            Some(Repr::I64)
        }
        Inst::Host { .. } => Some(Repr::I32),
        Inst::Store { .. }
        | Inst::Copy { .. }
        | Inst::Zero { .. }
        | Inst::Call { .. } => None,
        Inst::Iconst { .. }
        | Inst::Fconst { .. }
        | Inst::Unary { .. }
        | Inst::Binary { .. }
        | Inst::Ternary { .. }
        | Inst::Load { .. } => stated,
    }
}
