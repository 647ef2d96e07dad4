//! The commands, one file each.

pub(crate) mod bench;
pub(crate) mod check;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod graph;
#[cfg(feature = "lsp")]
pub(crate) mod lsp;
pub(crate) mod run;
pub(crate) mod test;
