//! Expressions: flat lists of operands and operators to trees, by one Pratt parser.

use std::sync::LazyLock;

use pest::pratt_parser::{Assoc, Op, PrattParser};

use crate::ast::expr::{BinaryOp, UnaryOp};
use crate::ast::{Expr, ExprKind};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::{MAX_HEIGHT, Reader, inner};

/// From the loosest to the tightest.
static PRATT: LazyLock<PrattParser<Rule>> = LazyLock::new(|| {
    let left = |rule| Op::infix(rule, Assoc::Left);
    let right = |rule| Op::infix(rule, Assoc::Right);
    PrattParser::new()
        .op(right(Rule::implies))
        .op(left(Rule::or) | left(Rule::or_c))
        .op(left(Rule::and) | left(Rule::and_c))
        .op(Op::prefix(Rule::not))
        .op(left(Rule::eq)
            | left(Rule::ne)
            | left(Rule::same)
            | left(Rule::not_same)
            | left(Rule::lt)
            | left(Rule::le)
            | left(Rule::gt)
            | left(Rule::ge)
            | left(Rule::r#in))
        .op(left(Rule::range) | left(Rule::range_to))
        .op(left(Rule::bit_or))
        .op(left(Rule::bit_xor))
        .op(left(Rule::bit_and))
        .op(left(Rule::shl) | left(Rule::shr))
        .op(left(Rule::add) | left(Rule::sub))
        .op(left(Rule::mul) | left(Rule::div) | left(Rule::rem) | left(Rule::matmul))
        .op(Op::postfix(Rule::cast))
        .op(Op::prefix(Rule::neg) | Op::prefix(Rule::bit_not) | Op::prefix(Rule::bang))
        .op(right(Rule::coalesce) | right(Rule::power))
        .op(Op::postfix(Rule::call)
            | Op::postfix(Rule::index)
            | Op::postfix(Rule::member)
            | Op::postfix(Rule::brace_value))
});

/// The operator of an infix rule; `None` for ranges, `in` and what is not of this language.
fn binary(rule: Rule) -> Option<BinaryOp> {
    Some(match rule {
        Rule::implies => BinaryOp::Implies,
        Rule::or | Rule::or_c => BinaryOp::Or,
        Rule::and | Rule::and_c => BinaryOp::And,
        Rule::eq | Rule::same => BinaryOp::Eq,
        Rule::ne | Rule::not_same => BinaryOp::Ne,
        Rule::lt => BinaryOp::Lt,
        Rule::le => BinaryOp::Le,
        Rule::gt => BinaryOp::Gt,
        Rule::ge => BinaryOp::Ge,
        Rule::bit_or => BinaryOp::BitOr,
        Rule::bit_xor => BinaryOp::BitXor,
        Rule::bit_and => BinaryOp::BitAnd,
        Rule::shl => BinaryOp::Shl,
        Rule::shr => BinaryOp::Shr,
        Rule::add => BinaryOp::Add,
        Rule::sub => BinaryOp::Sub,
        Rule::mul => BinaryOp::Mul,
        Rule::div => BinaryOp::Div,
        Rule::rem => BinaryOp::Rem,
        Rule::matmul => BinaryOp::MatMul,
        _ => return None,
    })
}

/// Infix operators of other languages, with ours.
fn foreign(rule: Rule) -> Option<(&'static str, &'static str)> {
    Some(match rule {
        Rule::and_c => ("&&", "and"),
        Rule::or_c => ("||", "or"),
        Rule::same => ("===", "=="),
        Rule::not_same => ("!==", "!="),
        _ => return None,
    })
}

/// Whether the operator compares, so that it cannot stand in a chain.
fn compares(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::In(..) => true,
        ExprKind::Binary(op, ..) => matches!(
            op,
            BinaryOp::Eq
                | BinaryOp::Ne
                | BinaryOp::Lt
                | BinaryOp::Le
                | BinaryOp::Gt
                | BinaryOp::Ge
        ),
        _ => false,
    }
}

/// An expression with its height.
pub(super) type Tall = (Expr, u32);

impl Reader<'_> {
    /// An expression that is not a range.
    pub(super) fn expr(&self, pair: Pair<'_>) -> Expr {
        let expr = self.expr_or_range(pair);
        self.refuse_range(&expr);
        expr
    }

    pub(super) fn refuse_range(&self, expr: &Expr) {
        if matches!(expr.kind, ExprKind::Range(..)) {
            let error = SyntaxError::new(
                SyntaxErrorKind::Unexpected,
                expr.span,
                "a range is no value",
                "unexpected range",
            );
            self.report(
                error.help("ranges stand after `in`, in `for` heads and in patterns; to go down, count: `for i in 0..n { let k = n - 1 - i … }`"),
            );
        }
    }

    /// An expression, or a range where one may stand.
    pub(super) fn expr_or_range(&self, pair: Pair<'_>) -> Expr {
        let span = self.span(&pair);
        let pairs = inner(pair).collect();
        self.flat(pairs, span)
    }

    /// A flat list of operands and operators.
    pub(super) fn flat(&self, pairs: Vec<Pair<'_>>, span: Span) -> Expr {
        let (expr, height) = self.tall(pairs, span);
        self.grow(height, span);
        expr
    }

    fn tall(&self, pairs: Vec<Pair<'_>>, span: Span) -> Tall {
        if pairs.is_empty() {
            return (self.bad(span), 0);
        }
        if !recursion_is_small(&pairs) {
            self.too_deep(span);
            return (self.bad(span), 0);
        }
        let errors = std::cell::Cell::new(false);
        let limit = |(expr, height): Tall| {
            if height <= MAX_HEIGHT {
                return (expr, height);
            }
            if !errors.replace(true) {
                self.too_deep(expr.span);
            }
            (self.bad(expr.span), 0)
        };
        PRATT
            .map_primary(|pair| self.measured_operand(pair))
            .map_prefix(|op, value| limit(self.prefix(&op, value)))
            .map_postfix(|value, op| limit(self.postfix(value, op)))
            .map_infix(|left, op, right| limit(self.infix(left, &op, right)))
            .parse(pairs.into_iter())
    }

    fn measured_operand(&self, pair: Pair<'_>) -> Tall {
        let (expr, height) = self.measure(|| self.operand(pair));
        (expr, height + 1)
    }

    /// A node for what could not be read; its error is reported elsewhere.
    pub(super) fn bad(&self, span: Span) -> Expr {
        Expr {
            kind: ExprKind::Bad,
            span,
        }
    }

    fn foreign(&self, span: Span, theirs: &str, ours: &str) {
        let title = format!("`{theirs}` is written `{}`", ours.trim_end());
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            span,
            title,
            "not an operator of Theus",
        );
        self.report(error.fix(span, ours));
    }

    /// `assert!(…)`: whether the sign touches the word before it.
    fn is_macro(&self, at: Span) -> bool {
        let before = self.source.text.get(..at.start as usize).unwrap_or("");
        before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_')
    }

    fn no_macro(&self, at: Span) {
        let kind = SyntaxErrorKind::ForeignOperator;
        let title = "there are no macros";
        let error = SyntaxError::new(kind, at, title, "not an operator of Theus");
        self.report(error.help("remove it").fix(at, ""));
    }

    fn prefix(&self, op: &Pair<'_>, (value, height): Tall) -> Tall {
        let at = self.span(op);
        let span = at.to(value.span);
        self.refuse_range(&value);
        let op = match op.as_rule() {
            Rule::neg => UnaryOp::Neg,
            Rule::bit_not => UnaryOp::BitNot,
            Rule::bang if self.is_macro(at) => {
                self.no_macro(at);
                return (value, height);
            }
            Rule::bang => {
                self.foreign(at, "!", "not ");
                UnaryOp::Not
            }
            _ => UnaryOp::Not,
        };
        (
            Expr {
                kind: ExprKind::Unary(op, Box::new(value)),
                span,
            },
            height + 1,
        )
    }

    fn infix(
        &self,
        (left, left_height): Tall,
        op: &Pair<'_>,
        (right, right_height): Tall,
    ) -> Tall {
        let at = self.span(op);
        let rule = op.as_rule();
        let span = left.span.to(right.span);
        let height = left_height.max(right_height) + 1;
        self.refuse_range(&left);
        if rule != Rule::r#in {
            self.refuse_range(&right);
        }
        if let Some((theirs, ours)) = foreign(rule) {
            self.foreign(at, theirs, ours);
        }
        let (left, right) = (Box::new(left), Box::new(right));
        let kind = match (rule, binary(rule)) {
            (Rule::r#in, _) => ExprKind::In(left, right),
            (Rule::range, _) => ExprKind::Range(left, right, false),
            (Rule::range_to, _) => ExprKind::Range(left, right, true),
            (Rule::coalesce, _) => ExprKind::Coalesce(left, right),
            (_, Some(op)) => ExprKind::Binary(op, at, left, right),
            (_, None) => {
                let error = SyntaxError::new(
                    SyntaxErrorKind::ForeignOperator,
                    at,
                    "`**` is not an operator",
                    "not an operator of Theus",
                );
                self.report(
                    error.help("powers are written `pow(x, y)`, squares `x * x`"),
                );
                ExprKind::Bad
            }
        };
        let kind = self.refuse_chain(kind, at);
        (Expr { kind, span }, height)
    }

    /// Reports a comparison of a comparison. `first<i64>(a)` is read as one.
    fn refuse_chain(&self, kind: ExprKind, at: Span) -> ExprKind {
        let left = match &kind {
            ExprKind::Binary(_, _, left, _) if compares(&kind) => left,
            ExprKind::In(left, _) => left,
            _ => return kind,
        };
        if let (
            ExprKind::Binary(BinaryOp::Gt, ..),
            ExprKind::Binary(BinaryOp::Lt, first, name, _),
        ) = (&kind, &left.kind)
            && matches!(name.kind, ExprKind::Name(_))
            && first.start == name.span.end
        {
            let error = SyntaxError::new(
                SyntaxErrorKind::ChainedComparison,
                first.to(at),
                "type arguments are not written in expressions",
                "they follow from the arguments, or from the type that is due",
            );
            self.report(error.help("to compare, write `a < b and b > c`"));
            return ExprKind::Bad;
        }
        let first = match &left.kind {
            ExprKind::Binary(_, first, _, _) if compares(&left.kind) => *first,
            ExprKind::In(..) => left.span,
            _ => return kind,
        };
        let error = SyntaxError::new(
            SyntaxErrorKind::ChainedComparison,
            at,
            "comparisons cannot be chained",
            "a second comparison",
        );
        let error = error.related(first, "the first one");
        self.report(error.help("write `a < b and b < c`, or `b in a..=c`"));
        kind
    }
}

/// Whether the operators that the Pratt parser reads by recursion, each inside the one before,
/// are few: rows of prefixes, operators that group to the right, and `not` on the right side
/// of an operator that is tighter than it.
fn recursion_is_small(pairs: &[Pair<'_>]) -> bool {
    let mut row = 0;
    let mut nested = 0;
    let mut loose = true;
    for pair in pairs {
        match pair.as_rule() {
            Rule::not if !loose => nested += 1,
            Rule::not | Rule::neg | Rule::bit_not | Rule::bang => row += 1,
            Rule::coalesce | Rule::power | Rule::implies => nested += 1,
            _ => row = 0,
        }
        loose = matches!(
            pair.as_rule(),
            Rule::and | Rule::or | Rule::and_c | Rule::or_c | Rule::not
        );
        if row > 100 || nested > 100 {
            return false;
        }
    }
    true
}
