//! Code generation: MIR to CLIF to machine code that implements `theus_abi::Code`.
//!
//! ```text
//! translate   one MIR function        -> one CLIF function   (and `translate/*`)
//! compile     CLIF functions          -> bytes, relocations, sizes
//! jit, shim   bytes                   -> callable memory     (the only unsafe code)
//! workers     parts of a share        -> threads
//! text        any of it               -> text for people
//! ```
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps that cover every id of the function"
)]

mod calls;
mod compile;
mod import;
mod jit;
mod limit;
mod machine;
mod options;
mod order;
mod shim;
mod target;
mod text;
mod translate;
mod vector;
mod workers;

pub use machine::{FuncSize, MAX_WORKERS, Machine, Sizes, emit};
pub use options::{Ice, OptLevel, Options};
pub use text::{asm, clif};
