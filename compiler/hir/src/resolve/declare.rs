//! First of all: every item gets an id and a name.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::{Item, ItemKind, Name, item as tree};

use crate::body::{Body, Expr};
use crate::cx::{ContextTree, Cx};
use crate::ids::{ContextId, EnumId, ModuleId};
use crate::item::{
    Collection, Const, Context, ContextKind, Enum, Fn, Head, Modes, Module, Period,
    Pipeline, Process, Struct, Test, Variant,
};
use crate::resolve::scope::{Def, Named, Origin, Scope};
use crate::ty::Ty;

/// The modules of the collections, their types, and what the language knows those as.
const COLLECTIONS: [(&str, &str, Collection); 3] = [
    ("std.list", "list", Collection::List),
    ("std.map", "map", Collection::Map),
    ("std.queue", "queue", Collection::Queue),
];

/// A module of methods only: of slices, arrays and lists.
const SLICES: &str = "std.slice";

/// Declares the items of all modules.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for parsed in cx.modules {
        let module = cx.out.modules.push(Module {
            name: Arc::clone(&parsed.name),
            span: parsed.file.span,
            is_std: parsed.is_std,
        });
        cx.scopes.push(Scope::default());
        if parsed.is_std && &*parsed.name == "std.prelude" {
            cx.prelude = Some(module);
        }
        let methods = COLLECTIONS.map(|(of, ..)| of).contains(&&*parsed.name);
        if parsed.is_std && (methods || &*parsed.name == SLICES) {
            cx.collections.push(module);
        }
        for item in &parsed.file.items {
            declare(cx, module, item);
        }
    }
}

/// What the language knows a struct as.
fn collection(cx: &Cx<'_>, module: ModuleId, name: &Name) -> Option<Collection> {
    if !cx.collections.contains(&module) {
        return None;
    }
    let found = COLLECTIONS.iter().find(|(_, word, _)| *word == &*name.text);
    found.map(|(_, _, collection)| *collection)
}

fn declare<'a>(cx: &mut Cx<'a>, module: ModuleId, item: &'a Item) {
    let head = |name: &Name| Head {
        name: Arc::clone(&name.text),
        span: name.span,
        module,
        docs: item.docs.clone(),
    };
    let (name, def) = match &item.kind {
        ItemKind::Use(_) => return,
        ItemKind::Bad => {
            cx.failures += 1;
            return;
        }
        ItemKind::Audit(it) => {
            cx.trees.audits.push((it, module));
            return;
        }
        ItemKind::Session(it) => {
            cx.trees.sessions.push((it, module));
            return;
        }
        ItemKind::Alert(it) => {
            alert(cx, head(&it.name), it);
            return;
        }
        ItemKind::Const(it) => (&it.name, constant(cx, head(&it.name), it)),
        ItemKind::Struct(it) => {
            cx.trees.structs.push(it);
            let value = Struct {
                head: head(&it.name),
                generics: Vec::new(),
                members: Vec::new(),
                collection: collection(cx, module, &it.name),
            };
            (&it.name, Def::Struct(cx.out.structs.push(value)))
        }
        ItemKind::Enum(it) => (&it.name, enumeration(cx, head(&it.name), it)),
        ItemKind::Fn(it) => (&it.name, function(cx, head(&it.name), it)),
        ItemKind::Context(it) => (&it.name, context(cx, head(&it.name), it)),
        ItemKind::Instance(it) => {
            let tree = ContextTree::Of(it);
            let id = empty_context(cx, head(&it.name), tree, ContextKind::Error);
            (&it.name, Def::Context(id))
        }
        ItemKind::Contract(it) => {
            duplicates(cx, "parameter", &it.params);
            let id = cx.trees.contracts.push((it, head(&it.name)));
            (&it.name, Def::Contract(id))
        }
        ItemKind::Process(it) => (&it.name, process(cx, head(&it.name), it)),
        ItemKind::Pipeline(it) => (&it.name, pipeline(cx, head(&it.name), it)),
        ItemKind::Test(it) => {
            cx.trees.tests.push(it);
            let head = head(&it.title);
            cx.out.tests.push(Test {
                head,
                kind: it.kind,
                params: Vec::new(),
                drawn: Vec::new(),
                of: None,
                requires: Vec::new(),
                body: Body::default(),
            });
            return;
        }
    };
    if def.is_type() {
        of_language(cx, module, name);
    }
    bind(
        cx,
        module,
        name,
        Named {
            def,
            span: name.span,
            origin: Origin::Item,
            used: false,
        },
    );
}

/// Reports a type that has the name of one of the language.
fn of_language(cx: &mut Cx<'_>, module: ModuleId, name: &Name) {
    if super::hides::is_of_language(&name.text) && !cx.is_std(module) {
        let found = Diagnostic::new(Code::TypeOfLanguage, name.span, "it has a meaning")
            .title(format!("`{}` is a type of the language", name.text))
            .help(
                "choose another name; fields, processes and functions may be called so",
            );
        cx.report(found);
    }
}

/// Gives a name a meaning in a module.
pub(crate) fn bind(cx: &mut Cx<'_>, module: ModuleId, name: &Name, named: Named) {
    if let Some(first) = cx.scopes[module].names.get(&name.text) {
        let found =
            Diagnostic::new(Code::DuplicateName, name.span, "declared again here")
                .title(format!("`{}` is declared twice", name.text))
                .label(
                    first.span,
                    format!("first declared here, as {}", first.def.what()),
                )
                .help("rename one of them: items of a module share one namespace");
        cx.report(found);
        return;
    }
    cx.scopes[module]
        .names
        .insert(Arc::clone(&name.text), named);
}

/// Reports names that stand twice in one list.
pub(crate) fn duplicates<'n>(
    cx: &mut Cx<'_>,
    what: &str,
    names: impl IntoIterator<Item = &'n Name>,
) {
    let mut seen = indexmap::IndexMap::<&str, Span>::new();
    for name in names {
        let first = *seen.entry(&name.text).or_insert(name.span);
        if first != name.span {
            let found =
                Diagnostic::new(Code::DuplicateName, name.span, "declared again here")
                    .title(format!("{what} `{}` is declared twice", name.text))
                    .label(first, "first declared here")
                    .help("rename one of them");
            cx.report(found);
        }
    }
}

/// Alerts have names of their own: nothing else can name one.
fn alert<'a>(cx: &mut Cx<'a>, head: Head, it: &'a theus_grammar::ast::audit::Alert) {
    let mut before = cx.trees.alerts.iter().map(|(_, head)| head);
    let first = before.find(|first| first.name == head.name);
    if let Some(first) = first.map(|first| first.span) {
        let found =
            Diagnostic::new(Code::DuplicateName, head.span, "declared again here")
                .title(format!("alert `{}` is declared twice", head.name))
                .label(first, "first declared here")
                .help("rename one of them");
        cx.report(found);
        return;
    }
    cx.trees.alerts.push((it, head));
}

fn constant<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Const) -> Def {
    cx.trees.consts.push(it);
    let value = Expr::error(Ty::ERROR, it.value.span);
    Def::Const(cx.out.consts.push(Const {
        head,
        ty: Ty::ERROR,
        value,
    }))
}

fn enumeration<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Enum) -> Def {
    duplicates(
        cx,
        "variant",
        it.variants.iter().map(|variant| &variant.name),
    );
    if it.variants.is_empty() {
        let found =
            Diagnostic::new(Code::NeedsDefault, head.span, "this enum has no variant")
                .title(format!("enum `{}` has no value", head.name))
                .help("give it at least one variant: the first is its zero");
        cx.report(found);
    }
    Def::Enum(enum_of(cx, head, it))
}

/// An enum whose payloads come later.
fn enum_of<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Enum) -> EnumId {
    cx.trees.enums.push(it);
    let variants = it
        .variants
        .iter()
        .map(|variant| Variant {
            name: Arc::clone(&variant.name.text),
            span: variant.name.span,
            payload: Vec::new(),
        })
        .collect();
    let generics = Vec::new();
    cx.out.enums.push(Enum {
        head,
        generics,
        variants,
    })
}

fn function<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Fn) -> Def {
    cx.trees.fns.push(it);
    Def::Fn(cx.out.fns.push(Fn {
        head,
        generics: Vec::new(),
        params: Vec::new(),
        result: Ty::ERROR,
        body: Ok(Body::default()),
        reached: true,
    }))
}

fn context<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Context) -> Def {
    duplicates(cx, "field", it.members.iter().map(|member| &member.name));
    let tree = ContextTree::Own(it);
    if it.is_type {
        Def::ContextType(empty_context(cx, head, tree, ContextKind::Abstract))
    } else {
        Def::Context(empty_context(cx, head, tree, ContextKind::One))
    }
}

/// A context whose fields come later.
pub(crate) fn empty_context<'a>(
    cx: &mut Cx<'a>,
    head: Head,
    tree: ContextTree<'a>,
    kind: ContextKind,
) -> ContextId {
    cx.trees.contexts.push(tree);
    cx.out.contexts.push(Context {
        head,
        kind,
        of: None,
        fields: Vec::new(),
        invariants: Vec::new(),
        locals: Body::default(),
    })
}

fn pipeline<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Pipeline) -> Def {
    cx.trees.pipelines.push(it);
    let modes = it.modes.as_ref().map(|modes| {
        let named = &modes.names.variants;
        duplicates(cx, "mode", named.iter().map(|mode| &mode.name));
        let enum_head = Head {
            name: Arc::clone(&modes.names.name.text),
            docs: Vec::new(),
            ..head.clone()
        };
        let tree = ContextTree::Own(&modes.context);
        let first = modes.first.first();
        let first = first
            .and_then(|first| named.iter().position(|mode| mode.name.text == first.text));
        Modes {
            first: u32::try_from(first.unwrap_or(0)).unwrap_or(0),
            names: enum_of(cx, enum_head, &modes.names),
            context: empty_context(cx, head.clone(), tree, ContextKind::One),
        }
    });
    Def::Pipeline(cx.out.pipelines.push(Pipeline {
        head,
        period: Period::None,
        batch: None,
        together: Vec::new(),
        scratch: None,
        modes,
        body: Vec::new(),
        locals: Body::default(),
    }))
}

fn process<'a>(cx: &mut Cx<'a>, head: Head, it: &'a tree::Process) -> Def {
    cx.trees.processes.push(it);
    Def::Process(cx.out.processes.push(Process {
        head,
        each: None,
        quotas: Vec::new(),
        inputs: Vec::new(),
        inputs_span: it.inputs_span,
        outputs: Vec::new(),
        outputs_span: it.outputs_span,
        requires: Vec::new(),
        ensures: Vec::new(),
        params: Vec::new(),
        of: None,
        generics: Vec::new(),
        errors: Vec::new(),
        shared_errors: 0,
        deadline: None,
        budget: None,
        cached: None,
        body: Body::default(),
    }))
}
