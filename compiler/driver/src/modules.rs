//! From the root file to all modules of the program, in order of dependency.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_diag::{Code, Diagnostic, Sink, from_syntax, suggest};
use theus_grammar::ast::Path;
use theus_grammar::{FileId, Source, SyntaxError};
use theus_hir::ParsedModule;

use crate::analysis::Parses;
use crate::library::{self, Wanted};
use crate::sources::{ReadError, Sources, Text};

/// Most modules of a program; also bounds how deep imports nest.
const MAX_MODULES: usize = 500;

/// What every program has without `use`: the prelude, what `random.…` stands for, and the
/// methods of rings and slices.
const IMPLICIT: [&str; 7] = [
    "std.prelude",
    "std.list",
    "std.slice",
    "std.map",
    "std.queue",
    "std.random",
    "std.stats",
];

/// The files of a program, read and parsed.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    /// By `FileId`: the root, the library, other files.
    pub(crate) sources: Vec<Source>,
    /// Library first, imports before importers, the root last.
    pub(crate) parsed: Vec<ParsedModule>,
}

/// How much of the library is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Library {
    /// What the program names: enough for a program without errors. With its tests it writes
    /// the values of what they assert.
    Named {
        /// Whether its tests are compiled.
        tests: bool,
    },
    /// All of the modules that it imports; the bodies of what it names alone are looked at, for
    /// the library has no errors.
    Reached,
    /// All of the modules that it imports.
    Whole,
}

/// Reads the root and whatever it imports.
pub(crate) fn read(
    root: Text,
    sources: &dyn Sources,
    library: Library,
    sink: &mut Sink,
) -> Modules {
    read_known(root, sources, library, None, sink)
}

/// Reads the root and whatever it imports; what has been parsed before is not parsed again.
pub(crate) fn read_known(
    root: Text,
    sources: &dyn Sources,
    library: Library,
    parses: Option<&mut Parses>,
    sink: &mut Sink,
) -> Modules {
    let mut reader = Reader {
        sources,
        parses,
        sink,
        out: Modules::default(),
        states: IndexMap::new(),
        open: Vec::new(),
        library: Vec::new(),
    };
    let root = reader.parse(root);
    let files = library::modules()
        .iter()
        .map(|module| module.source.clone());
    reader.out.sources.extend(files);
    for name in IMPLICIT {
        if let Some(module) = library::find(name) {
            reader.visit_library(module);
        }
    }
    reader.visit(root, None);
    reader.parse_library(library);
    reader.out
}

/// How far a module is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Done,
    Failed,
}

struct Reader<'a> {
    sources: &'a dyn Sources,
    parses: Option<&'a mut Parses>,
    sink: &'a mut Sink,
    out: Modules,
    states: IndexMap<String, State>,
    /// Modules whose imports are being read, with the import that led to each.
    open: Vec<(String, Option<Path>)>,
    /// Modules of the library, in order of dependency.
    library: Vec<&'static library::Module>,
}

impl Reader<'_> {
    fn parse(&mut self, text: Text) -> ParsedModule {
        let id = FileId(u32::try_from(self.out.sources.len()).unwrap_or(u32::MAX));
        let source = Source::new(id, text.name, text.text);
        let (file, errors) = match &mut self.parses {
            Some(parses) => parses.parse(&source),
            None => {
                let parsed = theus_grammar::parse(&source);
                (Arc::new(parsed.file), parsed.errors)
            }
        };
        self.out.sources.push(source);
        self.report(errors);
        ParsedModule {
            name: Arc::from(text.module),
            file,
            is_std: false,
            reached: None,
        }
    }

    fn report(&mut self, errors: Vec<SyntaxError>) {
        for error in errors {
            let span = error.span;
            self.sink.push(from_syntax(error));
            // What later stages find at the same place follows from it.
            self.sink.settle(span);
        }
    }

    /// Adds a module of the library after what it imports.
    fn visit_library(&mut self, module: &'static library::Module) {
        let name = module.name.to_owned();
        if self.states.insert(name, State::Done).is_none() {
            for import in module.imports() {
                self.visit_library(import);
            }
            self.library.push(module);
        }
    }

    /// Parses what is wanted of the library, and puts it first.
    fn parse_library(&mut self, library: Library) {
        // The root file, the library, other files.
        let (root, rest) = self.out.sources.split_at(1);
        let own = root
            .iter()
            .chain(rest.iter().skip(library::modules().len()));
        let wanted = match library {
            Library::Named { tests } => {
                Wanted::Names(Wanted::by(own.map(|source| &*source.text), tests, true))
            }
            Library::Reached => {
                let names = Wanted::by(own.map(|source| &*source.text), true, false);
                Wanted::Reached(Arc::new(names))
            }
            Library::Whole => Wanted::All,
        };
        let modules = std::mem::take(&mut self.library);
        library::read_ahead(&modules, &wanted);
        let mut parsed = Vec::new();
        for module in modules {
            let (module, errors) = module.parse(&wanted);
            self.report(errors);
            parsed.push(module);
        }
        parsed.append(&mut self.out.parsed);
        self.out.parsed = parsed;
    }

    /// Adds a module after what it imports; `path` has led to it.
    fn visit(&mut self, module: ParsedModule, path: Option<&Path>) {
        let name = module.name.to_string();
        self.states.insert(name.clone(), State::Open);
        self.open.push((name.clone(), path.cloned()));
        for path in theus_hir::imports(&module.file) {
            self.import(&path);
        }
        self.open.pop();
        self.states.insert(name, State::Done);
        self.out.parsed.push(module);
    }

    fn import(&mut self, path: &Path) {
        let name = dotted(path);
        match self.states.get(&name) {
            Some(State::Done) => return,
            Some(State::Failed) => {
                self.sink.settle(path.span);
                return;
            }
            Some(State::Open) => {
                self.cycle(&name, path);
                return;
            }
            None => {}
        }
        if let Some(module) = library::find(&name) {
            self.visit_library(module);
            return;
        }
        match self.text(&name) {
            Ok(text) => {
                let module = self.parse(text);
                self.visit(module, Some(path));
            }
            Err(error) => {
                self.states.insert(name.clone(), State::Failed);
                self.sink.push(self.failed(&name, path, error));
                self.sink.settle(path.span);
            }
        }
    }

    fn text(&self, name: &str) -> Result<Text, ReadError> {
        if self.out.sources.len() >= MAX_MODULES {
            let why = format!("the program has more than {MAX_MODULES} modules");
            return Err(ReadError::Unreadable(name.to_owned(), why));
        }
        if name == "std" || name.starts_with("std.") {
            return Err(ReadError::Missing("the library".to_owned()));
        }
        self.sources.read(name)
    }

    /// Modules import each other; one that imports itself is told of by name resolution.
    fn cycle(&mut self, name: &str, path: &Path) {
        let first = self.open.iter().position(|(open, _)| open == name);
        let inner = self.open.iter().skip(first.map_or(0, |first| first + 1));
        let mut circle: Vec<Path> = inner.filter_map(|(_, path)| path.clone()).collect();
        if circle.is_empty() {
            return;
        }
        circle.push(path.clone());
        if let Some(found) = theus_hir::cycle(&circle) {
            self.sink.push(found);
        }
    }

    fn failed(&self, name: &str, path: &Path, error: ReadError) -> Diagnostic {
        let tried = match error {
            ReadError::Unreadable(place, why) => {
                return Diagnostic::new(Code::UnreadableModule, path.span, why)
                    .title(format!("module `{name}` cannot be read"))
                    .help(format!("its file is `{place}`"));
            }
            ReadError::Missing(tried) => tried,
        };
        let library = library::modules()
            .iter()
            .map(|module| module.name.to_owned());
        // Where nothing is found, near names are not worth reading the directory so often.
        let names = match self.sink.found().len() {
            0..=100 => self.sources.names(),
            _ => Vec::new(),
        };
        let known: Vec<String> = names.into_iter().chain(library).collect();
        let near = suggest::closest(name, known.iter().map(String::as_str));
        let found =
            Diagnostic::new(Code::UnknownModule, path.span, "there is no such module")
                .title(format!("unknown module `{name}`"))
                .help(format!("looked for it in {}", quoted(&tried)));
        match near {
            Some(near) => found.fix(format!("did you mean `{near}`?"), path.span, near),
            None => found,
        }
    }
}

fn quoted(place: &str) -> String {
    if place.contains(' ') {
        place.to_owned()
    } else {
        format!("`{place}`")
    }
}

fn dotted(path: &Path) -> String {
    let words: Vec<&str> = path.words.iter().map(|word| &*word.text).collect();
    words.join(".")
}
