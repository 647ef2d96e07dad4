//! Programs and exactly what is found in them.

mod contract;
mod flow;
mod function;
mod gate;
mod harness;
