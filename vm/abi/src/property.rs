//! Properties: what the VM draws before it calls one, and where it writes that.

use crate::image::{Loc, Range};
use crate::shape::Shape;

/// A property: a test that holds for all inputs.
#[derive(Clone, Debug, PartialEq)]
pub struct Property {
    /// Its title.
    pub name: String,
    /// `fn(base) -> status`: fails if the inputs that lie in the block break it.
    pub func: u32,
    /// The same with a process that writes what is drawn (`after`) in place of its body. If that
    /// breaks nothing either, then the contract says nothing.
    pub hollow: Option<u32>,
    /// The inputs.
    pub inputs: Vec<Draw>,
    /// What the process writes, in `hollow`.
    pub after: Vec<Draw>,
    /// A failure in one of these places says that the inputs are none of those that count.
    pub assumes: Vec<Loc>,
    /// Where it is declared.
    pub loc: Loc,
}

/// A value to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Draw {
    /// `a` of a parameter, `plant.x` of a field.
    pub name: String,
    /// Where it lies, from the base address.
    pub offset: u32,
    /// Its layout: no ring, handle or collection.
    pub shape: Shape,
    /// Ranges in it.
    pub limits: Limits,
    /// The global that it is, as an index into `Image::fields`: set before the start.
    pub global: Option<u32>,
}

/// Ranges of a value and of its members.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Of the scalar, or of each element of an array.
    pub own: Option<Range>,
    /// Of members of a struct (of elements that are structs), in order; none: there are none.
    pub members: Vec<Self>,
}

impl Shape {
    /// Whether values can be drawn: no ring, no handle, no collection.
    pub fn is_drawable(&self) -> bool {
        let all = |members: &[(String, u32, Self)]| {
            members.iter().all(|(_, _, shape)| shape.is_drawable())
        };
        match self {
            Self::Bool
            | Self::Int(_)
            | Self::Uint(_)
            | Self::Float(_)
            | Self::Duration
            | Self::Enum { .. }
            | Self::Str { .. } => true,
            Self::Struct { holds, members, .. } => holds.is_none() && all(members),
            Self::Choice { variants, .. } => {
                variants.iter().all(|(_, members)| all(members))
            }
            Self::Array { elem, dims } => !dims.contains(&0) && elem.is_drawable(),
            Self::Option(elem) => elem.is_drawable(),
            Self::Handle(_) | Self::Ring { .. } => false,
        }
    }
}
