//! The contract of a process, ready to be asked.

use theus_abi::image::Zone;
use theus_hir::item::{Process, Target};
use theus_hir::{Typed, item};

use crate::place::Place;
use crate::place_set::PlaceSet;

/// What a contract names.
pub(crate) struct Contract {
    pub(crate) inputs: PlaceSet,
    pub(crate) outputs: PlaceSet,
    /// Whether an entry has been reported: then nothing is known to be undeclared.
    pub(crate) partial: bool,
}

impl Contract {
    pub(crate) fn new(typed: &Typed, process: &Process) -> Self {
        let mut entries = process.inputs.iter().chain(&process.outputs);
        Self {
            inputs: PlaceSet::of_entries(typed, &process.inputs),
            outputs: PlaceSet::of_entries(typed, &process.outputs),
            partial: entries.any(|entry| entry.target == Target::Error),
        }
    }
}

/// The zone of the field that a place is in.
pub(crate) fn zone(typed: &Typed, place: &Place) -> Option<Zone> {
    place.in_field().map(|field| typed.fields[field].zone)
}

/// The field that an entry names, if it names one.
pub(crate) fn field_of<'a>(
    typed: &'a Typed,
    entry: &item::Entry,
) -> Option<&'a item::Field> {
    match &entry.target {
        Target::Field(field, _) => Some(&typed.fields[*field]),
        Target::Context(_) | Target::Tick | Target::Random | Target::Error => None,
    }
}

/// How the process may write the place: with its module in front where that is another.
pub(crate) fn entry_name(typed: &Typed, process: &Process, place: &Place) -> String {
    let name = crate::show::place(typed, place);
    let Some(field) = place.in_field() else {
        return name;
    };
    let module = typed.contexts[typed.fields[field].context].head.module;
    if module == process.head.module {
        return name;
    }
    let path = &typed.modules[module].name;
    format!("{}.{name}", path.rsplit('.').next().unwrap_or(path))
}
