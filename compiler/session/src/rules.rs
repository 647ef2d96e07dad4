//! `session lab { … }`: what happens between cells, as people write it.

use std::time::Duration;

use theus_diag::{Code, Diagnostic};
use theus_grammar::{FileId, Span};

use crate::clean::{Action, Rule, When};

/// The words of a text, with where they stand.
struct Words<'t> {
    words: Vec<(&'t str, usize)>,
    at: usize,
    end: usize,
}

type Found<T> = Result<T, Vec<Diagnostic>>;

/// Reads the item; it begins at that byte of its cell.
pub(crate) fn read(text: &str, begin: usize) -> Found<Vec<Rule>> {
    let mut words = Words {
        words: words(text, begin),
        // `session`, its name, `{`.
        at: 3,
        end: begin + text.len(),
    };
    let mut rules = Vec::new();
    while !words.is("}") {
        rules.push(rule(&mut words)?);
    }
    Ok(rules)
}

/// Words, numbers with their units, single signs; comments are left out.
fn words(text: &str, begin: usize) -> Vec<(&str, usize)> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let at = begin + text.len() - rest.len();
        let is_part = |letter: char| letter.is_alphanumeric() || "_.".contains(letter);
        let len = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if is_part(letter) {
            rest.find(|letter| !is_part(letter)).unwrap_or(rest.len())
        } else {
            letter.len_utf8()
        };
        let (word, after) = rest.split_at(len);
        rest = after;
        if !letter.is_whitespace() && !word.starts_with("//") {
            found.push((word, at));
        }
    }
    found
}

impl<'t> Words<'t> {
    fn peek(&self) -> &'t str {
        self.words.get(self.at).map_or("", |(word, _)| word)
    }

    fn is(&self, word: &str) -> bool {
        self.peek() == word || self.peek().is_empty()
    }

    fn next(&mut self) -> &'t str {
        let word = self.peek();
        self.at += 1;
        word
    }

    /// Takes that word, if it is the next one.
    fn eat(&mut self, word: &str) -> bool {
        let is = self.peek() == word;
        self.at += usize::from(is);
        is
    }

    /// The next word is not what is due.
    fn wrong(&self, due: &str, help: &str) -> Vec<Diagnostic> {
        let (word, at) = self.words.get(self.at).copied().unwrap_or(("}", self.end));
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let span = Span::new(FileId(0), place(at), place(at + word.len()));
        let found = Diagnostic::new(Code::Unexpected, span, format!("this is `{word}`"));
        vec![found.title(format!("expected {due}")).help(help)]
    }
}

fn rule(words: &mut Words<'_>) -> Found<Rule> {
    let mut when = vec![trigger(words)?];
    while words.eat(",") {
        when.push(trigger(words)?);
    }
    if !words.eat("{") {
        return Err(words.wrong("`{`", "write `every 100 cells { clean }`"));
    }
    let mut actions = Vec::new();
    while !words.is("}") {
        let word = words.peek();
        if !word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') {
            let help =
                "actions are `clean`, `trim`, and names of processes and pipelines";
            return Err(words.wrong("an action", help));
        }
        words.next();
        actions.push(match word {
            "clean" => Action::Clean,
            "trim" => Action::Trim,
            name => Action::Run(name.to_owned()),
        });
    }
    words.next();
    Ok(Rule { when, actions })
}

fn trigger(words: &mut Words<'_>) -> Found<When> {
    let help = "write `every 100 cells`, `pressure > 0.8` or `idle 5min`";
    if words.eat("every") {
        let count = words.peek().replace('_', "").parse().ok();
        let Some(count) = count.filter(|count| *count > 0) else {
            return Err(words.wrong("a number of cells", help));
        };
        words.next();
        if !words.eat("cells") {
            return Err(words.wrong("`cells`", help));
        }
        return Ok(When::Every(count));
    }
    if words.eat("pressure") {
        if !words.eat(">") {
            return Err(words.wrong("`>`", help));
        }
        let share = words.peek().parse().ok();
        let Some(share) = share.filter(|share| (0.0..=1.0).contains(share)) else {
            return Err(words.wrong("a share of the memory from 0.0 to 1.0", help));
        };
        words.next();
        return Ok(When::Pressure(share));
    }
    if words.eat("idle") {
        let time = theus_vm::parse_duration(words.peek());
        let time = time.and_then(|ns| u64::try_from(ns).ok());
        let Some(time) = time else {
            return Err(words.wrong("a time", help));
        };
        words.next();
        return Ok(When::Idle(Duration::from_nanos(time)));
    }
    Err(words.wrong("`every`, `pressure` or `idle`", help))
}
