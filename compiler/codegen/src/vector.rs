//! Loops whose rounds can run many at a time in vector registers: which they are, and what
//! is known of their values.
//!
//! Only innermost loops over a counter are taken, whose body is one path with checks. MIR and
//! its interpreter know nothing of it: the machine code of such a loop is preceded by a loop
//! over blocks of rounds, which stops before the first block in which some check could fail.
//! The plain loop does the rest, so every fault is found where it is.

mod classify;
pub(crate) mod kind;
mod memory;
pub(crate) mod plan;
pub(crate) mod range;
