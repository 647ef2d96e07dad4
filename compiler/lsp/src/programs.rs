//! `Program`: a file that is open, analysed with whatever it imports.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use indexmap::IndexMap;
use theus::{Analysis, Levels, Parses, Proofs};
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::{FileId, Source, Span, ast};
use theus_hir::{FieldId, Ty, Use, show};

use crate::documents::{Document, Documents};
use crate::folder::Folder;
use crate::index::{Index, Owner, What};
use crate::lines::{Encoding, Lines};
use crate::wire::Position;

/// What is known of the checks of a program.
#[derive(Debug, Default)]
pub(crate) struct Proved {
    pub(crate) proofs: Proofs,
    /// Those that always fail.
    pub(crate) refuted: Vec<Diagnostic>,
}

/// An analysed program, named by its root.
#[derive(Debug)]
pub(crate) struct Program {
    /// What is known of it.
    pub(crate) analysis: Analysis,
    /// The root.
    pub(crate) document: Arc<Document>,
    /// By file, when first asked for.
    lines: Vec<OnceLock<Lines>>,
    index: OnceLock<Index>,
    bytes: OnceLock<IndexMap<String, u64>>,
    found: OnceLock<Vec<Diagnostic>>,
    /// What is known of its checks, once that has been found out.
    pub(crate) proofs: OnceLock<Proved>,
    encoding: Encoding,
}

/// The text of a root and where its modules are.
fn root<'d>(
    uri: &str,
    document: &Document,
    open: &'d Documents,
) -> (theus::Text, Folder<'d>) {
    let text = document.lines.text();
    let (folder, module) = Folder::of(document.path.as_deref(), text, open);
    let root = theus::Text {
        module,
        name: document.name(uri),
        text: text.to_string(),
    };
    (root, folder)
}

impl Program {
    pub(crate) fn new(
        uri: &str,
        document: &Arc<Document>,
        open: &Documents,
        parses: &mut Parses,
    ) -> Self {
        let (root, folder) = root(uri, document, open);
        let analysis = theus::analyse(root, &folder, parses);
        let lines = analysis.report.sources.iter().map(|_| OnceLock::new());
        Self {
            lines: lines.collect(),
            index: OnceLock::new(),
            bytes: OnceLock::new(),
            found: OnceLock::new(),
            proofs: OnceLock::new(),
            analysis,
            document: Arc::clone(document),
            encoding: open.encoding,
        }
    }

    /// The root file.
    pub(crate) const ROOT: FileId = FileId(0);

    /// The tree of the root file.
    pub(crate) fn tree(&self) -> Option<&ast::File> {
        let root = self.analysis.files.last()?;
        (root.file.span.file == Self::ROOT).then_some(&root.file)
    }

    pub(crate) fn source(&self, file: FileId) -> Option<&Source> {
        self.analysis.report.sources.get(file.0 as usize)
    }

    /// The lines of a file.
    pub(crate) fn lines(&self, file: FileId) -> Option<&Lines> {
        let source = self.source(file)?;
        let lines = self.lines.get(file.0 as usize)?;
        Some(lines.get_or_init(|| match file {
            Self::ROOT => self.document.lines.clone(),
            _ => Lines::new(Arc::clone(&source.text), self.encoding),
        }))
    }

    /// The text of a place.
    pub(crate) fn text(&self, span: Span) -> &str {
        let source = self.source(span.file);
        source.map_or("", |source| source.slice(span.start, span.end))
    }

    /// Whether a file is one of the library.
    pub(crate) fn is_library(file: FileId) -> bool {
        (1..=theus_stdlib::modules().len()).contains(&(file.0 as usize))
    }

    /// The file on disk, if it is one of the program's own.
    pub(crate) fn path(&self, file: FileId) -> Option<PathBuf> {
        if file == NOWHERE.file || Self::is_library(file) {
            return None;
        }
        if file == Self::ROOT {
            return self.document.path.clone();
        }
        self.source(file).map(|source| PathBuf::from(&*source.name))
    }

    /// The file that a path has in it.
    pub(crate) fn file_of(&self, path: &Path) -> Option<FileId> {
        let mut files = self.analysis.report.sources.iter().map(|source| source.id);
        files.find(|file| self.path(*file).as_deref() == Some(path))
    }

    /// What is declared, and what names mean.
    pub(crate) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::new(&self.analysis))
    }

    /// The name at a place of the root, and its declaration.
    pub(crate) fn name_at(&self, position: Position) -> Option<Use> {
        let offset = self.document.lines.offset(position);
        self.index().at(Self::ROOT, offset)
    }

    /// A type as users write it where something is declared.
    pub(crate) fn show(&self, declared: Span, ty: Ty) -> String {
        let typed = &self.analysis.typed;
        let generics = match self.index().what(declared) {
            Some(
                What::Local(Owner::Fn(id))
                | What::Parameter(Owner::Fn(id))
                | What::Fn(id),
            ) => typed.fns[id].generics.as_slice(),
            _ => &[],
        };
        show::ty(typed, generics, ty)
    }

    /// The bytes of a field, in a program without errors.
    pub(crate) fn bytes(&self, field: FieldId) -> Option<u64> {
        let bytes = self.bytes.get_or_init(|| {
            let image = self.analysis.program.as_ref().map(theus::Program::image);
            let fields = image.iter().flat_map(|image| &image.fields);
            let sizes = fields.map(|field| (field.path.clone(), field.shape.size()));
            sizes.collect()
        });
        let path = self.analysis.typed.field_path(field);
        bytes.get(path.as_str()).copied()
    }

    /// What is known of its checks.
    pub(crate) fn prove(&self, uri: &str, open: &Documents) -> Proved {
        let (root, folder) = root(uri, &self.document, open);
        let Ok((proofs, report)) = theus::prove(root, &folder) else {
            return Proved::default();
        };
        let mut refuted = report.found;
        refuted.retain(|found| found.code == Code::AlwaysFails);
        Proved { proofs, refuted }
    }

    /// The checks that always fail, as far as that has been found out.
    pub(crate) fn refuted(&self) -> &[Diagnostic] {
        self.proofs.get().map_or(&[], |proved| &proved.refuted)
    }

    /// What is wrong, and what may be better.
    pub(crate) fn found(&self, levels: fn(Option<&Path>) -> Levels) -> &[Diagnostic] {
        let path = self.document.path.as_deref();
        self.found
            .get_or_init(|| self.analysis.found(&levels(path)))
    }

    /// Whether it may be another one when the file at a path changes.
    pub(crate) fn rests_on(&self, path: &Path) -> bool {
        self.misses() || self.file_of(path).is_some()
    }

    /// Whether it imports what is not there.
    pub(crate) fn misses(&self) -> bool {
        let mut found = self.analysis.report.found.iter();
        found.any(|found| {
            matches!(found.code, Code::UnknownModule | Code::UnreadableModule)
        })
    }
}
