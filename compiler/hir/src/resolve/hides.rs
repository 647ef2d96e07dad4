//! Which names hide types of the language: those of other types would, and are refused; those
//! of processes and functions hide none.

use super::scope::Def;
use super::types::primitive;
use crate::cx::Cx;
use crate::ids::{ModuleId, StructId};

/// Types that the language knows beside the primitive ones.
const OTHERS: &[&str] = &[
    "str", "ring", "samples", "pool", "handle", "list", "map", "queue",
];

/// Whether the language itself has a type of that name.
pub(super) fn is_of_language(name: &str) -> bool {
    primitive(name).is_some() || OTHERS.contains(&name)
}

impl Cx<'_> {
    /// Whether an item of the module, or one that it imports, is a type of that name, which
    /// hides another. One that has no right to its name is meant where it is named alone.
    pub(super) fn names_type(&self, module: ModuleId, name: &str, alone: bool) -> bool {
        let named = self.scopes[module].names.get(name);
        let right = alone || self.is_std(module) || !is_of_language(name);
        right && named.is_some_and(|named| named.def.is_type())
    }

    /// The collection of the library whose name is also that of an item which is not meant.
    pub(super) fn hidden_collection(
        &self,
        module: ModuleId,
        name: &str,
        alone: bool,
    ) -> Option<StructId> {
        let named = self.scopes[module].names.get(name)?;
        if named.def.is_module() || self.names_type(module, name, alone) {
            return None;
        }
        let mut homes = self.collections.iter();
        homes.find_map(|home| match self.scopes[*home].own(name) {
            Some(Def::Struct(id)) => Some(id),
            _ => None,
        })
    }
}
