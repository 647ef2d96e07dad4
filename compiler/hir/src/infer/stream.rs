//! Sinks and sources.

use std::sync::Arc;

use theus_abi::image::{Format, Zone};
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::flow as tree_flow;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::flow::Stream;
use crate::ty::{Size, Ty, TyKind};

/// How deep a column may nest.
const MAX_DEPTH: u32 = 70;
/// Most values of a row: each is a column with a name.
const MAX_CELLS: u64 = 10_000;

impl Checker<'_, '_> {
    /// A sink, or a source; `None`, reported, where it is wrong.
    pub(crate) fn stream(
        &mut self,
        written: &tree_flow::Stream,
        source: bool,
        span: Span,
    ) -> Option<Stream> {
        let word = if source { "source" } else { "sink" };
        if source && (&*written.format.text == "npy" || written.into.is_some()) {
            return self.frames(written, span);
        }
        if &*written.format.text == "npy" {
            return self.frame_sink(written, span);
        }
        let mut fine = true;
        if &*written.format.text != "csv" {
            let label = "no format of this release";
            let found = Diagnostic::new(Code::BadStream, written.format.span, label)
                .title(format!("unknown format `{}`", written.format.text))
                .help(format!("write `{word} csv(\"run.csv\") {{ … }}`"));
            let near = theus_diag::suggest::closest(&written.format.text, ["csv", "npy"]);
            self.report(match near {
                Some(near) => {
                    found.fix(format!("write `{near}`"), written.format.span, near)
                }
                None => found,
            });
            fine = false;
        }
        if written.path.is_none() && fine {
            let found =
                Diagnostic::new(Code::BadStream, written.format.span, "which file?")
                    .title(format!("a {word} needs a path"))
                    .help(format!("write `{word} csv(\"run.csv\") {{ … }}`"));
            self.report(found);
            fine = false;
        }
        if written.columns.is_empty() {
            let found = Diagnostic::new(Code::BadStream, span, "nothing in it")
                .title(format!("a {word} without columns"))
                .help("name fields between the braces: `{ tick.time, plant.x }`");
            self.report(found);
            fine = false;
        }
        let mut columns = Vec::new();
        for (value, name) in &written.columns {
            let found = self.value(value);
            let usable = self.column(&found, source);
            fine &= usable;
            let text = match name {
                Some(name) => Arc::clone(&name.text),
                None => crate::text::expr(value).into(),
            };
            columns.push((found, text));
        }
        let cells = columns
            .iter()
            .map(|(found, _): &(Expr, _)| self.cells(found.ty));
        let cells = cells.fold(0, u64::saturating_add);
        if cells > MAX_CELLS {
            let text = format!("the columns have {cells} values in all");
            let found = Diagnostic::new(Code::BadStream, span, text)
                .title(format!(
                    "a row of a {word} has more than {MAX_CELLS} values"
                ))
                .help("name the elements that matter, or split it");
            self.report(found);
            fine = false;
        }
        let path = written
            .path
            .as_ref()
            .map_or("", |(path, _)| path.as_str())
            .into();
        fine.then_some(Stream {
            format: Format::Csv,
            path,
            columns,
        })
    }

    /// `source npy("frames.npy") into cam.frame`; `None`, reported, where it is wrong.
    fn frames(&mut self, written: &tree_flow::Stream, span: Span) -> Option<Stream> {
        const RIGHT: &str = "write `source npy(\"frames.npy\") into cam.frame`";
        let bad = |span, label, title: &str| {
            Diagnostic::new(Code::BadStream, span, label)
                .title(title)
                .help(RIGHT)
        };
        let report = match (&*written.format.text, &written.into, &written.path) {
            ("npy", Some(into), Some((path, _))) => {
                let found = self.value(into);
                return self.is_frame(&found).then(|| Stream {
                    format: Format::Npy(u32::MAX),
                    path: path.as_str().into(),
                    columns: vec![(found, crate::text::expr(into).into())],
                });
            }
            ("npy", Some(_), None) => {
                bad(written.format.span, "which file?", "a source needs a path")
            }
            ("npy", None, _) => {
                bad(span, "no `into`", "an array file fills one heavy field")
            }
            (_, into, _) => {
                let at = into.as_ref().map_or(span, |into| into.span);
                bad(
                    at,
                    "only `npy` has it",
                    "`into` takes frames of an array file",
                )
            }
        };
        self.report(report);
        None
    }

    /// `sink npy("mask.npy") { cam.mask }`; `None`, reported, where it is wrong.
    fn frame_sink(&mut self, written: &tree_flow::Stream, span: Span) -> Option<Stream> {
        let bad = |span, label: &str, title: &str| {
            Diagnostic::new(Code::BadStream, span, label)
                .title(title)
                .help("write `sink npy(\"frames.npy\") { cam.frame }`")
        };
        let report = match (written.columns.as_slice(), &written.path) {
            ([(value, None)], Some((path, _))) => {
                let found = self.value(value);
                return self.is_written_frame(&found).then(|| Stream {
                    format: Format::Npy(u32::MAX),
                    path: path.as_str().into(),
                    columns: vec![(found, crate::text::expr(value).into())],
                });
            }
            (_, None) => bad(written.format.span, "which file?", "a sink needs a path"),
            ([(_, Some(name))], _) => {
                bad(name.span, "a name", "an array file has no names of columns")
            }
            ([], _) => bad(span, "nothing in it", "an array file holds one field"),
            ([_, (second, _), ..], _) => {
                bad(second.span, "one too many", "an array file holds one field")
            }
        };
        self.report(report);
        None
    }

    /// Whether an array file can hold a value: one whole field of numbers.
    fn is_written_frame(&mut self, found: &Expr) -> bool {
        if found.ty == Ty::ERROR || matches!(found.kind, ExprKind::Error) {
            return false;
        }
        let elem = match self.kind(found.ty) {
            TyKind::Array(elem, _) => *elem,
            _ => found.ty,
        };
        let fits = matches!(found.kind, ExprKind::Field(_)) && self.is_number(elem);
        if !fits {
            let text = format!("this is `{}`", self.show(found.ty));
            let report = Diagnostic::new(Code::BadColumn, found.span, text)
                .title("an array file holds one whole field of numbers")
                .help("name a field that is a number or an array of numbers; a process puts there what is to be written");
            self.report(report);
        }
        fits
    }

    fn is_number(&self, elem: Ty) -> bool {
        let kind = self.kind(elem);
        matches!(kind, TyKind::Int(_) | TyKind::Float(_) | TyKind::Duration)
    }

    /// Whether frames of an array file can be read into a place.
    fn is_frame(&mut self, found: &Expr) -> bool {
        if found.ty == Ty::ERROR || matches!(found.kind, ExprKind::Error) {
            return false;
        }
        let heavy = match found.kind {
            ExprKind::Field(field) => self.cx.out.fields[field].zone == Zone::Heavy,
            _ => false,
        };
        let elem = match self.kind(found.ty) {
            TyKind::Array(elem, _) => *elem,
            _ => Ty::ERROR,
        };
        let number = self.is_number(elem);
        if !heavy || !number {
            let text = format!("this is `{}`", self.show(found.ty));
            let report = Diagnostic::new(Code::BadColumn, found.span, text)
                .title("an array file fills a heavy field of numbers")
                .help("declare it `heavy frame: [u8; 1080, 1920]`; a process takes it from there");
            self.report(report);
        }
        heavy && number
    }

    fn column(&mut self, found: &Expr, source: bool) -> bool {
        if found.ty == Ty::ERROR || matches!(found.kind, ExprKind::Error) {
            return false;
        }
        if !self.flat(found.ty, 0) {
            let text = self.show(found.ty);
            let report = Diagnostic::new(Code::BadColumn, found.span, format!("this is `{text}`"))
                .title(format!("a column cannot be `{text}`"))
                .help("columns are numbers, bools, durations, enums, bounded texts, and arrays and structs of them");
            self.report(report);
            return false;
        }
        let constant =
            |index: &Expr| matches!(index.kind, ExprKind::Int(_) | ExprKind::Const(_));
        let mut root = found;
        while let (true, ExprKind::Member(base, _) | ExprKind::Index(base, _)) =
            (source, &root.kind)
        {
            if let ExprKind::Index(_, indices) = &root.kind
                && !indices.iter().all(constant)
            {
                break;
            }
            root = base;
        }
        if source && !matches!(root.kind, ExprKind::Field(_)) {
            let report = Diagnostic::new(Code::BadColumn, found.span, "this is no field")
                .title("a source fills fields")
                .help(
                    "name a field, a member of one, or an element with a constant index",
                );
            self.report(report);
            return false;
        }
        true
    }

    /// Scalars of a value.
    fn cells(&mut self, ty: Ty) -> u64 {
        match self.kind(ty).clone() {
            TyKind::Array(elem, dims) => dims
                .iter()
                .map(|dim| match dim {
                    Size::Const(size) => *size,
                    Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => 1,
                })
                .fold(self.cells(elem), u64::saturating_mul),
            TyKind::Tuple(ref parts) => {
                let parts = parts.clone().into_iter();
                let cells = parts.map(|part| self.cells(part));
                cells.fold(0, u64::saturating_add)
            }
            TyKind::Struct(..) => {
                let members = self.cx.out.member_types(ty).into_iter();
                let cells = members.map(|ty| self.cells(ty));
                cells.fold(0, u64::saturating_add)
            }
            _ => 1,
        }
    }

    fn flat(&mut self, ty: Ty, depth: u32) -> bool {
        match self.kind(ty).clone() {
            TyKind::Bool
            | TyKind::Int(_)
            | TyKind::Float(_)
            | TyKind::Duration
            | TyKind::Instant
            | TyKind::Str(_)
            | TyKind::Error => true,
            TyKind::Enum(id, _) => {
                let mut variants = self.cx.out.enums[id].variants.iter();
                variants.all(|variant| variant.payload.is_empty())
            }
            TyKind::Array(elem, _) => self.flat(elem, depth),
            TyKind::Tuple(ref parts) if depth < MAX_DEPTH => {
                let mut parts = parts.clone().into_iter();
                parts.all(|part| self.flat(part, depth + 1))
            }
            TyKind::Struct(..) if depth < MAX_DEPTH => {
                let mut members = self.cx.out.member_types(ty).into_iter();
                members.all(|ty| self.flat(ty, depth + 1))
            }
            _ => false,
        }
    }
}
