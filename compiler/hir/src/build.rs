//! The stages of this crate on one page: from syntax trees to `Typed`.

use std::sync::Arc;

use indexmap::IndexMap;
use theus_abi::hash::Quick;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::ast::{File, ItemKind, Path};

use crate::cx::Cx;
use crate::typed::Typed;
use crate::{infer, resolve};

/// A file that has been read.
#[derive(Clone, Debug)]
pub struct ParsedModule {
    /// Its dotted name: `pendulum`, `std.control`; the root file has its stem.
    pub name: Arc<str>,
    /// Its tree.
    pub file: Arc<File>,
    /// Whether it belongs to the library.
    pub is_std: bool,
    /// Of a module of the library, the functions that the program may reach, if that is known:
    /// bodies of others are not looked at.
    pub reached: Option<Arc<IndexMap<&'static str, (), Quick>>>,
}

/// The modules that a file imports, in order of text.
pub fn imports(file: &File) -> Vec<Path> {
    let uses = file.items.iter().filter_map(|item| match &item.kind {
        ItemKind::Use(import) => Some(import.path.clone()),
        _ => None,
    });
    uses.collect()
}

/// The diagnostic of modules that import each other: the `use` paths along the circle.
pub fn cycle(circle: &[Path]) -> Option<Diagnostic> {
    let first = circle.first()?;
    let names: Vec<String> = circle
        .iter()
        .map(|path| format!("`{}`", dotted(path)))
        .collect();
    let mut found =
        Diagnostic::new(Code::ImportCycle, first.span, "the circle starts here")
            .title(format!(
                "modules import each other: {}",
                names.join(" imports ")
            ))
            .help("move what both need into a third module");
    for path in circle.iter().skip(1) {
        found = found.label(
            path.span,
            format!("then `{}` is imported here", dotted(path)),
        );
    }
    Some(found)
}

/// `a.b.c`.
pub(crate) fn dotted(path: &Path) -> String {
    let words: Vec<&str> = path.words.iter().map(|word| &*word.text).collect();
    words.join(".")
}

/// Names resolved and types inferred. Modules are in dependency order: the library first,
/// `std.prelude` among it, and the root module last.
pub fn build(modules: &[ParsedModule], sink: &mut Sink) -> Typed {
    let mut cx = Cx::new(modules, sink);
    resolve::declare(&mut cx);
    resolve::imports(&mut cx);
    resolve::fields(&mut cx);
    resolve::structs(&mut cx);
    resolve::consts(&mut cx);
    resolve::functions(&mut cx);
    resolve::errors(&mut cx);
    resolve::contexts(&mut cx);
    infer::functions(&mut cx);
    infer::periods(&mut cx);
    infer::processes(&mut cx);
    infer::pipelines(&mut cx);
    infer::audits(&mut cx);
    infer::tests(&mut cx);
    resolve::sessions(&mut cx);
    resolve::unused_imports(&mut cx);
    cx.drop_abstract_prevs();
    cx.out
}
