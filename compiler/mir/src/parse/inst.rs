//! Instructions and terminators.

use theus_abi::{HostFn, MathFn, Repr};

use super::cursor::Cursor;
use super::names::Names;
use crate::eval;
use crate::func::{Inst, Terminator};
use crate::ids::{SiteId, Value};
use crate::op::{BinaryOp, TernaryOp, UnaryOp};

/// The terminator of the line; `None` if the line is an instruction.
pub(super) fn terminator(
    names: &Names<'_>,
    line: &mut Cursor<'_>,
) -> Result<Option<Terminator>, String> {
    let mut at = *line;
    let term = match at.word() {
        "jump" => Terminator::Jump(names.edge(&mut at)?),
        "branch" => {
            let cond = names.value(&mut at)?;
            at.expect(",")?;
            let then = names.edge(&mut at)?;
            at.expect(",")?;
            Terminator::Branch {
                cond,
                then,
                otherwise: names.edge(&mut at)?,
            }
        }
        "switch" => switch(names, &mut at)?,
        "check" => check(names, &mut at)?,
        "return" => Terminator::Return(at.items(|line| names.value(line))?),
        _ => return Ok(None),
    };
    at.end()?;
    Ok(Some(term))
}

/// `v1, [0: block1, 1: block2(v3)], block4`.
fn switch(names: &Names<'_>, line: &mut Cursor<'_>) -> Result<Terminator, String> {
    let value = names.value(line)?;
    line.expect(",")?;
    line.expect("[")?;
    let cases = line.list("]", |line| {
        let case = line.number()?;
        line.expect(":")?;
        Ok((case, names.edge(line)?))
    })?;
    line.expect(",")?;
    Ok(Terminator::Switch {
        value,
        cases,
        default: names.edge(line)?,
    })
}

/// `v4, site3 [v1, v2], block5 else block9`.
fn check(names: &Names<'_>, line: &mut Cursor<'_>) -> Result<Terminator, String> {
    let cond = names.value(line)?;
    line.expect(",")?;
    let site = SiteId::from_u32(line.id("site")?);
    line.expect("[")?;
    let args = line.list("]", |line| names.value(line))?;
    line.expect(",")?;
    let ok = names.edge(line)?;
    line.expect("else")?;
    Ok(Terminator::Check {
        cond,
        site,
        args,
        ok,
        fail: names.edge(line)?,
    })
}

/// The instruction, and the representation that its mnemonic states.
pub(super) fn parse(
    names: &Names<'_>,
    line: &mut Cursor<'_>,
) -> Result<(Inst, Option<Repr>), String> {
    let start = *line;
    let unknown = || start.wanted("an operation");
    let mut parts = line.word().splitn(2, '.');
    let (name, suffix) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let inst = match name {
        "math" => math(names, line, MathFn::from_name(suffix).ok_or_else(unknown)?)?,
        "host" => {
            let host = HostFn::from_name(suffix).ok_or_else(unknown)?;
            Inst::Host {
                host,
                args: line.items(|line| names.value(line))?,
            }
        }
        _ if suffix.is_empty() => plain(names, line, name)?.ok_or_else(unknown)?,
        _ => return stated(names, line, name, suffix)?.ok_or_else(unknown),
    };
    line.end()?;
    Ok((inst, None))
}

fn math(names: &Names<'_>, line: &mut Cursor<'_>, math: MathFn) -> Result<Inst, String> {
    let args = line.items(|line| names.value(line))?;
    match (math.arity(), args.as_slice()) {
        (1, &[a]) => Ok(Inst::Math { math, args: [a, a] }),
        (2, &[a, b]) => Ok(Inst::Math { math, args: [a, b] }),
        (arity, _) => Err(format!("{} has {arity} operands", math.name())),
    }
}

/// Instructions whose mnemonic states no representation.
fn plain(
    names: &Names<'_>,
    line: &mut Cursor<'_>,
    name: &str,
) -> Result<Option<Inst>, String> {
    let pair = |line: &mut Cursor<'_>| -> Result<(Value, Value), String> {
        let a = names.value(line)?;
        line.expect(",")?;
        Ok((a, names.value(line)?))
    };
    let number = |line: &mut Cursor<'_>| -> Result<u32, String> {
        line.expect(",")?;
        line.number()
    };
    Ok(Some(match name {
        "base" => Inst::Base {
            offset: line.number()?,
        },
        "slot_addr" => Inst::SlotAddr {
            slot: names.slot(line)?,
        },
        "element" => {
            let (addr, index) = pair(line)?;
            Inst::Element {
                addr,
                index,
                scale: number(line)?,
            }
        }
        "store" => {
            let (value, addr) = pair(line)?;
            Inst::Store {
                value,
                addr,
                offset: line.number()?,
            }
        }
        "copy" => {
            let (dst, src) = pair(line)?;
            Inst::Copy {
                dst,
                src,
                size: number(line)?,
            }
        }
        "zero" => {
            let dst = names.value(line)?;
            Inst::Zero {
                dst,
                size: number(line)?,
            }
        }
        "call" => {
            let func = names.func(line)?;
            line.expect("(")?;
            Inst::Call {
                func,
                args: line.list(")", |line| names.value(line))?,
            }
        }
        _ => return Ok(None),
    }))
}

/// Instructions whose mnemonic states a representation.
fn stated(
    names: &Names<'_>,
    line: &mut Cursor<'_>,
    name: &str,
    suffix: &str,
) -> Result<Option<(Inst, Option<Repr>)>, String> {
    let (repr, invariant) = match suffix.strip_suffix(".inv") {
        Some(repr) if name == "load" => (repr, true),
        _ => (suffix, false),
    };
    let Some(repr) = Repr::from_name(repr) else {
        return Ok(None);
    };
    let inst = match name {
        "iconst" => Inst::Iconst {
            repr,
            imm: int(line, repr)?,
        },
        "fconst" => Inst::Fconst {
            repr,
            bits: float(line, repr)?,
        },
        "load" => {
            let addr = names.value(line)?;
            Inst::Load {
                repr,
                addr,
                offset: line.number()?,
                invariant,
            }
        }
        _ => match operation(names, line, name, repr)? {
            Some(inst) => inst,
            None => return Ok(None),
        },
    };
    line.end()?;
    Ok(Some((inst, Some(repr))))
}

fn operation(
    names: &Names<'_>,
    line: &mut Cursor<'_>,
    name: &str,
    repr: Repr,
) -> Result<Option<Inst>, String> {
    let unary = UnaryOp::from_name(name);
    let (binary, ternary) = (BinaryOp::from_name(name), TernaryOp::from_name(name));
    if unary.is_none() && binary.is_none() && ternary.is_none() {
        return Ok(None);
    }
    let args = line.items(|line| names.value(line))?;
    let inst = match (unary, binary, ternary, args.as_slice()) {
        (Some(op), _, _, &[arg]) => Inst::Unary { op, repr, arg },
        (_, Some(op), _, &[a, b]) => Inst::Binary { op, args: [a, b] },
        (_, _, Some(op), &[a, b, c]) => Inst::Ternary {
            op,
            args: [a, b, c],
        },
        _ => return Err(format!("{name} does not have {} operands", args.len())),
    };
    Ok(Some(inst))
}

fn int(line: &mut Cursor<'_>, repr: Repr) -> Result<i64, String> {
    let imm: i64 = line.number()?;
    if eval::sign_extend(repr, imm.cast_unsigned()) == imm {
        Ok(imm)
    } else {
        Err(format!("{imm} is not a signed {repr}"))
    }
}

fn float(line: &mut Cursor<'_>, repr: Repr) -> Result<u64, String> {
    let bits = line.hex()?;
    if bits & !eval::mask(repr) == 0 {
        Ok(bits)
    } else {
        Err(format!("too wide for {repr}"))
    }
}
