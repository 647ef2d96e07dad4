//! Maps from all values or all blocks of a function: made in their whole length at once.

use cranelift_entity::SecondaryMap;

use crate::func::Func;
use crate::ids::{Block, Value};

impl Func {
    /// A map with room for every value that there is.
    pub(crate) fn per_value<V: Clone>(&self, start: V) -> SecondaryMap<Value, V> {
        let mut map = SecondaryMap::with_default(start);
        map.resize(self.values.len());
        map
    }

    /// A map with room for every block that there is.
    pub(crate) fn per_block<V: Clone>(&self, start: V) -> SecondaryMap<Block, V> {
        let mut map = SecondaryMap::with_default(start);
        map.resize(self.blocks.len());
        map
    }
}
