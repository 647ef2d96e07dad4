//! How a program looks in an editor: a picture of what the server says of one with a mistake. Colours,
//! hints, lenses and the problem are its answers, nothing is painted by hand. `THEUS_BLESS=1` writes it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::client::Client;
use serde_json::{Value, json};

/// The controller sends percent to a valve that takes a fraction.
const PROGRAM: &str = "\
/// A tank that a valve fills.
context tank {
    global area: f64 in 0.5..=4.0 = 1.5
    level: f64 in 0.0..=2.0 = 0.4
    valve: f64 in 0.0..=1.0 = 0.0
    meta fills: u64
}

/// What comes in raises the level.
process fill {
    inputs   tank.area, tank.valve, tank.level
    outputs  tank.level, tank.fills
    requires tank.level < 1.9

    let inflow = 0.05 * tank.valve
    tank.level += inflow / tank.area
    tank.fills += 1
}

/// Opens the valve as the level falls.
process steer {
    inputs  tank.level
    outputs tank.valve

    let gap = 1.2 - tank.level
    tank.valve = clamp(50.0 + 80.0 * gap, 10.0, 100.0)
}

pipeline main every 100ms {
    fill -> steer
}
";

/// Width and height of a character, and of a line.
const WIDE: f64 = 7.8;
const LINE: f64 = 21.0;
/// How large hints are, of the size of the text.
const SMALL: f64 = 0.86;
/// Where the text begins.
const LEFT: f64 = 62.0;
const TOP: f64 = 46.0;
const PAPER: f64 = 880.0;

/// Classes, and their fill on light and dark pages.
const COLOURS: &[(&str, &str, &str)] = &[
    ("paper", "#ffffff", "#0d1117"),
    ("bar", "#f3f5f8", "#161b22"),
    ("edge", "#d5dbe3", "#30363d"),
    ("plain", "#24292f", "#d7dee6"),
    ("dim", "#a3abb6", "#545d68"),
    ("title", "#57606a", "#9aa4af"),
    ("keyword", "#a0278f", "#e28bd4"),
    ("comment", "#6a7581", "#8b96a3"),
    ("number", "#0b5cad", "#79b8ff"),
    ("string", "#0b6b3a", "#8ddb8c"),
    ("type", "#2c6e49", "#7fcf9b"),
    ("namespace", "#24292f", "#d7dee6"),
    ("class", "#1f4fb8", "#9ecbff"),
    ("function", "#1f4fb8", "#9ecbff"),
    ("variable", "#24292f", "#d7dee6"),
    ("data", "#0f7286", "#56d4dd"),
    ("global", "#a85400", "#f0a45d"),
    ("meta", "#6e7781", "#a9b3be"),
    ("hint", "#76808c", "#8b949e"),
    ("hint-box", "#eef1f5", "#1c232c"),
    ("good", "#1a7f37", "#57c46d"),
    ("bad", "#cf222e", "#ff7b72"),
    ("bad-box", "#fdf0f0", "#25171a"),
];

struct Picture {
    out: String,
    /// Where the next line begins.
    y: f64,
}

impl Picture {
    /// A text at a place, as wide as its characters are.
    fn text(&mut self, x: f64, class: &str, text: &str, size: f64) {
        let wide = text.chars().count() as f64 * WIDE * size;
        let small = if size < 1.0 { " s" } else { "" };
        let text = text.replace('&', "&amp;").replace('<', "&lt;");
        let y = self.y;
        let _ = writeln!(
            self.out,
            "<text class=\"{class}{small}\" x=\"{x:.1}\" y=\"{y:.1}\" textLength=\"{wide:.1}\">{text}</text>"
        );
    }

    fn hint(&mut self, x: f64, label: &str) -> f64 {
        let wide = label.chars().count() as f64 * WIDE * SMALL + 8.0;
        let top = self.y - 12.5;
        let _ = writeln!(
            self.out,
            "<rect class=\"hint-box\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"17\" rx=\"4\"/>"
        );
        let class = match label {
            "proved" => "good",
            "refuted" => "bad",
            _ => "hint",
        };
        self.text(x + 4.0, class, label, SMALL);
        wide
    }

    /// The line below what is wrong.
    fn wave(&mut self, from: f64, to: f64) {
        let y = self.y + 4.5;
        let _ = write!(self.out, "<path class=\"wave\" d=\"M{from:.1} {y:.1}");
        let mut x = from;
        while x + 4.0 <= to {
            self.out += "q1 -2.6 2 0t2 0";
            x += 4.0;
        }
        self.out += "\"/>\n";
    }

    /// A problem, under its line.
    fn problem(&mut self, x: f64, found: &Value) {
        let message = found["message"].as_str().unwrap();
        let wide = PAPER - x - 22.0;
        let most = ((wide - 28.0) / (WIDE * SMALL)) as usize;
        let lines: Vec<String> = message
            .lines()
            .flat_map(|line| wrapped(line, most))
            .collect();
        let high = lines.len() as f64 * 19.0 + 14.0;
        let top = self.y - 11.0;
        let _ = writeln!(
            self.out,
            "<rect class=\"bad-box\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" rx=\"5\"/>\
             <rect class=\"bad\" x=\"{x:.1}\" y=\"{top:.1}\" width=\"3\" height=\"{high:.1}\" rx=\"1.5\"/>"
        );
        self.y += 9.0;
        for (at, line) in lines.iter().enumerate() {
            let class = if at == 0 { "bad" } else { "plain" };
            self.text(x + 14.0, class, line, SMALL);
            if at == 0 {
                let code = format!("theus {}", found["code"].as_str().unwrap());
                let end = PAPER - 34.0 - code.len() as f64 * WIDE * SMALL;
                self.text(end, "hint", &code, SMALL);
            }
            self.y += 19.0;
        }
        self.y += 7.0;
    }
}

/// A line as lines of so many characters, broken at blanks.
fn wrapped(line: &str, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().unwrap();
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + 1 + word.chars().count() <= most {
            *last += &format!(" {word}");
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

/// What the server says.
struct Answers {
    /// By line: column, length, class.
    tokens: BTreeMap<usize, Vec<(usize, usize, String)>>,
    /// By line: column, label.
    hints: BTreeMap<usize, Vec<(usize, String)>>,
    lenses: BTreeMap<usize, String>,
    problems: Vec<Value>,
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}

/// The class of a token: a field has the colour of its zone.
fn class(kind: &str, modifiers: &[&str]) -> String {
    let zones = ["global", "data", "signal", "meta", "heavy"];
    match kind {
        "property" => {
            let mut zones = zones.iter().filter(|zone| modifiers.contains(zone));
            zones.next().map_or("data", |zone| zone).to_owned()
        }
        "method" => "function".to_owned(),
        other => other.to_owned(),
    }
}

fn tokens(
    client: &mut Client,
    uri: &str,
) -> BTreeMap<usize, Vec<(usize, usize, String)>> {
    let answer = client.of("textDocument/semanticTokens/full", uri).unwrap();
    let legend = &client.capabilities["capabilities"]["semanticTokensProvider"]["legend"];
    let names = |what: &str| -> Vec<String> {
        let names = legend[what].as_array().unwrap().iter();
        names
            .map(|name| name.as_str().unwrap().to_owned())
            .collect()
    };
    let (types, modifiers) = (names("tokenTypes"), names("tokenModifiers"));
    let mut found: BTreeMap<usize, Vec<(usize, usize, String)>> = BTreeMap::new();
    let (mut line, mut column) = (0, 0);
    let data: Vec<usize> = answer["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(number)
        .collect();
    for token in data.chunks(5) {
        line += token[0];
        column = if token[0] > 0 {
            token[1]
        } else {
            column + token[1]
        };
        let bits = modifiers.iter().enumerate();
        let bits = bits.filter(|(at, _)| token[4] & 1 << at != 0);
        let bits: Vec<&str> = bits.map(|(_, name)| name.as_str()).collect();
        let token = (column, token[2], class(&types[token[3]], &bits));
        found.entry(line).or_default().push(token);
    }
    found
}

fn answers(client: &mut Client, uri: &str) -> Answers {
    let whole = json!({
        "textDocument": { "uri": uri },
        "range": { "start": { "line": 0, "character": 0 }, "end": { "line": 99, "character": 0 } },
    });
    // The checks are proved while nobody waits: then the server asks to be asked again.
    client
        .request("textDocument/inlayHint", whole.clone())
        .unwrap();
    client.wait_for("workspace/inlayHint/refresh");
    let mut hints: BTreeMap<usize, Vec<(usize, String)>> = BTreeMap::new();
    let answer = client.request("textDocument/inlayHint", whole).unwrap();
    for hint in answer.as_array().unwrap() {
        let (line, column) = (&hint["position"]["line"], &hint["position"]["character"]);
        let label = hint["label"].as_str().unwrap().to_owned();
        hints
            .entry(number(line))
            .or_default()
            .push((number(column), label));
    }
    let mut lenses = BTreeMap::new();
    for lens in client
        .of("textDocument/codeLens", uri)
        .unwrap()
        .as_array()
        .unwrap()
    {
        let title = lens["command"]["title"].as_str().unwrap().to_owned();
        lenses.insert(number(&lens["range"]["start"]["line"]), title);
    }
    let problems = client.diagnostics(uri);
    Answers {
        tokens: tokens(client, uri),
        hints,
        lenses,
        problems: problems.as_array().unwrap().clone(),
    }
}

/// One line of the program, with what is said of it.
fn line(picture: &mut Picture, at: usize, text: &str, said: &Answers) {
    let none = Vec::new();
    let hints = said.hints.get(&at).unwrap_or(&none);
    let starts_here = |found: &&Value| number(&found["range"]["start"]["line"]) == at;
    let problem = said.problems.iter().find(starts_here);
    if let Some(title) = said.lenses.get(&at) {
        picture.text(LEFT, "hint", title, SMALL);
        picture.y += LINE - 3.0;
    }
    let count = format!("{:>2}", at + 1);
    picture.text(LEFT - 34.0, "dim", &count, SMALL);
    // Where each column is: what stands behind a hint moves to the right.
    let letters: Vec<char> = text.chars().collect();
    let mut places = Vec::new();
    let mut x = LEFT;
    for column in 0..=letters.len() {
        for (_, label) in hints.iter().filter(|(place, _)| *place == column) {
            let gap = if label.starts_with(':') { 3.0 } else { 8.0 };
            x += gap + picture.hint(x + gap, label) + 1.0;
        }
        places.push(x);
        x += WIDE;
    }
    let tokens = said.tokens.get(&at).cloned().unwrap_or_default();
    let mut column = 0;
    while column < letters.len() {
        let token = tokens.iter().find(|(start, ..)| *start == column);
        let (end, class) = match token {
            Some((_, length, class)) => (column + length, class.as_str()),
            None => (column + 1, "plain"),
        };
        let part: String = letters[column..end].iter().collect();
        if !part.trim().is_empty() {
            picture.text(places[column], class, &part, 1.0);
        }
        column = end;
    }
    if let Some(found) = problem {
        let place = |end: &str| number(&found["range"][end]["character"]);
        let (from, to) = (place("start"), place("end"));
        picture.wave(places[from], places[to - 1] + WIDE);
        picture.y += LINE;
        picture.problem(places[from], found);
    } else {
        picture.y += LINE;
    }
}

fn style() -> String {
    let rules = |pick: fn(&(&str, &str, &str)) -> String| -> String {
        COLOURS.iter().map(pick).collect()
    };
    let light = rules(|(name, light, _)| format!(".{name}{{fill:{light}}}"));
    let dark = rules(|(name, _, dark)| format!(".{name}{{fill:{dark}}}"));
    let stroke = |at: usize| {
        let of = |name: &str| {
            let found = COLOURS.iter().find(|row| row.0 == name).unwrap();
            [found.1, found.2][at].to_owned()
        };
        format!(
            ".wave{{stroke:{}}}.frame{{stroke:{}}}",
            of("bad"),
            of("edge")
        )
    };
    format!(
        "text{{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace;white-space:pre}}\
         .s{{font-size:11.2px}}.keyword{{font-weight:600}}.comment{{font-style:italic}}\
         .wave,.frame{{fill:none}}.wave{{stroke-width:1.2}}\n{light}{}\n\
         @media(prefers-color-scheme:dark){{{dark}{}}}",
        stroke(0),
        stroke(1)
    )
}

fn drawn(said: &Answers) -> String {
    let mut picture = Picture {
        out: String::new(),
        y: TOP + 18.0,
    };
    for (at, text) in PROGRAM.lines().enumerate() {
        line(&mut picture, at, text, said);
    }
    let (wide, high) = (PAPER, picture.y + 2.0);
    let inner = std::mem::take(&mut picture.out);
    picture.y = 24.0;
    picture.text(LEFT, "title", "tank.theus", 1.0);
    let bar = picture.out;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {wide} {high}\" width=\"{wide}\" height=\"{high}\" role=\"img\">\n\
         <title>A program in an editor: colours by zone, types, bytes and proofs as hints, and a check that always fails</title>\n\
         <style>\n{}\n</style>\n\
         <rect class=\"paper\" width=\"{wide}\" height=\"{high}\" rx=\"8\"/>\n\
         <path class=\"bar\" d=\"M0 37V8a8 8 0 0 1 8 -8H{}a8 8 0 0 1 8 8V37z\"/>\n{bar}{inner}\
         <rect class=\"frame\" x=\".5\" y=\".5\" width=\"{}\" height=\"{}\" rx=\"8\"/>\n</svg>\n",
        style(),
        wide - 8.0,
        wide - 1.0,
        high - 1.0,
    )
}

#[test]
fn an_editor_shows_it_so() {
    let mut client = Client::new();
    let uri = client.open("tank", PROGRAM);
    let said = answers(&mut client, &uri);
    assert_eq!(said.problems.len(), 1, "{:?}", said.problems);
    let made = drawn(&said);
    assert_eq!(client.end(), theus_lsp::Ended::Well);
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures/editor.svg");
    if std::env::var_os("THEUS_BLESS").is_some_and(|set| set == "1") {
        fs::write(&path, &made).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == made, "THEUS_BLESS=1 writes {}", path.display());
}
