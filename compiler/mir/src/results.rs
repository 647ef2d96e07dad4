//! `Results`: the values that an instruction makes. Nearly all make one or none.

use std::ops::Deref;

use crate::ids::Value;

/// The results of an instruction, as a slice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Results {
    /// Exactly one.
    One(Value),
    /// Any other number.
    Many(Box<[Value]>),
}

impl Results {
    /// The results as a slice.
    pub fn as_slice(&self) -> &[Value] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

impl Default for Results {
    fn default() -> Self {
        Self::Many(Box::default())
    }
}

impl Deref for Results {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        self.as_slice()
    }
}

impl<'r> IntoIterator for &'r Results {
    type Item = &'r Value;
    type IntoIter = std::slice::Iter<'r, Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Results> for Vec<Value> {
    fn from(results: Results) -> Self {
        match results {
            Results::One(value) => vec![value],
            Results::Many(values) => values.into_vec(),
        }
    }
}
