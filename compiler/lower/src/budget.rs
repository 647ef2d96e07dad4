//! How much code and memory a program may become: what is inlined, unrolled and made
//! concrete grows faster than its text, so lowering stops beyond a bound.

use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::{FileId, Span};

use crate::frame::FnCx;
use crate::program::Cx;

/// Most instructions of one function.
const MOST_IN_FUNCTION: usize = 120_000;
/// Most instructions of all functions.
const MOST_IN_PROGRAM: usize = 600_000;
/// Most nested calls of functions that take closures: each is lowered inside the other.
const MOST_INLINED: usize = 64;

/// What has been spent.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Instructions of functions that are done.
    done: usize,
    /// What is being lowered.
    at: Span,
    /// Why and where the budget ended.
    over: Option<Diagnostic>,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            done: 0,
            at: Span::new(FileId(0), 0, 0),
            over: None,
        }
    }
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

    /// A concrete type is too large.
    pub(crate) fn refuse_type(&mut self, size: u64) {
        let found = Diagnostic::new(
            Code::TooMuchMemory,
            self.at,
            format!("a value here needs {size} bytes"),
        );
        self.refuse(found.help("one program can have 1 GiB: make the type smaller"));
    }

    fn refuse_code(&mut self, title: String) {
        let found = Diagnostic::new(Code::TooMuchCode, self.at, "this is one too many");
        self.refuse(
            found
                .title(title)
                .help("put what repeats into loops and functions")
                .help("a call with a closure is a copy of what it calls: nest them less"),
        );
    }

    fn refuse(&mut self, found: Diagnostic) {
        self.over.get_or_insert(found);
    }
}

impl Cx<'_> {
    /// Tells where the budget ended, if it did.
    pub(crate) fn over_budget(&mut self, sink: &mut Sink) -> bool {
        let over = self.budget.over.take();
        let is_over = over.is_some();
        over.into_iter().for_each(|found| sink.push(found));
        is_over
    }
}

impl FnCx<'_, '_> {
    /// Whether the budget is spent: then nothing is lowered any more, because the program is
    /// rejected.
    pub(crate) fn is_over(&mut self, span: Span) -> bool {
        let budget = &mut self.cx.budget;
        if budget.is_over() {
            return true;
        }
        budget.at = span;
        let own = self.b.func().insts.len();
        let all = budget.done.saturating_add(own);
        if own > MOST_IN_FUNCTION {
            budget.refuse_code(format!(
                "a function has more than {MOST_IN_FUNCTION} instructions"
            ));
        } else if all > MOST_IN_PROGRAM {
            budget.refuse_code(format!(
                "the program has more than {MOST_IN_PROGRAM} instructions"
            ));
        }
        budget.is_over()
    }

    /// The same where a body is about to be lowered inside another.
    pub(crate) fn is_too_deep(&mut self, span: Span) -> bool {
        let over = self.is_over(span);
        if !over && self.exits.len() > MOST_INLINED {
            self.cx.budget.refuse_code(format!(
                "calls with closures nest more than {MOST_INLINED} deep"
            ));
        }
        self.cx.budget.is_over()
    }
}
