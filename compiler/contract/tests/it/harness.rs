//! Checks a text and compares what is found with a table.

use theus_diag::{Diagnostic, Sink};
use theus_grammar::{FileId, Source};
use theus_hir::Typed;
use theus_hir::build::ParsedModule;

/// The library of these tests: only what they need.
const PRELUDE: &str = "
intrinsic fn abs<T: number>(value: T) -> T
intrinsic fn finite<T>(value: T) -> bool
intrinsic fn len<T, const N>(value: [T; N]) -> i64
intrinsic fn push<T, const N>(inout ring: ring<T, N>, value: T)
intrinsic fn clear<T, const N>(inout ring: ring<T, N>)
fn norm<const N>(v: [f64; N]) -> f64 {
    var most = 0.0
    for i in 0..N { if abs(v[i]) > most { most = abs(v[i]) } }
    return most
}
";

const RANDOM: &str = "fn uniform(draw: u64, lo: f64, hi: f64) -> f64 { return lo }";

/// Stands after every program, so that its lines count from 1.
const CONTEXTS: &str = "
struct Params { m0: f64 = 1.0, m1: f64 = 2.0 }
enum Law { Sta, Smc }
context plant {
    global p: Params
    global law: Law
    x: [f64; 6]
    u: f64
    n: i64
    s: Params
    signal fallen: bool
    signal hits: u64
    meta saturated: u64
    history: ring<f64, 8>
}
context gains {
    global k: f64 in 0.0..=100.0 = 10.0
    global i: f64 = 0.0
}
";

/// Reads and resolves a program.
pub(crate) fn typed(text: &str, sink: &mut Sink) -> Typed {
    let files = [
        ("std.prelude", PRELUDE.to_owned(), true),
        ("std.random", RANDOM.to_owned(), true),
        ("main", format!("{text}{CONTEXTS}"), false),
    ];
    let modules = files
        .into_iter()
        .zip(0..)
        .map(|((name, text, is_std), id)| {
            let parsed =
                theus_grammar::parse(&Source::new(FileId(id), name, text.clone()));
            assert!(parsed.errors.is_empty(), "{text}\n{:#?}", parsed.errors);
            ParsedModule {
                name: name.into(),
                file: parsed.file.into(),
                is_std,
                reached: None,
            }
        });
    let modules: Vec<_> = modules.collect();
    theus_hir::build::build(&modules, sink)
}

/// What is found, in the order of the text.
pub(crate) fn diagnostics(text: &str) -> Vec<Diagnostic> {
    let mut sink = Sink::new();
    let program = typed(text, &mut sink);
    theus_contract::check(&program, &mut sink);
    sink.into_sorted()
}

/// `T0401 3:13` for each finding.
fn places(text: &str, found: &[Diagnostic]) -> Vec<String> {
    let source = Source::new(FileId(2), "main", text);
    let place = |one: &Diagnostic| {
        assert_eq!(one.primary.span.file, FileId(2), "{text}\n{one:#?}");
        let (line, column) = source.position(one.primary.span.start);
        format!("{} {line}:{column}", one.code.id())
    };
    found.iter().map(place).collect()
}

/// Asserts that exactly this is found, and that every offered fix mends its problem.
pub(crate) fn expect(text: &str, want: &[&str]) {
    let found = diagnostics(text);
    let titles: Vec<_> = found.iter().map(|one| &one.title).collect();
    assert_eq!(places(text, &found), want, "{text}\n{titles:#?}");
    for one in &found {
        wording(one);
        for fix in &one.fixes {
            mends(text, one, &fix.edits);
        }
    }
}

/// The house rules of wording.
fn wording(found: &Diagnostic) {
    let texts = std::iter::once(&found.title)
        .chain(found.labels.iter().map(|label| &label.text))
        .chain(std::iter::once(&found.primary.text));
    for text in texts {
        let capital = text.chars().next().is_none_or(char::is_uppercase);
        assert!(!capital && !text.ends_with('.'), "{found:#?}");
        assert_eq!(text.matches('`').count() % 2, 0, "{found:#?}");
    }
    assert!(
        !found.help.is_empty() || !found.fixes.is_empty(),
        "{found:#?}"
    );
}

fn mends(text: &str, one: &Diagnostic, edits: &[(theus_grammar::Span, String)]) {
    let mut mended = text.to_owned();
    let mut edits = edits.to_vec();
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    for (span, new) in edits {
        mended.replace_range(span.start as usize..span.end as usize, &new);
    }
    let after = diagnostics(&mended);
    let stays = after
        .iter()
        .any(|other| other.code == one.code && other.title == one.title);
    assert!(!stays, "{mended}\n{one:#?}");
    let before = diagnostics(text);
    assert!(after.len() < before.len() + 1, "{mended}\n{after:#?}");
}
