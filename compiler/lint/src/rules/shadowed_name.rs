//! A local that hides another name.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_hir::body::Body;
use theus_hir::walk::{each_expr, each_stmt};
use theus_hir::{Block, ExprKind, LocalId, StmtKind};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (body, _) in cx.bodies() {
        let (scopes, again) = (scopes(body), again(body));
        for (id, local) in body
            .locals
            .iter()
            .filter(|(_, one)| !one.name.starts_with('_'))
        {
            let hidden = scopes.iter().find(|(other, scope)| {
                let other_local = &body.locals[*other];
                *other != id
                    && !again.contains(&(id, *other))
                    && other_local.name == local.name
                    && other_local.span != local.span
                    && holds(*scope, local.span)
            });
            let place = hidden.map(|(other, _)| body.locals[*other].span);
            if let Some(place) = place.or_else(|| item(cx, &local.name, local.span)) {
                tell(
                    Diagnostic::new(Code::ShadowedName, local.span, "hides another name")
                        .title(format!("`{}` hides another name", local.name))
                        .label(place, "this one")
                        .help("give one of the two a name of its own"),
                );
            }
        }
    }
}

/// Locals whose value is made from others: `let x = f(x)` goes on with the same thing.
fn again(body: &Body) -> Vec<(LocalId, LocalId)> {
    let mut found = Vec::new();
    each_stmt(&body.block, &mut |stmt| {
        let mut made = Vec::new();
        let value = match &stmt.kind {
            StmtKind::Let(local, Some(value)) => {
                made.push(*local);
                value
            }
            StmtKind::Unpack(pat, value, _) => {
                pat.each_local(&mut |local| made.push(local));
                value
            }
            _ => return,
        };
        each_expr(value, &mut |part| {
            if let ExprKind::Local(other) = part.kind {
                found.extend(made.iter().map(|local| (*local, other)));
            }
        });
    });
    found
}

/// The function, constant or context of that name in the same file.
fn item(cx: &Cx<'_>, name: &str, at: Span) -> Option<Span> {
    let typed = cx.typed;
    let fns = typed.fns.values().map(|one| &one.head);
    let consts = typed.consts.values().map(|one| &one.head);
    let contexts = typed.written_contexts().map(|one| &one.head);
    let mut heads = fns.chain(consts).chain(contexts);
    let found = heads.find(|head| &*head.name == name && head.span.file == at.file);
    found.map(|head| head.span)
}

fn holds(scope: Span, place: Span) -> bool {
    scope.file == place.file && scope.start <= place.start && place.end <= scope.end
}

/// From where to where each local of a block is known.
fn scopes(body: &Body) -> Vec<(LocalId, Span)> {
    let mut found = Vec::new();
    block(&body.block, &mut found);
    each_stmt(&body.block, &mut |stmt| match &stmt.kind {
        StmtKind::If(_, then, other) => {
            block(then, &mut found);
            block(other, &mut found);
        }
        StmtKind::Match(_, arms) => {
            arms.iter().for_each(|arm| block(&arm.body, &mut found))
        }
        StmtKind::ForRange { local, body, .. }
        | StmtKind::ForEach { local, body, .. } => {
            found.push((*local, stmt.span));
            block(body, &mut found);
        }
        StmtKind::While { body, .. }
        | StmtKind::Block(body)
        | StmtKind::Expect(_, body) => {
            block(body, &mut found);
        }
        _ => {}
    });
    found
}

/// The locals that the statements of a block declare.
fn block(block: &Block, found: &mut Vec<(LocalId, Span)>) {
    let Some(last) = block.stmts.last() else {
        return;
    };
    for stmt in &block.stmts {
        let scope = stmt.span.after().to(last.span);
        match &stmt.kind {
            StmtKind::Let(local, _) => found.push((*local, scope)),
            StmtKind::Unpack(pat, ..) => {
                pat.each_local(&mut |local| found.push((local, scope)));
            }
            _ => {}
        }
    }
}
