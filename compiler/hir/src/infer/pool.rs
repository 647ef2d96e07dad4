//! Pools: their methods, their elements by handle, and the element of an `each`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::expr::Arg;

use super::Checker;
use super::call::arguments;
use super::mismatch::at;
use crate::body::{Expr, ExprKind, PoolOp};
use crate::ids::FieldId;
use crate::resolve::scope::unknown;
use crate::ty::{Full, Ty, TyKind};

/// What an argument or result of a method is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Nothing,
    Element,
    Maybe,
    Handle,
    /// A handle, or `none`.
    MaybeHandle,
    Bool,
    Count,
    Whole,
    /// A closure from an element to `bool`.
    Test,
    /// A handle of the pool that owns this one.
    Owner,
}

/// The methods of a pool: name, what it does, its argument, its result.
const METHODS: &[(&str, PoolOp, Of, Of)] = &[
    ("insert", PoolOp::Insert, Of::Element, Of::Handle),
    ("get", PoolOp::Get, Of::Handle, Of::Maybe),
    ("has", PoolOp::Has, Of::Handle, Of::Bool),
    ("free", PoolOp::Free, Of::Handle, Of::Nothing),
    ("clear", PoolOp::Clear, Of::Nothing, Of::Nothing),
    ("retain", PoolOp::Retain, Of::Test, Of::Nothing),
    ("owner", PoolOp::Owner, Of::Handle, Of::Owner),
    ("len", PoolOp::Len, Of::Nothing, Of::Count),
    ("capacity", PoolOp::Capacity, Of::Nothing, Of::Count),
    ("handles", PoolOp::Handles, Of::Nothing, Of::Whole),
];

impl Checker<'_, '_> {
    /// `pool.name(args)`, if the receiver is a pool.
    pub(crate) fn pool_method(
        &mut self,
        receiver: &Expr,
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Option<Expr> {
        let TyKind::Pool(elem, ..) = *self.kind(receiver.ty) else {
            return None;
        };
        let (field, owned) = match receiver.kind {
            ExprKind::Field(field) => (field, false),
            ExprKind::Owned(_, field) => (field, true),
            ExprKind::Error => return Some(Self::error(span)),
            _ => {
                self.loose_args(args);
                return Some(self.pool_value(receiver.span));
            }
        };
        if !owned
            && let Some(found) = self.pool_query((receiver, field), name, args, span)
        {
            return Some(found);
        }
        let owner = self.cx.out.owner_of(field);
        if &*name.text == "insert" && owner.is_some() && !owned {
            self.loose_args(args);
            return Some(self.no_owner(field, span));
        }
        let fits = |op: PoolOp| op != PoolOp::Owner || (owner.is_some() && !owned);
        let found = METHODS
            .iter()
            .find(|(known, op, ..)| *known == &*name.text && fits(*op));
        let Some((_, op, takes, gives)) = found else {
            self.loose_args(args);
            self.no_pool_method(receiver, name);
            return Some(Self::error(span));
        };
        let wanted = usize::from(*takes != Of::Nothing);
        if args.len() != wanted {
            self.loose_args(args);
            let label = format!("{} given", args.len());
            let found = Diagnostic::new(Code::WrongArity, span, label)
                .title(format!("`{}` takes {}", name.text, arguments(wanted)))
                .help(match takes {
                    Of::Element => "give the value: `town.people.insert(Person(age: 3))`",
                    Of::Handle => "give a handle: `town.people.get(h)`",
                    Of::Test => "say which stay: `town.people.retain(|p| p.age < 100)`",
                    _ => "write it without arguments",
                });
            self.report(found);
            return Some(Self::error(span));
        }
        self.plain(args);
        let mut parts = vec![receiver.clone()];
        for arg in args {
            let due = self.pool_type(*takes, field, elem);
            let why = at(receiver.span, "the pool decides the type");
            let value = match takes {
                Of::Handle => self.handle_of(&arg.value, field, receiver.span),
                Of::Test => {
                    let test = &arg.value;
                    let test = self.closure_argument(test, &[elem], Ty::BOOL, name.span);
                    self.coerce(test, due, why)
                }
                _ => self.check(&arg.value, due, why),
            };
            parts.push(value);
        }
        let scored = self.pool_score(*op, field, elem, name.span);
        let gives = if scored.is_some() {
            Of::MaybeHandle
        } else {
            *gives
        };
        parts.extend(scored);
        Some(Expr {
            kind: ExprKind::Pool(*op, parts),
            ty: match gives {
                Of::Whole => receiver.ty,
                Of::Owner => owner.map_or(Ty::ERROR, |owner| {
                    self.cx.intern(TyKind::Handle(owner.pool))
                }),
                _ => self.pool_type(gives, field, elem),
            },
            span,
        })
    }

    /// The score by which a pool that is full chooses what leaves.
    fn pool_score(
        &mut self,
        op: PoolOp,
        field: FieldId,
        elem: Ty,
        span: Span,
    ) -> Option<Expr> {
        match self.cx.out.full_of(field) {
            Full::Least(score, _) if op == PoolOp::Insert => {
                let score = *score;
                Some(self.score(score, &[elem], span))
            }
            Full::Least(..) | Full::Fault | Full::Oldest | Full::Touched => None,
        }
    }

    fn pool_type(&mut self, of: Of, field: FieldId, elem: Ty) -> Ty {
        match of {
            Of::Nothing | Of::Whole | Of::Owner => Ty::UNIT,
            Of::Element => elem,
            Of::Maybe => self.cx.intern(TyKind::Option(elem)),
            Of::Handle => self.cx.intern(TyKind::Handle(field)),
            Of::MaybeHandle => {
                let handle = self.cx.intern(TyKind::Handle(field));
                self.cx.intern(TyKind::Option(handle))
            }
            Of::Bool => Ty::BOOL,
            Of::Count => Ty::I64,
            Of::Test => self.cx.intern(TyKind::Fn(vec![elem], Ty::BOOL)),
        }
    }

    pub(super) fn no_pool_method(&mut self, receiver: &Expr, name: &Name) {
        let names: Vec<std::sync::Arc<str>> =
            METHODS.iter().map(|(name, ..)| (*name).into()).collect();
        let text = self.show(receiver.ty);
        let found = unknown(Code::UnknownMethod, "function", name, &names)
            .title(format!("`{text}` has no function `{}`", name.text))
            .label(receiver.span, format!("this is `{text}`"));
        let found = match &*name.text {
            "push" | "add" | "append" => {
                found.help("a pool is filled with `insert`, which gives a handle")
            }
            "remove" | "delete" => found.help("`free(h)` gives the slot back"),
            _ if found.help.is_empty() => found.help(
                "it has `insert`, `get`, `has`, `free`, `retain`, `clear`, `len`, `capacity` and `handles`",
            ),
            _ => found,
        };
        self.report(found);
    }

    /// `pool[h]`.
    pub(crate) fn pool_element(
        &mut self,
        base: Expr,
        indices: &[tree::Expr],
        elem: Ty,
        span: Span,
    ) -> Expr {
        let (ExprKind::Field(field) | ExprKind::Owned(_, field), [index]) =
            (&base.kind, indices)
        else {
            let found = Diagnostic::new(Code::WrongRank, span, "one handle")
                .title("an element of a pool has one handle")
                .help("write `town.people[h]`");
            self.report(found);
            return Self::error(span);
        };
        let handle = self.handle_of(index, *field, base.span);
        Expr {
            kind: ExprKind::PoolAt(Box::new(base), Box::new(handle)),
            ty: elem,
            span,
        }
    }

    /// A handle of that pool.
    fn handle_of(&mut self, written: &tree::Expr, field: FieldId, pool: Span) -> Expr {
        let due = self.cx.intern(TyKind::Handle(field));
        let found = self.expr(written, Some(due));
        if found.ty == Ty::ERROR || found.ty == due {
            return found;
        }
        let (text, want) = (self.show(found.ty), self.show(due));
        let report =
            Diagnostic::new(Code::WrongHandle, found.span, format!("this is `{text}`"))
                .title(format!("expected `{want}`, found `{text}`"))
                .label(pool, "of this pool");
        let report = report.help(match self.kind(found.ty) {
            TyKind::Handle(_) => "a handle names one pool: it is of no use in another",
            TyKind::Option(_) => {
                "say first what to do with `none`: `h ?? other`, `… else { return }`"
            }
            TyKind::Int(_) => {
                "slots have no numbers: keep the handle that `insert` gives, or loop with `for`"
            }
            _ => "`insert` gives a handle, and `handles()` all of them",
        });
        self.report(report);
        Expr::error(due, found.span)
    }

    /// `a.free()` and `a.handle()` of the element of an `each` over a pool.
    pub(crate) fn element_method(
        &mut self,
        receiver: &Expr,
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Option<Expr> {
        let ExprKind::Elem(base) = &receiver.kind else {
            return None;
        };
        let (ExprKind::Field(field), TyKind::Pool(..)) = (&base.kind, self.kind(base.ty))
        else {
            return None;
        };
        let (op, ty) = match &*name.text {
            "free" => (PoolOp::Leave, Ty::UNIT),
            "handle" => (PoolOp::Own, self.cx.intern(TyKind::Handle(*field))),
            "owner" => {
                let owner = self.cx.out.owner_of(*field)?;
                (PoolOp::Owner, self.cx.intern(TyKind::Handle(owner.pool)))
            }
            _ => return None,
        };
        if !args.is_empty() {
            self.loose_args(args);
            let label = format!("{} given", args.len());
            let found = Diagnostic::new(Code::WrongArity, span, label).title(format!(
                "`{}` takes {}",
                name.text,
                arguments(0)
            ));
            self.report(found);
            return Some(Self::error(span));
        }
        Some(Expr {
            kind: ExprKind::Pool(op, vec![receiver.clone()]),
            ty,
            span,
        })
    }

    /// `a.memories`: what of an owned pool belongs to an element of its owner.
    pub(super) fn owned_pool(
        &mut self,
        base: &Expr,
        name: &Name,
        span: Span,
    ) -> Option<Expr> {
        let (ExprKind::Elem(of) | ExprKind::PoolAt(of, _)) = &base.kind else {
            return None;
        };
        let (ExprKind::Field(owner) | ExprKind::Owned(_, owner)) = of.kind else {
            return None;
        };
        let owned = self.cx.out.owned_directly(owner);
        let field = owned
            .into_iter()
            .find(|field| self.cx.out.fields[*field].name == name.text)?;
        self.cx.used(name.span, self.cx.out.fields[field].span);
        Some(Expr {
            kind: ExprKind::Owned(Box::new(base.clone()), field),
            ty: self.cx.out.fields[field].ty,
            span,
        })
    }

    /// How to reach what belongs to an element, where there is only a copy of it.
    pub(super) fn owned_of_copy(&self, elem: Ty, name: &Name) -> Option<String> {
        let owner = self.cx.out.fields.iter().find_map(|(id, field)| {
            let owner = self
                .cx
                .out
                .owner_of(id)
                .filter(|_| field.name == name.text)?;
            let item = &self.cx.out.fields[owner.pool];
            matches!(self.kind(item.ty), TyKind::Pool(of, ..) if *of == elem)
                .then_some(item)
        })?;
        let context = &self.cx.out.contexts[owner.context].head.name;
        let pool = format!("{context}.{}", owner.name);
        Some(format!(
            "this is a copy, which owns nothing: `for h in {pool}.handles()` and `{pool}[h].{}`",
            name.text
        ))
    }

    /// Reports an element of an owned pool that would belong to nobody.
    fn no_owner(&mut self, field: FieldId, span: Span) -> Expr {
        let name = self.cx.out.fields[field].name.clone();
        let owner = self
            .cx
            .out
            .owner_of(field)
            .map_or(field, |owner| owner.pool);
        let owner = &self.cx.out.fields[owner];
        let context = &self.cx.out.contexts[owner.context].head.name;
        let owner = format!("{context}.{}", owner.name);
        let found = Diagnostic::new(Code::NoOwner, span, "whose shall it be?")
            .title(format!("elements of `{name}` belong to others"))
            .label(self.cx.out.fields[field].span, "an owned pool")
            .help(format!(
                "insert by way of the owner: `{owner}[h].{name}.insert(…)`, or `a.{name}.insert(…)` of the `a` of an `each`"
            ));
        self.report(found);
        Expr::error(self.cx.intern(TyKind::Handle(field)), span)
    }

    /// What a `for` over a pool goes through: elements or handles.
    pub(crate) fn pool_items(&mut self, over: &Expr) -> Option<Ty> {
        let TyKind::Pool(elem, ..) = *self.kind(over.ty) else {
            return None;
        };
        match &over.kind {
            ExprKind::Field(_) | ExprKind::Owned(..) => Some(elem),
            ExprKind::Pool(_, args) => match args.first()?.kind {
                ExprKind::Field(field) | ExprKind::Owned(_, field) => {
                    Some(self.cx.intern(TyKind::Handle(field)))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// Reports a pool where a value is due.
    pub(crate) fn pool_value(&mut self, span: Span) -> Expr {
        let found = Diagnostic::new(Code::PoolPlace, span, "this is a whole pool")
            .title("a pool is not a value")
            .help("name an element: `town.people[h]`, or loop: `for p in town.people`");
        self.report(found);
        Self::error(span)
    }
}
