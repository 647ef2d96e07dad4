//! Collects the footprint of a body.

use cranelift_entity::SecondaryMap;
use theus_abi::image::Zone;
use theus_grammar::Span;
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::body::PoolOp;
use theus_hir::{
    Block, Expr, ExprKind, FnId, Otherwise, Stmt, StmtKind, Ty, TyKind, Typed,
};
use theus_stdlib::Intrinsic;

use super::{Footprint, ReadKind, WriteKind};
use crate::place::{Place, Root, path_of};
use theus_hir::walk::{Part, parts_of_expr, parts_of_stmt};

/// Walks a body and notes what it touches.
pub(crate) struct Collector<'a> {
    typed: &'a Typed,
    fns: &'a SecondaryMap<FnId, Footprint>,
    print: Footprint,
}

impl<'a> Collector<'a> {
    /// A collector that has seen nothing. `fns`: the footprints of all functions called.
    pub(crate) fn new(typed: &'a Typed, fns: &'a SecondaryMap<FnId, Footprint>) -> Self {
        Self {
            typed,
            fns,
            print: Footprint::default(),
        }
    }

    /// What has been found.
    pub(crate) fn done(self) -> Footprint {
        self.print
    }

    /// A block.
    pub(crate) fn block(&mut self, block: &Block) {
        block.stmts.iter().for_each(|stmt| self.stmt(stmt));
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => self.block(block),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign(place, value) => {
                self.indices(place);
                self.expr(value);
                let raises = matches!(value.kind, ExprKind::Bool(true));
                let kind = if raises {
                    WriteKind::Raise
                } else {
                    WriteKind::Set
                };
                self.write(place, kind);
            }
            StmtKind::OpAssign(place, op, value) => {
                self.indices(place);
                // `+=` counts; any other operator lets the value out.
                let adds = matches!(op, BinaryOp::Add);
                let own = if adds || !self.counted(place) {
                    ReadKind::Own
                } else {
                    ReadKind::Value
                };
                self.read_path(place, own);
                self.expr(value);
                self.write(
                    place,
                    if adds {
                        self.sum_kind(place.ty)
                    } else {
                        WriteKind::Set
                    },
                );
            }
            // The host writes, not the body.
            StmtKind::Set(place, value) => {
                self.indices(place);
                self.expr(value);
            }
            StmtKind::Error => self.print.partial = true,
            StmtKind::Raise(error, _) => {
                self.print.raises.entry(*error).or_insert(stmt.span);
                parts_of_stmt(stmt, &mut |part| self.part(part));
            }
            StmtKind::Let(..)
            | StmtKind::Unpack(..)
            | StmtKind::Expr(_)
            | StmtKind::If(..)
            | StmtKind::Match(..)
            | StmtKind::ForRange { .. }
            | StmtKind::ForEach { .. }
            | StmtKind::While { .. }
            | StmtKind::Return(_)
            | StmtKind::Break
            | StmtKind::Continue
            | StmtKind::Block(_)
            | StmtKind::Assert(..)
            | StmtKind::Run { .. }
            | StmtKind::Expect(..) => parts_of_stmt(stmt, &mut |part| self.part(part)),
        }
    }

    /// An expression whose value is used.
    pub(crate) fn expr(&mut self, expr: &Expr) {
        if takes_scratch(&expr.kind) {
            self.print.scratch = self.print.scratch.or(Some(expr.span));
        }
        if path_of(self.typed, expr).is_some() {
            self.indices(expr);
            self.read_path(expr, ReadKind::Value);
            return;
        }
        match &expr.kind {
            ExprKind::Call(callee, _, args) => {
                return self.call(*callee, args, expr.span);
            }
            ExprKind::Intrinsic(Intrinsic::Push | Intrinsic::Clear, args) => {
                let (ring, rest) = args.split_at(args.len().min(1));
                ring.iter().for_each(|ring| self.indices(ring));
                rest.iter().for_each(|arg| self.expr(arg));
                return ring
                    .iter()
                    .for_each(|ring| self.write(ring, WriteKind::Set));
            }
            ExprKind::Pool(op, args) if op.changes() => {
                let (pool, rest) = args.split_at(args.len().min(1));
                rest.iter().for_each(|arg| self.expr(arg));
                for pool in pool {
                    self.indices(pool);
                    self.write(pool, WriteKind::Set);
                    self.free_owned(*op, pool);
                }
                return;
            }
            ExprKind::Window(id) => return self.expr(&self.typed.windows[*id].sample),
            ExprKind::Tick(_) => self.print.tick = self.print.tick.or(Some(expr.span)),
            ExprKind::Draw => self.print.random = self.print.random.or(Some(expr.span)),
            ExprKind::Error => self.print.partial = true,
            ExprKind::OrElse(_, Otherwise::Raise(error, _)) => {
                self.print.raises.entry(*error).or_insert(expr.span);
            }
            // All other kinds do nothing beyond what their parts do.
            _ => {}
        }
        parts_of_expr(expr, &mut |part| self.part(part));
    }

    /// What belongs to elements that are freed goes with them.
    fn free_owned(&mut self, op: PoolOp, pool: &Expr) {
        let Some(path) = path_of(self.typed, pool) else {
            return;
        };
        let field = path.place.in_field();
        let field = field.filter(|field| self.typed.frees(op, *field));
        for owned in field.map_or(Vec::new(), |field| self.typed.owned_by(field)) {
            let place = Place::field(owned);
            if path.element {
                self.print.write_element(place, WriteKind::Set, pool.span);
            } else {
                self.print.write(place, WriteKind::Set, pool.span);
            }
        }
    }

    fn indices(&mut self, place: &Expr) {
        let Some(path) = path_of(self.typed, place) else {
            return;
        };
        path.indices.iter().for_each(|index| self.expr(index));
    }

    fn read_path(&mut self, expr: &Expr, kind: ReadKind) {
        match path_of(self.typed, expr) {
            Some(path) => self.read(path.place, kind, path.span),
            None => self.expr(expr),
        }
    }

    /// `+=` on a signal or meta field counts; it does not let the value out.
    fn read(&mut self, place: Place, kind: ReadKind, span: Span) {
        let zone = place.in_field().map(|field| self.typed.fields[field].zone);
        let counts = matches!(zone, Some(Zone::Signal | Zone::Meta));
        if kind == ReadKind::Value || !counts {
            self.print.read(place, kind, span);
        }
    }

    fn write(&mut self, place: &Expr, kind: WriteKind) {
        match path_of(self.typed, place) {
            Some(path) if path.element => {
                self.print.write_element(path.place, kind, path.span);
            }
            Some(path) => self.print.write(path.place, kind, path.span),
            None => self.print.partial = true,
        }
    }

    /// Whether a place lies in a field that is counted and never read.
    fn counted(&self, place: &Expr) -> bool {
        let field = path_of(self.typed, place).and_then(|path| path.place.in_field());
        let zone = field.map(|field| self.typed.fields[field].zone);
        matches!(zone, Some(Zone::Signal | Zone::Meta))
    }

    fn sum_kind(&self, ty: Ty) -> WriteKind {
        let scalar = crate::scalar::of(self.typed, ty);
        match self.typed.types.kind(scalar) {
            TyKind::Int(_) => WriteKind::Count,
            _ => WriteKind::Add,
        }
    }

    /// A call: values are read, and what the callee does to its `inout` parameters it does
    /// to the places that stand for them.
    fn call(&mut self, callee: FnId, args: &[Expr], span: Span) {
        let params = &self.typed.fns[callee].params;
        let print = &self.fns[callee];
        for (param, arg) in params.iter().zip(args) {
            if !param.inout {
                self.expr(arg);
                continue;
            }
            let Some(path) = path_of(self.typed, arg) else {
                self.expr(arg);
                self.print.partial = true;
                continue;
            };
            path.indices.iter().for_each(|index| self.expr(index));
            let here = Root::Local(param.local);
            for (place, kind) in
                print.reads.keys().filter(|(place, _)| place.root == here)
            {
                self.read(path.part(&place.members), *kind, path.span);
            }
            for (place, kind) in
                print.writes.keys().filter(|(place, _)| place.root == here)
            {
                let part = path.part(&place.members);
                if path.element {
                    self.print.write_element(part, *kind, path.span);
                } else {
                    self.print.write(part, *kind, path.span);
                }
            }
        }
        self.effects(print, span);
    }

    fn effects(&mut self, print: &Footprint, span: Span) {
        let in_field = |place: &Place| place.in_field().is_some();
        for (place, kind) in print.reads.keys().filter(|(place, _)| in_field(place)) {
            self.read(place.clone(), *kind, span);
        }
        for (place, kind) in print.writes.keys().filter(|(place, _)| in_field(place)) {
            self.print.write(place.clone(), *kind, span);
        }
        self.print.tick = self.print.tick.or(print.tick.map(|_| span));
        self.print.random = self.print.random.or(print.random.map(|_| span));
        self.print.scratch = self.print.scratch.or(print.scratch.map(|_| span));
        for error in print.raises.keys() {
            self.print.raises.entry(*error).or_insert(span);
        }
        self.print.partial |= print.partial;
    }
}

/// Whether an expression itself may make a value of open size.
fn takes_scratch(kind: &ExprKind) -> bool {
    match kind {
        ExprKind::Concat(_) | ExprKind::Show(..) | ExprKind::View(_) => true,
        ExprKind::Intrinsic(which, _) => {
            matches!(which, Intrinsic::RawSlice | Intrinsic::RawFloat)
        }
        _ => false,
    }
}
