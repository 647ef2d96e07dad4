//! Names of modules and what they mean.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_diag::{Code, Diagnostic, suggest};
use theus_grammar::Span;
use theus_grammar::ast::Name;

use crate::cx::Cx;
use crate::ids::{
    ConstId, ContextId, ContractId, EnumId, FnId, ModuleId, PipelineId, ProcessId,
    StructId,
};

/// What a name of a module means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Def {
    /// An imported module.
    Module(ModuleId),
    /// A struct.
    Struct(StructId),
    /// An enum.
    Enum(EnumId),
    /// A constant.
    Const(ConstId),
    /// A function.
    Fn(FnId),
    /// A context, or several of one type.
    Context(ContextId),
    /// A context type.
    ContextType(ContextId),
    /// A contract that processes share.
    Contract(ContractId),
    /// A process.
    Process(ProcessId),
    /// A pipeline.
    Pipeline(PipelineId),
    /// Something reported: an import that failed.
    Error,
}

impl Def {
    /// What it is, for people.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::Module(_) => "a module",
            Self::Struct(_) => "a struct",
            Self::Enum(_) => "an enum",
            Self::Const(_) => "a constant",
            Self::Fn(_) => "a function",
            Self::Context(_) => "a context",
            Self::ContextType(_) => "a context type",
            Self::Contract(_) => "a contract",
            Self::Process(_) => "a process",
            Self::Pipeline(_) => "a pipeline",
            Self::Error => "an unknown name",
        }
    }

    /// Whether it is a type.
    pub(crate) const fn is_type(self) -> bool {
        matches!(self, Self::Struct(_) | Self::Enum(_))
    }

    /// Whether it is a module.
    pub(crate) const fn is_module(self) -> bool {
        matches!(self, Self::Module(_))
    }
}

/// How a name came into a module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Declared in it.
    Item,
    /// By `use a`: the whole `use`.
    Import(Span),
    /// By `use a.{x}`.
    Picked,
}

/// A name of a module.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub(crate) def: Def,
    pub(crate) span: Span,
    pub(crate) origin: Origin,
    pub(crate) used: bool,
}

/// The names of a module.
#[derive(Clone, Debug, Default)]
pub(crate) struct Scope {
    pub(crate) names: IndexMap<Arc<str>, Named, Quick>,
}

impl Scope {
    /// The meaning of a name that the module declares.
    pub(crate) fn own(&self, name: &str) -> Option<Def> {
        let named = self.names.get(name)?;
        (named.origin == Origin::Item).then_some(named.def)
    }
}

/// Where a dotted path leads.
pub(crate) enum Walk<'p> {
    /// A meaning, and the words that are left.
    Found(Def, &'p [Name]),
    /// A word that means nothing, and the module it was looked up in, if not the own.
    Unknown(&'p Name, Option<ModuleId>),
    /// Reported before.
    Error,
}

impl Cx<'_> {
    /// The meaning of a bare name in a module.
    pub(crate) fn lookup(&mut self, module: ModuleId, name: &str) -> Option<Def> {
        if let Some(named) = self.scopes[module].names.get_mut(name) {
            named.used = true;
            return Some(named.def);
        }
        if let Some(found) = self.scopes[self.prelude?].own(name) {
            return Some(found);
        }
        let mut found = self
            .collections
            .iter()
            .filter_map(|module| self.scopes[*module].own(name));
        found.find(|def| matches!(def, Def::Struct(_)))
    }

    /// Follows `a.b.c` through modules.
    pub(crate) fn walk<'p>(&mut self, module: ModuleId, words: &'p [Name]) -> Walk<'p> {
        let Some((first, mut rest)) = words.split_first() else {
            return Walk::Error;
        };
        let Some(mut def) = self.lookup(module, &first.text) else {
            return Walk::Unknown(first, None);
        };
        self.used_def(first.span, def);
        while let (Def::Module(inside), Some((next, after))) = (def, rest.split_first()) {
            let Some(found) = self.scopes[inside].own(&next.text) else {
                return Walk::Unknown(next, Some(inside));
            };
            self.used_def(next.span, found);
            (def, rest) = (found, after);
        }
        match def {
            Def::Error => Walk::Error,
            _ => Walk::Found(def, rest),
        }
    }

    /// Names that would have been right: bare ones of `module`, or those of `inside`.
    pub(crate) fn candidates(
        &self,
        module: ModuleId,
        inside: Option<ModuleId>,
        wanted: impl Fn(Def) -> bool,
    ) -> Vec<Arc<str>> {
        let mut found = Vec::new();
        if self.is_flooded() {
            return found;
        }
        let own = &self.scopes[inside.unwrap_or(module)];
        for (name, named) in &own.names {
            if (inside.is_none() || named.origin == Origin::Item) && wanted(named.def) {
                found.push(Arc::clone(name));
            }
        }
        if let (None, Some(prelude)) = (inside, self.prelude) {
            let names = self.scopes[prelude].names.iter();
            let items = names
                .filter(|(_, named)| named.origin == Origin::Item && wanted(named.def));
            found.extend(items.map(|(name, _)| Arc::clone(name)));
        }
        found
    }
}

/// The diagnostic of an unknown name, with the nearest of the candidates as a fix.
pub(crate) fn unknown(
    code: Code,
    what: &str,
    name: &Name,
    candidates: &[Arc<str>],
) -> Diagnostic {
    let found = Diagnostic::new(code, name.span, format!("there is no such {what}"))
        .title(format!("unknown {what} `{}`", name.text));
    match suggest::closest(&name.text, candidates.iter().map(|name| &**name)) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            name.span,
            near,
        ),
        None => found,
    }
}

/// `` `a`, `b` or `c` ``, the first few.
pub(crate) fn listed(names: &[Arc<str>], last: &str) -> String {
    let mut shown: Vec<String> = names
        .iter()
        .take(8)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > 8 {
        shown.push("…".to_owned());
    }
    match shown.pop() {
        None => String::new(),
        Some(only) if shown.is_empty() => only,
        Some(end) => format!("{} {last} {end}", shown.join(", ")),
    }
}
