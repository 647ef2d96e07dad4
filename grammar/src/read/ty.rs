//! Types and sizes.

use std::sync::Arc;

use crate::ast::ty::{Full, OrderKey, Range, Rules, TyArg, TyKind};
use crate::ast::{Path, Size, Ty};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::later::{self, Later};
use super::{Reader, inner};

/// Types that are designed but not built, with a phrase for the message.
const LATER_TYPES: &[(&str, Later)] =
    &[("texts", later::TEXTS), ("index", later::INDICES)];

impl Reader<'_> {
    /// A type.
    pub(super) fn ty(&self, pair: Pair<'_>) -> Ty {
        let span = self.span(&pair);
        let mut pairs = inner(pair);
        let Some(base) = pairs.next() else {
            return Ty {
                kind: TyKind::Bad,
                span,
            };
        };
        let base = self.ty_base(base);
        match pairs.next() {
            Some(_) => Ty {
                kind: TyKind::Option(Box::new(base)),
                span,
            },
            None => base,
        }
    }

    fn ty_base(&self, pair: Pair<'_>) -> Ty {
        let span = self.span(&pair);
        let bad = |what| {
            self.not_built(span, what);
            Ty {
                kind: TyKind::Bad,
                span,
            }
        };
        match pair.as_rule() {
            Rule::ty_array => {
                let mut pairs = inner(pair);
                let Some(element) = pairs.next() else {
                    return Ty {
                        kind: TyKind::Bad,
                        span,
                    };
                };
                let element = Box::new(self.ty(element));
                let sizes = pairs.map(|size| self.size(size)).collect();
                Ty {
                    kind: TyKind::Array(element, sizes),
                    span,
                }
            }
            Rule::ty_fn => {
                let mut tys: Vec<_> = inner(pair).map(|ty| self.ty(ty)).collect();
                let result = tys.pop().unwrap_or(Ty {
                    kind: TyKind::Bad,
                    span,
                });
                Ty {
                    kind: TyKind::Fn(tys, Box::new(result)),
                    span,
                }
            }
            Rule::ty_tuple => Ty {
                kind: TyKind::Tuple(inner(pair).map(|ty| self.ty(ty)).collect()),
                span,
            },
            Rule::ty_unit => bad(later::UNITS),
            _ => {
                let mut pairs = inner(pair);
                let Some(path) = pairs.next() else {
                    return Ty {
                        kind: TyKind::Bad,
                        span,
                    };
                };
                let path = self.path(path);
                if let Some(what) = later_type(&path) {
                    return bad(what);
                }
                let args = pairs.map(|arg| self.ty_arg(arg)).collect();
                self.named_ty(path, args, span)
            }
        }
    }

    /// A type by its name.
    pub(super) fn named_ty(&self, path: Path, args: Vec<TyArg>, span: Span) -> Ty {
        if let Some(what) = later_type(&path) {
            self.not_built(span, what);
            return Ty {
                kind: TyKind::Bad,
                span,
            };
        }
        Ty {
            kind: TyKind::Named(path, args),
            span,
        }
    }

    fn ty_arg(&self, pair: Pair<'_>) -> TyArg {
        let span = self.span(&pair);
        if pair.as_rule() == Rule::ty_rules {
            return TyArg::Rules(Box::new(self.rules(pair)));
        }
        let Some(first) = inner(pair).next() else {
            return TyArg::Ty(Ty {
                kind: TyKind::Bad,
                span,
            });
        };
        if first.as_rule() == Rule::size {
            return TyArg::Size(self.size(first));
        }
        let ty = self.ty(first);
        match ty.kind {
            TyKind::Named(path, args) if args.is_empty() => TyArg::Path(path),
            kind => TyArg::Ty(Ty {
                kind,
                span: ty.span,
            }),
        }
    }

    /// `by at desc, id full oldest ttl 5min`.
    fn rules(&self, pair: Pair<'_>) -> Rules {
        let mut rules = Rules {
            by: Vec::new(),
            full: None,
            ttl: None,
            span: self.span(&pair),
        };
        for part in inner(pair) {
            match part.as_rule() {
                Rule::ty_order => {
                    let keys = inner(part).filter_map(|key| self.order_key(key));
                    rules.by = keys.collect();
                }
                Rule::ty_full => rules.full = self.full(part),
                _ => {
                    let mut parts = inner(part);
                    let time = parts.find(|part| part.as_rule() == Rule::size);
                    rules.ttl = time.map(|time| self.size(time));
                }
            }
        }
        rules
    }

    fn full(&self, pair: Pair<'_>) -> Option<Full> {
        let span = self.span(&pair);
        let mut parts = inner(pair).filter(|part| part.as_rule() != Rule::k_full);
        let word = self.name(&inner(parts.next()?).next()?);
        let score = parts.next().map(|closure| Arc::new(self.expr(closure)));
        Some(Full { word, score, span })
    }

    fn order_key(&self, pair: Pair<'_>) -> Option<OrderKey> {
        let mut pairs = inner(pair);
        let path = self.path(pairs.find(|pair| pair.as_rule() == Rule::word_path)?);
        let descending = pairs.any(|pair| pair.as_rule() == Rule::k_desc);
        Some(OrderKey { path, descending })
    }

    /// A size.
    pub(super) fn size(&self, pair: Pair<'_>) -> Size {
        Size {
            expr: self.expr_or_range(pair),
        }
    }

    /// `lo..=hi` after `in`.
    pub(super) fn range(&self, pair: Pair<'_>) -> Option<Range> {
        let pair = if pair.as_rule() == Rule::in_range {
            inner(pair).next()?
        } else {
            pair
        };
        let span = self.span(&pair);
        let mut inclusive = false;
        let mut bounds = Vec::new();
        for part in inner(pair) {
            match part.as_rule() {
                Rule::range_to => inclusive = true,
                Rule::range => {}
                _ => bounds.push(self.expr(part)),
            }
        }
        let hi = bounds.pop()?;
        let lo = bounds.pop()?;
        Some(Range {
            lo,
            hi,
            inclusive,
            span,
        })
    }
}

fn later_type(path: &Path) -> Option<Later> {
    let [word] = path.words.as_slice() else {
        return None;
    };
    let found = LATER_TYPES.iter().find(|(name, _)| *name == &*word.text);
    found.map(|(_, what)| *what)
}
