//! The audit log: a ring of entries in the memory block that compiled code writes, and what
//! the entries are about.
//!
//! ```text
//! 0 ...... 8 ........ HEAD .............................. HEAD + ENTRIES * ENTRY
//! | count  | latch    | entry | entry | ...              |
//! ```
//!
//! An entry is eight words: tick, time in ns, what (an `Event` and an index), the number of
//! the entry, and four operands as a site or an alert says.

use crate::image::{ArgKind, Image, Loc};
use crate::memory::Memory;

/// Entries of the ring; a power of two.
pub const ENTRIES: u64 = 1024;
/// Bytes of an entry.
pub const ENTRY: u32 = 64;
/// Bytes before the first entry: how many were ever written, and the latch: one more than the
/// site of the rule of level S that was broken.
pub const HEAD: u32 = 16;
/// Offset of the latch.
pub const LATCH: u32 = 8;
/// Bits of an event in the third word; the index stands above them.
pub const EVENT_BITS: u32 = 8;
/// Operands of an entry.
pub const ARGS: usize = 4;

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $text:literal;)*) => {
        /// What an entry tells. The discriminant is what compiled code writes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Event { $($(#[$doc])* $name = $code,)* }

        impl Event {
            const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The word in reports.
            pub const fn name(self) -> &'static str { match self { $(Self::$name => $text,)* } }
        }
    };
}

events! {
    /// A rule was broken, but not yet often enough to act: at the site of that index.
    Counted = 1, "counted";
    /// A rule of level C was broken: at the site of that index.
    Logged = 2, "logged";
    /// A process failed at the site of that index, and was undone.
    Undone = 3, "undone";
    /// The alert of that index was raised.
    Raised = 4, "raised";
    /// The alert of that index is over.
    Cleared = 5, "cleared";
    /// A rule of level A was broken at the site of that index: the pipeline was aborted.
    Aborted = 6, "aborted";
    /// A rule of level S was broken at the site of that index: everything stopped.
    Stopped = 7, "stopped";
}

impl Event {
    /// Whether the index of an entry is that of an alert.
    pub const fn is_alert(self) -> bool {
        matches!(self, Self::Raised | Self::Cleared)
    }
}

/// A rule of an audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// The context that it is about.
    pub context: String,
    /// `S`, `A`, `B`, `C`.
    pub level: char,
    /// Where the condition stands.
    pub loc: Loc,
    /// Where it is checked: indices into `Image::sites`.
    pub sites: Vec<u32>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Where its condition stands.
    pub loc: Loc,
    /// Labels and kinds of the operands of its entries.
    pub args: Vec<(String, ArgKind)>,
}

/// An entry of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The tick.
    pub tick: u64,
    /// Virtual time in ns.
    pub time: i64,
    /// What happened.
    pub event: Event,
    /// Index into `Image::sites` or `Image::alerts`.
    pub index: u32,
    /// Its number, from 0.
    pub number: u64,
    /// Operands, as raw bits.
    pub args: [u64; ARGS],
}

/// Bytes of the ring.
pub const fn size() -> u64 {
    HEAD as u64 + ENTRIES * ENTRY as u64
}

/// The entries from a number on that are still in the ring, the oldest first.
pub fn entries<'m>(
    image: &'m Image,
    memory: &'m Memory,
    from: u64,
) -> impl Iterator<Item = Entry> + 'm {
    let count = count(image, memory);
    let first = count.saturating_sub(ENTRIES).max(from);
    let log = image.log.unwrap_or(0);
    (first..count).filter_map(move |number| entry(memory, log, number))
}

fn entry(memory: &Memory, log: u32, number: u64) -> Option<Entry> {
    let word = |offset: u32| memory.u64(i32::try_from(offset).unwrap_or(i32::MAX));
    let slot = u32::try_from(number % ENTRIES).ok()?;
    let at = log + HEAD + slot * ENTRY;
    let what = word(at + 16);
    let code = what & ((1 << EVENT_BITS) - 1);
    let known = |event: &&Event| **event as u64 == code;
    Some(Entry {
        tick: word(at),
        time: word(at + 8).cast_signed(),
        event: *Event::ALL.iter().find(known)?,
        index: u32::try_from(what >> EVENT_BITS).ok()?,
        number: word(at + 24),
        args: [32, 40, 48, 56].map(|offset| word(at + offset)),
    })
}

/// How many entries were ever written.
pub fn count(image: &Image, memory: &Memory) -> u64 {
    let log = image.log.and_then(|log| i32::try_from(log).ok());
    log.map_or(0, |log| memory.u64(log))
}

/// The rule that is checked at a site, if one is.
pub fn rule_of(image: &Image, site: u32) -> Option<&Rule> {
    image.rules.iter().find(|rule| rule.sites.contains(&site))
}

/// The site of the rule of level S that stopped everything.
pub fn latched(image: &Image, memory: &Memory) -> Option<u32> {
    let at = i32::try_from(image.log? + LATCH).ok()?;
    u32::try_from(memory.u64(at)).ok()?.checked_sub(1)
}
