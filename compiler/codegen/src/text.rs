//! CLIF and machine code as text, for people and tests.

use std::fmt::Write as _;

use theus_mir::Program;

use crate::calls;
use crate::compile;
use crate::import::Import;
use crate::options::{Ice, Options};
use crate::order::Order;
use crate::target::{Host, Target};
use crate::translate;

/// The program in CLIF. The same on every machine: the target is pinned to
/// `x86_64-unknown-linux` without optional instructions.
///
/// # Errors
/// If MIR is not well-formed.
pub fn clif(program: &Program) -> Result<String, Ice> {
    let mut text = String::from("; target x86_64-unknown-linux\n");
    let own = program.funcs.len();
    for (import, number) in Import::all().zip(own..) {
        let _ = writeln!(text, "; u0:{number} = {}", import.symbol());
    }
    let target = Target::pinned()?;
    let reachable = calls::reachable(program);
    for (id, func) in program.funcs.iter().filter(|(id, _)| reachable[*id]) {
        let order = Order::new(func);
        let clif = translate::function(program, id, &order, target);
        let clif = clif.map_err(|ice| ice.within(&func.name))?;
        let _ = write!(text, "\n; u0:{} = {}\n{clif}", id.as_u32(), func.name);
    }
    Ok(text)
}

/// The program in the machine code of the machine at hand.
///
/// # Errors
/// As for `emit`.
pub fn asm(program: &Program, options: &Options) -> Result<String, Ice> {
    let host = Host::new(options)?;
    let compiled = compile::program(program, &host, true)?;
    let mut text = format!("; target {}\n", host.isa.triple());
    for (func, code) in program.funcs.values().zip(compiled) {
        if code.bytes.is_empty() {
            continue;
        }
        let size = code.bytes.len();
        let _ = write!(
            text,
            "\n; {}: {size} bytes, frame {}\n",
            func.name, code.frame
        );
        text.push_str(code.listing.as_deref().unwrap_or("; no listing\n"));
    }
    Ok(text)
}
