//! Rules on fields, and alerts.

use crate::ast::ItemKind;
use crate::ast::audit::{Alert, Audit, Clear, Level, Rule as Written};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};

use super::{Reader, inner};

impl Reader<'_> {
    /// `audit plant { … }`.
    pub(super) fn audit_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let Some(context) = parts.next_if(|part| part.as_rule() == Rule::word_path)
        else {
            return ItemKind::Bad;
        };
        let context = self.path(context);
        let mut rules = Vec::new();
        self.sequence(parts, Rule::strict_rule, |part| {
            rules.extend(self.audit_rule(part));
        });
        ItemKind::Audit(Audit { context, rules })
    }

    fn audit_rule(&self, pair: Pair<'_>) -> Option<Written> {
        let span = self.span(&pair);
        let docs = self.docs_before(span.start);
        let (mut holds, mut level) = (None, None);
        let mut after = Vec::new();
        for part in inner(pair) {
            match part.as_rule() {
                Rule::expr => holds = Some(self.expr(part)),
                Rule::level => level = self.level(&part),
                _ => after.push(self.expr(part)),
            }
        }
        let mut after = after.into_iter();
        let after = after.next().map(|count| (count, after.next()));
        Some(Written {
            docs,
            holds: holds?,
            level: level?,
            after,
            span,
        })
    }

    fn level(&self, pair: &Pair<'_>) -> Option<(Level, crate::span::Span)> {
        let span = self.span(pair);
        let text = pair.as_str().trim_end();
        let known = Level::ALL.into_iter().find(|level| level.name() == text);
        if known.is_none() {
            let error = SyntaxError::new(
                SyntaxErrorKind::Unexpected,
                span,
                format!("there is no level `{text}`"),
                "not a level",
            );
            self.report(error.help(
                "S stops everything, A aborts the pipeline, B undoes the process, C counts and logs",
            ));
        }
        known.map(|level| (level, span))
    }

    /// `alert slow { … }`.
    pub(super) fn alert_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let (mut when, mut held, mut clear, mut body) = (None, None, None, None);
        self.sequence(parts, Rule::strict_alert, |part| {
            let at = self.span(&part);
            let first = match part.as_rule() {
                Rule::alert_when => when.is_none(),
                Rule::alert_clear => clear.is_none(),
                _ => body.is_none(),
            };
            if !first {
                let word = part.as_str().split_whitespace().next().unwrap_or("");
                let error = SyntaxError::new(
                    SyntaxErrorKind::Unexpected,
                    at,
                    format!("an alert has one `{word}`"),
                    "a second one",
                );
                self.report(error.help("remove one of them, or declare another alert"));
                return;
            }
            match part.as_rule() {
                Rule::alert_when => {
                    let mut parts = inner(part);
                    when = parts.next().map(|part| self.expr(part));
                    held = parts.next().and_then(|part| self.amount(part));
                }
                Rule::alert_clear => clear = self.clear(part),
                _ => {
                    let flows = inner(part).next();
                    body =
                        Some(flows.map_or_else(Vec::new, |part| self.flows(inner(part))));
                }
            }
        });
        let Some(when) = when else {
            if !self.is_full() {
                let error = SyntaxError::new(
                    SyntaxErrorKind::Unexpected,
                    name.span,
                    format!("the alert `{}` has no `when`", name.text),
                    "nothing raises it",
                );
                self.report(
                    error.help(
                        "say when it is raised: `when plant.heat > 90.0 for 3 ticks`",
                    ),
                );
            }
            return ItemKind::Bad;
        };
        ItemKind::Alert(Box::new(Alert {
            name,
            when,
            held,
            clear,
            body: body.unwrap_or_default(),
        }))
    }

    /// `clear below 0.9`, `clear above 1.1`, `clear when e`.
    fn clear(&self, pair: Pair<'_>) -> Option<Clear> {
        let mut below = None;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::share => below = Some(part.as_str().starts_with("below")),
                _ => {
                    let value = self.expr(part);
                    return Some(match below {
                        Some(true) => Clear::Below(value),
                        Some(false) => Clear::Above(value),
                        None => Clear::When(value),
                    });
                }
            }
        }
        None
    }
}
