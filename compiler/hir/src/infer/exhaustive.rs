//! Which cases the arms of a `match` cover.

use super::Checker;
use crate::body::Pat;
use crate::eval::bounds;
use crate::ty::{Ty, TyKind};

/// How many gaps are named.
const MAX_GAPS: usize = 3;

/// The cases covered so far.
pub(crate) struct Arms {
    ty: Ty,
    wild: bool,
    none: bool,
    /// Covered values, variants and bools included, as disjoint ascending ranges.
    covered: Vec<(i128, i128)>,
    /// Whether a pattern was wrong, so that nothing can be concluded.
    pub(crate) broken: bool,
}

impl Arms {
    pub(crate) fn new(ty: Ty) -> Self {
        Self {
            ty,
            wild: false,
            none: false,
            covered: Vec::new(),
            broken: ty == Ty::ERROR,
        }
    }

    /// Takes the patterns of an arm; whether they were all covered before.
    pub(crate) fn add(&mut self, pats: &[Pat], checker: &Checker<'_, '_>) -> bool {
        let mut idle = true;
        for pat in pats {
            idle &= self.wild || !self.one(pat, checker);
        }
        idle && !self.broken
    }

    /// Takes a pattern; whether it brings something new.
    fn one(&mut self, pat: &Pat, checker: &Checker<'_, '_>) -> bool {
        let (lo, hi) = match *pat {
            Pat::Wild | Pat::Bind(_) | Pat::Members(_) => {
                let open = self.open(checker);
                self.wild = true;
                return open;
            }
            Pat::None => {
                let new = !self.none;
                self.none = true;
                return new;
            }
            Pat::Variant(at) => (i128::from(at), i128::from(at)),
            Pat::Bool(truth) => (i128::from(truth), i128::from(truth)),
            Pat::Int(value) => (value, value),
            Pat::IntRange(lo, hi) => (lo, hi),
        };
        let new = !self.covered.iter().any(|(a, b)| *a <= lo && hi <= *b);
        self.covered.push((lo, hi));
        self.covered.sort_unstable();
        let mut merged: Vec<(i128, i128)> = Vec::new();
        for (lo, hi) in self.covered.drain(..) {
            match merged.last_mut() {
                Some((_, end)) if lo <= end.saturating_add(1) => *end = (*end).max(hi),
                _ => merged.push((lo, hi)),
            }
        }
        self.covered = merged;
        new
    }

    fn open(&self, checker: &Checker<'_, '_>) -> bool {
        !self.wild
            && (matches!(checker.kind(self.ty), TyKind::Option(_))
                || self.gap(checker).is_some())
    }

    /// All values of the type.
    fn domain(&self, checker: &Checker<'_, '_>) -> Option<(i128, i128)> {
        match checker.kind(self.ty) {
            TyKind::Bool => Some((0, 1)),
            TyKind::Int(int) => Some(bounds(*int)),
            TyKind::Duration => Some((i64::MIN.into(), i64::MAX.into())),
            TyKind::Enum(id) => {
                let count = checker.cx.out.enums[*id].variants.len() as i128;
                (count > 0).then_some((0, count - 1))
            }
            _ => None,
        }
    }

    /// The first range that is not covered.
    fn gap(&self, checker: &Checker<'_, '_>) -> Option<(i128, i128)> {
        self.gaps(checker).first().copied()
    }

    fn gaps(&self, checker: &Checker<'_, '_>) -> Vec<(i128, i128)> {
        let Some((first, last)) = self.domain(checker) else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        let mut next = first;
        for (lo, hi) in &self.covered {
            if *lo > next {
                gaps.push((next, lo - 1));
            }
            next = next.max(hi + 1);
        }
        if next <= last {
            gaps.push((next, last));
        }
        gaps
    }

    /// The names of cases that no arm takes.
    pub(crate) fn missing(&self, checker: &Checker<'_, '_>) -> Vec<String> {
        if self.broken || self.wild {
            return Vec::new();
        }
        let kind = checker.kind(self.ty);
        if let TyKind::Option(_) = kind {
            let some = (!self.none).then(|| "none".to_owned());
            return some.into_iter().chain(["_".to_owned()]).collect();
        }
        let mut names = Vec::new();
        for (lo, hi) in self.gaps(checker) {
            match kind {
                TyKind::Enum(id) => {
                    let variants =
                        checker.cx.out.enums[*id].variants.iter().zip(0_i128..);
                    let inside = variants.filter(|(_, at)| (lo..=hi).contains(at));
                    names.extend(inside.map(|((name, _), _)| name.to_string()));
                }
                TyKind::Bool => {
                    names.extend((lo..=hi).map(|truth| (truth == 1).to_string()));
                }
                _ if lo == hi => names.push(lo.to_string()),
                _ => names.push(format!("{lo}..={hi}")),
            }
            if names.len() >= MAX_GAPS && !matches!(kind, TyKind::Enum(_)) {
                break;
            }
        }
        names
    }
}
