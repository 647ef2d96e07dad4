//! `SyntaxError`: what is wrong with the text, in human words; codes and rendering are
//! given by the crate of diagnostics.

use crate::ast::shift::Shift;
use crate::span::Span;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal;)*) => {
        /// The kind of a syntax error, with the number of its diagnostic code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum SyntaxErrorKind { $($(#[$doc])* $name,)* }
        impl SyntaxErrorKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            /// The code, `T` and four digits.
            pub const fn code(self) -> &'static str { match self { $(Self::$name => $code,)* } }
        }
    };
}

kinds! {
    /// Something else was expected here.
    Unexpected = "T0101";
    /// A `}` is missing.
    MissingClose = "T0102";
    /// Brackets nest deeper than the limit.
    TooDeep = "T0103";
    /// The file is larger than the limit.
    TooLarge = "T0104";
    /// The file is not valid UTF-8.
    NotUtf8 = "T0105";
    /// A string is not closed on its line.
    OpenString = "T0106";
    /// A number is malformed, or has an unknown suffix.
    BadNumber = "T0107";
    /// Clauses of a process stand in another order than the fixed one, or twice.
    ClauseOrder = "T0108";
    /// `heavy(rollback)`.
    HeavyRollback = "T0492";
    /// `a < b < c`.
    ChainedComparison = "T0109";
    /// A statement that does nothing: a bare name or value.
    NoEffect = "T0110";
    /// An operator of another language: `&&`, `||`, `!x`, `:=`, `;`, `===`, `->` …
    ForeignOperator = "T0111";
    /// A reserved word where a name is declared.
    ReservedName = "T0112";
    /// A part of the language that is designed but not built yet.
    NotBuilt = "T0113";
    /// `///` where nothing can be documented (a warning).
    StrayDoc = "T0114";
    /// Too many errors; the rest is not shown.
    TooMany = "T0115";
}

/// One syntax error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Its kind.
    pub kind: SyntaxErrorKind,
    /// The place.
    pub span: Span,
    /// Title: lower case, no period: ``expected an expression``.
    pub title: String,
    /// What the primary label says about the place.
    pub label: String,
    /// What to do, if that is known.
    pub help: Option<String>,
    /// A second place: the bracket that is not closed, the first of two clauses.
    pub related: Option<(Span, String)>,
    /// Replacements that mend it together: spans and their new texts.
    pub fix: Vec<(Span, String)>,
}

impl SyntaxError {
    /// An error with its two texts; the rest is added by the methods below.
    pub(crate) fn new(
        kind: SyntaxErrorKind,
        span: Span,
        title: impl Into<String>,
        label: impl Into<String>,
    ) -> Self {
        Self {
            kind,
            span,
            title: title.into(),
            label: label.into(),
            help: None,
            related: None,
            fix: Vec::new(),
        }
    }

    /// With what to do.
    pub(crate) fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// With a second place.
    pub(crate) fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related = Some((span, text.into()));
        self
    }

    /// With a replacement that mends it, together with those given before.
    pub(crate) fn fix(mut self, span: Span, text: impl Into<String>) -> Self {
        self.fix.push((span, text.into()));
        self
    }
}

impl Shift for SyntaxError {
    fn shift(&mut self, by: u32) {
        self.span.shift(by);
        let related = self.related.iter_mut().map(|(span, _)| span);
        let fixed = self.fix.iter_mut().map(|(span, _)| span);
        related.chain(fixed).for_each(|span| span.shift(by));
    }
}
