//! Heavy fields are used where they are: never copied, compared, or remembered.

use indexmap::IndexSet;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::ast::expr::BinaryOp;
use theus_hir::walk::{Part, each_expr_of_block, parts_of_expr, parts_of_stmt};
use theus_hir::{
    Block, Body, Expr, ExprKind, FnId, GenericArg, Size, Stmt, StmtKind, Ty, TyKind,
    Typed,
};
use theus_stdlib::Intrinsic;

use super::swap::swap_of;
use crate::Cx;
use crate::place::path_of;
use crate::place_set::PlaceSet;
use crate::roots::{Role, each_code};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    each_code(cx.typed, &mut |code| {
        let mut walk = Walk {
            typed: cx.typed,
            body: code.body,
            sink,
        };
        match (code.role, code.part) {
            (Role::Target | Role::Frame, Part::Expr(place)) => walk.used(place),
            (_, part) => walk.part(part),
        }
    });
}

struct Walk<'c, 's> {
    typed: &'c Typed,
    /// The body at hand.
    body: Option<&'c Body>,
    sink: &'s mut Sink,
}

impl Walk<'_, '_> {
    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.value(expr),
            Part::Block(block) => block.stmts.iter().for_each(|stmt| self.stmt(stmt)),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Assign(place, value)
            | StmtKind::OpAssign(place, _, value)
            | StmtKind::Set(place, value) => {
                self.used(place);
                if self.heavy(place) {
                    self.elementwise(value);
                } else {
                    self.value(value);
                }
            }
            StmtKind::ForEach { over, body, .. } => {
                // Each row is a copy.
                let row = self.open_rows(over).then(|| self.copied(over)).flatten();
                match row {
                    Some(found) => self.sink.push(found),
                    None => self.used(over),
                }
                self.part(Part::Block(body));
            }
            _ => parts_of_stmt(stmt, &mut |part| self.part(part)),
        }
    }

    /// A value that must exist by itself.
    fn value(&mut self, expr: &Expr) {
        if let Some(found) = self.copied(expr) {
            self.sink.push(found);
            return;
        }
        if path_of(self.typed, expr).is_some() {
            self.used(expr);
            return;
        }
        match &expr.kind {
            ExprKind::Intrinsic(Intrinsic::Len | Intrinsic::Finite, args) => {
                args.iter().for_each(|arg| self.used(arg));
            }
            ExprKind::Call(callee, generics, args) => {
                self.call(expr, *callee, generics, args)
            }
            ExprKind::Binary(op, left, right) => self.binary(expr, *op, left, right),
            ExprKind::Unary(_, arg) => self.used(arg),
            ExprKind::Old(inner) => self.old(expr, inner),
            ExprKind::View(inner) if self.lies_still(inner) => self.used(inner),
            _ => parts_of_expr(expr, &mut |part| self.part(part)),
        }
    }

    /// An expression that is read where it is: only what is in it needs a look.
    fn used(&mut self, expr: &Expr) {
        match path_of(self.typed, self.where_it_is(expr)) {
            Some(path) => path.indices.iter().for_each(|index| self.value(index)),
            None => self.value(expr),
        }
    }

    /// What a heavy field is assigned: written element by element, nothing in between.
    fn elementwise(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Binary(op, left, right)
                if *op != BinaryOp::MatMul && self.array(expr) =>
            {
                self.elementwise(left);
                self.elementwise(right);
            }
            ExprKind::Unary(_, arg) | ExprKind::Fill(arg) => self.elementwise(arg),
            _ => self.used(expr),
        }
    }

    fn binary(&mut self, expr: &Expr, op: BinaryOp, left: &Expr, right: &Expr) {
        let compares = matches!(op, BinaryOp::Eq | BinaryOp::Ne) && self.large(left);
        if compares && (self.heavy(left) || self.heavy(right)) {
            let found = Diagnostic::new(
                Code::HeavyCompared,
                expr.span,
                "compares memory of a heavy field",
            )
            .help("compare elements, or count those that differ");
            self.sink.push(found);
            return;
        }
        self.used(left);
        self.used(right);
    }

    fn old(&mut self, expr: &Expr, inner: &Expr) {
        if swap_of(self.typed, inner).is_some() {
            self.used(inner);
            return;
        }
        if self.heavy(inner) {
            let name = path_of(self.typed, inner)
                .map(|path| show::place(self.typed, &path.place));
            let found = Diagnostic::new(Code::HeavyOld, expr.span, "is not kept")
                .title(format!(
                    "`old({})`, but heavy fields are not undone",
                    name.unwrap_or_default()
                ))
                .help("keep what is needed again in a data field");
            self.sink.push(found);
            return;
        }
        self.value(inner);
    }

    fn call(
        &mut self,
        expr: &Expr,
        callee: FnId,
        generics: &[GenericArg],
        args: &[Expr],
    ) {
        args.iter().for_each(|arg| self.used(arg));
        let open: Vec<bool> = generics.iter().map(|arg| self.open_arg(*arg)).collect();
        if !open.contains(&true) {
            return;
        }
        let params = &self.typed.fns[callee].params;
        let changes = params.iter().any(|param| param.inout);
        let given = params
            .iter()
            .zip(args)
            .any(|(param, arg)| !param.inout && self.typed.types.is_open(arg.ty));
        let mut seen = IndexSet::new();
        if (changes && given) || copies(self.typed, callee, &open, &mut seen) {
            let name = &self.typed.fns[callee].head.name;
            let found = Diagnostic::new(Code::HeavyCopied, expr.span, "this call")
                .title(format!(
                    "`{name}` makes an array of a size that is known at start only"
                ))
                .help(
                    "write a loop over the elements, or give the field a constant size",
                );
            self.sink.push(found);
        }
    }

    /// Whether a view of a heavy field, or of a row of it, needs no copy: nothing writes the
    /// field while the process runs. Of what lies in rows of an open size there is no view.
    fn lies_still(&self, inner: &Expr) -> bool {
        if !self.array(inner) || self.open_rows(inner) {
            return false;
        }
        let path = path_of(self.typed, inner).filter(|_| self.heavy(inner));
        let (Some(path), Some(body)) = (path, self.body) else {
            return false;
        };
        let mut processes = self.typed.written_processes();
        let owner = processes.find(|(_, process)| std::ptr::eq(&process.body, body));
        swap_of(self.typed, inner).is_none()
            && owner.is_some_and(|(_, process)| {
                let written = PlaceSet::of_entries(self.typed, &process.outputs);
                !written.covers(self.typed, &path.place)
            })
    }

    /// Whether it is an array whose rows have a size that is known at start only.
    fn open_rows(&self, expr: &Expr) -> bool {
        let rows = match self.typed.types.kind(expr.ty) {
            TyKind::Array(_, dims) => dims.get(1..).unwrap_or_default(),
            _ => &[],
        };
        rows.iter().any(|dim| matches!(dim, Size::Start(_)))
    }

    fn open_arg(&self, arg: GenericArg) -> bool {
        match arg {
            GenericArg::Size(size) => matches!(size, Size::Start(_)),
            GenericArg::Ty(ty) => self.typed.types.is_open(ty),
        }
    }

    /// `old(f)` of a field of two buffers is memory, as `f` is.
    fn where_it_is<'e>(&self, expr: &'e Expr) -> &'e Expr {
        match &expr.kind {
            ExprKind::Old(inner) if swap_of(self.typed, inner).is_some() => inner,
            _ => expr,
        }
    }

    /// What is wrong with an expression as a value of its own.
    fn copied(&self, expr: &Expr) -> Option<Diagnostic> {
        if matches!(expr.kind, ExprKind::Error) {
            return None;
        }
        let span = expr.span;
        let expr = self.where_it_is(expr);
        let open = self.typed.types.is_open(expr.ty);
        let path = path_of(self.typed, expr);
        let whole = path.as_ref().is_some_and(|path| {
            path.indices.is_empty() && self.heavy(expr) && self.large(expr)
        });
        if !open && !whole {
            return None;
        }
        let found = Diagnostic::new(Code::HeavyCopied, span, "a copy would be made here");
        let found = match path {
            Some(path) if self.heavy(expr) => found.title(format!(
                "`{}` is heavy: it is never copied",
                show::place(self.typed, &path.place)
            )),
            _ => {
                found.title("an array of a size that is known at start only has no place")
            }
        };
        Some(found.help(
            "use its elements where they are, or assign it to a heavy field: `a.x = a.y * 2.0`",
        ))
    }

    fn array(&self, expr: &Expr) -> bool {
        matches!(self.typed.types.kind(expr.ty), TyKind::Array(..))
    }

    fn large(&self, expr: &Expr) -> bool {
        self.array(expr) || self.typed.is_collection(expr.ty)
    }

    fn heavy(&self, expr: &Expr) -> bool {
        let field = path_of(self.typed, expr).and_then(|path| path.place.in_field());
        field.is_some_and(|field| self.typed.fields[field].zone == Zone::Heavy)
    }
}

/// Whether a function makes arrays of a size that one of its generic arguments gives.
fn copies(
    typed: &Typed,
    id: FnId,
    open: &[bool],
    seen: &mut IndexSet<(FnId, Vec<bool>)>,
) -> bool {
    if !seen.insert((id, open.to_vec())) {
        return false;
    }
    let item = &typed.fns[id];
    let Ok(body) = &item.body else { return false };
    if mentions(typed, item.result, open) {
        return true;
    }
    let params: IndexSet<_> = item.params.iter().map(|param| param.local).collect();
    let locals = body.locals.iter();
    let mut own = locals.filter(|(local, _)| !params.contains(local));
    own.any(|(_, local)| mentions(typed, local.ty, open))
        || makes(typed, &body.block, open, seen)
}

fn makes(
    typed: &Typed,
    block: &Block,
    open: &[bool],
    seen: &mut IndexSet<(FnId, Vec<bool>)>,
) -> bool {
    let mut found = false;
    each_expr_of_block(block, &mut |expr| {
        found |= path_of(typed, expr).is_none() && mentions(typed, expr.ty, open);
        if let ExprKind::Call(callee, generics, _) = &expr.kind {
            let inner: Vec<bool> = generics
                .iter()
                .map(|arg| match arg {
                    GenericArg::Size(size) => computed(typed, *size, open),
                    GenericArg::Ty(ty) => mentions(typed, *ty, open),
                })
                .collect();
            found |= inner.contains(&true) && copies(typed, *callee, &inner, seen);
        }
    });
    found
}

/// Whether a type has a part whose size one of these generic parameters gives.
fn mentions(typed: &Typed, ty: Ty, open: &[bool]) -> bool {
    let size = |size: &Size| computed(typed, *size, open);
    match typed.types.kind(ty) {
        TyKind::Array(elem, dims) => {
            dims.iter().any(size) || mentions(typed, *elem, open)
        }
        TyKind::Ring(elem, of) => size(of) || mentions(typed, *elem, open),
        TyKind::Option(inner) => mentions(typed, *inner, open),
        TyKind::Param(at) => is_open(open, *at),
        _ => false,
    }
}

/// Whether a size is one of these generic parameters, or computed from one.
fn computed(typed: &Typed, size: Size, open: &[bool]) -> bool {
    let formula = typed.types.formula(size);
    formula.is_some_and(|formula| formula.mentions(&|at| is_open(open, at)))
}

fn is_open(open: &[bool], at: u32) -> bool {
    open.get(at as usize).copied().unwrap_or(false)
}
