//! A sheet: shapes and texts as SVG, in the colours of the page that it stands in.

use std::fmt::{Display, Write as _};

/// Letters of all texts.
const FONT: &str = "system-ui,-apple-system,'Segoe UI','DejaVu Sans',sans-serif";

/// Colours and letters: the classes that every picture may use, on light and on dark pages.
const STYLE: [(&str, &str, &str); 13] = [
    (".paper", "fill:#ffffff", "fill:#0d1117"),
    ("text", "fill:#4b5563", "fill:#aab4c0"),
    (".title", "fill:#14181f", "fill:#eef2f6"),
    (".name", "fill:#1f2630", "fill:#dce3ea"),
    (".grid", "stroke:#e6e9ed", "stroke:#222933"),
    (".zero", "stroke:#b4bcc6", "stroke:#4a5563"),
    (".axis", "stroke:#8a94a1", "stroke:#6b7684"),
    (
        ".box",
        "fill:#ffffff;stroke:#aab3bf",
        "fill:#161c24;stroke:#4a5563",
    ),
    (
        ".group",
        "fill:#f5f7f9;stroke:#d3d9e0",
        "fill:#11161d;stroke:#2d3642",
    ),
    (".read", "stroke:#2f74b8", "stroke:#6cb2f0"),
    (".write", "stroke:#c2472f", "stroke:#ff8a75"),
    (".tip-read", "fill:#2f74b8", "fill:#6cb2f0"),
    (".tip-write", "fill:#c2472f", "fill:#ff8a75"),
];

/// Colours of lines, on light and on dark pages: apart for those too who see few colours.
const LINES: [(&str, &str); 8] = [
    ("#1f6fb4", "#6cb2f0"),
    ("#d1495b", "#ff8593"),
    ("#2a8f5f", "#63d297"),
    ("#d9820f", "#ffbf52"),
    ("#7b5ea7", "#b79be8"),
    ("#0f97a5", "#4fd3de"),
    ("#9c5b34", "#d59a72"),
    ("#6b7280", "#a9b1bd"),
];

/// What is the same on every page.
const FIXED: &str = ".title{font-size:15px;font-weight:600}.name{font-weight:600}\
    .end{text-anchor:end}.middle{text-anchor:middle}\
    .code{font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}\
    .small{font-size:11px}.grid,.zero,.axis{fill:none;stroke-width:1}\
    .line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}\
    .edge{fill:none;stroke-width:1.2;stroke-opacity:.75}.broken{stroke-dasharray:7 4}";

/// Shapes in the order in which they are drawn.
#[derive(Clone, Debug, Default)]
pub struct Sheet {
    body: String,
}

impl Sheet {
    /// A rectangle with corners of that radius.
    pub fn rect(
        &mut self,
        class: &str,
        (x, y, width, height): (f64, f64, f64, f64),
        radius: f64,
    ) {
        let (x, y, width, height) = (at(x), at(y), at(width), at(height));
        let round = match radius > 0.0 {
            true => format!(" rx=\"{}\"", at(radius)),
            false => String::new(),
        };
        self.line(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{round}/>"
        ));
    }

    /// A text whose letters stand on that line.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), text: &str) {
        let text = escaped(text);
        let (x, y) = (at(x), at(y));
        let class = match class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        self.line(format_args!(
            "<text{class} x=\"{x}\" y=\"{y}\">{text}</text>"
        ));
    }

    /// A path.
    pub fn path(&mut self, class: &str, path: &str) {
        self.line(format_args!("<path class=\"{class}\" d=\"{path}\"/>"));
    }

    /// A dot.
    pub fn dot(&mut self, class: &str, (x, y): (f64, f64), radius: f64) {
        let (x, y, radius) = (at(x), at(y), at(radius));
        self.line(format_args!(
            "<circle class=\"{class}\" cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"
        ));
    }

    /// What has been drawn on the other sheet comes on top.
    pub fn add(&mut self, other: &Self) {
        self.body.push_str(&other.body);
    }

    /// The sheet as a document of that size; the title is for those who do not see it.
    pub fn document(&self, title: &str, (width, height): (f64, f64)) -> String {
        let (width, height) = (at(width), at(height));
        let (light, dark) = styles();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\" role=\"img\">\n<title>{}</title>\n\
             <style>\ntext{{font:12px {FONT}}}\n{FIXED}\n{light}\n\
             @media(prefers-color-scheme:dark){{{dark}}}\n</style>\n\
             <rect class=\"paper\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n{}</svg>\n",
            escaped(title),
            self.body
        )
    }

    fn line(&mut self, text: impl Display) {
        let _ = writeln!(self.body, "{text}");
    }
}

/// The colours for light and for dark pages.
fn styles() -> (String, String) {
    let (mut light, mut dark) = (String::new(), String::new());
    for (name, day, night) in STYLE {
        let _ = write!(light, "{name}{{{day}}}");
        let _ = write!(dark, "{name}{{{night}}}");
    }
    for ((day, night), n) in LINES.into_iter().zip(0..) {
        let _ = write!(light, ".s{n}{{stroke:{day}}}.f{n}{{fill:{day}}}");
        let _ = write!(dark, ".s{n}{{stroke:{night}}}.f{n}{{fill:{night}}}");
    }
    (light, dark)
}

/// The classes of the line of that number: `s` for a stroke, `f` for a fill.
pub fn color(kind: char, n: usize) -> String {
    format!("{kind}{}", n % LINES.len())
}

/// Whether the line of that number is a broken one: all colours are taken.
pub fn is_broken(n: usize) -> bool {
    !(n / LINES.len()).is_multiple_of(2)
}

/// A coordinate: a tenth is finer than anybody sees.
pub fn at(value: f64) -> String {
    let tenths = (value * 10.0).round();
    let tenths = if tenths == 0.0 { 0.0 } else { tenths };
    format!("{}", tenths / 10.0)
}

/// As text of XML; what XML has no letter for is shown as a replacement.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            letter if letter.is_control() => out.push('\u{fffd}'),
            letter => out.push(letter),
        }
    }
    out
}

/// About how wide a text is in letters of that size; rather too wide.
pub fn width(text: &str, size: f64) -> f64 {
    let wide = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '|' | '!' | '\'' | ' ' | 'I' => 0.34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' => 0.42,
        'm' | 'w' | 'M' | 'W' | '%' | '→' | '×' => 0.9,
        'A'..='Z' => 0.72,
        letter if letter >= '\u{2e80}' => 1.05,
        _ => 0.63,
    };
    text.chars().map(wide).sum::<f64>() * size
}

/// The same for letters that are all of one width.
pub fn code_width(text: &str, size: f64) -> f64 {
    let wide = |letter: char| if letter >= '\u{2e80}' { 1.05 } else { 0.605 };
    text.chars().map(wide).sum::<f64>() * size
}

/// The text, if it has no more letters than that, or its beginning.
pub fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some(_) => text
            .chars()
            .take(most.saturating_sub(1))
            .chain(['…'])
            .collect(),
    }
}
