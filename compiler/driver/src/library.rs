//! The library: its modules, and the parts of them that a program names.

mod part;
mod uses;

use std::sync::{Arc, LazyLock, OnceLock};

use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_grammar::ast::File;
use theus_grammar::{FileId, Source, Span, SyntaxError};
use theus_hir::ParsedModule;

use part::Part;
use uses::{Use, Words};

/// What belongs to each name.
type ByName<T> = IndexMap<&'static str, Vec<T>, Quick>;

/// Names of the library.
type Names = IndexMap<&'static str, (), Quick>;

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

    /// The parts that declare those names, and the imports.
    fn named<'m>(&'m self, names: &'m Names) -> impl Iterator<Item = &'m Part> {
        let named =
            |part: &&Part| part.name().is_none_or(|name| names.contains_key(name));
        self.parts.iter().filter(named)
    }

    fn read(&self) -> (ParsedModule, Vec<SyntaxError>) {
        let parsed = theus_grammar::parse(&self.source);
        (self.module(parsed.file), parsed.errors)
    }

    /// A file of the parts of those names and the imports; `None` if something is wrong there.
    fn file(&self, names: &Names) -> Option<File> {
        let mut items = Vec::new();
        for part in self.named(names) {
            items.extend_from_slice(part.items(&self.source)?);
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
    Reached(Arc<Names>),
    /// What declares one of these names.
    Names(Names),
}

/// Reads what is wanted of modules and has not been read, several parts at a time.
pub(crate) fn read_ahead(modules: &[&'static Module], wanted: &Wanted) {
    let Wanted::Names(names) = wanted else { return };
    let parts = modules.iter().flat_map(|module| {
        let parts = module.named(names).filter(|part| !part.is_read());
        parts.map(|part| (&module.source, part))
    });
    let parts: Vec<_> = parts.collect();
    let length = parts.iter().map(|(_, part)| part.text.len()).sum();
    theus_mir::on_threads(
        parts.len(),
        length,
        || (),
        |(), at| {
            if let Some((source, part)) = parts.get(at) {
                part.items(source);
            }
        },
    );
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

/// Methods of texts, slices, lists, maps and queues have names with these and `_` before theirs.
const METHODS: [&str; 5] = ["str", "slice", "list", "map", "queue"];

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
    text.contains('"')
        && lines.any(|line| {
            let (first, last) = (line.find('"'), line.rfind('"'));
            let inside = first
                .zip(last)
                .and_then(|(first, last)| line.get(first..last));
            inside.is_some_and(|inside| inside.contains('{'))
        })
}

impl Wanted {
    /// The names of the library that are words of the texts, and whatever those rest on. A
    /// declaration whose name is not among them cannot matter to a program without errors; where
    /// the words are looked at `closely`, what is missing is an error of the program.
    pub(crate) fn by<'t>(
        texts: impl Iterator<Item = &'t str>,
        tests: bool,
        closely: bool,
    ) -> Names {
        let texts: Vec<&str> = texts.collect();
        let words = uses::words(&texts, closely);
        let mut found = Found {
            closely,
            ..Found::default()
        };
        found.by_signs(&texts, &words, tests);
        found.by_policies(&words);
        let needed = NEEDED.iter().filter(|(by, _)| words.contains_key(*by));
        let needed = needed.flat_map(|(_, all)| all.iter().map(|name| (*name, Use::ANY)));
        let needed: Words<'_> = needed.collect();
        for (word, used) in words.iter().chain(&needed) {
            found.add(word, *used);
            let implied = IMPLIED.iter().filter(|(by, _)| by == word);
            implied.for_each(|(_, name)| found.add(name, Use::ANY));
        }
        for (word, _) in words.iter().chain(&needed).filter(|(_, used)| used.method) {
            found.add_method(word);
        }
        found.close();
        found.names
    }
}

/// The names that have been found so far.
#[derive(Default)]
struct Found {
    names: Names,
    /// Parts of the library whose words have not been looked at.
    open: Vec<&'static Part>,
    /// Methods of collections that nothing has named so far.
    later: Vec<(&'static str, &'static str)>,
    closely: bool,
}

impl Found {
    /// Adds a name of the library that is used so; functions are there to be called.
    fn add(&mut self, word: &str, used: Use) {
        if let Some((name, parts)) = NAMES.get_key_value(word)
            && (used.named || !self.closely || !parts.iter().all(|part| part.is_fn()))
            && self.names.insert(*name, ()).is_none()
        {
            self.open.extend(parts);
        }
    }

    /// Adds what may be called so. Methods of a collection matter where something names the
    /// collection.
    fn add_method(&mut self, word: &str) {
        for &(prefix, name) in BY_METHOD.get(word).into_iter().flatten() {
            if self.closely && TOLD.contains(&prefix) {
                self.later.push((prefix, name));
            } else {
                self.add(name, Use::ANY);
            }
        }
    }

    /// Adds what the found ones rest on.
    fn close(&mut self) {
        let known = |word: &str| NAMES.contains_key(word) || BY_METHOD.contains_key(word);
        loop {
            while let Some(part) = self.open.pop() {
                for (word, used) in part.leads(known) {
                    self.add(word, *used);
                    if used.method {
                        self.add_method(word);
                    }
                }
            }
            for (prefix, name) in std::mem::take(&mut self.later) {
                if self.names.contains_key(prefix) {
                    self.add(name, Use::ANY);
                } else {
                    self.later.push((prefix, name));
                }
            }
            if self.open.is_empty() {
                return;
            }
        }
    }

    /// What the compiler itself uses for signs of the texts.
    fn by_signs(&mut self, texts: &[&str], words: &Words<'_>, tests: bool) {
        let any = |holds: fn(&str) -> bool| texts.iter().any(|text| holds(text));
        if words.contains_key("str") || any(|text| text.contains('"')) {
            self.add("str_before", Use::ANY);
        }
        if any(has_parts) {
            PARTS.iter().for_each(|name| self.add(name, Use::ANY));
        }
        let asserts = tests && words.contains_key("assert");
        if asserts || any(has_holes) {
            FORMAT.iter().for_each(|name| self.add(name, Use::ANY));
        }
    }

    /// The functions of collections that are told what to do where they are full.
    fn by_policies(&mut self, words: &Words<'_>) {
        let policies = POLICIES.iter();
        for policy in policies.filter(|policy| words.contains_key(**policy)) {
            for told in TOLD.iter().filter(|told| words.contains_key(**told)) {
                for word in words.keys() {
                    self.add(&format!("{policy}_{told}_{word}"), Use::ANY);
                }
            }
        }
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
static NAMES: LazyLock<ByName<&'static Part>> = LazyLock::new(|| {
    let mut names: IndexMap<_, Vec<_>, Quick> = IndexMap::default();
    for part in modules().iter().flat_map(|module| &module.parts) {
        if let Some(name) = part.name() {
            names.entry(name).or_default().push(part);
        }
    }
    names
});

/// The types and names of methods, by what a program calls them.
static BY_METHOD: LazyLock<ByName<(&'static str, &'static str)>> = LazyLock::new(|| {
    let mut found: IndexMap<_, Vec<_>, Quick> = IndexMap::default();
    for name in NAMES.keys() {
        for prefix in METHODS {
            let rest = name.strip_prefix(prefix);
            if let Some(word) = rest.and_then(|rest| rest.strip_prefix('_')) {
                found.entry(word).or_default().push((prefix, *name));
            }
        }
    }
    found
});

/// All modules, in the order of their files.
pub(crate) fn modules() -> &'static [Module] {
    &MODULES
}

/// The module of that name.
pub(crate) fn find(name: &str) -> Option<&'static Module> {
    modules().iter().find(|module| module.name == name)
}
