//! The text form of functions and programs. `parse` reads it back.

use std::fmt::{self, Display, Formatter, Write};

use theus_abi::Repr;
use theus_abi::image::{ArgKind, Site, SiteKind};

use crate::func::{BlockCall, Func, Inst, Terminator};
use crate::ids::{Block, InstId, Value};
use crate::program::Program;

impl Display for Program {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (site, number) in self.image.sites.iter().zip(0_u32..) {
            write!(f, "site{number} = ")?;
            print_site(f, site)?;
        }
        for (id, func) in &self.funcs {
            writeln!(f, "\n; {id}")?;
            print_func(f, func, Some(self))?;
        }
        Ok(())
    }
}

impl Display for Func {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        print_func(f, self, None)
    }
}

/// The word of a kind of operand.
pub(crate) const fn kind_name(kind: ArgKind) -> &'static str {
    match kind {
        ArgKind::Int => "int",
        ArgKind::Uint => "uint",
        ArgKind::Float => "float",
        ArgKind::Bool => "bool",
        ArgKind::Duration => "duration",
        ArgKind::Text => "text",
    }
}

fn print_site(f: &mut Formatter<'_>, site: &Site) -> fmt::Result {
    match site.kind {
        SiteKind::Fault(fault) => f.write_str(fault.name())?,
        SiteKind::Raise(error) => write!(f, "raise {error}")?,
        SiteKind::Share => f.write_str("share")?,
    }
    write!(
        f,
        " at {}:{}..{}",
        site.loc.file, site.loc.start, site.loc.end
    )?;
    if let Some(process) = site.process {
        write!(f, " in {process}")?;
    }
    let args = site.args.iter().map(|(label, kind)| {
        let mut text = String::new();
        quote(&mut text, label).map(|()| format!("{text}: {}", kind_name(*kind)))
    });
    writeln!(f, " [{}]", args.collect::<Result<Vec<_>, _>>()?.join(", "))
}

/// Text in quotes; `unquote` of the parser reads it.
fn quote(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' | '\\' => write!(out, "\\{c}")?,
            c if c.is_control() => write!(out, "\\u{{{:x}}}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// Whether a name needs no quotes.
pub(crate) fn is_plain_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '<' | '>' | ',')
}

fn print_name(f: &mut Formatter<'_>, name: &str) -> fmt::Result {
    f.write_char('%')?;
    if !name.is_empty() && name.chars().all(is_plain_char) {
        f.write_str(name)
    } else {
        quote(f, name)
    }
}

fn print_func(
    f: &mut Formatter<'_>,
    func: &Func,
    program: Option<&Program>,
) -> fmt::Result {
    f.write_str("fn ")?;
    print_name(f, &func.name)?;
    let entry = func.entry().and_then(|entry| func.blocks.get(entry));
    let params = entry
        .map(|entry| entry.params.as_slice())
        .unwrap_or_default();
    write!(f, "({})", typed(func, params))?;
    if !func.returns.is_empty() {
        write!(f, " -> {}", list(&func.returns))?;
    }
    f.write_str(if func.keep { " keep" } else { "" })?;
    if let Some(part) = func.share {
        write!(f, " share {part}")?;
    }
    f.write_str(" {\n")?;
    for (slot, data) in &func.slots {
        writeln!(f, "    {slot}: {} align {}", data.size, data.align)?;
    }
    for &block in &func.layout {
        print_block(f, func, block, program)?;
    }
    f.write_str("}\n")
}

fn print_block(
    f: &mut Formatter<'_>,
    func: &Func,
    block: Block,
    program: Option<&Program>,
) -> fmt::Result {
    let Some(data) = func.blocks.get(block) else {
        return writeln!(f, "; {block} does not exist");
    };
    write!(f, "{block}")?;
    if !data.params.is_empty() {
        write!(f, "({})", typed(func, &data.params))?;
    }
    f.write_str(if data.cold { " cold:\n" } else { ":\n" })?;
    for &inst in &data.insts {
        f.write_str("    ")?;
        print_inst(f, func, inst, program)?;
        f.write_char('\n')?;
    }
    match &data.term {
        Some(term) => {
            f.write_str("    ")?;
            print_term(f, term)?;
            f.write_char('\n')
        }
        None => f.write_str("    ; no terminator\n"),
    }
}

/// `v0: i64, v1: f64`.
fn typed(func: &Func, values: &[Value]) -> String {
    let one = |value: &Value| match func.values.get(*value) {
        Some(data) => format!("{value}: {}", data.repr),
        None => format!("{value}: ?"),
    };
    values.iter().map(one).collect::<Vec<_>>().join(", ")
}

fn list(items: &[impl Display]) -> String {
    items
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join(", ")
}

fn repr_name(func: &Func, value: Value) -> &'static str {
    func.values.get(value).map_or("?", |data| data.repr.name())
}

/// The results, with their representations where the operation does not state them.
fn print_results(
    f: &mut Formatter<'_>,
    func: &Func,
    id: InstId,
    inst: &Inst,
) -> fmt::Result {
    let results = func.results[id].as_slice();
    match inst {
        _ if results.is_empty() => Ok(()),
        Inst::Call { .. } => write!(f, "{} = ", typed(func, results)),
        _ => write!(f, "{} = ", list(results)),
    }
}

fn print_inst(
    f: &mut Formatter<'_>,
    func: &Func,
    id: InstId,
    program: Option<&Program>,
) -> fmt::Result {
    let Some(inst) = func.insts.get(id) else {
        return write!(f, "; {id} does not exist");
    };
    print_results(f, func, id, inst)?;
    match inst {
        Inst::Iconst { repr, imm } => write!(f, "iconst.{repr} {imm}"),
        Inst::Fconst {
            repr: Repr::F32,
            bits,
        } => {
            let value = f32::from_bits(u32::try_from(*bits).unwrap_or(u32::MAX));
            write!(f, "fconst.f32 {bits:#010x} ; {value:?}")
        }
        Inst::Fconst { repr, bits } => {
            write!(
                f,
                "fconst.{repr} {bits:#018x} ; {:?}",
                f64::from_bits(*bits)
            )
        }
        Inst::Unary { op, repr, arg } => write!(f, "{}.{repr} {arg}", op.name()),
        Inst::Binary { op, args } => {
            write!(
                f,
                "{}.{} {}",
                op.name(),
                repr_name(func, args[0]),
                list(args)
            )
        }
        Inst::Ternary { op, args } => {
            write!(
                f,
                "{}.{} {}",
                op.name(),
                repr_name(func, args[1]),
                list(args)
            )
        }
        Inst::Math { math, args } => {
            let args = args.get(..math.arity()).unwrap_or_default();
            write!(f, "math.{} {}", math.name(), list(args))
        }
        Inst::Base { offset } => write!(f, "base {offset}"),
        Inst::SlotAddr { slot } => write!(f, "slot_addr {slot}"),
        Inst::Element { addr, index, scale } => {
            write!(f, "element {addr}, {index}, {scale}")
        }
        Inst::Load {
            repr,
            addr,
            offset,
            invariant,
        } => {
            let inv = if *invariant { ".inv" } else { "" };
            write!(f, "load.{repr}{inv} {addr}{offset:+}")
        }
        Inst::Store {
            value,
            addr,
            offset,
        } => write!(f, "store {value}, {addr}{offset:+}"),
        Inst::Copy { dst, src, size } => write!(f, "copy {dst}, {src}, {size}"),
        Inst::Zero { dst, size } => write!(f, "zero {dst}, {size}"),
        Inst::Call { func, args } => {
            write!(f, "call {func}({})", list(args))?;
            match program.and_then(|program| program.funcs.get(*func)) {
                Some(callee) => {
                    f.write_str(" ; ")?;
                    print_name(f, &callee.name)
                }
                None => Ok(()),
            }
        }
        Inst::Host { host, args } => write!(f, "host.{} {}", host.name(), list(args)),
    }
}

fn print_term(f: &mut Formatter<'_>, term: &Terminator) -> fmt::Result {
    match term {
        Terminator::Jump(target) => write!(f, "jump {}", edge(target)),
        Terminator::Branch {
            cond,
            then,
            otherwise,
        } => {
            write!(f, "branch {cond}, {}, {}", edge(then), edge(otherwise))
        }
        Terminator::Switch {
            value,
            cases,
            default,
        } => {
            let cases = cases
                .iter()
                .map(|(case, target)| format!("{case}: {}", edge(target)));
            let cases = cases.collect::<Vec<_>>().join(", ");
            write!(f, "switch {value}, [{cases}], {}", edge(default))
        }
        Terminator::Check {
            cond,
            site,
            args,
            ok,
            fail,
        } => {
            let (args, ok, fail) = (list(args), edge(ok), edge(fail));
            write!(f, "check {cond}, {site} [{args}], {ok} else {fail}")
        }
        Terminator::Return(values) if values.is_empty() => f.write_str("return"),
        Terminator::Return(values) => write!(f, "return {}", list(values)),
    }
}

fn edge(target: &BlockCall) -> String {
    if target.args.is_empty() {
        target.block.to_string()
    } else {
        format!("{}({})", target.block, list(&target.args))
    }
}
