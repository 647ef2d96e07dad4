//! Whole programs through names and types.

#![expect(
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test may panic"
)]

mod accepted;
mod deep;
mod mutated;
mod rejected;
mod support;
