//! `prev(f)` and `window(f, 200ms)`: what a pipeline keeps of a field beyond its value.

use theus_abi::image::{Range, Zone};
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::Arg;

use super::Checker;
use crate::body::{Expr, ExprKind};
use crate::ids::{FieldId, PipelineId};
use crate::item::{Period, Window};
use crate::resolve::scope::Def;
use crate::ty::{Size, Ty, TyKind};
use crate::value::Value;

/// Samples of a window at most.
const MAX_SAMPLES: u64 = 65_536;

/// What the library calls the methods of rings and windows whose names the prelude has.
const RENAMED: [(&str, &str); 3] =
    [("min", "minimum"), ("max", "maximum"), ("sum", "total")];

impl Checker<'_, '_> {
    /// `prev(f)` or `window(f, d)`, where nothing else has that name.
    pub(crate) fn delay(
        &mut self,
        name: &Name,
        args: &[Arg],
        span: Span,
    ) -> Option<Expr> {
        match &*name.text {
            "prev" => Some(self.prev(args, span)),
            "window" => Some(self.window(args, span)),
            _ => None,
        }
    }

    fn prev(&mut self, args: &[Arg], span: Span) -> Expr {
        let [Arg { value, .. }] = args else {
            return self.delay_arity(args, span, "prev", "one field: `prev(plant.x)`");
        };
        self.plain(args);
        let place = self.expr(value, None);
        if place.ty == Ty::ERROR {
            return Self::error(span);
        }
        let Some(field) = self.data_field(&place, Code::BadPrev, "prev") else {
            return Self::error(span);
        };
        if self.holds_ring(self.cx.out.fields[field].ty) {
            let found =
                Diagnostic::new(Code::BadPrev, place.span, "a ring keeps its own past")
                    .title("`prev` of a ring")
                    .help("index it: `r[0]` is the newest value, `r[1]` the one before");
            self.report(found);
            return Self::error(span);
        }
        if !self.cx.out.prevs.contains(&field) {
            self.cx.out.prevs.push(field);
        }
        as_it_was(place)
    }

    fn window(&mut self, args: &[Arg], span: Span) -> Expr {
        let [written, length] = args else {
            let takes = "a field and a duration: `window(plant.u, 200ms)`";
            return self.delay_arity(args, span, "window", takes);
        };
        self.plain(args);
        let sample = self.expr(&written.value, None);
        let module = self.env.module;
        let due = Some(Ty::DURATION);
        let length_at = length.value.span;
        let value =
            self.cx
                .constant_value(module, &length.value, due, "the length of a window");
        if sample.ty == Ty::ERROR {
            return Self::error(span);
        }
        let (Some(field), Some((value, _))) = (self.sampled(&sample), value) else {
            return Self::error(span);
        };
        let ns = match value {
            Value::Duration(ns) if ns > 0 => ns,
            _ => {
                let label = "this is no length of time";
                let found = Diagnostic::new(Code::BadWindow, length_at, label)
                    .title("the length of a window is a duration above zero")
                    .help("write `window(plant.u, 200ms)`");
                self.report(found);
                return Self::error(span);
            }
        };
        let name = crate::text::expr(&written.value);
        self.opened(field, name.into(), sample, (ns, length_at), span)
    }

    /// The window, one for all places that ask for the same.
    fn opened(
        &mut self,
        field: FieldId,
        name: std::sync::Arc<str>,
        sample: Expr,
        (ns, length_at): (i64, Span),
        span: Span,
    ) -> Expr {
        let Some(capacity) = self.samples(ns, length_at) else {
            return Self::error(span);
        };
        let mut known = self.cx.out.windows.iter();
        let same = known.find(|(_, window)| {
            window.field == field && window.name == name && window.span_ns == ns
        });
        let id = match same {
            Some((id, _)) => id,
            None => {
                let at = sample.span;
                let sample = Expr {
                    kind: match sample.ty {
                        Ty::F64 => sample.kind,
                        _ => ExprKind::Cast(Box::new(sample)),
                    },
                    ty: Ty::F64,
                    span: at,
                };
                self.cx.out.windows.push(Window {
                    field,
                    name,
                    sample,
                    span_ns: ns,
                    capacity,
                })
            }
        };
        Expr {
            kind: ExprKind::Window(id),
            ty: self.cx.intern(TyKind::Ring(Ty::F64, Size::Const(capacity))),
            span,
        }
    }

    /// How many samples fill a window, at the shortest period of the program.
    fn samples(&mut self, ns: i64, span: Span) -> Option<u64> {
        let periods = self.cx.out.pipelines.values().map(|found| found.period);
        let mut shortest: Option<i64> = None;
        for period in periods.collect::<Vec<_>>() {
            let least = match period {
                Period::Fixed(ns) => ns,
                Period::Global(field) => self.least_period(field, span)?,
                Period::None => continue,
                Period::Error => return None,
            };
            shortest = Some(shortest.map_or(least, |known| known.min(least)));
        }
        let Some(shortest) = shortest else {
            let found =
                Diagnostic::new(Code::BadWindow, span, "how many ticks are this?")
                    .title("a window needs a pipeline with a period")
                    .help("give the pipeline a period: `pipeline p every 10ms`");
            self.report(found);
            return None;
        };
        let count = u64::try_from(
            (i128::from(ns) + i128::from(shortest) - 1) / i128::from(shortest),
        );
        match count {
            Ok(count @ 1..=MAX_SAMPLES) => Some(count),
            Ok(count) => {
                let text = format!("{count} samples, one a tick");
                let found = Diagnostic::new(Code::BadWindow, span, text)
                    .title("a window of more than 65 536 samples")
                    .help("make it shorter, or keep a mean of your own and look at that");
                self.report(found);
                None
            }
            Err(_) => None,
        }
    }

    /// The least value of a period that is a global.
    fn least_period(&mut self, field: FieldId, span: Span) -> Option<i64> {
        let found = &self.cx.out.fields[field];
        if let Some(Range::Int { lo, .. }) = found.range
            && let Ok(lo @ 1..) = i64::try_from(lo)
        {
            return Some(lo);
        }
        let name = std::sync::Arc::clone(&found.name);
        let place = found.span;
        let found = Diagnostic::new(Code::BadWindow, span, "how many ticks are this?")
            .title("a window needs a period that has a least value")
            .label(place, "this period may be set to anything")
            .help(format!(
                "give it a range: `global {name}: duration in 1ms..=1s = 10ms`"
            ));
        self.report(found);
        None
    }

    /// The field whose numbers a window samples.
    fn sampled(&mut self, sample: &Expr) -> Option<FieldId> {
        let field = self.data_field(sample, Code::BadWindow, "window")?;
        if !matches!(self.kind(sample.ty), TyKind::Int(_) | TyKind::Float(_)) {
            let text = self.show(sample.ty);
            let label = format!("this is `{text}`");
            let found = Diagnostic::new(Code::BadWindow, sample.span, label)
                .title("a window is over a number")
                .help("name a number in it: `window(plant.x[0], 200ms)`");
            self.report(found);
            return None;
        }
        let mut part = sample;
        loop {
            match &part.kind {
                ExprKind::Member(base, _) => part = base,
                ExprKind::Index(base, indices) => {
                    let bad = indices.iter().find(|at| self.cx.evaluate(at).is_err());
                    if let Some(bad) = bad {
                        let found =
                            Diagnostic::new(Code::BadWindow, bad.span, "this may change")
                                .title("a window is over one element")
                                .help("indices in a window are constants");
                        self.report(found);
                        return None;
                    }
                    part = base;
                }
                _ => return Some(field),
            }
        }
    }

    /// The data field that a path starts from; reports what is none.
    fn data_field(&mut self, place: &Expr, code: Code, word: &str) -> Option<FieldId> {
        let mut root = place;
        let field = loop {
            match &root.kind {
                ExprKind::Member(base, _) | ExprKind::Index(base, _) => root = base,
                ExprKind::RingIndex(base, _) => root = base,
                ExprKind::Field(field) => break Some(*field),
                _ => break None,
            }
        };
        let Some(field) = field else {
            let found = Diagnostic::new(code, place.span, "this is a value")
                .title(format!("`{word}` takes a field of a context"))
                .help(format!(
                    "name the field: `{word}(plant.x{})`",
                    if word == "prev" { "" } else { ", 200ms" }
                ));
            self.report(found);
            return None;
        };
        let known = &self.cx.out.fields[field];
        if known.zone != Zone::Data {
            let (zone, declared) = (known.zone.name(), known.span);
            let help = match known.zone {
                Zone::Global => "a global never changes: read it",
                _ => "only data fields have a value from tick to tick",
            };
            let found = Diagnostic::new(code, place.span, format!("this is {zone}"))
                .title(format!("`{word}` of a {zone} field"))
                .label(declared, "declared here")
                .help(help);
            self.report(found);
            return None;
        }
        Some(field)
    }

    fn holds_ring(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Ring(..) => true,
            TyKind::Array(elem, _) => self.holds_ring(*elem),
            _ => false,
        }
    }

    fn delay_arity(&mut self, args: &[Arg], span: Span, name: &str, takes: &str) -> Expr {
        self.loose_args(args);
        let label = format!("{} given", args.len());
        let found = Diagnostic::new(Code::WrongArity, span, label)
            .title(format!("`{name}` takes {takes}"))
            .help("the field is written with its context");
        self.report(found);
        Self::error(span)
    }

    /// A method of rings that the library has: `r.mean()` is `stats.mean(r)`.
    pub(crate) fn ring_function(
        &mut self,
        ty: Ty,
        name: &str,
    ) -> Option<crate::ids::FnId> {
        if !matches!(self.kind(ty), TyKind::Ring(..)) {
            return None;
        }
        let mut modules = self.cx.out.modules.iter();
        let (module, _) = modules.find(|(_, module)| &*module.name == "std.stats")?;
        let renamed = RENAMED.iter().find(|(short, _)| *short == name);
        let name = renamed.map_or(name, |(_, long)| long);
        let Some(Def::Fn(id)) = self.cx.scopes[module].own(name) else {
            return None;
        };
        self.takes_receiver(id, ty).then_some(id)
    }
}

/// The same path, from the value of the field at the end of the last tick.
fn as_it_was(place: Expr) -> Expr {
    let Expr { kind, ty, span } = place;
    let kind = match kind {
        ExprKind::Field(field) => ExprKind::Prev(field),
        ExprKind::Member(base, at) => ExprKind::Member(Box::new(as_it_was(*base)), at),
        ExprKind::Index(base, at) => ExprKind::Index(Box::new(as_it_was(*base)), at),
        other => other,
    };
    Expr { kind, ty, span }
}

/// Resolves the periods of all pipelines: windows are sized by them.
pub(crate) fn periods(cx: &mut crate::cx::Cx<'_>) {
    for id in cx.out.pipelines.keys().collect::<Vec<PipelineId>>() {
        super::flow::period(cx, id);
    }
}
