//! The commands of a session: lines that begin with a colon.

use std::fs;
use std::path::Path;

use theus::Bill;
use theus_diag::{Code, suggest};

use super::{Talk, tell};
use crate::files;
use crate::problem::{Exit, plain, report};

/// A command: its word, what follows it, and what it does.
struct Command {
    word: &'static str,
    rest: &'static str,
    what: &'static str,
    run: fn(&mut Talk<'_>, &str) -> Result<bool, Exit>,
}

/// What follows the word where a file is meant.
const FILE: &str = "FILE";

/// All of them, as `:help` lists them.
const COMMANDS: [Command; 10] = [
    Command {
        word: "type",
        rest: "VALUE",
        what: "the type of a value, which is not computed",
        run: type_of,
    },
    Command {
        word: "names",
        rest: "",
        what: "what is declared, and its values",
        run: names,
    },
    Command {
        word: "memory",
        rest: "",
        what: "every byte that the contexts take",
        run: memory,
    },
    Command {
        word: "stats",
        rest: "",
        what: "cells, times, memory, and what a clean-up would keep",
        run: stats,
    },
    Command {
        word: "undo",
        rest: "",
        what: "back to before the last cell",
        run: undo,
    },
    Command {
        word: "again",
        rest: "COUNT",
        what: "run the last cell so many times more",
        run: again,
    },
    Command {
        word: "load",
        rest: FILE,
        what: "run a file as a cell",
        run: load,
    },
    Command {
        word: "save",
        rest: FILE,
        what: "write the items of all cells as a program",
        run: save,
    },
    Command {
        word: "help",
        rest: "",
        what: "this list",
        run: help,
    },
    Command {
        word: "quit",
        rest: "",
        what: "end the session",
        run: |_, _| Ok(false),
    },
];

/// The words of all commands.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.word)
}

/// What people type at first.
const HABITS: [(&str, &str); 5] = [
    ("q", "quit"),
    ("exit", "quit"),
    ("h", "help"),
    ("?", "help"),
    ("vars", "names"),
];

/// What follows a command that takes a file.
#[cfg(feature = "repl")]
pub(super) fn file_of(line: &str) -> Option<&str> {
    let (word, rest) = line.trim_start().strip_prefix(':')?.split_once(' ')?;
    let mut commands = COMMANDS.iter();
    let command = commands.find(|command| command.word == word)?;
    (command.rest == FILE).then(|| rest.trim_start())
}

/// Whether a cell is a command without its colon, as it ends sessions elsewhere.
pub(super) fn is_bare(text: &str) -> bool {
    matches!(text.trim(), "help" | "quit" | "exit")
}

impl Talk<'_> {
    /// Carries out a command. False if the session is to end.
    pub(super) fn command(&mut self, text: &str) -> Result<bool, Exit> {
        let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
        let rest = rest.trim();
        let habit = HABITS.iter().find(|(theirs, _)| *theirs == word);
        let word = habit.map_or(word, |(_, ours)| ours);
        match COMMANDS.iter().find(|command| command.word == word) {
            Some(command) if command.rest.is_empty() != rest.is_empty() => {
                let usage = format!(":{} {}", command.word, command.rest);
                let title = format!("`:{word}` is used as `{}`", usage.trim_end());
                self.wrong(plain(Code::NoCommand, title));
                Ok(true)
            }
            Some(command) => (command.run)(self, rest),
            None => {
                let title = format!("there is no command `:{word}`");
                let found = plain(Code::NoCommand, title);
                let near = suggest::closest(word, words());
                self.wrong(match near {
                    Some(near) => found.help(format!("did you mean `:{near}`?")),
                    None => found.help("`:help` lists the commands"),
                });
                Ok(true)
            }
        }
    }

    fn wrong(&mut self, found: theus_diag::Diagnostic) {
        self.wrong += 1;
        self.terminal.problem(&report(found));
    }
}

fn type_of(talk: &mut Talk<'_>, rest: &str) -> Result<bool, Exit> {
    match talk.session.type_of(rest) {
        Ok(ty) => talk.terminal.out(&format!("{ty}\n"))?,
        Err(report) => {
            talk.wrong += 1;
            talk.terminal.problem(&report);
        }
    }
    Ok(true)
}

fn names(talk: &mut Talk<'_>, _: &str) -> Result<bool, Exit> {
    let mut text = String::new();
    for name in talk.session.names() {
        let kept = talk.session.kept().iter().find(|one| one.name == name);
        text += &name;
        if let Some(kept) = kept {
            text += &format!(": {}", kept.ty);
        }
        if let Some(value) = talk.session.value(&name) {
            text += &format!(" = {}", crate::state::short(&value));
        }
        text.push('\n');
    }
    talk.terminal.out(&text)?;
    Ok(true)
}

fn memory(talk: &mut Talk<'_>, _: &str) -> Result<bool, Exit> {
    let program = talk.session.compiled()?;
    let bill = Bill::new(&program.image(), program.machine()?.sizes(), 1);
    let held = tell::bytes(talk.session.bytes());
    // What cells keep is named by them.
    let own = format!("{}.", theus_session::CONTEXT);
    let blank = " ".repeat(own.len());
    let lines = bill.text();
    let lines = lines.lines().map(|line| match line.strip_prefix(&own) {
        Some(rest) => {
            let (name, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            format!("{name}{blank} {rest}\n")
        }
        None => format!("{line}\n"),
    });
    let lines: String = lines.collect();
    let text = format!("{lines}with what `:undo` needs: {held}\n");
    talk.terminal.out(&text)?;
    Ok(true)
}

fn stats(talk: &mut Talk<'_>, _: &str) -> Result<bool, Exit> {
    let text = tell::statistics(&talk.session.statistics());
    talk.terminal.out(&(text + "\n"))?;
    Ok(true)
}

fn undo(talk: &mut Talk<'_>, _: &str) -> Result<bool, Exit> {
    let text = match talk.session.undo() {
        true => match talk.done.pop_back() {
            Some(cell) => format!("undone: {}\n", tell::first_line(&cell)),
            None => "the last cell is undone\n".to_owned(),
        },
        false => "there is no cell to undo\n".to_owned(),
    };
    talk.terminal.out(&text)?;
    Ok(true)
}

fn again(talk: &mut Talk<'_>, rest: &str) -> Result<bool, Exit> {
    let Ok(count) = rest.replace('_', "").parse::<u32>() else {
        let title = format!("`{rest}` is no number of times");
        talk.wrong(plain(Code::NoCommand, title).help("write `:again 10`"));
        return Ok(true);
    };
    let text = talk.last.clone();
    for _ in 0..count {
        if !talk.cell(&text)? {
            return Ok(true);
        }
    }
    Ok(true)
}

fn load(talk: &mut Talk<'_>, rest: &str) -> Result<bool, Exit> {
    match files::root(Path::new(rest)) {
        Ok(root) => talk.cell(&root.text.text).map(|_| true),
        Err(report) => {
            talk.wrong += 1;
            talk.terminal.problem(&report);
            Ok(true)
        }
    }
}

fn save(talk: &mut Talk<'_>, rest: &str) -> Result<bool, Exit> {
    match fs::write(rest, talk.session.program()) {
        Ok(()) => talk.terminal.out(&format!("written to {rest}\n"))?,
        Err(error) => {
            let title = format!("`{rest}` cannot be written: {error}");
            talk.wrong(plain(Code::OutputFailed, title));
        }
    }
    Ok(true)
}

fn help(talk: &mut Talk<'_>, _: &str) -> Result<bool, Exit> {
    let mut text = String::from(
        "A cell is items, then statements as in a test, then perhaps a value, which is shown.\n\n",
    );
    for command in &COMMANDS {
        let head = format!(":{} {}", command.word, command.rest);
        text += &format!("  {head:14} {}\n", command.what);
    }
    text += "\n  Ctrl-C         ends a cell that runs; it then has changed nothing\n";
    talk.terminal.out(&text)?;
    Ok(true)
}
