//! How much code a program may become: what is inlined, unrolled and made concrete grows
//! faster than its text, so lowering stops beyond a bound.

use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;

use crate::frame::FnCx;
use crate::program::Cx;

/// Most instructions of one function.
const MOST_IN_FUNCTION: usize = 120_000;
/// Most instructions of all functions.
const MOST_IN_PROGRAM: usize = 1_000_000;
/// Most nested calls of functions that take closures: each is lowered inside the other.
const MOST_INLINED: usize = 64;

/// What has been spent.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// Instructions of functions that are done.
    done: usize,
    /// Where the budget ended.
    over: Option<Over>,
}

#[derive(Clone, Debug)]
struct Over {
    span: Span,
    why: String,
}

impl Budget {
    /// A function is done.
    pub(crate) const fn add(&mut self, insts: usize) {
        self.done = self.done.saturating_add(insts);
    }

    /// Whether nothing more is to be lowered.
    pub(crate) const fn is_over(&self) -> bool {
        self.over.is_some()
    }
}

impl Cx<'_> {
    /// Tells where the budget ended, if it did.
    pub(crate) fn over_budget(&self, sink: &mut Sink) -> bool {
        let Some(over) = &self.budget.over else {
            return false;
        };
        sink.push(
            Diagnostic::new(Code::TooMuchCode, over.span, "this is one too many")
                .title(over.why.clone())
                .help("calls with closures are copied where they stand: let them nest less")
                .help("put what repeats into loops and functions"),
        );
        true
    }
}

impl FnCx<'_, '_> {
    /// Whether the budget is spent: then nothing is lowered any more, because the program is
    /// rejected.
    pub(crate) fn is_over(&mut self, span: Span) -> bool {
        if self.cx.budget.is_over() {
            return true;
        }
        let own = self.b.func().insts.len();
        let (count, most, what) = if own > MOST_IN_FUNCTION {
            (own, MOST_IN_FUNCTION, "a function")
        } else {
            let all = self.cx.budget.done.saturating_add(own);
            (all, MOST_IN_PROGRAM, "the program")
        };
        if count > most {
            let why = format!("{what} becomes more than {most} instructions");
            self.cx.budget.over = Some(Over { span, why });
        }
        self.cx.budget.is_over()
    }

    /// The same where a body is about to be lowered inside another.
    pub(crate) fn is_too_deep(&mut self, span: Span) -> bool {
        if self.exits.len() > MOST_INLINED && !self.cx.budget.is_over() {
            let why =
                format!("calls with closures nest more than {MOST_INLINED} deep");
            self.cx.budget.over = Some(Over { span, why });
        }
        self.is_over(span)
    }
}
