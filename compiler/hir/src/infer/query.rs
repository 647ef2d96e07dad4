//! Queries of pools: `by_name(key)`, `by_age(lo..hi)`, `top_age(n)`, `near_at(point, radius)`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::expr::Arg;
use theus_grammar::ast::item::QueryKind;

use super::Checker;
use super::mismatch::at;
use crate::body::{Expr, ExprKind, PoolOp};
use crate::ids::FieldId;
use crate::ty::{PoolRules, Query, Ty, TyKind};

impl Checker<'_, '_> {
    /// A query of a pool, if the method is one.
    pub(super) fn pool_query(
        &mut self,
        (receiver, field): (&Expr, FieldId),
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Option<Expr> {
        let (verb, of) = name.text.split_once('_')?;
        let TyKind::Pool(_, _, PoolRules { queries, .. }) =
            self.kind(receiver.ty).clone()
        else {
            return None;
        };
        let known = |(_, query): &(usize, Query)| {
            &*query.name == of
                && match query.kind {
                    QueryKind::Unique => verb == "by",
                    QueryKind::Index => verb == "by" || verb == "top",
                    QueryKind::Grid => verb == "near",
                }
        };
        let (n, query) = queries.into_iter().enumerate().find(known)?;
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        self.plain(args);
        let why = at(receiver.span, "the pool decides the type");
        let mut parts = vec![receiver.clone()];
        let op = match (query.kind, verb, args) {
            (QueryKind::Unique, _, [key]) if range_of(key).is_none() => {
                parts.push(self.check(&key.value, query.ty, why));
                PoolOp::Find(n)
            }
            (QueryKind::Index, "top", [most]) => {
                parts.push(self.check(&most.value, Ty::I64, why));
                PoolOp::Top(n)
            }
            (QueryKind::Index, "by", []) => PoolOp::Sorted(n, true),
            (QueryKind::Index, "by", [range]) if range_of(range).is_some() => {
                let (lo, hi, inclusive) = range_of(range)?;
                parts.push(self.check(lo, query.ty, why));
                parts.push(self.check(hi, query.ty, why));
                PoolOp::Sorted(n, inclusive)
            }
            (QueryKind::Grid, _, [point, radius]) => {
                parts.push(self.check(&point.value, query.ty, why));
                parts.push(self.check(&radius.value, Ty::F64, why));
                PoolOp::Near(n)
            }
            _ => {
                self.loose_args(args);
                let label = format!("{} given", args.len());
                let found = Diagnostic::new(Code::WrongArity, span, label)
                    .title(format!("`{}` takes something else", name.text))
                    .help(match (query.kind, verb) {
                        (QueryKind::Unique, _) => "give the key: `by_name(\"Ada\")`",
                        (QueryKind::Index, "top") => "give how many: `top_age(10)`",
                        (QueryKind::Index, _) => {
                            "give a range, or nothing: `by_age(20..30)`, `by_age()`"
                        }
                        (QueryKind::Grid, _) => {
                            "give a point and a radius: `near_at([x, y], 5.0)`"
                        }
                    });
                self.report(found);
                let (kind, ty) = (ExprKind::Error, self.query_type(query.kind, field));
                return Some(Expr { kind, ty, span });
            }
        };
        let ty = match op {
            PoolOp::Find(_) => self.query_type(query.kind, field),
            _ => receiver.ty,
        };
        Some(Expr {
            kind: ExprKind::Pool(op, parts),
            ty,
            span,
        })
    }

    /// What a query gives as a value; the others are gone through.
    fn query_type(&mut self, kind: QueryKind, field: FieldId) -> Ty {
        if kind != QueryKind::Unique {
            return Ty::ERROR;
        }
        let handle = self.cx.intern(TyKind::Handle(field));
        self.cx.intern(TyKind::Option(handle))
    }

    /// Reports ranges among the arguments of what is no query.
    pub(super) fn no_ranges(&mut self, name: &Name, args: &[Arg]) {
        if !name.text.starts_with("by_") {
            return;
        }
        for arg in args.iter().filter(|arg| range_of(arg).is_some()) {
            let label = "unexpected range";
            let found = Diagnostic::new(Code::NotAValue, arg.value.span, label)
                .title("a range is no value")
                .help("ranges stand after `in`, in `for` heads, in patterns and queries");
            self.report(found);
        }
    }

    /// Reports handles of a pool where a value is due.
    pub(crate) fn loose_query(&mut self, span: Span) -> Expr {
        let found =
            Diagnostic::new(Code::PoolPlace, span, "these are handles, one by one")
                .title("the handles of a pool are gone through, not kept")
                .help("write a loop: `for h in town.people.handles() { … }`");
        self.report(found);
        Self::error(span)
    }
}

/// The ends of an argument that is a range.
fn range_of(arg: &Arg) -> Option<(&tree::Expr, &tree::Expr, bool)> {
    match &arg.value.kind {
        tree::ExprKind::Range(lo, hi, inclusive) => Some((lo, hi, *inclusive)),
        _ => None,
    }
}
