//! A bound of `min` or `max`, or both of `clamp`, that what comes never reaches: it is not the limit
//! that it seems to be, or the limit is elsewhere already.

use theus_diag::{Code, Diagnostic};
use theus_hir::walk::each_expr_of_block;
use theus_hir::{Expr, ExprKind, Ty, TyKind};

use crate::bounds::{Bounds, Locals, bounds, is_clamp, locals};
use crate::cx::Cx;
use crate::visit::Home;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let code = cx.bodies().into_iter();
    for (body, _) in code.filter(|(_, home)| *home == Home::Code) {
        let known = locals(cx, body);
        each_expr_of_block(&body.block, &mut |expr| one(cx, &known, expr, tell));
    }
}

fn one(cx: &Cx<'_>, known: &Locals, expr: &Expr, tell: &mut dyn FnMut(Diagnostic)) {
    let of = |part: &Expr| bounds(cx, known, true, part);
    match &expr.kind {
        ExprKind::Call(id, _, args) if is_clamp(cx, *id) => {
            let [value, lo, hi] = args.as_slice() else {
                return;
            };
            let Some(reached) = of(value).filter(varies) else {
                return;
            };
            let below = of(lo).is_some_and(|lo| lo.1 <= reached.0);
            // One of two bounds may be there to be safe.
            if below && of(hi).is_some_and(|hi| hi.0 >= reached.1) {
                let from = shown(cx, value.ty, reached.0);
                let why =
                    format!("this is in {from}..={}", shown(cx, value.ty, reached.1));
                let found = told(cx, lo, value, why).label(hi.span, "never reached");
                tell(found.title("the bounds of `clamp` are never reached"));
            }
        }
        ExprKind::Intrinsic(which, args) if matches!(which.name(), "min" | "max") => {
            let [a, b] = args.as_slice() else {
                return;
            };
            for (value, bound) in [(a, b), (b, a)] {
                let (Some(reached), Some(limit)) = (of(value).filter(varies), of(bound))
                else {
                    continue;
                };
                match which.name() {
                    "min" if limit.0 >= reached.1 => {
                        tell(told(cx, bound, value, most(cx, value.ty, reached)));
                    }
                    "max" if limit.1 <= reached.0 => {
                        tell(told(cx, bound, value, least(cx, value.ty, reached)));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

/// Constants are there to be changed: what they decide is no mistake.
const fn varies(found: &Bounds) -> bool {
    found.0 < found.1
}

fn least(cx: &Cx<'_>, ty: Ty, found: Bounds) -> String {
    format!("this is never less than {}", shown(cx, ty, found.0))
}

fn most(cx: &Cx<'_>, ty: Ty, found: Bounds) -> String {
    format!("this is never more than {}", shown(cx, ty, found.1))
}

fn shown(cx: &Cx<'_>, ty: Ty, value: f64) -> String {
    match cx.typed.types.kind(ty) {
        TyKind::Float(_) => format!("{value:?}"),
        TyKind::Duration => format!("{value}ns"),
        _ => format!("{value}"),
    }
}

fn told(cx: &Cx<'_>, bound: &Expr, value: &Expr, why: String) -> Diagnostic {
    Diagnostic::new(Code::UnreachedBound, bound.span, "never reached")
        .title(format!("the bound `{}` is never reached", cx.text(bound.span)))
        .label(value.span, why)
        .help("leave the bound out, or look at the sides: units, signs, the range of a field")
}
