//! Operands and what follows them: calls, indices, members, casts, brackets, closures, and
//! `if` and `match` as values.

use crate::ast::expr::{ArgKind, Build, ClosureBody};
use crate::ast::ty::TyKind;
use crate::ast::{Arg, Arm, Expr, ExprKind, Pattern, Ty};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::expr::Tall;
use super::{MAX_HEIGHT, Reader, inner};

/// Values of other languages, with ours.
const FOREIGN_VALUES: &[(&str, &str)] = &[
    ("True", "true"),
    ("False", "false"),
    ("TRUE", "true"),
    ("FALSE", "false"),
    ("None", "none"),
    ("null", "none"),
    ("nil", "none"),
    ("NULL", "none"),
    ("nullptr", "none"),
    ("undefined", "none"),
];

impl Reader<'_> {
    /// An operand without what follows it.
    pub(super) fn operand(&self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let kind = match pair.as_rule() {
            Rule::number | Rule::dot_number => self.number(&pair),
            Rule::measured => {
                self.not_built(span, super::later::UNITS);
                ExprKind::Bad
            }
            Rule::string => self.string_value(&pair),
            Rule::bool => ExprKind::Bool(pair.as_str() == "true"),
            Rule::none => ExprKind::None,
            Rule::name => self.name_value(&pair),
            Rule::paren | Rule::size_paren => self.paren(pair, span),
            Rule::array => self.array(pair),
            Rule::closure => self.closure(pair),
            Rule::if_expr => self.if_value(pair, span),
            Rule::match_expr => self.match_value(pair),
            Rule::old => self
                .first_expr(pair)
                .map_or(ExprKind::Bad, |expr| ExprKind::Old(Box::new(expr))),
            Rule::quantifier => self.quantifier(pair),
            _ => ExprKind::Bad,
        };
        Expr { kind, span }
    }

    fn first_expr(&self, pair: Pair<'_>) -> Option<Expr> {
        let pair = inner(pair).find(|pair| pair.as_rule() == Rule::expr)?;
        Some(self.expr(pair))
    }

    fn name_value(&self, pair: &Pair<'_>) -> ExprKind {
        let name = self.name(pair);
        if let Some((theirs, ours)) = FOREIGN_VALUES
            .iter()
            .find(|(theirs, _)| *theirs == &*name.text)
        {
            let title = format!("`{theirs}` is written `{ours}`");
            let error = SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                name.span,
                title,
                "not a value of Theus",
            );
            self.report(error.fix(name.span, *ours));
            return match *ours {
                "none" => ExprKind::None,
                ours => ExprKind::Bool(ours == "true"),
            };
        }
        ExprKind::Name(name)
    }

    fn paren(&self, pair: Pair<'_>, span: Span) -> ExprKind {
        let mut pairs = inner(pair);
        let Some(first) = pairs.next().map(|pair| self.expr(pair)) else {
            return ExprKind::Bad;
        };
        let Some(rest) = pairs.next() else {
            return ExprKind::Paren(Box::new(first));
        };
        let mut parts = vec![first];
        parts.extend(inner(rest).map(|pair| self.expr(pair)));
        if parts.len() < 2 {
            self.one_part(span);
            return ExprKind::Bad;
        }
        ExprKind::Tuple(parts)
    }

    fn one_part(&self, span: Span) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            span,
            "a tuple has two parts or more",
            "this has one",
        );
        self.report(error.help("write the value alone, without the comma"));
    }

    /// `[e for p in xs if c]`: `rest` begins with `for`.
    fn build(&self, value: Pair<'_>, rest: Pair<'_>) -> ExprKind {
        let value = self.expr(value);
        let (mut pattern, mut exprs) = (None, Vec::new());
        for part in inner(rest) {
            match part.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(part)),
                Rule::expr if exprs.is_empty() => exprs.push(self.expr_or_range(part)),
                Rule::expr => exprs.push(self.expr(part)),
                _ => {}
            }
        }
        let mut exprs = exprs.into_iter();
        let (Some(pattern), Some(over)) = (pattern, exprs.next()) else {
            return ExprKind::Bad;
        };
        ExprKind::Build(Box::new(Build {
            value,
            pattern,
            over,
            cond: exprs.next(),
        }))
    }

    fn array(&self, pair: Pair<'_>) -> ExprKind {
        let mut pairs = inner(pair);
        let Some(first) = pairs.next() else {
            return ExprKind::Array(Vec::new());
        };
        let Some(rest) = pairs.next() else {
            return ExprKind::Array(vec![self.expr(first)]);
        };
        match rest.as_rule() {
            Rule::array_for => self.build(first, rest),
            Rule::array_fill => {
                let value = self.expr(first);
                let sizes = inner(rest).map(|pair| self.expr_or_range(pair)).collect();
                ExprKind::Fill(Box::new(value), sizes)
            }
            _ => {
                let mut values = vec![self.expr(first)];
                values.extend(inner(rest).map(|pair| self.expr(pair)));
                ExprKind::Array(values)
            }
        }
    }

    fn closure(&self, pair: Pair<'_>) -> ExprKind {
        let mut params = Vec::new();
        let mut body = ClosureBody::Expr(Box::new(self.bad(self.span(&pair))));
        for part in inner(pair) {
            match part.as_rule() {
                Rule::closure_param => {
                    let mut pairs = inner(part);
                    let Some(name) = pairs.next() else { continue };
                    params.push((self.decl(&name), pairs.next().map(|ty| self.ty(ty))));
                }
                Rule::body => body = ClosureBody::Block(self.block(part)),
                _ => body = ClosureBody::Expr(Box::new(self.expr(part))),
            }
        }
        ExprKind::Closure(params, body)
    }

    /// `if a { x } else if b { y } else { z }`: from the last branch to the first.
    fn if_value(&self, pair: Pair<'_>, span: Span) -> ExprKind {
        let pairs: Vec<_> = inner(pair)
            .filter(|pair| matches!(pair.as_rule(), Rule::expr | Rule::if_let))
            .collect();
        let branches = pairs.len() as u32 / 2;
        if branches > MAX_HEIGHT / 4 {
            self.too_deep(span);
            return ExprKind::Bad;
        }
        let exprs = pairs.into_iter().map(|pair| match pair.as_rule() {
            Rule::if_let => self.let_head(pair),
            _ => self.expr(pair),
        });
        let mut exprs: Vec<_> = exprs.collect();
        self.grow(self.height.get() + branches, span);
        let Some(mut last) = exprs.pop() else {
            return ExprKind::Bad;
        };
        while let (Some(value), Some(cond)) = (exprs.pop(), exprs.pop()) {
            let span = cond.span.to(span.after());
            let kind = ExprKind::If(Box::new(cond), Box::new(value), Box::new(last));
            last = Expr { kind, span };
        }
        last.kind
    }

    fn match_value(&self, pair: Pair<'_>) -> ExprKind {
        let mut pairs = inner(pair);
        let Some(value) = pairs.next().map(|pair| self.expr(pair)) else {
            return ExprKind::Bad;
        };
        let arms = pairs.filter_map(|arm| {
            let mut pairs = inner(arm);
            let (pattern, guard, body) = self.arm_parts(&mut pairs)?;
            let body = self.expr(body);
            Some(Arm {
                pattern,
                guard,
                body,
            })
        });
        let arms = arms.collect();
        ExprKind::Match(Box::new(value), arms)
    }

    /// The pattern of an arm, its `if e`, and the pair of its body.
    pub(super) fn arm_parts<'p>(
        &self,
        pairs: &mut impl Iterator<Item = Pair<'p>>,
    ) -> Option<(Pattern, Option<Expr>, Pair<'p>)> {
        let pattern = self.pattern(pairs.next()?);
        let next = pairs.next()?;
        if next.as_rule() != Rule::guard {
            return Some((pattern, None, next));
        }
        let guard = inner(next).next().map(|pair| self.expr(pair));
        Some((pattern, guard, pairs.next()?))
    }

    /// `let p = e` in a head.
    pub(super) fn let_head(&self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let (mut pattern, mut value) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::pattern => pattern = Some(self.pattern(part)),
                Rule::expr => value = Some(self.expr(part)),
                _ => {}
            }
        }
        let (Some(pattern), Some(value)) = (pattern, value) else {
            return self.bad(span);
        };
        let kind = ExprKind::Let(Box::new(pattern), Box::new(value));
        Expr { kind, span }
    }

    fn quantifier(&self, pair: Pair<'_>) -> ExprKind {
        let mut all = true;
        let mut name = None;
        let mut exprs = Vec::new();
        for part in inner(pair) {
            match part.as_rule() {
                Rule::q_word => all = part.as_str() == "all",
                Rule::decl => name = Some(self.decl(&part)),
                _ if exprs.is_empty() => exprs.push(self.expr_or_range(part)),
                _ => exprs.push(self.expr(part)),
            }
        }
        match (name, exprs.pop(), exprs.pop()) {
            (Some(name), Some(body), Some(over)) => {
                ExprKind::Quantifier(all, name, Box::new(over), Box::new(body))
            }
            _ => ExprKind::Bad,
        }
    }

    /// A call, an index, a member, a cast.
    pub(super) fn postfix(&self, (value, height): Tall, op: Pair<'_>) -> Tall {
        let at = self.span(&op);
        let span = value.span.to(at);
        let rule = op.as_rule();
        let (kind, inside) = self.measure(|| match rule {
            Rule::call => {
                let args = match &value.kind {
                    ExprKind::Member(_, name) if name.text.starts_with("by_") => {
                        self.args_or_ranges(op)
                    }
                    _ => self.args(op),
                };
                match value.kind {
                    ExprKind::Member(target, name) => {
                        ExprKind::Method(target, name, args)
                    }
                    kind => ExprKind::Call(
                        Box::new(Expr {
                            kind,
                            span: value.span,
                        }),
                        args,
                    ),
                }
            }
            Rule::index => self.index(value, op),
            Rule::member => self.member(value, op),
            Rule::cast => ExprKind::As(Box::new(value), self.cast_ty(op)),
            _ => {
                self.brace_value(&value, at);
                ExprKind::Bad
            }
        });
        (Expr { kind, span }, height.max(inside) + 1)
    }

    fn member(&self, value: Expr, op: Pair<'_>) -> ExprKind {
        let mut word = None;
        for part in op.into_inner() {
            match part.as_rule() {
                Rule::scope => self.scope(&part),
                _ => word = Some(self.name(&part)),
            }
        }
        word.map_or(ExprKind::Bad, |word| {
            ExprKind::Member(Box::new(value), word)
        })
    }

    fn index(&self, value: Expr, op: Pair<'_>) -> ExprKind {
        let span = self.span(&op);
        let mut indices: Vec<_> =
            inner(op).map(|pair| self.expr_or_range(pair)).collect();
        let is_range = |index: &Expr| matches!(index.kind, ExprKind::Range(..));
        if indices.len() > 1 && indices.iter().any(is_range) {
            let last = indices.pop();
            let Some(last) = last.filter(|_| !indices.iter().any(is_range)) else {
                self.not_built(span, super::later::SLICES);
                return ExprKind::Bad;
            };
            // `q[s, 1..3]` is a part of the row `q[s]`.
            let span = Span {
                start: value.span.start,
                ..span
            };
            let kind = ExprKind::Index(Box::new(value), indices);
            let row = Expr { kind, span };
            return ExprKind::Index(Box::new(row), vec![last]);
        }
        ExprKind::Index(Box::new(value), indices)
    }

    fn cast_ty(&self, op: Pair<'_>) -> Ty {
        let span = self.span(&op);
        let Some(path) = inner(op).next() else {
            return Ty {
                kind: TyKind::Bad,
                span,
            };
        };
        let span = self.span(&path);
        self.named_ty(self.path(path), Vec::new(), span)
    }

    fn brace_value(&self, value: &Expr, at: Span) {
        let text = self.source.slice(at.start, at.end);
        let inside = text
            .get(1..text.len().saturating_sub(1))
            .unwrap_or("")
            .trim();
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            at,
            "values of structs stand in parentheses",
            "not braces",
        );
        let name = self.source.slice(value.span.start, value.span.end);
        let error = error.help(format!("write `{name}(member: value, …)`"));
        self.report(error.fix(at, format!("({inside})")));
    }

    /// The arguments of a call.
    pub(super) fn args(&self, op: Pair<'_>) -> Vec<Arg> {
        let args = self.args_or_ranges(op);
        args.iter().for_each(|arg| self.refuse_range(&arg.value));
        args
    }

    /// The arguments of a query may be ranges: `people.by_age(20..30)`.
    fn args_or_ranges(&self, op: Pair<'_>) -> Vec<Arg> {
        inner(op).filter_map(|arg| self.arg(arg)).collect()
    }

    fn arg(&self, arg: Pair<'_>) -> Option<Arg> {
        let mut name = None;
        for part in arg.into_inner() {
            match part.as_rule() {
                Rule::word => name = Some(self.name(&part)),
                Rule::is => {
                    let span = self.span(&part);
                    let error = SyntaxError::new(
                        SyntaxErrorKind::ForeignOperator,
                        span,
                        "named arguments are written with `:`",
                        "not `=`",
                    );
                    self.report(error.fix(span, ":"));
                }
                Rule::spread => {
                    let value = self.first_expr(part)?;
                    return Some(Arg {
                        kind: ArgKind::Spread,
                        value,
                    });
                }
                Rule::expr => {
                    let kind = name.take().map_or(ArgKind::Plain, ArgKind::Named);
                    return Some(Arg {
                        kind,
                        value: self.expr_or_range(part),
                    });
                }
                _ => {}
            }
        }
        None
    }
}
