//! Expressions, patterns and types on one line.

use crate::ast::expr::{ArgKind, ClosureBody, Piece, UnaryOp};
use crate::ast::ty::{Rules, TyArg, TyKind};
use crate::ast::{Arg, Arm, Expr, ExprKind, Name, Pattern, PatternKind, Ty};

use super::Printer;

fn list(exprs: &[Expr]) -> String {
    let exprs: Vec<_> = exprs.iter().map(expr).collect();
    exprs.join(", ")
}

fn suffix(name: Option<&Name>) -> &str {
    name.map_or("", |name| &name.text)
}

/// An expression; every operator in its own parentheses.
pub(super) fn expr(value: &Expr) -> String {
    match &value.kind {
        ExprKind::Int(value, ty) => format!("{value}{}", suffix(ty.as_ref())),
        ExprKind::Float(value, ty) => format!("{value:?}{}", suffix(ty.as_ref())),
        ExprKind::Duration(ns) => format!("{ns}ns"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "none".to_owned(),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Name(name) => name.text.to_string(),
        ExprKind::Member(target, name) => format!("{}.{}", expr(target), name.text),
        ExprKind::Index(target, indices) => {
            format!("{}[{}]", expr(target), list(indices))
        }
        ExprKind::Call(target, args) => format!("{}({})", expr(target), arguments(args)),
        ExprKind::Method(target, name, args) => {
            format!("{}.{}({})", expr(target), name.text, arguments(args))
        }
        ExprKind::Unary(op, value) => {
            let op = match op {
                UnaryOp::Neg => "-",
                UnaryOp::Not => "not ",
                UnaryOp::BitNot => "~",
            };
            format!("({op}{})", expr(value))
        }
        ExprKind::Binary(op, _, left, right) => {
            format!("({} {} {})", expr(left), op.text(), expr(right))
        }
        ExprKind::In(value, range) => format!("({} in {})", expr(value), expr(range)),
        ExprKind::Range(lo, hi, inclusive) => {
            format!(
                "{}{}{}",
                expr(lo),
                if *inclusive { "..=" } else { ".." },
                expr(hi)
            )
        }
        ExprKind::As(value, target) => format!("({} as {})", expr(value), ty(target)),
        ExprKind::Coalesce(value, other) => {
            format!("({} ?? {})", expr(value), expr(other))
        }
        ExprKind::Paren(value) => format!("({})", expr(value)),
        ExprKind::Tuple(values) => format!("({})", list(values)),
        ExprKind::Array(values) => format!("[{}]", list(values)),
        ExprKind::Format(pieces) => {
            format!("\"{}\"", pieces.iter().map(piece).collect::<String>())
        }
        ExprKind::Fill(value, sizes) => format!("[{}; {}]", expr(value), list(sizes)),
        ExprKind::Build(build) => {
            let (value, on) = (expr(&build.value), pattern(&build.pattern));
            let cond = build.cond.iter().map(|cond| format!(" if {}", expr(cond)));
            let cond = cond.collect::<String>();
            format!("[{value} for {on} in {}{cond}]", expr(&build.over))
        }
        ExprKind::Closure(params, body) => closure(params, body),
        ExprKind::If(cond, yes, no) => {
            format!(
                "if {} {{ {} }} else {{ {} }}",
                expr(cond),
                expr(yes),
                expr(no)
            )
        }
        ExprKind::Match(value, arms) => {
            let arms = arms
                .iter()
                .map(|arm| format!("{} => {}", arm_head(arm), expr(&arm.body)));
            let arms: Vec<_> = arms.collect();
            format!("match {} {{ {} }}", expr(value), arms.join(", "))
        }
        ExprKind::Let(on, value) => format!("let {} = {}", pattern(on), expr(value)),
        ExprKind::Quantifier(all, name, over, body) => {
            let word = if *all { "all" } else { "any" };
            format!("{word}({} in {}: {})", name.text, expr(over), expr(body))
        }
        ExprKind::Old(value) => format!("old({})", expr(value)),
        ExprKind::Bad => "<bad>".to_owned(),
    }
}

fn closure(params: &[(Name, Option<Ty>)], body: &ClosureBody) -> String {
    let params = params.iter().map(|(name, written)| match written {
        Some(written) => format!("{}: {}", name.text, ty(written)),
        None => name.text.to_string(),
    });
    let params: Vec<_> = params.collect();
    let body = match body {
        ClosureBody::Expr(value) => expr(value),
        ClosureBody::Block(block) => {
            let mut printer = Printer {
                out: String::new(),
                depth: 0,
                spans: false,
            };
            printer.block(block);
            let lines: Vec<_> = printer.out.lines().map(str::trim).collect();
            format!("{{ {} }}", lines.join("; "))
        }
    };
    format!("|{}| {body}", params.join(", "))
}

/// Arguments of a call.
pub(super) fn arguments(args: &[Arg]) -> String {
    let args = args.iter().map(|arg| match &arg.kind {
        ArgKind::Plain => expr(&arg.value),
        ArgKind::Named(name) => format!("{}: {}", name.text, expr(&arg.value)),
        ArgKind::Spread => format!("..{}", expr(&arg.value)),
    });
    let args: Vec<_> = args.collect();
    args.join(", ")
}

/// The pattern of an arm and its guard.
pub(super) fn arm_head<T>(arm: &Arm<T>) -> String {
    match &arm.guard {
        Some(guard) => format!("{} if {}", pattern(&arm.pattern), expr(guard)),
        None => pattern(&arm.pattern),
    }
}

/// A pattern.
pub(super) fn pattern(on: &Pattern) -> String {
    match &on.kind {
        PatternKind::Wild => "_".to_owned(),
        PatternKind::Path(path) => super::path(path),
        PatternKind::Parts(path, parts) => {
            let parts = parts.iter().map(|(name, on)| match name {
                Some(name) => format!("{}: {}", name.text, pattern(on)),
                None => pattern(on),
            });
            let parts: Vec<_> = parts.collect();
            format!("{}({})", super::path(path), parts.join(", "))
        }
        PatternKind::Tuple(parts) => {
            let parts: Vec<_> = parts.iter().map(pattern).collect();
            format!("({})", parts.join(", "))
        }
        PatternKind::Literal(value) => expr(value),
        PatternKind::Range(lo, hi, inclusive) => {
            format!(
                "{}{}{}",
                expr(lo),
                if *inclusive { "..=" } else { ".." },
                expr(hi)
            )
        }
        PatternKind::None => "none".to_owned(),
        PatternKind::Or(parts) => {
            let parts: Vec<_> = parts.iter().map(pattern).collect();
            parts.join(" | ")
        }
        PatternKind::Bad => "<bad>".to_owned(),
    }
}

/// What stands after the `>` of a type.
fn rules(found: &Rules) -> String {
    let mut parts = Vec::new();
    let keys = found.by.iter().map(|key| match key.descending {
        true => format!("{} desc", super::path(&key.path)),
        false => super::path(&key.path),
    });
    let keys: Vec<_> = keys.collect();
    if !keys.is_empty() {
        parts.push(format!("by {}", keys.join(", ")));
    }
    if let Some(full) = &found.full {
        let score = full.score.as_ref();
        let score = score.map_or_else(String::new, |score| format!("({})", expr(score)));
        parts.push(format!("full {}{score}", full.word.text));
    }
    if let Some(ttl) = &found.ttl {
        parts.push(format!("ttl {}", expr(&ttl.expr)));
    }
    parts.join(" ")
}

/// A type.
pub(super) fn ty(written: &Ty) -> String {
    match &written.kind {
        TyKind::Named(path, args) if args.is_empty() => super::path(path),
        TyKind::Named(path, args) => {
            let args = args.iter().map(|arg| match arg {
                TyArg::Ty(written) => ty(written),
                TyArg::Size(size) => expr(&size.expr),
                TyArg::Path(path) => super::path(path),
                TyArg::Rules(found) => rules(found),
            });
            let args: Vec<_> = args.collect();
            format!("{}<{}>", super::path(path), args.join(", "))
        }
        TyKind::Array(element, sizes) => {
            let sizes: Vec<_> = sizes.iter().map(|size| expr(&size.expr)).collect();
            let sizes = sizes.join(", ");
            if sizes.is_empty() {
                return format!("[{}]", ty(element));
            }
            format!("[{}; {sizes}]", ty(element))
        }
        TyKind::Tuple(parts) => {
            let parts: Vec<_> = parts.iter().map(ty).collect();
            format!("({})", parts.join(", "))
        }
        TyKind::Option(inner) => format!("{}?", ty(inner)),
        TyKind::Fn(params, result) => {
            let params: Vec<_> = params.iter().map(ty).collect();
            format!("fn({}) -> {}", params.join(", "), ty(result))
        }
        TyKind::Bad => "<bad>".to_owned(),
    }
}

fn piece(piece: &Piece) -> String {
    match piece {
        Piece::Text(text) => text.escape_debug().to_string(),
        Piece::Hole(value, how, _) if how.is_empty() => format!("{{{}}}", expr(value)),
        Piece::Hole(value, how, _) => format!("{{{}:{how}}}", expr(value)),
    }
}
