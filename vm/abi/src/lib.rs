//! What compiled code and the VM agree on: value representations, the memory block,
//! faults, host calls, and the image.
//!
//! Nothing here knows syntax or cranelift. `compiler` and `vm` meet only in this crate.

pub mod audit;
pub mod code;
pub mod decimal;
pub mod duration;
pub mod fault;
pub mod fnv;
pub mod hash;
pub mod header;
pub mod heavy;
pub mod host;
pub mod image;
pub mod math;
pub mod memory;
pub mod property;
pub mod repr;
pub mod shape;

pub use code::Code;
pub use fault::Fault;
pub use host::{Host, HostFn};
pub use image::Image;
pub use math::MathFn;
pub use memory::Memory;
pub use repr::Repr;
pub use shape::Shape;
