//! Infix operators and `in`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, BinaryOp};

use super::mismatch::{as_fix, at};
use super::optable::Class;
use super::{Checker, Why};
use crate::body::{Expr, ExprKind};
use crate::resolve::ranges;
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `left op right`. The side that has a type of its own is typed first.
    pub(crate) fn binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: &tree::Expr,
        right: &tree::Expr,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        if matches!(op, BinaryOp::And | BinaryOp::Or | BinaryOp::Implies) {
            let why = at(op_span, "this operator takes bools");
            let left = self.check(left, Ty::BOOL, why);
            let right = self.check(right, Ty::BOOL, why);
            return binary(op, left, right, Ty::BOOL, span);
        }
        let due = due.filter(|_| passes_down(op)).map(|due| self.bare(due));
        // A product that is a duration has a factor that is none.
        let scales = matches!(op, BinaryOp::Mul | BinaryOp::Div);
        let due = due.filter(|due| !(scales && *due == Ty::DURATION));
        let (left, right) = if self.weak(right) < self.weak(left) {
            let right = self.operand(right, due);
            let hint = self.hint(op, right.ty, due);
            (self.operand(left, hint), right)
        } else {
            let left = self.operand(left, due);
            let hint = self.hint(op, left.ty, due);
            let right = self.operand(right, hint);
            (left, right)
        };
        self.typed_binary(op, op_span, left, right, span)
    }

    fn operand(&mut self, written: &tree::Expr, due: Option<Ty>) -> Expr {
        let found = self.expr(written, due);
        self.some_value(found)
    }

    /// What is due on the second side when the first has a type.
    fn hint(&self, op: BinaryOp, first: Ty, due: Option<Ty>) -> Option<Ty> {
        match op {
            BinaryOp::Shl | BinaryOp::Shr => None,
            _ if first == Ty::ERROR => due,
            // A number beside an array is of the type of its elements.
            BinaryOp::Mul | BinaryOp::Div | BinaryOp::MatMul => {
                Some(match self.kind(first) {
                    TyKind::Array(elem, _) => *elem,
                    _ => first,
                })
            }
            _ => Some(first),
        }
    }

    /// `left op right` of typed operands.
    pub(crate) fn typed_binary(
        &mut self,
        op: BinaryOp,
        op_span: Span,
        left: Expr,
        right: Expr,
        span: Span,
    ) -> Expr {
        if left.ty == Ty::ERROR || right.ty == Ty::ERROR {
            let ty = if compares(op) { Ty::BOOL } else { Ty::ERROR };
            return Expr::error(ty, span);
        }
        if self.cx.is_text(left.ty)
            && self.cx.is_text(right.ty)
            && let Some(found) = self.text_binary(op, &left, &right, span)
        {
            return found;
        }
        if let Some(ty) = self.result(op, left.ty, right.ty) {
            self.zero_divisor(op, &left, &right, span);
            return binary(op, left, right, ty, span);
        }
        let (left, right) = match self.optional_sides(op, left, right) {
            Ok((left, right)) => return binary(op, left, right, Ty::BOOL, span),
            Err(sides) => sides,
        };
        self.bad_operands(op, op_span, &left, &right);
        let ty = if compares(op) { Ty::BOOL } else { Ty::ERROR };
        Expr::error(ty, span)
    }

    /// Reports an integer or duration that is divided by a literal zero.
    pub(crate) fn zero_divisor(
        &mut self,
        op: BinaryOp,
        left: &Expr,
        right: &Expr,
        span: Span,
    ) {
        let divides = matches!(op, BinaryOp::Div | BinaryOp::Rem);
        let literal = matches!(right.kind, ExprKind::Int(0) | ExprKind::Duration(0));
        let wholes = matches!(self.kind(left.ty), TyKind::Int(_) | TyKind::Duration);
        let evaluated = matches!(
            self.home,
            super::Home::Constant(_) | super::Home::Default(_)
        );
        if divides && literal && wholes && !evaluated {
            self.report(crate::resolve::consts::constant_fault(
                span,
                theus_abi::Fault::DivideByZero,
            ));
        }
    }

    /// `==` between an optional and a value.
    #[expect(
        clippy::result_large_err,
        reason = "the operands come back as they were"
    )]
    fn optional_sides(
        &mut self,
        op: BinaryOp,
        left: Expr,
        right: Expr,
    ) -> Result<(Expr, Expr), (Expr, Expr)> {
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return Err((left, right));
        }
        let wraps = |this: &Self, option: Ty, value: Ty| match this.kind(option) {
            TyKind::Option(inner) => {
                this.cx.fits(value, *inner) || this.cx.converts(value, *inner)
            }
            _ => false,
        };
        if wraps(self, left.ty, right.ty) {
            let right = self.coerce(right, left.ty, None);
            Ok((left, right))
        } else if wraps(self, right.ty, left.ty) {
            let left = self.coerce(left, right.ty, None);
            Ok((left, right))
        } else {
            Err((left, right))
        }
    }

    fn bad_operands(&mut self, op: BinaryOp, op_span: Span, left: &Expr, right: &Expr) {
        let (a, b) = (self.show(left.ty), self.show(right.ty));
        let text = op.text();
        let numbers = |this: &Self, ty: Ty| this.numeric(this.kind(ty));
        let (code, title) = match (self.kind(left.ty), self.kind(right.ty)) {
            (TyKind::Array(..), TyKind::Array(..))
                if left.ty != right.ty && op != BinaryOp::Div =>
            {
                (
                    Code::SizeMismatch,
                    format!("`{a}` and `{b}` do not fit together in `{text}`"),
                )
            }
            _ if numbers(self, left.ty)
                && numbers(self, right.ty)
                && left.ty != right.ty
                && !matches!(op, BinaryOp::Shl | BinaryOp::Shr) =>
            {
                (
                    Code::Mismatch,
                    format!("`{text}` takes two numbers of one type"),
                )
            }
            _ if left.ty == right.ty => {
                (Code::BadOperand, format!("`{text}` does not take `{a}`"))
            }
            _ => (
                Code::BadOperand,
                format!("`{text}` does not take `{a}` and `{b}`"),
            ),
        };
        let mut found = Diagnostic::new(code, op_span, "this operator")
            .title(title)
            .label(left.span, format!("this is `{a}`"))
            .label(right.span, format!("this is `{b}`"));
        let assigns = op_span.end - op_span.start > text.len() as u32;
        found = found.help(match code {
            Code::Mismatch if assigns => {
                format!("there is no implicit conversion: write `… as {a}` on the right")
            }
            _ => self.operand_help(op, left, right),
        });
        if code == Code::Mismatch {
            let float = self.class(right.ty) == Class::Float && !assigns;
            let (side, to) = if float { (left, b) } else { (right, a) };
            found = as_fix(found, side, &to);
        }
        self.report(found);
    }

    fn operand_help(&self, op: BinaryOp, left: &Expr, right: &Expr) -> String {
        let (x, y) = (self.class(left.ty), self.class(right.ty));
        let option = |ty: Ty| matches!(self.kind(ty), TyKind::Option(_));
        let text = |ty: Ty| matches!(self.kind(ty), TyKind::Str(_) | TyKind::Text);
        let same = self.cx.fits(left.ty, right.ty);
        match op {
            _ if (option(left.ty) || option(right.ty)) && !same => {
                "say first what to do with `none`: `… ?? default`".to_owned()
            }
            BinaryOp::MatMul => {
                "`@` takes (N, K) with (K, M), (N, K) with (K), (K) with (K, M), (K) with (K)"
                    .to_owned()
            }
            BinaryOp::Rem if x == Class::Float => {
                "`%` is for integers; for floats there is `fmod(a, b)`".to_owned()
            }
            BinaryOp::Shl | BinaryOp::Shr => "shifts take integers".to_owned(),
            BinaryOp::BitXor if x == Class::Float => {
                "`^` is the exclusive or of integers; powers are `pow(x, y)`".to_owned()
            }
            BinaryOp::Div if x == Class::Array && y == Class::Array => {
                "an array is divided by a number only; divide element by element in a loop"
                    .to_owned()
            }
            _ if x.arithmetic() && y.arithmetic() && !same => {
                let to = if y == Class::Float { self.show(right.ty) } else { self.show(left.ty) };
                format!("there is no implicit conversion: write `… as {to}` on one side")
            }
            _ if x == Class::Instant || y == Class::Instant => {
                "instants take `t + d`, `t - d`, and `b - a` for the time between them"
                    .to_owned()
            }
            _ if (x == Class::Duration) != (y == Class::Duration) => {
                "durations are multiplied and divided by integers; `seconds(d)` makes a number"
                    .to_owned()
            }
            BinaryOp::Eq | BinaryOp::Ne if matches!(self.kind(left.ty), TyKind::Ring(..)) => {
                "rings are not compared; compare their elements".to_owned()
            }
            BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge if same => {
                "only numbers and durations are ordered".to_owned()
            }
            BinaryOp::BitAnd | BinaryOp::BitOr if x == Class::Bool => {
                let word = if op == BinaryOp::BitAnd { "and" } else { "or" };
                format!("for bools write `{word}`")
            }
            _ if x == Class::Opaque && matches!(self.kind(left.ty), TyKind::Param(_)) => {
                format!("give the type parameter a bound: `{}: number`", self.show(left.ty))
            }
            BinaryOp::Add if text(left.ty) || text(right.ty) => {
                "write the value in a hole of the text: `\"… {x}\"`".to_owned()
            }
            _ => "both sides must be of a type that the operator takes".to_owned(),
        }
    }

    /// `value in lo..=hi`.
    pub(crate) fn in_range(
        &mut self,
        value: &tree::Expr,
        range: &tree::Expr,
        span: Span,
    ) -> Expr {
        let mut written = range;
        while let tree::ExprKind::Paren(inner) = &written.kind {
            written = inner;
        }
        let tree::ExprKind::Range(lo, hi, inclusive) = &written.kind else {
            self.value(value);
            if !matches!(written.kind, tree::ExprKind::Bad) {
                let found =
                    Diagnostic::new(Code::BadRange, range.span, "this is no range")
                        .title("`in` needs a range")
                        .help(member_of(written));
                self.report(found);
            }
            return Expr::error(Ty::BOOL, span);
        };
        let Some((value, lo, hi)) = self.range_of(value, lo, hi) else {
            return Expr::error(Ty::BOOL, span);
        };
        self.constant_range(&lo, &hi, *inclusive, range.span);
        let (value, lo, hi) = (Box::new(value), Box::new(lo), Box::new(hi));
        let kind = ExprKind::InRange {
            value,
            lo,
            hi,
            inclusive: *inclusive,
        };
        Expr {
            kind,
            ty: Ty::BOOL,
            span,
        }
    }

    fn range_of(
        &mut self,
        value: &tree::Expr,
        lo: &tree::Expr,
        hi: &tree::Expr,
    ) -> Option<(Expr, Expr, Expr)> {
        let (of, below, above) = (self.weak(value), self.weak(lo), self.weak(hi));
        if of <= below && of <= above {
            let value = self.value(value);
            if !self.has_ranges(&value) {
                return None;
            }
            let why = at(value.span, "the value decides the type of the range");
            let lo = self.check(lo, value.ty, why);
            let hi = self.check(hi, value.ty, why);
            return Some((value, lo, hi));
        }
        let (lo, hi, why) = self.bounds_of(lo, hi, None);
        if !self.has_ranges(&lo) {
            return None;
        }
        let value = self.check(value, lo.ty, why);
        Some((value, lo, hi))
    }

    /// Whether the type of a value is one of ranges; reports it if not.
    fn has_ranges(&mut self, value: &Expr) -> bool {
        let class = self.class(value.ty);
        if class.arithmetic()
            || matches!(class, Class::Duration | Class::Instant | Class::Ordered)
            || value.ty == Ty::ERROR
        {
            return true;
        }
        let text = self.show(value.ty);
        let found =
            Diagnostic::new(Code::BadOperand, value.span, format!("this is `{text}`"))
                .title(format!("`in` does not take `{text}`"))
                .help("ranges are of numbers and durations");
        self.report(found);
        false
    }

    /// Two bounds of one type.
    pub(crate) fn bounds_of(
        &mut self,
        lo: &tree::Expr,
        hi: &tree::Expr,
        due: Option<Ty>,
    ) -> (Expr, Expr, Why) {
        if self.weak(hi) < self.weak(lo) {
            let hi = self.operand(hi, due);
            let why = at(hi.span, "this bound decides the type");
            (self.check(lo, hi.ty, why), hi, why)
        } else {
            let lo = self.operand(lo, due);
            let why = at(lo.span, "this bound decides the type");
            let hi = self.check(hi, lo.ty, why);
            (lo, hi, why)
        }
    }

    /// Reports a range of constants that is empty.
    fn constant_range(&mut self, lo: &Expr, hi: &Expr, inclusive: bool, span: Span) {
        let (Ok(lo), Ok(hi)) = (self.cx.evaluate(lo), self.cx.evaluate(hi)) else {
            return;
        };
        if ranges::make(&lo, &hi, inclusive).is_none() {
            self.cx.bad_range(span, inclusive);
        }
    }
}

/// Whether the type that is due for the whole is due for the operands.
const fn passes_down(op: BinaryOp) -> bool {
    !compares(op) && !matches!(op, BinaryOp::MatMul)
}

/// Whether the result is a bool.
const fn compares(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Eq
            | BinaryOp::Ne
            | BinaryOp::Lt
            | BinaryOp::Le
            | BinaryOp::Gt
            | BinaryOp::Ge
            | BinaryOp::And
            | BinaryOp::Or
            | BinaryOp::Implies
    )
}

fn binary(op: BinaryOp, left: Expr, right: Expr, ty: Ty, span: Span) -> Expr {
    Expr {
        kind: ExprKind::Binary(op, Box::new(left), Box::new(right)),
        ty,
        span,
    }
}

/// What is written for `x in xs`.
fn member_of(written: &tree::Expr) -> String {
    match &written.kind {
        tree::ExprKind::Name(_) | tree::ExprKind::Member(..) => format!(
            "write `x in lo..=hi`; a list and a map are asked by `{}.contains(x)`",
            crate::text::expr(written)
        ),
        tree::ExprKind::Array(_) => {
            "write `x in lo..=hi`, or `x == a or x == b`".to_owned()
        }
        _ => "write `x in lo..=hi`".to_owned(),
    }
}
