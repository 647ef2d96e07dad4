//! `Diagnostic`: one problem, as plain data.

use theus_grammar::{FileId, Span};

use crate::code::{Code, Severity};

/// The place of a problem that is in no file: a wrong option, a missing file.
pub const NOWHERE: Span = Span::new(FileId(u32::MAX), 0, 0);

/// A place with what there is to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// Lower case, no period; user text in backticks.
    pub text: String,
}

/// A mending edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does: ``add `plant.x` to the inputs``.
    pub title: String,
    /// Replacements, which do not overlap.
    pub edits: Vec<(Span, String)>,
}

/// One problem: what is wrong, where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its code.
    pub code: Code,
    /// Whether it is an error although its code is a warning: somebody has asked for that.
    pub denied: bool,
    /// Lower case, no period.
    pub title: String,
    /// The primary place and what it *is*.
    pub primary: Label,
    /// Other places and why they matter.
    pub labels: Vec<Label>,
    /// What to do.
    pub help: Vec<String>,
    /// Edits that mend it.
    pub fixes: Vec<Fix>,
}

impl Diagnostic {
    /// A diagnostic with the title of its code.
    pub fn new(code: Code, span: Span, label: impl Into<String>) -> Self {
        Self {
            code,
            denied: false,
            title: code.title().to_owned(),
            primary: Label {
                span,
                text: label.into(),
            },
            labels: Vec::new(),
            help: Vec::new(),
            fixes: Vec::new(),
        }
    }

    /// A better title.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Another place.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label {
            span,
            text: text.into(),
        });
        self
    }

    /// What to do.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help.push(text.into());
        self
    }

    /// One edit that mends it.
    #[must_use]
    pub fn fix(
        mut self,
        title: impl Into<String>,
        span: Span,
        text: impl Into<String>,
    ) -> Self {
        self.fixes.push(Fix {
            title: title.into(),
            edits: vec![(span, text.into())],
        });
        self
    }

    /// Error or warning.
    pub const fn severity(&self) -> Severity {
        if self.denied {
            Severity::Error
        } else {
            self.code.severity()
        }
    }
}
