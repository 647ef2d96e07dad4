//! The book is a test suite: every block is run, and nothing is left out.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test ends where it cannot go on"
)]

mod bless;
mod blocks;
mod case;
mod cells;
mod codes;
mod coverage;
mod engine;
mod features;
mod judge;
mod links;
mod pages;
mod words;
