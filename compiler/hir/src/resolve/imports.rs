//! `use`: modules as qualifiers, and single names.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic, suggest};
use theus_grammar::Span;
use theus_grammar::ast::{ItemKind, Name, item::Use};

use crate::build::dotted;
use crate::cx::Cx;
use crate::ids::ModuleId;
use crate::resolve::declare::bind;
use crate::resolve::scope::{Def, Named, Origin, unknown};

/// Binds what all modules import.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for (parsed, module) in cx
        .modules
        .iter()
        .zip(cx.out.modules.keys().collect::<Vec<_>>())
    {
        for item in &parsed.file.items {
            if let ItemKind::Use(import) = &item.kind {
                one(cx, module, import, item.span);
            }
        }
    }
}

fn one(cx: &mut Cx<'_>, module: ModuleId, import: &Use, span: Span) {
    let name = dotted(&import.path);
    let found = cx
        .out
        .modules
        .iter()
        .find(|(_, module)| *module.name == *name);
    let target = match found.map(|(id, _)| id) {
        Some(target) if target != module => Some(target),
        other => {
            unknown_module(cx, import, &name, other.is_some());
            None
        }
    };
    if !import.names.is_empty() {
        let def = target.map_or(Def::Error, Def::Module);
        import
            .path
            .words
            .last()
            .into_iter()
            .for_each(|word| cx.used_def(word.span, def));
        for picked in &import.names {
            pick(cx, module, target, picked);
        }
        return;
    }
    let Some(bound) = import.alias.as_ref().or(import.path.words.last()) else {
        return;
    };
    let def = target.map_or(Def::Error, Def::Module);
    import
        .path
        .words
        .last()
        .into_iter()
        .for_each(|word| cx.used_def(word.span, def));
    let origin = Origin::Import(span);
    bind(
        cx,
        module,
        bound,
        Named {
            def,
            span: import.path.span,
            origin,
            used: false,
        },
    );
}

fn pick(cx: &mut Cx<'_>, module: ModuleId, target: Option<ModuleId>, name: &Name) {
    let def = match target {
        None => Def::Error,
        Some(target) => cx.scopes[target].own(&name.text).unwrap_or_else(|| {
            let names = cx.candidates(module, Some(target), |_| true);
            let inside = &cx.out.modules[target].name;
            let title = format!("module `{inside}` has no `{}`", name.text);
            cx.report(unknown(Code::UnknownName, "name", name, &names).title(title));
            Def::Error
        }),
    };
    cx.used_def(name.span, def);
    let named = Named {
        def,
        span: name.span,
        origin: Origin::Picked,
        used: false,
    };
    bind(cx, module, name, named);
}

fn unknown_module(cx: &mut Cx<'_>, import: &Use, name: &str, itself: bool) {
    let span = import.path.span;
    if itself {
        let found = Diagnostic::new(Code::ImportCycle, span, "this is the module itself")
            .title(format!("module `{name}` imports itself"))
            .help("remove the import: the names of a module are visible in all of it");
        cx.report(found);
        return;
    }
    let names: Vec<Arc<str>> = cx
        .out
        .modules
        .values()
        .map(|module| Arc::clone(&module.name))
        .collect();
    let mut found = Diagnostic::new(Code::UnknownModule, span, "there is no such module")
        .title(format!("unknown module `{name}`"));
    found = match suggest::closest(name, names.iter().map(|name| &**name)) {
        Some(near) => found.help(format!("did you mean `{near}`?")).fix(
            format!("write `{near}`"),
            span,
            near,
        ),
        None if name.starts_with("std.") => {
            found.help("modules of the library are listed in its documentation")
        }
        None => found.help(format!(
            "a module is a file beside this one: `{}.theus`",
            name.replace('.', "/")
        )),
    };
    cx.report(found);
}

/// Warns about imports that are not used.
pub(crate) fn unused(cx: &mut Cx<'_>) {
    let mut idle = Vec::new();
    for (module, scope) in &cx.scopes {
        if cx.is_std(module) {
            continue;
        }
        for (name, named) in &scope.names {
            if !named.used && named.def != Def::Error && named.origin != Origin::Item {
                idle.push((Arc::clone(name), named.span, named.origin));
            }
        }
    }
    for (name, span, origin) in idle {
        let found = Diagnostic::new(Code::UnusedImport, span, "nothing here uses it")
            .title(format!("import `{name}` is not used"));
        let found = match origin {
            Origin::Import(whole) => {
                found
                    .help("remove the import")
                    .fix("remove the import", whole, "")
            }
            Origin::Picked | Origin::Item => found.help("remove the name"),
        };
        cx.report(found);
    }
}
