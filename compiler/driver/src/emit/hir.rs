//! Names and types as text: the program's own items with their types, bodies as trees.

use std::fmt::Write as _;

use theus_hir::item::{Context, Field, Fn, Generic, Head, Process, Struct};
use theus_hir::{Ty, Typed, show};

/// The items of the program's own modules, in order.
pub(crate) fn text(typed: &Typed) -> String {
    let mut out = String::new();
    let own = |head: &Head| {
        typed
            .modules
            .get(head.module)
            .is_some_and(|one| !one.is_std)
    };
    for item in typed.structs.values().filter(|item| own(&item.head)) {
        structure(&mut out, typed, item);
    }
    for item in typed.enums.values().filter(|item| own(&item.head)) {
        let variants: Vec<&str> = item.variants.iter().map(|(name, _)| &**name).collect();
        let _ = writeln!(
            out,
            "enum {} {{ {} }}\n",
            item.head.name,
            variants.join(", ")
        );
    }
    for item in typed.consts.values().filter(|item| own(&item.head)) {
        let ty = ty(typed, &[], item.ty);
        let _ = writeln!(out, "const {}: {ty} = {:#?}\n", item.head.name, item.value);
    }
    for item in typed.contexts.values().filter(|item| own(&item.head)) {
        context(&mut out, typed, item);
    }
    for item in typed.fns.values().filter(|item| own(&item.head)) {
        function(&mut out, typed, item);
    }
    for item in typed.processes.values().filter(|item| own(&item.head)) {
        process(&mut out, typed, item);
    }
    for item in typed.pipelines.values().filter(|item| own(&item.head)) {
        let _ = writeln!(
            out,
            "pipeline {} {:?} {:#?}\n",
            item.head.name, item.period, item.body
        );
    }
    for item in typed.tests.values().filter(|item| own(&item.head)) {
        let _ = writeln!(out, "test {:?} {:#?}\n", item.head.name, item.body);
    }
    out
}

fn ty(typed: &Typed, generics: &[Generic], ty: Ty) -> String {
    show::ty(typed, generics, ty)
}

fn structure(out: &mut String, typed: &Typed, item: &Struct) {
    let _ = writeln!(out, "struct {} {{", item.head.name);
    for member in &item.members {
        let ty = ty(typed, &[], member.ty);
        let range = member
            .range
            .map_or_else(String::new, |range| format!(" in {range:?}"));
        let _ = writeln!(out, "    {}: {ty}{range}", member.name);
    }
    out.push_str("}\n\n");
}

fn context(out: &mut String, typed: &Typed, item: &Context) {
    let _ = writeln!(out, "context {} {{", item.head.name);
    for field in item.fields.iter().filter_map(|id| typed.fields.get(*id)) {
        let Field {
            zone, name, range, ..
        } = field;
        let ty = ty(typed, &[], field.ty);
        let range = range.map_or_else(String::new, |range| format!(" in {range:?}"));
        let _ = writeln!(out, "    {} {name}: {ty}{range}", zone.name());
    }
    out.push_str("}\n\n");
}

fn function(out: &mut String, typed: &Typed, item: &Fn) {
    let params = item.params.iter().map(|param| {
        let inout = if param.inout { "inout " } else { "" };
        format!(
            "{inout}{}: {}",
            param.name,
            ty(typed, &item.generics, param.ty)
        )
    });
    let generics: Vec<_> = item.generics.iter().map(|one| &*one.name).collect();
    let generics = if generics.is_empty() {
        String::new()
    } else {
        format!("<{}>", generics.join(", "))
    };
    let _ = writeln!(
        out,
        "fn {}{generics}({}) -> {} {:#?}\n",
        item.head.name,
        params.collect::<Vec<_>>().join(", "),
        ty(typed, &item.generics, item.result),
        item.body
    );
}

fn process(out: &mut String, typed: &Typed, item: &Process) {
    let targets = |entries: &[theus_hir::item::Entry]| {
        let shown: Vec<_> = entries
            .iter()
            .map(|entry| target(typed, &entry.target))
            .collect();
        shown.join(", ")
    };
    let _ = writeln!(out, "process {} {{", item.head.name);
    let _ = writeln!(out, "    inputs {}", targets(&item.inputs));
    let _ = writeln!(out, "    outputs {}", targets(&item.outputs));
    for (word, clauses) in [("requires", &item.requires), ("ensures", &item.ensures)] {
        for clause in clauses {
            let _ = writeln!(out, "    {word} {clause:#?}");
        }
    }
    let _ = writeln!(out, "    body {:#?}\n}}\n", item.body);
}

fn target(typed: &Typed, target: &theus_hir::item::Target) -> String {
    use theus_hir::item::Target;
    match target {
        Target::Context(id) => typed
            .contexts
            .get(*id)
            .map_or_else(String::new, |one| one.head.name.to_string()),
        Target::Field(id, members) => {
            typed.fields.get(*id).map_or_else(String::new, |field| {
                let context = typed.contexts.get(field.context);
                let context = context.map_or("", |context| &*context.head.name);
                let members: String =
                    members.iter().map(|member| format!(".{member}")).collect();
                format!("{context}.{}{members}", field.name)
            })
        }
        Target::Tick => "tick".to_owned(),
        Target::Random => "random".to_owned(),
        Target::Error => "(error)".to_owned(),
    }
}
