//! Expressions: which rule is whose.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, UnaryOp};
use theus_grammar::ast::ty as tree_ty;

use super::mismatch::at;
use super::{Checker, Home, Why};
use crate::body::{Expr, ExprKind, Otherwise};
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// An expression. `due` is a wish that literals follow; whether the type that comes back
    /// fits is the caller's question.
    pub(crate) fn expr(&mut self, written: &tree::Expr, due: Option<Ty>) -> Expr {
        let span = written.span;
        self.deeper(span, |this| this.any(written, due))
            .unwrap_or_else(|| Self::error(span))
    }

    fn any(&mut self, written: &tree::Expr, due: Option<Ty>) -> Expr {
        use tree::ExprKind as K;
        let span = written.span;
        // Only array literals make use of a wish that is known in part.
        let literal = matches!(&written.kind, K::Array(_) | K::Tuple(_) | K::Paren(_));
        let due =
            due.filter(|due| literal || *due == Ty::ERROR || !self.cx.has_holes(*due));
        match &written.kind {
            K::Int(value, suffix) => {
                self.integer(*value, false, suffix.as_ref(), due, span)
            }
            K::Float(value, suffix) => self.decimal(*value, suffix.as_ref(), due, span),
            K::Duration(value) => Expr {
                kind: ExprKind::Duration(*value),
                ty: Ty::DURATION,
                span,
            },
            K::Bool(value) => Expr {
                kind: ExprKind::Bool(*value),
                ty: Ty::BOOL,
                span,
            },
            K::None => self.none(due, span),
            K::Str(_) if due == Some(Ty::ERROR) => Self::error(span),
            K::Str(text) => Expr {
                kind: ExprKind::Str(text.as_str().into()),
                ty: Ty::TEXT,
                span,
            },
            K::Format(pieces) => self.format(pieces, span),
            K::Name(_) | K::Member(..) => self.named(written, due),
            K::Index(base, indices) => self.index(base, indices, span),
            K::Call(callee, args) => self.call(callee, args, due, span),
            K::Method(base, name, args) => self.method(base, name, args, due, span),
            K::Unary(op, inner) => self.unary(*op, inner, due, span),
            K::Binary(op, op_span, left, right) => {
                self.binary(*op, *op_span, left, right, due, span)
            }
            K::In(value, range) => self.in_range(value, range, span),
            K::Range(..) => self.bare_range(span),
            K::As(inner, ty) => self.cast(inner, ty, span),
            K::Coalesce(left, right) => self.coalesce(left, right, due, span),
            K::Paren(inner) => self.expr(inner, due),
            K::Tuple(parts) => self.tuple(parts, due, span),
            K::Array(elems) => self.array(elems, due, span),
            K::Fill(elem, sizes) => self.fill(elem, sizes, due, span),
            K::Build(build) => self.build(build, due, span),
            K::Closure(params, body) => self.loose_closure(params, body, span),
            K::If(cond, yes, no) => match &cond.kind {
                K::Let(pattern, value) => {
                    self.if_let_value((pattern, value), yes, no, due, span)
                }
                _ => self.if_value(cond, yes, no, due, span),
            },
            K::Match(value, arms) => self.match_value(value, arms, due, span),
            K::Quantifier(all, name, over, body) => {
                self.quantifier(*all, name, over, body, span)
            }
            // The grammar has it in heads only.
            K::Let(..) => self.bare_range(span),
            K::Old(inner) => {
                let value = self.expr(inner, due);
                if matches!(self.home, Home::Default(_) | Home::Constant(_)) {
                    let found =
                        Diagnostic::new(Code::MisplacedOld, span, "nothing was before")
                            .title("`old` in a constant expression")
                            .help("`old` belongs in `ensures` of a process");
                    self.report(found);
                    return Self::error(span);
                }
                Expr {
                    ty: value.ty,
                    kind: ExprKind::Old(Box::new(value)),
                    span,
                }
            }
            K::Bad => {
                self.cx.failures += 1;
                Self::error(span)
            }
        }
    }

    fn none(&mut self, due: Option<Ty>, span: Span) -> Expr {
        match due.map(|due| (due, self.kind(due).clone())) {
            Some((due, TyKind::Option(_))) => Expr {
                kind: ExprKind::None,
                ty: due,
                span,
            },
            Some((Ty::ERROR, _)) => Self::error(span),
            Some((due, _)) => {
                let text = self.show(due);
                let found = Diagnostic::new(Code::Mismatch, span, "this is no value")
                    .title(format!("expected `{text}`, found `none`"))
                    .help(format!(
                        "only an optional may be `none`: make the type `{text}?`"
                    ));
                self.report(found);
                Expr::error(due, span)
            }
            None => {
                let found =
                    Diagnostic::new(Code::CannotInfer, span, "an optional of what?")
                        .title("the type of `none` is not known here")
                        .help("give the type: `let x: f64? = none`");
                self.report(found);
                Self::error(span)
            }
        }
    }

    /// A range that stands alone: the grammar has refused it.
    const fn bare_range(&mut self, span: Span) -> Expr {
        self.cx.failures += 1;
        Self::error(span)
    }

    fn unary(
        &mut self,
        op: UnaryOp,
        inner: &tree::Expr,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        if let (UnaryOp::Neg, tree::ExprKind::Int(value, suffix)) = (op, &inner.kind) {
            return self.integer(*value, true, suffix.as_ref(), due, span);
        }
        if op == UnaryOp::Not {
            let value = self.check(inner, Ty::BOOL, at(span, "`not` takes a bool"));
            return Expr {
                kind: ExprKind::Unary(op, Box::new(value)),
                ty: Ty::BOOL,
                span,
            };
        }
        // No operator takes an optional: where one is due, the result is made one.
        let due = due.map(|due| match self.kind(due) {
            TyKind::Option(value) => *value,
            _ => due,
        });
        let value = self.expr(inner, due);
        if let (UnaryOp::Neg, ExprKind::Float(number)) = (op, &value.kind) {
            return Expr {
                kind: ExprKind::Float(-number),
                ty: value.ty,
                span,
            };
        }
        if value.ty == Ty::ERROR {
            return Self::error(span);
        }
        if self.takes_unary(op, value.ty) {
            return Expr {
                ty: value.ty,
                kind: ExprKind::Unary(op, Box::new(value)),
                span,
            };
        }
        let (sign, takes) = match op {
            UnaryOp::Neg => ("-", "signed numbers, durations and arrays of numbers"),
            UnaryOp::BitNot | UnaryOp::Not => ("~", "integers"),
        };
        let text = self.show(value.ty);
        let found =
            Diagnostic::new(Code::BadOperand, value.span, format!("this is `{text}`"))
                .title(format!("`{sign}` does not take `{text}`"))
                .help(format!("`{sign}` takes {takes}"));
        self.report(found);
        Expr::error(value.ty, span)
    }

    fn cast(&mut self, inner: &tree::Expr, target: &tree_ty::Ty, span: Span) -> Expr {
        let env = self.env.clone();
        let ty = self.cx.ty(&env, target);
        let value = self.value(inner);
        if ty == Ty::ERROR || value.ty == Ty::ERROR {
            return Expr::error(ty, span);
        }
        let (from, to) = (self.kind(value.ty), self.kind(ty));
        let times = |kind: &TyKind| matches!(kind, TyKind::Duration | TyKind::Instant);
        if (self.numeric(from) && self.numeric(to)) || (times(from) && times(to)) {
            return Expr {
                kind: ExprKind::Cast(Box::new(value)),
                ty,
                span,
            };
        }
        let help = match (from, to) {
            (TyKind::Duration, _) => {
                "`nanos(d)` and `seconds(d)` make numbers of a duration"
            }
            (_, TyKind::Duration) => {
                "`from_nanos(n)` and `from_seconds(x)` make durations"
            }
            (TyKind::Bool, _) => "choose a number: `if … { 1 } else { 0 }`",
            (_, TyKind::Bool) => "compare instead: `x != 0`",
            (TyKind::Array(..), _) => "convert element by element in a loop",
            (TyKind::Enum(..), _) => "choose a number with `match`",
            (_, TyKind::Enum(id, _)) => &self.chosen(*id),
            _ => "`as` converts between number types only",
        };
        let (have, want) = (self.show(value.ty), self.show(ty));
        let found =
            Diagnostic::new(Code::BadCast, value.span, format!("this is `{have}`"))
                .title(format!("`{have}` cannot be converted to `{want}`"))
                .label(target.span, "`as` converts between number types only")
                .help(help);
        self.report(found);
        Expr::error(ty, span)
    }

    /// How a number becomes a variant.
    fn chosen(&self, id: crate::ids::EnumId) -> String {
        let found = &self.cx.out.enums[id];
        let (name, variants) = (&found.head.name, &found.variants);
        let arms = variants.iter().take(2).enumerate();
        let arms: Vec<_> = arms
            .map(|(at, variant)| {
                let last = at + 1 == variants.len().min(2);
                let number = if last { "_".to_owned() } else { at.to_string() };
                format!("{number} => {name}.{}", variant.name)
            })
            .collect();
        format!(
            "choose a variant with `match`: `match n {{ {} }}`",
            arms.join(", ")
        )
    }

    fn coalesce(
        &mut self,
        left: &tree::Expr,
        right: &tree::Expr,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let due = due.map(|due| self.bare(due));
        let value = self.expr(left, due);
        let Some(ty) = self.inside(&value, span) else {
            self.expr(right, due);
            return Self::error(span);
        };
        let chained = matches!(right.kind, tree::ExprKind::Coalesce(..));
        let why = at(value.span, "it replaces this value");
        let default = if chained {
            self.expr(right, Some(ty))
        } else {
            self.check(right, ty, why)
        };
        let default = self.coerce(default, ty, why);
        Expr {
            kind: ExprKind::OrElse(Box::new(value), Otherwise::Value(Box::new(default))),
            ty,
            span,
        }
    }

    fn if_value(
        &mut self,
        cond: &tree::Expr,
        yes: &tree::Expr,
        no: &tree::Expr,
        due: Option<Ty>,
        span: Span,
    ) -> Expr {
        let cond = self.condition(cond);
        let (yes, no) = self.alike(yes, no, due);
        let ty = if yes.ty == Ty::ERROR { no.ty } else { yes.ty };
        Expr {
            kind: ExprKind::If(Box::new(cond), Box::new(yes), Box::new(no)),
            ty,
            span,
        }
    }

    /// Two branches of one type: that which is due if a branch has it, else that of the
    /// branch that has one of its own.
    fn alike(
        &mut self,
        first: &tree::Expr,
        second: &tree::Expr,
        due: Option<Ty>,
    ) -> (Expr, Expr) {
        if self.weak(second) < self.weak(first) {
            let (second, first) = self.leading(second, first, due);
            return (first, second);
        }
        self.leading(first, second, due)
    }

    /// Two branches, the first of which has a type of its own, if one has.
    fn leading(
        &mut self,
        lead: &tree::Expr,
        rest: &tree::Expr,
        due: Option<Ty>,
    ) -> (Expr, Expr) {
        let lead = self.expr(lead, due);
        let lead = self.some_value(lead);
        let hint = due.filter(|due| *due != Ty::ERROR).unwrap_or(lead.ty);
        let rest = self.expr(rest, Some(hint));
        let rest = self.some_value(rest);
        let (ty, why) = self.common(&lead, &[&lead, &rest], due);
        (self.coerce(lead, ty, None), self.coerce(rest, ty, why))
    }

    /// The type of branches: that which is due if one has it, else that of the leading one.
    pub(crate) fn common(
        &self,
        lead: &Expr,
        all: &[&Expr],
        due: Option<Ty>,
    ) -> (Ty, Why) {
        let due = due.filter(|due| *due != Ty::ERROR);
        if let Some(due) = due {
            let has =
                |expr: &&Expr| expr.ty != Ty::ERROR && self.optional_of(due, expr.ty);
            if all.iter().any(has) || matches!(self.kind(due), TyKind::Option(_)) {
                return (due, None);
            }
        }
        (lead.ty, at(lead.span, "this branch decides the type"))
    }

    /// A condition.
    pub(crate) fn condition(&mut self, written: &tree::Expr) -> Expr {
        self.check(written, Ty::BOOL, None)
    }

    /// Whether the expression is a constant one, where there are no locals.
    pub(crate) const fn no_locals(&self) -> Option<&'static str> {
        match self.home {
            Home::Constant(what) => Some(what),
            _ => None,
        }
    }
}
