//! `Use`: how a text uses a word, told by what stands before and after it.

use indexmap::IndexMap;
use theus_abi::hash::Quick;

/// How a word is used: a text may use it in several ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Use {
    /// It may name a function.
    pub(super) named: bool,
    /// It may name a method.
    pub(super) method: bool,
}

impl Use {
    /// Any way.
    pub(super) const ANY: Self = Self {
        named: true,
        method: true,
    };
}

/// The words of texts, each with all its uses.
pub(super) type Words<'t> = IndexMap<&'t str, Use, Quick>;

/// All words of the texts; every use counts as any, unless `closely` looked at.
pub(super) fn words<'t>(texts: &[&'t str], closely: bool) -> Words<'t> {
    let mut words = Words::default();
    for (word, used) in texts.iter().copied().flat_map(uses) {
        let known = words.entry(word).or_default();
        let used = if closely { used } else { Use::ANY };
        known.named |= used.named;
        known.method |= used.method;
    }
    words
}

/// The words of a text in order, comments included.
pub(super) fn uses(text: &str) -> impl Iterator<Item = (&str, Use)> {
    let bytes = text.as_bytes();
    let letter = |at: usize| bytes.get(at).copied().is_some_and(is_letter);
    let (mut at, mut before, mut last) = (0, [0; 2], "");
    std::iter::from_fn(move || {
        while at < bytes.len() && !letter(at) {
            let byte = bytes.get(at).copied().unwrap_or_default();
            if !byte.is_ascii_whitespace() {
                before = [before[1], byte];
            }
            at += 1;
        }
        let start = at;
        while letter(at) {
            at += 1;
        }
        let word = text.get(start..at).filter(|word| !word.is_empty())?;
        let rest = bytes.get(at..).unwrap_or_default().trim_ascii_start();
        let used = of(before, rest, last);
        (before, last) = ([0; 2], word);
        Some((word, used))
    })
}

/// Fields are named behind a dot, and not called. What gets a type or a value is a field, a
/// local or an argument, but for constants.
fn of(before: [u8; 2], rest: &[u8], last: &str) -> Use {
    let called = matches!(rest, [b'(' | b'<', ..]);
    let behind_dot = before[1] == b'.' && before[0] != b'.';
    let given = match rest {
        [b':', b':', ..] | [b'=', b'=' | b'>', ..] => false,
        [b':' | b'=', ..] => true,
        _ => false,
    };
    Use {
        named: if behind_dot {
            called
        } else {
            !given || last == "const"
        },
        method: behind_dot && called,
    }
}

const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
