//! What the machine tells generated programs.

use theus_vm::HostInput;

/// Ticks, words and values.
const TOLD: [(u64, u32, u64); 7] = [
    (0, 0, 200_000),
    (1, 1, 2_000_000),
    (2, 0, 0),
    (2, 2, 3000),
    (3, 0, 90_000_000),
    (4, 1, 0),
    (5, 2, 5_000_000),
];

/// The same for every program.
pub(crate) fn told() -> Vec<HostInput> {
    let told = TOLD.into_iter();
    told.map(|(tick, word, bits)| HostInput { tick, word, bits })
        .collect()
}
