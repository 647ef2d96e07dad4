//! Rules on fields, alerts, and rules of sessions.

use crate::ast::audit::{Alert, Audit, Clear};
use crate::ast::session::{Between, Session};
use crate::span::Span;

use super::expr::expr;
use super::stmt::amount;
use super::{Printer, path};

impl Printer {
    pub(super) fn audit(&mut self, item: &Audit, span: Option<Span>) {
        self.line(&format!("audit {}", path(&item.context)), span);
        self.nested(|printer| {
            for rule in &item.rules {
                printer.docs(&rule.docs, "///");
                let mut line =
                    format!("{} level {}", expr(&rule.holds), rule.level.0.name());
                if let Some((count, of)) = &rule.after {
                    line.push_str(&format!(" after {}", expr(count)));
                    if let Some(of) = of {
                        line.push_str(&format!(" of {}", expr(of)));
                    }
                }
                printer.line(&line, Some(rule.span));
            }
        });
    }

    pub(super) fn session(&mut self, item: &Session, span: Option<Span>) {
        self.line(&format!("session {}", item.name.text), span);
        self.nested(|printer| {
            for rule in &item.rules {
                let when: Vec<String> = rule.when.iter().map(between).collect();
                let actions: Vec<String> = rule.actions.iter().map(path).collect();
                let line = format!("{} {{ {} }}", when.join(", "), actions.join(" "));
                printer.line(&line, None);
            }
        });
    }

    pub(super) fn alert(&mut self, item: &Alert, span: Option<Span>) {
        self.line(&format!("alert {}", item.name.text), span);
        self.nested(|printer| {
            let mut line = format!("when {}", expr(&item.when));
            if let Some(held) = &item.held {
                line.push_str(&format!(" for {}", amount(held)));
            }
            printer.line(&line, Some(item.when.span));
            match &item.clear {
                Some(Clear::Below(share)) => {
                    printer
                        .line(&format!("clear below {}", expr(share)), Some(share.span));
                }
                Some(Clear::Above(share)) => {
                    printer
                        .line(&format!("clear above {}", expr(share)), Some(share.span));
                }
                Some(Clear::When(cond)) => {
                    printer.line(&format!("clear when {}", expr(cond)), Some(cond.span));
                }
                None => {}
            }
            if !item.body.is_empty() {
                printer.line("do", None);
                printer.nested(|printer| printer.flows(&item.body));
            }
        });
    }
}

fn between(when: &Between) -> String {
    match when {
        Between::Every(count) => format!("every {} cells", expr(count)),
        Between::Pressure(None, share) => format!("pressure > {}", expr(share)),
        Between::Pressure(Some(of), share) => {
            format!("pressure({}) > {}", path(of), expr(share))
        }
        Between::Idle(time) => format!("idle {}", expr(time)),
    }
}
