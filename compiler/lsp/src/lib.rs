//! The language server of Theus: what an editor asks of a program that is being written.
//!
//! One thread reads messages and keeps the texts, in order. Another one analyses the newest
//! text and answers. A third proves checks, when an editor wants to show them.
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps of the program at hand; they come from that program alone"
)]

mod documents;
mod features;
mod folder;
mod index;
mod library;
mod lines;
mod programs;
mod prover;
mod scan;
mod server;
mod sweep;
mod transport;
mod uri;
mod wire;
mod words;
mod worker;
mod workspace;
mod world;

pub use lines::{Encoding, Lines};
pub use prover::REST;
pub use server::{Config, Ended, serve, stdio};
pub use wire::Connection;
