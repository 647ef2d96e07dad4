//! The texts that an editor has open. They win over the files.

use std::path::PathBuf;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::lines::{Encoding, Lines};
use crate::uri;
use crate::wire::{Change, Opened};

/// A text that is open.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// Its file, if it is in one.
    pub(crate) path: Option<PathBuf>,
    /// The editor's count of its changes.
    pub(crate) version: i32,
    /// The text.
    pub(crate) lines: Lines,
}

impl Document {
    /// The name that people know it by.
    pub(crate) fn name(&self, uri: &str) -> String {
        let path = self.path.as_ref();
        path.map_or_else(|| uri.to_owned(), |path| path.display().to_string())
    }
}

/// All of them, by URI.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    pub(crate) open: IndexMap<String, Arc<Document>>,
    pub(crate) encoding: Encoding,
}

impl Documents {
    pub(crate) fn open(&mut self, opened: Opened) {
        let path = uri::path(&opened.uri);
        self.put(opened.uri, path, opened.version, opened.text.into());
    }

    pub(crate) fn close(&mut self, uri: &str) {
        self.open.shift_remove(uri);
    }

    /// Applies changes in their order: each one is of the text that the one before has left.
    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Vec<Change>) {
        let Some(known) = self.open.get(uri) else {
            return;
        };
        let path = known.path.clone();
        let mut lines = known.lines.clone();
        for change in changes {
            let text: Arc<str> = match change.range {
                None => change.text.into(),
                Some(range) => {
                    let (start, end) = lines.bytes(range);
                    let mut text = lines.text().to_string();
                    text.replace_range(start..end, &change.text);
                    text.into()
                }
            };
            lines = Lines::new(text, self.encoding);
        }
        let text = Arc::clone(lines.text());
        self.put(uri.to_owned(), path, version, text);
    }

    fn put(&mut self, uri: String, path: Option<PathBuf>, version: i32, text: Arc<str>) {
        let document = Document {
            path,
            version,
            lines: Lines::new(text, self.encoding),
        };
        self.open.insert(uri, Arc::new(document));
    }

    /// Takes another text, open or not, as if it were open.
    pub(crate) fn replace(&mut self, uri: &str, text: String) {
        let known = self.open.get(uri);
        let path = known.map_or_else(|| uri::path(uri), |known| known.path.clone());
        let version = known.map_or(0, |known| known.version);
        self.put(uri.to_owned(), path, version, text.into());
    }

    pub(crate) fn get(&self, uri: &str) -> Option<&Arc<Document>> {
        self.open.get(uri)
    }

    /// The text that is open of a file, and its URI.
    pub(crate) fn of_path(
        &self,
        path: &std::path::Path,
    ) -> Option<(&str, &Arc<Document>)> {
        let mut open = self.open.iter();
        let found = open.find(|(_, document)| document.path.as_deref() == Some(path));
        found.map(|(uri, document)| (uri.as_str(), document))
    }
}
