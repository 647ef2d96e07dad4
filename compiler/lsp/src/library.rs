//! The library as people read it: its functions with their docs, by module.

use std::sync::LazyLock;

use theus_grammar::ast::item::Fn;
use theus_grammar::ast::{ItemKind, TyKind};
use theus_grammar::{FileId, Source};

/// A declaration of the library.
#[derive(Debug)]
pub(crate) struct Known {
    /// `std.math`.
    pub(crate) module: &'static str,
    pub(crate) name: String,
    /// What stands before its body.
    pub(crate) head: String,
    pub(crate) docs: String,
    /// The names of parameters, if it is a function.
    pub(crate) params: Option<Vec<String>>,
    /// The first word of the type of its first parameter; `[` of an array or slice.
    pub(crate) receiver: String,
}

static ALL: LazyLock<Vec<Known>> = LazyLock::new(|| {
    let modules = theus_stdlib::modules().iter();
    modules
        .flat_map(|(module, text)| read(module, text))
        .collect()
});

fn read(module: &'static str, text: &'static str) -> Vec<Known> {
    let source = Source::new(FileId(0), module, text);
    let file = theus_grammar::parse(&source).file;
    let items = file.items.iter().filter_map(|item| {
        let (name, end, function) = match &item.kind {
            ItemKind::Fn(it) => {
                let end = it
                    .body
                    .as_ref()
                    .map_or(item.span.end, |body| body.span.start);
                (&it.name, end, Some(it))
            }
            ItemKind::Const(it) => (&it.name, item.span.end, None),
            ItemKind::Struct(it) => (&it.name, it.name.span.end, None),
            ItemKind::Enum(it) => (&it.name, item.span.end, None),
            _ => return None,
        };
        let head = source.slice(item.span.start, end).trim_end();
        let docs: Vec<&str> = item.docs.iter().map(|line| line.trim()).collect();
        Some(Known {
            module,
            name: name.text.to_string(),
            head: head.trim_start_matches("intrinsic ").to_owned(),
            docs: docs.join("\n"),
            params: function.map(|it| params(&source, it)),
            receiver: function.map_or_else(String::new, receiver),
        })
    });
    items.collect()
}

fn params(source: &Source, it: &Fn) -> Vec<String> {
    let params = it.params.iter().map(|param| {
        let start = param
            .inout
            .map_or(param.name.span.start, |inout| inout.start);
        let end = param
            .range
            .as_ref()
            .map_or(param.ty.span.end, |range| range.span.end);
        source.slice(start, end).to_owned()
    });
    params.collect()
}

fn receiver(it: &Fn) -> String {
    match it.params.first().map(|param| &param.ty.kind) {
        Some(TyKind::Named(path, _)) => path
            .words
            .last()
            .map_or_else(String::new, |word| word.text.to_string()),
        Some(TyKind::Array(..)) => "[".to_owned(),
        _ => String::new(),
    }
}

/// Everything that the library declares.
pub(crate) fn all() -> &'static [Known] {
    &ALL
}

/// What a file of the library declares by that name.
pub(crate) fn declared(file: FileId, name: &str) -> Option<&'static Known> {
    let at = (file.0 as usize).checked_sub(1)?;
    let (module, _) = theus_stdlib::modules().get(at)?;
    ALL.iter()
        .find(|known| known.module == *module && known.name == name)
}
