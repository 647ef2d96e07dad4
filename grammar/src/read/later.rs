//! What is designed and not built yet, and what was never meant to be: each with what is
//! written today.

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::span::Span;

use super::Reader;

/// A part of the design that is not built.
#[derive(Clone, Copy)]
pub(super) struct Later {
    /// Its name with the verb: `ports are`.
    what: &'static str,
    /// What is written until it is.
    instead: &'static str,
}

const fn later(what: &'static str, instead: &'static str) -> Later {
    Later { what, instead }
}

pub(super) const PORTS: Later = later(
    "ports are",
    "data comes in by `source csv(\"in.csv\") { … }` in a pipeline or by the host, and leaves by `sink csv(\"out.csv\") { … }`",
);
pub(super) const SWEEPS: Later = later(
    "sweeps are",
    "run the program once for each value, `theusc run --set c.x=1.0`, or a test with parameters, `test \"…\" for x in [1.0, 2.0]`",
);
pub(super) const UNITS: Later = later(
    "units of measure are",
    "write plain numbers, with the unit in the name: `speed_mps: f64 = 9.81`",
);
pub(super) const SLICES: Later = later(
    "slices of several dimensions are",
    "`q[s]` is a row and `q[s, 1..3]` a part of it; a loop goes over several: `for r in 1..3 { … q[r, 1..3] … }`",
);
pub(super) const FUNCTION_CLAUSES: Later = later(
    "contracts of functions are",
    "write the condition in the process that calls it: `requires c.x > 0.0`, `ensures c.y < 1.0`",
);
pub(super) const PIPELINE_PARAMS: Later = later(
    "parameters of pipelines are",
    "what differs between runs is a `global` field, what differs between uses a parameter of a process",
);
pub(super) const PIPELINE_DELAYED: Later = later(
    "`delayed` of pipelines is",
    "leave it out: what a slower pipeline writes holds until its next tick",
);
pub(super) const PIPELINE_MAX: Later = later(
    "`max` of pipelines is",
    "a run ends after `theusc run --ticks 100`, or by `when tick.count >= 100 { stop }`",
);
pub(super) const TEXTS: Later = later(
    "heaps of texts (`texts`) are",
    "a text has a size of its own: `str<256>`, `list<str<64>, 100>`",
);
pub(super) const INDICES: Later = later(
    "indices of pools (`index`) of their own are",
    "a pool has them with it: `pool<Player, 100> { index score }`",
);
pub(super) const MOCKS: Later = later(
    "`mock` of a port is",
    "set what would arrive before the run: `set c.x = 1.0`",
);

/// Clauses and statements of other designs, which this language does without.
const NEVER: &[(&str, &str, &str)] = &[
    (
        "try",
        "there is no `try`",
        "a value that may be missing is handled by `e ?? value` or `e else { … }`, an error in the pipeline by `on error Name { skip }`",
    ),
    (
        "effects",
        "there is no clause `effects`",
        "name what the process reads in `inputs`, what it writes in `outputs`",
    ),
    (
        "mode",
        "a process has no modes",
        "modes belong to pipelines: `pipeline main { mode Walk start { p } }`",
    ),
    (
        "keep",
        "only cells of a session keep names",
        "what outlives a test or a process is a field of a `context`",
    ),
];

impl Reader<'_> {
    /// A designed part that is not built.
    pub(super) fn not_built(&self, span: Span, later: Later) {
        self.lose(span);
        let error = SyntaxError::new(
            SyntaxErrorKind::NotBuilt,
            span,
            format!("{} not built yet", later.what),
            "designed, but not in this release",
        );
        self.report(error.help(format!("for now: {}", later.instead)));
    }

    /// What no part of the language is; whether it is known.
    pub(super) fn never(&self, span: Span, word: &str) -> bool {
        let Some((_, title, help)) = NEVER.iter().find(|(theirs, ..)| *theirs == word)
        else {
            return false;
        };
        self.lose(span);
        let start = span.start as usize;
        let at = self.place(start, start + word.len());
        let kind = SyntaxErrorKind::ForeignOperator;
        let error = SyntaxError::new(kind, at, *title, "not of Theus");
        self.report(error.help(*help));
        true
    }
}
