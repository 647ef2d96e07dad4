//! The library of Theus, as Theus text, and the table of the few functions that it cannot
//! write itself.

pub mod intrinsic;

pub use intrinsic::Intrinsic;

/// Every module of the library: its name and its text. A module imports only modules that
/// stand before it; `std.prelude` is seen by every program without `use`.
pub const fn modules() -> &'static [(&'static str, &'static str)] {
    &[
        ("std.prelude", include_str!("../std/prelude.theus")),
        ("std.list", include_str!("../std/list.theus")),
        ("std.slice", include_str!("../std/slice.theus")),
        ("std.map", include_str!("../std/map.theus")),
        ("std.queue", include_str!("../std/queue.theus")),
        ("std.math", include_str!("../std/math.theus")),
        ("std.linalg", include_str!("../std/linalg.theus")),
        ("std.control", include_str!("../std/control.theus")),
        ("std.text", include_str!("../std/text.theus")),
        ("std.stats", include_str!("../std/stats.theus")),
        ("std.random", include_str!("../std/random.theus")),
    ]
}
