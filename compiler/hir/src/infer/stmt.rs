//! Statements.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{self as tree, BinaryOp};
use theus_grammar::ast::ty;

use super::Checker;
use super::mismatch::at;
use crate::body::{Block, Expr, ExprKind, Otherwise, Stmt, StmtKind};
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `{ … }` with locals of its own.
    pub(crate) fn block(&mut self, written: &tree::Block) -> Block {
        self.scoped(|this| this.stmts(&written.stmts))
    }

    /// Statements in the current scope.
    pub(crate) fn stmts(&mut self, written: &[tree::Stmt]) -> Block {
        Block {
            stmts: written.iter().map(|stmt| self.stmt(stmt)).collect(),
        }
    }

    fn stmt(&mut self, written: &tree::Stmt) -> Stmt {
        let span = written.span;
        let kind = self.deeper(span, |this| this.stmt_kind(&written.kind, span));
        Stmt {
            kind: kind.unwrap_or(StmtKind::Error),
            span,
        }
    }

    fn stmt_kind(&mut self, written: &tree::StmtKind, span: Span) -> StmtKind {
        use tree::StmtKind as K;
        match written {
            K::Let {
                mutable,
                name,
                ty,
                value,
                otherwise,
            } => {
                let word = Span::new(span.file, span.start, span.start.saturating_add(3));
                self.declare(
                    *mutable,
                    name,
                    ty.as_ref(),
                    (value.as_ref(), otherwise.as_ref()),
                    word,
                )
            }
            K::Unpack {
                mutable,
                pattern,
                ty,
                value,
                otherwise,
            } => {
                let value = (value, otherwise.as_ref());
                self.unpack_stmt(*mutable, pattern, ty.as_ref(), value)
            }
            K::Assign {
                place,
                op,
                op_span,
                value,
                otherwise,
            } => self.assign(place, *op, *op_span, value, otherwise.as_ref()),
            K::Call { call, otherwise } => self.call_stmt(call, otherwise.as_ref()),
            K::If(cond, yes, no) => {
                let (cond, yes) = self.scoped(|this| (this.head(cond), this.block(yes)));
                let no = match no.as_deref() {
                    Some(tree::Stmt {
                        kind: K::Block(block),
                        ..
                    }) => self.block(block),
                    Some(no) => Block {
                        stmts: vec![self.stmt(no)],
                    },
                    None => Block::default(),
                };
                StmtKind::If(cond, yes, no)
            }
            K::Block(block) => StmtKind::Block(self.block(block)),
            K::Match(value, arms) => self.match_stmt(value, arms, span),
            K::For(pattern, over, body) => self.for_stmt(pattern, over, body),
            K::While {
                cond,
                max,
                total,
                body,
            } => self.while_stmt(cond, max.as_ref(), *total, body, span),
            K::Return(value, otherwise) => {
                self.return_stmt(value.as_ref(), otherwise.as_ref(), span)
            }
            K::Raise(name, args) => match self.raise(name, args, span) {
                Some((error, args)) => StmtKind::Raise(error, args),
                None => StmtKind::Error,
            },
            K::Break => self.jump("break", StmtKind::Break, span),
            K::Continue => self.jump("continue", StmtKind::Continue, span),
            K::Measure(place, body) => self.measure_stmt(place, body, span),
            K::Assert(..)
            | K::AssertFaults(..)
            | K::AssertNoGrowth(_)
            | K::Set(..)
            | K::Run { .. }
            | K::Expect(..) => self.test_stmt(written, span),
            K::Bad => {
                self.cx.failures += 1;
                StmtKind::Error
            }
        }
    }

    fn declare(
        &mut self,
        mutable: bool,
        name: &Name,
        ty: Option<&ty::Ty>,
        (value, otherwise): (Option<&tree::Expr>, Option<&tree::Otherwise>),
        word: Span,
    ) -> StmtKind {
        let env = self.env.clone();
        let due = ty.map(|ty| (self.cx.stored(&env, ty, true), ty.span));
        let value = match (value, due) {
            (Some(value), Some((due, span))) => Some(self.value_or(
                value,
                otherwise,
                Some(due),
                at(span, "the type is given here"),
            )),
            (Some(value), None) => Some(self.value_or(value, otherwise, None, None)),
            (None, Some((due, _))) => self.start_value(due, name.span),
            (None, None) => {
                let found = Diagnostic::new(
                    Code::CannotInfer,
                    name.span,
                    "neither type nor value",
                )
                .title(format!("the type of `{}` is not known", name.text))
                .help(format!("give it a value: `var {} = 0.0`", name.text));
                self.report(found);
                None
            }
        };
        let found = value.as_ref().map_or(Ty::ERROR, |value| value.ty);
        let ty = due.map_or(found, |(due, _)| due);
        let local = self.local(&name.text, ty, mutable, name.span);
        if !mutable {
            self.lets[local] = Some(word);
        }
        StmtKind::Let(local, value)
    }

    /// What a local without a value starts with: arrays with zeros, others with nothing.
    fn start_value(&mut self, ty: Ty, span: Span) -> Option<Expr> {
        match self.kind(ty) {
            TyKind::Array(..) | TyKind::Ring(..) => self.cx.default_of(ty, span),
            TyKind::Struct(id, _) if self.cx.out.structs[*id].collection.is_some() => {
                self.cx.default_of(ty, span)
            }
            _ => None,
        }
    }

    /// `value [else …]` where a type may be due.
    pub(crate) fn value_or(
        &mut self,
        value: &tree::Expr,
        otherwise: Option<&tree::Otherwise>,
        due: Option<Ty>,
        why: super::Why,
    ) -> Expr {
        let found = match (otherwise, due) {
            (None, Some(due)) => return self.check(value, due, why),
            (None, None) => return self.value(value),
            (Some(otherwise), _) => {
                let value = self.expr(value, due);
                let span = value.span.to(otherwise_span(otherwise));
                let inner = self.inside(&value, span);
                let otherwise = self.otherwise(otherwise);
                match inner {
                    Some(ty) => Expr {
                        kind: ExprKind::OrElse(Box::new(value), otherwise),
                        ty,
                        span,
                    },
                    None => Self::error(span),
                }
            }
        };
        match due {
            Some(due) => self.coerce(found, due, why),
            None => found,
        }
    }

    pub(crate) fn otherwise(&mut self, written: &tree::Otherwise) -> Otherwise {
        match written {
            tree::Otherwise::Block(block) => Otherwise::Block(self.block(block)),
            tree::Otherwise::Raise(name, args, span) => {
                match self.raise(name, args, *span) {
                    Some((error, args)) => Otherwise::Raise(error, args),
                    None => Otherwise::Block(Block {
                        stmts: vec![Stmt {
                            kind: StmtKind::Error,
                            span: *span,
                        }],
                    }),
                }
            }
        }
    }

    fn assign(
        &mut self,
        place: &tree::Expr,
        op: Option<BinaryOp>,
        op_span: Span,
        value: &tree::Expr,
        otherwise: Option<&tree::Otherwise>,
    ) -> StmtKind {
        let place = self.place(place);
        let why = at(place.span, "this place decides the type");
        let known = (place.ty != Ty::ERROR).then_some(place.ty);
        let Some(op) = op else {
            let value = self.value_or(value, otherwise, known, why);
            return StmtKind::Assign(place, value);
        };
        let due = known.filter(|ty| {
            !(matches!(
                op,
                BinaryOp::Shl | BinaryOp::Shr | BinaryOp::Mul | BinaryOp::Div
            ) && *ty == Ty::DURATION)
        });
        let due = match op {
            BinaryOp::Shl | BinaryOp::Shr => None,
            BinaryOp::Mul | BinaryOp::Div => due.map(|due| self.cx.scalar_of(due)),
            _ => due,
        };
        let value = if otherwise.is_some() {
            self.value_or(value, otherwise, None, None)
        } else {
            let found = self.expr(value, due);
            self.some_value(found)
        };
        if place.ty == Ty::ERROR
            || value.ty == Ty::ERROR
            || matches!(place.kind, ExprKind::Error)
        {
            return StmtKind::Error;
        }
        if self.cx.is_text(place.ty) && op == BinaryOp::Add && self.cx.is_text(value.ty) {
            let span = place.span.to(value.span);
            let due = place.ty;
            let joined = self.typed_binary(op, op_span, place.clone(), value, span);
            let joined = self.coerce(joined, due, why);
            return StmtKind::Assign(place, joined);
        }
        let result = self.result(op, place.ty, value.ty);
        if result.is_some_and(|result| self.cx.fits(result, place.ty)) {
            self.zero_divisor(op, &place, &value, place.span.to(value.span));
            return StmtKind::OpAssign(place, op, value);
        }
        let whole = place.span.to(value.span);
        let found = self.typed_binary(op, op_span, place.clone(), value, whole);
        if !matches!(found.kind, ExprKind::Error) {
            self.mismatch(&found, place.ty, why);
        }
        StmtKind::Error
    }

    fn call_stmt(
        &mut self,
        call: &tree::Expr,
        otherwise: Option<&tree::Otherwise>,
    ) -> StmtKind {
        match otherwise {
            Some(_) => StmtKind::Expr(self.value_or(call, otherwise, None, None)),
            None => StmtKind::Expr(self.expr(call, None)),
        }
    }
}

const fn otherwise_span(written: &tree::Otherwise) -> Span {
    match written {
        tree::Otherwise::Raise(_, _, span) => *span,
        tree::Otherwise::Block(block) => block.span,
    }
}
