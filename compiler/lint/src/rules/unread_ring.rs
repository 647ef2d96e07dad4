//! A history that nobody looks at: its memory and its pushes are for nothing.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_hir::TyKind;

use crate::cx::Cx;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for context in cx.typed.written_contexts() {
        for field in &context.fields {
            let field = &cx.typed.fields[*field];
            let is_ring = matches!(cx.typed.types.kind(field.ty), TyKind::Ring(..));
            let used = cx.used();
            if is_ring
                && field.zone == Zone::Data
                && used.written.contains(&field.span)
                && !used.read.contains(&field.span)
            {
                let path = format!("{}.{}", context.head.name, field.name);
                tell(
                    Diagnostic::new(
                        Code::UnreadRing,
                        field.span,
                        "pushed to, never read",
                    )
                    .title(format!("nothing reads the ring `{path}`"))
                    .help("read it in a process or a sink, or leave it out"),
                );
            }
        }
    }
}
