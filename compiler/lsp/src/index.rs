//! `Index`: every declaration of a program, and every name that means one.

use indexmap::IndexMap;
use theus::Analysis;
use theus_grammar::ast::item::{Member, TestKind};
use theus_grammar::ast::{FlowKind, Item, ItemKind, Name};
use theus_grammar::{FileId, Span};
use theus_hir::body::Body;
use theus_hir::{
    ConstId, ContextId, EnumId, FieldId, FnId, Local, ProcessId, StructId, Typed, Use,
};

/// What a declaration is, as far as it is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Struct(StructId),
    Enum(EnumId),
    Variant,
    Member,
    Const(ConstId),
    Fn(FnId),
    Context(ContextId),
    Field(FieldId),
    Error,
    Process(ProcessId),
    Pipeline,
    Contract,
    ContractParameter,
    Generic,
    Parameter(Owner),
    Local(Owner),
    Test,
    Alert,
}

/// Whose local it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Fn(FnId),
    Process(ProcessId),
    Test(theus_hir::TestId),
    Pipeline(theus_hir::PipelineId),
    Context(ContextId),
}

impl Owner {
    pub(crate) fn body(self, typed: &Typed) -> Option<&Body> {
        match self {
            Self::Fn(id) => typed.fns[id].body.as_ref().ok(),
            Self::Process(id) => Some(&typed.processes[id].body),
            Self::Test(id) => Some(&typed.tests[id].body),
            Self::Pipeline(id) => Some(&typed.pipelines[id].locals),
            Self::Context(id) => Some(&typed.contexts[id].locals),
        }
    }
}

/// A declaration as it is written.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    /// `process`, `field`, `variant` …
    pub(crate) word: &'static str,
    /// All of it.
    pub(crate) whole: Span,
    /// The part that says what it is: of a function what stands before its body.
    pub(crate) head: Span,
    /// `///` lines.
    pub(crate) docs: Vec<String>,
    /// The item that it is in, or that it is: its name.
    pub(crate) item: Span,
}

/// What is declared, and what names mean.
#[derive(Debug, Default)]
pub(crate) struct Index {
    /// By place; each place once.
    uses: Vec<Use>,
    /// By the place of the name, as written.
    pub(crate) declared: IndexMap<Span, Declared>,
    /// By the place of the name, as known.
    known: IndexMap<Span, What>,
    /// The items of all files, by place: whole item, its name.
    items: Vec<(Span, Span)>,
}

impl Index {
    pub(crate) fn new(analysis: &Analysis) -> Self {
        let mut index = Self::default();
        for module in &analysis.files {
            for item in &module.file.items {
                index.item(item);
            }
        }
        index.items.sort_unstable();
        index.know(&analysis.typed);
        // What is noted first of a place is what it means: the sort keeps the order.
        index.uses.clone_from(&analysis.typed.uses);
        index.uses.sort_by_key(|one| one.at);
        index.uses.dedup_by_key(|one| one.at);
        index
    }

    /// The name at a place: where it stands, and where it is declared.
    pub(crate) fn at(&self, file: FileId, offset: usize) -> Option<Use> {
        let offset = u32::try_from(offset).ok()?;
        let near = Span::new(file, offset.saturating_add(1), 0);
        let next = self.uses.partition_point(|one| one.at < near);
        let used = self.uses.iter().take(next).rev().take(2);
        let within =
            |span: Span| span.file == file && span.start <= offset && offset <= span.end;
        let used = used.copied().find(|one| within(one.at));
        used.or_else(|| {
            let mut declared = self.known.keys().chain(self.declared.keys());
            let span = *declared.find(|span| within(**span))?;
            Some(Use { at: span, of: span })
        })
    }

    /// The places of a name other than its declaration.
    pub(crate) fn uses_of(&self, declared: Span) -> impl Iterator<Item = Span> {
        let uses = self.uses.iter().filter(move |one| one.of == declared);
        uses.map(|one| one.at)
    }

    /// All uses, by place.
    pub(crate) fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// The uses in a part of a file.
    pub(crate) fn uses_in(&self, part: Span) -> impl Iterator<Item = Use> {
        let uses = self.uses.iter().copied();
        uses.filter(move |one| {
            one.at.file == part.file
                && part.start <= one.at.start
                && one.at.end <= part.end
        })
    }

    /// What a declaration is.
    pub(crate) fn what(&self, declared: Span) -> Option<What> {
        self.known.get(&declared).copied()
    }

    /// All declarations that are known.
    pub(crate) fn all(&self) -> impl Iterator<Item = (Span, What)> {
        self.known.iter().map(|(span, what)| (*span, *what))
    }

    /// The name of the item around a place.
    pub(crate) fn around(&self, place: Span) -> Option<Span> {
        let items = self.items.iter();
        let mut around = items.filter(|(whole, _)| {
            whole.file == place.file
                && whole.start <= place.start
                && place.end <= whole.end
        });
        around.next().map(|(_, name)| *name)
    }

    /// The local that is declared at a place.
    pub(crate) fn local<'t>(
        &self,
        typed: &'t Typed,
        declared: Span,
    ) -> Option<&'t Local> {
        let (What::Local(owner) | What::Parameter(owner)) = self.what(declared)? else {
            return None;
        };
        let locals = &owner.body(typed)?.locals;
        locals.values().find(|local| local.span == declared)
    }

    fn declare(&mut self, name: &Name, declared: Declared) {
        self.declared.entry(name.span).or_insert(declared);
    }

    fn item(&mut self, item: &Item) {
        let Some((name, word, body)) = named(item) else {
            return;
        };
        let end = body.map_or(item.span.end, |body| body.max(item.span.start));
        self.items.push((item.span, name.span));
        self.declare(
            name,
            Declared {
                word,
                whole: item.span,
                head: Span { end, ..item.span },
                docs: item.docs.clone(),
                item: name.span,
            },
        );
        let part = |word, name: &Name| Declared {
            word,
            whole: name.span,
            head: name.span,
            docs: Vec::new(),
            item: name.span,
        };
        match &item.kind {
            ItemKind::Struct(it) => self.members("member", &it.members, name.span),
            ItemKind::Context(it) => self.members("field", &it.members, name.span),
            ItemKind::Enum(it) => {
                for variant in &it.variants {
                    let last = variant.payload.last().map(|(_, ty)| ty.span.end + 1);
                    let whole = Span {
                        end: last.unwrap_or(variant.name.span.end),
                        ..variant.name.span
                    };
                    let mut found = part("variant", &variant.name);
                    (found.whole, found.head, found.item) = (whole, whole, name.span);
                    self.declare(&variant.name, found);
                    for (member, ty) in &variant.payload {
                        if let Some(member) = member {
                            let mut found = part("member", member);
                            found.head = member.span.to(ty.span);
                            self.declare(member, found);
                        }
                    }
                }
            }
            ItemKind::Pipeline(it) => {
                for flow in &it.body {
                    if let FlowKind::Mode(mode, ..) = &flow.kind {
                        let mut found = part("mode", mode);
                        (found.whole, found.item) = (flow.span, name.span);
                        self.declare(mode, found);
                    }
                }
            }
            ItemKind::Process(it) => {
                for error in &it.errors {
                    self.declare(&error.name, part("error", &error.name));
                }
            }
            ItemKind::Contract(it) => {
                for param in &it.params {
                    self.declare(param, part("parameter", param));
                }
                for error in &it.errors {
                    self.declare(&error.name, part("error", &error.name));
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, word: &'static str, members: &[Member], item: Span) {
        for member in members {
            let declared = Declared {
                word,
                whole: member.span,
                head: member.span,
                docs: member.docs.clone(),
                item,
            };
            self.declare(&member.name, declared);
        }
    }

    fn know(&mut self, typed: &Typed) {
        let known = &mut self.known;
        let mut add = |span: Span, what: What| {
            known.entry(span).or_insert(what);
        };
        for (id, found) in &typed.structs {
            add(found.head.span, What::Struct(id));
            found
                .members
                .iter()
                .for_each(|member| add(member.span, What::Member));
            found
                .generics
                .iter()
                .for_each(|one| add(one.span, What::Generic));
        }
        for (id, found) in &typed.enums {
            // The enum of the modes of a pipeline has the name of the pipeline.
            if !found.head.name.ends_with(".mode") {
                add(found.head.span, What::Enum(id));
            }
            for variant in &found.variants {
                add(variant.span, What::Variant);
                variant
                    .payload
                    .iter()
                    .for_each(|member| add(member.span, What::Member));
            }
            found
                .generics
                .iter()
                .for_each(|one| add(one.span, What::Generic));
        }
        typed
            .pipelines
            .values()
            .for_each(|found| add(found.head.span, What::Pipeline));
        for (id, found) in &typed.consts {
            add(found.head.span, What::Const(id));
        }
        for (id, found) in &typed.fns {
            add(found.head.span, What::Fn(id));
            found
                .generics
                .iter()
                .for_each(|one| add(one.span, What::Generic));
            for param in &found.params {
                add(param.span, What::Parameter(Owner::Fn(id)));
            }
        }
        for (id, found) in &typed.contexts {
            add(found.head.span, What::Context(id));
        }
        for (id, found) in &typed.fields {
            add(found.span, What::Field(id));
        }
        typed
            .errors
            .values()
            .for_each(|found| add(found.span, What::Error));
        for (id, found) in &typed.processes {
            add(found.head.span, What::Process(id));
            for param in &found.params {
                add(param.span, What::Parameter(Owner::Process(id)));
            }
        }
        typed
            .tests
            .values()
            .for_each(|found| add(found.head.span, What::Test));
        typed
            .alerts
            .iter()
            .for_each(|found| add(found.head.span, What::Alert));
        self.know_locals(typed);
        self.know_contracts();
    }

    /// Contracts that processes share are known by their text alone.
    fn know_contracts(&mut self) {
        let written = self.declared.iter();
        for (span, declared) in written {
            let what = match declared.word {
                "contract" => What::Contract,
                "parameter" => What::ContractParameter,
                _ => continue,
            };
            self.known.entry(*span).or_insert(what);
        }
    }

    fn know_locals(&mut self, typed: &Typed) {
        let owners = typed
            .fns
            .keys()
            .map(Owner::Fn)
            .chain(typed.processes.keys().map(Owner::Process))
            .chain(typed.tests.keys().map(Owner::Test))
            .chain(typed.pipelines.keys().map(Owner::Pipeline))
            .chain(typed.contexts.keys().map(Owner::Context));
        for owner in owners {
            let locals = owner.body(typed).map(|body| body.locals.values());
            for local in locals.into_iter().flatten() {
                self.known.entry(local.span).or_insert(What::Local(owner));
            }
        }
    }
}

/// The name of an item, its word, and where its body begins.
fn named(item: &Item) -> Option<(&Name, &'static str, Option<u32>)> {
    Some(match &item.kind {
        ItemKind::Const(it) => (&it.name, "const", None),
        ItemKind::Struct(it) => (&it.name, "struct", None),
        ItemKind::Enum(it) => (&it.name, "enum", None),
        ItemKind::Fn(it) => {
            let body = it.body.as_ref().map(|body| body.span.start);
            (&it.name, "function", body)
        }
        ItemKind::Context(it) if it.is_type => (&it.name, "context type", None),
        ItemKind::Context(it) => (&it.name, "context", None),
        ItemKind::Instance(it) => (&it.name, "context", None),
        ItemKind::Process(it) => (&it.name, "process", Some(it.body.span.start)),
        ItemKind::Contract(it) => (&it.name, "contract", None),
        ItemKind::Pipeline(it) => {
            let body = it.body.first().map(|flow| flow.span.start);
            (&it.name, "pipeline", body)
        }
        ItemKind::Test(it) => {
            let word = match it.kind {
                TestKind::Test => "test",
                TestKind::Property => "property",
                TestKind::Bench => "bench",
            };
            (&it.title, word, Some(it.title.span.end))
        }
        ItemKind::Alert(it) => (&it.name, "alert", None),
        ItemKind::Session(it) => (&it.name, "session", None),
        ItemKind::Audit(it) => {
            (it.context.words.last()?, "audit", Some(it.context.span.end))
        }
        ItemKind::Use(_) | ItemKind::Bad => return None,
    })
}
