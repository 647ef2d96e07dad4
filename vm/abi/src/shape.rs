//! `Shape`: the layout of a value in memory, for whoever reads or writes fields by name
//! (host, sinks, `--set`, summaries, traces).

use crate::repr::Repr;

/// A variant with payload: its name, and its members with their offsets.
pub type Variant = (String, Vec<(String, u32, Shape)>);

/// The layout and meaning of a value. Sizes and offsets are in bytes.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// `bool`: one byte, 0 or 1.
    Bool,
    /// A signed integer.
    Int(Repr),
    /// An unsigned integer.
    Uint(Repr),
    /// `f32` or `f64`.
    Float(Repr),
    /// `duration`: i64 nanoseconds; `instant`: i64 nanoseconds since the clock began.
    Duration,
    /// `handle<town.people>`: the slot in the low half of a u64, the generation in the high
    /// one; the path of the pool.
    Handle(String),
    /// A field-less enum: the index of the variant in `repr`.
    Enum {
        /// How the index is stored.
        repr: Repr,
        /// Name of the type, for people.
        name: String,
        /// Names of the variants, by index.
        variants: Vec<String>,
    },
    /// An enum with payloads: the index of the variant at 0, then the members of that variant;
    /// variants share their bytes, and bytes of no member are zero.
    Choice {
        /// How the index is stored.
        repr: Repr,
        /// Name of the type, for people.
        name: String,
        /// Variants by index: name, and members as of a struct, with offsets from the index.
        variants: Vec<(String, Members)>,
        /// Whole size, a multiple of `align`.
        size: u32,
        /// Alignment.
        align: u32,
    },
    /// A struct.
    Struct {
        /// Name of the type, for people.
        name: String,
        /// Members in declaration order: name, offset, shape.
        members: Vec<(String, u32, Self)>,
        /// Whole size, a multiple of `align`.
        size: u32,
        /// Alignment.
        align: u32,
        /// What the struct is to people, if its members are the library's own.
        holds: Option<Holds>,
    },
    /// An array, row-major, without padding between elements.
    Array {
        /// Shape of one element.
        elem: Box<Self>,
        /// Length of each dimension; never empty.
        dims: Vec<u64>,
    },
    /// `T?`: one byte (1 = there is a value) at 0, the value at `Shape::payload_offset`.
    Option(Box<Self>),
    /// `str<N>`: u32 length in bytes at 0, then N bytes of UTF-8 at `STR_DATA`; those beyond
    /// the length are 0, so that equal texts have equal bits.
    Str {
        /// N: how many bytes it can hold.
        capacity: u64,
    },
    /// `ring<T, N>`: i64 next-write slot at 0, i64 length at 8, i64 `slots` at 16, then `slots`
    /// elements at `RING_DATA`.
    /// `slots >= capacity`: the spare ones make pushes undoable without a copy.
    Ring {
        /// Shape of one element.
        elem: Box<Self>,
        /// N: how many the program can see.
        capacity: u64,
        /// Slots in memory.
        slots: u64,
    },
}

/// A collection: which members of its struct say what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holds {
    /// `list<T, N>`: the first `count` of `slots`.
    List,
    /// `map<K, V, N>`: `keys` and `values` from the slot `first` on, each next one in `after`;
    /// slots are numbered from 1, 0 is the end.
    Map,
    /// `pool<T, N>`: those of `slots` whose `generation` is odd.
    Pool,
    /// `queue<T, N>`: the first `count` of `slots`, in the order of those keys (members within
    /// members; whether the greatest is first), and then of `numbers`.
    Queue(Vec<(Vec<u32>, bool)>),
}

/// Offset of the first byte of a text.
pub const STR_DATA: u32 = 4;
/// Members in declaration order: name, offset, shape.
pub type Members = Vec<(String, u32, Shape)>;

/// Offset of the first element of a ring.
pub const RING_DATA: u32 = 24;
/// Offset of the next-write slot index of a ring.
pub const RING_NEXT: u32 = 0;
/// Offset of the number of slots of a ring (constant from the start).
pub const RING_SLOTS: u32 = 16;
/// Offset of the length of a ring.
pub const RING_LEN: u32 = 8;

/// `offset` rounded up to a multiple of `align`.
pub const fn align_up(offset: u64, align: u64) -> u64 {
    offset.div_ceil(align).saturating_mul(align)
}

impl Shape {
    /// Alignment in bytes: 1, 2, 4 or 8.
    pub fn align(&self) -> u32 {
        match self {
            Self::Bool => 1,
            Self::Str { .. } => 4,
            Self::Int(repr) | Self::Uint(repr) | Self::Float(repr) => repr.size(),
            Self::Enum { repr, .. } => repr.size(),
            Self::Duration | Self::Handle(_) | Self::Ring { .. } => 8,
            Self::Struct { align, .. } | Self::Choice { align, .. } => *align,
            Self::Array { elem, .. } | Self::Option(elem) => elem.align(),
        }
    }

    /// Size in bytes, a multiple of the alignment.
    pub fn size(&self) -> u64 {
        match self {
            Self::Bool => 1,
            Self::Int(repr) | Self::Uint(repr) | Self::Float(repr) => {
                u64::from(repr.size())
            }
            Self::Enum { repr, .. } => u64::from(repr.size()),
            Self::Duration | Self::Handle(_) => 8,
            Self::Struct { size, .. } | Self::Choice { size, .. } => u64::from(*size),
            Self::Array { elem, dims } => dims
                .iter()
                .fold(elem.size(), |size, dim| size.saturating_mul(*dim)),
            Self::Str { capacity } => {
                align_up(u64::from(STR_DATA).saturating_add(*capacity), 4)
            }
            Self::Option(elem) => align_up(
                Self::payload_offset(elem).saturating_add(elem.size()),
                u64::from(elem.align()),
            ),
            Self::Ring { elem, slots, .. } => align_up(
                u64::from(RING_DATA).saturating_add(elem.size().saturating_mul(*slots)),
                8,
            ),
        }
    }

    /// Offset of the value inside an optional of `elem`.
    pub fn payload_offset(elem: &Self) -> u64 {
        align_up(1, u64::from(elem.align()))
    }

    /// An enum with payloads: each variant is laid out as a struct that begins with the index.
    pub fn choice(
        repr: Repr,
        name: &str,
        variants: impl IntoIterator<Item = (String, Vec<(String, Self)>)>,
    ) -> Self {
        let (mut most, mut align, mut placed) = (1_u32, repr.size(), Vec::new());
        for (variant, members) in variants {
            let tag = (String::new(), Self::Uint(repr));
            let whole = Self::structure("", std::iter::once(tag).chain(members));
            align = align.max(whole.align());
            if let Self::Struct {
                mut members, size, ..
            } = whole
            {
                members.remove(0);
                most = most.max(size);
                placed.push((variant, members));
            }
        }
        let size = align_up(u64::from(most), u64::from(align));
        Self::Choice {
            repr,
            name: name.to_owned(),
            variants: placed,
            size: u32::try_from(size).unwrap_or(u32::MAX),
            align,
        }
    }

    /// A struct of those members, with offsets as C lays them out.
    pub fn structure(
        name: &str,
        members: impl IntoIterator<Item = (String, Self)>,
    ) -> Self {
        let (mut at, mut align, mut placed) = (0_u64, 1_u32, Vec::new());
        for (member, shape) in members {
            at = align_up(at, u64::from(shape.align()));
            align = align.max(shape.align());
            let size = shape.size();
            placed.push((member, u32::try_from(at).unwrap_or(u32::MAX), shape));
            at = at.saturating_add(size);
        }
        let size =
            u32::try_from(align_up(at.max(1), u64::from(align))).unwrap_or(u32::MAX);
        Self::Struct {
            name: name.to_owned(),
            members: placed,
            size,
            align,
            holds: None,
        }
    }

    /// The same struct as a collection.
    pub fn holding(mut self, what: Holds) -> Self {
        if let Self::Struct { holds, .. } = &mut self {
            *holds = Some(what);
        }
        self
    }

    /// What a collection holds.
    pub const fn holds(&self) -> Option<&Holds> {
        match self {
            Self::Struct { holds, .. } => holds.as_ref(),
            _ => None,
        }
    }

    /// The offset and the shape of a member of a struct.
    pub fn member(&self, name: &str) -> Option<(u32, &Self)> {
        let Self::Struct { members, .. } = self else {
            return None;
        };
        let found = members.iter().find(|(member, ..)| member == name);
        found.map(|(_, offset, shape)| (*offset, shape))
    }
}
