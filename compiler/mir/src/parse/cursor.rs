//! `Cursor`: the rest of a line, and the words and numbers at its start.

use theus_abi::Repr;

use crate::print::is_plain_char;

/// What is left of a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'t> {
    rest: &'t str,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(line: &'t str) -> Self {
        Self { rest: line.trim() }
    }

    pub(super) const fn is_empty(self) -> bool {
        self.rest.is_empty()
    }

    /// Takes the text if it is next.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    /// Takes the text, which must be next.
    pub(super) fn expect(&mut self, text: &str) -> Result<(), String> {
        if self.eat(text) {
            Ok(())
        } else {
            Err(self.wanted(&format!("`{text}`")))
        }
    }

    /// The line must have ended.
    pub(super) fn end(self) -> Result<(), String> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(self.wanted("the end of the line"))
        }
    }

    /// An error: what was expected, and what is there.
    pub(super) fn wanted(self, what: &str) -> String {
        let found: String = self.rest.chars().take(20).collect();
        format!("expected {what}, found `{found}`")
    }

    /// Takes characters while they are of a kind; blanks after them go too.
    pub(super) fn take(&mut self, good: impl Fn(char) -> bool) -> &'t str {
        let end = self.rest.find(|c| !good(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest.trim_start();
        word
    }

    /// A mnemonic with its dots: `load.f64.inv`.
    pub(super) fn word(&mut self) -> &'t str {
        self.take(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
    }

    /// A signed number.
    pub(super) fn number<T: std::str::FromStr>(&mut self) -> Result<T, String> {
        let start = *self;
        let text = self.take(|c| c.is_ascii_digit() || matches!(c, '-' | '+'));
        text.parse().map_err(|_| start.wanted("a number"))
    }

    /// `0x` and hexadecimal digits.
    pub(super) fn hex(&mut self) -> Result<u64, String> {
        let start = *self;
        self.expect("0x")?;
        let digits = self.take(|c| c.is_ascii_hexdigit());
        u64::from_str_radix(digits, 16).map_err(|_| start.wanted("a hexadecimal number"))
    }

    /// The number of an id: `v12` with the prefix `v`.
    pub(super) fn id(&mut self, prefix: &str) -> Result<u32, String> {
        let start = *self;
        let what = || start.wanted(&format!("`{prefix}` and a number"));
        if !self.eat(prefix) {
            return Err(what());
        }
        let digits = self.take(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| what())
    }

    /// A representation.
    pub(super) fn repr(&mut self) -> Result<Repr, String> {
        let start = *self;
        Repr::from_name(self.word()).ok_or_else(|| start.wanted("a representation"))
    }

    /// Items between commas, until the text that ends them, which is taken.
    pub(super) fn list<T>(
        &mut self,
        close: &str,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close) {
                return Ok(items);
            }
            self.expect(",")?;
        }
    }

    /// Items between commas to the end of the line.
    pub(super) fn items<T>(
        &mut self,
        mut item: impl FnMut(&mut Self) -> Result<T, String>,
    ) -> Result<Vec<T>, String> {
        let mut items = Vec::new();
        while !self.is_empty() {
            if !items.is_empty() {
                self.expect(",")?;
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// The name in a line that begins with `fn`.
    pub(super) fn func_name(&mut self) -> Result<String, String> {
        self.expect("fn ")?;
        self.name()
    }

    /// `%name` or `%"name"`.
    pub(super) fn name(&mut self) -> Result<String, String> {
        self.expect("%")?;
        if self.rest.starts_with('"') {
            return self.quoted();
        }
        let start = *self;
        match self.take(is_plain_char) {
            "" => Err(start.wanted("a name")),
            name => Ok(name.to_owned()),
        }
    }

    /// Text in quotes.
    pub(super) fn quoted(&mut self) -> Result<String, String> {
        let start = *self;
        let mut text = String::new();
        let mut chars = self.rest.strip_prefix('"').unwrap_or_default().chars();
        loop {
            match chars.next() {
                Some('"') => break,
                Some('\\') => match chars.next() {
                    Some('u') => {
                        text.push(escape(&mut chars).ok_or_else(|| start.wanted("\\u"))?);
                    }
                    Some(c) => text.push(c),
                    None => return Err(start.wanted("text in quotes")),
                },
                Some(c) => text.push(c),
                None => return Err(start.wanted("text in quotes")),
            }
        }
        self.rest = chars.as_str().trim_start();
        Ok(text)
    }
}

/// `{hex}`, after `\u`.
fn escape(chars: &mut std::str::Chars<'_>) -> Option<char> {
    let (digits, rest) = chars.as_str().strip_prefix('{')?.split_once('}')?;
    *chars = rest.chars();
    char::from_u32(u32::from_str_radix(digits, 16).ok()?)
}

/// The line up to a `;` that is not in quotes.
pub(super) fn without_comment(line: &str) -> &str {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in line.char_indices() {
        match c {
            ';' if !quoted => return line.get(..at).unwrap_or(line),
            '"' if !escaped => quoted = !quoted,
            _ => {}
        }
        escaped = quoted && c == '\\' && !escaped;
    }
    line
}
