//! Every code, the `Diagnostic` value, and its renderers.
//!
//! A diagnostic is plain data: whoever finds a problem words it; this crate only sorts,
//! filters and shows.

pub mod code;
pub mod diagnostic;
pub mod ease;
pub mod explain;
pub mod render;
pub mod sink;
pub mod suggest;
pub mod syntax;

pub use code::{Code, Severity};
pub use diagnostic::{Diagnostic, Fix, Label, NOWHERE};
pub use ease::Ease;
pub use explain::explain;
pub use sink::Sink;
pub use syntax::from_syntax;
