//! A place that gets its own value.

use theus_diag::{Code, Diagnostic};
use theus_hir::StmtKind;

use crate::cx::Cx;
use crate::same::same;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    cx.each_stmt(&mut |stmt, _| {
        if let StmtKind::Assign(place, value) = &stmt.kind
            && same(cx, place, value)
        {
            tell(
                Diagnostic::new(Code::SelfAssignment, stmt.span, "changes nothing")
                    .title(format!("`{}` is set to itself", cx.text(place.span)))
                    .help("another value is meant, or this can go"),
            );
        }
    });
}
