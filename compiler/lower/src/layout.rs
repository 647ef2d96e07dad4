//! Layouts: from types to shapes, and the places of fields in the memory block.

use theus_abi::header::HEADER_SIZE;
use theus_abi::image;
use theus_abi::shape::{Holds, align_up};
use theus_abi::{Repr, Shape};
use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::item::Collection;
use theus_hir::ty::Full;
use theus_hir::{
    EnumId, FieldId, FloatTy, GenericArg, Size, StructId, Ty, TyKind, Typed, Types,
};

use crate::owned::Links;
use crate::program::{Cx, loc};

/// The representation of a scalar type; `None` for aggregates.
pub(crate) fn repr(typed: &Typed, types: &Types, ty: Ty) -> Option<Repr> {
    match types.kind(ty) {
        TyKind::Bool => Some(Repr::I8),
        TyKind::Int(int) => Some(int_repr(int.bits)),
        TyKind::Float(FloatTy::F32) => Some(Repr::F32),
        TyKind::Float(FloatTy::F64) => Some(Repr::F64),
        TyKind::Duration | TyKind::Instant | TyKind::Handle(_) => Some(Repr::I64),
        TyKind::Enum(id, _) if has_payload(&typed.enums[*id]) => None,
        TyKind::Enum(id, _) => Some(enum_repr(typed.enums[*id].variants.len())),
        TyKind::Error
        | TyKind::Unit
        | TyKind::Struct(..)
        | TyKind::Tuple(_)
        | TyKind::Array(..)
        | TyKind::Ring(..)
        | TyKind::Pool(..)
        | TyKind::Option(_)
        | TyKind::Str(_)
        | TyKind::Text
        | TyKind::Slice(_)
        | TyKind::Fn(..)
        | TyKind::Param(_) => None,
    }
}

const fn int_repr(bits: u8) -> Repr {
    match bits {
        8 => Repr::I8,
        16 => Repr::I16,
        32 => Repr::I32,
        _ => Repr::I64,
    }
}

/// Whether a variant of an enum has a payload, so that its values are in memory.
fn has_payload(def: &theus_hir::item::Enum) -> bool {
    def.variants
        .iter()
        .any(|variant| !variant.payload.is_empty())
}

const fn enum_repr(variants: usize) -> Repr {
    if variants <= 256 { Repr::I8 } else { Repr::I32 }
}

/// A concrete size; 0 for one that is known at start.
pub(crate) const fn size_of(size: Size) -> u64 {
    match size {
        Size::Const(size) => size,
        Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => 0,
    }
}

fn holds(types: &Types, collection: Collection, args: &[GenericArg]) -> Holds {
    match collection {
        Collection::List => Holds::List,
        Collection::Map => Holds::Map,
        Collection::Queue => Holds::Queue(order(types, args)),
    }
}

/// The keys of the order of a queue.
fn order(types: &Types, args: &[GenericArg]) -> Vec<(Vec<u32>, bool)> {
    let Some(GenericArg::Size(by)) = args.last() else {
        return Vec::new();
    };
    let keys = types.order(*by).iter();
    keys.map(|key| (key.path.clone(), key.descending)).collect()
}

/// How many elements a pool has room for.
fn room(typed: &Typed, types: &Types, pool: FieldId) -> u64 {
    match types.kind(typed.fields[pool].ty) {
        TyKind::Pool(_, size, _) => size_of(*size),
        _ => 0,
    }
}

/// An array of slots, each of which holds one value: also where the values are arrays.
fn in_slots(shape: Shape) -> Shape {
    let Shape::Array { elem, dims } = shape else {
        return shape;
    };
    let elem = match dims.get(1..) {
        None | Some([]) => elem,
        Some(dims) => Box::new(Shape::Array {
            elem,
            dims: dims.to_vec(),
        }),
    };
    let dims = dims.into_iter().take(1).collect();
    Shape::Array { elem, dims }
}

/// The layout of a pool.
fn pool(typed: &Typed, types: &mut Types, ty: Ty) -> Shape {
    let name = type_name(typed, types, ty);
    let TyKind::Pool(elem, size, rules) = types.kind(ty).clone() else {
        return Shape::structure(&name, []);
    };
    let elem = shape(typed, types, elem);
    let links = match rules.owner {
        Some(owner) => Some(Links::Owners(room(typed, types, owner.pool))),
        None if rules.full == Full::Fault => None,
        None => Some(Links::Age),
    };
    crate::pool::pool_shape(&name, elem, (size_of(size), links), &rules.queries)
}

/// The layout of an enum: a number, or a tag before the values of a variant.
fn choice(typed: &Typed, types: &mut Types, id: EnumId, args: &[GenericArg]) -> Shape {
    let def = &typed.enums[id];
    let (repr, name) = (enum_repr(def.variants.len()), &def.head.name);
    let variants = def.variants.iter();
    if !has_payload(def) {
        return Shape::Enum {
            repr,
            name: name.to_string(),
            variants: variants.map(|variant| variant.name.to_string()).collect(),
        };
    }
    let variants = variants.map(|variant| {
        let members = variant.payload.iter().map(|member| {
            let ty = types.subst(member.ty, args);
            (member.name.to_string(), shape(typed, types, ty))
        });
        (variant.name.to_string(), members.collect())
    });
    Shape::choice(repr, name, variants)
}

/// The layout of a struct, of a collection too.
fn structure(
    typed: &Typed,
    types: &mut Types,
    ty: Ty,
    (id, args): (StructId, &[GenericArg]),
) -> Shape {
    let name = type_name(typed, types, ty);
    let collection = typed.structs[id].collection;
    let members = typed.structs[id].members.iter().map(|member| {
        let ty = types.subst(member.ty, args);
        let inside = shape(typed, types, ty);
        let inside = match collection {
            Some(_) => in_slots(inside),
            None => inside,
        };
        (member.name.to_string(), inside)
    });
    let whole = Shape::structure(&name, members);
    match collection {
        Some(collection) => whole.holding(holds(types, collection, args)),
        None => whole,
    }
}

/// The layout of a concrete type.
pub(crate) fn shape(typed: &Typed, types: &mut Types, ty: Ty) -> Shape {
    match types.kind(ty).clone() {
        TyKind::Bool => Shape::Bool,
        TyKind::Int(int) if int.signed => Shape::Int(int_repr(int.bits)),
        TyKind::Int(int) => Shape::Uint(int_repr(int.bits)),
        TyKind::Float(FloatTy::F32) => Shape::Float(Repr::F32),
        TyKind::Float(FloatTy::F64) => Shape::Float(Repr::F64),
        TyKind::Duration | TyKind::Instant => Shape::Duration,
        TyKind::Handle(pool) => {
            let field = &typed.fields[pool];
            let context = &typed.contexts[field.context].head.name;
            Shape::Handle(format!("{context}.{}", field.name))
        }
        TyKind::Pool(..) => pool(typed, types, ty),
        TyKind::Enum(id, args) => choice(typed, types, id, &args),
        TyKind::Struct(id, args) => structure(typed, types, ty, (id, &args)),
        // The parts of a tuple are members named by number.
        TyKind::Tuple(parts) => {
            let parts = parts.iter().zip(0_u32..);
            let members =
                parts.map(|(part, n)| (n.to_string(), shape(typed, types, *part)));
            Shape::structure("", members)
        }
        TyKind::Array(elem, dims) => Shape::Array {
            elem: Box::new(shape(typed, types, elem)),
            dims: dims.iter().map(|dim| size_of(*dim)).collect(),
        },
        TyKind::Option(inner) => Shape::Option(Box::new(shape(typed, types, inner))),
        TyKind::Str(size) => Shape::Str {
            capacity: size_of(size),
        },
        TyKind::Text | TyKind::Slice(_) => Shape::structure(
            "view",
            [
                ("at".to_owned(), Shape::Uint(Repr::I64)),
                ("length".to_owned(), Shape::Int(Repr::I64)),
            ],
        ),
        TyKind::Ring(elem, size) => Shape::Ring {
            elem: Box::new(shape(typed, types, elem)),
            capacity: size_of(size),
            slots: size_of(size),
        },
        TyKind::Error | TyKind::Unit | TyKind::Fn(..) | TyKind::Param(_) => {
            Shape::structure("unit", [])
        }
    }
}

/// The name of a concrete type in names of functions: no blanks.
pub(crate) fn type_name(typed: &Typed, types: &Types, ty: Ty) -> String {
    match types.kind(ty) {
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(int) => format!("{}{}", if int.signed { 'i' } else { 'u' }, int.bits),
        TyKind::Float(FloatTy::F32) => "f32".to_owned(),
        TyKind::Float(FloatTy::F64) => "f64".to_owned(),
        TyKind::Duration => "duration".to_owned(),
        TyKind::Instant => "instant".to_owned(),
        TyKind::Handle(pool) => format!("handle<{}>", crate::program::index(*pool)),
        TyKind::Pool(elem, size, _) => {
            format!(
                "pool<{},{}>",
                type_name(typed, types, *elem),
                size_name(*size)
            )
        }
        TyKind::Struct(..) | TyKind::Enum(..) => {
            let (name, args) = match types.kind(ty) {
                TyKind::Struct(id, args) => (&typed.structs[*id].head.name, args),
                TyKind::Enum(id, args) => (&typed.enums[*id].head.name, args),
                _ => return String::new(),
            };
            if args.is_empty() {
                return name.to_string();
            }
            let args: Vec<String> = args
                .iter()
                .map(|arg| match arg {
                    GenericArg::Ty(ty) => type_name(typed, types, *ty),
                    GenericArg::Size(size) => size_name(*size),
                })
                .collect();
            format!("{name}<{}>", args.join(","))
        }
        TyKind::Array(elem, dims) => {
            let dims: Vec<String> = dims.iter().map(|dim| size_name(*dim)).collect();
            format!(
                "array<{},{}>",
                type_name(typed, types, *elem),
                dims.join(",")
            )
        }
        TyKind::Tuple(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|part| type_name(typed, types, *part))
                .collect();
            format!("tuple<{}>", parts.join(","))
        }
        TyKind::Option(inner) => format!("option<{}>", type_name(typed, types, *inner)),
        TyKind::Str(size) => format!("str<{}>", size_name(*size)),
        TyKind::Text => "str".to_owned(),
        TyKind::Slice(elem) => format!("slice<{}>", type_name(typed, types, *elem)),
        TyKind::Ring(elem, size) => {
            format!(
                "ring<{},{}>",
                type_name(typed, types, *elem),
                size_name(*size)
            )
        }
        TyKind::Error | TyKind::Unit | TyKind::Fn(..) | TyKind::Param(_) => {
            "unit".to_owned()
        }
    }
}

/// The name of a size in names of functions.
pub(crate) fn size_name(size: Size) -> String {
    match size {
        Size::Start(at) => format!("start{at}"),
        Size::Const(_) | Size::Param(_) | Size::Of(_) | Size::Error => {
            size_of(size).to_string()
        }
    }
}

impl Cx<'_> {
    /// Gives every field its place after the header, in the order of declaration; those in
    /// the journal come last.
    pub(crate) fn place_fields(&mut self, sink: &mut Sink) {
        let ids: Vec<FieldId> = self.typed.stored().map(|(id, _)| id).collect();
        let shapes: Vec<Shape> = ids.iter().map(|id| self.field_shape(*id)).collect();
        let known = ids.iter().copied().zip(shapes.iter().cloned());
        self.field_shapes = known.collect();
        let journaled = self.journaled();
        let in_block = |(id, _): &(&FieldId, &Shape)| !self.typed.is_buffer(**id);
        let placed = ids.iter().zip(&shapes).filter(in_block);
        let (last, first): (Vec<_>, Vec<_>) =
            placed.partition(|(id, _)| journaled.contains(*id));
        let start = u64::from(HEADER_SIZE);
        let Some(end) = self.place_in_order(start, &first, sink) else {
            return;
        };
        let end = self.place_kept(end);
        let end = self.place_heavy(align_up(end, 8));
        let region = align_up(end, u64::from(crate::journal::BLOCK));
        let start = if last.is_empty() { end } else { region };
        let Some(mut end) = self.place_in_order(start, &last, sink) else {
            return;
        };
        let has_journal = !last.is_empty();
        if has_journal {
            end = align_up(end, u64::from(crate::journal::BLOCK));
        }
        self.describe_fields(ids.into_iter().zip(shapes));
        self.index_heavy();
        self.index_cached();
        self.index_ages();
        let end = u32::try_from(align_up(end, 8)).unwrap_or(u32::MAX);
        self.image.context_end = end;
        self.image.fixed_end = end;
        if has_journal {
            let region = u32::try_from(region).unwrap_or(end);
            self.reserve_journal((region, end));
        }
    }

    /// Places fields one after the other; gives the end.
    fn place_in_order(
        &mut self,
        start: u64,
        fields: &[(&FieldId, &Shape)],
        sink: &mut Sink,
    ) -> Option<u64> {
        let mut at = start;
        for (id, shape) in fields {
            let heavy = self.typed.fields[**id].zone == image::Zone::Heavy;
            at = align_up(at, u64::from(shape.align()));
            if heavy {
                // No block of the journal holds payload together with what is undone.
                let head = u64::from(crate::place::payload_offset(shape));
                at = align_up(at + head, u64::from(crate::journal::BLOCK)) - head;
            }
            let size = shape.size() + self.room_for_ages(**id, shape);
            let most = u64::from(u32::MAX >> 2);
            if size > most || at + size > most {
                let field = &self.typed.fields[**id];
                let text = format!("`{}` needs {size} bytes", field.name);
                sink.push(
                    Diagnostic::new(Code::TooMuchMemory, field.span, text)
                        .help("one program can have 1 GiB: make the type smaller"),
                );
                return None;
            }
            let offset = u32::try_from(at).unwrap_or(u32::MAX);
            self.offsets.insert(**id, offset);
            at += size;
            if heavy {
                at = align_up(at, u64::from(crate::journal::BLOCK));
            }
        }
        Some(at)
    }

    fn describe_fields(&mut self, fields: impl Iterator<Item = (FieldId, Shape)>) {
        for (id, shape) in fields {
            let offset = self.offsets.get(&id).copied().unwrap_or(0);
            self.image_fields(id, offset, &shape);
        }
    }

    /// The fields of the image that a field is: one, or one for each of several contexts.
    fn image_fields(&mut self, id: FieldId, offset: u32, shape: &Shape) {
        let field = &self.typed.fields[id];
        self.image_index.insert(id, self.image.fields.len());
        // A heavy collection lies where data lie: it is shown, saved and recorded as they are.
        let zone = match field.zone {
            image::Zone::Heavy if !self.typed.is_buffer(id) => image::Zone::Data,
            zone => zone,
        };
        let one = |path: String, offset: u32, shape: Shape| image::Field {
            path,
            zone,
            offset,
            shape,
            range: field.range,
            loc: loc(field.span),
        };
        let Some(count) = self.typed.several(id) else {
            let path = self.typed.field_path(id);
            return self.image.fields.push(one(path, offset, shape.clone()));
        };
        let shape = element_shape(shape);
        let size = u32::try_from(shape.size()).unwrap_or(u32::MAX);
        let mut offset = offset;
        for at in 0..count.get() {
            let path = self.typed.element_path(id, at);
            self.image.fields.push(one(path, offset, shape.clone()));
            offset = offset.saturating_add(size);
        }
    }

    /// The layout of a field: a ring has as many spare slots as one process can push.
    fn field_shape(&mut self, id: FieldId) -> Shape {
        match shape(self.typed, &mut self.types, self.typed.fields[id].ty) {
            Shape::Ring { elem, capacity, .. } => {
                let spare = crate::bound::spare_slots(self.typed, id, capacity);
                Shape::Ring {
                    elem,
                    capacity,
                    slots: capacity + spare,
                }
            }
            other @ (Shape::Bool
            | Shape::Int(_)
            | Shape::Uint(_)
            | Shape::Float(_)
            | Shape::Duration
            | Shape::Handle(_)
            | Shape::Enum { .. }
            | Shape::Choice { .. }
            | Shape::Struct { .. }
            | Shape::Array { .. }
            | Shape::Str { .. }
            | Shape::Option(_)) => other,
        }
    }

    /// Reserves bytes after the contexts and returns their offset.
    pub(crate) fn reserve(&mut self, size: u64, align: u32) -> u32 {
        let at = align_up(u64::from(self.image.fixed_end), u64::from(align.max(8)));
        let end = u32::try_from(at + size).unwrap_or(u32::MAX);
        self.image.fixed_end = end;
        u32::try_from(at).unwrap_or(u32::MAX)
    }

    /// Gives every row of a sink or source its area.
    pub(crate) fn place_rows(&mut self) {
        self.image.fixed_end = self.image.fixed_end.next_multiple_of(8);
    }
}

/// The shape of a row of an array.
fn element_shape(shape: &Shape) -> Shape {
    match shape {
        Shape::Array { elem, dims } => match dims.split_first() {
            Some((_, rest)) if !rest.is_empty() => Shape::Array {
                elem: elem.clone(),
                dims: rest.to_vec(),
            },
            _ => (**elem).clone(),
        },
        other => other.clone(),
    }
}
