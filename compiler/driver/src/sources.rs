//! `Sources`: where the text of modules comes from. This crate reads no files.

use indexmap::IndexMap;

/// The text of a file, and the name that people know it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The dotted name of the module.
    pub module: String,
    /// The name in diagnostics: `examples/main.theus`.
    pub name: String,
    /// The text.
    pub text: String,
}

impl Text {
    /// The text of a program that is in no file.
    pub fn new(module: &str, text: impl Into<String>) -> Self {
        let name = format!("{module}.theus");
        Self {
            module: module.to_owned(),
            name,
            text: text.into(),
        }
    }
}

/// Why a module cannot be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadError {
    /// There is none; where it was looked for.
    Missing(String),
    /// There is one that cannot be read: where, and why.
    Unreadable(String, String),
}

/// Where the text of imported modules comes from.
pub trait Sources: Sync {
    /// The module of that dotted name.
    ///
    /// # Errors
    /// If there is none, or it cannot be read.
    fn read(&self, module: &str) -> Result<Text, ReadError>;

    /// The modules that there are, as far as is known: for suggestions only.
    fn names(&self) -> Vec<String>;
}

/// Modules in memory, by dotted name.
#[derive(Clone, Debug, Default)]
pub struct InMemory {
    modules: IndexMap<String, String>,
}

impl InMemory {
    /// No modules but those of the library.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one more module.
    #[must_use]
    pub fn with(mut self, module: &str, text: impl Into<String>) -> Self {
        self.modules.insert(module.to_owned(), text.into());
        self
    }
}

impl Sources for InMemory {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let text = self.modules.get(module);
        text.map(|text| Text::new(module, text.clone()))
            .ok_or_else(|| ReadError::Missing(format!("{module}.theus")))
    }

    fn names(&self) -> Vec<String> {
        self.modules.keys().cloned().collect()
    }
}
