//! Which processes may run together: what one writes no other touches.

use theus_abi::image::Zone;
use theus_hir::{ProcessId, Typed};

use crate::footprint::{Footprint, Footprints, WriteKind};
use crate::place::Place;
use crate::show;

/// Why two processes may not run together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meeting {
    /// The place that both touch.
    pub place: String,
    /// Whether the first writes it.
    pub first_writes: bool,
    /// Whether the second does.
    pub second_writes: bool,
}

/// Whether two ways to touch one place depend on their order; `None` is to read it.
pub(crate) fn excludes(zone: Zone, a: Option<WriteKind>, b: Option<WriteKind>) -> bool {
    let free = |write: Option<WriteKind>| match (write, zone) {
        (Some(WriteKind::Raise), Zone::Signal) => true,
        (Some(WriteKind::Count), Zone::Signal | Zone::Meta) => true,
        (Some(WriteKind::Add), Zone::Meta) => true,
        (Some(_) | None, _) => false,
    };
    (a.is_some() || b.is_some()) && !(a == b && free(a) && free(b))
}

/// Where two processes meet, if their order matters.
pub fn meeting(
    typed: &Typed,
    prints: &Footprints,
    (first, second): (ProcessId, ProcessId),
) -> Option<Meeting> {
    let (a, b) = (prints.process(first), prints.process(second));
    for (one, wrote) in touches(a) {
        for (other, writes) in touches(b) {
            let field = one.in_field()?;
            let zone = typed.fields[field].zone;
            if one.overlaps(other) && excludes(zone, wrote, writes) {
                return Some(Meeting {
                    place: show::place(typed, other),
                    first_writes: wrote.is_some(),
                    second_writes: writes.is_some(),
                });
            }
        }
    }
    None
}

/// What a body touches: writes first.
fn touches(print: &Footprint) -> impl Iterator<Item = (&Place, Option<WriteKind>)> {
    let writes = print
        .writes
        .keys()
        .map(|(place, kind)| (place, Some(*kind)));
    writes.chain(print.reads.keys().map(|(place, _)| (place, None)))
}
