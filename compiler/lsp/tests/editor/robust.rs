//! Random edits over the examples, with requests in between: nothing panics, nothing that is
//! shown is stale, memory does not grow.
//!
//! `THEUS_LSP_EDITS=100000` for the long run, half of them by each of two editors, which say how
//! fast they were and how much memory was held (`CONTRIBUTING.md` has the command).

#[path = "../../../../grammar/tests/support/programs.rs"]
mod programs;

use std::path::Path;
use std::time::{Duration, Instant};

use crate::client::{Client, position};
use programs::{Random, programs};
use serde_json::{Value, json};
use theus::{InMemory, Levels, Report, Text};
use theus_diag::{Code, Diagnostic};
use theus_lsp::{Encoding, Ended, Lines};

/// Edits of both editors if nothing else is said.
const EDITS: u32 = 150;

/// How long checks may take to be proved.
const PATIENCE: Duration = Duration::from_secs(60);

/// Of texts without errors, one in so many is proved; and whenever something was told of it.
const PROVED: usize = 10;

/// A program that has checks which always fail, until it is changed.
const VALVE: &str = "\
context tank { valve: f64 in 0.0..=1.0 = 0.0  levels: [f64; 4] = [0.0; 4] }
process open {
    outputs tank
    tank.valve = 0.4 + 10.0
    tank.levels[3] = tank.valve
}
pipeline main every 1s { open }
";

fn examples() -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples");
    let alone = |text: &String| {
        let mut uses = text.lines().filter(|line| line.starts_with("use "));
        uses.all(|line| line.contains("std."))
    };
    programs([root])
        .into_iter()
        .filter(alone)
        .chain([VALVE.to_owned()])
        .chain([VALVE.replace('\n', "\r\n")])
        .collect()
}

/// One of the examples, a short one more often.
fn example<'e>(random: &mut Random, examples: &'e [String]) -> &'e String {
    let (one, other) = (random.below(examples.len()), random.below(examples.len()));
    let (one, other) = (&examples[one], &examples[other]);
    if one.len() < other.len() { one } else { other }
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
    "9",
    "[9]",
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

/// What is said of a text: the code, the title and the place.
fn told(text: &str, found: &[Diagnostic]) -> Vec<Value> {
    let lines = Lines::new(text.into(), Encoding::Utf16);
    let found = found.iter().map(|found| {
        let span = found.primary.span;
        let place = |at: u32| {
            let place = lines.position(at as usize);
            json!({ "line": place.line, "character": place.character })
        };
        json!({
            "code": found.code.id(), "title": found.title,
            "start": place(span.start), "end": place(span.end),
        })
    });
    found.collect()
}

/// The same of what is shown.
fn seen(shown: &Value) -> Vec<Value> {
    let shown = shown.as_array().unwrap().iter().map(|shown| {
        let title = shown["message"].as_str().unwrap().lines().next().unwrap();
        json!({
            "code": shown["code"], "title": title,
            "start": shown["range"]["start"], "end": shown["range"]["end"],
        })
    });
    shown.collect()
}

/// What is shown is what a fresh check finds, and the lints, and the proofs.
fn compare(
    client: &mut Client,
    (random, done): (&mut Random, &mut Done),
    uri: &str,
    name: &str,
    text: &str,
) {
    let mut found = seen(&shown(client, uri));
    done.compared += 1;
    let module = name.rsplit('/').next().unwrap().trim_end_matches(".theus");
    let root = Text {
        module: module.to_owned(),
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let since = now();
    let report = theus::lint(root.clone(), &InMemory::new(), &Levels::default());
    if random.below(8) == 0 {
        as_checked(&report, &theus::check(root.clone(), &InMemory::new()));
    }
    let fresh = told(text, &report.found);
    // Checks that always fail are told when they have been proved, after the rest.
    let fails = |one: &Value| one["code"] == "T0700";
    let proved =
        found.iter().any(fails) || !report.has_errors() && random.below(PROVED) == 0;
    if !proved {
        assert_eq!(found, fresh, "{text}");
        done.checking += since.elapsed();
        return;
    }
    let (_, proved) = theus::prove(root, &InMemory::new()).unwrap();
    let mut refuted = proved.found;
    refuted.retain(|found| found.code == Code::AlwaysFails);
    let refuted = told(text, &refuted);
    let whole = [fresh.clone(), refuted.clone()].concat();
    done.checking += since.elapsed();
    done.proved += 1;
    let since = now();
    // Nothing but those may be missing, and not for long.
    while found == fresh && found != whole && since.elapsed() < PATIENCE {
        std::thread::sleep(Duration::from_millis(5));
        found = seen(&shown(client, uri));
    }
    assert_eq!(found, whole, "{text}");
    done.refuted += u32::from(!refuted.is_empty());
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
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

#[test]
fn random_edits_leave_nothing_stale() {
    let told = json!({ "workspace": { "inlayHint": { "refreshSupport": true } } });
    edits("told", told, 7);
}

#[test]
fn random_edits_are_seen_by_who_asks() {
    let asks = json!({
        "textDocument": { "diagnostic": {} },
        "workspace": { "diagnostics": { "refreshSupport": true } },
    });
    edits("asks", asks, 11);
}

/// What has been done.
#[derive(Default)]
struct Done {
    edits: u32,
    version: i32,
    /// How often what is shown was compared with a fresh check.
    compared: u32,
    /// How often the proofs were too, and how often some check always fails.
    proved: u32,
    refuted: u32,
    /// How long the fresh checks took.
    checking: Duration,
    /// MiB in use, ten times.
    held: Vec<u64>,
}

fn edits(editor: &str, capabilities: Value, seed: u64) {
    let told = std::env::var_os("THEUS_LSP_EDITS");
    let told = told.map(|told| told.to_string_lossy().into_owned());
    let wanted: u32 = told.as_ref().map_or(EDITS, |told| told.parse().unwrap()) / 2;
    let start = json!({ "capabilities": capabilities });
    // What is proved is not waited for by people.
    let rest = Duration::from_millis(10);
    let mut client = Client::resting(start, |_| Levels::default(), rest);
    let examples = examples();
    assert!(examples.len() > 10);
    let mut random = Random(seed);
    let (mut done, since) = (Done::default(), now());
    while done.edits < wanted {
        let whole = example(&mut random, &examples);
        file(&mut client, &mut random, &mut done, whole);
        while done.edits >= wanted / 10 * u32::try_from(done.held.len() + 1).unwrap() {
            done.held.push(resident().unwrap_or(0) >> 20);
        }
    }
    assert_eq!(client.end(), Ended::Well);
    if told.is_some() {
        let Done {
            edits,
            compared,
            proved,
            refuted,
            held,
            checking,
            ..
        } = &done;
        let (seconds, checking) = (since.elapsed().as_secs_f64(), checking.as_secs_f64());
        let rate = f64::from(*edits) / seconds;
        say(&format!(
            "{editor}: {edits} edits in {seconds:.0} s ({checking:.0} s of them for fresh checks), {rate:.0} a second; {compared} times compared, {proved} times with proofs, {refuted} of those with checks that always fail; MiB held: {held:?}"
        ));
    }
    if let (true, [_, _, early, .., late]) = (wanted > 1000, done.held.as_slice()) {
        // Six edits in ten thousand leave a check that always fails: few edits may make none.
        assert!(done.refuted > 0 || wanted < 20_000, "no check was refuted");
        assert!(*late < early + 64, "memory grows: {:?}", done.held);
    }
}

/// Some edits of a text, the last of them seen by nobody before the file is closed or is
/// compared again.
fn file(client: &mut Client, random: &mut Random, done: &mut Done, whole: &str) {
    let mut text = whole.to_owned();
    let name = format!("file{}", random.below(3));
    let uri = client.open(&name, &text);
    let path = format!("/w/{name}.theus");
    let mut undo: Vec<(usize, usize, String)> = Vec::new();
    for _ in 0..25 {
        // Mistakes are often taken back at once.
        let back = if random.below(3) == 0 {
            undo.pop()
        } else {
            None
        };
        let is_back = back.is_some();
        let (start, end, new) = back.unwrap_or_else(|| edit(random, &text, whole));
        let (from, to) = (position(&text, start), position(&text, end));
        let range = json!({
            "start": { "line": from.0, "character": from.1 },
            "end": { "line": to.0, "character": to.1 },
        });
        // An editor counts `\r` alone as the end of a line; keep to what both count.
        let mut next = text.clone();
        next.replace_range(start..end, &new);
        // No editor has a place within `\r\n`.
        let within =
            |at: usize| text[..at].ends_with('\r') && text[at..].starts_with('\n');
        if within(start)
            || within(end)
            || has_lone_return(&next)
            || has_lone_return(&text)
        {
            undo.clear();
            continue;
        }
        if !is_back {
            undo.push((start, start + new.len(), text[start..end].to_owned()));
        }
        done.version += 1;
        let change = json!([{ "range": range, "text": new }]);
        client.change(&uri, done.version, change);
        text = next;
        done.edits += 1;
        match random.below(10) {
            // The next edit comes at once.
            0 => continue,
            1..=4 => ask(client, random, &uri, &text),
            _ => {}
        }
        compare(client, (&mut *random, &mut *done), &uri, &path, &text);
    }
    compare(client, (&mut *random, &mut *done), &uri, &path, &text);
    client.notify(
        "textDocument/didClose",
        json!({ "textDocument": { "uri": uri } }),
    );
    client.told.clear();
}

#[expect(clippy::disallowed_methods, reason = "a long run says how fast it was")]
fn now() -> Instant {
    Instant::now()
}

#[expect(clippy::print_stderr, reason = "a long run says what it has done")]
fn say(text: &str) {
    eprintln!("{text}");
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
