//! Slices that are made: `[e for p in xs if c]`, and parts `xs[a..b]`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, BinaryOp, Build};
use theus_stdlib::Intrinsic;

use super::Checker;
use super::call::Given;
use super::loops::range_of;
use crate::body::{Block, Expr, ExprKind, PoolOp, Stmt, StmtKind};
use crate::ids::LocalId;
use crate::ty::{Ty, TyKind};

/// The slice in the making, and how many elements it has.
#[derive(Clone, Copy)]
struct Made {
    out: LocalId,
    count: LocalId,
    span: Span,
}

impl Checker<'_, '_> {
    /// `[e for p in over if c]`: scratch for as many elements as there can be, a loop that
    /// fills it, and the part that is filled.
    pub(crate) fn build(&mut self, build: &Build, due: Option<Ty>, span: Span) -> Expr {
        if let Some(what) = self.no_locals() {
            let found = Diagnostic::new(Code::NotConstant, span, "this is a loop")
                .title(format!("{what} must be known at compile time"))
                .help("write the elements out");
            self.report(found);
            return Self::error(span);
        }
        let due = due.map(|due| self.bare(due)).map(|due| self.cx.row(due));
        let due = due.filter(|due| *due != Ty::ERROR && !self.cx.has_holes(*due));
        self.scoped(|this| {
            let made = Made {
                out: this.local(&"_made".into(), Ty::ERROR, false, span),
                count: this.local(&"_count".into(), Ty::I64, true, span),
                span,
            };
            let mut stmts = Vec::new();
            let elem = match range_of(&build.over) {
                Some(range) => this.over_range(build, range, due, made, &mut stmts),
                None => this.over_items(build, due, made, &mut stmts),
            };
            if elem == Ty::ERROR {
                return Self::error(span);
            }
            let ty = this.cx.intern(TyKind::Slice(elem));
            this.locals[made.out].ty = ty;
            made.part(stmts, ty)
        })
    }

    fn over_range(
        &mut self,
        build: &Build,
        (lo, hi, inclusive): (&tree::Expr, &tree::Expr, bool),
        due: Option<Ty>,
        made: Made,
        stmts: &mut Vec<Stmt>,
    ) -> Ty {
        let (lo, hi, _) = self.loop_bounds(lo, hi);
        let (ty, span) = (lo.ty, made.span);
        let lo = self.kept(lo, stmts);
        let hi = self.kept(hi, stmts);
        let mut elem = Ty::ERROR;
        let (local, body) = self.body_with(&build.pattern, ty, |this| {
            this.element_made(build, due, made, &mut elem)
        });
        let wide = |of: &Expr| made.of(ExprKind::Cast(Box::new(of.clone())), Ty::I64);
        let mut rounds = made.binary(BinaryOp::Sub, wide(&hi), wide(&lo), Ty::I64);
        if inclusive {
            rounds = made.binary(BinaryOp::Add, rounds, made.int(1), Ty::I64);
        }
        let none = made.binary(BinaryOp::Lt, hi.clone(), lo.clone(), Ty::BOOL);
        let rounds =
            ExprKind::If(Box::new(none), Box::new(made.int(0)), Box::new(rounds));
        let rounds = made.of(rounds, Ty::I64);
        self.start(made, rounds, elem, stmts);
        let kind = StmtKind::ForRange {
            local,
            lo,
            hi,
            inclusive,
            body,
        };
        stmts.push(Stmt { kind, span });
        elem
    }

    fn over_items(
        &mut self,
        build: &Build,
        due: Option<Ty>,
        made: Made,
        stmts: &mut Vec<Stmt>,
    ) -> Ty {
        let (over, item) = self.items(&build.over);
        if over.ty == Ty::ERROR || item == Ty::ERROR {
            return Ty::ERROR;
        }
        let over = if is_place(&over) {
            over
        } else {
            self.kept(over, stmts)
        };
        let mut elem = Ty::ERROR;
        let (local, body) = self.each_item(&build.pattern, &over, item, |this| {
            this.element_made(build, due, made, &mut elem)
        });
        let rounds = self.rounds_of(&over, made);
        self.start(made, rounds, elem, stmts);
        let span = made.span;
        let kind = StmtKind::ForEach { local, over, body };
        stmts.push(Stmt { kind, span });
        elem
    }

    /// How many items a collection has.
    fn rounds_of(&self, over: &Expr, made: Made) -> Expr {
        let of = Box::new(over.clone());
        let kind = match (self.kind(over.ty), &over.kind) {
            (TyKind::Pool(..), ExprKind::Pool(_, args)) => {
                ExprKind::Pool(PoolOp::Len, args.clone())
            }
            (TyKind::Pool(..), _) => ExprKind::Pool(PoolOp::Len, vec![*of]),
            // Lists and maps begin with their length.
            (TyKind::Struct(..), _) => ExprKind::Member(of, 0),
            _ => ExprKind::Intrinsic(Intrinsic::Len, vec![*of]),
        };
        made.of(kind, Ty::I64)
    }

    /// What a round does: it adds an element, if the condition holds.
    fn element_made(
        &mut self,
        build: &Build,
        due: Option<Ty>,
        made: Made,
        elem: &mut Ty,
    ) -> Block {
        let span = made.span;
        let cond = build.cond.as_ref().map(|cond| self.condition(cond));
        let value = match due {
            Some(due) => self.check(&build.value, due, None),
            None => self.value(&build.value),
        };
        *elem = value.ty;
        let count = made.of(ExprKind::Local(made.count), Ty::I64);
        let slice = self.cx.intern(TyKind::Slice(value.ty));
        let out = made.of(ExprKind::Local(made.out), slice);
        let set = vec![out, count.clone(), value];
        let set = made.of(ExprKind::Intrinsic(Intrinsic::RawSet, set), Ty::UNIT);
        let stmts = [
            StmtKind::Expr(set),
            StmtKind::OpAssign(count, BinaryOp::Add, made.int(1)),
        ];
        let stmts = stmts.map(|kind| Stmt { kind, span });
        let block = Block {
            stmts: stmts.into(),
        };
        let Some(cond) = cond else { return block };
        let kind = StmtKind::If(cond, block, Block::default());
        Block {
            stmts: vec![Stmt { kind, span }],
        }
    }

    /// A value in a local, so that it is evaluated once.
    fn kept(&mut self, value: Expr, stmts: &mut Vec<Stmt>) -> Expr {
        let (ty, span) = (value.ty, value.span);
        let local = self.local(&"_kept".into(), ty, false, span);
        let kind = StmtKind::Let(local, Some(value));
        stmts.push(Stmt { kind, span });
        let kind = ExprKind::Local(local);
        Expr { kind, ty, span }
    }

    /// Scratch for so many elements, none of which is there.
    fn start(&mut self, made: Made, rounds: Expr, elem: Ty, stmts: &mut Vec<Stmt>) {
        let span = made.span;
        let ty = self.cx.intern(TyKind::Slice(elem));
        let room = made.of(ExprKind::Intrinsic(Intrinsic::RawSlice, vec![rounds]), ty);
        for (local, value) in [(made.out, room), (made.count, made.int(0))] {
            let kind = StmtKind::Let(local, Some(value));
            stmts.push(Stmt { kind, span });
        }
    }

    /// `base[lo..hi]` of an array, a list, a slice or a text.
    pub(crate) fn cut(
        &mut self,
        base: Expr,
        (lo, hi, inclusive): (&tree::Expr, &tree::Expr, bool),
        span: Span,
    ) -> Expr {
        let lo = self.check(lo, Ty::I64, None);
        let mut hi = self.check(hi, Ty::I64, None);
        if base.ty == Ty::ERROR {
            return Self::error(span);
        }
        if inclusive {
            let one = ExprKind::Int(1);
            let one = Expr {
                kind: one,
                ty: Ty::I64,
                span: hi.span,
            };
            hi = Expr {
                ty: Ty::I64,
                span: hi.span,
                kind: ExprKind::Binary(BinaryOp::Add, Box::new(hi), Box::new(one)),
            };
        }
        let name = match self.kind(base.ty) {
            TyKind::Str(_) | TyKind::Text => "str_slice",
            // What a slice shows stays as it is: the part shows it too.
            TyKind::Slice(_) => "slice_part",
            TyKind::Array(..) => "slice_copied",
            TyKind::Struct(..) if self.cx.out.list_parts(base.ty).is_some() => {
                "slice_copied"
            }
            _ => {
                let text = self.show(base.ty);
                let label = format!("this is `{text}`");
                let found = Diagnostic::new(Code::NotIndexable, base.span, label)
                    .title(format!("`{text}` has no parts `[a..b]`"))
                    .help("arrays, lists, slices and texts have parts");
                self.report(found);
                return Self::error(span);
            }
        };
        let Some(id) = self.cx.library_fn(name) else {
            return Self::error(span);
        };
        let given = [base, lo, hi].map(Given::Done);
        self.call_fn(id, given.into(), None, span)
    }
}

impl Made {
    const fn of(self, kind: ExprKind, ty: Ty) -> Expr {
        let span = self.span;
        Expr { kind, ty, span }
    }

    const fn int(self, value: i128) -> Expr {
        self.of(ExprKind::Int(value), Ty::I64)
    }

    fn binary(self, op: BinaryOp, a: Expr, b: Expr, ty: Ty) -> Expr {
        self.of(ExprKind::Binary(op, Box::new(a), Box::new(b)), ty)
    }

    /// The statements, then what is filled.
    fn part(self, stmts: Vec<Stmt>, ty: Ty) -> Expr {
        let all = self.of(ExprKind::Local(self.out), ty);
        let count = self.of(ExprKind::Local(self.count), Ty::I64);
        let part = vec![all, self.int(0), count];
        let part = self.of(ExprKind::Intrinsic(Intrinsic::RawPart, part), ty);
        let block = Box::new(Block { stmts });
        self.of(ExprKind::After(block, Box::new(part)), ty)
    }
}

/// Whether naming an expression twice is no work.
const fn is_place(e: &Expr) -> bool {
    matches!(
        e.kind,
        ExprKind::Field(_)
            | ExprKind::Local(_)
            | ExprKind::Member(..)
            | ExprKind::Const(_)
            | ExprKind::Prev(_)
            | ExprKind::Window(_)
            | ExprKind::Pool(..)
    )
}
