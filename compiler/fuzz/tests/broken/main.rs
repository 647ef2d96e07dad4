//! Broken input: whatever the text, there is an answer within a second and within a
//! gibibyte: a program, or diagnostics that point into the text.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where it cannot go on, and tells its figures"
)]

mod answer;
mod extremes;
mod inputs;
mod measure;
mod mutations;
