//! `measure t { … }`: how long a block takes goes to samples. It is what the machine tells, so
//! nothing but sinks, alerts and tests sees it.

use theus_abi::host::Told;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::flow as tree_flow;
use theus_stdlib::Intrinsic;

use super::{Checker, Home};
use crate::body::{Block, Expr, ExprKind, Stmt, StmtKind, Timer};
use crate::flow::{FlowKind, Measure};
use crate::item::Period;
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `measure t { … }` in a process.
    pub(super) fn measure_stmt(
        &mut self,
        place: &tree::Expr,
        body: &tree::Block,
        span: Span,
    ) -> StmtKind {
        let word = word(span);
        let measure = self.measure(place, word);
        let outer = self.frame.measured;
        if measure.is_some() {
            self.frame.measured = Some((word, self.frame.loops));
        }
        let body = self.block(body);
        self.frame.measured = outer;
        let Some(Measure { begin, push }) = measure else {
            return StmtKind::Error;
        };
        let kinds = [
            StmtKind::Expr(begin),
            StmtKind::Block(body),
            StmtKind::Expr(push),
        ];
        let stmts = kinds.into_iter().map(|kind| Stmt { kind, span: word });
        StmtKind::Block(Block {
            stmts: stmts.collect(),
        })
    }

    /// `measure t { … }` in a pipeline.
    pub(super) fn measure_flow(
        &mut self,
        place: &tree::Expr,
        body: &[tree_flow::Flow],
        period: Period,
    ) -> FlowKind {
        let measure = self.measure(place, place.span);
        let body = self.flows(body, period);
        match measure {
            Some(measure) => FlowKind::Measure(measure, body),
            None => FlowKind::Error,
        }
    }

    /// What is done around a block, by the word or place of that span.
    fn measure(&mut self, written: &tree::Expr, span: Span) -> Option<Measure> {
        let home = matches!(self.home, Home::Process | Home::Pipeline | Home::Alert);
        if !home || self.frame.closure {
            let found = Diagnostic::new(
                Code::MisplacedFlow,
                span,
                "not in a process or pipeline",
            )
            .title("`measure` stands in processes and pipelines")
            .help(match self.home {
                Home::Test => "how long a run takes is told by a `bench`",
                _ => "what a function takes is measured where it is called",
            });
            self.report(found);
            return None;
        }
        let place = self.expr(written, None);
        let numbers = matches!(self.kind(place.ty), TyKind::Ring(Ty::F64, _));
        let label = match self.zone_of(&place)? {
            Some(Zone::Meta) if numbers => None,
            Some(zone) if numbers => Some(format!("this is a {} field", zone.name())),
            _ => Some(format!("this is `{}`", self.show(place.ty))),
        };
        if let Some(label) = label {
            let found = Diagnostic::new(Code::MeasuredPlace, place.span, label)
                .title("times go to samples of a context")
                .help("declare them: `meta took: samples<1000>`");
            self.report(found);
            return None;
        }
        // What a test mocks.
        self.host_field(Told::Took, None, span);
        let number = self.cx.out.timers;
        self.cx.out.timers = number.saturating_add(1);
        let timer = |timer, ty| Expr {
            kind: ExprKind::Timer(timer, number),
            ty,
            span,
        };
        let push = vec![place, timer(Timer::Took, Ty::F64)];
        Some(Measure {
            begin: timer(Timer::Begins, Ty::UNIT),
            push: Expr {
                kind: ExprKind::Intrinsic(Intrinsic::Push, push),
                ty: Ty::UNIT,
                span,
            },
        })
    }

    /// The zone of a place, if it is a field; nothing at all where it is wrong already.
    fn zone_of(&self, place: &Expr) -> Option<Option<Zone>> {
        if place.ty == Ty::ERROR || matches!(place.kind, ExprKind::Error) {
            return None;
        }
        let mut root = place;
        while let ExprKind::Member(base, _) | ExprKind::Index(base, _) = &root.kind {
            root = base;
        }
        let ExprKind::Field(field) = root.kind else {
            return Some(None);
        };
        Some(Some(self.cx.out.fields[field].zone))
    }

    /// Reports a jump to behind the block that is measured, if there is one.
    pub(super) fn leaves_measured(&mut self, word: &str, span: Span) {
        let Some((measure, _)) = self.frame.measured else {
            return;
        };
        let found = Diagnostic::new(Code::MeasuredJump, span, "the time would be lost")
            .title(format!("`{word}` leaves a measured block"))
            .label(measure, "measured from here to the end of the block")
            .help(format!(
                "put the `{word}` behind the block, with a `var` that says so"
            ));
        self.report(found);
    }
}

/// The word `measure`.
fn word(span: Span) -> Span {
    let length = u32::try_from("measure".len()).unwrap_or(0);
    Span {
        end: span.start.saturating_add(length),
        ..span
    }
}
