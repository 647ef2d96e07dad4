//! The methods of pools.

/// The methods of pools, and of the elements of an `each` over one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PoolOp {
    /// `insert(v)`: its handle. May fault `Full`.
    Insert,
    /// `get(h)`: the element, or `none`.
    Get,
    /// `has(h)`.
    Has,
    /// `free(h)`. May fault `Stale`.
    Free,
    /// `clear()`.
    Clear,
    /// `retain(|m| …)`: frees the elements for which it does not hold.
    Retain,
    /// `len()`.
    Len,
    /// `capacity()`.
    Capacity,
    /// `owner(h)`, or `a.owner()` of the element of an `each`: the handle of the element that it
    /// belongs to. May fault `Stale`.
    Owner,
    /// `handles()`, in the head of a `for`.
    Handles,
    /// `by_name(key)`: the handle of the element with a unique key, or `none`. The number is
    /// that of the query.
    Find(u32),
    /// `by_age()`, `by_age(lo..hi)`, in the head of a `for`; whether the end is included.
    Sorted(u32, bool),
    /// `top_age(n)`, in the head of a `for`.
    Top(u32),
    /// `near_at(point, radius)`, in the head of a `for`.
    Near(u32),
    /// `a.handle()` of the element of an `each`.
    Own,
    /// `a.free()`: the element of an `each` is freed when its body ends.
    Leave,
}

impl PoolOp {
    /// As it is called.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Get => "get",
            Self::Has => "has",
            Self::Free | Self::Leave => "free",
            Self::Clear => "clear",
            Self::Retain => "retain",
            Self::Len => "len",
            Self::Capacity => "capacity",
            Self::Owner => "owner",
            Self::Handles => "handles",
            Self::Find(_) | Self::Sorted(..) => "by",
            Self::Top(_) => "top",
            Self::Near(_) => "near",
            Self::Own => "handle",
        }
    }

    /// Whether it changes which slots are live.
    pub const fn changes(self) -> bool {
        matches!(
            self,
            Self::Insert | Self::Free | Self::Clear | Self::Retain | Self::Leave
        )
    }
}
