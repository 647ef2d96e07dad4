//! Texts before they are read: brackets, strings and comments, lines that make cells.

/// Most brackets that are tried to close one.
const TRIES: usize = 64;

/// A piece of text outside of brackets, comments and strings.
pub(crate) struct Piece<'t> {
    pub(crate) text: &'t str,
    pub(crate) at: usize,
    /// It is the first of its line.
    pub(crate) first: bool,
}

/// The pieces of a text that stand in no bracket, and how many brackets stay open.
pub(crate) fn pieces(text: &str) -> (Vec<Piece<'_>>, i64) {
    let (mut found, mut depth, mut first) = (Vec::new(), 0_i64, true);
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let at = text.len() - rest.len();
        let len = match letter {
            '/' if rest.starts_with("//") => line(rest),
            '"' => string(rest),
            _ if letter.is_alphanumeric() || letter == '_' => {
                let word =
                    |letter: char| letter.is_alphanumeric() || "_.".contains(letter);
                rest.find(|letter| !word(letter)).unwrap_or(rest.len())
            }
            _ => letter.len_utf8(),
        };
        let (piece, after) = rest.split_at(len);
        rest = after;
        match letter {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        let opens = "{([".contains(letter);
        let is_comment = piece.starts_with("//");
        if !letter.is_whitespace() && !is_comment && (depth == 0 || depth == 1 && opens) {
            let text = piece;
            found.push(Piece { text, at, first });
        }
        if letter == '\n' {
            first = true;
        } else if !letter.is_whitespace() && !is_comment {
            first = false;
        }
    }
    (found, depth)
}

/// The length of the string at the start of a text.
pub(crate) fn string(text: &str) -> usize {
    let mut escaped = true;
    for (at, letter) in text.char_indices() {
        match letter {
            '\n' => return at,
            '"' if !escaped => return at + 1,
            '\\' if !escaped => escaped = true,
            _ => escaped = false,
        }
    }
    text.len()
}

/// Whether a text goes on in its next line: a bracket is open, or it ends with what needs
/// something behind it.
pub fn is_open(text: &str) -> bool {
    let (pieces, depth) = pieces(text);
    let ends = ["=", "+", "-", "*", "/", ",", "->", "and", "or", "not"];
    let last = pieces.last().map(|piece| piece.text);
    depth > 0 || last.is_some_and(|last| ends.contains(&last))
}

/// Lines that become cells: a cell ends with a blank line or before a command where nothing is
/// open; a command begins with a colon and ends with its line.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    text: String,
}

impl Lines {
    /// Takes a line; gives what it ends.
    pub fn take(&mut self, line: &str) -> Vec<String> {
        let is_blank = line.trim().is_empty();
        let is_command = line.trim_start().starts_with(':');
        if !(is_blank || is_command) || is_open(&self.text) {
            self.text += line;
            return Vec::new();
        }
        let ended = self.rest();
        let command = is_command.then(|| line.to_owned());
        ended.into_iter().chain(command).collect()
    }

    /// The cell that the last line ends.
    pub fn rest(&mut self) -> Option<String> {
        let text = std::mem::take(&mut self.text);
        (!text.is_empty()).then_some(text)
    }
}

/// The cells of a text.
pub fn cells(text: &str) -> Vec<String> {
    let mut lines = Lines::default();
    let cells = text.split_inclusive('\n');
    let mut found: Vec<String> = cells.flat_map(|line| lines.take(line)).collect();
    found.extend(lines.rest());
    found
}

/// How long a text is without blanks and comments at its end.
pub(crate) fn written(text: &str) -> usize {
    let (mut end, mut rest) = (0, text);
    while let Some(letter) = rest.chars().next() {
        let at = text.len() - rest.len();
        let len = match letter {
            '/' if rest.starts_with("//") => {
                rest = rest.get(line(rest)..).unwrap_or_default();
                continue;
            }
            '"' => string(rest),
            _ => letter.len_utf8(),
        };
        if !letter.is_whitespace() {
            end = at + len;
        }
        rest = rest.get(len..).unwrap_or_default();
    }
    end
}

/// The length of the first line, without its end.
pub(crate) fn line(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Past the bracket that closes the one at that place.
pub(crate) fn closing(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let close = rest.match_indices('}').map(|(close, _)| close + 1);
    let is_whole =
        |end: &usize| rest.get(..*end).is_some_and(|inside| pieces(inside).1 == 0);
    let end = close.take(TRIES).find(is_whole)?;
    Some(at + end)
}
