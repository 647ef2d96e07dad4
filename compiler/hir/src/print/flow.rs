//! Items of pipelines as text.

use super::Printer;
use crate::body::Expr;
use crate::flow::{Begins, Flow, FlowKind, Handler, Repeat, ResetTarget, Stream};
use crate::ids::PipelineId;

impl Printer<'_> {
    pub(super) fn flows(&mut self, flows: &[Flow]) {
        self.indent += 1;
        for flow in flows {
            self.flow(flow);
        }
        self.indent -= 1;
    }

    fn group(&mut self, head: &str, flows: &[Flow]) {
        self.line(&format!("{head} {{"));
        self.flows(flows);
        self.line("}");
    }

    /// `on …` without its items.
    fn begins(&self, cond: &Expr, begins: Begins) -> String {
        let cond = self.expr(cond);
        match begins {
            Begins::Latch(_) => format!("on {cond}"),
            Begins::Signal => format!("on signal {cond}"),
            Begins::Value(field) => {
                format!("on signal {cond} as {}", self.typed.field_path(field))
            }
        }
    }

    fn flow(&mut self, flow: &Flow) {
        match &flow.kind {
            FlowKind::Run(process) => {
                let name = self.typed.processes[*process].head.name.to_string();
                self.line(&name);
            }
            FlowKind::Par(members) => {
                self.line("par {");
                self.indent += 1;
                for member in members {
                    self.group("member", member);
                }
                self.indent -= 1;
                self.line("}");
            }
            FlowKind::Atomic(body) => self.group("atomic", body),
            FlowKind::When(cond, yes, no) => {
                let head = format!("when {}", self.expr(cond));
                self.group(&head, yes);
                if !no.is_empty() {
                    self.group("else", no);
                }
            }
            FlowKind::Match(value, arms) => {
                let head = format!("match {} {{", self.expr(value));
                self.line(&head);
                self.indent += 1;
                for arm in arms {
                    let head = format!("{} =>", self.arm_head(value, arm));
                    self.group(&head, &arm.body);
                }
                self.indent -= 1;
                self.line("}");
            }
            FlowKind::EveryTicks(ticks, body) => {
                self.group(&format!("every {ticks} ticks"), body);
            }
            FlowKind::EveryTime(ns, body) => self.group(&format!("every {ns}ns"), body),
            FlowKind::Measure(measure, body) => {
                self.group(&format!("measure {}", self.expr(&measure.push)), body);
            }
            FlowKind::On(cond, begins, body) => {
                let head = self.begins(cond, *begins);
                self.group(&head, body);
            }
            FlowKind::Repeat(repeat, body) => self.repeat(repeat, body),
            FlowKind::Mode(id, at, body) => {
                self.group(&format!("mode {}", self.typed.mode_name(*id, *at)), body);
            }
            FlowKind::Enter(id, at, cond) => self.enter(*id, *at, cond.as_ref()),
            FlowKind::OnEnter(body) => self.group("on enter", body),
            FlowKind::OnExit(body) => self.group("on exit", body),
            FlowKind::Nested(id, body) => {
                let head = format!("pipeline {}", self.typed.pipelines[*id].head.name);
                self.group(&head, body);
            }
            FlowKind::OnStart(body) => self.group("on start", body),
            FlowKind::OnStop(body) => self.group("on stop", body),
            FlowKind::Handler(handler) => self.handler(handler),
            FlowKind::Skip => self.line("skip"),
            FlowKind::Drop => self.line("drop"),
            FlowKind::Stop(text) => self.ending("stop", text.as_ref()),
            FlowKind::Fail(text) => self.ending("fail", text.as_ref()),
            FlowKind::Reset(target) => {
                let name = match target {
                    ResetTarget::Context(id) => {
                        self.typed.contexts[*id].head.name.to_string()
                    }
                    ResetTarget::Field(id) => self.field(*id),
                };
                self.line(&format!("reset {name}"));
            }
            FlowKind::Sink(stream) => self.stream("sink", stream),
            FlowKind::Source(stream) => self.stream("source", stream),
            FlowKind::Error => self.line("<error>"),
        }
    }

    /// `stop` or `fail`, with what it says.
    fn ending(&mut self, word: &str, text: Option<&Expr>) {
        match text {
            Some(text) => {
                let text = format!("{word} {}", self.expr(text));
                self.line(&text);
            }
            None => self.line(word),
        }
    }

    fn repeat(&mut self, repeat: &Repeat, body: &[Flow]) {
        let mut head = format!("repeat {}", self.expr(&repeat.times));
        if let Some(until) = &repeat.until {
            head.push_str(&format!(" until {}", self.expr(until)));
        }
        self.group(&head, body);
    }

    fn enter(&mut self, pipeline: PipelineId, at: u32, cond: Option<&Expr>) {
        let mut line = format!("enter {}", self.typed.mode_name(pipeline, at));
        if let Some(cond) = cond {
            line.push_str(&format!(" when {}", self.expr(cond)));
        }
        self.line(&line);
    }

    fn handler(&mut self, handler: &Handler) {
        let errors = handler
            .errors
            .iter()
            .map(|id| self.typed.errors[*id].name.to_string());
        let faults = handler
            .faults
            .iter()
            .flatten()
            .map(|fault| fault.name().to_owned());
        let names: Vec<String> = errors.chain(faults).collect();
        let word = if handler.faults.is_some() {
            "fault"
        } else {
            "error"
        };
        let from: Vec<&str> = handler
            .from
            .iter()
            .map(|id| &*self.typed.processes[*id].head.name)
            .collect();
        let from = if from.is_empty() {
            String::new()
        } else {
            format!(" from {}", from.join(", "))
        };
        let head = format!("on {word} {}{from}", names.join(", "));
        self.group(&head, &handler.body);
    }

    fn stream(&mut self, word: &str, stream: &Stream) {
        let columns = stream.columns.iter();
        let columns =
            columns.map(|(value, name)| format!("{} as {name:?}", self.expr(value)));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let format = match stream.format {
            theus_abi::image::Format::Csv => "csv",
            theus_abi::image::Format::Npy(_) => "npy",
        };
        self.line(&format!(
            "{word} {format}({:?}) {{ {columns} }}",
            stream.path
        ));
    }
}
