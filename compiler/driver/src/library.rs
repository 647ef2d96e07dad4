//! The library: its modules, and the parts of them that a program names.

mod part;

use std::sync::{Arc, LazyLock, OnceLock};

use indexmap::{IndexMap, IndexSet};
use theus_grammar::ast::File;
use theus_grammar::{FileId, Source, Span, SyntaxError};
use theus_hir::ParsedModule;

use part::Part;

/// A module of the library.
#[derive(Debug)]
pub(crate) struct Module {
    /// `std.control`.
    pub(crate) name: &'static str,
    /// Its text. Library files come right after the root file, whatever a program imports.
    pub(crate) source: Source,
    parts: Vec<Part>,
    /// The tree of the whole text, once it has been wanted.
    whole: OnceLock<(ParsedModule, Vec<SyntaxError>)>,
}

impl Module {
    /// The modules that it imports.
    pub(crate) fn imports(&self) -> impl Iterator<Item = &'static Self> {
        let lines = self.parts.iter().filter_map(Part::import);
        lines.filter_map(find)
    }

    /// Its tree, and errors that only its authors see. Parts that are not wanted are left out.
    /// Each is read once, however many programs are compiled.
    pub(crate) fn parse(&self, wanted: &Wanted) -> (ParsedModule, Vec<SyntaxError>) {
        let file = match wanted {
            Wanted::All | Wanted::Reached(_) => None,
            Wanted::Names(names) => self.file(names),
        };
        if let Some(file) = file {
            return (self.module(file), Vec::new());
        }
        let (mut module, errors) = self.whole.get_or_init(|| self.read()).clone();
        if let Wanted::Reached(names) = wanted {
            module.reached = Some(Arc::clone(names));
        }
        (module, errors)
    }

    fn read(&self) -> (ParsedModule, Vec<SyntaxError>) {
        let parsed = theus_grammar::parse(&self.source);
        (self.module(parsed.file), parsed.errors)
    }

    /// A file of the parts of those names and the imports; `None` if something is wrong there.
    fn file(&self, names: &IndexMap<&'static str, ()>) -> Option<File> {
        let mut items = Vec::new();
        for part in &self.parts {
            if part.name().is_none_or(|name| names.contains_key(name)) {
                items.extend_from_slice(part.items(&self.source)?);
            }
        }
        let end = u32::try_from(self.source.text.len()).unwrap_or(u32::MAX);
        Some(File {
            docs: Vec::new(),
            items,
            span: Span::new(self.source.id, 0, end),
            unread: Vec::new(),
        })
    }

    fn module(&self, file: File) -> ParsedModule {
        ParsedModule {
            name: Arc::from(self.name),
            file: Arc::new(file),
            is_std: true,
            reached: None,
        }
    }
}

/// How much of the library a compilation reads.
#[derive(Debug)]
pub(crate) enum Wanted {
    /// All of it: what is misspelled may be near any name.
    All,
    /// All of it, but the bodies of those functions alone.
    Reached(Arc<IndexMap<&'static str, ()>>),
    /// What declares one of these names.
    Names(IndexMap<&'static str, ()>),
}

/// Methods that the compiler itself calls where a program has the first word.
const NEEDED: [(&str, &[&str]); 2] = [
    ("used", &["len", "capacity"]),
    ("assert_no_growth", &["len"]),
];

/// Names that the compiler itself uses where a program has the first word: `hash` behind
/// `random`, lists from slices, queues in their order, and the methods of rings whose names the prelude has too.
const IMPLIED: [(&str, &str); 10] = [
    ("ttl", "expire_list"),
    ("ttl", "expire_map"),
    ("ttl", "expire_queue"),
    ("list", "list_of_slice"),
    ("map", "map_slot"),
    ("queue", "queue_values"),
    ("random", "hash"),
    ("min", "minimum"),
    ("max", "maximum"),
    ("sum", "total"),
];

/// Methods of texts, slices, lists, maps and queues have names with these before theirs.
const METHODS: [&str; 5] = ["str_", "slice_", "list_", "map_", "queue_"];

/// Functions of collections that are told what to do where they are full have names with one of
/// these before theirs.
const POLICIES: [&str; 3] = ["oldest", "touched", "least"];

/// The collections that are told so.
const TOLD: [&str; 3] = ["list", "map", "queue"];

/// What the compiler itself uses to write values, where a program has a string with a hole.
const FORMAT: [&str; 12] = [
    "text_of_bool",
    "text_of_digits",
    "text_of_duration",
    "text_of_f32",
    "text_of_f64",
    "text_of_fixed",
    "text_of_i64",
    "text_of_power",
    "text_of_u64",
    "text_padded",
    "text_signed",
    "text_zeros",
];

/// What the compiler itself uses where a program has a part `a[i..j]`.
const PARTS: [&str; 3] = ["slice_copied", "slice_part", "str_slice"];

/// Whether a text may have a part `a[i..j]`.
fn has_parts(text: &str) -> bool {
    let mut opened = text.split('[').skip(1);
    opened.any(|rest| {
        let inside = rest.split(']').next();
        inside.is_some_and(|inside| inside.contains(".."))
    })
}

/// Whether a text may have a string with a hole.
fn has_holes(text: &str) -> bool {
    let mut lines = text.lines();
    lines.any(|line| {
        let (first, last) = (line.find('"'), line.rfind('"'));
        let inside = first
            .zip(last)
            .and_then(|(first, last)| line.get(first..last));
        inside.is_some_and(|inside| inside.contains('{'))
    })
}

impl Wanted {
    /// The names of the library that are words of the texts, and whatever those rest on. A
    /// declaration whose name is not among them cannot matter to a program without errors.
    pub(crate) fn by<'t>(
        texts: impl Iterator<Item = &'t str>,
        tests: bool,
    ) -> IndexMap<&'static str, ()> {
        let mut names = IndexMap::new();
        let mut open: Vec<&'static Part> = Vec::new();
        let mut add = |word: &str, open: &mut Vec<&'static Part>| {
            if let Some((name, parts)) = NAMES.get_key_value(word)
                && names.insert(*name, ()).is_none()
            {
                open.extend(parts);
            }
        };
        let texts: Vec<&str> = texts.collect();
        let words = texts.iter().copied().flat_map(part::words);
        let words: IndexSet<&str> = words.collect();
        if words.contains("str") || texts.iter().any(|text| text.contains('"')) {
            add("str_before", &mut open);
        }
        if texts.iter().any(|text| has_parts(text)) {
            PARTS.iter().for_each(|name| add(name, &mut open));
        }
        let asserts = tests && words.contains("assert");
        if asserts || texts.iter().any(|text| has_holes(text)) {
            FORMAT.iter().for_each(|name| add(name, &mut open));
        }
        let policies = POLICIES.iter().filter(|policy| words.contains(**policy));
        for policy in policies {
            for told in TOLD.iter().filter(|told| words.contains(**told)) {
                for word in &words {
                    add(&format!("{policy}_{told}_{word}"), &mut open);
                }
            }
        }
        let needed = NEEDED.iter().filter(|(by, _)| words.contains(*by));
        let needed: Vec<&str> = needed.flat_map(|(_, all)| all.iter().copied()).collect();
        for word in words.into_iter().chain(needed) {
            add(word, &mut open);
            for prefix in METHODS {
                add(&format!("{prefix}{word}"), &mut open);
            }
            for (_, implied) in IMPLIED.iter().filter(|(by, _)| *by == word) {
                add(implied, &mut open);
            }
        }
        while let Some(part) = open.pop() {
            for word in part::words(part.text) {
                add(word, &mut open);
            }
        }
        names
    }
}

static MODULES: LazyLock<Vec<Module>> = LazyLock::new(|| {
    let modules = theus_stdlib::modules().iter().zip(1..);
    let modules = modules.map(|((name, text), id)| Module {
        name,
        source: Source::new(
            FileId(id),
            format!("{}.theus", name.replace('.', "/")),
            *text,
        ),
        parts: part::split(text),
        whole: OnceLock::new(),
    });
    modules.collect()
});

/// The parts that declare each name, of all modules.
static NAMES: LazyLock<IndexMap<&'static str, Vec<&'static Part>>> =
    LazyLock::new(|| {
        let mut names: IndexMap<_, Vec<_>> = IndexMap::new();
        for part in modules().iter().flat_map(|module| &module.parts) {
            if let Some(name) = part.name() {
                names.entry(name).or_default().push(part);
            }
        }
        names
    });

/// All modules, in the order of their files.
pub(crate) fn modules() -> &'static [Module] {
    &MODULES
}

/// The module of that name.
pub(crate) fn find(name: &str) -> Option<&'static Module> {
    modules().iter().find(|module| module.name == name)
}
