//! The scan before the grammar: one pass over the bytes that takes comments out, sets documentation
//! aside, checks strings and brackets, and mends what it reports. The mended text has the
//! length of the source (missing `}` at the end of the file excepted), so that places agree,
//! and its brackets are always balanced: the grammar may swallow a group without looking back.

mod brackets;
mod marks;

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::source::Source;
use crate::span::Span;

use brackets::Brackets;

/// Stands for a bracket that is never closed.
pub(crate) const UNCLOSED: u8 = 1;
/// Stands for a bracket that was never opened.
pub(crate) const UNOPENED: u8 = 2;
/// The title for labels: said once of a file.
pub(crate) const LABEL: &str = "loops have no names";
/// The title for semicolons: said once of a file.
pub(crate) const SEMICOLON: &str = "there are no semicolons";
/// Nesting limit of brackets.
pub(crate) const MAX_NESTING: usize = 256;

/// A `///` or `//!` line.
#[derive(Debug)]
pub(crate) struct Doc {
    /// First byte of the slashes.
    pub(crate) start: usize,
    /// Past the last byte.
    pub(crate) end: usize,
    /// `//!`.
    pub(crate) module: bool,
    /// The text without its mark and one blank.
    pub(crate) text: String,
}

/// What the scan found.
#[derive(Debug)]
pub(crate) struct Scan {
    /// The mended text.
    pub(crate) text: String,
    /// Lines of documentation, in order.
    pub(crate) docs: Vec<Doc>,
    /// What was wrong.
    pub(crate) errors: Vec<SyntaxError>,
    /// Nesting is over the limit: nothing else is read.
    pub(crate) too_deep: bool,
    /// How deep brackets nest.
    pub(crate) nesting: usize,
}

/// Scans a source.
pub(crate) fn scan(source: &Source) -> Scan {
    let mut scanner = Scanner::new(source);
    scanner.run();
    let Scanner {
        mut out,
        docs,
        mut errors,
        brackets,
        too_deep,
        ..
    } = scanner;
    let nesting = brackets.deepest();
    if !too_deep {
        brackets.finish(&mut out, &mut errors);
    }
    let text = String::from_utf8(out).unwrap_or_else(|_| String::new());
    Scan {
        text,
        docs,
        errors,
        too_deep,
        nesting,
    }
}

/// Words that begin an item; a word or a string follows them.
const ITEM_WORDS: &[&str] = &[
    "context",
    "process",
    "pipeline",
    "contract",
    "struct",
    "enum",
    "const",
    "fn",
    "use",
    "audit",
    "alert",
    "port",
    "test",
    "property",
    "bench",
    "sweep",
    "session",
    "intrinsic",
];

/// Units that belong to a number and may not stand apart from it.
const TIME_UNITS: &[&str] = &["ns", "us", "ms", "s", "min", "h", "d"];

struct Scanner<'s> {
    source: &'s Source,
    /// The source.
    bytes: &'s [u8],
    /// The mended text.
    out: Vec<u8>,
    at: usize,
    docs: Vec<Doc>,
    errors: Vec<SyntaxError>,
    brackets: Brackets,
    too_deep: bool,
    /// No token yet on this line.
    line_first: bool,
    /// `<` one inside the other, as far as bytes tell.
    angles: usize,
    /// The last token was a word, so that `<` may open arguments.
    after_word: bool,
}

impl<'s> Scanner<'s> {
    fn new(source: &'s Source) -> Self {
        let bytes = source.text.as_bytes();
        Self {
            source,
            bytes,
            out: bytes.to_vec(),
            at: 0,
            docs: Vec::new(),
            errors: Vec::new(),
            brackets: Brackets::new(source.id),
            too_deep: false,
            line_first: true,
            angles: 0,
            after_word: false,
        }
    }

    fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or(b'\n')
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.source.id, start as u32, end as u32)
    }

    /// The source between two bytes.
    fn slice(&self, start: usize, end: usize) -> &'s str {
        self.source.text.get(start..end).unwrap_or("")
    }

    fn report(&mut self, error: SyntaxError) {
        self.errors.push(error);
    }

    /// Puts blanks over `start..end`, line ends kept.
    fn blank(&mut self, start: usize, end: usize) {
        for byte in self.out.get_mut(start..end).unwrap_or_default() {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
    }

    fn set(&mut self, at: usize, byte: u8) {
        if let Some(place) = self.out.get_mut(at) {
            *place = byte;
        }
    }

    fn run(&mut self) {
        if self.slice(0, 3) == "\u{feff}" {
            self.blank(0, 3);
            self.at = 3;
        }
        self.brackets.line(self.at, self.indent());
        while self.at < self.bytes.len() && !self.too_deep {
            self.token();
        }
    }

    /// Width of the blanks that begin the line at `self.at`.
    fn indent(&self) -> usize {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        rest.iter()
            .take_while(|byte| **byte == b' ' || **byte == b'\t')
            .count()
    }

    fn token(&mut self) {
        match self.byte(self.at) {
            b'\n' => {
                self.at += 1;
                self.line_first = true;
                self.brackets.line(self.at, self.indent());
            }
            b' ' | b'\t' | b'\r' => self.at += 1,
            b'/' if self.byte(self.at + 1) == b'/' => self.comment(),
            b'/' if self.byte(self.at + 1) == b'*' => self.block_comment(),
            b'#' => self.hash(),
            b'"' => self.string(),
            b'\'' => self.single_quote(),
            b'0'..=b'9' => self.number(),
            byte if byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80 => {
                self.word();
            }
            _ => self.sign(),
        }
    }

    fn sign(&mut self) {
        let at = self.at;
        self.at += 1;
        let first = std::mem::replace(&mut self.line_first, false);
        let after_word = std::mem::replace(&mut self.after_word, false);
        match self.byte(at) {
            byte @ (b'(' | b'[' | b'{') => {
                if byte == b'{' {
                    self.angles = 0;
                }
                if !self.brackets.open(byte, at) {
                    self.deep(at);
                }
            }
            byte @ (b')' | b']' | b'}') => {
                self.angles = 0;
                self.brackets
                    .close(byte, at, first, &mut self.out, &mut self.errors);
            }
            b'<' if after_word => {
                self.angles += 1;
                if self.angles > MAX_NESTING {
                    self.deep(at);
                }
            }
            b',' | b'.' => {}
            b';' if !self.brackets.in_square() => self.semicolon(at),
            byte if byte < b' ' || byte == 0x7f => self.control(at, at + 1),
            _ => self.angles = 0,
        }
    }

    fn deep(&mut self, at: usize) {
        let error = SyntaxError::new(
            SyntaxErrorKind::TooDeep,
            self.span(at, at + 1),
            format!("brackets nest deeper than {MAX_NESTING}"),
            "the limit is passed here",
        );
        self.report(error.help("split the expression, or move blocks into functions"));
        self.too_deep = true;
    }

    fn word(&mut self) {
        let start = self.at;
        while is_letter(self.byte(self.at)) {
            self.at += 1;
        }
        let word = self.slice(start, self.at);
        if !word.is_ascii() {
            self.odd_characters(start, word);
        }
        if std::mem::replace(&mut self.line_first, false)
            && ITEM_WORDS.contains(&word)
            && item_follows(self.bytes, self.at)
        {
            self.angles = 0;
            self.brackets.item(start, &mut self.out, &mut self.errors);
        }
        self.after_word = true;
    }
}

/// A blank on this line, then a word or a string: the word that ends at `at` begins an item.
fn item_follows(bytes: &[u8], at: usize) -> bool {
    let rest = bytes.get(at..).unwrap_or_default();
    let blanks = rest
        .iter()
        .take_while(|byte| **byte == b' ' || **byte == b'\t')
        .count();
    let next = rest.get(blanks).copied().unwrap_or(b'\n');
    blanks > 0 && (is_letter(next) && !next.is_ascii_digit() || next == b'"')
}

/// Whether the word at `at` begins an item and its line: wherever the scan meets such a word,
/// what is open ends there, and it is in its first state again.
pub(crate) fn starts_anew(text: &str, at: usize) -> bool {
    let bytes = text.as_bytes();
    let first = at.checked_sub(1).and_then(|before| bytes.get(before));
    let rest = bytes.get(at..).unwrap_or_default();
    let letters = rest.iter().take_while(|byte| is_letter(**byte)).count();
    let word = text.get(at..at + letters).unwrap_or("");
    first.is_none_or(|byte| *byte == b'\n')
        && ITEM_WORDS.contains(&word)
        && item_follows(bytes, at + letters)
}

/// Whether the byte can stand in a word (every byte over 127 can: pest tells exactly).
fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
