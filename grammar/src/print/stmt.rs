//! Blocks and statements.

use crate::ast::expr::{Amount, Block, Otherwise, Stmt, StmtKind};
use crate::ast::{Arm, Expr, Name};

use super::expr::{arm_head, expr, pattern, ty};
use super::{Printer, applied, path};

/// `E`, `E(a, b)`.
fn raised(name: &Name, args: &[Expr]) -> String {
    let args: Vec<_> = args.iter().map(expr).collect();
    if args.is_empty() {
        name.text.to_string()
    } else {
        format!("{}({})", name.text, args.join(", "))
    }
}

/// `100 ticks`, `10s`.
pub(super) fn amount(amount: &Amount) -> String {
    format!(
        "{}{}",
        expr(&amount.value),
        if amount.ticks { " ticks" } else { "" }
    )
}

impl Printer {
    /// The statements of a block.
    pub(super) fn block(&mut self, block: &Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    /// A line with the `else …` of a fallible operation.
    fn fallible(&mut self, line: &str, otherwise: Option<&Otherwise>, stmt: &Stmt) {
        match otherwise {
            None => self.line(line, Some(stmt.span)),
            Some(Otherwise::Raise(name, args, _)) => {
                self.line(
                    &format!("{line} else raise {}", raised(name, args)),
                    Some(stmt.span),
                );
            }
            Some(Otherwise::Block(block)) => {
                self.line(&format!("{line} else"), Some(stmt.span));
                self.nested(|printer| printer.block(block));
            }
        }
    }

    fn headed(&mut self, line: &str, body: &Block, stmt: &Stmt) {
        self.line(line, Some(stmt.span));
        self.nested(|printer| printer.block(body));
    }

    /// `let` and `var`.
    fn declared(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Let {
                mutable,
                name,
                ty: written,
                value,
                otherwise,
            } => {
                let word = if *mutable { "var" } else { "let" };
                let written =
                    written.as_ref().map(|written| format!(": {}", ty(written)));
                let value = value.as_ref().map(|value| format!(" = {}", expr(value)));
                let (written, value) =
                    (written.unwrap_or_default(), value.unwrap_or_default());
                let line = format!("{word} {}{written}{value}", name.text);
                self.fallible(&line, otherwise.as_ref(), stmt);
            }
            StmtKind::Unpack {
                mutable,
                pattern: parts,
                ty: written,
                value,
                otherwise,
            } => {
                let word = if *mutable { "var" } else { "let" };
                let written =
                    written.as_ref().map(|written| format!(": {}", ty(written)));
                let written = written.unwrap_or_default();
                let line =
                    format!("{word} {}{written} = {}", pattern(parts), expr(value));
                self.fallible(&line, otherwise.as_ref(), stmt);
            }
            _ => {}
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        let span = Some(stmt.span);
        match &stmt.kind {
            StmtKind::Let { .. } | StmtKind::Unpack { .. } => self.declared(stmt),
            StmtKind::Assign {
                place,
                op,
                value,
                otherwise,
                ..
            } => {
                let op = op.map_or("", |op| op.text());
                let line = format!("{} {op}= {}", expr(place), expr(value));
                self.fallible(&line, otherwise.as_ref(), stmt);
            }
            StmtKind::Call { call, otherwise } => {
                self.fallible(&expr(call), otherwise.as_ref(), stmt);
            }
            StmtKind::If(cond, body, rest) => {
                self.headed(&format!("if {}", expr(cond)), body, stmt);
                self.rest(rest.as_deref());
            }
            StmtKind::Block(block) => self.headed("block", block, stmt),
            StmtKind::Match(value, arms) => {
                self.line(&format!("match {}", expr(value)), span);
                self.nested(|printer| printer.arms(arms));
            }
            StmtKind::For(name, over, body) => {
                self.headed(
                    &format!("for {} in {}", pattern(name), expr(over)),
                    body,
                    stmt,
                );
            }
            StmtKind::While {
                cond,
                max,
                total,
                body,
            } => {
                let max = max
                    .as_ref()
                    .map(|max| format!(" max {}", expr(max)))
                    .unwrap_or_default();
                let total = if *total { " total" } else { "" };
                self.headed(&format!("while {}{max}{total}", expr(cond)), body, stmt);
            }
            StmtKind::Return(value, otherwise) => {
                let value = value.as_ref().map(|value| format!(" {}", expr(value)));
                self.fallible(
                    &format!("return{}", value.unwrap_or_default()),
                    otherwise.as_ref(),
                    stmt,
                );
            }
            StmtKind::Expect(event, body) => {
                self.headed(&format!("expect {}", path(event)), body, stmt);
            }
            StmtKind::AssertFaults(count, body) => {
                self.headed(&format!("assert_faults {}", expr(count)), body, stmt);
            }
            StmtKind::AssertNoGrowth(body) => self.headed("assert_no_growth", body, stmt),
            StmtKind::Measure(place, body) => {
                self.headed(&format!("measure {}", expr(place)), body, stmt);
            }
            StmtKind::Raise(..)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Assert(..)
            | StmtKind::Set(..)
            | StmtKind::Run { .. }
            | StmtKind::Bad => self.line(&plain(&stmt.kind), span),
        }
    }

    fn arms(&mut self, arms: &[Arm<Block>]) {
        for arm in arms {
            self.line(&format!("{} =>", arm_head(arm)), Some(arm.pattern.span));
            self.nested(|printer| printer.block(&arm.body));
        }
    }

    /// The branches after the first, by a loop: a chain may be long.
    fn rest(&mut self, mut rest: Option<&Stmt>) {
        while let Some(stmt) = rest {
            match &stmt.kind {
                StmtKind::If(cond, body, next) => {
                    self.headed(&format!("else if {}", expr(cond)), body, stmt);
                    rest = next.as_deref();
                }
                StmtKind::Block(body) => {
                    self.headed("else", body, stmt);
                    rest = None;
                }
                _ => {
                    self.stmt(stmt);
                    rest = None;
                }
            }
        }
    }
}

/// A statement without blocks and without `else`.
fn plain(kind: &StmtKind) -> String {
    match kind {
        StmtKind::Raise(name, args) => format!("raise {}", raised(name, args)),
        StmtKind::Break => "break".to_owned(),
        StmtKind::Continue => "continue".to_owned(),
        StmtKind::Assert(value, None) => format!("assert {}", expr(value)),
        StmtKind::Assert(value, Some(why)) => {
            format!("assert {}, {}", expr(value), expr(why))
        }
        StmtKind::Set(place, value) => format!("set {} = {}", expr(place), expr(value)),
        StmtKind::Run {
            target,
            with,
            amount: long,
            until,
        } => {
            let until = until
                .as_ref()
                .map(|until| format!(" until {}", expr(until)));
            let long = long.as_ref().map(|long| format!(" for {}", amount(long)));
            let with: String = with
                .iter()
                .map(|other| format!(", {}", applied(other)))
                .collect();
            format!(
                "run {}{with}{}{}",
                applied(target),
                until.unwrap_or_default(),
                long.unwrap_or_default()
            )
        }
        _ => "bad".to_owned(),
    }
}
