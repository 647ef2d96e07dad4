//! The server as an editor sees it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    reason = "a test ends where it cannot go on, and is written for its readers"
)]

mod client;
mod contracts;
mod every;
mod names;
mod picture;
mod pulls;
mod record;
mod robust;
mod sessions;
mod writing;
