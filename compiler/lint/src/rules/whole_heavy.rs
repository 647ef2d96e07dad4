//! A heavy field that is written from end to end in each run: with two buffers nobody ever
//! sees it half written.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_hir::{Block, Expr, ExprKind, FieldId, LocalId, StmtKind};

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (id, process) in cx.typed.written_processes() {
        let mut whole = Vec::new();
        written_whole(&process.body.block, &mut Vec::new(), &mut whole);
        for (field, place) in whole {
            let data = &cx.typed.fields[field];
            let read = cx.prints.process(id).reads.keys();
            let is_read = read
                .into_iter()
                .any(|(place, _)| place.in_field() == Some(field));
            if data.zone == Zone::Heavy && data.swap.is_none() && !is_read {
                let path = cx.typed.field_path(field);
                tell(
                    Diagnostic::new(Code::WholeHeavy, place.span, "written as a whole")
                        .title(format!("`{}` writes all of `{path}`", process.head.name))
                        .label(data.span, "it has one buffer")
                        .help("a run that fails leaves it half written: `heavy(swap)` writes a second buffer, and exchanges the two when the run has succeeded"),
                );
            }
        }
    }
}

/// The fields all of whose elements are written: by loops from 0, one in the other, with
/// nothing between them that could leave an element out.
fn written_whole<'a>(
    block: &'a Block,
    loops: &mut Vec<LocalId>,
    out: &mut Vec<(FieldId, &'a Expr)>,
) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Assign(place, _) => {
                if let Some(field) = covered(place, loops) {
                    out.push((field, place));
                }
            }
            StmtKind::ForRange {
                local, lo, body, ..
            } if matches!(lo.kind, ExprKind::Int(0)) => {
                loops.push(*local);
                written_whole(body, loops, out);
                loops.pop();
            }
            _ => {}
        }
    }
}

fn covered(place: &Expr, loops: &[LocalId]) -> Option<FieldId> {
    match &place.kind {
        ExprKind::Field(field) => Some(*field),
        ExprKind::Index(base, indices) => {
            let ExprKind::Field(field) = base.kind else {
                return None;
            };
            let of = |index: &Expr| match index.kind {
                ExprKind::Local(local) => loops.iter().position(|open| *open == local),
                _ => None,
            };
            let mut found: Vec<usize> = indices.iter().filter_map(of).collect();
            found.sort_unstable();
            found.dedup();
            (found.len() == indices.len() && found.len() == loops.len()).then_some(field)
        }
        _ => None,
    }
}
