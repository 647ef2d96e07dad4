//! Statements.

use crate::ast::expr::{Amount, BinaryOp, Otherwise, Stmt, StmtKind};
use crate::ast::item::Applied;
use crate::ast::{Expr, ExprKind, Name, Pattern, PatternKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{Reader, inner, later};

/// Operators that assign, with the operator they apply.
const ASSIGNMENTS: &[(&str, BinaryOp)] = &[
    ("+=", BinaryOp::Add),
    ("-=", BinaryOp::Sub),
    ("*=", BinaryOp::Mul),
    ("/=", BinaryOp::Div),
    ("%=", BinaryOp::Rem),
    ("&=", BinaryOp::BitAnd),
    ("|=", BinaryOp::BitOr),
    ("^=", BinaryOp::BitXor),
    ("<<=", BinaryOp::Shl),
    (">>=", BinaryOp::Shr),
];

impl Reader<'_> {
    /// A statement.
    pub(super) fn stmt(&self, pair: Pair<'_>) -> Stmt {
        let span = self.span(&pair);
        let (kind, height) = self.measure(|| self.stmt_kind(pair, span));
        self.grow(height, span);
        Stmt { kind, span }
    }

    fn stmt_kind(&self, pair: Pair<'_>, span: Span) -> StmtKind {
        match pair.as_rule() {
            Rule::let_stmt => self.let_stmt(pair, span),
            Rule::if_stmt => self.if_stmt(pair),
            Rule::match_stmt => self.match_stmt(pair),
            Rule::for_stmt => self.for_stmt(pair),
            Rule::while_stmt => self.while_stmt(pair),
            Rule::return_stmt => self.return_stmt(pair),
            Rule::raise_stmt => self.raise_stmt(pair),
            Rule::break_stmt => StmtKind::Break,
            Rule::continue_stmt => StmtKind::Continue,
            Rule::assert_stmt => self.assert_stmt(pair),
            Rule::faults_stmt => self.faults_stmt(pair),
            Rule::growth_stmt => {
                let body = inner(pair).find(|part| part.as_rule() == Rule::body);
                body.map_or(StmtKind::Bad, |body| {
                    StmtKind::AssertNoGrowth(self.block(body))
                })
            }
            Rule::measure_stmt => {
                let mut parts = inner(pair);
                match (parts.next(), parts.next()) {
                    (Some(place), Some(body)) => {
                        StmtKind::Measure(self.expr(place), self.block(body))
                    }
                    _ => StmtKind::Bad,
                }
            }
            Rule::run_stmt => self.run_stmt(pair),
            Rule::set_stmt => self.set_stmt(pair),
            Rule::expect_stmt => self.expect_stmt(pair),
            Rule::name_stmt => self.name_stmt(pair),
            _ => self.later_stmt(&pair, span),
        }
    }

    fn later_stmt(&self, pair: &Pair<'_>, span: Span) -> StmtKind {
        let word = pair.clone().into_inner().next();
        let word = word.map_or("this", |word| word.as_str());
        match word.trim_end() {
            "mock" => self.not_built(span, later::MOCKS),
            word => {
                self.never(span, word);
            }
        }
        StmtKind::Bad
    }

    fn let_stmt(&self, pair: Pair<'_>, span: Span) -> StmtKind {
        let mut mutable = false;
        let (mut name, mut ty, mut value, mut otherwise) = (None, None, None, None);
        let mut pattern = None;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::k_var => mutable = true,
                Rule::foreign_mut | Rule::foreign_type => {
                    mutable = true;
                    self.foreign_let(&part, span);
                }
                Rule::decl => name = Some(self.decl(&part)),
                Rule::tuple_pattern | Rule::call_pattern => {
                    pattern = Some(self.binder(part));
                }
                Rule::walrus => self.walrus(&part, "="),
                Rule::ty => ty = Some(self.ty(part)),
                Rule::expr => value = Some(self.expr(part)),
                Rule::otherwise => otherwise = self.otherwise(part),
                _ => {}
            }
        }
        // The names exist even where their value could not be read.
        let unread = Expr {
            kind: ExprKind::Bad,
            span,
        };
        if let Some(Pattern {
            kind: PatternKind::Path(path),
            ..
        }) = &mut pattern
            && path.words.len() == 1
        {
            // `Some(v)` is read as `v`.
            name = path.words.pop();
            pattern = None;
        }
        if let Some(pattern) = pattern {
            if value.is_none() {
                self.no_unpacked(pattern.span, span);
            }
            let value = value.unwrap_or(unread);
            return StmtKind::Unpack {
                mutable,
                pattern,
                ty,
                value,
                otherwise,
            };
        }
        let Some(name) = name else {
            return StmtKind::Bad;
        };
        if value.is_none() && crate::recover::is_type_word(&name.text) {
            self.type_first(&name);
            return StmtKind::Bad;
        }
        if value.is_none() && !(mutable && ty.is_some()) {
            self.no_value(&name, mutable, span);
            value = Some(unread);
        }
        StmtKind::Let {
            mutable,
            name,
            ty,
            value,
            otherwise,
        }
    }

    /// `let mut y`, `double y = …`.
    fn foreign_let(&self, part: &Pair<'_>, span: Span) {
        let word = self.span(part);
        let (at, title, help) = if part.as_rule() == Rule::foreign_mut {
            let title = "`let mut` is written `var`".to_owned();
            (span.to(word), title, "write `var`")
        } else {
            let title = format!("`{}` begins no statement", part.as_str());
            let help = "write `var`, or `let` where it never changes; a type stands after the name: `var x: f64 = 1.0`";
            (word, title, help)
        };
        let at = Span {
            start: at.start,
            end: word.end,
            ..at
        };
        let kind = SyntaxErrorKind::ForeignOperator;
        let error = SyntaxError::new(kind, at, title, "not a form of Theus");
        self.report(error.help(help).fix(at, "var"));
    }

    /// `let int x = 1`.
    fn type_first(&self, name: &Name) {
        let start = name.span.start as usize;
        let rest = self.source.text.get(start..).unwrap_or("");
        let line = rest.lines().next().unwrap_or("").len();
        self.lose(self.place(start.saturating_sub(1), start + line));
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            name.span,
            "the type stands after the name",
            "a type before it",
        );
        self.report(error.help("write `let x: i64 = 1`, or `let x = 1`"));
    }

    fn no_value(&self, name: &Name, mutable: bool, span: Span) {
        let help = if mutable {
            "write `= value`, or the type if it is assigned later"
        } else {
            "write `= value`"
        };
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span.after(),
            format!("expected `=` and a value for `{}`", name.text),
            "`=` expected here",
        );
        self.report(error.help(help));
    }

    fn no_unpacked(&self, pattern: Span, span: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span.after(),
            "expected `=` and a value to take apart",
            "`=` expected here",
        );
        let text = self.source.slice(pattern.start, pattern.end);
        self.report(error.help(format!("write `let {text} = value`")));
    }

    fn walrus(&self, pair: &Pair<'_>, ours: &str) {
        let span = self.span(pair);
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            span,
            "`:=` is not an operator",
            "not an operator of Theus",
        );
        self.report(
            error
                .help("`let x = e` declares, `x = e` assigns")
                .fix(span, ours),
        );
    }

    /// `else raise E(…)`, `else { … }`.
    fn otherwise(&self, pair: Pair<'_>) -> Option<Otherwise> {
        let span = self.span(&pair);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::error_use => {
                    let (name, args) = self.error_use(part)?;
                    return Some(Otherwise::Raise(name, args, span));
                }
                Rule::body => return Some(Otherwise::Block(self.block(part))),
                _ => {}
            }
        }
        None
    }

    fn error_use(&self, pair: Pair<'_>) -> Option<(Name, Vec<Expr>)> {
        let mut parts = inner(pair);
        let name = self.name(&parts.next()?);
        Some((name, parts.map(|part| self.expr(part)).collect()))
    }

    fn return_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut parts = inner(pair);
        let value = parts.next().map(|part| self.expr(part));
        let otherwise = parts.next().and_then(|part| self.otherwise(part));
        StmtKind::Return(value, otherwise)
    }

    fn raise_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let found = inner(pair).find(|part| part.as_rule() == Rule::error_use);
        let found = found.and_then(|part| self.error_use(part));
        found.map_or(StmtKind::Bad, |(name, args)| StmtKind::Raise(name, args))
    }

    fn assert_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut parts = inner(pair);
        let Some(condition) = parts.next() else {
            return StmtKind::Bad;
        };
        let condition = self.condition(condition);
        StmtKind::Assert(condition, parts.next().map(|part| self.expr(part)))
    }

    fn faults_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut parts =
            inner(pair).filter(|part| matches!(part.as_rule(), Rule::arith | Rule::body));
        match (parts.next(), parts.next()) {
            (Some(count), Some(body)) => {
                StmtKind::AssertFaults(self.expr(count), self.block(body))
            }
            _ => StmtKind::Bad,
        }
    }

    fn set_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut parts = inner(pair);
        let (Some(place), Some(value)) = (parts.next(), parts.next()) else {
            return StmtKind::Bad;
        };
        StmtKind::Set(self.expr(place), self.expr(value))
    }

    fn expect_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut parts = inner(pair);
        let (Some(path), Some(body)) = (parts.next(), parts.next()) else {
            return StmtKind::Bad;
        };
        StmtKind::Expect(self.path(path), self.block(body))
    }

    fn run_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let mut targets: Vec<Applied> = Vec::new();
        let mut amount = None;
        let mut until = None;
        for part in inner(pair) {
            match part.as_rule() {
                Rule::path => {
                    let path = self.path(part);
                    let span = path.span;
                    targets.push(Applied {
                        path,
                        args: None,
                        span,
                    });
                }
                Rule::call => {
                    let end = self.span(&part).end;
                    if let Some(target) = targets.last_mut() {
                        target.span.end = end;
                        target.args = Some(self.args(part));
                    }
                }
                Rule::expr => until = Some(self.expr(part)),
                Rule::amount => amount = self.amount(part),
                Rule::times => {
                    let value = inner(part).next().map(|part| self.expr(part));
                    amount = value.map(|value| Amount { value, ticks: true });
                }
                _ => {}
            }
        }
        let with = targets.split_off(targets.len().min(1));
        let target = targets.pop();
        target.map_or(StmtKind::Bad, |target| StmtKind::Run {
            target,
            with,
            amount,
            until,
        })
    }

    /// `10s`, `100 ticks`.
    pub(super) fn amount(&self, pair: Pair<'_>) -> Option<Amount> {
        let mut parts = inner(pair);
        let value = self.expr(parts.next()?);
        Some(Amount {
            value,
            ticks: parts.next().is_some(),
        })
    }

    /// A statement that begins with a name.
    fn name_stmt(&self, pair: Pair<'_>) -> StmtKind {
        let span = self.span(&pair);
        let mut parts = inner(pair);
        let Some(place) = parts.next() else {
            return StmtKind::Bad;
        };
        let place = self.expr(place);
        let Some(next) = parts.next() else {
            return self.bare(place, None, span);
        };
        match next.as_rule() {
            Rule::otherwise => {
                let otherwise = self.otherwise(next);
                self.bare(place, otherwise, span)
            }
            Rule::step => {
                self.step(&next, &place);
                StmtKind::Bad
            }
            Rule::infix_tail => {
                self.compared(next, span);
                StmtKind::Bad
            }
            _ => {
                let op_span = self.span(&next);
                let text = next.as_str().trim_end();
                let op = ASSIGNMENTS
                    .iter()
                    .find(|(name, _)| *name == text)
                    .map(|(_, op)| *op);
                if text == ":=" {
                    self.walrus(&next, "=");
                }
                let Some(value) = parts.next() else {
                    return StmtKind::Bad;
                };
                let value = self.expr(value);
                let otherwise = parts.next().and_then(|part| self.otherwise(part));
                StmtKind::Assign {
                    place,
                    op,
                    op_span,
                    value,
                    otherwise,
                }
            }
        }
    }

    /// A call, or something that does nothing.
    fn bare(&self, place: Expr, otherwise: Option<Otherwise>, span: Span) -> StmtKind {
        match place.kind {
            ExprKind::Call(..) | ExprKind::Method(..) => StmtKind::Call {
                call: place,
                otherwise,
            },
            ExprKind::Bad => StmtKind::Bad,
            _ if self.is_lost(span) => StmtKind::Bad,
            _ => {
                let text = self.source.slice(place.span.start, place.span.end);
                self.report(crate::recover::no_effect(text, span));
                if crate::recover::is_foreign(text) {
                    let rest = self.source.text.get(span.start as usize..);
                    let line = rest.and_then(|rest| rest.lines().next()).unwrap_or("");
                    let start = span.start as usize;
                    self.lose(self.place(start, start + line.len()));
                }
                StmtKind::Bad
            }
        }
    }

    fn step(&self, op: &Pair<'_>, place: &Expr) {
        let at = self.span(op);
        let (theirs, ours) = if op.as_str().starts_with("++") {
            ("++", " += 1")
        } else {
            ("--", " -= 1")
        };
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            at,
            format!("`{theirs}` is written `{}`", ours.trim_start()),
            "not an operator of Theus",
        );
        let gap = Span {
            start: place.span.end,
            ..at
        };
        self.report(error.fix(gap, ours));
    }

    /// `a == b` as a statement.
    fn compared(&self, tail: Pair<'_>, span: Span) {
        let first = inner(tail).next();
        let error = SyntaxError::new(
            SyntaxErrorKind::NoEffect,
            span,
            "this expression does nothing here",
            "a value that nobody takes",
        );
        let equal = first
            .filter(|op| op.as_rule() == Rule::eq)
            .map(|op| self.span(&op));
        self.report(match equal {
            Some(at) => error.help("`=` assigns, `==` compares").fix(at, "="),
            None => error.help("give it back with `return`, assign it with `=`, or declare it with `let`"),
        });
    }
}
