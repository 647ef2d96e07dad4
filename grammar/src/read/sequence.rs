//! Sequences that recover: statements, fields, arms, pipeline items. What could not be read
//! is explained once for each run of it.

use crate::error::SyntaxErrorKind;
use crate::recover;
use crate::rules::{Pair, Rule};

use super::Reader;

/// What was read before, and how many errors there were before it.
struct Before {
    start: usize,
    end: usize,
    errors: usize,
}

/// A run of text that could not be read.
struct Run {
    start: usize,
    end: usize,
}

impl Reader<'_> {
    /// Reads each pair by `read`; explains the runs of `bad` ones by the rule `strict`.
    pub(super) fn sequence<'p>(
        &self,
        pairs: impl Iterator<Item = Pair<'p>>,
        strict: Rule,
        mut read: impl FnMut(Pair<'p>),
    ) {
        let mut before: Option<Before> = None;
        let mut run: Option<Run> = None;
        for pair in pairs {
            let span = pair.as_span();
            let (start, end) =
                (span.start(), span.start() + pair.as_str().trim_end().len());
            if !is_bad(pair.as_rule()) {
                if let Some(run) = run.take() {
                    recover::explain(self, strict, run.start, run.end);
                }
                before = Some(Before {
                    start,
                    end,
                    errors: self.errors.borrow().len(),
                });
                read(pair);
                continue;
            }
            run = Some(match run.take() {
                Some(run) if self.continues(start) => Run {
                    start: run.start,
                    end,
                },
                other => {
                    if let Some(run) = other {
                        recover::explain(self, strict, run.start, run.end);
                    }
                    Run {
                        start: self.origin(before.take(), start),
                        end,
                    }
                }
            });
        }
        if let Some(run) = run {
            recover::explain(self, strict, run.start, run.end);
        }
    }

    /// Whether what stands there cannot begin anything: it belongs to what is before it.
    fn continues(&self, start: usize) -> bool {
        let first = self.text.get(start..).and_then(|rest| rest.chars().next());
        first.is_some_and(|first| !first.is_alphabetic() && first != '_')
    }

    /// Where to begin to read again: at the thing before, if the bad one is its rest.
    fn origin(&self, before: Option<Before>, start: usize) -> usize {
        let Some(before) = before else { return start };
        let same_line = self
            .text
            .get(before.end..start)
            .is_some_and(|gap| !gap.contains('\n'));
        if !same_line && !self.continues(start) {
            return start;
        }
        // What was said about its first half is better said about the whole.
        let mut errors = self.errors.borrow_mut();
        let kept = before.errors.min(errors.len());
        let of_half = errors.split_off(kept);
        let half = |kind| {
            matches!(
                kind,
                SyntaxErrorKind::NoEffect | SyntaxErrorKind::Unexpected
            )
        };
        errors.extend(of_half.into_iter().filter(|error| !half(error.kind)));
        before.start
    }
}

/// Whether the rule swallows what nothing else could read.
fn is_bad(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::bad_stmt
            | Rule::bad_arm
            | Rule::bad_flow
            | Rule::bad_clause
            | Rule::bad_member
            | Rule::bad_item
    )
}
