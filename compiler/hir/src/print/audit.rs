//! Rules on fields, and alerts, as text.

use super::Printer;
use crate::audit::{After, Alert, Clear, Held};

impl Printer<'_> {
    pub(super) fn audits(&mut self) {
        for audit in &self.typed.audits {
            self.body = Some(&audit.locals);
            let name = self.typed.contexts[audit.context].head.name.to_string();
            self.line(&format!("audit {name} {{"));
            for rule in &audit.rules {
                let after = match rule.after {
                    After::Once => String::new(),
                    After::InRow(count) => format!(" after {count}"),
                    After::Among(count, of) => format!(" after {count} of {of}"),
                };
                let (holds, level) = (self.expr(&rule.holds), rule.level.name());
                self.line(&format!("    {holds} level {level}{after}"));
            }
            self.line("}");
        }
        for alert in &self.typed.alerts {
            self.body = Some(&alert.locals);
            self.alert(alert);
        }
    }

    fn alert(&mut self, alert: &Alert) {
        self.line(&format!("alert {} {{", alert.head.name));
        let held = match alert.held {
            Held::Ticks(ticks) => format!("{ticks} ticks"),
            Held::Time(ns, _) => format!("{ns}ns"),
        };
        let when = self.expr(&alert.when);
        self.line(&format!("    when {when} for {held}"));
        match &alert.clear {
            Some(Clear::When(cond)) => {
                let cond = self.expr(cond);
                self.line(&format!("    clear when {cond}"));
            }
            Some(Clear::Share {
                value,
                limit,
                share,
                below,
            }) => {
                let word = if *below { "<" } else { ">" };
                let (value, limit) = (self.expr(value), self.expr(limit));
                self.line(&format!(
                    "    clear when {value} {word} {share:?} * {limit}"
                ));
            }
            None => {}
        }
        self.flows(&alert.body);
        self.line("}");
    }
}
