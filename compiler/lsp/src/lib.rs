//! The language server of Theus: what an editor asks of a program that is being written.
//!
//! One thread reads messages and keeps the texts, in order. Another one analyses the newest
//! text and answers. A third proves checks, when an editor wants to show them.

mod documents;
mod features;
mod folder;
mod index;
mod lines;
mod programs;
mod prover;
mod scan;
mod server;
mod uri;
mod wire;
mod worker;
mod workspace;
mod world;

pub use lines::{Encoding, Lines};
pub use server::{Config, Ended, serve, stdio};
pub use wire::Connection;
