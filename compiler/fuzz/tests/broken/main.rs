//! Broken input: whatever the text, there is an answer within a second and within a
//! gibibyte: a program, or diagnostics that point into the text.

mod answer;
mod extremes;
mod inputs;
mod measure;
mod mutations;
