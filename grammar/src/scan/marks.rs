//! The scan of comments, strings, numbers, and signs of other languages.

use crate::error::{SyntaxError, SyntaxErrorKind};

use super::{Doc, Scanner, TIME_UNITS, is_letter};

impl Scanner<'_> {
    /// The end of the line that holds `at`, without its `\r`.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let length = rest
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(rest.len());
        let end = at + length;
        if end > at && self.byte(end - 1) == b'\r' {
            end - 1
        } else {
            end
        }
    }

    /// `// …`, `/// …`, `//! …`.
    pub(super) fn comment(&mut self) {
        let (start, end) = (self.at, self.line_end(self.at));
        let text = self.slice(start + 2, end);
        let module = text.starts_with('!');
        if module || text.starts_with('/') && !text.starts_with("//") {
            let text = text.get(1..).unwrap_or("");
            let text = text.strip_prefix(' ').unwrap_or(text).trim_end().to_owned();
            self.docs.push(Doc {
                start,
                end,
                module,
                text,
            });
        }
        self.odd_characters(start, self.slice(start, end));
        self.blank(start, end);
        self.at = end;
    }

    /// `/* … */`: not of this language.
    pub(super) fn block_comment(&mut self) {
        let start = self.at;
        let rest = self.source.text.get(start..).unwrap_or("");
        let end = start + rest.find("*/").map_or(rest.len(), |at| at + 2);
        self.report(
            SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                self.span(start, start + 2),
                "`/*` does not begin a comment",
                "not a comment of Theus",
            )
            .help("begin each line of the comment with `//`"),
        );
        self.blank(start, end);
        // Lines inside it count for layout.
        for at in start..end {
            if self.byte(at) == b'\n' {
                self.at = at + 1;
                let indent = self.indent();
                self.brackets.line(at + 1, indent);
                self.line_first = true;
            }
        }
        self.at = end;
    }

    /// `# …`: a comment elsewhere.
    pub(super) fn hash(&mut self) {
        let (start, end) = (self.at, self.line_end(self.at));
        let mark = self.span(start, start + 1);
        let text = self.slice(start + 1, end).trim_start();
        if matches!(self.byte(start + 1), b'[' | b'!') {
            let error = SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                self.span(start, end),
                "there are no attributes",
                "not of Theus",
            );
            self.report(error.fix(self.span(start, end), ""));
            self.blank(start, end);
            self.at = end;
            return;
        }
        const DIRECTIVES: [&str; 5] = ["include", "define", "if", "pragma", "import"];
        if self.byte(start + 1) != b' '
            && DIRECTIVES.iter().any(|word| text.starts_with(word))
        {
            let error = SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                self.span(start, end),
                "there is no preprocessor",
                "not of Theus",
            );
            let help = "`use name` brings a module in, `const N = 10` names a value";
            self.report(error.help(help));
            self.blank(start, end);
            self.at = end;
            return;
        }
        self.report(
            SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                mark,
                "`#` means nothing here",
                "not a sign of Theus",
            )
            .help("comments begin with `//`")
            .fix(mark, "//"),
        );
        self.blank(start, end);
        self.at = end;
    }

    /// `"…"`; one that is not closed is closed at the end of its line.
    pub(super) fn string(&mut self) {
        let start = self.at;
        self.line_first = false;
        self.after_word = false;
        let mut at = start + 1;
        loop {
            match self.byte(at) {
                b'"' => break,
                b'\n' => return self.open_string(start),
                b'\\' if !matches!(self.byte(at + 1), b'\n' | b'\r') => at += 2,
                _ => at += 1,
            }
        }
        self.at = (at + 1).min(self.bytes.len());
        self.odd_characters(start, self.slice(start, self.at));
    }

    fn open_string(&mut self, start: usize) {
        let end = self.line_end(start);
        let error = SyntaxError::new(
            SyntaxErrorKind::OpenString,
            self.span(start, end),
            "a string is not closed",
            "no `\"` ends it on this line",
        );
        self.report(
            error.help("close it with `\"`; a line break in a string is written `\\n`"),
        );
        // Characters of several bytes go whole: all that may follow becomes blank.
        self.blank(start, end);
        // What stands for it ends where a character does.
        let text = &self.source.text;
        let close = (start + 1..end).find(|at| text.is_char_boundary(at + 1));
        if let Some(close) = close {
            self.set(start, b'"');
            self.set(close, b'"');
        }
        self.at = end.max(start + 1);
    }

    /// `'outer: for …`, `break 'outer`: whether it is one, which is said once.
    fn label(&mut self, start: usize, inside: &str) -> bool {
        let word = inside.bytes().take_while(|byte| is_letter(*byte)).count();
        let after = inside.get(word..).unwrap_or("");
        let before = self.slice(start.saturating_sub(9), start);
        let jump = ["break ", "continue "]
            .iter()
            .any(|jump| before.ends_with(jump));
        if word == 0 || !(after.starts_with(": ") || jump && !after.starts_with('\'')) {
            return false;
        }
        let end = start + 1 + word + usize::from(!jump);
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            self.span(start, end),
            super::LABEL,
            "no name of a loop",
        );
        let error = error.help("`break` leaves the innermost loop; write an inner loop as a function, and leave it with `return`");
        self.report(error);
        self.blank(start, end);
        self.at = end;
        true
    }

    /// `'…'`: a string elsewhere.
    pub(super) fn single_quote(&mut self) {
        let start = self.at;
        let rest = self.slice(start + 1, self.bytes.len());
        if self.label(start, rest) {
            return;
        }
        // Not to the end of the line: it is as long as there are quotes in it.
        let next = rest.find(['\'', '\n']);
        let length = next.filter(|at| rest.as_bytes().get(*at) == Some(&b'\''));
        let inside = rest.get(..length.unwrap_or(0)).unwrap_or("");
        let close = start + 1 + inside.len();
        let error = SyntaxError::new(
            SyntaxErrorKind::ForeignOperator,
            self.span(
                start,
                if length.is_some() {
                    close + 1
                } else {
                    start + 1
                },
            ),
            "strings stand between `\"`",
            "not a string of Theus",
        );
        self.line_first = false;
        if length.is_none() || inside.contains(['"', '\\']) {
            self.report(error);
            self.blank(start, start + 1);
            self.at = start + 1;
            return;
        }
        let fix = format!("\"{inside}\"");
        self.report(error.fix(self.span(start, close + 1), fix));
        self.set(start, b'"');
        self.set(close, b'"');
        self.at = close + 1;
    }

    /// A number; `100 us` is mended to one token.
    pub(super) fn number(&mut self) {
        self.line_first = false;
        self.after_word = true;
        let start = self.at;
        let digit = |byte: u8| byte.is_ascii_digit() || byte == b'_';
        while digit(self.byte(self.at))
            || self.byte(self.at) == b'.' && self.byte(self.at + 1).is_ascii_digit()
        {
            self.at += 1;
        }
        if is_letter(self.byte(self.at)) {
            while is_letter(self.byte(self.at)) {
                self.at += 1;
            }
            return;
        }
        self.unit_apart(start);
    }

    fn unit_apart(&mut self, start: usize) {
        let end = self.at;
        let blanks = |byte: &&u8| **byte == b' ' || **byte == b'\t';
        let rest = self.bytes.get(end..).unwrap_or_default();
        let gap = rest.iter().take_while(blanks).count();
        let unit = end + gap;
        let letters = self.bytes.get(unit..).unwrap_or_default();
        let length = letters
            .iter()
            .take_while(|byte| is_letter(**byte))
            .take(4)
            .count();
        let word = self.slice(unit, unit + length);
        if gap == 0 || !TIME_UNITS.contains(&word) {
            return;
        }
        let after = letters.get(length..).unwrap_or_default();
        let mut after = after
            .iter()
            .skip_while(|byte| **byte == b' ' || **byte == b'\t');
        let (next, second) = (after.next().copied(), after.next().copied());
        let third = after.next().copied();
        let starts_other = match next {
            Some(b':' | b'=' | b'.' | b'(' | b'[') => true,
            Some(b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^') => {
                second == Some(b'=')
            }
            Some(b'<' | b'>') => second == next && third == Some(b'='),
            _ => false,
        };
        if starts_other {
            return;
        }
        let whole = self.span(start, unit + length);
        let number = self.slice(start, end);
        self.report(
            SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                whole,
                "a unit touches its number",
                "a blank stands between number and unit",
            )
            .help(format!("write `{number}{word}`"))
            .fix(whole, format!("{number}{word}")),
        );
        for at in end..unit {
            self.set(at, b'_');
        }
        self.at = unit + length;
    }

    /// `;` outside of `[…; n]`.
    pub(super) fn semicolon(&mut self, at: usize) {
        let mark = self.span(at, at + 1);
        self.report(
            SyntaxError::new(
                SyntaxErrorKind::ForeignOperator,
                mark,
                super::SEMICOLON,
                "nothing ends a statement",
            )
            .help("remove it")
            .fix(mark, ""),
        );
        self.blank(at, at + 1);
    }

    /// A control character: reported and blanked.
    pub(super) fn control(&mut self, start: usize, end: usize) {
        let error = SyntaxError::new(
            SyntaxErrorKind::Unexpected,
            self.span(start, end),
            "unexpected control character",
            "a character that cannot be seen",
        );
        self.report(error.help("remove it"));
        self.blank(start, end);
    }

    /// Reports characters that turn the direction of text: they hide what a program says.
    pub(super) fn odd_characters(&mut self, start: usize, text: &str) {
        for (at, odd) in text.char_indices() {
            let turns = matches!(odd, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if turns || odd < ' ' && odd != '\t' && odd != '\r' {
                self.control(start + at, start + at + odd.len_utf8());
            }
        }
    }
}
