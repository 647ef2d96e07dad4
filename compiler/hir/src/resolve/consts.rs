//! Constants: typed and evaluated once, when first needed.

use theus_abi::Fault;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;

use crate::body::Expr;
use crate::cx::{Cx, Env, State};
use crate::eval::Failure;
use crate::ids::{ConstId, ModuleId};
use crate::infer::{Checker, Home};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// How many constants may wait for one another.
const MAX_WAITING: u32 = 24;

/// How many nodes all literals of evaluated expressions may have.
const MAX_LITERALS: usize = 1 << 21;

/// Types and evaluates all constants.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.consts.keys().collect::<Vec<_>>() {
        cx.ensure_const(id);
    }
}

impl Cx<'_> {
    /// Types and evaluates a constant, if that is not done.
    pub(crate) fn ensure_const(&mut self, id: ConstId) {
        match self.states.consts[id] {
            State::Done => {}
            State::Doing => self.circle(id),
            State::Todo if self.states.waiting >= MAX_WAITING => {
                let head = &self.out.consts[id].head;
                let found =
                    Diagnostic::new(Code::NotConstant, head.span, "declared here")
                        .title(format!(
                            "constant `{}` depends on too many later ones",
                            head.name
                        ))
                        .help("declare constants before those that use them");
                self.states.consts[id] = State::Done;
                self.report(found);
            }
            State::Todo => {
                self.states.consts[id] = State::Doing;
                self.states.waiting += 1;
                let tree = self.trees.consts[id];
                let env = Env::plain(self.out.consts[id].head.module);
                let due = tree
                    .ty
                    .as_ref()
                    .map(|ty| (self.stored(&env, ty, false), ty.span));
                let why = due.map(|(_, span)| (span, "the type is given here"));
                let value = self.constant(
                    env.module,
                    &tree.value,
                    due.map(|(ty, _)| ty),
                    why,
                    "a constant",
                );
                let found = &mut self.out.consts[id];
                found.ty = due.map_or(value.ty, |(ty, _)| ty);
                found.value = value;
                self.states.waiting -= 1;
                self.states.consts[id] = State::Done;
            }
        }
    }

    fn circle(&mut self, id: ConstId) {
        let head = &self.out.consts[id].head;
        let found =
            Diagnostic::new(Code::NotConstant, head.span, "its value needs itself")
                .title(format!("constant `{}` depends on itself", head.name))
                .help("break the circle: give one of the constants a plain value");
        self.report(found);
    }

    /// The value of a constant; `None` if that is wrong, which is reported.
    pub(crate) fn const_value(&mut self, id: ConstId) -> Option<Value> {
        self.ensure_const(id);
        let value = self.out.consts[id].value.clone();
        self.evaluate(&value).ok()
    }

    /// Types and evaluates a constant expression; `ExprKind::Error` where that is wrong. What
    /// comes back is a literal of the value.
    pub(crate) fn constant(
        &mut self,
        module: ModuleId,
        written: &tree::Expr,
        due: Option<Ty>,
        why: Option<(Span, &'static str)>,
        what: &'static str,
    ) -> Expr {
        let mut checker = Checker::new(self, Env::plain(module), Home::Constant(what));
        let expr = match due {
            Some(due) => checker.check(written, due, why),
            None => checker.value(written),
        };
        self.folded(expr, what)
    }

    /// The literal of a constant expression; reports what is not constant or fails.
    pub(crate) fn folded(&mut self, expr: Expr, what: &str) -> Expr {
        match self.evaluate(&expr) {
            Ok(value) => self.as_literal(expr, &value),
            Err(failure) => {
                self.report_failure(&failure, what);
                Expr::error(expr.ty, expr.span)
            }
        }
    }

    /// The literal of the value of an expression; the expression itself where literals have
    /// become too many.
    pub(crate) fn as_literal(&mut self, expr: Expr, value: &Value) -> Expr {
        self.states.literals = self
            .states
            .literals
            .saturating_add(value.weight(MAX_LITERALS));
        if self.states.literals > MAX_LITERALS {
            return expr;
        }
        self.literal(value, expr.ty, expr.span)
    }

    /// Reports why an expression has no constant value.
    pub(crate) fn report_failure(&mut self, failure: &Failure, what: &str) {
        let found = match failure {
            Failure::Reported => return,
            Failure::Fault(span, fault) => constant_fault(*span, *fault),
            Failure::Open(span, why) => Diagnostic::new(Code::NotConstant, *span, *why)
                .title(format!("{what} must be known at compile time"))
                .help("use literals, constants, operators and functions such as `sqrt`"),
        };
        self.report(found);
    }

    /// Evaluates a constant `duration` or integer of a clause; `None` where it is wrong.
    pub(crate) fn constant_value(
        &mut self,
        module: ModuleId,
        written: &tree::Expr,
        due: Option<Ty>,
        what: &'static str,
    ) -> Option<(Value, Ty)> {
        let expr = self.constant(module, written, due, None, what);
        if matches!(self.kind(expr.ty), TyKind::Error) {
            return None;
        }
        let value = self.evaluate(&expr).ok()?;
        Some((value, expr.ty))
    }
}

/// The diagnostic of a constant expression that would fault.
pub(crate) fn constant_fault(span: Span, fault: Fault) -> Diagnostic {
    Diagnostic::new(Code::ConstantFault, span, fault.title())
        .title(format!("this always fails: {}", fault.title()))
        .help(match fault {
            Fault::Overflow => "the result does not fit its type: use a wider one",
            Fault::DivideByZero => "the divisor is zero",
            Fault::Conversion => "the value does not fit the target type",
            Fault::Shift => "shift by 0 to one less than the width of the type",
            _ => "change the constants it is made of",
        })
}
