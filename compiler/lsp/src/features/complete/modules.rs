//! Modules, as `use` names them.

use super::{Found, kind, receiver};
use crate::programs::Program;
use crate::scan::{Kind, Scan};
use crate::workspace;
use crate::world::World;

/// What may stand behind `use` and the part of a path that is there: modules, and behind a `{`
/// what a module declares.
pub(super) fn offer(world: &World, program: &Program, path: &str, found: &mut Found) {
    if let Some((module, _)) = path.split_once(".{") {
        return receiver::module_items(program, module, found);
    }
    let mut add = |rank, name: &str, detail| {
        let rest = name.strip_prefix(path).unwrap_or("");
        found.add(rank, rest, kind::MODULE, detail);
    };
    for (name, _) in theus_stdlib::modules() {
        if *name != "std.prelude" {
            add(1, name, "module of the library");
        }
    }
    let folder = program
        .document
        .path
        .as_ref()
        .and_then(|path| path.parent());
    let open = world
        .documents
        .open
        .values()
        .filter_map(|document| document.path.clone());
    let files = workspace::files(&world.client.folders)
        .into_iter()
        .chain(open);
    for path in files {
        let below = folder.and_then(|folder| path.strip_prefix(folder).ok());
        let Some(below) = below.filter(|_| program.document.path.as_ref() != Some(&path))
        else {
            continue;
        };
        let below = below.with_extension("");
        let words: Vec<_> = below.iter().map(|word| word.to_string_lossy()).collect();
        add(0, &words.join("."), "module");
    }
}

/// The modules that a text imports: the name each has in it, and its own.
pub(in crate::features) fn imports(program: &Program) -> Vec<(String, String)> {
    let scan = Scan::new(program.document.lines.text());
    let mut found = Vec::new();
    let mut tokens = scan.tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        let start = scan.text.get(..token.start).unwrap_or("");
        let begins =
            start.trim_end_matches(' ').ends_with('\n') || start.trim().is_empty();
        if scan.text(token) != "use" || !begins {
            continue;
        }
        let mut path = String::new();
        while let Some(part) = tokens.next_if(|part| {
            (part.kind == Kind::Word || scan.text(part) == ".")
                && scan
                    .text
                    .get(token.end..part.start)
                    .is_some_and(|gap| !gap.contains('\n'))
                && scan.text(part) != "as"
        }) {
            path += scan.text(part);
        }
        let last = path.rsplit('.').next().unwrap_or(&path).to_owned();
        let alias = tokens.next_if(|part| scan.text(part) == "as");
        let alias = alias
            .and_then(|_| tokens.next())
            .map(|word| scan.text(word).to_owned());
        if !last.is_empty() {
            found.push((alias.unwrap_or(last), path));
        }
    }
    found
}
