//! `{ unique name  index age  grid at cell 5.0 }` of a pool: what its elements are found by.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::item::{self, Member, QueryKind};

use crate::cx::Cx;
use crate::resolve::scope::unknown;
use crate::ty::{FloatTy, PoolRules, Query, Ty, TyKind};

impl Cx<'_> {
    /// The type of a field with its queries.
    pub(super) fn with_queries(&mut self, member: &Member, ty: Ty) -> Ty {
        let Some(first) = member.queries.first() else {
            return ty;
        };
        if ty == Ty::ERROR {
            return ty;
        }
        let TyKind::Pool(elem, size, rules) = self.kind(ty).clone() else {
            let text = format!("this is `{}`", self.show(&[], ty));
            let found = Diagnostic::new(Code::BadQuery, member.ty.span, text)
                .title("only pools are asked for their elements")
                .label(first.span, "asked so")
                .help("make it a pool, or take this away");
            self.report(found);
            return Ty::ERROR;
        };
        let mut queries: Vec<Query> = Vec::new();
        for written in &member.queries {
            let Some(query) = self.query(elem, written) else {
                continue;
            };
            if queries.iter().any(|known| known.name == query.name) {
                let found = Diagnostic::new(Code::BadQuery, written.span, "once more")
                    .title(format!("`{}` is declared twice", query.name))
                    .help("a member is found in one way: `unique`, `index` or `grid`");
                self.report(found);
                continue;
            }
            queries.push(query);
        }
        self.intern(TyKind::Pool(elem, size, PoolRules { queries, ..rules }))
    }

    fn query(&mut self, elem: Ty, written: &item::Query) -> Option<Query> {
        let TyKind::Struct(id, _) = *self.kind(elem) else {
            if elem != Ty::ERROR {
                let text = self.show(&[], elem);
                let label = format!("of `{text}`");
                let found = Diagnostic::new(Code::BadQuery, written.span, label)
                    .title("elements are found by their members")
                    .help("make the elements of the pool a struct");
                self.report(found);
            }
            return None;
        };
        self.ensure_members(id);
        let names = self.out.structs[id].members.iter();
        let names: Vec<Arc<str>> = names.map(|member| Arc::clone(&member.name)).collect();
        let Some(at) = names.iter().position(|name| *name == written.name.text) else {
            let found = unknown(Code::UnknownField, "member", &written.name, &names);
            self.report(found);
            return None;
        };
        let ty = self.out.member_types(elem).get(at).copied()?;
        if ty == Ty::ERROR {
            return None;
        }
        if !self.is_asked(written.kind, ty) {
            let text = format!("`{}` is `{}`", written.name.text, self.show(&[], ty));
            let found = Diagnostic::new(Code::BadQuery, written.span, text)
                .title("elements are not found by this")
                .help(match written.kind {
                    QueryKind::Unique => "`unique` takes integers, bools, durations, handles, plain enums and texts",
                    QueryKind::Index => "`index` takes numbers, bools and durations",
                    QueryKind::Grid => "`grid` takes points: `[f64; 2]`",
                });
            self.report(found);
            return None;
        }
        Some(Query {
            kind: written.kind,
            member: u32::try_from(at).unwrap_or(u32::MAX),
            name: Arc::clone(&written.name.text),
            ty,
            cell: self.cell(written)?,
        })
    }

    /// Whether elements can be found by a member of the type.
    fn is_asked(&self, kind: QueryKind, ty: Ty) -> bool {
        match (kind, self.kind(ty)) {
            (_, TyKind::Error)
            | (
                QueryKind::Unique | QueryKind::Index,
                TyKind::Bool | TyKind::Int(_) | TyKind::Duration | TyKind::Instant,
            )
            | (QueryKind::Unique, TyKind::Handle(_) | TyKind::Str(_))
            | (QueryKind::Index, TyKind::Float(_)) => true,
            (QueryKind::Unique, TyKind::Enum(id, _)) => {
                let variants = &self.out.enums[*id].variants;
                variants.iter().all(|variant| variant.payload.is_empty())
            }
            (QueryKind::Grid, TyKind::Array(elem, dims)) => {
                matches!(self.kind(*elem), TyKind::Float(FloatTy::F64))
                    && dims.as_slice() == [crate::ty::Size::Const(2)]
            }
            _ => false,
        }
    }

    /// The bits of the size of the cells of a grid.
    fn cell(&mut self, written: &item::Query) -> Option<u64> {
        let size = match written.cell.as_ref().map(|cell| &cell.kind) {
            Some(tree::ExprKind::Float(size, ..)) => Some(*size),
            _ => None,
        };
        let good = match (written.kind, size) {
            (QueryKind::Grid, Some(size)) => size > 0.0 && size.is_finite(),
            (QueryKind::Grid, None) => false,
            (QueryKind::Unique | QueryKind::Index, _) => written.cell.is_none(),
        };
        if !good {
            let found = Diagnostic::new(Code::BadQuery, written.span, "of what size?")
                .title("a grid has cells of a size, nothing else has")
                .help("write a number above zero: `grid at cell 5.0`");
            self.report(found);
            return None;
        }
        Some(size.unwrap_or(0.0).to_bits())
    }
}
