//! The promise of the language: what bodies really touch, held against what contracts say.
//!
//! `check` finds the footprints and runs every check; each check is one file of `checks`,
//! with its wording. The gate is `Checked::sound`.
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps of the checked program; they come from that program alone"
)]

mod calls;
mod checked;
mod checks;
mod contract;
mod cover;
mod dump;
mod edit;
mod fallible;
mod flow;
pub mod footprint;
mod interval;
mod meet;
pub mod place;
mod place_set;
mod roots;
mod scalar;
mod show;
mod steps;

use theus_diag::Sink;
use theus_hir::Typed;

pub use checked::{Checked, Sound};
pub use dump::dump;
pub use footprint::{Footprint, Footprints, ReadKind, WriteKind};
pub use meet::{Meeting, meeting};
pub use place::{Place, Root};
pub use show::place as place_text;
pub use steps::{Steps, steps_of};

use calls::CallGraph;

/// What every check may look at.
struct Cx<'a> {
    typed: &'a Typed,
    prints: &'a Footprints,
    calls: &'a CallGraph,
}

/// Checks a program against its contracts; problems go to the sink.
pub fn check<'a>(typed: &'a Typed, sink: &mut Sink) -> Checked<'a> {
    let calls = CallGraph::new(typed);
    let prints = footprint::footprints(typed, &calls);
    let cx = Cx {
        typed,
        prints: &prints,
        calls: &calls,
    };
    checks::ALL.iter().for_each(|check| check(&cx, sink));
    Checked::new(typed, prints)
}
