//! Extents: no struct or enum inside itself, none too deep or of too many members.

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use crate::cx::Cx;
use crate::ids::{EnumId, StructId};
use crate::item::{Head, Member};
use crate::ty::{GenericArg, Ty, TyKind};

/// How deep structs and tuples may nest.
const MAX_DEPTH: u32 = 64;
/// How many members a struct may have, those of its members included, each array once.
const MAX_MEMBERS: u64 = 4096;

/// How deep a type is, and how many members it has in all.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    depth: u32,
    members: u64,
}

impl Extent {
    /// With a member of that extent.
    fn with(self, member: Self) -> Self {
        Self {
            depth: self.depth.max(member.depth),
            members: self.members.saturating_add(member.members),
        }
    }
}

/// One member without members of its own.
const ONE: Extent = Extent {
    depth: 0,
    members: 1,
};

/// A type with members.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Node {
    Struct(StructId),
    /// The members are those of all variants.
    Enum(EnumId),
}

impl Node {
    fn head(self, cx: &Cx<'_>) -> Head {
        match self {
            Self::Struct(id) => cx.out.structs[id].head.clone(),
            Self::Enum(id) => cx.out.enums[id].head.clone(),
        }
    }

    /// `struct`, `enum`.
    const fn word(self) -> &'static str {
        match self {
            Self::Struct(_) => "struct",
            Self::Enum(_) => "enum",
        }
    }

    /// Types and places of the members.
    fn members(self, cx: &Cx<'_>) -> Vec<(Ty, Span)> {
        let parts = |members: &[Member]| -> Vec<(Ty, Span)> {
            let parts = members.iter().map(|member| (member.ty, member.span));
            parts.collect()
        };
        match self {
            Self::Struct(id) => parts(&cx.out.structs[id].members),
            Self::Enum(id) => {
                let variants = cx.out.enums[id].variants.iter();
                variants
                    .flat_map(|variant| parts(&variant.payload))
                    .collect()
            }
        }
    }

    /// Makes the type of a member one that has been reported.
    fn spoil(self, cx: &mut Cx<'_>, at: usize) {
        let member = match self {
            Self::Struct(id) => cx.out.structs[id].members.get_mut(at),
            Self::Enum(id) => {
                let variants = cx.out.enums[id].variants.iter_mut();
                variants.flat_map(|variant| &mut variant.payload).nth(at)
            }
        };
        if let Some(member) = member {
            member.ty = Ty::ERROR;
        }
    }
}

/// The extents known so far.
#[derive(Default)]
struct Extents {
    known: IndexMap<Node, Extent>,
    /// The types around the current one, outermost first.
    around: Vec<Node>,
}

/// What is wrong with a member.
enum Problem {
    /// It holds the struct that it is in, or one around it.
    Circle(Node),
    /// It nests too deep.
    Deep,
    /// It has too many members.
    Many,
}

/// Finds the extents of all structs and enums; breaks circles where they close.
pub(crate) fn all(cx: &mut Cx<'_>) {
    let mut extents = Extents::default();
    for id in cx.out.structs.keys().collect::<Vec<_>>() {
        extents.of_node(cx, Node::Struct(id));
    }
    for id in cx.out.enums.keys().collect::<Vec<_>>() {
        extents.of_node(cx, Node::Enum(id));
    }
}

impl Extents {
    fn of_node(&mut self, cx: &mut Cx<'_>, node: Node) -> Extent {
        if let Some(known) = self.known.get(&node) {
            return *known;
        }
        self.around.push(node);
        let mut whole = Extent::default();
        for (at, (ty, span)) in node.members(cx).into_iter().enumerate() {
            let found = self.of_type(cx, ty).and_then(|below| {
                let depth = below.depth + 1;
                let both = whole.with(Extent { depth, ..below });
                match both {
                    Extent { depth, .. } if depth > MAX_DEPTH => Err(Problem::Deep),
                    Extent { members, .. } if members > MAX_MEMBERS => Err(Problem::Many),
                    both => Ok(both),
                }
            });
            match found {
                Ok(both) => whole = both,
                Err(problem) => {
                    report(cx, node, span, &problem);
                    node.spoil(cx, at);
                }
            }
        }
        self.around.pop();
        self.known.insert(node, whole);
        whole
    }

    /// The extent of a type with members.
    fn of_member(&mut self, cx: &mut Cx<'_>, node: Node) -> Result<Extent, Problem> {
        if self.around.contains(&node) {
            return Err(Problem::Circle(node));
        }
        if self.around.len() as u32 > MAX_DEPTH {
            return Err(Problem::Deep);
        }
        Ok(ONE.with(self.of_node(cx, node)))
    }

    /// The extent of the type of a member: at least one member.
    fn of_type(&mut self, cx: &mut Cx<'_>, ty: Ty) -> Result<Extent, Problem> {
        match cx.kind(ty).clone() {
            TyKind::Struct(..) | TyKind::Enum(..) => {
                let (node, args) = match cx.kind(ty).clone() {
                    TyKind::Struct(id, args) => (Node::Struct(id), args),
                    TyKind::Enum(id, args) => (Node::Enum(id), args),
                    _ => return Ok(ONE),
                };
                // What stands for a parameter counts as a part of the struct.
                let mut whole = self.of_member(cx, node)?;
                for arg in args {
                    if let GenericArg::Ty(ty) = arg {
                        whole = whole.with(self.of_type(cx, ty)?);
                    }
                }
                Ok(whole)
            }
            TyKind::Array(elem, _)
            | TyKind::Ring(elem, _)
            | TyKind::Pool(elem, ..)
            | TyKind::Option(elem)
            | TyKind::Slice(elem) => self.of_type(cx, elem),
            TyKind::Tuple(parts) => {
                let mut whole = ONE;
                for part in parts {
                    whole = whole.with(self.of_type(cx, part)?);
                }
                whole.depth += 1;
                Ok(whole)
            }
            TyKind::Error
            | TyKind::Unit
            | TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Handle(_)
            | TyKind::Str(_)
            | TyKind::Text
            | TyKind::Fn(..)
            | TyKind::Param(_) => Ok(ONE),
        }
    }
}

impl Cx<'_> {
    /// Whether a type with generic arguments has no more members than a struct may have;
    /// reports it if it has.
    pub(crate) fn bounded(&mut self, ty: Ty, span: Span) -> bool {
        let generic = matches!(self.kind(ty),
            TyKind::Struct(_, args) | TyKind::Enum(_, args) if !args.is_empty());
        if !generic {
            return true;
        }
        let fine = self.weight(ty, &mut IndexMap::new()) <= MAX_MEMBERS;
        if !fine {
            let text = "this has too many members in all";
            let found = Diagnostic::new(Code::TooMuchMemory, span, text)
                .title(format!("a type has more than {MAX_MEMBERS} members in all"))
                .help("use arrays for many values of one kind");
            self.report(found);
        }
        fine
    }

    /// How many members a type has in all, each array once. A circle counts once: it is
    /// reported where the struct is declared.
    fn weight(&mut self, ty: Ty, known: &mut IndexMap<Ty, u64>) -> u64 {
        if let Some(known) = known.get(&ty) {
            return *known;
        }
        let weight = match *self.kind(ty) {
            TyKind::Struct(id, _) => {
                known.insert(ty, 1);
                self.ensure_members(id);
                let members = self.out.member_types(ty).into_iter();
                members.fold(1_u64, |all, ty| all.saturating_add(self.weight(ty, known)))
            }
            TyKind::Enum(id, _) => {
                known.insert(ty, 1);
                self.ensure_payloads(id);
                let members = self.out.all_payload_types(ty).into_iter();
                members.fold(1_u64, |all, ty| all.saturating_add(self.weight(ty, known)))
            }
            TyKind::Tuple(ref parts) => {
                let parts = parts.clone().into_iter();
                parts.fold(1_u64, |all, ty| all.saturating_add(self.weight(ty, known)))
            }
            TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Option(elem) => {
                self.weight(elem, known)
            }
            _ => 1,
        };
        known.insert(ty, weight);
        weight
    }
}

fn report(cx: &mut Cx<'_>, node: Node, span: Span, problem: &Problem) {
    let (name, word) = (node.head(cx).name, node.word());
    let found = match problem {
        Problem::Circle(inner) => {
            let other = inner.head(cx);
            Diagnostic::new(
                Code::RecursiveType,
                span,
                format!("this holds `{}` again", other.name),
            )
            .title(format!("{} `{}` contains itself", inner.word(), other.name))
            .label(other.span, "so its size would have no end")
            .help("keep an index into an array of a context instead")
        }
        Problem::Deep => {
            Diagnostic::new(Code::RecursiveType, span, "the nesting is too deep here")
                .title(format!(
                    "{word}s nest more than {MAX_DEPTH} deep in `{name}`"
                ))
                .help("flatten some of them")
        }
        Problem::Many => Diagnostic::new(Code::TooMuchMemory, span, "too many from here")
            .title(format!(
                "{word} `{name}` has more than {MAX_MEMBERS} members in all"
            ))
            .help("use arrays for many values of one kind"),
    };
    cx.report(found);
}
