//! Declarations: names, types, constants, sizes, ranges and defaults; everything but bodies.

mod arguments;
pub(crate) mod consts;
pub(crate) mod contexts;
pub(crate) mod declare;
mod enums;
pub(crate) mod errors;
mod extent;
pub(crate) mod functions;
mod hides;
pub(crate) mod imports;
pub(crate) mod instances;
mod order;
mod owners;
mod policies;
mod pools;
mod queries;
pub(crate) mod ranges;
pub(crate) mod scope;
mod sessions;
pub(crate) mod sizes;
pub(crate) mod structs;
pub(crate) mod types;
pub(crate) mod zero;

pub(crate) use consts::all as consts;
pub(crate) use contexts::all as contexts;
pub(crate) use declare::all as declare;
pub(crate) use errors::all as errors;
pub(crate) use functions::all as functions;
pub(crate) use imports::{all as imports, unused as unused_imports};
pub(crate) use instances::fields;
pub(crate) use sessions::check as sessions;
pub(crate) use structs::all as structs;
