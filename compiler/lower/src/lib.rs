//! Sound HIR to MIR: layouts, transactions, schedules. Generic functions are made concrete
//! here; closures are inlined here; everything else is left to the passes of MIR.
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps that only grow; they are made by the earlier stages"
)]

mod access;
mod adds;
mod ages;
mod aggregate;
mod ahead;
mod alert;
mod arena;
mod arith;
mod ask;
mod atomic;
mod audit;
mod batch;
mod bound;
mod budget;
mod cached;
mod call;
mod cast;
mod choice;
mod compare;
mod consts;
mod cost;
mod delay;
mod each;
mod entry;
mod expr;
mod fallible;
mod flow;
mod frame;
mod full;
mod handler;
mod heavy;
mod intrinsic;
mod isolated;
mod journal;
mod layout;
mod list;
mod log;
mod loops;
mod map;
mod measure;
mod members;
mod message;
mod mode;
mod operator;
mod order;
mod outbox;
mod own;
mod owned;
mod parts;
mod pattern;
mod pipeline;
mod place;
mod pool;
mod process;
mod program;
mod property;
mod query;
mod range;
mod repeat;
mod retain;
mod rewrite;
mod ring;
mod share;
mod show;
mod site;
mod steps;
mod stmt;
mod stream;
mod swap;
mod tally;
mod test;
mod text;
mod together;
mod undo;
mod unit;
mod variant;
mod weight;

pub use program::{Options, lower};
