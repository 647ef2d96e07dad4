//! `theusc repl`: cells from a person or from a file, one after the other.

mod command;
#[cfg(feature = "repl")]
mod editor;
mod lines;
#[cfg(feature = "repl")]
mod paint;
mod tell;

use std::collections::VecDeque;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use theus_session::{Cell, MOST_PAST, Options, Refused, Session};

use crate::args::{Engine, Repl};
use crate::files;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// What gives cells.
pub(super) trait Input {
    /// The next cell or command; `None` at the end.
    fn next(&mut self, session: &Session) -> Result<Option<String>, Exit>;
}

/// A session and what it talks to.
pub(super) struct Talk<'t> {
    pub(super) session: Session,
    pub(super) terminal: &'t mut Terminal,
    stop: Arc<AtomicBool>,
    clock: Clock,
    /// The last cell.
    pub(super) last: String,
    /// The last cells that have changed something.
    pub(super) done: VecDeque<String>,
    /// Cells and commands that went wrong.
    pub(super) wrong: u64,
}

/// What time it is in the session.
struct Clock {
    began: Instant,
    /// Cells are so far apart.
    apart: Option<Duration>,
    cells: u32,
}

impl Clock {
    fn now(&self) -> Duration {
        match self.apart {
            Some(apart) => apart.saturating_mul(self.cells),
            None => self.began.elapsed(),
        }
    }
}

/// Runs cells until there are no more.
pub(crate) fn main(args: &Repl, terminal: &mut Terminal) -> Result<u8, Exit> {
    let (modules, text) = match &args.file {
        Some(path) => {
            let root = files::root(path)?;
            (root.modules, Some(root.text.text))
        }
        None => (files::here(), None),
    };
    let options = Options {
        engine: match args.engine {
            Engine::Jit => theus_session::Engine::Machine,
            Engine::Interp => theus_session::Engine::Interpreter,
        },
        seed: args.seed,
        directory: modules.path().to_owned(),
        ..Options::default()
    };
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Without a handler, Ctrl-C ends the program as usual.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    let mut talk = Talk {
        session: Session::new(Box::new(modules), options),
        terminal,
        stop,
        clock: Clock {
            began: Instant::now(),
            apart: args.clock,
            cells: 0,
        },
        last: String::new(),
        done: VecDeque::new(),
        wrong: 0,
    };
    if let Some(text) = text {
        talk.cell(&text)?;
    }
    let is_person = io::stdin().is_terminal();
    let mut input = input(is_person, talk.terminal)?;
    talk.all(&mut *input)?;
    Ok(u8::from(talk.wrong > 0 && !is_person))
}

#[cfg(feature = "repl")]
fn input(is_person: bool, terminal: &mut Terminal) -> Result<Box<dyn Input>, Exit> {
    if is_person {
        return editor::Editor::open(terminal);
    }
    Ok(Box::new(lines::Script::default()))
}

#[cfg(not(feature = "repl"))]
fn input(_: bool, _: &mut Terminal) -> Result<Box<dyn Input>, Exit> {
    Ok(Box::new(lines::Script::default()))
}

impl Talk<'_> {
    fn all(&mut self, input: &mut dyn Input) -> Result<(), Exit> {
        while let Some(text) = input.next(&self.session)? {
            let bare = command::is_bare(&text)
                && !self.session.names().iter().any(|name| name == text.trim());
            let word = text.trim_start();
            let goes_on = match word.strip_prefix(':').or(bare.then_some(word)) {
                Some(command) => self.command(command.trim())?,
                None => {
                    self.cell(&text)?;
                    self.last = text;
                    true
                }
            };
            if !goes_on {
                break;
            }
        }
        Ok(())
    }

    /// Runs a cell and tells what came of it. False if it changed nothing.
    pub(super) fn cell(&mut self, text: &str) -> Result<bool, Exit> {
        self.stop.store(false, Ordering::Relaxed);
        self.clock.cells += 1;
        let clock = &self.clock;
        let stop = Some(&self.stop);
        let done = self.session.run(text, &mut || clock.now(), stop);
        match done {
            Ok(cell) => {
                if self.done.len() == MOST_PAST {
                    self.done.pop_front();
                }
                self.done.push_back(text.to_owned());
                self.told(&cell)?;
            }
            Err(refused) => {
                self.wrong += 1;
                self.refused(refused);
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn told(&mut self, cell: &Cell) -> Result<(), Exit> {
        self.terminal.problem(&cell.warnings);
        let text = tell::cell(cell);
        self.terminal.out(&text)
    }

    fn refused(&mut self, refused: Refused) {
        match refused {
            Refused::Report(report) => {
                self.terminal.problem(&report);
                if tell::is_of_earlier(&report) {
                    self.terminal.note(EARLIER);
                }
            }
            other => {
                let text = tell::refused(other, self.terminal);
                self.terminal.note(text.trim_end());
            }
        }
    }
}

/// Said where a cell is refused because of what others say.
const EARLIER: &str = "this cell declares anew what others rest on, and has changed nothing:\ndeclare those anew in the same cell, or take another name";

/// The file of what was typed, if there is a place for it.
#[cfg(feature = "repl")]
fn history() -> Option<PathBuf> {
    let folder = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".local/state"));
    Some(folder.or_else(home)?.join("theus/history"))
}
