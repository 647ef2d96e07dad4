//! What editors know of the language is what the compiler knows: on every program of the
//! repository, valid and broken, and on generated ones.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test ends where it cannot go on, and asks how many programs it reads"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use theus_editors::{LANGUAGE, book, textmate, words, zed};
use theus_grammar::{FileId, Source, SyntaxErrorKind, parse};
use theus_spec::Page;
use tree_sitter::{Language, Node, Parser, Query};

/// What is wrong with a program and no grammar without memory can see: how deep it nests, how
/// large a number is, words of what is not built.
const TOO_FINE: &[SyntaxErrorKind] = &[
    SyntaxErrorKind::TooDeep,
    SyntaxErrorKind::BadNumber,
    SyntaxErrorKind::ReservedName,
    SyntaxErrorKind::NotBuilt,
];

/// A mode entered without a condition ends its block.
const SEEN_BY_THE_COMPILER_ALONE: &[&str] = &["mode First start { enter Second  count }"];

struct Case {
    name: String,
    text: String,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every program of the repository: files, and blocks of pages.
fn programs() -> Vec<Case> {
    let mut found = Vec::new();
    let mut open = vec![root()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            let name = entry.file_name().into_string().unwrap_or_default();
            if path.is_dir() {
                if name != "target" && name != "node_modules" && !name.starts_with('.') {
                    open.push(path);
                }
                continue;
            }
            let Ok(text) = fs::read_to_string(&path) else {
                continue;
            };
            let name = path.display().to_string();
            match path.extension().and_then(|end| end.to_str()) {
                Some("theus") => found.push(Case { name, text }),
                Some("md") => blocks(&name, &text, &mut found),
                _ => {}
            }
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    assert!(found.len() > 1_500, "only {} programs", found.len());
    found
}

fn blocks(name: &str, text: &str, found: &mut Vec<Case>) {
    let page = Page::read(name, text);
    let blocks = page
        .rules
        .iter()
        .flat_map(|rule| &rule.blocks)
        .chain(&page.stray);
    for block in blocks.filter(|block| block.language == "theus") {
        found.push(Case {
            name: format!("{name}:{}", block.line),
            text: block.program(),
        });
    }
}

fn language() -> Language {
    LANGUAGE.into()
}

fn parser() -> Parser {
    let mut parser = Parser::new();
    parser.set_language(&language()).unwrap();
    parser
}

/// The first place that tree-sitter cannot read.
fn error(parser: &mut Parser, text: &str) -> Option<String> {
    let tree = parser.parse(text, None).unwrap();
    let mut open: Vec<Node<'_>> = vec![tree.root_node()];
    while let Some(node) = open.pop() {
        if node.is_error() || node.is_missing() {
            let at = node.start_position();
            return Some(format!("{}:{} {}", at.row + 1, at.column + 1, node.kind()));
        }
        let mut cursor = node.walk();
        open.extend(node.children(&mut cursor).filter(Node::has_error));
    }
    None
}

fn errors(text: &str) -> Vec<SyntaxErrorKind> {
    let found = parse(&Source::new(FileId(0), "a.theus", text)).errors;
    let kinds = found.into_iter().map(|error| error.kind);
    kinds
        .filter(|kind| *kind != SyntaxErrorKind::StrayDoc)
        .collect()
}

#[test]
fn tree_sitter_agrees_with_the_compiler() {
    let mut parser = parser();
    let (mut valid, mut broken, mut wrong) = (0, 0, String::new());
    for Case { name, text } in programs() {
        let (ours, theirs) = (errors(&text), error(&mut parser, &text));
        let is_fine = ours.iter().all(|kind| TOO_FINE.contains(kind))
            || SEEN_BY_THE_COMPILER_ALONE
                .iter()
                .any(|seen| text.contains(seen));
        match (ours.is_empty(), theirs) {
            (true, None) => valid += 1,
            (true, Some(place)) => wrong += &format!("{name}: rejected at {place}\n"),
            (false, None) if !is_fine => {
                wrong += &format!("{name}: accepted, {ours:?}\n{text}\n")
            }
            (false, _) => broken += 1,
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(
        valid > 1_500 && broken > 100,
        "{valid} valid, {broken} broken"
    );
}

#[test]
fn tree_sitter_reads_generated_programs() {
    let count = std::env::var("THEUS_FUZZ_PROGRAMS").ok();
    let count = count.and_then(|text| text.parse().ok()).unwrap_or(100);
    let mut parser = parser();
    for seed in 0..count {
        let text = theus_fuzz::generate(seed);
        if let Some(place) = error(&mut parser, &text) {
            panic!("seed {seed}: rejected at {place}\n{text}");
        }
    }
}

#[test]
fn queries_are_of_the_grammar() {
    for (folder, count) in [("tree-sitter-theus/queries", 6), ("zed/languages/theus", 4)]
    {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(folder).unwrap().flatten();
        let queries = entries
            .filter(|entry| entry.path().extension().is_some_and(|end| end == "scm"));
        let mut read = 0;
        for entry in queries {
            let text = fs::read_to_string(entry.path()).unwrap();
            Query::new(&language(), &text)
                .unwrap_or_else(|error| panic!("{entry:?}: {error}"));
            read += 1;
        }
        assert_eq!(read, count);
    }
}

#[test]
fn the_parser_is_made_of_the_grammar() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tree-sitter-theus");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let (rules, script) = (read("src/grammar.json"), read("grammar.js"));
    let made = tree_sitter_generate::generate_parser_for_grammar(
        &rules,
        Some((0, 1, 0)),
        tree_sitter_generate::OptLevel::default(),
        &mut Vec::new(),
    );
    let (_, parser) = made.unwrap();
    assert!(parser == read("src/parser.c"), "generate the parser again");
    // The rules of the script are those that the parser was made of.
    let names = script
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(": ("));
    let names: Vec<&str> = names
        .map(|(name, _)| name)
        .filter(|name| {
            name.bytes()
                .all(|byte| byte == b'_' || byte.is_ascii_lowercase())
        })
        .collect();
    assert!(names.len() > 120, "{}", names.len());
    for name in names {
        assert!(
            rules.contains(&format!("\"{name}\":")),
            "no rule `{name}`: generate again"
        );
    }
}

/// What stands in quotes in a text.
fn quoted(text: &str, quote: char) -> BTreeSet<&str> {
    text.split(quote).skip(1).step_by(2).collect()
}

#[test]
fn words_are_those_of_the_compiler() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let grammar = fs::read_to_string(own.join("tree-sitter-theus/grammar.js")).unwrap();
    let list = |text: &str, name: &str| {
        let (_, rest) = text.split_once(name).expect("the list");
        rest.split_once("];")
            .map(|(list, _)| list.to_owned())
            .expect("its end")
    };
    // The reserved words are those that the reader refuses.
    let reader = fs::read_to_string(root().join("grammar/src/read.rs")).unwrap();
    let theirs = list(&reader, "const RESERVED: &[&str] = &[");
    let mut theirs = quoted(&theirs, '"');
    theirs.retain(|word| !words::LATER.contains(word));
    let ours = list(&grammar, "const RESERVED = [");
    assert_eq!(quoted(&ours, '\''), theirs);
    // Every word of the compiler's rules is one of the grammar, and is highlighted.
    let keywords = words::keywords();
    assert!(keywords.len() > 90, "{keywords:?}");
    let code: String = grammar
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let known = quoted(&code, '\'');
    let query = theus_editors::HIGHLIGHTS;
    let shown = |word: &str| {
        query.contains(&format!("\"{word}\""))
            || query.contains(&format!("({word}_statement)"))
            || query.contains(&format!("({word}_flow)"))
    };
    for word in keywords {
        let literal = ["true", "false", "none"].contains(&word);
        let call = word == "old";
        assert!(
            known.contains(word) || call,
            "`{word}` is not in grammar.js"
        );
        assert!(
            shown(word) || literal || call,
            "`{word}` is not in highlights.scm"
        );
    }
}

/// Holds a file to what it is made of.
fn is_made(path: &str, made: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("THEUS_BLESS").is_some_and(|set| set == "1") {
        fs::write(&path, made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "THEUS_BLESS=1 writes {}", path.display());
}

#[test]
fn the_textmate_grammar_is_made_of_the_words() {
    is_made(
        "vscode/syntaxes/theus.tmLanguage.json",
        &textmate::grammar(),
    );
}

#[test]
fn the_colours_of_the_book_are_made_of_the_words() {
    is_made("../spec/theme/theus.js", &book::script());
}

#[test]
fn the_query_of_zed_is_made_of_that_of_tree_sitter() {
    is_made("zed/languages/theus/highlights.scm", &zed::highlights());
    // Every name has a row, and every row a name.
    let query = Query::new(&language(), theus_editors::HIGHLIGHTS).unwrap();
    let used: BTreeSet<&str> = query.capture_names().iter().copied().collect();
    let rows: BTreeSet<&str> = zed::NAMES.iter().map(|(ours, _)| *ours).collect();
    assert_eq!(used, rows);
}

#[test]
fn the_extension_is_whole_and_packs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vscode");
    let text = fs::read_to_string(folder.join("package.json")).unwrap();
    let package: serde_json::Value = serde_json::from_str(&text).unwrap();
    let named = text.split('"').filter(|part| part.starts_with("./"));
    let named: Vec<&str> = named.collect();
    assert!(named.len() >= 5, "{named:?}");
    for name in named {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        if name.ends_with(".json") {
            let _: serde_json::Value = serde_json::from_str(&text).unwrap();
        }
    }
    let version = package["version"].as_str().unwrap();
    assert_eq!(version, env!("CARGO_PKG_VERSION"));
    let out = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let pack = || {
        let script = folder.join("package.py");
        let done = std::process::Command::new("python3")
            .arg(script)
            .arg(out)
            .output();
        done.ok().map(|done| {
            assert!(done.status.success(), "{done:?}");
            fs::read(out.join(format!("theus-{version}.vsix"))).unwrap()
        })
    };
    let Some(first) = pack() else {
        return eprintln!("not packed: there is no python3");
    };
    assert!(first.starts_with(b"PK\x03\x04") && first.len() > 10_000);
    assert!(Some(first) == pack(), "the same files give the same bytes");
}
