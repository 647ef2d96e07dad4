//! Places passed `inout` to one call do not meet, and no closure of the call reads them.

use theus_diag::{Code, Diagnostic, Sink};
use theus_hir::{Expr, ExprKind, FnId};

use crate::Cx;
use crate::place::{Path, path_of};
use crate::roots::{Code as Source, each_code};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    each_code(cx.typed, &mut |source| {
        source.each_expr(&mut |expr| {
            if let ExprKind::Call(callee, _, args) = &expr.kind {
                call(cx, &source, *callee, args, sink);
            }
        });
    });
}

fn call(cx: &Cx<'_>, source: &Source<'_>, callee: FnId, args: &[Expr], sink: &mut Sink) {
    let item = &cx.typed.fns[callee];
    if !item.params.iter().any(|param| param.inout) {
        return;
    }
    let mut passed: Vec<(Path<'_>, &Expr)> = Vec::new();
    for (param, arg) in item.params.iter().zip(args) {
        let Some(path) = path_of(cx.typed, arg).filter(|_| param.inout) else {
            continue;
        };
        if let Some((_, other)) = passed
            .iter()
            .find(|(other, _)| other.place.overlaps(&path.place))
        {
            let name = name(cx, source, &path);
            let found = Diagnostic::new(
                Code::OverlappingInout,
                arg.span,
                "passed `inout`",
            )
            .title(format!(
                "`{}` gets `{name}` twice as `inout`",
                item.head.name
            ))
            .label(
                other.span,
                "already passed `inout`, and may be the same place",
            )
            .help("elements of one array are never told apart: copy one of them first");
            sink.push(found);
        }
        passed.push((path, arg));
    }
    for closure in args
        .iter()
        .filter(|arg| matches!(arg.kind, ExprKind::Closure(..)))
    {
        captured(cx, source, &passed, closure, &item.head.name, sink);
    }
}

fn captured(
    cx: &Cx<'_>,
    source: &Source<'_>,
    passed: &[(Path<'_>, &Expr)],
    closure: &Expr,
    callee: &str,
    sink: &mut Sink,
) {
    let reads = cx.prints.of_argument(cx.typed, closure).reads;
    for (path, arg) in passed {
        let read = reads
            .iter()
            .find(|((place, _), _)| place.overlaps(&path.place));
        let Some((_, span)) = read else { continue };
        let name = name(cx, source, path);
        let found = Diagnostic::new(Code::OverlappingInout, *span, "read by the closure")
            .title(format!(
                "a closure reads `{name}` while `{callee}` may write it"
            ))
            .label(arg.span, "passed `inout` to the same call")
            .help(format!("copy it first: `let before = {name}`"));
        sink.push(found);
    }
}

fn name(cx: &Cx<'_>, source: &Source<'_>, path: &Path<'_>) -> String {
    match source.body {
        Some(body) => show::place_in(cx.typed, body, &path.place),
        None => show::place(cx.typed, &path.place),
    }
}
