//! Can this expression fail? Conditions and columns may not.
//!
//! Functions are looked into, as their callers use them: with the types and sizes of the
//! call. What cannot be shown to succeed is taken to fail.

mod operation;

use indexmap::IndexMap;
use theus_abi::Fault;
use theus_abi::image::Range;
use theus_grammar::Span;
use theus_hir::walk::{Part, parts_of_expr, parts_of_stmt};
use theus_hir::{Block, Expr, ExprKind, FnId, Otherwise, Stmt, StmtKind, Typed};

use crate::interval::{self, Given, Known};

/// Calls are followed this deep.
const MOST_DEPTH: usize = 64;
/// Functions are looked into this often.
const MOST_FUNCTIONS: usize = 2048;

/// Why an expression can fail.
#[derive(Clone, Debug)]
pub(crate) struct Why {
    /// The operation (or the call of the function that has it).
    pub(crate) span: Span,
    /// The function called and the operation in it, where it is in one.
    pub(crate) within: Option<(FnId, Span)>,
    /// What goes wrong, as in ``the index may be out of range``.
    pub(crate) text: &'static str,
}

/// Answers, remembered by function and generic arguments.
pub(crate) struct Fallible<'a> {
    typed: &'a Typed,
    seen: IndexMap<(FnId, Vec<Given>), Option<Why>>,
    depth: usize,
}

impl<'a> Fallible<'a> {
    /// Knows nothing yet.
    pub(crate) fn new(typed: &'a Typed) -> Self {
        Self {
            typed,
            seen: IndexMap::new(),
            depth: 0,
        }
    }

    /// The first operation of a condition or column that can fail.
    pub(crate) fn expr(&mut self, expr: &Expr) -> Option<Why> {
        Walk {
            known: Known::new(self.typed, Vec::new()),
            all: self,
        }
        .expr(expr)
    }

    fn function(&mut self, id: FnId, given: Vec<Given>) -> Option<Why> {
        let item = &self.typed.fns[id];
        let Ok(body) = &item.body else { return None };
        let key = (id, given);
        if let Some(known) = self.seen.get(&key) {
            return known.clone();
        }
        if self.depth >= MOST_DEPTH || self.seen.len() >= MOST_FUNCTIONS {
            let text = "this is too much to be looked into";
            return Some(Why {
                span: item.head.span,
                within: None,
                text,
            });
        }
        // A function that calls itself is reported as that.
        self.seen.insert(key.clone(), None);
        self.depth += 1;
        let mut walk = Walk {
            known: Known::new(self.typed, key.1.clone()),
            all: self,
        };
        let why = walk.block(&body.block, Some(body));
        self.depth -= 1;
        self.seen.insert(key, why.clone());
        why
    }
}

/// One function, or one expression, under way.
struct Walk<'w, 'a> {
    all: &'w mut Fallible<'a>,
    known: Known<'a>,
}

impl Walk<'_, '_> {
    fn block(&mut self, block: &Block, body: Option<&theus_hir::Body>) -> Option<Why> {
        block.stmts.iter().find_map(|stmt| self.stmt(stmt, body))
    }

    fn stmt(&mut self, stmt: &Stmt, body: Option<&theus_hir::Body>) -> Option<Why> {
        if let StmtKind::ForRange {
            local,
            lo,
            hi,
            inclusive,
            ..
        } = &stmt.kind
        {
            self.known.bind_range(*local, lo, hi, *inclusive);
        }
        let mut why = None;
        parts_of_stmt(stmt, &mut |part| {
            if why.is_none() {
                why = match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Block(block) => self.block(block, body),
                };
            }
        });
        why.or_else(|| self.own_of_stmt(stmt, body))
    }

    fn own_of_stmt(
        &mut self,
        stmt: &Stmt,
        body: Option<&theus_hir::Body>,
    ) -> Option<Why> {
        let text = match &stmt.kind {
            StmtKind::Let(local, Some(value)) => {
                let fixed = body.and_then(|body| body.locals.get(*local));
                if fixed.is_some_and(|local| !local.mutable) {
                    self.known.bind(*local, value);
                }
                return None;
            }
            StmtKind::Assign(place, _) => self.ranged(place)?,
            StmtKind::OpAssign(place, op, value) => self
                .arithmetic(*op, place, value, place.ty)
                .or_else(|| self.ranged(place))?,
            StmtKind::While { .. } => text_of(Fault::LoopBound),
            StmtKind::Raise(..) => RAISES,
            StmtKind::Let(_, None)
            | StmtKind::Unpack(..)
            | StmtKind::Expr(_)
            | StmtKind::If(..)
            | StmtKind::Match(..)
            | StmtKind::ForRange { .. }
            | StmtKind::ForEach { .. }
            | StmtKind::Return(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Block(_)
            | StmtKind::Assert(..)
            | StmtKind::Set(..)
            | StmtKind::Run { .. }
            | StmtKind::Expect(..)
            | StmtKind::Error => return None,
        };
        Some(Why {
            span: stmt.span,
            within: None,
            text,
        })
    }

    fn expr(&mut self, expr: &Expr) -> Option<Why> {
        match &expr.kind {
            ExprKind::OrElse(value, otherwise) => {
                return self.or_else(value, otherwise, expr.span);
            }
            ExprKind::Quantifier {
                local,
                lo,
                hi,
                inclusive,
                ..
            } => {
                self.known.bind_range(*local, lo, hi, *inclusive);
            }
            _ => {}
        }
        self.parts(expr).or_else(|| self.own(expr))
    }

    fn parts(&mut self, expr: &Expr) -> Option<Why> {
        let mut why = None;
        parts_of_expr(expr, &mut |part| {
            if why.is_none() {
                why = match part {
                    Part::Expr(expr) => self.expr(expr),
                    Part::Block(block) => self.block(block, None),
                };
            }
        });
        why
    }

    /// The outermost operation of `value` is handled; its parts are not.
    fn or_else(
        &mut self,
        value: &Expr,
        otherwise: &Otherwise,
        span: Span,
    ) -> Option<Why> {
        let handled = matches!(
            value.kind,
            ExprKind::Index(..)
                | ExprKind::RingIndex(..)
                | ExprKind::PoolAt(..)
                | ExprKind::Pool(..)
                | ExprKind::Unary(..)
                | ExprKind::Binary(..)
                | ExprKind::Cast(_)
                | ExprKind::Intrinsic(..)
        );
        let why = if handled {
            self.parts(value)
        } else {
            self.expr(value)
        };
        why.or_else(|| match otherwise {
            Otherwise::Value(value) => self.expr(value),
            Otherwise::Raise(..) => Some(Why {
                span,
                within: None,
                text: RAISES,
            }),
            Otherwise::Block(block) => self.block(block, None),
        })
    }

    fn own(&mut self, expr: &Expr) -> Option<Why> {
        if let ExprKind::Call(callee, args, _) = &expr.kind {
            if let Some(why) = self.outside(*callee, expr) {
                return Some(why);
            }
            let given = args.iter().map(|arg| self.known.give(*arg)).collect();
            let why = self.all.function(*callee, given)?;
            let within = Some((*callee, why.within.map_or(why.span, |(_, span)| span)));
            return Some(Why {
                span: expr.span,
                within,
                text: why.text,
            });
        }
        let text = self.operation(expr)?;
        Some(Why {
            span: expr.span,
            within: None,
            text,
        })
    }

    /// An argument that may lie outside the range of its parameter.
    fn outside(&self, callee: FnId, call: &Expr) -> Option<Why> {
        let ExprKind::Call(_, _, args) = &call.kind else {
            return None;
        };
        let params = &self.all.typed.fns[callee].params;
        let mut pairs = params.iter().zip(args);
        let (_, arg) = pairs.find(|(param, arg)| match param.range {
            Some(Range::Int { lo, hi }) => {
                let known = self.known.interval(arg);
                !known.is_some_and(|known| interval::within(known, (lo, hi)))
            }
            Some(Range::Float { lo, hi, inclusive }) => !matches!(
                arg.kind,
                ExprKind::Float(v) if v >= lo && (v < hi || inclusive && v <= hi)
            ),
            None => false,
        })?;
        Some(Why {
            span: arg.span,
            within: None,
            text: text_of(Fault::Range),
        })
    }
}

const RAISES: &str = "it may raise an error";

/// What goes wrong with that fault.
const fn text_of(fault: Fault) -> &'static str {
    match fault {
        Fault::Index => "the index may be out of range",
        Fault::Overflow => "the result may leave its type",
        Fault::DivideByZero => "the divisor may be zero",
        Fault::Conversion => "the value may not fit the target type",
        Fault::Shift => "the shift amount may be out of range",
        Fault::Range => "the value may be outside its range",
        Fault::LoopBound => "the loop may exceed its bound",
        Fault::Stale => "the element of the handle may be gone",
        Fault::Full => "there may be no room",
        Fault::Key => "a key of the order may be NaN",
        Fault::Scratch => "scratch memory may run out",
        Fault::Requires
        | Fault::Ensures
        | Fault::Missing
        | Fault::Unique
        | Fault::Audit
        | Fault::Budget
        | Fault::Late
        | Fault::Invariant
        | Fault::Assert
        | Fault::Source
        | Fault::Internal => "it may fault",
    }
}
