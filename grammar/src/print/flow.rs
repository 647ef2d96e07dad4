//! Items of pipelines.

use crate::ast::flow::Stream;
use crate::ast::item::Applied;
use crate::ast::{Expr, Flow, FlowKind, Name};

use super::expr::{arm_head, expr};
use super::stmt::amount;
use super::{Printer, applied, names, path};

fn reason(word: &str, text: Option<&Expr>) -> String {
    text.map_or_else(|| word.to_owned(), |text| format!("{word} {}", expr(text)))
}

fn handler(word: &str, events: &[Name], from: &[Applied]) -> String {
    let mut line = format!("on {word}");
    if !events.is_empty() {
        line.push_str(&format!(" {}", names(events)));
    }
    if !from.is_empty() {
        line.push_str(&format!(" from {}", {
            let from: Vec<_> = from.iter().map(applied).collect();
            from.join(", ")
        }));
    }
    line
}

impl Printer {
    /// Items in order.
    pub(super) fn flows(&mut self, flows: &[Flow]) {
        for flow in flows {
            self.flow(flow);
        }
    }

    fn body(&mut self, line: &str, body: &[Flow], flow: &Flow) {
        self.line(line, Some(flow.span));
        self.nested(|printer| printer.flows(body));
    }

    fn flow(&mut self, flow: &Flow) {
        let span = Some(flow.span);
        match &flow.kind {
            FlowKind::Run(target) => self.line(&applied(target), span),
            FlowKind::Par(members) => {
                self.line("par", span);
                self.nested(|printer| {
                    for member in members {
                        printer.line("member", None);
                        printer.nested(|printer| printer.flows(member));
                    }
                });
            }
            FlowKind::When(cond, yes, no) => {
                self.body(&format!("when {}", expr(cond)), yes, flow);
                if !no.is_empty() {
                    self.line("else", None);
                    self.nested(|printer| printer.flows(no));
                }
            }
            FlowKind::Match(value, arms) => {
                self.line(&format!("match {}", expr(value)), span);
                self.nested(|printer| {
                    for arm in arms {
                        let head = format!("{} =>", arm_head(arm));
                        printer.line(&head, Some(arm.pattern.span));
                        printer.nested(|printer| printer.flows(&arm.body));
                    }
                });
            }
            FlowKind::Every(long, body) => {
                self.body(&format!("every {}", amount(long)), body, flow);
            }
            FlowKind::Measure(place, body) => {
                self.body(&format!("measure {}", expr(place)), body, flow);
            }
            FlowKind::OnIdle(long, body) => {
                self.body(&format!("on idle {}", amount(long)), body, flow);
            }
            FlowKind::Atomic(body) => self.body("atomic", body, flow),
            FlowKind::On(cond, name, body) => {
                let name = name.as_ref().map(|name| format!(" as {}", name.text));
                let name = name.unwrap_or_default();
                self.body(&format!("on {}{name}", expr(cond)), body, flow);
            }
            FlowKind::Repeat(times, until, body) => {
                let until = until.as_ref().map(|cond| format!(" until {}", expr(cond)));
                let until = until.unwrap_or_default();
                self.body(&format!("repeat {}{until}", expr(times)), body, flow);
            }
            FlowKind::Mode(name, start, body) => {
                let start = if start.is_some() { " start" } else { "" };
                self.body(&format!("mode {}{start}", name.text), body, flow);
            }
            FlowKind::Enter(name, cond) => {
                let cond = cond.as_ref().map(|cond| format!(" when {}", expr(cond)));
                let line = format!("enter {}{}", name.text, cond.unwrap_or_default());
                self.line(&line, span);
            }
            FlowKind::OnEnter(body) => self.body("on enter", body, flow),
            FlowKind::OnExit(body) => self.body("on exit", body, flow),
            FlowKind::OnStart(body) => self.body("on start", body, flow),
            FlowKind::OnStop(body) => self.body("on stop", body, flow),
            FlowKind::OnError { names, from, body } => {
                self.body(&handler("error", names, from), body, flow);
            }
            FlowKind::OnFault { names, from, body } => {
                self.body(&handler("fault", names, from), body, flow);
            }
            FlowKind::Skip => self.line("skip", span),
            FlowKind::Drop => self.line("drop", span),
            FlowKind::Stop(why) => self.line(&reason("stop", why.as_ref()), span),
            FlowKind::Fail(why) => self.line(&reason("fail", why.as_ref()), span),
            FlowKind::Reset(what) => self.line(&format!("reset {}", path(what)), span),
            FlowKind::Sink(stream) => self.stream("sink", stream, flow),
            FlowKind::Source(stream) => self.stream("source", stream, flow),
            FlowKind::Bad => self.line("bad", span),
        }
    }

    fn stream(&mut self, word: &str, stream: &Stream, flow: &Flow) {
        let file = stream
            .path
            .as_ref()
            .map(|(file, _)| format!(" {file:?}"))
            .unwrap_or_default();
        self.line(
            &format!("{word} {}{file}", stream.format.text),
            Some(flow.span),
        );
        self.nested(|printer| {
            if let Some(into) = &stream.into {
                printer.line(&format!("into {}", expr(into)), Some(into.span));
            }
            for (value, name) in &stream.columns {
                let name = name.as_ref().map(|name| format!(" as {:?}", name.text));
                printer.line(
                    &format!("{}{}", expr(value), name.unwrap_or_default()),
                    Some(value.span),
                );
            }
        });
    }
}
