//! What collections hold: that a test grows none, and how full they are. And how many processes
//! a test undoes.

use std::sync::Arc;

use theus_abi::Fault;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{self as tree, Arg, BinaryOp};

use super::Checker;
use super::entity::Entity;
use super::mismatch::at;
use crate::body::{Block, Expr, ExprKind, Stmt, StmtKind, TickField};
use crate::ids::{FieldId, LocalId};
use crate::ty::{Size, Ty, TyKind};

impl Checker<'_, '_> {
    /// `assert_faults n { … }`.
    pub(super) fn assert_faults(
        &mut self,
        count: &tree::Expr,
        body: &tree::Block,
        span: Span,
    ) -> StmtKind {
        let span = span.to(count.span.after());
        if let tree::ExprKind::Name(name) = &count.kind
            && Fault::from_name(&name.text).is_some()
        {
            let found = Diagnostic::new(Code::Mismatch, count.span, "not a number")
                .title("`assert_faults` says how many processes are undone")
                .help(format!("write `assert_faults 1 {{ … }}`, or `expect {} {{ … }}` where the run fails", name.text));
            self.report(found);
            return StmtKind::Error;
        }
        let why = at(count.span, "how many processes are undone");
        let count = self.check(count, Ty::U64, why);
        let faults = |kind| Expr {
            kind,
            ty: Ty::U64,
            span,
        };
        let now = || faults(ExprKind::Tick(TickField::Faults));
        let before = self.local(&"faults before".into(), Ty::U64, false, span);
        let counted = ExprKind::Binary(
            BinaryOp::Sub,
            Box::new(now()),
            Box::new(faults(ExprKind::Local(before))),
        );
        let (left, right) = (Box::new(faults(counted)), Box::new(count));
        let same = Expr {
            kind: ExprKind::Binary(BinaryOp::Eq, left, right),
            ty: Ty::BOOL,
            span,
        };
        let body = self.block(body);
        let kinds = [
            StmtKind::Let(before, Some(now())),
            StmtKind::Block(body),
            StmtKind::Assert(same, None),
        ];
        together(kinds, span)
    }

    /// `assert_no_growth { … }`.
    pub(super) fn assert_no_growth(
        &mut self,
        body: &tree::Block,
        span: Span,
    ) -> StmtKind {
        let word = "assert_no_growth".len();
        let end = span.start.saturating_add(u32::try_from(word).unwrap_or(0));
        let span = Span { end, ..span };
        let lengths = self.lengths(span);
        let body = self.block(body);
        if lengths.is_empty() {
            let found = Diagnostic::new(Code::NothingGrows, span, "this is always so")
                .title("no field of the program can grow")
                .help("lists, maps, queues and pools grow: remove it, or say what must hold with `assert`");
            self.report(found);
            return StmtKind::Error;
        }
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for (local, field, length) in lengths {
            let known = Expr {
                kind: ExprKind::Local(local),
                ty: length.ty,
                span,
            };
            let (left, right) = (Box::new(length.clone()), Box::new(known));
            let holds = Expr {
                kind: ExprKind::Binary(BinaryOp::Le, left, right),
                ty: Ty::BOOL,
                span,
            };
            let text = format!("{} has grown", self.cx.out.field_path(field));
            let why = self.message(&tree::Expr {
                kind: tree::ExprKind::Str(text),
                span,
            });
            first.push(StmtKind::Let(local, Some(length)));
            last.push(StmtKind::Assert(holds, Some(why)));
        }
        together(
            first.into_iter().chain([StmtKind::Block(body)]).chain(last),
            span,
        )
    }

    /// `tick.used(c.log)`: the share of its capacity that a collection uses.
    pub(super) fn used(&mut self, args: &[Arg], span: Span) -> Expr {
        let [arg] = args else {
            let found = Diagnostic::new(Code::WrongArity, span, "of which collection?")
                .title("`tick.used` is told of one collection")
                .help("name one: `tick.used(c.log)`");
            self.report(found);
            return Self::error(span);
        };
        let of = match self.entity(&arg.value, None) {
            Entity::Value(of) => of,
            _ => self.value(&arg.value),
        };
        if of.ty == Ty::ERROR {
            return Self::error(span);
        }
        let full = match self.kind(of.ty) {
            TyKind::Str(Size::Const(size)) => Some(Expr {
                kind: ExprKind::Int(i128::from(*size)),
                ty: Ty::I64,
                span,
            }),
            TyKind::Pool(..) => {
                self.pool_method(&of, &named("capacity", span), &[], span)
            }
            kind if matches!(kind, TyKind::Ring(..)) || self.is_collection(of.ty) => {
                let name = named("capacity", span);
                Some(self.method_of(of.clone(), &name, &[], None, span))
            }
            _ => None,
        };
        let Some(full) = full else {
            let text = self.show(of.ty);
            let found =
                Diagnostic::new(Code::Mismatch, of.span, format!("this is `{text}`"))
                    .title("`tick.used` is told of a collection")
                    .help("lists, maps, queues, pools, rings and texts have a capacity");
            self.report(found);
            return Self::error(span);
        };
        let name = named("len", span);
        let length = match self.pool_method(&of, &name, &[], span) {
            Some(length) => length,
            None => self.method_of(of, &name, &[], None, span),
        };
        let float = |kind| Expr {
            kind,
            ty: Ty::F64,
            span,
        };
        let [length, full] =
            [length, full].map(|e| Box::new(float(ExprKind::Cast(Box::new(e)))));
        float(ExprKind::Binary(BinaryOp::Div, length, full))
    }

    /// The lengths of all fields that are collections, each with a local to keep it in.
    fn lengths(&mut self, span: Span) -> Vec<(LocalId, FieldId, Expr)> {
        let stored: Vec<(FieldId, Ty)> = self
            .cx
            .out
            .stored()
            .filter(|(_, field)| {
                matches!(field.zone, Zone::Data | Zone::Heavy | Zone::Meta)
            })
            .map(|(id, field)| (id, field.ty))
            .collect();
        let name = named("len", span);
        let mut found = Vec::new();
        for (field, ty) in stored {
            let receiver = Expr {
                kind: ExprKind::Field(field),
                ty,
                span,
            };
            let length = match self.kind(ty) {
                TyKind::Pool(_, _, rules) if rules.owner.is_none() => {
                    self.pool_method(&receiver, &name, &[], span)
                }
                _ if self.is_collection(ty) => {
                    Some(self.method_of(receiver, &name, &[], None, span))
                }
                _ => None,
            };
            if let Some(length) = length {
                let text: Arc<str> = "length before".into();
                found.push((self.local(&text, length.ty, false, span), field, length));
            }
        }
        found
    }
}

fn named(text: &str, span: Span) -> Name {
    let text = text.into();
    Name { text, span }
}

/// Statements one after the other.
fn together(kinds: impl IntoIterator<Item = StmtKind>, span: Span) -> StmtKind {
    let stmts = kinds.into_iter().map(|kind| Stmt { kind, span });
    StmtKind::Block(Block {
        stmts: stmts.collect(),
    })
}
