//! A process with `each` writes only its element.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::body::PoolOp;
use theus_hir::item::{Each, Process, Quota};
use theus_hir::walk::each_expr_of_block;
use theus_hir::{ExprKind, FieldId, ProcessId, QueryKind, TyKind, Typed};
use theus_stdlib::Intrinsic;

use crate::Cx;
use crate::contract::zone;
use crate::footprint::WriteKind;
use crate::place::{Place, is_of_element};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in &cx.typed.processes {
        let Some(each) = &process.each else { continue };
        for quota in &process.quotas {
            only_added(cx.typed, process, each.field, quota, sink);
            pushed_out(cx.typed, (process, each.span), each.field, quota, sink);
        }
        if let Some(isolated) = each.isolated {
            unique(cx, id, isolated.span, sink);
            hard(process, isolated.span, sink);
        }
        unused(cx, id, each, sink);
        for owned in cx.typed.owned_by(each.field) {
            others(cx, id, owned, sink);
        }
        let mut reported: Vec<&Place> = Vec::new();
        for ((place, kind), span) in &cx.prints.process(id).elsewhere {
            let free = match zone(cx.typed, place) {
                Some(Zone::Signal) => matches!(kind, WriteKind::Raise | WriteKind::Count),
                Some(Zone::Meta) => matches!(kind, WriteKind::Count | WriteKind::Add),
                // Reported as what it is.
                Some(Zone::Global) | None => true,
                Some(_) => false,
            };
            let sent = process.quotas.iter();
            let sent = sent
                .map(|quota| quota.field)
                .any(|field| place.in_field() == Some(field));
            if free || sent || reported.iter().any(|known| known.overlaps(place)) {
                continue;
            }
            reported.push(place);
            let own = place.in_field() == Some(each.field);
            sink.push(elsewhere(cx.typed, process, place, (*span, own)));
        }
    }
}

/// Elements that make nothing of open size need no scratch.
fn unused(cx: &Cx<'_>, id: ProcessId, each: &Each, sink: &mut Sink) {
    let print = cx.prints.process(id);
    let Some(scratch) = each.scratch else { return };
    if print.scratch.is_some() || print.partial {
        return;
    }
    let found = Diagnostic::new(Code::UnusedScratch, scratch.1, "nothing takes of it")
        .title("these elements need no scratch")
        .help("leave it out: only texts with values in them, comprehensions and slices of open size take scratch");
    sink.push(found);
}

/// Whether a member is unique is known when all elements are done: too late to undo one.
fn unique(cx: &Cx<'_>, id: ProcessId, isolated: Span, sink: &mut Sink) {
    let typed = cx.typed;
    let writes = cx.prints.process(id).writes.iter();
    for ((place, _), span) in writes {
        let Some(field) = place.in_field() else {
            continue;
        };
        let TyKind::Pool(_, _, rules) = typed.types.kind(typed.fields[field].ty) else {
            continue;
        };
        let Some(query) = rules
            .queries
            .iter()
            .find(|query| query.kind == QueryKind::Unique)
        else {
            continue;
        };
        let name = show::field(typed, field);
        let found = Diagnostic::new(Code::NotIsolated, isolated, "each by itself")
            .title("elements of a pool with `unique` are not isolated")
            .label(*span, format!("this changes `{name}`, where `{}` is unique", query.name))
            .help("whether it is unique is tested when all elements are done: take `isolated` away, or change the pool in a process of its own");
        sink.push(found);
        return;
    }
}

/// What belongs to the others is not looked at while each element changes its own.
fn others(cx: &Cx<'_>, id: ProcessId, owned: FieldId, sink: &mut Sink) {
    let changed = |place: &Place| place.in_field() == Some(owned);
    let print = cx.prints.process(id);
    let elsewhere = print.elsewhere.keys().any(|(place, _)| changed(place));
    if elsewhere || !print.writes.keys().any(|(place, _)| changed(place)) {
        return;
    }
    let process = &cx.typed.processes[id];
    let mut found = None;
    each_expr_of_block(&process.body.block, &mut |expr| {
        let whole = matches!(expr.kind, ExprKind::Field(field) if field == owned);
        let other = matches!(&expr.kind, ExprKind::Owned(of, field)
            if *field == owned && !is_of_element(of));
        if whole || other {
            found.get_or_insert(expr.span);
        }
    });
    let Some(span) = found else { return };
    let name = show::field(cx.typed, owned);
    let found =
        Diagnostic::new(Code::OthersSeen, span, "not by way of the element").title(
            format!("`{}` looks at `{name}` of others", process.head.name),
        );
    let found = match &process.each {
        Some(each) => found.label(each.span, "each of these changes its own"),
        None => found,
    };
    sink.push(found.help(
        "what the others have depends on the order: look at it in a process of its own",
    ));
}

/// A process that is late is undone, but its elements have committed one by one.
fn hard(process: &Process, isolated: Span, sink: &mut Sink) {
    let Some((true, _, span)) = process.deadline else {
        return;
    };
    let found = Diagnostic::new(Code::NotIsolated, isolated, "each by itself")
        .title("a process with a hard deadline has no isolated elements")
        .label(span, "a late process is undone as a whole")
        .help("take `isolated` or `hard` away");
    sink.push(found);
}

fn elsewhere(
    typed: &Typed,
    process: &Process,
    place: &Place,
    (span, own): (Span, bool),
) -> Diagnostic {
    let name = show::place(typed, place);
    let owner = &process.head.name;
    let found = Diagnostic::new(Code::WriteElsewhere, span, "written for each element")
        .title(if own {
            format!("`{owner}` writes an element of `{name}` that is not its own")
        } else {
            format!("`{owner}` writes `{name}`, which is not its element")
        });
    let found = match &process.each {
        Some(each) => found.label(each.span, "the body runs once for each of these"),
        None => found,
    };
    found.help(match zone(typed, place) {
        Some(Zone::Signal | Zone::Meta) => {
            "from several elements a signal is raised with `= true` or counted, a meta field counted with `+=`"
        }
        _ => "write the element, and gather in a process of its own that follows: `for a in …`",
    })
}

/// No element pushes out another one that has its turn, or will.
fn pushed_out(
    typed: &Typed,
    (process, over): (&Process, Span),
    own: FieldId,
    quota: &Quota,
    sink: &mut Sink,
) {
    if quota.field != own || !typed.frees(PoolOp::Insert, own) {
        return;
    }
    let name = show::field(typed, own);
    let label = "what is inserted may push out another element";
    sink.push(
        Diagnostic::new(Code::PushesOut, quota.span, label)
            .title(format!("`{}` may push out what it goes over", process.head.name))
            .label(over, format!("`{name}` says what leaves where it is full"))
            .help("gather what is new in a list with `sends`, and insert it in a process that follows"),
    );
}

/// What elements add to is not looked at: it would tell in which order they run.
fn only_added(
    typed: &Typed,
    process: &Process,
    own: FieldId,
    quota: &Quota,
    sink: &mut Sink,
) {
    let mut added = Vec::new();
    let mut found = None;
    each_expr_of_block(&process.body.block, &mut |expr| {
        let receiver = match &expr.kind {
            ExprKind::Pool(PoolOp::Insert, args)
            | ExprKind::Intrinsic(Intrinsic::Push, args)
            | ExprKind::Call(_, _, args) => args.first(),
            // Its own collection is read as it was at the start.
            ExprKind::Elem(base) => Some(&**base),
            ExprKind::Pool(
                PoolOp::Get
                | PoolOp::Has
                | PoolOp::Len
                | PoolOp::Find(_)
                | PoolOp::Sorted(..)
                | PoolOp::Top(_)
                | PoolOp::Near(_),
                args,
            ) if quota.field == own => args.first(),
            ExprKind::PoolAt(base, _) if quota.field == own => Some(&**base),
            _ => None,
        };
        let added_to = match &expr.kind {
            ExprKind::Call(id, ..) => typed.fns[*id].head.name.ends_with("_push"),
            _ => true,
        };
        if let Some(receiver) = receiver.filter(|_| added_to) {
            added.push(std::ptr::from_ref(receiver));
        }
        let named = matches!(expr.kind, ExprKind::Field(field) if field == quota.field);
        if named && !added.contains(&std::ptr::from_ref(expr)) && found.is_none() {
            found = Some(expr.span);
        }
    });
    let Some(span) = found else { return };
    let name = show::field(typed, quota.field);
    sink.push(
        Diagnostic::new(Code::QuotaUse, span, "not added to here")
            .title(format!("`{}` may only add to `{name}`", process.head.name))
            .label(quota.span, "from each element so many")
            .help("what the others have added depends on the order: look at it in a process that follows"),
    );
}
