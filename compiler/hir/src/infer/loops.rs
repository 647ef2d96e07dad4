//! Loops and quantifiers.

use theus_abi::image::Range;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{self as tree, BinaryOp, Pattern, PatternKind};
use theus_stdlib::Intrinsic;

use super::Checker;
use super::call::Given;
use super::pattern::{Names, Subject};
use crate::body::{Block, Expr, ExprKind, Stmt, StmtKind};
use crate::item::Collection;
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// What the library has to put the values of a queue into a list.
const ORDERED: &str = "queue_values";

/// A loop over a collection around what is checked.
pub(crate) struct Turn {
    /// The locals that hold an item, or a part of one.
    pub(crate) locals: std::ops::Range<usize>,
    /// What it goes over, as written.
    pub(crate) over: String,
    /// Its type.
    pub(crate) ty: Ty,
}

impl Checker<'_, '_> {
    /// `for pattern in over { body }`.
    pub(crate) fn for_stmt(
        &mut self,
        pattern: &Pattern,
        over: &tree::Expr,
        body: &tree::Block,
    ) -> StmtKind {
        if let Some((lo, hi, inclusive)) = range_of(over) {
            let (lo, hi, _) = self.loop_bounds(lo, hi);
            let inside = |this: &mut Self| this.block(body);
            let (local, body) = self.body_with(pattern, lo.ty, inside);
            return StmtKind::ForRange {
                local,
                lo,
                hi,
                inclusive,
                body,
            };
        }
        let written = crate::text::expr(over);
        let (over, elem) = self.items(over);
        let (first, ty) = (self.locals.len(), over.ty);
        let inside = |this: &mut Self| {
            let turn = Turn {
                locals: first..this.locals.len(),
                over: written,
                ty,
            };
            this.turns.push(turn);
            let body = this.block(body);
            this.turns.pop();
            body
        };
        let (local, body) = self.each_item(pattern, &over, elem, inside);
        StmtKind::ForEach { local, over, body }
    }

    /// A loop over the items of a collection, which its body does not change.
    pub(crate) fn each_item(
        &mut self,
        pattern: &Pattern,
        over: &Expr,
        elem: Ty,
        inside: impl FnOnce(&mut Self) -> Block,
    ) -> (crate::ids::LocalId, Block) {
        let kept = !matches!(self.kind(over.ty), TyKind::Pool(..));
        if kept {
            let walked = self.ordered_of(over).unwrap_or(over).clone();
            self.iterated.push(walked);
        }
        let out = self.body_with(pattern, elem, inside);
        if kept {
            self.iterated.pop();
        }
        out
    }

    /// A collection, and the type of its items.
    pub(crate) fn items(&mut self, over: &tree::Expr) -> (Expr, Ty) {
        let over = self.expr(over, None);
        if let Some(elem) = self.pool_items(&over) {
            return (over, elem);
        }
        let over = self.some_value(over);
        let over = self.in_order(over);
        let elem = match self.kind(over.ty) {
            TyKind::Ring(elem, _) | TyKind::Slice(elem) => *elem,
            TyKind::Array(elem, dims) => {
                let (elem, rest) = (*elem, dims.get(1..).unwrap_or_default().to_vec());
                if rest.is_empty() {
                    elem
                } else {
                    self.cx.array(elem, rest)
                }
            }
            TyKind::Struct(..) if self.cx.out.list_parts(over.ty).is_some() => {
                self.cx.row(over.ty)
            }
            TyKind::Struct(..) if self.cx.out.map_parts(over.ty).is_some() => {
                let parts = self.cx.out.map_parts(over.ty);
                let parts = parts.map_or_else(Vec::new, |(key, value)| vec![key, value]);
                self.cx.intern(TyKind::Tuple(parts))
            }
            TyKind::Error => Ty::ERROR,
            _ => {
                let text = self.show(over.ty);
                let found = Diagnostic::new(
                    Code::Mismatch,
                    over.span,
                    format!("this is `{text}`"),
                )
                .title(format!("`for` cannot go over `{text}`"));
                let found = if self.is_integer(over.ty) {
                    found.help("write a range").fix(
                        "count from 0",
                        over.span.before(),
                        "0..",
                    )
                } else {
                    match self.kind(over.ty) {
                        TyKind::Str(_) | TyKind::Text => found.help(
                            "say what of it: `t.chars()`, `t.bytes()`, `t.words()` or `t.split(…)`",
                        ),
                        _ => found.help("`for` goes over ranges, arrays, slices, rings, lists, maps, queues and pools"),
                    }
                };
                self.report(found);
                Ty::ERROR
            }
        };
        (over, elem)
    }

    /// A queue as the list of its values, in the order in which they leave; else the same.
    fn in_order(&mut self, over: Expr) -> Expr {
        if self.cx.out.collection(over.ty) != Some(Collection::Queue) {
            return over;
        }
        let Some(values) = self.cx.library_fn(ORDERED) else {
            return Self::error(over.span);
        };
        let span = over.span;
        self.call_fn(values, vec![Given::Done(over)], None, span)
    }

    /// The queue whose values a loop goes over, in their order.
    fn ordered_of<'e>(&self, over: &'e Expr) -> Option<&'e Expr> {
        match &over.kind {
            ExprKind::Call(called, _, args)
                if self.cx.library_fn(ORDERED) == Some(*called) =>
            {
                args.first()
            }
            _ => None,
        }
    }

    /// The body of a loop whose element is a name, or is taken apart first.
    pub(crate) fn body_with(
        &mut self,
        pattern: &Pattern,
        ty: Ty,
        inside: impl FnOnce(&mut Self) -> Block,
    ) -> (crate::ids::LocalId, Block) {
        self.frame.loops += 1;
        let out = self.scoped(|this| {
            let span = pattern.span;
            if let PatternKind::Path(path) = &pattern.kind
                && let [name] = path.words.as_slice()
            {
                let local = this.local(&name.text, ty, false, span);
                return (local, inside(this));
            }
            let local = this.local(&"_".into(), ty, false, span);
            if matches!(pattern.kind, PatternKind::Wild) {
                return (local, inside(this));
            }
            let mut names = Names::fresh(false);
            let subject = Subject { ty, span };
            let pat = this.pattern(pattern, subject, &mut names);
            let kind = match pat.filter(|pat| this.always_fits(pat, subject, span)) {
                Some(pat) => {
                    let kind = ExprKind::Local(local);
                    StmtKind::Unpack(pat, Expr { kind, ty, span }, None)
                }
                None => StmtKind::Error,
            };
            let mut block = inside(this);
            block.stmts.insert(0, Stmt { kind, span });
            (local, block)
        });
        self.frame.loops -= 1;
        out
    }

    /// Bounds of a loop: integers of one type.
    pub(crate) fn loop_bounds(
        &mut self,
        lo: &tree::Expr,
        hi: &tree::Expr,
    ) -> (Expr, Expr, bool) {
        let (mut lo, mut hi, _) = self.bounds_of(lo, hi, None);
        let mut fine = true;
        for bound in [&mut lo, &mut hi] {
            if bound.ty == Ty::ERROR || self.is_integer(bound.ty) {
                continue;
            }
            if fine {
                let text = self.show(bound.ty);
                let found = Diagnostic::new(
                    Code::Mismatch,
                    bound.span,
                    format!("this is `{text}`"),
                )
                .title(format!("a loop counts integers, not `{text}`"))
                .help("count with integers and compute: `let t = i as f64 * step`");
                self.report(found);
            }
            fine = false;
        }
        if !fine {
            (lo, hi) = (Self::error(lo.span), Self::error(hi.span));
        }
        (lo, hi, fine)
    }

    /// `while cond max n [total] { body }`.
    pub(crate) fn while_stmt(
        &mut self,
        cond: &tree::Expr,
        max: Option<&tree::Expr>,
        total: bool,
        body: &tree::Block,
        span: Span,
    ) -> StmtKind {
        let bound = max.map(|max| self.loop_max(max));
        let (cond, body) = self.scoped(|this| {
            let cond = this.head(cond);
            this.frame.loops += 1;
            let body = this.block(body);
            this.frame.loops -= 1;
            (cond, body)
        });
        let Some(bound) = bound else {
            let head = Span::new(span.file, span.start, cond.span.end);
            let found = Diagnostic::new(Code::UnboundedLoop, head, "how often at most?")
                .title("a `while` without `max`")
                .help("every loop is bounded: `while … max 100`; beyond it the fault `LoopBound`")
                .fix("add a bound", cond.span.after(), " max 1000");
            self.report(found);
            return StmtKind::Error;
        };
        match bound {
            Some((max, top)) => StmtKind::While {
                cond,
                max,
                top,
                total,
                body,
            },
            None => StmtKind::Error,
        }
    }

    /// The bound of a `while`, and the greatest value that it can take.
    fn loop_max(&mut self, written: &tree::Expr) -> Option<(Expr, u64)> {
        let max = self.value(written);
        if max.ty == Ty::ERROR {
            return None;
        }
        if max.ty != Ty::I64 && max.ty != Ty::U64 {
            let text = self.show(max.ty);
            let found =
                Diagnostic::new(Code::Mismatch, max.span, format!("this is `{text}`"))
                    .title("the bound of a loop is an `i64` or `u64`")
                    .help("convert it: `… as i64`");
            self.report(found);
            return None;
        }
        match self.top(&max) {
            Some(top) if top > 0 => Some((max, u64::try_from(top).unwrap_or(u64::MAX))),
            Some(_) => {
                let found = Diagnostic::new(
                    Code::UnboundedLoop,
                    max.span,
                    "this allows no round",
                )
                .title("a loop with a bound of 0 never runs")
                .help("give a bound above 0");
                self.report(found);
                None
            }
            None => {
                let found = Diagnostic::new(Code::UnboundedLoop, max.span, "this can be anything")
                    .title("the bound of a loop has no greatest value")
                    .help("use a constant, a size, or a `global` with a range: `global n: i64 in 1..=100 = 10`")
                    .help("`min(n, 1000)` also has one");
                self.report(found);
                None
            }
        }
    }

    /// The greatest value of a bound.
    fn top(&mut self, bound: &Expr) -> Option<i128> {
        if let Ok(Value::Int(value)) = self.cx.evaluate(bound) {
            return Some(value);
        }
        match &bound.kind {
            ExprKind::SizeParam(_) => Some(i128::from(u64::MAX)),
            ExprKind::Field(_) | ExprKind::Member(..) | ExprKind::Index(..) => {
                match self.global_range(bound)? {
                    Some(Range::Int { hi, .. }) => Some(hi),
                    Some(Range::Float { .. }) | None => None,
                }
            }
            ExprKind::Local(local) => self.tops.get(local).copied(),
            ExprKind::Cast(inner) => self.top(inner),
            ExprKind::Binary(op, left, right) => {
                let (left, right) = (self.top(left)?, self.top(right)?);
                match op {
                    BinaryOp::Add => left.checked_add(right),
                    BinaryOp::Mul => left.checked_mul(right),
                    _ => None,
                }
            }
            ExprKind::Intrinsic(Intrinsic::Min, args) => {
                args.iter().filter_map(|arg| self.top(arg)).min()
            }
            ExprKind::Intrinsic(Intrinsic::Len | Intrinsic::Capacity, args) => {
                match self.kind(args.first()?.ty) {
                    TyKind::Ring(_, size) => size_top(*size),
                    TyKind::Array(_, dims) => size_top(*dims.first()?),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `all(name in over: body)`.
    pub(crate) fn quantifier(
        &mut self,
        all: bool,
        name: &Name,
        over: &tree::Expr,
        body: &tree::Expr,
        span: Span,
    ) -> Expr {
        if let Some(what) = self.no_locals() {
            let found = Diagnostic::new(Code::NotConstant, span, "this is a loop")
                .title(format!("{what} must be known at compile time"))
                .help("write the cases out with `and`");
            self.report(found);
            return Expr::error(Ty::BOOL, span);
        }
        let Some((lo, hi, inclusive)) = range_of(over) else {
            let found = Diagnostic::new(Code::BadRange, over.span, "this is no range")
                .title("`all` and `any` go over ranges")
                .help("write `all(i in 0..n: …)`");
            self.report(found);
            return Expr::error(Ty::BOOL, span);
        };
        let (lo, hi, _) = self.loop_bounds(lo, hi);
        let (local, body) = self.scoped(|this| {
            let local = this.local(&name.text, lo.ty, false, name.span);
            (local, this.condition(body))
        });
        let (lo, hi, body) = (Box::new(lo), Box::new(hi), Box::new(body));
        Expr {
            kind: ExprKind::Quantifier {
                all,
                local,
                lo,
                hi,
                inclusive,
                body,
            },
            ty: Ty::BOOL,
            span,
        }
    }
}

const fn size_top(size: crate::ty::Size) -> Option<i128> {
    match size {
        crate::ty::Size::Const(size) => Some(size as i128),
        crate::ty::Size::Param(_)
        | crate::ty::Size::Of(_)
        | crate::ty::Size::Start(_) => Some(u64::MAX as i128),
        crate::ty::Size::Error => None,
    }
}

/// The parts of `lo..hi`, through parentheses.
pub(crate) fn range_of(written: &tree::Expr) -> Option<(&tree::Expr, &tree::Expr, bool)> {
    match &written.kind {
        tree::ExprKind::Range(lo, hi, inclusive) => Some((lo, hi, *inclusive)),
        tree::ExprKind::Paren(inner) => range_of(inner),
        _ => None,
    }
}
