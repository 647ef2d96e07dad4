//! A set of places, asked by what it covers and meets. Answers take no longer for large sets.

use indexmap::IndexSet;
use theus_abi::hash::Quick;
use theus_hir::item::{Entry, Target};
use theus_hir::{ContextId, Typed};

use crate::place::Place;

/// Places and whole contexts.
#[derive(Debug, Default)]
pub(crate) struct PlaceSet {
    contexts: IndexSet<ContextId, Quick>,
    places: IndexSet<Place, Quick>,
    /// Every place that has a member of the set in it.
    above: IndexSet<Place, Quick>,
    /// Every context that has a member of the set in it.
    around: IndexSet<ContextId, Quick>,
}

impl PlaceSet {
    /// The set that a clause names.
    pub(crate) fn of_entries(typed: &Typed, entries: &[Entry]) -> Self {
        let mut set = Self::default();
        for entry in entries {
            match &entry.target {
                Target::Context(context) => {
                    set.contexts.insert(*context);
                }
                Target::Field(field, members) => {
                    let mut place = Place::field(*field);
                    place.members.clone_from(members);
                    set.add(typed, place);
                }
                Target::Tick | Target::Random | Target::Error => {}
            }
        }
        set
    }

    /// The set of these places.
    pub(crate) fn of_places<'a>(
        typed: &Typed,
        places: impl IntoIterator<Item = &'a Place>,
    ) -> Self {
        let mut set = Self::default();
        places
            .into_iter()
            .for_each(|place| set.add(typed, place.clone()));
        set
    }

    /// Puts a place in.
    pub(crate) fn add(&mut self, typed: &Typed, place: Place) {
        if let Some(field) = place.in_field() {
            self.around.insert(typed.fields[field].context);
        }
        self.above.extend(heads(&place));
        self.places.insert(place);
    }

    /// Whether some member covers all of `place`.
    pub(crate) fn covers(&self, typed: &Typed, place: &Place) -> bool {
        let context = place.in_field().map(|field| typed.fields[field].context);
        context.is_some_and(|context| self.contexts.contains(&context))
            || self.covers_alone(place)
    }

    /// Whether some place of the set covers all of `place`: whole contexts do not count.
    pub(crate) fn covers_alone(&self, place: &Place) -> bool {
        heads(place).any(|head| self.places.contains(&head))
    }

    /// Whether some place of the set has a part in common with what an entry names.
    pub(crate) fn meets(&self, target: &Target) -> bool {
        match target {
            Target::Context(context) => self.around.contains(context),
            Target::Field(field, members) => {
                let mut place = Place::field(*field);
                place.members.clone_from(members);
                self.above.contains(&place) || self.covers_alone(&place)
            }
            Target::Tick | Target::Random | Target::Error => false,
        }
    }
}

/// The place itself and all that it is a part of.
pub(crate) fn heads(place: &Place) -> impl Iterator<Item = Place> {
    (0..=place.members.len()).map(|count| Place {
        root: place.root,
        members: place.members.iter().take(count).copied().collect(),
    })
}
