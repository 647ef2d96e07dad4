//! The verifier: what every function must satisfy, whoever built it.
//!
//! First come ids (so that nothing after can index out of a map), then representations,
//! then control flow and dominance.

mod flow;
mod ids;
mod image;
mod types;

use theus_abi::Repr;

use crate::func::Func;
use crate::program::Program;

pub use image::verify_image;

/// More errors than this are not told.
const MAX_ERRORS: usize = 100;

/// The errors found so far in a function.
struct Errors<'a> {
    func: &'a Func,
    list: Vec<String>,
}

impl Errors<'_> {
    /// Notes an error at a place (an instruction, a block).
    fn push(&mut self, place: impl std::fmt::Display, text: impl std::fmt::Display) {
        if self.list.len() < MAX_ERRORS {
            self.list
                .push(format!("%{}: {place}: {text}", self.func.name));
        }
    }

    fn require(&mut self, holds: bool, place: impl std::fmt::Display, text: &str) {
        if !holds {
            self.push(place, text);
        }
    }
}

/// Verifies all functions of a program; says everything that is wrong.
pub fn verify(program: &Program) -> Result<(), Vec<String>> {
    let mut list = Vec::new();
    for func in program.funcs.values() {
        if let Err(errors) = verify_func(func, Some(program)) {
            list.extend(errors);
        }
    }
    for (id, func) in &program.funcs {
        let apart = || crate::stays_apart(&program.funcs, &program.image.sites, id);
        if func.share.is_some() && !(is_share(func) && apart()) {
            list.push(format!("%{}: it cannot be shared", func.name));
        }
    }
    if list.is_empty() { Ok(()) } else { Err(list) }
}

/// Whether a function has the parameters and the result of a share, and stays a function.
fn is_share(func: &Func) -> bool {
    func.keep && func.params == [Repr::I64; 3] && func.returns == [Repr::I32]
}

/// Verifies a function; calls and sites only if the program is given.
pub fn verify_func(func: &Func, program: Option<&Program>) -> Result<(), Vec<String>> {
    let mut errors = Errors {
        func,
        list: Vec::new(),
    };
    ids::check(func, &mut errors);
    if errors.list.is_empty() {
        types::check(func, program, &mut errors);
        flow::check(func, &mut errors);
    }
    if errors.list.is_empty() {
        Ok(())
    } else {
        Err(errors.list)
    }
}
