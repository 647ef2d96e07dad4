//! Statements as text.

use super::Printer;
use crate::body::{Amount, Block, Expected, Expr, Ran, Stmt, StmtKind};
use crate::flow::{Flow, FlowKind};

impl Printer<'_> {
    pub(super) fn block(&mut self, block: &Block) {
        self.indent += 1;
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
        self.indent -= 1;
    }

    fn braced(&mut self, head: &str, block: &Block) {
        self.line(&format!("{head} {{"));
        self.block(block);
        self.line("}");
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let(local, value) => {
                let ty = self
                    .body
                    .and_then(|body| body.locals.get(*local))
                    .map(|local| local.ty);
                let ty = ty.map_or_else(String::new, |ty| format!(": {}", self.ty(ty)));
                let value = value
                    .as_ref()
                    .map(|value| format!(" = {}", self.expr(value)));
                let text = format!(
                    "let {}{ty}{}",
                    self.local(*local),
                    value.unwrap_or_default()
                );
                self.line(&text);
            }
            StmtKind::Unpack(pat, value, None) => {
                let pat = self.pat(pat, value.ty);
                let text = format!("let {pat} = {}", self.expr(value));
                self.line(&text);
            }
            StmtKind::Assign(place, value) => {
                let text = format!("{} = {}", self.expr(place), self.expr(value));
                self.line(&text);
            }
            StmtKind::OpAssign(place, op, value) => {
                let text =
                    format!("{} {}= {}", self.expr(place), op.text(), self.expr(value));
                self.line(&text);
            }
            StmtKind::Expr(value) => self.word("", value),
            StmtKind::Return(None) => self.line("return"),
            StmtKind::Return(Some(value)) => self.word("return ", value),
            StmtKind::Raise(error, args) => {
                let args: Vec<String> = args.iter().map(|arg| self.expr(arg)).collect();
                let text = format!(
                    "raise {}({})",
                    self.typed.errors[*error].name,
                    args.join(", ")
                );
                self.line(&text);
            }
            StmtKind::Break => self.line("break"),
            StmtKind::Continue => self.line("continue"),
            StmtKind::Block(block) => self.braced("", block),
            StmtKind::Assert(value, None) => self.word("assert ", value),
            StmtKind::Assert(value, Some(why)) => {
                let text = format!("assert {}, {}", self.expr(value), self.expr(why));
                self.line(&text);
            }
            StmtKind::Set(place, value) => {
                let text = format!("set {} = {}", self.expr(place), self.expr(value));
                self.line(&text);
            }
            StmtKind::Error => self.line("<error>"),
            _ => self.compound(stmt),
        }
    }

    /// The name of a process that a test runs alone.
    fn alone(&self, body: &[Flow]) -> String {
        let name = body.iter().find_map(|flow| match flow.kind {
            FlowKind::Run(id) => Some(&self.typed.processes[id].head.name),
            _ => None,
        });
        name.map_or_else(String::new, ToString::to_string)
    }

    /// Statements that hold blocks.
    fn compound(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Unpack(pat, value, Some(otherwise)) => {
                let pat = self.pat(pat, value.ty);
                let head = format!("let {pat} = {} else", self.expr(value));
                self.braced(&head, otherwise);
            }
            StmtKind::If(cond, yes, no) => {
                let head = format!("if {}", self.expr(cond));
                self.braced(&head, yes);
                if !no.stmts.is_empty() {
                    self.braced("else", no);
                }
            }
            StmtKind::Match(value, arms) => {
                let head = format!("match {} {{", self.expr(value));
                self.line(&head);
                self.indent += 1;
                for arm in arms {
                    let head = format!("{} =>", self.arm_head(value, arm));
                    self.braced(&head, &arm.body);
                }
                self.indent -= 1;
                self.line("}");
            }
            StmtKind::ForRange {
                local,
                lo,
                hi,
                inclusive,
                body,
            } => {
                let dots = if *inclusive { "..=" } else { ".." };
                let (lo, hi) = (self.expr(lo), self.expr(hi));
                let head = format!("for {} in {lo}{dots}{hi}", self.local(*local));
                self.braced(&head, body);
            }
            StmtKind::ForEach { local, over, body } => {
                let head = format!("for {} in {}", self.local(*local), self.expr(over));
                self.braced(&head, body);
            }
            StmtKind::While {
                cond,
                max,
                top,
                total,
                body,
            } => {
                let total = if *total { " total" } else { "" };
                let (cond, max) = (self.expr(cond), self.expr(max));
                self.braced(
                    &format!("while {cond} max {max}{total} /* at most {top} */"),
                    body,
                );
            }
            StmtKind::Run { ran, amount, until } => {
                let amount = match amount {
                    Amount::Ticks(value) => format!("{} ticks", self.expr(value)),
                    Amount::Time(value) => self.expr(value),
                };
                let until = until
                    .as_ref()
                    .map(|until| format!(" until {}", self.expr(until)));
                let name = match ran {
                    Ran::Pipeline(id) => self.typed.pipelines[*id].head.name.to_string(),
                    Ran::Process(body, _) => self.alone(body),
                };
                let text =
                    format!("run {name} for {amount}{}", until.unwrap_or_default());
                self.line(&text);
            }
            StmtKind::Expect(expected, block) => {
                let name = match expected {
                    Expected::Error(error) => self.typed.errors[*error].name.to_string(),
                    Expected::Fault(fault) => fault.name().to_owned(),
                };
                self.braced(&format!("expect {name}"), block);
            }
            _ => {}
        }
    }

    fn word(&mut self, word: &str, value: &Expr) {
        let text = format!("{word}{}", self.expr(value));
        self.line(&text);
    }
}
