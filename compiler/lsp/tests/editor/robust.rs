//! Random edits over the examples, with requests in between: nothing panics, nothing that is
//! shown is stale, memory does not grow.
//!
//! `THEUS_LSP_EDITS=100000` for the long run.

use std::fs;
use std::path::{Path, PathBuf};

use crate::client::{Client, position};
use serde_json::{Value, json};
use theus::{InMemory, Levels, Report, Text};
use theus_lsp::{Encoding, Ended, Lines};

/// Edits if nothing else is said.
const EDITS: u32 = 75;

/// Numbers that follow from a seed (`splitmix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % (end.max(1) as u64)).unwrap()
    }
}

fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let mut open: Vec<PathBuf> = vec![root];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "theus") {
                found.push(path);
            }
        }
    }
    found.sort();
    let texts = found.iter().map(|path| fs::read_to_string(path).unwrap());
    texts
        .filter(|text| {
            !text
                .lines()
                .any(|line| line.starts_with("use ") && !line.contains("std."))
        })
        .collect()
}

const PIECES: &[&str] = &[
    "\n",
    "{",
    "}",
    "(",
    ")",
    " ",
    ".",
    ",",
    "\"",
    "x",
    "c.x",
    "let a = 1.0\n",
    "process p {\n",
    "inputs ",
    "outputs ",
    "0..=9",
    "if true {",
    "match ",
    "é",
    "\u{1f600}",
    "\r\n",
    "//",
    "/// d\n",
    "fn f(a: f64) -> f64 { return a }\n",
    "use std.math\n",
    "context k { y: i64 }\n",
    "-> ",
    "= ",
];

/// Where a random place is: a character boundary.
fn place(random: &mut Random, text: &str) -> usize {
    let mut at = random.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// An edit: what goes, and what comes.
fn edit(random: &mut Random, text: &str, whole: &str) -> (usize, usize, String) {
    let start = place(random, text);
    let end = (start + random.below(12)).min(text.len());
    let end = (end..=text.len())
        .find(|at| text.is_char_boundary(*at))
        .unwrap();
    match random.below(10) {
        0..=4 => (start, start, PIECES[random.below(PIECES.len())].to_owned()),
        5..=7 => (start, end, String::new()),
        8 => (start, end, PIECES[random.below(PIECES.len())].to_owned()),
        // A part of the file again, or all of it as it was.
        _ if random.below(3) == 0 => (0, text.len(), whole.to_owned()),
        _ => {
            let from = place(random, whole);
            let to = (from + 60).min(whole.len());
            let to = (to..=whole.len())
                .find(|at| whole.is_char_boundary(*at))
                .unwrap();
            (start, start, whole[from..to].to_owned())
        }
    }
}

fn ask(client: &mut Client, random: &mut Random, uri: &str, text: &str) {
    let (line, character) = position(text, place(random, text));
    let at = json!({ "line": line, "character": character });
    let end = json!({ "line": line + 9, "character": 0 });
    let of = json!({ "uri": uri });
    let (method, params) = match random.below(14) {
        0 => (
            "textDocument/completion",
            json!({ "textDocument": of, "position": at }),
        ),
        1 => (
            "textDocument/hover",
            json!({ "textDocument": of, "position": at }),
        ),
        2 => (
            "textDocument/definition",
            json!({ "textDocument": of, "position": at }),
        ),
        3 => (
            "textDocument/references",
            json!({ "textDocument": of, "position": at, "context": { "includeDeclaration": true } }),
        ),
        4 => ("textDocument/documentSymbol", json!({ "textDocument": of })),
        5 => ("textDocument/foldingRange", json!({ "textDocument": of })),
        6 => (
            "textDocument/formatting",
            json!({ "textDocument": of, "options": {} }),
        ),
        7 => (
            "textDocument/semanticTokens/full",
            json!({ "textDocument": of }),
        ),
        8 => (
            "textDocument/inlayHint",
            json!({ "textDocument": of, "range": { "start": at, "end": end } }),
        ),
        9 => (
            "textDocument/codeAction",
            json!({
                "textDocument": of, "range": { "start": at, "end": end },
                "context": { "diagnostics": [] },
            }),
        ),
        10 => (
            "textDocument/signatureHelp",
            json!({ "textDocument": of, "position": at }),
        ),
        11 => (
            "textDocument/rename",
            json!({ "textDocument": of, "position": at, "newName": "renamed" }),
        ),
        12 => (
            "textDocument/selectionRange",
            json!({ "textDocument": of, "positions": [at] }),
        ),
        _ => ("textDocument/codeLens", json!({ "textDocument": of })),
    };
    if let Err(error) = client.request(method, params) {
        let code = error["code"].as_i64().unwrap();
        // Refused, or out of date: nothing else may happen.
        assert!(matches!(code, -32803 | -32801), "{method}: {error}");
    }
}

/// What an editor shows: what it was told, or what it is answered.
fn shown(client: &mut Client, uri: &str) -> Value {
    if client.capabilities["capabilities"]["diagnosticProvider"].is_null() {
        return client.diagnostics(uri);
    }
    let answer = client.of("textDocument/diagnostic", uri).unwrap();
    assert_eq!(answer["kind"], "full");
    answer["items"].clone()
}

/// What is shown is what a fresh check finds, and the lints.
fn compare(client: &mut Client, uri: &str, name: &str, text: &str) {
    let shown = shown(client, uri);
    let module = name.rsplit('/').next().unwrap().trim_end_matches(".theus");
    let root = Text {
        module: module.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let report = theus::lint(root.clone(), &InMemory::new(), &Levels::default());
    as_checked(&report, &theus::check(root, &InMemory::new()));
    let lines = Lines::new(text.into(), Encoding::Utf16);
    let fresh: Vec<Value> = report
        .found
        .iter()
        .map(|found| {
            let span = found.primary.span;
            let place = |at: u32| {
                let place = lines.position(at as usize);
                json!({ "line": place.line, "character": place.character })
            };
            json!({
                "code": found.code.id(), "title": found.title,
                "start": place(span.start), "end": place(span.end),
            })
        })
        .collect();
    // Checks that always fail are told when they have been proved, after the rest.
    let shown = shown.as_array().unwrap().iter();
    let shown: Vec<Value> = shown
        .filter(|shown| shown["code"] != "T0700")
        .map(|shown| {
            let title = shown["message"].as_str().unwrap().lines().next().unwrap();
            json!({
                "code": shown["code"], "title": title,
                "start": shown["range"]["start"], "end": shown["range"]["end"],
            })
        })
        .collect();
    assert_eq!(shown, fresh, "{text}");
}

/// What tools find is what `check` finds, with what the lints find in a program without errors.
fn as_checked(report: &Report, checked: &Report) {
    if checked.has_errors() {
        assert_eq!(
            format!("{:?}", report.found),
            format!("{:?}", checked.found)
        );
        return;
    }
    let found: Vec<String> = report.found.iter().map(|one| format!("{one:?}")).collect();
    for one in &checked.found {
        assert!(found.contains(&format!("{one:?}")), "{one:?}\n{found:?}");
    }
    assert!(!report.has_errors(), "{report}");
}

/// Bytes of memory in use, where the system tells.
fn resident() -> Option<u64> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[test]
fn random_edits_leave_nothing_stale() {
    edits(Client::new(), 7);
}

#[test]
fn random_edits_are_seen_by_who_asks() {
    let client = Client::with(json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    }));
    edits(client, 11);
}

fn edits(mut client: Client, seed: u64) {
    let edits = std::env::var_os("THEUS_LSP_EDITS");
    let edits: u32 =
        edits.map_or(EDITS, |edits| edits.to_string_lossy().parse().unwrap());
    let examples = examples();
    assert!(examples.len() > 10);
    let mut random = Random(seed);
    let mut done = 0;
    let mut version = 1;
    let mut early = None;
    while done < edits {
        let whole = &examples[random.below(examples.len())];
        let mut text = whole.clone();
        let name = format!("file{}", random.below(3));
        let uri = client.open(&name, &text);
        for _ in 0..25 {
            let (start, end, new) = edit(&mut random, &text, whole);
            let (from, to) = (position(&text, start), position(&text, end));
            let range = json!({
                "start": { "line": from.0, "character": from.1 },
                "end": { "line": to.0, "character": to.1 },
            });
            // An editor counts `\r` alone as the end of a line; keep to what both count.
            let mut next = text.clone();
            next.replace_range(start..end, &new);
            if has_lone_return(&next) || has_lone_return(&text) {
                continue;
            }
            version += 1;
            client.change(&uri, version, json!([{ "range": range, "text": new }]));
            text = next;
            done += 1;
            if random.below(2) == 0 {
                ask(&mut client, &mut random, &uri, &text);
            }
            if random.below(3) == 0 {
                compare(&mut client, &uri, &format!("/w/{name}.theus"), &text);
            }
        }
        compare(&mut client, &uri, &format!("/w/{name}.theus"), &text);
        client.notify(
            "textDocument/didClose",
            json!({ "textDocument": { "uri": uri } }),
        );
        client.told.clear();
        if done > edits / 3 && early.is_none() {
            early = resident();
        }
    }
    if let (Some(early), Some(late)) = (early, resident())
        && edits > 1000
    {
        assert!(late < early + (64 << 20), "memory grows: {early} to {late}");
    }
    assert_eq!(client.end(), Ended::Well);
}

fn has_lone_return(text: &str) -> bool {
    text.replace("\r\n", "").contains('\r')
}

#[test]
fn places_there_and_back() {
    let mut random = Random(3);
    for _ in 0..500 {
        let pieces = random.below(12);
        let text: String = (0..pieces)
            .map(|_| PIECES[random.below(PIECES.len())])
            .collect();
        for encoding in [Encoding::Utf8, Encoding::Utf16] {
            let lines = Lines::new(text.as_str().into(), encoding);
            for (at, _) in text.char_indices().chain([(text.len(), ' ')]) {
                // The place within `\r\n` is none.
                if text[..at].ends_with('\r') {
                    continue;
                }
                assert_eq!(lines.offset(lines.position(at)), at, "{text:?}");
            }
        }
    }
}
