//! MIR: the middle representation, in SSA form with block parameters.
//!
//! One table of operations (`op`), one data structure (`func`, `program`), a builder, a
//! verifier, a text form that round-trips, passes, and an interpreter that is the oracle for
//! machine code. MIR knows scalars, addresses and checks; it knows no types of the language.
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps that only grow; the verifier checks every id"
)]

pub mod builder;
pub mod cfg;
pub mod compact;
pub mod dom;
pub mod eval;
pub mod func;
pub mod ids;
pub mod interp;
pub mod op;
pub mod parse;
pub mod passes;
mod per;
pub mod print;
pub mod program;
pub mod results;
pub mod share;
pub mod threads;
pub mod verify;

pub use builder::FuncBuilder;
pub use func::{BlockCall, BlockData, Func, Inst, SlotData, Terminator, ValueDef};
pub use ids::{Block, FuncId, InstId, SiteId, Slot, Value};
pub use interp::Interp;
pub use op::{BinaryOp, TernaryOp, UnaryOp};
pub use parse::{ParseError, parse_func, parse_program};
pub use program::Program;
pub use share::stays_apart;
pub use threads::on_threads;
pub use verify::{verify, verify_func};
