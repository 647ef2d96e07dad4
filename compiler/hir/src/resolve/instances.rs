//! Contexts of a context type: their fields are those of the type. Of several contexts each
//! field is one array, so that an element is found by its index and undone like any other.

use std::sync::Arc;

use cranelift_entity::EntityRef;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::{Path, Size as WrittenSize, item as tree};

use crate::body::{Expr, ExprKind};
use crate::build::dotted;
use crate::cx::{ContextTree, Cx, Env};
use crate::ids::{ContextId, FieldId, ModuleId};
use crate::item::{ContextKind, Count, Field, Process, Swap};
use crate::resolve::scope::{Def, Walk, unknown};
use crate::subst::{Stand, Subst};
use crate::ty::{Size, Ty, TyKind};
use crate::walk::{each_expr, each_expr_of_block};

/// Most contexts of one name: each field of each is a path of its own.
const MAX_COUNT: u64 = 4096;
/// Most fields of all arrays of contexts of a program.
const MAX_FIELDS: u64 = 16_384;

/// Gives all contexts their fields: contexts in order of text, then what has no memory.
pub(crate) fn fields(cx: &mut Cx<'_>) {
    let ids: Vec<ContextId> = cx.out.contexts.keys().collect();
    for id in &ids {
        match cx.trees.contexts[*id] {
            ContextTree::Own(tree) if !tree.is_type => own_fields(cx, *id, tree),
            ContextTree::Own(_) | ContextTree::Param => {}
            ContextTree::Of(tree) => {
                let module = cx.out.contexts[*id].head.module;
                if let Some(of) = context_type(cx, module, &tree.of) {
                    type_fields(cx, *id, of);
                }
            }
        }
    }
    for id in ids {
        if let ContextTree::Own(tree) = cx.trees.contexts[id]
            && tree.is_type
        {
            own_fields(cx, id, tree);
        }
    }
}

fn own_fields<'a>(cx: &mut Cx<'a>, id: ContextId, tree: &'a tree::Context) {
    for member in &tree.members {
        field(cx, id, member);
    }
}

/// The fields of a context type, for a context of that type.
pub(crate) fn type_fields(cx: &mut Cx<'_>, id: ContextId, of: ContextId) {
    cx.out.contexts[id].of = Some(of);
    if cx.out.contexts[id].kind == ContextKind::Error {
        cx.out.contexts[id].kind = ContextKind::One;
    }
    if let ContextTree::Own(tree) = cx.trees.contexts[of] {
        own_fields(cx, id, tree);
    }
}

fn field<'a>(cx: &mut Cx<'a>, context: ContextId, member: &'a tree::Member) {
    cx.trees.fields.push(Some(member));
    let id = cx.out.fields.push(Field {
        context,
        name: Arc::clone(&member.name.text),
        zone: match member.zone {
            None => Zone::Data,
            Some((tree::Zone::Global, _)) => Zone::Global,
            Some((tree::Zone::Signal, _)) => Zone::Signal,
            Some((tree::Zone::Meta, _)) => Zone::Meta,
            Some((tree::Zone::Heavy | tree::Zone::Swap | tree::Zone::SwapCopy, _)) => {
                Zone::Heavy
            }
        },
        swap: match member.zone {
            Some((tree::Zone::Swap, _)) => Some(Swap::Whole),
            Some((tree::Zone::SwapCopy, _)) => Some(Swap::Copy),
            _ => None,
        },
        ty: Ty::ERROR,
        range: None,
        default: None,
        docs: member.docs.clone(),
        span: member.name.span,
    });
    cx.out.contexts[context].fields.push(id);
}

/// The context type that a path names; `None`, reported, if it names none.
pub(crate) fn context_type(
    cx: &mut Cx<'_>,
    module: ModuleId,
    path: &Path,
) -> Option<ContextId> {
    let found = match cx.walk(module, &path.words) {
        Walk::Found(Def::ContextType(id), []) => return Some(id),
        Walk::Error => return None,
        Walk::Found(def, _) => {
            let help = match def {
                Def::Context(_) => {
                    "make it a type with `context type`, and name each context of it"
                }
                _ => "declare one: `context type Track { … }`",
            };
            let text = format!("this is {}", def.what());
            Diagnostic::new(Code::NotAContextType, path.span, text)
                .title(format!("`{}` is no context type", dotted(path)))
                .help(help)
        }
        Walk::Unknown(word, inside) => {
            let names = cx.candidates(module, inside, |def| {
                matches!(def, Def::ContextType(_)) || inside.is_none() && def.is_module()
            });
            let found = unknown(Code::NotAContextType, "context type", word, &names);
            if found.help.is_empty() {
                found.help(format!("declare it: `context type {} {{ … }}`", word.text))
            } else {
                found
            }
        }
    };
    cx.report(found);
    None
}

/// Types, ranges, defaults and invariants of the contexts of types, which are typed before.
pub(crate) fn values(cx: &mut Cx<'_>) {
    for id in cx.out.contexts.keys().collect::<Vec<_>>() {
        let Some(of) = cx.out.contexts[id].of else {
            continue;
        };
        let own = subst(cx, id, of, None);
        defaults(cx, id, of, &own);
        invariants(cx, id, of);
    }
}

/// Types and ranges of the fields: before any default or invariant names one.
pub(crate) fn types(cx: &mut Cx<'_>) {
    let mut total = 0_u64;
    for id in cx.out.contexts.keys().collect::<Vec<_>>() {
        let Some(of) = cx.out.contexts[id].of else {
            continue;
        };
        if let ContextTree::Of(tree) = cx.trees.contexts[id]
            && let Some(written) = &tree.count
        {
            let count = count(cx, id, written);
            let fields = u64::try_from(cx.out.contexts[of].fields.len()).unwrap_or(0);
            let more = count.map_or(0, |count| count.get().saturating_mul(fields));
            total = total.saturating_add(more);
            cx.out.contexts[id].kind = match count {
                Some(count) if total <= MAX_FIELDS => ContextKind::Many(count),
                Some(_) => {
                    too_many_fields(cx, written.expr.span, total);
                    total -= more;
                    ContextKind::Error
                }
                None => ContextKind::Error,
            };
        }
        copy_types(cx, id, of);
    }
}

fn too_many_fields(cx: &mut Cx<'_>, span: Span, total: u64) {
    let text = format!("{total} fields with these");
    let found = Diagnostic::new(Code::BadSize, span, text)
        .title(format!(
            "arrays of contexts have more than {MAX_FIELDS} fields"
        ))
        .help("many things of one kind belong in an array or a pool of one context");
    cx.report(found);
}

/// Gives a context of a type the types and ranges of its fields.
pub(crate) fn copy_types(cx: &mut Cx<'_>, id: ContextId, of: ContextId) {
    for (field, from) in pairs(cx, id, of) {
        let known = cx.out.fields[from].clone();
        let ty = match cx.out.contexts[id].kind {
            ContextKind::Many(count) => column(cx, id, from, count),
            ContextKind::Error => Ty::ERROR,
            ContextKind::One | ContextKind::Abstract => known.ty,
        };
        let found = &mut cx.out.fields[field];
        found.ty = ty;
        found.range = known.range;
    }
}

/// The type of a field of several contexts.
fn column(cx: &mut Cx<'_>, id: ContextId, from: FieldId, count: Count) -> Ty {
    let ty = cx.out.fields[from].ty;
    if cx.out.fields[from].zone == Zone::Heavy && ty != Ty::ERROR {
        let head = cx.out.contexts[id].head.clone();
        let span = cx.out.fields[from].span;
        let found = Diagnostic::new(Code::HeavyColumn, head.span, "several contexts")
            .title("an array of contexts has no heavy fields")
            .label(span, "the type has a heavy field here")
            .help("name each context: `context left: T`, `context right: T`, or keep the field outside with one more dimension: `heavy frames: [f64; 4, 1024]`");
        cx.report(found);
        return Ty::ERROR;
    }
    if cx.out.ttl_of(ty).is_some() {
        let head = cx.out.contexts[id].head.clone();
        let span = cx.out.fields[from].span;
        let found = Diagnostic::new(
            Code::NoTtl,
            head.span,
            "several contexts, so several fields in one",
        )
        .title("only a whole field has a time to live")
        .label(span, "the type has one here")
        .help("name each context: `context left: T`, `context right: T`");
        cx.report(found);
        return Ty::ERROR;
    }
    match ty {
        Ty::ERROR => ty,
        _ => cx.array(ty, vec![Size::Const(count.get())]),
    }
}

fn pairs(cx: &Cx<'_>, id: ContextId, of: ContextId) -> Vec<(FieldId, FieldId)> {
    let own = cx.out.contexts[id].fields.iter().copied();
    own.zip(cx.out.contexts[of].fields.iter().copied())
        .collect()
}

/// How many contexts a name stands for: a number, or the variants of an enum.
fn count(cx: &mut Cx<'_>, id: ContextId, written: &WrittenSize) -> Option<Count> {
    let module = cx.out.contexts[id].head.module;
    if let Some(words) = crate::resolve::sizes::words_of(&written.expr)
        && let Walk::Found(Def::Enum(id), []) = cx.walk(module, &words)
    {
        cx.ensure_payloads(id);
        let found = &cx.out.enums[id];
        let carries = found.variants.iter().find(|it| !it.payload.is_empty());
        if let Some(variant) = carries {
            let place = variant.span;
            let text = "this enum has more values than variants";
            let found = Diagnostic::new(Code::BadSize, written.expr.span, text)
                .title("contexts are counted by an enum without payloads")
                .label(place, "this variant carries a payload")
                .help("count them by a number, or by an enum of names alone");
            cx.report(found);
            return None;
        }
        let variants = found.variants.len();
        return Some(Count::Variants(id, u64::try_from(variants).unwrap_or(0)));
    }
    match cx.size(&Env::plain(module), &written.expr) {
        Size::Const(count) if count <= MAX_COUNT => Some(Count::Number(count)),
        Size::Const(count) => {
            let span = written.expr.span;
            let found = Diagnostic::new(Code::BadSize, span, format!("this is {count}"))
                .title(format!("one name stands for at most {MAX_COUNT} contexts"))
                .help(
                    "many things of one kind belong in an array or a pool of one context",
                );
            cx.report(found);
            None
        }
        Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => None,
    }
}

/// What replaces the fields of a type by those of a context of it, or of one of several.
pub(crate) fn subst(
    cx: &mut Cx<'_>,
    id: ContextId,
    of: ContextId,
    element: Option<u64>,
) -> Subst {
    let mut subst = Subst::default();
    for (field, from) in pairs(cx, id, of) {
        let at = element.map(|at| index_expr(cx, field, at));
        let ty = cx.out.fields[field].ty;
        let rows = matches!(cx.kind(cx.out.fields[from].ty), TyKind::Array(..));
        let stand = Stand {
            field,
            ty,
            at,
            rows: rows && element.is_some(),
        };
        subst.fields.insert(from, stand);
    }
    subst
}

/// The constant index of one of several contexts.
fn index_expr(cx: &mut Cx<'_>, field: FieldId, at: u64) -> Expr {
    let (kind, ty) = match cx.out.several(field) {
        Some(Count::Variants(id, _)) => {
            let at = u32::try_from(at).unwrap_or(0);
            (
                ExprKind::Variant(id, at, Vec::new()),
                cx.intern(TyKind::Enum(id, Vec::new())),
            )
        }
        Some(Count::Number(_)) | None => (ExprKind::Int(i128::from(at)), Ty::I64),
    };
    let span = cx.out.fields[field].span;
    Expr { kind, ty, span }
}

fn defaults(cx: &mut Cx<'_>, id: ContextId, of: ContextId, own: &Subst) {
    for (field, from) in pairs(cx, id, of) {
        let Some(default) = cx.out.fields[from].default.clone() else {
            continue;
        };
        let mut named = Vec::new();
        each_expr(&default, &mut |expr| {
            if let ExprKind::Field(id) = expr.kind {
                named.push(id);
            }
        });
        earlier(cx, id, field, default.span, &named);
        let ty = cx.out.fields[field].ty;
        let kind = cx.out.contexts[id].kind;
        let value = match kind {
            ContextKind::One => own.expr(&default),
            ContextKind::Many(count) => {
                let span = default.span;
                let kind = if named.is_empty() {
                    ExprKind::Fill(Box::new(default))
                } else {
                    let each = |at| subst(cx, id, of, Some(at)).expr(&default);
                    ExprKind::Array((0..count.get()).map(each).collect())
                };
                Expr { kind, ty, span }
            }
            ContextKind::Abstract | ContextKind::Error => continue,
        };
        cx.out.fields[field].default = Some(value);
    }
}

/// A default of a type may name a global of another context: it must be earlier than the
/// context of the type.
fn earlier(
    cx: &mut Cx<'_>,
    id: ContextId,
    field: FieldId,
    span: Span,
    named: &[FieldId],
) {
    let of = cx.out.contexts[id].of;
    let late = named.iter().copied().find(|named| {
        Some(cx.out.fields[*named].context) != of && named.index() >= field.index()
    });
    let Some(late) = late else { return };
    let (head, name) = (&cx.out.contexts[id].head, cx.out.field_path(late));
    let found =
        Diagnostic::new(Code::NotConstant, head.span, "declared before that global")
            .title(format!(
                "the defaults of `{}` name a later global",
                head.name
            ))
            .label(span, format!("this default names `{name}`"))
            .help("move the context of that global up, before this one");
    cx.report(found);
}

fn invariants(cx: &mut Cx<'_>, id: ContextId, of: ContextId) {
    let (written, locals) = {
        let found = &cx.out.contexts[of];
        (found.invariants.clone(), found.locals.clone())
    };
    let elements: Vec<Option<u64>> = match cx.out.contexts[id].kind {
        ContextKind::One => vec![None],
        ContextKind::Many(count) => (0..count.get()).map(Some).collect(),
        ContextKind::Abstract | ContextKind::Error => Vec::new(),
    };
    let mut all = Vec::new();
    for element in elements {
        let subst = subst(cx, id, of, element);
        all.extend(written.iter().map(|expr| subst.expr(expr)));
    }
    cx.out.contexts[id].invariants = all;
    cx.out.contexts[id].locals = locals;
}

impl Cx<'_> {
    /// Whether a process asks for the last value of a field.
    pub(crate) fn kept_of(&self, process: &Process, field: FieldId) -> bool {
        let mut found = false;
        let mut visit = |expr: &Expr| {
            found |= matches!(expr.kind, ExprKind::Prev(id) if id == field);
        };
        let clauses = process.requires.iter().chain(&process.ensures);
        clauses.for_each(|clause| each_expr(clause, &mut visit));
        each_expr_of_block(&process.body.block, &mut visit);
        found
    }

    /// Fields without memory have no last values: those that stand for them have.
    pub(crate) fn drop_abstract_prevs(&mut self) {
        let (fields, contexts) = (&self.out.fields, &self.out.contexts);
        let stored = |id: &FieldId| contexts[fields[*id].context].is_stored();
        self.out.prevs.retain(stored);
    }
}
