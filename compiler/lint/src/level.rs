//! Which lints speak, and how loud.

use indexmap::IndexMap;
use theus_diag::suggest;

use crate::table::{ALL, EVERY, Group, Lint};

/// How loud a lint is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It is silent.
    Allow,
    /// It warns.
    Warn,
    /// What it finds is an error.
    Deny,
}

impl Level {
    /// Every level, from the softest to the loudest.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Warn, Self::Deny];

    /// The word in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        }
    }

    /// The level of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name() == name)
    }
}

/// A name that is of no lint and of no group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// The name.
    pub name: String,
    /// The name that may be meant.
    pub near: Option<&'static str>,
}

/// The levels of a project. What is said later is in force.
#[derive(Clone, Debug, Default)]
pub struct Levels {
    said: IndexMap<&'static str, Level>,
}

impl Levels {
    /// Sets the level of a lint, by its name or its code, or of all lints of a group.
    ///
    /// # Errors
    /// If there is none of that name.
    pub fn set(&mut self, name: &str, level: Level) -> Result<(), Unknown> {
        for lint in named(name)? {
            self.said.insert(lint.name, level);
        }
        Ok(())
    }

    /// The level of a lint.
    pub fn of(&self, lint: &Lint) -> Level {
        self.said.get(lint.name).copied().unwrap_or(lint.level)
    }
}

/// The lints of a name: one, or all of a group.
pub(crate) fn named(name: &str) -> Result<Vec<&'static Lint>, Unknown> {
    let of = |lint: &&'static Lint| {
        name == EVERY
            || lint.name == name
            || lint.group.name() == name
            || lint.code.id() == name
    };
    let found: Vec<_> = ALL.iter().filter(of).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let groups = Group::ALL.into_iter().map(Group::name);
    let names = ALL
        .iter()
        .map(|lint| lint.name)
        .chain(groups)
        .chain([EVERY]);
    let names: Vec<&'static str> = names.collect();
    let near = suggest::closest(name, names.iter().copied());
    Err(Unknown {
        name: name.to_owned(),
        near: near.and_then(|near| names.into_iter().find(|name| *name == near)),
    })
}
