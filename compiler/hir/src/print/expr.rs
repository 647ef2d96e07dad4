//! Expressions as text.

use theus_grammar::ast::expr::UnaryOp;

use super::Printer;
use crate::body::{
    Arm, Block, ClosureBody, Expr, ExprKind, Otherwise, Pat, TickField, Timer,
};
use crate::ids::LocalId;
use crate::ty::{GenericArg, Ty, TyKind};

impl Printer<'_> {
    pub(super) fn local(&self, local: LocalId) -> String {
        let found = self.body.and_then(|body| body.locals.get(local));
        found.map_or_else(
            || local.to_string(),
            |found| format!("{}'{}", found.name, local.as_u32()),
        )
    }

    fn list(&self, exprs: &[Expr]) -> String {
        let texts: Vec<String> = exprs.iter().map(|expr| self.expr(expr)).collect();
        texts.join(", ")
    }

    pub(super) fn expr(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::Int(value) => format!("{value}{}", self.suffix(expr)),
            ExprKind::Float(value) => format!("{value:?}{}", self.suffix(expr)),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Duration(value) => format!("{value}ns"),
            ExprKind::Variant(id, at, payload) if payload.is_empty() => {
                self.variant(*id, *at)
            }
            ExprKind::Variant(id, at, payload) => {
                format!("{}({})", self.variant(*id, *at), self.list(payload))
            }
            ExprKind::Let(value, pat) => {
                format!("let {} = {}", self.pat(pat, value.ty), self.expr(value))
            }
            ExprKind::SizeParam(at) => self
                .generics
                .get(*at as usize)
                .map_or_else(|| format!("#{at}"), |generic| generic.name.to_string()),
            ExprKind::None => "none".to_owned(),
            ExprKind::Some(inner) => format!("some({})", self.expr(inner)),
            ExprKind::Str(text) => format!("{text:?}"),
            ExprKind::Show(inner, _) => format!("show({})", self.expr(inner)),
            ExprKind::View(inner) => format!("view({})", self.expr(inner)),
            ExprKind::Bounded(inner) => format!("bounded({})", self.expr(inner)),
            ExprKind::Concat(parts) => format!("concat({})", self.list(parts)),
            ExprKind::Local(local) => self.local(*local),
            ExprKind::Const(id) => self.typed.consts[*id].head.name.to_string(),
            ExprKind::Field(id) => self.field(*id),
            ExprKind::Member(base, at) => self.member(base, *at),
            ExprKind::Index(base, indices) => {
                format!("{}[{}]", self.expr(base), self.list(indices))
            }
            ExprKind::RingIndex(base, index) => {
                format!("{}[{}]", self.expr(base), self.expr(index))
            }
            ExprKind::Array(elems) => format!("[{}]", self.list(elems)),
            ExprKind::Fill(elem) => {
                format!("fill({}): {}", self.expr(elem), self.ty(expr.ty))
            }
            ExprKind::Tuple(parts) => format!("({})", self.list(parts)),
            ExprKind::Struct(id, members) => {
                format!(
                    "{}({})",
                    self.typed.structs[*id].head.name,
                    self.list(members)
                )
            }
            ExprKind::Update(base, changes) => {
                let changes = changes
                    .iter()
                    .map(|(at, value)| format!(", {at}: {}", self.expr(value)));
                format!("update({}{})", self.expr(base), changes.collect::<String>())
            }
            ExprKind::Call(id, generics, args) => {
                let name = &self.typed.fns[*id].head.name;
                format!("{name}{}({})", self.generic_args(generics), self.list(args))
            }
            ExprKind::Intrinsic(intrinsic, args) => {
                format!("{}({})", intrinsic.name(), self.list(args))
            }
            ExprKind::CallLocal(local, args) => {
                format!("{}({})", self.local(*local), self.list(args))
            }
            ExprKind::After(block, value) => {
                format!("({} {})", self.inline(block), self.expr(value))
            }
            ExprKind::Closure(params, body) => self.closure(params, body),
            ExprKind::OrElse(value, otherwise) => {
                format!("({} {})", self.expr(value), self.otherwise(otherwise))
            }
            ExprKind::Old(inner) => format!("old({})", self.expr(inner)),
            ExprKind::Tick(field) => format!("tick.{}", tick(*field)),
            ExprKind::Draw => "draw".to_owned(),
            ExprKind::Timer(Timer::Begins, number) => format!("timer {number}"),
            ExprKind::Timer(Timer::Took, number) => format!("took {number}"),
            ExprKind::Error => "<error>".to_owned(),
            _ => self.operation(expr),
        }
    }

    /// Operators and what else is written between its parts.
    fn operation(&self, expr: &Expr) -> String {
        match &expr.kind {
            ExprKind::PoolAt(base, at) => {
                format!("{}[{}]", self.expr(base), self.expr(at))
            }
            ExprKind::Owned(of, field) => {
                format!("{}.{}", self.expr(of), self.field(*field))
            }
            ExprKind::Pool(op, args) => format!("{}({})", op.name(), self.list(args)),
            ExprKind::Elem(base) => format!("{}[each]", self.expr(base)),
            ExprKind::Prev(field) => format!("prev({})", self.field(*field)),
            ExprKind::Window(id) => {
                let window = &self.typed.windows[*id];
                format!("window({}, {}ns)", window.name, window.span_ns)
            }
            ExprKind::Unary(UnaryOp::Neg, inner) => format!("-({})", self.expr(inner)),
            ExprKind::Unary(UnaryOp::Not, inner) => format!("not ({})", self.expr(inner)),
            ExprKind::Unary(UnaryOp::BitNot, inner) => format!("~({})", self.expr(inner)),
            ExprKind::Binary(op, left, right) => {
                format!("({} {} {})", self.expr(left), op.text(), self.expr(right))
            }
            ExprKind::InRange {
                value,
                lo,
                hi,
                inclusive,
            } => {
                let dots = if *inclusive { "..=" } else { ".." };
                format!(
                    "({} in {}{dots}{})",
                    self.expr(value),
                    self.expr(lo),
                    self.expr(hi)
                )
            }
            ExprKind::Cast(inner) => {
                format!("({} as {})", self.expr(inner), self.ty(expr.ty))
            }
            ExprKind::If(cond, yes, no) => {
                format!(
                    "if {} {{ {} }} else {{ {} }}",
                    self.expr(cond),
                    self.expr(yes),
                    self.expr(no)
                )
            }
            ExprKind::Match(value, arms) => self.match_value(value, arms),
            ExprKind::Quantifier {
                all,
                local,
                lo,
                hi,
                inclusive,
                body,
            } => {
                let word = if *all { "all" } else { "any" };
                let dots = if *inclusive { "..=" } else { ".." };
                let (lo, hi) = (self.expr(lo), self.expr(hi));
                format!(
                    "{word}({} in {lo}{dots}{hi}: {})",
                    self.local(*local),
                    self.expr(body)
                )
            }
            _ => String::new(),
        }
    }

    /// The type of a literal, where it is not the usual one.
    fn suffix(&self, expr: &Expr) -> String {
        match self.ty(expr.ty) {
            text if text == "i64" || text == "f64" => String::new(),
            text => text,
        }
    }

    fn variant(&self, id: crate::ids::EnumId, at: u32) -> String {
        let found = &self.typed.enums[id];
        let name = found
            .variants
            .get(at as usize)
            .map_or("?", |variant| &*variant.name);
        format!("{}.{name}", found.head.name)
    }

    fn member(&self, base: &Expr, at: u32) -> String {
        let name = match self.typed.types.kind(base.ty) {
            TyKind::Struct(id, _) => self.typed.structs[*id].members.get(at as usize),
            _ => None,
        };
        let name = name.map_or_else(|| at.to_string(), |member| member.name.to_string());
        format!("{}.{name}", self.expr(base))
    }

    fn match_value(&self, value: &Expr, arms: &[Arm<Expr>]) -> String {
        let arms = arms.iter().map(|arm| {
            format!("{} => {}", self.arm_head(value, arm), self.expr(&arm.body))
        });
        let arms = arms.collect::<Vec<_>>().join(", ");
        format!("match {} {{ {arms} }}", self.expr(value))
    }

    pub(super) fn arm_head<T>(&self, value: &Expr, arm: &Arm<T>) -> String {
        let pat = self.pat(&arm.pat, value.ty);
        match &arm.guard {
            Some(guard) => format!("{pat} if {}", self.expr(guard)),
            None => pat,
        }
    }

    pub(super) fn pat(&self, pat: &Pat, ty: Ty) -> String {
        let all = |parts: &[Pat]| {
            let parts = parts.iter().map(|part| self.pat(part, Ty::ERROR));
            parts.collect::<Vec<_>>().join(", ")
        };
        match pat {
            Pat::Wild => "_".to_owned(),
            Pat::Bind(local) => self.local(*local),
            Pat::Variant(at, parts) => {
                let name = match self.typed.types.kind(ty) {
                    TyKind::Enum(id, _) => self.variant(*id, *at),
                    _ => at.to_string(),
                };
                match parts.is_empty() {
                    true => name,
                    false => format!("{name}({})", all(parts)),
                }
            }
            Pat::Members(parts) => format!("({})", all(parts)),
            Pat::Int(value) => value.to_string(),
            Pat::IntRange(lo, hi) => format!("{lo}..={hi}"),
            Pat::Float(value) => format!("{value:?}"),
            Pat::Text(text) => format!("{text:?}"),
            Pat::FloatRange(lo, hi, true) => format!("{lo:?}..={hi:?}"),
            Pat::FloatRange(lo, hi, false) => format!("{lo:?}..{hi:?}"),
            Pat::Bool(value) => value.to_string(),
            Pat::None => "none".to_owned(),
            Pat::Some(inner) => format!("some({})", self.pat(inner, Ty::ERROR)),
            Pat::Or(parts) => {
                let parts = parts.iter().map(|part| self.pat(part, ty));
                parts.collect::<Vec<_>>().join(" | ")
            }
        }
    }

    fn generic_args(&self, args: &[GenericArg]) -> String {
        if args.is_empty() {
            return String::new();
        }
        let texts = args.iter().map(|arg| match arg {
            GenericArg::Ty(ty) => self.ty(*ty),
            GenericArg::Size(size) => crate::show::size(self.typed, self.generics, *size),
        });
        format!("<{}>", texts.collect::<Vec<_>>().join(", "))
    }

    fn closure(&self, params: &[LocalId], body: &ClosureBody) -> String {
        let params: Vec<String> = params.iter().map(|param| self.local(*param)).collect();
        let body = match body {
            ClosureBody::Expr(value) => self.expr(value),
            ClosureBody::Block(block) => self.inline(block),
        };
        format!("|{}| {body}", params.join(", "))
    }

    /// A block on one line.
    fn inline(&self, block: &Block) -> String {
        let (typed, generics, body) = (self.typed, self.generics, self.body);
        let mut inner = Printer {
            typed,
            generics,
            body,
            out: String::new(),
            indent: 0,
        };
        inner.block(block);
        let lines: Vec<&str> = inner.out.lines().map(str::trim).collect();
        format!("{{ {} }}", lines.join(" "))
    }

    fn otherwise(&self, otherwise: &Otherwise) -> String {
        match otherwise {
            Otherwise::Value(value) => format!("?? {}", self.expr(value)),
            Otherwise::Raise(error, args) => {
                format!(
                    "else raise {}({})",
                    self.typed.errors[*error].name,
                    self.list(args)
                )
            }
            Otherwise::Block(block) => format!("else {}", self.inline(block)),
        }
    }
}

const fn tick(field: TickField) -> &'static str {
    match field {
        TickField::Count => "count",
        TickField::Time => "time",
        TickField::Now => "now",
        TickField::Dt => "dt",
        TickField::Faults => "faults",
        TickField::Steps => "steps",
        TickField::Load => "load",
        TickField::Idle => "idle",
    }
}
