//! Extents: no struct inside itself, none too deep or of too many members.

use cranelift_entity::SecondaryMap;
use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use crate::cx::Cx;
use crate::ids::StructId;
use crate::item::Head;
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

/// The extents known so far.
struct Extents {
    /// `None`: not looked at.
    known: SecondaryMap<StructId, Option<Extent>>,
    /// The structs around the current one, outermost first.
    around: Vec<StructId>,
}

/// What is wrong with a member.
enum Problem {
    /// It holds the struct that it is in, or one around it.
    Circle(StructId),
    /// It nests too deep.
    Deep,
    /// It has too many members.
    Many,
}

/// Finds the extents of all structs; breaks circles where they close.
pub(crate) fn all(cx: &mut Cx<'_>) {
    let mut extents = Extents {
        known: SecondaryMap::new(),
        around: Vec::new(),
    };
    for id in cx.out.structs.keys().collect::<Vec<_>>() {
        extents.of_struct(cx, id);
    }
}

impl Extents {
    fn of_struct(&mut self, cx: &mut Cx<'_>, id: StructId) -> Extent {
        if let Some(known) = self.known[id] {
            return known;
        }
        self.around.push(id);
        let mut whole = Extent::default();
        for at in 0..cx.out.structs[id].members.len() {
            let Some(member) = cx.out.structs[id].members.get(at) else {
                continue;
            };
            let (ty, span) = (member.ty, member.span);
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
                    report(cx, id, span, &problem);
                    if let Some(member) = cx.out.structs[id].members.get_mut(at) {
                        member.ty = Ty::ERROR;
                    }
                }
            }
        }
        self.around.pop();
        self.known[id] = Some(whole);
        whole
    }

    /// The extent of the type of a member: at least one member.
    fn of_type(&mut self, cx: &mut Cx<'_>, ty: Ty) -> Result<Extent, Problem> {
        let one = Extent {
            depth: 0,
            members: 1,
        };
        match cx.kind(ty).clone() {
            TyKind::Struct(id, args) => {
                if self.around.contains(&id) {
                    return Err(Problem::Circle(id));
                }
                if self.around.len() as u32 > MAX_DEPTH {
                    return Err(Problem::Deep);
                }
                // What stands for a parameter counts as a part of the struct.
                let mut whole = one.with(self.of_struct(cx, id));
                for arg in args {
                    if let GenericArg::Ty(ty) = arg {
                        whole = whole.with(self.of_type(cx, ty)?);
                    }
                }
                Ok(whole)
            }
            TyKind::Array(elem, _)
            | TyKind::Ring(elem, _)
            | TyKind::Pool(elem, _)
            | TyKind::Option(elem)
            | TyKind::Slice(elem) => self.of_type(cx, elem),
            TyKind::Tuple(parts) => {
                let mut whole = one;
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
            | TyKind::Handle(_)
            | TyKind::Str(_)
            | TyKind::Text
            | TyKind::Enum(_)
            | TyKind::Fn(..)
            | TyKind::Param(_) => Ok(one),
        }
    }
}

impl Cx<'_> {
    /// Whether a type with generic arguments has no more members than a struct may have;
    /// reports it if it has.
    pub(crate) fn bounded(&mut self, ty: Ty, span: Span) -> bool {
        if !matches!(self.kind(ty), TyKind::Struct(_, args) if !args.is_empty()) {
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

fn report(cx: &mut Cx<'_>, id: StructId, span: Span, problem: &Problem) {
    let Head { name, .. } = cx.out.structs[id].head.clone();
    let found = match problem {
        Problem::Circle(inner) => {
            let other = &cx.out.structs[*inner].head;
            Diagnostic::new(
                Code::RecursiveType,
                span,
                format!("this holds `{}` again", other.name),
            )
            .title(format!("struct `{}` contains itself", other.name))
            .label(other.span, "so its size would have no end")
            .help("keep an index into an array of a context instead")
        }
        Problem::Deep => {
            Diagnostic::new(Code::RecursiveType, span, "the nesting is too deep here")
                .title(format!(
                    "structs nest more than {MAX_DEPTH} deep in `{name}`"
                ))
                .help("flatten some of them")
        }
        Problem::Many => Diagnostic::new(Code::TooMuchMemory, span, "too many from here")
            .title(format!(
                "struct `{name}` has more than {MAX_MEMBERS} members in all"
            ))
            .help("use arrays for many values of one kind"),
    };
    cx.report(found);
}
