//! `theusc fmt`: the one layout, of files, folders or the standard input.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use theus::Report;
use theus_diag::{Code, from_syntax};
use theus_fmt::Change;
use theus_grammar::{FileId, Source};

use crate::args::Fmt;
use crate::files;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Lays out every file. A file with syntax errors is left as it is.
pub(crate) fn main(args: &Fmt, terminal: &mut Terminal) -> Result<u8, Exit> {
    let mut problems = Report::default();
    let mut differs = false;
    let paths = files::programs(&args.files)?;
    if args.range.is_some() && paths.len() != 1 {
        return Err(plain(Code::Usage, "`--range` is for one file").into());
    }
    for path in paths {
        match one(&path, args, terminal) {
            Ok(changed) => differs |= changed,
            Err(Exit::Report(report, _)) => problems.append(*report),
            Err(Exit::Quiet) => return Err(Exit::Quiet),
        }
    }
    if !problems.found.is_empty() {
        terminal.problem(&problems);
        return Ok(2);
    }
    Ok(u8::from(args.check && differs))
}

/// Lays out a file; whether its layout was another.
fn one(path: &Path, args: &Fmt, terminal: &mut Terminal) -> Result<bool, Exit> {
    let text = files::root(path)?.text;
    let laid_out = laid_out(&text, args.range)?;
    let differs = laid_out != text.text;
    if args.check {
        if differs {
            terminal.out(&difference(&text.name, &text.text, &laid_out, terminal))?;
        }
    } else if path == Path::new("-") {
        terminal.out(&laid_out)?;
    } else if differs {
        replace(path, &laid_out).map_err(|error| {
            let title = format!("`{}` cannot be written: {error}", text.name);
            plain(Code::OutputFailed, title)
        })?;
        terminal.note(&format!("laid out {}", text.name));
    }
    Ok(differs)
}

fn laid_out(text: &theus::Text, range: Option<(usize, usize)>) -> Result<String, Exit> {
    let source = Source::new(FileId(0), text.name.as_str(), text.text.as_str());
    match theus_fmt::format(&source) {
        Ok(new) => Ok(match range {
            Some((first, last)) => theus_fmt::within(&text.text, &new, first, last),
            None => new,
        }),
        Err(errors) => {
            let mut report = Report::default();
            report.found.extend(errors.into_iter().map(from_syntax));
            report.sources.push(source);
            Err(Exit::Report(Box::new(report), 2))
        }
    }
}

/// Writes a file as a whole or not at all: beside it first, then in its place.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let path = fs::canonicalize(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()?;
        fs::rename(&beside, &path)
    };
    write().inspect_err(|_| {
        // What is told is why it could not be written.
        let _ = fs::remove_file(&beside);
    })
}

/// A unified difference.
fn difference(name: &str, old: &str, new: &str, terminal: &Terminal) -> String {
    let mut out = format!("--- {name}\n+++ {name}\n");
    let mut ahead = 0_isize;
    for change in theus_fmt::changes(old, new) {
        let Change { line, old, new } = change;
        let place = line.checked_add_signed(ahead).unwrap_or(line);
        // Of no lines, the place is the line before them.
        let before = |lines: &[&str], line: usize| line - usize::from(lines.is_empty());
        let (from, to) = (before(&old, line), before(&new, place));
        let head = format!("@@ -{from},{} +{to},{} @@", old.len(), new.len());
        out += &terminal.colored(&head, "36");
        out.push('\n');
        for (lines, sign, color) in [(&old, '-', "31"), (&new, '+', "32")] {
            for line in lines {
                let text = line.trim_end_matches(['\n', '\r']);
                out += &terminal.colored(&format!("{sign}{text}"), color);
                out.push('\n');
            }
        }
        ahead += new.len().cast_signed() - old.len().cast_signed();
    }
    out
}
