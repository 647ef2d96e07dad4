//! Patterns of `match`.

use crate::ast::expr::UnaryOp;
use crate::ast::{Expr, ExprKind, Name, Path, Pattern, PatternKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{Reader, inner};

impl Reader<'_> {
    /// `A | B`.
    pub(super) fn pattern(&self, pair: Pair<'_>) -> Pattern {
        let span = self.span(&pair);
        let mut parts: Vec<_> = inner(pair).map(|part| self.pattern_one(part)).collect();
        match parts.len() {
            1 => parts.pop().unwrap_or(Pattern {
                kind: PatternKind::Bad,
                span,
            }),
            _ => Pattern {
                kind: PatternKind::Or(parts),
                span,
            },
        }
    }

    fn pattern_one(&self, pair: Pair<'_>) -> Pattern {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::wild => PatternKind::Wild,
            Rule::none => PatternKind::None,
            Rule::bool | Rule::string => PatternKind::Literal(self.operand(pair)),
            Rule::pattern_number => self.pattern_number(pair),
            Rule::pattern_path | Rule::call_pattern => {
                let mut pairs = inner(pair);
                let path = pairs.next().map(|path| self.path(path));
                match (path, pairs.next()) {
                    (None, _) => PatternKind::Bad,
                    (Some(path), None) if self.foreign_none(&path) => PatternKind::None,
                    (Some(path), None) => PatternKind::Path(path),
                    (Some(path), Some(parts)) => {
                        let parts = inner(parts).filter_map(|part| self.part(part));
                        self.some(path, parts.collect(), span)
                    }
                }
            }
            Rule::tuple_pattern => self.tuple_pattern(pair),
            _ => PatternKind::Bad,
        };
        Pattern { kind, span }
    }

    /// `None`, `null`: reported; whether it is one.
    fn foreign_none(&self, path: &Path) -> bool {
        let theirs = ["None", "null", "nil", "NULL", "nullptr"];
        let [word] = path.words.as_slice() else {
            return false;
        };
        if !theirs.contains(&&*word.text) {
            return false;
        }
        let kind = SyntaxErrorKind::ForeignOperator;
        let title = format!("`{}` is written `none`", word.text);
        let error = SyntaxError::new(kind, word.span, title, "not a pattern of Theus");
        self.report(error.fix(word.span, "none"));
        true
    }

    /// `Some(v)`: reported and read as `v`; else a variant with its parts.
    fn some(
        &self,
        path: Path,
        mut parts: Vec<(Option<Name>, Pattern)>,
        span: Span,
    ) -> PatternKind {
        let is_some = matches!(path.words.as_slice(), [word] if &*word.text == "Some");
        let only = (is_some && parts.len() == 1).then(|| parts.pop()).flatten();
        let Some((None, inside)) = only else {
            return PatternKind::Parts(path, parts);
        };
        let kind = SyntaxErrorKind::ForeignOperator;
        let title = "an optional value is not wrapped";
        let text = self.source.slice(inside.span.start, inside.span.end);
        let error = SyntaxError::new(kind, span, title, "not a pattern of Theus");
        self.lose(span);
        self.report(
            error
                .help(format!(
                    "write `{text}`: `if let {text} = e {{ … }}`, `match e {{ none => {{ … }} {text} => {{ … }} }}`"
                ))
                .fix(span, text),
        );
        inside.kind
    }

    /// `r: x`, `x`.
    fn part(&self, pair: Pair<'_>) -> Option<(Option<Name>, Pattern)> {
        let (mut name, mut pattern) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::pattern => pattern = Some(self.pattern(part)),
                _ => {}
            }
        }
        Some((name, pattern?))
    }

    /// `(a, b)`; `(a)` is `a`.
    fn tuple_pattern(&self, pair: Pair<'_>) -> PatternKind {
        let parts = inner(pair).map(|part| self.pattern(part));
        let mut parts: Vec<_> = parts.collect();
        match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only.kind,
            (Some(last), false) => {
                parts.push(last);
                PatternKind::Tuple(parts)
            }
            (None, _) => PatternKind::Bad,
        }
    }

    /// The head of `let` and `for`: a name, or a value taken apart.
    pub(super) fn binder(&self, pair: Pair<'_>) -> Pattern {
        if pair.as_rule() == Rule::decl {
            let name = self.decl(&pair);
            return Pattern {
                span: name.span,
                kind: name_pattern(name),
            };
        }
        self.pattern_one(pair)
    }

    fn pattern_number(&self, pair: Pair<'_>) -> PatternKind {
        let mut bounds: Vec<Expr> = Vec::new();
        let mut sign = None;
        let mut range = None;
        for part in inner(pair) {
            let span = self.span(&part);
            match part.as_rule() {
                Rule::neg => sign = Some(span),
                Rule::range => range = Some(false),
                Rule::range_to => range = Some(true),
                _ => {
                    let number = Expr {
                        kind: self.number(&part),
                        span,
                    };
                    bounds.push(match sign.take() {
                        Some(sign) => Expr {
                            span: sign.to(number.span),
                            kind: ExprKind::Unary(UnaryOp::Neg, Box::new(number)),
                        },
                        None => number,
                    });
                }
            }
        }
        let last = bounds.pop();
        match (bounds.pop(), last, range) {
            (Some(lo), Some(hi), Some(inclusive)) => {
                PatternKind::Range(lo, hi, inclusive)
            }
            (None, Some(value), None) => PatternKind::Literal(value),
            _ => PatternKind::Bad,
        }
    }
}

/// A name (or `_`) as a pattern.
fn name_pattern(name: Name) -> PatternKind {
    if &*name.text == "_" {
        return PatternKind::Wild;
    }
    PatternKind::Path(Path {
        span: name.span,
        words: vec![name],
    })
}
