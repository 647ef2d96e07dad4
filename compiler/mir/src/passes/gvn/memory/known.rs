//! `Known`: scalars by their place, and which of them overlap a range.

use indexmap::IndexMap;

use super::{Entry, Place};
use crate::passes::address::Root;
use theus_abi::hash::Quick;

/// Bytes of a word: no scalar is larger.
const WORD: i64 = 8;

/// The scalars that memory may hold.
#[derive(Debug, Default)]
pub(super) struct Known {
    entries: IndexMap<Place, Entry, Quick>,
    /// At which bytes of a word, counted from its root, scalars start: one bit each.
    starts: IndexMap<(Root, i64), u8, Quick>,
}

impl Known {
    pub(super) fn get(&self, place: Place) -> Option<&Entry> {
        self.entries.get(&place)
    }

    /// Puts a scalar there and gives the one that was there.
    pub(super) fn insert(&mut self, place: Place, entry: Entry) -> Option<Entry> {
        let old = self.entries.insert(place, entry);
        if old.is_none()
            && let Place::Fixed(root, at) = place
        {
            *self.starts.entry((root, at.div_euclid(WORD))).or_default() |= bit(at);
        }
        old
    }

    /// Takes the scalar there away.
    pub(super) fn remove(&mut self, place: Place) -> Option<Entry> {
        let old = self.entries.swap_remove(&place);
        if old.is_some()
            && let Place::Fixed(root, at) = place
            && let Some(starts) = self.starts.get_mut(&(root, at.div_euclid(WORD)))
        {
            *starts &= !bit(at);
        }
        old
    }

    /// Appends the places of scalars of which at least one byte is in the range, at most
    /// `most`.
    pub(super) fn overlapping(
        &self,
        root: Root,
        offset: i64,
        size: u32,
        most: usize,
        hit: &mut Vec<Place>,
    ) {
        let least = offset.saturating_sub(WORD - 1);
        let end = offset.saturating_add(i64::from(size));
        let words = least.div_euclid(WORD)..=end.saturating_sub(1).div_euclid(WORD);
        let mut word = |word: i64, starts: u8| {
            let mut left = starts;
            while left != 0 {
                let at = word * WORD + i64::from(left.trailing_zeros());
                left &= left - 1;
                let place = Place::Fixed(root, at);
                let overlaps = |entry: &Entry| {
                    least <= at && at < end && at + i64::from(entry.repr.size()) > offset
                };
                if hit.len() < most && self.entries.get(&place).is_some_and(overlaps) {
                    hit.push(place);
                }
            }
        };
        let count = words.end().saturating_sub(*words.start());
        if usize::try_from(count).is_ok_and(|count| count < self.starts.len()) {
            for at in words {
                if let Some(&starts) = self.starts.get(&(root, at)) {
                    word(at, starts);
                }
            }
        } else {
            for (&(_, at), &starts) in self
                .starts
                .iter()
                .filter(|((of, at), _)| *of == root && words.contains(at))
            {
                word(at, starts);
            }
        }
    }
}

/// The bit of a byte in its word.
fn bit(at: i64) -> u8 {
    1 << at.rem_euclid(WORD)
}
