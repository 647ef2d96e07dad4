//! Sessions: cells that run one after the other against contexts that stay.
//!
//! A cell is items, then statements. `split` finds both; `compose` makes a program of the items
//! of all cells and the statements of this one, and knows which byte of it is from which cell;
//! the pipeline of the compiler makes machine code of it; the VM starts with what the last
//! program held. Whatever goes wrong, the state of before is still there: a cell that fails
//! changes nothing.
//!
//! There is no clock here: whoever runs a cell says what time it is.

mod clean;
mod compose;
mod kept;
mod place;
mod ready;
mod refused;
mod rules;
mod session;
mod split;
mod state;
mod text;

pub use clean::{Action, Event, Rule, Rules, Statistics, Trigger, When};
pub use kept::{CONTEXT, Kept};
pub use refused::Refused;
pub use session::{Cell, Engine, MOST_PAST, Options, Session, Shown};
pub use text::{Lines, cells, is_open};
