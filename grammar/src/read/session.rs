//! What happens between the cells of a session.

use crate::ast::session::{Between, Session, SessionRule};
use crate::ast::{Expr, ExprKind, ItemKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};

use super::{Reader, TRIGGERS, inner};

impl Reader<'_> {
    /// `session lab { … }`.
    pub(super) fn session_item(&self, pair: Pair<'_>) -> ItemKind {
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let mut rules = Vec::new();
        self.sequence(parts, Rule::strict_session, |part| {
            rules.push(self.session_rule(part));
        });
        ItemKind::Session(Session { name, rules })
    }

    fn session_rule(&self, pair: Pair<'_>) -> SessionRule {
        let (mut when, mut actions) = (Vec::new(), Vec::new());
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word_path => actions.push(self.path(part)),
                _ => when.extend(self.between(part)),
            }
        }
        SessionRule { when, actions }
    }

    fn between(&self, pair: Pair<'_>) -> Option<Between> {
        let rule = pair.as_rule();
        let (mut of, mut number) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word_path => of = Some(self.path(part)),
                Rule::number => {
                    let span = self.span(&part);
                    let kind = self.number(&part);
                    number = Some(Expr { kind, span });
                }
                _ => {}
            }
        }
        let number = number?;
        Some(match (rule, &number.kind) {
            (_, ExprKind::Bad) => return None,
            (Rule::every_cells, ExprKind::Int(count, None)) if *count > 0 => {
                Between::Every(number)
            }
            (Rule::pressure, ExprKind::Float(share, None))
                if (0.0..=1.0).contains(share) =>
            {
                Between::Pressure(of, number)
            }
            (Rule::idle_time, ExprKind::Duration(_)) => Between::Idle(number),
            _ => {
                self.no_trigger(rule, &number);
                return None;
            }
        })
    }

    fn no_trigger(&self, rule: Rule, number: &Expr) {
        let due = match rule {
            Rule::every_cells => "a number of cells",
            Rule::pressure => "a share from 0.0 to 1.0",
            _ => "a time, such as `5min`",
        };
        let text = self.source.slice(number.span.start, number.span.end);
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            number.span,
            format!("expected {due}"),
            format!("this is `{text}`"),
        );
        self.report(error.help(TRIGGERS));
    }
}
