//! Whole programs through names and types.

mod accepted;
mod deep;
mod mutated;
mod rejected;
mod support;
