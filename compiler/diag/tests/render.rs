//! Renderers take any diagnostic about any text: no panic, no control characters, bounded
//! length.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where it cannot go on"
)]

use theus_diag::render::{self, Style, json, plain, sarif, short};
use theus_diag::{Code, Diagnostic, NOWHERE};
use theus_grammar::{FileId, Source, Span};

/// A small generator, so that a failure can be repeated.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % bound.max(1) as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const PIECES: &[&str] = &[
    "a",
    " ",
    "\n",
    "\r\n",
    "\t",
    "é",
    "温度",
    "🦀",
    "e\u{301}",
    "\u{202e}",
    "\u{1b}[31m",
    "\r",
    "{",
    "let x = 1.0",
    "\u{feff}",
    "\u{0}",
    "\u{85}",
    "// comment",
    "\u{200d}",
    "}\n\n",
];

fn text(random: &mut Random) -> String {
    let count = random.below(40);
    let mut text: String = (0..count).map(|_| *random.pick(PIECES)).collect();
    if random.below(20) == 0 {
        text += &"long ".repeat(500);
    }
    text
}

fn span(random: &mut Random, files: usize) -> Span {
    let file = u32::try_from(random.below(files + 1)).unwrap();
    let start = u32::try_from(random.below(150)).unwrap();
    let end = u32::try_from(random.below(160)).unwrap();
    match random.below(30) {
        0 => NOWHERE,
        1 => Span::new(FileId(file), u32::MAX, u32::MAX),
        _ => Span::new(FileId(file), start, end),
    }
}

fn diagnostic(random: &mut Random, files: usize) -> Diagnostic {
    let code = *random.pick(Code::ALL);
    let mut found =
        Diagnostic::new(code, span(random, files), text(random)).title(text(random));
    for _ in 0..random.below(4) {
        found = found.label(span(random, files), text(random));
    }
    for _ in 0..random.below(3) {
        found =
            found
                .help(text(random))
                .fix(text(random), span(random, files), text(random));
    }
    found
}

#[test]
fn any_span_of_any_text_can_be_rendered() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    for _ in 0..20_000 {
        let sources: Vec<Source> = (0..3)
            .map(|file| {
                Source::new(FileId(file), format!("f{file}.theus"), text(&mut random))
            })
            .collect();
        let found = vec![diagnostic(&mut random, sources.len())];
        let width = 20 + random.below(100);
        let shown = render::terminal(
            &found,
            &sources,
            Style {
                width,
                color: false,
            },
        );
        let plain = plain::render((&found[0]).into(), &sources, width);
        let line = short::render(&found[0], &sources);
        for output in [&shown, &plain, &line] {
            assert!(
                output.chars().all(|c| c == '\n' || !c.is_control()),
                "{output:?}"
            );
            assert!(output.contains(found[0].code.id()), "{output}");
        }
        assert!(!line.contains('\n'), "{line:?}");
        let report = json::render(&found, &sources);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["diagnostics"][0]["code"], found[0].code.id());
        let log = sarif::render(&found, &sources);
        let log: serde_json::Value = serde_json::from_str(&log).unwrap();
        assert_eq!(log["runs"][0]["results"][0]["ruleId"], found[0].code.id());
    }
}

fn sample() -> (Vec<Diagnostic>, Vec<Source>) {
    let main =
        "context c { x: f64 = 0.0 }\n\nprocess p {\n\toutputs c.x\n\tc.x = angle\n}\n";
    let sources = vec![
        Source::new(FileId(0), "main.theus", main),
        Source::new(FileId(1), "other.theus", "const 角度 = 1.0\n"),
    ];
    let at = |text: &str| {
        let start = u32::try_from(main.find(text).unwrap()).unwrap();
        Span::new(FileId(0), start, start + u32::try_from(text.len()).unwrap())
    };
    let found = vec![
        Diagnostic::new(Code::UnknownName, at("angle"), "there is no such name")
            .title("unknown name `angle`")
            .label(at("process p"), "in this process")
            .label(
                Span::new(FileId(1), 6, 12),
                "did you mean this one, of another module?",
            )
            .help("import it: `use other`")
            .fix("write `other.角度`", at("angle"), "other.角度"),
        Diagnostic::new(Code::UnusedOutput, at("c.x"), "an output"),
        Diagnostic::new(
            Code::MissingClose,
            Span::new(FileId(0), 9999, 9999),
            "`}` expected",
        ),
        Diagnostic::new(Code::Usage, NOWHERE, "")
            .title("no such option")
            .help("see `--help`"),
    ];
    (found, sources)
}

#[test]
fn drawings() {
    let (found, sources) = sample();
    insta::assert_snapshot!(render::terminal(&found, &sources, Style::default()));
}

#[test]
fn drawings_in_colour() {
    let (found, sources) = sample();
    let style = Style {
        width: 60,
        color: true,
    };
    let text = render::terminal(&found, &sources, style).replace('\u{1b}', "␛");
    insta::assert_snapshot!(text);
}

#[test]
fn plain_text() {
    let (found, sources) = sample();
    let texts = found
        .iter()
        .map(|found| plain::render(found.into(), &sources, 80));
    insta::assert_snapshot!(texts.collect::<String>());
}

#[test]
fn one_line_each() {
    let (found, sources) = sample();
    let lines: Vec<_> = found
        .iter()
        .map(|found| short::render(found, &sources))
        .collect();
    insta::assert_snapshot!(lines.join("\n"));
    insta::assert_snapshot!(render::summary(&found), @"3 errors, 1 warning");
}

#[test]
fn as_json() {
    let (found, sources) = sample();
    insta::assert_snapshot!(json::render(&found, &sources));
}

#[test]
fn as_sarif() {
    let (found, sources) = sample();
    insta::assert_snapshot!(sarif::render(&found[..1], &sources[..1]));
}
