//! What the arms of a `match` cover, and which cases they miss.
//!
//! Rows of patterns are split column by column, case by case of the type of the column: what
//! is left of the values of a pattern when all rows have taken theirs is what they miss. The
//! work is bounded; past the bound nothing is concluded.

use std::sync::Arc;

use crate::body::Pat;
use crate::cx::Cx;
use crate::eval::bounds;
use crate::ty::{Ty, TyKind};

/// How many splits one `match` may take; many rows count more.
const MAX_STEPS: u32 = 20_000;
/// How many missing cases are looked for.
const MAX_MISSING: usize = 9;

/// A row of patterns, one for each column.
type Row = Vec<Pat>;
/// A case of each column, as text.
type Missing = Vec<String>;

/// What has been covered so far.
pub(crate) struct Cover {
    ty: Ty,
    rows: Vec<Row>,
    steps: u32,
    /// Whether a pattern was wrong, so that nothing can be concluded.
    pub(crate) broken: bool,
}

/// A case of a type.
#[derive(Clone, Debug, PartialEq)]
enum Case {
    /// A variant.
    Variant(u32),
    /// The only one: a struct, a tuple.
    Whole,
    /// `none`.
    None,
    /// An optional with a value.
    Some,
    /// Integers, bools and durations from the first to the second.
    Range(i128, i128),
    /// Any other value.
    Rest,
}

impl Cover {
    pub(crate) fn new(ty: Ty) -> Self {
        Self {
            ty,
            rows: Vec::new(),
            steps: 0,
            broken: ty == Ty::ERROR,
        }
    }

    /// Takes the pattern of an arm.
    pub(crate) fn add(&mut self, pat: &Pat) {
        self.rows.push(vec![pat.clone()]);
    }

    /// Whether the work was too much to conclude anything.
    pub(crate) const fn tired(&self) -> bool {
        self.steps > MAX_STEPS
    }

    /// Whether a pattern takes something that has not been covered.
    pub(crate) fn is_new(&mut self, pat: &Pat, cx: &mut Cx<'_>) -> bool {
        if self.broken || self.tired() {
            return true;
        }
        let left = self.left(
            cx,
            &self.rows.clone(),
            std::slice::from_ref(pat),
            &[self.ty],
            1,
        );
        !left.is_empty() || self.tired()
    }

    /// The cases that are not covered, the first few.
    pub(crate) fn missing(&mut self, cx: &mut Cx<'_>) -> Vec<Arc<str>> {
        if self.broken || self.rows.iter().any(|row| row.iter().all(is_wild)) {
            self.steps = 0;
            return Vec::new();
        }
        if let (true, TyKind::Enum(id, _)) = (self.rows.is_empty(), cx.kind(self.ty)) {
            let variants = cx.out.enums[*id].variants.iter();
            return variants.map(|variant| Arc::clone(&variant.name)).collect();
        }
        let rows = self.rows.clone();
        let all = [Pat::Wild];
        let left = self.left(cx, &rows, &all, &[self.ty], MAX_MISSING);
        let mut texts: Vec<Arc<str>> = Vec::new();
        for text in left.into_iter().filter_map(|mut case| case.pop()) {
            let text = Arc::from(text);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        texts
    }

    /// Cases of the values that `of` takes and no row does.
    fn left(
        &mut self,
        cx: &mut Cx<'_>,
        rows: &[Row],
        of: &[Pat],
        types: &[Ty],
        limit: usize,
    ) -> Vec<Missing> {
        let rows_seen = u32::try_from(rows.len() / 64).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_add(rows_seen.saturating_add(1));
        let (Some((first, rest)), Some((ty, others))) =
            (of.split_first(), types.split_first())
        else {
            return if rows.is_empty() {
                vec![Vec::new()]
            } else {
                Vec::new()
            };
        };
        if self.tired() || rows.iter().any(|row| row.iter().all(is_wild)) {
            return Vec::new();
        }
        if let Pat::Or(all) = first {
            let mut found = Vec::new();
            for one in all {
                let of: Row = std::iter::once(one).chain(rest).cloned().collect();
                let more = limit.saturating_sub(found.len());
                if more > 0 {
                    found.extend(self.left(cx, rows, &of, types, more));
                }
            }
            return found;
        }
        let rows = opened(rows);
        let mut found: Vec<Missing> = Vec::new();
        for case in cases(cx, *ty, &rows, first) {
            if found.len() >= limit || self.tired() {
                break;
            }
            let parts = parts_of(cx, *ty, &case);
            let below: Vec<Row> = rows
                .iter()
                .filter_map(|row| specialised(row, &case, parts.len()))
                .collect();
            let of = match case {
                Case::Rest => Some(rest.to_vec()),
                _ => specialised(of, &case, parts.len()),
            };
            let Some(of) = of else { continue };
            let arity = parts.len();
            let types: Vec<Ty> =
                parts.into_iter().chain(others.iter().copied()).collect();
            let more = limit - found.len();
            for mut missing in self.left(cx, &below, &of, &types, more) {
                let behind = missing.split_off(arity.min(missing.len()));
                let text = text_of(cx, *ty, &case, &missing);
                found.push(std::iter::once(text).chain(behind).collect());
            }
        }
        found
    }
}

const fn is_wild(pat: &Pat) -> bool {
    matches!(pat, Pat::Wild | Pat::Bind(_))
}

/// The rows with the alternatives of their first column apart.
fn opened(rows: &[Row]) -> Vec<Row> {
    let mut out = Vec::with_capacity(rows.len());
    let mut todo: Vec<Row> = rows.iter().rev().cloned().collect();
    while let Some(row) = todo.pop() {
        if let Some(Pat::Or(all)) = row.first() {
            for one in all.iter().rev() {
                let rest = row.iter().skip(1);
                todo.push(std::iter::once(one).chain(rest).cloned().collect());
            }
        } else {
            out.push(row);
        }
    }
    out
}

/// The cases to tell apart: those of the pattern itself, or all of the type.
fn cases(cx: &Cx<'_>, ty: Ty, rows: &[Row], first: &Pat) -> Vec<Case> {
    let told = rows
        .iter()
        .any(|row| row.first().is_some_and(|pat| !is_wild(pat)));
    let (lo, hi) = match first {
        Pat::Variant(at, _) => return vec![Case::Variant(*at)],
        Pat::Members(_) => return vec![Case::Whole],
        Pat::None => return vec![Case::None],
        Pat::Some(_) => return vec![Case::Some],
        Pat::Float(_) | Pat::FloatRange(..) | Pat::Text(_) | Pat::Or(_) => {
            return vec![Case::Rest];
        }
        Pat::Int(value) => (*value, *value),
        Pat::IntRange(lo, hi) => (*lo, *hi),
        Pat::Bool(value) => (i128::from(*value), i128::from(*value)),
        Pat::Wild | Pat::Bind(_) => match cx.kind(ty) {
            TyKind::Enum(id, _) => {
                let count = cx.out.enums[*id].variants.len();
                if !told {
                    return vec![Case::Rest];
                }
                let all = 0..u32::try_from(count).unwrap_or(0);
                return all.map(Case::Variant).collect();
            }
            _ if !told => return vec![Case::Rest],
            TyKind::Tuple(_) | TyKind::Struct(..) => return vec![Case::Whole],
            TyKind::Option(_) => return vec![Case::None, Case::Some],
            TyKind::Bool => (0, 1),
            TyKind::Int(int) => bounds(*int),
            TyKind::Duration => (i64::MIN.into(), i64::MAX.into()),
            _ => return vec![Case::Rest],
        },
    };
    ranges(rows, lo, hi)
}

/// `lo..=hi` cut where ranges of the first column begin and end; pieces next to each other
/// that no row names are one.
fn ranges(rows: &[Row], lo: i128, hi: i128) -> Vec<Case> {
    let mut starts = vec![lo];
    for row in rows {
        let Some((a, b)) = row.first().and_then(range_of) else {
            continue;
        };
        starts.extend([a, b + 1]);
    }
    starts.retain(|start| (lo..=hi).contains(start));
    starts.sort_unstable();
    starts.dedup();
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([hi]);
    let pieces = starts.iter().zip(ends);
    pieces.map(|(lo, hi)| Case::Range(*lo, hi)).collect()
}

fn range_of(pat: &Pat) -> Option<(i128, i128)> {
    match pat {
        Pat::Int(value) => Some((*value, *value)),
        Pat::IntRange(lo, hi) => Some((*lo, *hi)),
        Pat::Bool(value) => Some((i128::from(*value), i128::from(*value))),
        _ => None,
    }
}

/// The types of the parts of a case.
fn parts_of(cx: &mut Cx<'_>, ty: Ty, case: &Case) -> Vec<Ty> {
    match (case, cx.kind(ty).clone()) {
        (Case::Variant(at), TyKind::Enum(..)) => cx.out.payload_types(ty, *at),
        (Case::Whole, TyKind::Tuple(parts)) => parts,
        (Case::Whole, TyKind::Struct(..)) => cx.out.member_types(ty),
        (Case::Some, TyKind::Option(inner)) => vec![inner],
        _ => Vec::new(),
    }
}

/// What is left of a row for the values of a case; `None` if it takes none of them.
fn specialised(row: &[Pat], case: &Case, arity: usize) -> Option<Row> {
    let (first, rest) = row.split_first()?;
    let wild = || vec![Pat::Wild; arity];
    let parts = match (first, case) {
        (Pat::Wild | Pat::Bind(_), _) => wild(),
        (Pat::Variant(at, parts), Case::Variant(of)) if at == of => parts.clone(),
        (Pat::Members(parts), Case::Whole) => parts.clone(),
        (Pat::None, Case::None) => Vec::new(),
        (Pat::Some(inner), Case::Some) => vec![(**inner).clone()],
        (pat, Case::Range(lo, hi)) => {
            let (a, b) = range_of(pat)?;
            if a > *lo || *hi > b {
                return None;
            }
            Vec::new()
        }
        _ => return None,
    };
    Some(parts.into_iter().chain(rest.iter().cloned()).collect())
}

/// A case as one would write its pattern.
fn text_of(cx: &Cx<'_>, ty: Ty, case: &Case, parts: &[String]) -> String {
    let list = parts.join(", ");
    match (case, cx.kind(ty)) {
        (Case::Variant(at), TyKind::Enum(id, _)) => {
            let variant = cx.out.enums[*id].variants.get(*at as usize);
            let name = variant.map_or("_", |variant| &*variant.name);
            match parts.is_empty() {
                true => name.to_owned(),
                false => format!("{name}({list})"),
            }
        }
        (Case::Whole, TyKind::Struct(id, _)) => {
            let found = &cx.out.structs[*id];
            let members = found.members.iter().zip(parts);
            let named = members.filter(|(_, text)| *text != "_");
            let named = named.map(|(member, text)| format!("{}: {text}", member.name));
            let named: Vec<String> = named.collect();
            format!("{}({})", found.head.name, named.join(", "))
        }
        (Case::Whole, _) => format!("({list})"),
        (Case::None, _) => "none".to_owned(),
        (Case::Some, _) => list,
        (Case::Range(lo, _), TyKind::Bool) => (*lo == 1).to_string(),
        (Case::Range(lo, hi), TyKind::Duration) if lo == hi => format!("{lo}ns"),
        (Case::Range(lo, hi), TyKind::Duration) => format!("{lo}ns..={hi}ns"),
        (Case::Range(lo, hi), _) if lo == hi => lo.to_string(),
        (Case::Range(lo, hi), _) => format!("{lo}..={hi}"),
        (Case::Variant(_) | Case::Rest, _) => "_".to_owned(),
    }
}
