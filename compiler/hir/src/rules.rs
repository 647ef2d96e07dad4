//! What a collection is told after its `>`: its order, and what happens where it is full.

use std::sync::Arc;

use theus_abi::duration::UNITS;

/// A key of an order: members within members.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// Numbers of the members.
    pub path: Vec<u32>,
    /// The greatest first.
    pub descending: bool,
}

/// What happens where a collection is full.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Full {
    /// The fault `Full`.
    #[default]
    Fault,
    /// What came first leaves.
    Oldest,
    /// The entry that was put or touched the longest ago leaves.
    Touched,
    /// What has the least score leaves: the number of the score, and its text.
    Least(u32, Arc<str>),
}

/// What a collection is told after its `>`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Rules {
    /// The keys of its order.
    pub keys: Vec<OrderKey>,
    /// What happens where it is full.
    pub full: Full,
    /// How long a value stays, in ns.
    pub ttl: Option<i64>,
}

/// A duration as it is written, in the largest unit that fits.
pub(crate) fn time(ns: i64) -> String {
    let mut units = UNITS.iter();
    let found = units.find(|(_, unit)| ns % unit == 0);
    found.map_or_else(
        || format!("{ns}ns"),
        |(name, unit)| format!("{}{name}", ns / unit),
    )
}

impl Full {
    /// The word before a score.
    pub(crate) const LEAST: &'static str = "least";

    /// The word after `full`.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Oldest => "oldest",
            Self::Touched => "touched",
            Self::Least(..) => Self::LEAST,
        }
    }

    /// ` full oldest`; of what faults nothing.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Fault => String::new(),
            Self::Oldest | Self::Touched => format!(" full {}", self.word()),
            Self::Least(_, score) => format!(" full least({score})"),
        }
    }
}
