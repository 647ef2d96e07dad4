//! What is said where a generic argument does not follow.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;

use super::Declared;
use crate::infer::Checker;
use crate::item::GenericKind;
use crate::ty::{Size, Ty};

impl Checker<'_, '_> {
    /// A size parameter that is only in computed sizes, and does not follow from them.
    pub(super) fn unsolved(
        &mut self,
        of: Declared,
        at: u32,
        (size, due): (Size, Size),
        span: Span,
    ) {
        let (head, generics) = (self.cx.head_of(of).clone(), self.cx.generics_of(of));
        let Some(generic) = generics.get(at as usize) else {
            return;
        };
        let (name, of) = (
            &generic.name,
            crate::show::size(&self.cx.out, generics, size),
        );
        let due = crate::show::size(&self.cx.out, &self.env.generics, due);
        let report = Diagnostic::new(
            Code::SizeUnsolved,
            span,
            format!("`{of}` is {due} here: `{name}` does not follow"),
        )
        .title(format!(
            "the size `{name}` of `{}` is not known here",
            head.name
        ))
        .label(head.span, "declared here")
        .help(format!(
            "have a parameter of the size `{name}` alone: `[…; {name}]`"
        ));
        self.report(report);
    }

    /// An array is due, and there is a list or a slice.
    pub(super) fn unlike(&mut self, of: Declared, found: Option<(Ty, Span)>) {
        let Some((ty, span)) = found else { return };
        let head = self.cx.head_of(of).clone();
        let text = self.show(ty);
        let report = Diagnostic::new(Code::Mismatch, span, format!("this is `{text}`"))
            .title(format!("`{}` takes an array, not `{text}`", head.name))
            .label(head.span, "declared here");
        let own = self.has_method(ty, &head.name);
        self.report(if own {
            report.help(format!(
                "write `xs.{}()`: it has a function of its own",
                head.name
            ))
        } else {
            report.help(
                "the values of a list are a slice: a function that takes `[T]` takes it",
            )
        });
    }

    pub(super) fn unknown_generic(&mut self, of: Declared, at: u32, span: Span) {
        let head = self.cx.head_of(of).clone();
        let Some(generic) = self.cx.generics_of(of).get(at as usize) else {
            return;
        };
        let what = if generic.kind == GenericKind::Size {
            "size"
        } else {
            "type"
        };
        let report = Diagnostic::new(
            Code::CannotInfer,
            span,
            format!("which `{}`?", generic.name),
        )
        .title(format!(
            "the {what} `{}` of `{}` is not known here",
            generic.name, head.name
        ))
        .label(head.span, "declared here")
        .help("give the result a type: `let x: [f64; 3] = …`");
        self.report(report);
    }
}
