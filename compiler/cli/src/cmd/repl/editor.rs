//! Cells from a person: a line editor with history, completion and lines that go on.

use std::borrow::Cow;
use std::fs;

use rustyline::completion::Completer;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::history::FileHistory;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{CompletionType, Config, Context, Helper};
use theus_diag::Code;
use theus_session::{Session, is_open};

use super::{Input, command, history};
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

const PROMPT: &str = "theus> ";

/// Most lines of the history.
const LINES: usize = 10_000;

/// Words of the language that are offered.
const WORDS: [&str; 24] = [
    "and", "assert", "const", "context", "else", "enum", "every", "expect", "false",
    "for", "if", "inputs", "keep", "let", "match", "outputs", "pipeline", "process",
    "reset", "run", "set", "struct", "ticks", "var",
];

pub(super) struct Editor {
    editor: rustyline::Editor<Assistant, FileHistory>,
}

#[derive(Default)]
struct Assistant {
    /// What may be written: items, fields, values.
    names: Vec<String>,
    colored: bool,
}

impl Editor {
    /// An editor on the terminal.
    pub(super) fn open(terminal: &mut Terminal) -> Result<Box<dyn Input>, Exit> {
        let config = Config::builder()
            .auto_add_history(true)
            .completion_type(CompletionType::List)
            .max_history_size(LINES)
            .map(rustyline::config::Builder::build);
        let editor = config.and_then(|config| {
            rustyline::Editor::with_history(config, FileHistory::new())
        });
        let mut editor = editor.map_err(|error| refused(&error))?;
        editor.set_helper(Some(Assistant {
            names: Vec::new(),
            colored: terminal.has_colors(),
        }));
        if let Some(path) = history() {
            // There is none yet, or nobody may read it.
            let _ = editor.load_history(&path);
            let _ = path.parent().map(fs::create_dir_all);
        }
        terminal
            .out("A cell is items, statements, a value. `:help` lists commands.\n")?;
        Ok(Box::new(Self { editor }))
    }
}

fn refused(error: &ReadlineError) -> Exit {
    plain(
        Code::FileUnreadable,
        format!("the terminal cannot be read: {error}"),
    )
    .into()
}

impl Input for Editor {
    fn next(&mut self, session: &Session) -> Result<Option<String>, Exit> {
        if let Some(helper) = self.editor.helper_mut() {
            helper.names = session.names();
        }
        loop {
            match self.editor.readline(PROMPT) {
                Ok(line) if line.trim().is_empty() => {}
                Ok(line) => {
                    // A history that cannot be written is not worth a word.
                    let _ = history().map(|path| self.editor.append_history(&path));
                    return Ok(Some(line));
                }
                // Ctrl-C leaves the line.
                Err(ReadlineError::Interrupted) => {}
                Err(ReadlineError::Eof) => return Ok(None),
                Err(error) => return Err(refused(&error)),
            }
        }
    }
}

impl Helper for Assistant {}

impl Hinter for Assistant {
    type Hint = String;
}

impl Validator for Assistant {
    fn validate(
        &self,
        context: &mut ValidationContext<'_>,
    ) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let goes_on = !text.trim_start().starts_with(':') && is_open(text);
        Ok(match goes_on {
            true => ValidationResult::Incomplete,
            false => ValidationResult::Valid(None),
        })
    }
}

impl Completer for Assistant {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        at: usize,
        _: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let before = line.get(..at).unwrap_or_default();
        if let Some(file) = command::file_of(before) {
            return Ok((at - file.len(), files(file)));
        }
        let is_part = |letter: char| letter.is_alphanumeric() || "_.:".contains(letter);
        let start = before
            .rfind(|letter| !is_part(letter))
            .map_or(0, |at| at + 1);
        let begun = before.get(start..).unwrap_or_default();
        let commands = command::words().map(|word| format!(":{word}"));
        let words = WORDS.iter().map(|word| (*word).to_owned());
        let known = self.names.iter().cloned().chain(words);
        let known = commands.filter(|_| start == 0).chain(known);
        let mut found: Vec<String> = known
            .filter(|name| !begun.is_empty() && name.starts_with(begun))
            .collect();
        found.sort_unstable();
        found.dedup();
        Ok((start, found))
    }
}

/// The files and folders whose path begins so; a folder ends in `/`.
fn files(begun: &str) -> Vec<String> {
    let (folder, name) = begun
        .rsplit_once('/')
        .map_or(("", begun), |(folder, name)| {
            (begun.get(..=folder.len()).unwrap_or_default(), name)
        });
    let place = if folder.is_empty() { "." } else { folder };
    let entries = fs::read_dir(place).into_iter().flatten().flatten();
    let paths = entries.filter_map(|entry| {
        let file = entry.file_name().into_string().ok()?;
        let hidden = file.starts_with('.') && !name.starts_with('.');
        let end = if entry.path().is_dir() { "/" } else { "" };
        (file.starts_with(name) && !hidden).then(|| format!("{folder}{file}{end}"))
    });
    let mut paths: Vec<String> = paths.collect();
    paths.sort_unstable();
    paths
}

impl Highlighter for Assistant {
    fn highlight_prompt<'b, 's: 'b, 'p: 'b>(
        &'s self,
        prompt: &'p str,
        _: bool,
    ) -> Cow<'b, str> {
        match self.colored {
            true => Cow::Owned(format!("\x1b[1;36m{prompt}\x1b[0m")),
            false => Cow::Borrowed(prompt),
        }
    }

    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        match self.colored {
            true => Cow::Owned(super::paint::painted(line)),
            false => Cow::Borrowed(line),
        }
    }

    fn highlight_char(&self, _: &str, _: usize, _: CmdKind) -> bool {
        self.colored
    }
}
