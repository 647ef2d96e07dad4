//! Programs from seeds: a type-directed generator whose every program is accepted, and
//! mutations of texts whose every result must be answered with a diagnostic.

mod deal;
mod expr;
mod feature;
mod item;
mod mutate;
mod pipeline;
mod process;
mod program;
mod rng;
mod scene;
mod stmt;
mod ty;

pub use mutate::mutate;
pub use program::{
    dealt_names, feature_names, features_of, generate, generate_whole, generate_with_only,
};
pub use rng::Rng;
