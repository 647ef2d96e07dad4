//! `Scan`: the words, signs and brackets of any text, however broken.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Number,
    Text,
    Comment,
    Sign,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A bracket and its partner, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) open: usize,
    pub(crate) close: Option<usize>,
}

/// The tokens of a text.
#[derive(Clone, Debug)]
pub(crate) struct Scan<'t> {
    pub(crate) text: &'t str,
    pub(crate) tokens: Vec<Token>,
    /// In order of their first half.
    pub(crate) brackets: Vec<Pair>,
}

/// Whether a character may be in a word.
pub(crate) fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

impl<'t> Scan<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let mut tokens = Vec::new();
        let mut at = 0;
        while let Some(rest) = text.get(at..)
            && let Some(first) = rest.chars().next()
        {
            let (kind, length) = token(rest, first);
            if let Some(kind) = kind {
                tokens.push(Token {
                    kind,
                    start: at,
                    end: at + length,
                });
            }
            at += length;
        }
        let brackets = brackets(text, &tokens);
        Self {
            text,
            tokens,
            brackets,
        }
    }

    /// The text of a token.
    pub(crate) fn text(&self, token: &Token) -> &'t str {
        self.text.get(token.start..token.end).unwrap_or("")
    }

    /// The tokens that end at or before a place, the last one first.
    pub(crate) fn before(&self, at: usize) -> impl Iterator<Item = &Token> {
        let count = self.tokens.partition_point(|token| token.end <= at);
        self.tokens.iter().take(count).rev()
    }

    /// The token around a place, or the one that ends at it.
    pub(crate) fn at(&self, at: usize) -> Option<&Token> {
        let next = self.tokens.partition_point(|token| token.end < at);
        let mut near = self.tokens.iter().skip(next).take(2);
        near.rfind(|token| {
            token.start <= at && at <= token.end && token.kind == Kind::Word
        })
        .or_else(|| {
            let token = self.tokens.get(next)?;
            (token.start <= at).then_some(token)
        })
    }

    /// The brackets around a place, the innermost first.
    pub(crate) fn around(&self, at: usize) -> impl Iterator<Item = &Pair> {
        let opened = self.brackets.partition_point(|pair| pair.open < at);
        let opened = self.brackets.iter().take(opened).rev();
        opened.filter(move |pair| pair.close.is_none_or(|close| close >= at))
    }
}

fn token(rest: &str, first: char) -> (Option<Kind>, usize) {
    let run = |inside: &dyn Fn(char) -> bool| {
        rest.find(|letter| !inside(letter)).unwrap_or(rest.len())
    };
    if first.is_whitespace() {
        return (None, run(&char::is_whitespace));
    }
    if rest.starts_with("//") {
        return (
            Some(Kind::Comment),
            run(&|letter| letter != '\n' && letter != '\r'),
        );
    }
    if first == '"' {
        return (Some(Kind::Text), string(rest));
    }
    if first.is_ascii_digit() {
        return (Some(Kind::Number), number(rest));
    }
    if is_letter(first) {
        return (Some(Kind::Word), run(&is_letter));
    }
    (Some(Kind::Sign), first.len_utf8())
}

/// A string ends at its quote, or with its line.
fn string(rest: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices().skip(1) {
        match letter {
            '\n' | '\r' => return at,
            '"' if !escaped => return at + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Digits and letters; a dot if a digit follows, a sign after an exponent.
fn number(rest: &str) -> usize {
    let mut before = ' ';
    let mut letters = rest.char_indices().peekable();
    let hex = rest.starts_with("0x");
    while let Some((at, letter)) = letters.next() {
        let next = letters.peek().map_or(' ', |(_, next)| *next);
        let inside = is_letter(letter)
            || letter == '.' && next.is_ascii_digit() && before.is_ascii_digit()
            || matches!(letter, '+' | '-')
                && matches!(before, 'e' | 'E')
                && next.is_ascii_digit()
                && !hex;
        if !inside {
            return at;
        }
        before = letter;
    }
    rest.len()
}

fn brackets(text: &str, tokens: &[Token]) -> Vec<Pair> {
    let mut pairs: Vec<Pair> = Vec::new();
    let mut open: Vec<(char, usize)> = Vec::new();
    for token in tokens.iter().filter(|token| token.kind == Kind::Sign) {
        let sign = text
            .get(token.start..token.end)
            .and_then(|text| text.chars().next());
        let opener = match sign {
            Some(sign @ ('(' | '[' | '{')) => {
                open.push((sign, pairs.len()));
                pairs.push(Pair {
                    open: token.start,
                    close: None,
                });
                continue;
            }
            Some(')') => '(',
            Some(']') => '[',
            Some('}') => '{',
            _ => continue,
        };
        // What stands open inside of the partner is closed by nothing.
        let partner = open.iter().rposition(|(sign, _)| *sign == opener);
        // A `)` does not close what is outside of a block.
        let block = open.iter().rposition(|(sign, _)| *sign == '{');
        if let Some(partner) =
            partner.filter(|at| opener == '{' || block.is_none_or(|b| b < *at))
            && let Some((_, at)) = open.get(partner).copied()
        {
            open.truncate(partner);
            if let Some(pair) = pairs.get_mut(at) {
                pair.close = Some(token.start);
            }
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<&str> {
        let scan = Scan::new(text);
        scan.tokens.iter().map(|token| scan.text(token)).collect()
    }

    #[test]
    fn tokens_of_any_text() {
        assert_eq!(
            shown("let x = 1.5e-3ms + a.b // c\n\"a\\\"b\" 0..=9 t.0"),
            [
                "let",
                "x",
                "=",
                "1.5e-3ms",
                "+",
                "a",
                ".",
                "b",
                "// c",
                "\"a\\\"b\"",
                "0",
                ".",
                ".",
                "=",
                "9",
                "t",
                ".",
                "0"
            ]
        );
        assert_eq!(
            shown("\"open\nx ä€ \u{1f600}"),
            ["\"open", "x", "ä", "€", "\u{1f600}"]
        );
    }

    #[test]
    fn brackets_of_broken_texts() {
        let scan = Scan::new("{ ( [ } )");
        let closed: Vec<_> = scan.brackets.iter().map(|pair| pair.close).collect();
        assert_eq!(closed, [Some(6), None, None]);
        let around: Vec<_> = scan.around(5).map(|pair| pair.open).collect();
        assert_eq!(around, [4, 2, 0]);
    }
}
