//! `World`: what the thread that answers knows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use theus::Parses;
use theus_diag::Code;
use theus_grammar::{FileId, Span};

use crate::documents::{Document, Documents};
use crate::folder;
use crate::lines::Lines;
use crate::programs::Program;
use crate::scan::is_letter;
use crate::server::Config;
use crate::sweep::Swept;
use crate::uri;
use crate::wire::{Diagnostic, ErrorCode, Failure, Location};
use crate::workspace;

/// What an editor has said that it can do.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    /// Folders that are open.
    pub(crate) folders: Vec<PathBuf>,
    /// Asks for diagnostics, and again when told to; otherwise it is told of them.
    pub(crate) pulls: bool,
    /// Asks for hints again when told to.
    pub(crate) refreshes_hints: bool,
    /// Takes completions with places to fill in.
    pub(crate) snippets: bool,
    /// Links of diagnostics are of use.
    pub(crate) links: bool,
    /// Takes names with markup.
    pub(crate) markdown: bool,
}

/// The open texts, their programs, and what has been told of them.
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) client: Client,
    pub(crate) documents: Arc<Documents>,
    /// The programs whose checks are to be proved.
    pub(crate) wanted: IndexSet<String>,
    /// What an editor has been answered of each open file, with the number of the answer.
    pub(crate) answered: IndexMap<String, (u64, Vec<Diagnostic>)>,
    /// What was found in files that are not open.
    pub(crate) swept: IndexMap<String, Swept>,
    programs: IndexMap<String, Entry>,
}

#[derive(Default)]
struct Entry {
    /// That of the texts as they are now.
    program: Option<Arc<Program>>,
    /// The newest one, perhaps of texts that have changed since.
    newest: Option<Arc<Program>>,
    parses: Parses,
}

impl World {
    pub(crate) fn new(config: Config, client: Client) -> Self {
        Self {
            config,
            client,
            documents: Arc::default(),
            wanted: IndexSet::new(),
            answered: IndexMap::new(),
            swept: IndexMap::new(),
            programs: IndexMap::new(),
        }
    }

    /// Takes the texts as they are now; what rests on one of `changed` is analysed anew when
    /// it is wanted.
    pub(crate) fn update(
        &mut self,
        documents: Arc<Documents>,
        changed: &IndexSet<String>,
    ) {
        self.documents = documents;
        let open = &self.documents;
        self.programs.retain(|uri, _| open.get(uri).is_some());
        self.answered.retain(|uri, _| open.get(uri).is_some());
        let paths: Vec<PathBuf> =
            changed.iter().filter_map(|uri| uri::path(uri)).collect();
        // What a project says of lints is for all of its files.
        let project = paths.iter().any(|path| path.ends_with("theus.toml"));
        if project {
            self.swept.clear();
        }
        for (uri, entry) in &mut self.programs {
            let rests =
                |program: &Arc<Program>| paths.iter().any(|path| program.rests_on(path));
            if project
                || changed.contains(uri)
                || entry.program.as_ref().is_some_and(rests)
            {
                entry.program = None;
            }
        }
    }

    /// The URIs of what is open, in the order in which it was opened.
    pub(crate) fn open(&self) -> Vec<String> {
        self.documents.open.keys().cloned().collect()
    }

    /// The program whose root is an open text.
    pub(crate) fn program(&mut self, uri: &str) -> Result<Arc<Program>, Failure> {
        let Some(document) = self.documents.get(uri) else {
            let why = format!("`{uri}` is not open");
            return Err(Failure::new(ErrorCode::InvalidParams, why));
        };
        let entry = self.programs.entry(uri.to_owned()).or_default();
        if let Some(program) = &entry.program {
            return Ok(Arc::clone(program));
        }
        let program = Program::new(uri, document, &self.documents, &mut entry.parses);
        let program = Arc::new(program);
        entry.program = Some(Arc::clone(&program));
        entry.newest = Some(Arc::clone(&program));
        Ok(program)
    }

    /// Lets the checks of a program be proved, if it has no other errors.
    pub(crate) fn want(&mut self, uri: &str, program: &Program) {
        if program.analysis.program.is_some() && program.proofs.get().is_none() {
            self.wanted.insert(uri.to_owned());
        }
    }

    /// The newest program that there is: perhaps of texts that have changed since, so that
    /// nobody waits.
    pub(crate) fn newest(&mut self, uri: &str) -> Result<Arc<Program>, Failure> {
        let entry = self.programs.get(uri);
        match entry.and_then(|entry| entry.newest.as_ref()) {
            Some(program) => Ok(Arc::clone(program)),
            None => self.program(uri),
        }
    }

    /// All programs that may know a name: what is open, and files in the folders of the editor
    /// that have it in their text.
    pub(crate) fn others(&mut self, name: &str) -> Vec<Arc<Program>> {
        let open = self.open();
        let mut found: Vec<Arc<Program>> = open
            .iter()
            .filter_map(|uri| self.program(uri).ok())
            .collect();
        for path in workspace::files(&self.client.folders) {
            let known =
                |program: &Arc<Program>| program.document.path.as_ref() == Some(&path);
            if found.iter().any(known) {
                continue;
            }
            let Ok(text) = folder::read(&path) else {
                continue;
            };
            let mut words = text.split(|letter| !is_letter(letter));
            if !words.any(|word| word == name) {
                continue;
            }
            let uri = uri::of(&path);
            let document = Arc::new(Document {
                path: Some(path),
                version: 0,
                lines: Lines::new(text.into(), self.documents.encoding),
            });
            let mut parses = Parses::default();
            let program = Program::new(&uri, &document, &self.documents, &mut parses);
            found.push(Arc::new(program));
        }
        found
    }

    /// The URI of a file of a program; files of the library are written where an editor can
    /// open them.
    pub(crate) fn uri(&self, program: &Program, file: FileId) -> Option<String> {
        if Program::is_library(file) {
            let source = program.source(file)?;
            let path = self.config.library.join(&*source.name);
            return written(&path, &source.text).then(|| uri::of(&path));
        }
        self.uri_of(program, file)
    }

    /// The URI of a file of a program; files of the library have none that can be opened.
    pub(crate) fn uri_of(&self, program: &Program, file: FileId) -> Option<String> {
        if Program::is_library(file) {
            let source = program.source(file)?;
            return Some(uri::of(&self.config.library.join(&*source.name)));
        }
        let path = program.path(file);
        let open = path.as_ref().and_then(|path| self.documents.of_path(path));
        match (open, path) {
            (Some((uri, _)), _) => Some(uri.to_owned()),
            (None, Some(path)) => Some(uri::of(&path)),
            (None, None) if file == Program::ROOT => {
                let source = program.source(file)?;
                Some(source.name.to_string())
            }
            (None, None) => None,
        }
    }

    /// A place of a program.
    pub(crate) fn location(&self, program: &Program, span: Span) -> Option<Location> {
        Some(Location {
            uri: self.uri(program, span.file)?,
            range: program.lines(span.file)?.of(span),
        })
    }

    /// The page of a code, where an editor can open it.
    pub(crate) fn page(&self, code: Code) -> Option<String> {
        if !self.client.links {
            return None;
        }
        let text = theus_diag::explain(code)?;
        let path = self
            .config
            .library
            .join("codes")
            .join(format!("{}.md", code.id()));
        written(&path, text).then(|| uri::of(&path))
    }
}

/// Whether a file has that text: it is written if there is none.
fn written(path: &Path, text: &str) -> bool {
    if std::fs::read(path).is_ok_and(|found| found == text.as_bytes()) {
        return true;
    }
    let folder = path.parent().map(std::fs::create_dir_all);
    folder.is_none_or(|made| made.is_ok()) && std::fs::write(path, text).is_ok()
}
