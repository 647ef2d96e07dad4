//! What a pipeline says.

use crate::ast::flow::Stream;
use crate::ast::item::Applied;
use crate::ast::ty::{Ty, TyKind};
use crate::ast::{Arm, Expr, ExprKind, Flow, FlowKind, Name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{MAX_HEIGHT, Reader, inner};

/// The word after `on` that a time follows.
const IDLE: &str = "idle";

impl Reader<'_> {
    /// Chains and items one after another.
    pub(super) fn flows<'p>(&self, pairs: impl Iterator<Item = Pair<'p>>) -> Vec<Flow> {
        let mut flows = Vec::new();
        self.sequence(pairs, Rule::strict_flow, |pair| {
            flows.extend(self.chain(pair));
        });
        flows
    }

    fn flow_body(&self, pair: Pair<'_>) -> Vec<Flow> {
        self.flows(inner(pair))
    }

    /// `a -> b -> c`.
    fn chain(&self, pair: Pair<'_>) -> Vec<Flow> {
        inner(pair).map(|node| self.node(node)).collect()
    }

    fn node(&self, pair: Pair<'_>) -> Flow {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::run_flow => self.run_flow(pair),
            Rule::when_flow => self.when_flow(pair, span),
            Rule::match_flow => self.match_flow(pair),
            Rule::every_flow => self.every_flow(pair),
            Rule::measure_flow => self.measure_flow(pair),
            Rule::par_flow => {
                FlowKind::Par(inner(pair).map(|part| self.chain(part)).collect())
            }
            Rule::atomic_flow => FlowKind::Atomic(self.only_body(pair)),
            Rule::on_start => FlowKind::OnStart(self.only_body(pair)),
            Rule::on_stop => FlowKind::OnStop(self.only_body(pair)),
            Rule::on_error | Rule::on_fault => self.handler(pair),
            Rule::sink_flow => self.stream(pair).map_or(FlowKind::Bad, FlowKind::Sink),
            Rule::source_flow => {
                self.stream(pair).map_or(FlowKind::Bad, FlowKind::Source)
            }
            Rule::reset_flow => {
                let path = inner(pair).next().map(|part| self.path(part));
                path.map_or(FlowKind::Bad, FlowKind::Reset)
            }
            Rule::skip_flow => FlowKind::Skip,
            Rule::drop_flow => FlowKind::Drop,
            Rule::stop_flow => FlowKind::Stop(self.reason(pair)),
            Rule::fail_flow => FlowKind::Fail(self.reason(pair)),
            Rule::mode_flow => self.mode_flow(pair),
            Rule::enter_flow => self.enter_flow(pair),
            Rule::repeat_flow => self.repeat_flow(pair),
            Rule::on_enter => FlowKind::OnEnter(self.only_body(pair)),
            Rule::on_exit => FlowKind::OnExit(self.only_body(pair)),
            Rule::on_edge => self.edge_flow(pair),
            _ => self.idle_flow(pair),
        };
        Flow { kind, span }
    }

    fn run_flow(&self, pair: Pair<'_>) -> FlowKind {
        self.applied(pair).map_or(FlowKind::Bad, FlowKind::Run)
    }

    /// A name, and arguments perhaps: `track(left, 0.1)`.
    pub(super) fn applied(&self, pair: Pair<'_>) -> Option<Applied> {
        let span = self.span(&pair);
        let (mut path, mut args) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::path => path = Some(self.path(part)),
                _ => args = Some(self.args(part)),
            }
        }
        let path = path?;
        Some(Applied { path, args, span })
    }

    fn only_body(&self, pair: Pair<'_>) -> Vec<Flow> {
        let body = inner(pair).find(|part| part.as_rule() == Rule::flow_body);
        body.map(|body| self.flow_body(body)).unwrap_or_default()
    }

    /// What is said where a run ends.
    fn reason(&self, pair: Pair<'_>) -> Option<Expr> {
        let string = inner(pair).find(|part| part.as_rule() == Rule::string)?;
        Some(Expr {
            kind: self.string_value(&string),
            span: self.span(&string),
        })
    }

    fn when_flow(&self, pair: Pair<'_>, span: Span) -> FlowKind {
        let mut branches: Vec<(Expr, Vec<Flow>)> = Vec::new();
        let mut head = None;
        let mut last = Vec::new();
        for part in inner(pair) {
            match part.as_rule() {
                Rule::else_when if part.as_str().ends_with("if") => {
                    let at = self.span(&part);
                    let error = SyntaxError::new(
                        SyntaxErrorKind::ForeignOperator,
                        at,
                        "in a pipeline this is `else when`",
                        "not `if`",
                    );
                    self.report(error.fix(at, "else when"));
                }
                Rule::flow_body => {
                    let body = self.flow_body(part);
                    match head.take() {
                        Some(cond) => branches.push((cond, body)),
                        None => last = body,
                    }
                }
                Rule::condition | Rule::if_let | Rule::bad_head => {
                    head = Some(self.plain_head(part));
                }
                _ => {}
            }
        }
        if branches.len() as u32 > MAX_HEIGHT / 4 {
            self.too_deep(span);
            return FlowKind::Bad;
        }
        while branches.len() > 1 {
            let Some((cond, body)) = branches.pop() else {
                break;
            };
            let span = cond.span.to(span.after());
            last = vec![Flow {
                kind: FlowKind::When(cond, body, last),
                span,
            }];
        }
        match branches.pop() {
            Some((cond, body)) => FlowKind::When(cond, body, last),
            None => FlowKind::Bad,
        }
    }

    fn match_flow(&self, pair: Pair<'_>) -> FlowKind {
        let mut parts = inner(pair);
        let Some(head) = parts.next() else {
            return FlowKind::Bad;
        };
        let value = self.plain_head(head);
        let mut arms = Vec::new();
        let mut previous = None;
        self.sequence(parts, Rule::strict_flow_arm, |arm| {
            self.comma_between(&mut previous, &arm);
            arms.extend(self.flow_arm(arm));
        });
        FlowKind::Match(value, arms)
    }

    fn flow_arm(&self, arm: Pair<'_>) -> Option<Arm<Vec<Flow>>> {
        let (pattern, guard, body) = self.arm_parts(&mut inner(arm))?;
        let body = match body.as_rule() {
            Rule::flow_body => self.flow_body(body),
            _ => self.chain(body),
        };
        Some(Arm {
            pattern,
            guard,
            body,
        })
    }

    fn every_flow(&self, pair: Pair<'_>) -> FlowKind {
        let mut parts = inner(pair);
        let amount = parts.next().and_then(|part| self.amount(part));
        let body = parts.next().map(|part| self.flow_body(part));
        match (amount, body) {
            (Some(amount), Some(body)) => FlowKind::Every(amount, body),
            _ => FlowKind::Bad,
        }
    }

    fn measure_flow(&self, pair: Pair<'_>) -> FlowKind {
        let mut parts = inner(pair);
        let place = parts.next().map(|part| self.expr(part));
        let body = parts.next().map(|part| self.flow_body(part));
        match (place, body) {
            (Some(place), Some(body)) => FlowKind::Measure(place, body),
            _ => FlowKind::Bad,
        }
    }

    fn idle_flow(&self, pair: Pair<'_>) -> FlowKind {
        match self.every_flow(pair) {
            FlowKind::Every(amount, body) => FlowKind::OnIdle(amount, body),
            kind => kind,
        }
    }

    fn mode_flow(&self, pair: Pair<'_>) -> FlowKind {
        let (mut name, mut start, mut body) = (None, None, Vec::new());
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word => name = Some(self.decl(&part)),
                Rule::first_mode => start = Some(self.span(&part)),
                _ => body = self.flow_body(part),
            }
        }
        name.map_or(FlowKind::Bad, |name| FlowKind::Mode(name, start, body))
    }

    fn enter_flow(&self, pair: Pair<'_>) -> FlowKind {
        let mut parts = inner(pair);
        let name = parts.next().map(|part| self.name(&part));
        let cond = parts.find(|part| part.as_rule() == Rule::expr);
        let cond = cond.map(|part| self.expr(part));
        name.map_or(FlowKind::Bad, |name| FlowKind::Enter(name, cond))
    }

    fn repeat_flow(&self, pair: Pair<'_>) -> FlowKind {
        let (mut times, mut until, mut body) = (None, None, Vec::new());
        for part in inner(pair) {
            match part.as_rule() {
                Rule::arith => times = Some(self.expr(part)),
                Rule::flow_body => body = self.flow_body(part),
                Rule::condition | Rule::if_let | Rule::bad_head => {
                    until = Some(self.plain_head(part));
                }
                _ => {}
            }
        }
        times.map_or(FlowKind::Bad, |times| FlowKind::Repeat(times, until, body))
    }

    fn edge_flow(&self, pair: Pair<'_>) -> FlowKind {
        let mut parts = inner(pair);
        let cond = parts.next().map(|part| self.plain_head(part));
        let body = parts.next().map(|part| self.flow_body(part));
        match (cond, body) {
            (Some(cond), Some(body)) => {
                if matches!(&cond.kind, ExprKind::Name(name) if &*name.text == IDLE) {
                    self.no_time(cond.span);
                    return FlowKind::Bad;
                }
                let (cond, name) = self.heard(cond);
                FlowKind::On(cond, name, body)
            }
            _ => FlowKind::Bad,
        }
    }

    /// `on idle { … }`: reported.
    fn no_time(&self, idle: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            idle,
            "`on idle` has no time",
            "how long has nothing arrived?",
        );
        self.report(error.help("write `on idle 50ms { … }`"));
        self.lose(idle);
    }

    /// `on c.hit as h`: what reads as a conversion names the value of a signal.
    fn heard(&self, cond: Expr) -> (Expr, Option<Name>) {
        let Expr { kind, span } = cond;
        let (value, ty) = match kind {
            ExprKind::As(value, ty) => (value, ty),
            kind => return (Expr { kind, span }, None),
        };
        match ty.kind {
            TyKind::Named(path, args) if args.is_empty() && path.words.len() == 1 => {
                let mut words = path.words;
                let name = words.pop();
                name.iter().for_each(|name| self.declared(name));
                (*value, name)
            }
            kind => {
                let ty = Ty {
                    kind,
                    span: ty.span,
                };
                let kind = ExprKind::As(value, ty);
                (Expr { kind, span }, None)
            }
        }
    }

    fn handler(&self, pair: Pair<'_>) -> FlowKind {
        let error = pair.as_rule() == Rule::on_error;
        let (mut names, mut from, mut body): (Vec<Name>, Vec<Applied>, _) =
            (Vec::new(), Vec::new(), Vec::new());
        for part in inner(pair) {
            match part.as_rule() {
                Rule::event_names => {
                    names = inner(part).map(|name| self.name(&name)).collect();
                }
                Rule::from => {
                    from = inner(part).filter_map(|part| self.applied(part)).collect();
                }
                _ => body = self.flow_body(part),
            }
        }
        if error {
            FlowKind::OnError { names, from, body }
        } else {
            FlowKind::OnFault { names, from, body }
        }
    }

    fn stream(&self, pair: Pair<'_>) -> Option<Stream> {
        let (mut format, mut path, mut columns) = (None, None, Vec::new());
        let mut into = None;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word => format = Some(self.name(&part)),
                Rule::call => path = self.stream_path(part),
                Rule::into => into = inner(part).next().map(|part| self.expr(part)),
                _ => columns = inner(part).filter_map(|part| self.column(part)).collect(),
            }
        }
        Some(Stream {
            format: format?,
            path,
            columns,
            into,
        })
    }

    /// The path of `csv("path")`: one plain string.
    fn stream_path(&self, call: Pair<'_>) -> Option<(String, Span)> {
        let span = self.span(&call);
        let args: Vec<_> = inner(call).collect();
        let plain = match args.as_slice() {
            [arg] => plain_string(arg.clone()),
            _ => None,
        };
        let Some(string) = plain else {
            let error = SyntaxError::new(
                SyntaxErrorKind::Unexpected,
                span,
                "expected one plain string, the path of the file",
                "not a plain string",
            );
            self.report(error.help("write `csv(\"run.csv\")`"));
            return None;
        };
        let at = self.span(&string);
        Some((self.string(&string)?, at))
    }

    fn column(&self, pair: Pair<'_>) -> Option<(Expr, Option<Name>)> {
        let mut parts = inner(pair);
        let value = self.expr(parts.next()?);
        let name = parts.next().and_then(|part| {
            let span = self.span(&part);
            Some(Name {
                text: self.string(&part)?.into(),
                span,
            })
        });
        Some((value, name))
    }
}

/// The string, if the argument is nothing else.
fn plain_string(arg: Pair<'_>) -> Option<Pair<'_>> {
    let string = only(only(arg)?)?;
    (string.as_rule() == Rule::string).then_some(string)
}

/// The inner pair, if there is one only.
fn only(pair: Pair<'_>) -> Option<Pair<'_>> {
    let mut parts = inner(pair);
    let first = parts.next()?;
    parts.next().is_none().then_some(first)
}
