//! Where a name is declared.

use serde_json::Value;

use crate::wire::{Answer, AtPlace, params, value};
use crate::world::World;

/// The declaration of the name at a place.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let AtPlace {
        text_document,
        position,
    } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let found = program.name_at(position);
    let place = found.and_then(|found| world.location(&program, found.of));
    Ok(value(place))
}
