//! Rules on fields, and alerts.

use std::sync::Arc;

use theus_abi::image::Range;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::audit as tree;
use theus_grammar::ast::expr::{Amount, BinaryOp};

use super::{Checker, Home};
use crate::audit::{After, Alert, Audit, Clear, Held, Rule};
use crate::body::{Block, Body, Expr, ExprKind};
use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::ids::{ContextId, ModuleId};
use crate::item::{Head, Period};
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// Most violations that a rule may wait for.
const MOST: u64 = 1000;

/// Checks all audits and alerts.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for (tree, module) in std::mem::take(&mut cx.trees.audits) {
        audit(cx, tree, module);
    }
    for (tree, head) in std::mem::take(&mut cx.trees.alerts) {
        alert(cx, tree, head);
    }
}

fn audit(cx: &mut Cx<'_>, tree: &tree::Audit, module: ModuleId) {
    let mut checker = Checker::new(cx, Env::plain(module), Home::Pipeline);
    let Some(context) = checker.audited(tree) else {
        return;
    };
    checker.subject = Some(context);
    let rules: Vec<_> = tree
        .rules
        .iter()
        .filter_map(|rule| checker.rule(rule))
        .collect();
    let locals = Body {
        locals: checker.finish(),
        block: Block::default(),
    };
    cx.out.audits.push(Audit {
        context,
        rules,
        locals,
    });
}

fn alert(cx: &mut Cx<'_>, tree: &tree::Alert, head: Head) {
    let mut checker = Checker::new(cx, Env::plain(head.module), Home::Alert);
    let when = checker.condition(&tree.when);
    checker.never(&when, &head);
    let held = match &tree.held {
        Some(held) => checker.held(held),
        None => Some(Held::Ticks(1)),
    };
    let clear = tree.clear.as_ref().map(|clear| checker.clear(clear, &when));
    checker.home = Home::Pipeline;
    let body = checker.flows(&tree.body, Period::None);
    let locals = Body {
        locals: checker.finish(),
        block: Block::default(),
    };
    let (Some(held), Some(clear)) = (held, clear.map_or(Some(None), |c| c.map(Some)))
    else {
        return;
    };
    cx.out.alerts.push(Alert {
        head,
        when,
        held,
        clear,
        body,
        locals,
    });
}

impl Checker<'_, '_> {
    /// The context that an audit is about.
    fn audited(&mut self, tree: &tree::Audit) -> Option<ContextId> {
        let path = &tree.context;
        let found = match self.cx.walk(self.env.module, &path.words) {
            Walk::Error => return None,
            Walk::Found(Def::Context(context), []) => return Some(context),
            Walk::Found(Def::Error, _) => return None,
            Walk::Found(Def::Context(_), _) => {
                Diagnostic::new(Code::WrongKind, path.span, "a part of a context")
                    .title("an audit is about a context")
                    .help("name the context; its rules name the fields")
            }
            Walk::Found(def, _) => {
                let text = format!("this is {}", def.what());
                Diagnostic::new(Code::WrongKind, path.span, text)
                    .title(format!("`{}` cannot be audited", dotted(path)))
                    .help("an audit is about a context: `audit plant { … }`")
            }
            Walk::Unknown(name, inside) => {
                let names = self.cx.candidates(self.env.module, inside, |def| {
                    matches!(def, Def::Context(_))
                        || (inside.is_none() && def.is_module())
                });
                unknown(Code::UnknownName, "context", name, &names)
            }
        };
        self.report(found);
        None
    }

    fn rule(&mut self, tree: &tree::Rule) -> Option<Rule> {
        let why = Some((tree.span, "a rule is a condition"));
        let holds = self.check(&tree.holds, Ty::BOOL, why);
        self.implied(&holds);
        let after = match &tree.after {
            Some((count, of)) => self.after(count, of.as_ref())?,
            None => After::Once,
        };
        Some(Rule {
            holds,
            level: tree.level.0,
            after,
            span: tree.span,
        })
    }

    /// Reports a rule that the range of its field implies.
    fn implied(&mut self, holds: &Expr) {
        let (value, low, high, open) = match &holds.kind {
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => (value, Some(&**lo), Some(&**hi), !inclusive),
            ExprKind::Binary(BinaryOp::Le, value, hi) => {
                (value, None, Some(&**hi), false)
            }
            ExprKind::Binary(BinaryOp::Lt, value, hi) => (value, None, Some(&**hi), true),
            ExprKind::Binary(BinaryOp::Ge, value, lo) => {
                (value, Some(&**lo), None, false)
            }
            _ => return,
        };
        let Some((declared, range)) = self.always(value, low, (high, open)) else {
            return;
        };
        let found = Diagnostic::new(Code::NeverFires, holds.span, "holds for every value")
            .title("a rule can never be broken")
            .label(declared, format!("its range is {range}"))
            .help("an assignment outside of the range fails first: remove the rule, or let it say more");
        self.report(found);
    }

    /// Reports an alert that the range of its field rules out.
    fn never(&mut self, when: &Expr, head: &Head) {
        let found = match &when.kind {
            ExprKind::Binary(BinaryOp::Gt, value, high) => {
                self.always(value, None, (Some(high), false))
            }
            ExprKind::Binary(BinaryOp::Ge, value, high) => {
                self.always(value, None, (Some(high), true))
            }
            ExprKind::Binary(BinaryOp::Lt, value, low) => {
                self.always(value, Some(low), (None, false))
            }
            _ => None,
        };
        let Some((declared, range)) = found else {
            return;
        };
        let found = Diagnostic::new(Code::NeverFires, when.span, "holds for no value")
            .title(format!("the alert `{}` can never be raised", head.name))
            .label(declared, format!("its range is {range}"))
            .help("an assignment outside of the range fails first: let it watch for less, or remove it");
        self.report(found);
    }

    /// Whether a field is always between these values, by its range: where it is declared, and
    /// the range. The second value itself may be left out.
    fn always(
        &mut self,
        value: &Expr,
        low: Option<&Expr>,
        (high, open): (Option<&Expr>, bool),
    ) -> Option<(Span, Range)> {
        let field = match &value.kind {
            ExprKind::Field(field) => *field,
            ExprKind::Index(base, _) => match base.kind {
                ExprKind::Field(field) => field,
                _ => return None,
            },
            _ => return None,
        };
        let range = self.cx.out.fields[field].range?;
        let low = low.map(|low| self.cx.evaluate(low).ok());
        let high = high.map(|high| self.cx.evaluate(high).ok());
        let always = below(low, &range) && above(high, open, &range);
        always.then_some((self.cx.out.fields[field].span, range))
    }

    fn after(
        &mut self,
        count: &theus_grammar::ast::Expr,
        of: Option<&theus_grammar::ast::Expr>,
    ) -> Option<After> {
        let n = self.number(count, "a count of violations")?;
        if n > MOST {
            let text = format!("more than {MOST}");
            let found = Diagnostic::new(Code::BadCount, count.span, text)
                .title("a rule waits for too many violations")
                .help(format!("let it act after at most {MOST}"));
            self.report(found);
            return None;
        }
        let Some(of) = of else {
            return Some(if n == 1 { After::Once } else { After::InRow(n) });
        };
        let m = self.number(of, "a count of ticks")?;
        if n > m {
            let text = format!("there are at most {m} in {m} ticks");
            let found = Diagnostic::new(Code::NeverFires, count.span, text)
                .title(format!("a rule after {n} of {m} ticks can never act"))
                .label(of.span, "the ticks that count")
                .help("the first number is the smaller one: `after 3 of 100`");
            self.report(found);
            return None;
        }
        Some(After::Among(n, m))
    }

    /// A constant that is more than zero.
    fn number(
        &mut self,
        written: &theus_grammar::ast::Expr,
        what: &'static str,
    ) -> Option<u64> {
        let module = self.env.module;
        let (value, _) = self
            .cx
            .constant_value(module, written, Some(Ty::I64), what)?;
        let count = match value {
            Value::Int(count) => u64::try_from(count).ok().filter(|count| *count > 0),
            _ => None,
        };
        if count.is_none() {
            self.no_count(written.span, what);
        }
        count
    }

    fn no_count(&mut self, span: Span, what: &str) {
        let found = Diagnostic::new(Code::BadCount, span, "not more than zero")
            .title(format!("{what} must be more than zero"))
            .help("write 1 or more, or leave it out");
        self.report(found);
    }

    /// `for 3 ticks`, `for 30ms`.
    fn held(&mut self, tree: &Amount) -> Option<Held> {
        if tree.ticks {
            let ticks = self.number(&tree.value, "a count of ticks")?;
            return Some(Held::Ticks(ticks));
        }
        let (module, span) = (self.env.module, tree.value.span);
        let due = Some(Ty::DURATION);
        let (value, _) = self.cx.constant_value(
            module,
            &tree.value,
            due,
            "how long an alert waits",
        )?;
        match value {
            Value::Duration(ns) if ns > 0 => Some(Held::Time(ns, span)),
            _ => {
                self.no_count(span, "how long an alert waits");
                None
            }
        }
    }

    fn clear(&mut self, tree: &tree::Clear, when: &Expr) -> Option<Clear> {
        let (written, below) = match tree {
            tree::Clear::When(cond) => return Some(Clear::When(self.condition(cond))),
            tree::Clear::Below(share) => (share, true),
            tree::Clear::Above(share) => (share, false),
        };
        let module = self.env.module;
        let due = Some(Ty::F64);
        let (value, _) = self.cx.constant_value(module, written, due, "a share")?;
        let Value::Float(share) = value else {
            return None;
        };
        if matches!(when.kind, ExprKind::Error) {
            return None;
        }
        let (value, limit) = self.compared(when, below, written.span)?;
        let good = if below {
            share > 0.0 && share <= 1.0
        } else {
            share >= 1.0 && share.is_finite()
        };
        if !good {
            let (word, range) = if below {
                ("below", "more than 0.0 and at most 1.0")
            } else {
                ("above", "1.0 or more")
            };
            let found = Diagnostic::new(Code::BadClear, written.span, "not such a share")
                .title(format!("`clear {word}` takes a share of the limit"))
                .label(limit.span, "this is the limit")
                .help(format!(
                    "a share is {range}; for a limit of its own write `clear when …`"
                ));
            self.report(found);
            return None;
        }
        if let Ok(Value::Int(..) | Value::Duration(_) | Value::Float(_)) =
            self.cx.evaluate(&limit)
            && !self.is_positive(&limit)
        {
            let found = Diagnostic::new(Code::BadClear, limit.span, "not above zero")
                .title("a share of this limit says nothing")
                .label(written.span, "a share of it")
                .help("write `clear when …` with a limit of its own");
            self.report(found);
            return None;
        }
        Some(Clear::Share {
            value: Box::new(value),
            limit: Box::new(limit),
            share,
            below,
        })
    }

    fn is_positive(&mut self, limit: &Expr) -> bool {
        match self.cx.evaluate(limit) {
            Ok(Value::Int(value)) => value > 0,
            Ok(Value::Duration(ns)) => ns > 0,
            Ok(Value::Float(value)) => value > 0.0,
            _ => true,
        }
    }

    /// What a `when` compares, the watched value first.
    fn compared(&mut self, when: &Expr, below: bool, span: Span) -> Option<(Expr, Expr)> {
        let (rises, falls) = ("`when value > limit`", "`when value < limit`");
        let parts = match &when.kind {
            ExprKind::Binary(op, left, right) if self.is_measure(left.ty) => {
                let fits = match op {
                    BinaryOp::Gt | BinaryOp::Ge => below,
                    BinaryOp::Lt | BinaryOp::Le => !below,
                    _ => false,
                };
                fits.then(|| ((**left).clone(), (**right).clone()))
            }
            _ => None,
        };
        if parts.is_none() {
            let (word, shape) = if below {
                ("below", rises)
            } else {
                ("above", falls)
            };
            let found = Diagnostic::new(Code::BadClear, span, "a share of what?")
                .title(format!("`clear {word}` needs a limit"))
                .label(when.span, format!("this is not {shape}"))
                .help("say in full when the alert is over: `clear when …`");
            self.report(found);
        }
        parts
    }

    fn is_measure(&self, ty: Ty) -> bool {
        matches!(
            self.kind(ty),
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Duration
        )
    }

    /// The field of that name of the context whose audit this is.
    pub(super) fn subject_field(&self, name: &Arc<str>) -> Option<ContextId> {
        let context = self.subject?;
        let mut fields = self.cx.out.contexts[context].fields.iter();
        fields
            .any(|id| self.cx.out.fields[*id].name == *name)
            .then_some(context)
    }
}

/// Whether a bound, if there is one, is known and not above a range.
fn below(bound: Option<Option<Value>>, range: &Range) -> bool {
    let Some(bound) = bound else { return true };
    match (bound, range) {
        (Some(Value::Int(bound)), Range::Int { lo, .. }) => bound <= *lo,
        (Some(Value::Duration(bound)), Range::Int { lo, .. }) => i128::from(bound) <= *lo,
        (Some(Value::Float(bound)), Range::Float { lo, .. }) => bound <= *lo,
        _ => false,
    }
}

/// Whether a bound, if there is one, is known and not below a range; an open one is no value.
fn above(bound: Option<Option<Value>>, open: bool, range: &Range) -> bool {
    let Some(bound) = bound else { return true };
    match (bound, range) {
        (Some(Value::Int(bound)), Range::Int { hi, .. }) => {
            bound > *hi || bound == *hi && !open
        }
        (Some(Value::Duration(bound)), Range::Int { hi, .. }) => {
            let bound = i128::from(bound);
            bound > *hi || bound == *hi && !open
        }
        (Some(Value::Float(bound)), Range::Float { hi, inclusive, .. }) => {
            bound > *hi || bound == *hi && (!open || !inclusive)
        }
        _ => false,
    }
}
