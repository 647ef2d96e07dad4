//! Rules on fields, and alerts.

use crate::ast::audit::{Alert, Audit, Clear};
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
