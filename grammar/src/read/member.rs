//! Members of structs, fields of contexts, variants of enums.

use crate::ast::item::{
    Context, Enum, Instance, Member, Owned, Query, QueryKind, Struct, Variant, Zone,
};
use crate::ast::{ItemKind, Name, Ty, TyKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{Reader, inner};

const ZONES: &[(&[&str], Zone)] = &[
    (&["global"], Zone::Global),
    (&["signal"], Zone::Signal),
    (&["meta"], Zone::Meta),
    (&["heavy"], Zone::Heavy),
    (&["heavy", "swap"], Zone::Swap),
    (&["heavy", "swap", "copy"], Zone::SwapCopy),
];

/// What is rolled back instead of a heavy field.
const ROLLED_BACK: &str = "leave the zone out: undo of a large data field costs what a process touches; or \
    write `heavy(swap)` where each writer writes all of it";

impl Reader<'_> {
    pub(super) fn struct_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let generics = parts.next_if(|part| part.as_rule() == Rule::generics);
        let generics = generics.map_or_else(Vec::new, |part| self.generics(part));
        let mut members = Vec::new();
        self.sequence(parts, Rule::strict_member, |part| {
            let zoned = part
                .clone()
                .into_inner()
                .find(|part| part.as_rule() == Rule::zone);
            if let Some(zone) = zoned {
                self.zone_in_struct(&zone);
            }
            members.extend(self.member_item(part));
        });
        self.spoil(&mut members);
        ItemKind::Struct(Struct {
            name,
            generics,
            members,
        })
    }

    /// Takes their types from members that were only read in part: `x: f64[6]`.
    fn spoil(&self, members: &mut [Member]) {
        for member in members {
            if self.is_part(member.span) {
                member.ty.kind = TyKind::Bad;
                member.default = None;
            }
        }
    }

    fn zone_in_struct(&self, zone: &Pair<'_>) {
        let span = self.span(zone);
        let title = format!("`{}` stands in contexts only", zone.as_str().trim_end());
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span,
            title,
            "a struct has no zones",
        );
        self.report(
            error
                .help("remove it; the field that holds the struct has the zone")
                .fix(span, ""),
        );
    }

    pub(super) fn context_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let is_type = parts
            .next_if(|part| part.as_rule() == Rule::k_type)
            .is_some();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let (mut members, mut invariants) = (Vec::new(), Vec::new());
        self.sequence(parts, Rule::strict_member, |part| {
            if part.as_rule() == Rule::invariant {
                invariants.extend(inner(part).next().map(|part| self.expr(part)));
            } else {
                members.extend(self.member_item(part));
            }
        });
        self.spoil(&mut members);
        ItemKind::Context(Context {
            name,
            is_type,
            members,
            invariants,
        })
    }

    /// `context c: T`, `context c: [T; 4]`.
    pub(super) fn context_use(&self, pair: Pair<'_>) -> ItemKind {
        let (mut name, mut of, mut count) = (None, None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::decl => name = Some(self.decl(&part)),
                Rule::word_path => of = Some(self.path(part)),
                Rule::context_array => {
                    for part in inner(part) {
                        match part.as_rule() {
                            Rule::word_path => of = Some(self.path(part)),
                            _ => count = Some(self.size(part)),
                        }
                    }
                }
                _ => {}
            }
        }
        match (name, of) {
            (Some(name), Some(of)) => ItemKind::Instance(Instance { name, of, count }),
            _ => ItemKind::Bad,
        }
    }

    fn member_item(&self, pair: Pair<'_>) -> Option<Member> {
        let mut span = self.span(&pair);
        if let Some(text) = pair.as_str().trim_end().strip_suffix(',') {
            span.end = span.start + text.trim_end().len() as u32;
        }
        let docs = self.docs_before(span.start);
        let (mut zone, mut name, mut ty, mut default) = (None, None, None, None);
        let (mut ranges, mut queries, mut owned) = (Vec::new(), Vec::new(), None);
        for part in inner(pair) {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::queries => {
                    queries = inner(part).filter_map(|query| self.query(query)).collect();
                }
                Rule::zone => zone = Some(self.zone(&part)),
                Rule::word => name = Some(self.name(&part)),
                Rule::ty => ty = Some(self.ty(part)),
                Rule::in_range => ranges.extend(self.range(part)),
                Rule::owned => owned = self.owned(part),
                Rule::default => default = inner(part).next().map(|part| self.expr(part)),
                _ => self.report(SyntaxError::new(
                    SyntaxErrorKind::Unexpected,
                    at,
                    "an invariant stands in a context",
                    "not in a struct",
                )),
            }
        }
        if let [_, second] = ranges.as_slice() {
            let error = SyntaxError::new(
                SyntaxErrorKind::Unexpected,
                second.span,
                "a field has one range",
                "a second range",
            );
            self.report(error);
        }
        let range = ranges.into_iter().next();
        Some(Member {
            docs,
            zone,
            name: name?,
            ty: ty?,
            owned,
            queries,
            range,
            default,
            span,
        })
    }

    /// `of town.people max 100`.
    fn owned(&self, pair: Pair<'_>) -> Option<Owned> {
        let span = self.span(&pair);
        let (mut by, mut max) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::path => by = Some(self.path(part)),
                Rule::size => max = Some(self.size(part)),
                _ => {}
            }
        }
        Some(Owned { by: by?, max, span })
    }

    /// `unique name`, `index age`, `grid at cell 5.0`.
    fn query(&self, pair: Pair<'_>) -> Option<Query> {
        let span = self.span(&pair);
        let (mut kind, mut name, mut cell) = (None, None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::query_kind => {
                    kind = match part.as_str() {
                        "unique" => Some(QueryKind::Unique),
                        "index" => Some(QueryKind::Index),
                        _ => Some(QueryKind::Grid),
                    }
                }
                Rule::word => name = Some(self.name(&part)),
                Rule::arith => cell = Some(self.expr(part)),
                _ => {}
            }
        }
        Some(Query {
            kind: kind?,
            name: name?,
            cell,
            span,
        })
    }

    /// The zone; `heavy` for a kind of it that does not exist.
    fn zone(&self, pair: &Pair<'_>) -> (Zone, Span) {
        let span = self.span(pair);
        let text = pair.as_str().trim_end().replace(['(', ')'], " ");
        let words: Vec<_> = text.split_whitespace().collect();
        let known = ZONES.iter().find(|(name, _)| *name == words);
        if known.is_none() {
            if let ["heavy", "rollback", ..] = words.as_slice() {
                let found = SyntaxError::new(
                    SyntaxErrorKind::HeavyRollback,
                    span,
                    "heavy fields are not rolled back",
                    "its memory is written where it is",
                );
                self.report(found.help(ROLLED_BACK));
            } else {
                self.report(
                    SyntaxError::new(
                        SyntaxErrorKind::Unexpected,
                        span,
                        "there is no such zone",
                        "not a zone",
                    )
                    .help("write `heavy`, `heavy(swap)` or `heavy(swap copy)`"),
                );
            }
        }
        (known.map_or(Zone::Heavy, |(_, zone)| *zone), span)
    }

    pub(super) fn enum_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let generics = parts.next_if(|part| part.as_rule() == Rule::generics);
        let generics = generics.map_or_else(Vec::new, |part| self.generics(part));
        let mut variants = Vec::new();
        self.sequence(parts, Rule::strict_variant, |part| {
            let mut parts = inner(part);
            if let Some(word) = parts.next() {
                let name: Name = self.name(&word);
                self.docs_before(name.span.start);
                let payload = parts.next().map_or_else(Vec::new, |part| {
                    inner(part).filter_map(|part| self.payload(part)).collect()
                });
                variants.push(Variant { name, payload });
            }
        });
        ItemKind::Enum(Enum {
            name,
            generics,
            variants,
        })
    }

    /// `r: f64`, `f64`.
    fn payload(&self, pair: Pair<'_>) -> Option<(Option<Name>, Ty)> {
        let (mut name, mut ty) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::ty => ty = Some(self.ty(part)),
                _ => {}
            }
        }
        Some((name, ty?))
    }
}
