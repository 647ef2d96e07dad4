//! Expressions as users write them, for names of columns.

use theus_grammar::ast::expr::{ArgKind, Expr, ExprKind, UnaryOp};

/// The text of an expression, without its spaces and comments.
pub(crate) fn expr(written: &Expr) -> String {
    match &written.kind {
        ExprKind::Int(value, suffix) => match suffix {
            Some(suffix) => format!("{value}{}", suffix.text),
            None => value.to_string(),
        },
        ExprKind::Float(value, _) => format!("{value:?}"),
        ExprKind::Duration(ns) => format!("{ns}ns"),
        ExprKind::Bool(value) => value.to_string(),
        ExprKind::None => "none".to_owned(),
        ExprKind::Str(text) => format!("{text:?}"),
        ExprKind::Format(_) => "\"…\"".to_owned(),
        ExprKind::Name(name) => name.text.to_string(),
        ExprKind::Member(base, name) => format!("{}.{}", expr(base), name.text),
        ExprKind::Index(base, indices) => format!("{}[{}]", expr(base), all(indices)),
        ExprKind::Call(callee, given) => format!("{}({})", expr(callee), args(given)),
        ExprKind::Method(base, name, given) => {
            format!("{}.{}({})", expr(base), name.text, args(given))
        }
        ExprKind::Unary(UnaryOp::Neg, inner) => format!("-{}", expr(inner)),
        ExprKind::Unary(UnaryOp::Not, inner) => format!("not {}", expr(inner)),
        ExprKind::Unary(UnaryOp::BitNot, inner) => format!("~{}", expr(inner)),
        ExprKind::Binary(op, _, left, right) => {
            format!("{} {} {}", expr(left), op.text(), expr(right))
        }
        ExprKind::In(value, range) => format!("{} in {}", expr(value), expr(range)),
        ExprKind::Range(lo, hi, true) => format!("{}..={}", expr(lo), expr(hi)),
        ExprKind::Range(lo, hi, false) => format!("{}..{}", expr(lo), expr(hi)),
        ExprKind::As(inner, _) => format!("{} as …", expr(inner)),
        ExprKind::Coalesce(left, right) => format!("{} ?? {}", expr(left), expr(right)),
        ExprKind::Paren(inner) => format!("({})", expr(inner)),
        ExprKind::Tuple(parts) => format!("({})", all(parts)),
        ExprKind::Array(elems) => format!("[{}]", all(elems)),
        ExprKind::Fill(elem, sizes) => format!("[{}; {}]", expr(elem), all(sizes)),
        ExprKind::If(cond, yes, no) => {
            format!(
                "if {} {{ {} }} else {{ {} }}",
                expr(cond),
                expr(yes),
                expr(no)
            )
        }
        ExprKind::Match(value, _) => format!("match {}", expr(value)),
        ExprKind::Let(_, value) => format!("let … = {}", expr(value)),
        ExprKind::Build(build) => {
            format!("[{} for … in {}]", expr(&build.value), expr(&build.over))
        }
        ExprKind::Closure(..) => "|…|".to_owned(),
        ExprKind::Quantifier(true, name, over, body) => {
            format!("all({} in {}: {})", name.text, expr(over), expr(body))
        }
        ExprKind::Quantifier(false, name, over, body) => {
            format!("any({} in {}: {})", name.text, expr(over), expr(body))
        }
        ExprKind::Old(inner) => format!("old({})", expr(inner)),
        ExprKind::Bad => "?".to_owned(),
    }
}

fn all(exprs: &[Expr]) -> String {
    let texts: Vec<String> = exprs.iter().map(expr).collect();
    texts.join(", ")
}

fn args(args: &[theus_grammar::ast::Arg]) -> String {
    let texts = args.iter().map(|arg| match &arg.kind {
        ArgKind::Plain => expr(&arg.value),
        ArgKind::Named(name) => format!("{}: {}", name.text, expr(&arg.value)),
        ArgKind::Spread => format!("..{}", expr(&arg.value)),
    });
    texts.collect::<Vec<_>>().join(", ")
}
