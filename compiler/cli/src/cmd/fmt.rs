//! `theusc fmt`: the one layout, of files, folders or the standard input.

use std::path::Path;

use theus::Report;
use theus_diag::{Code, from_syntax};
use theus_grammar::{FileId, Source};

use crate::args::Fmt;
use crate::files;
use crate::problem::{Exit, plain};
use crate::rewrite;
use crate::terminal::Terminal;

/// Lays out every file. A file with syntax errors is left as it is.
pub(crate) fn main(args: &Fmt, terminal: &mut Terminal) -> Result<u8, Exit> {
    if !args.check {
        files::named(&args.files, "fmt", "lay out")?;
    }
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
            terminal.out(&rewrite::difference(
                &text.name, &text.text, &laid_out, terminal,
            ))?;
        }
    } else if path == Path::new("-") {
        terminal.out(&laid_out)?;
    } else if differs {
        rewrite::replace(path, &laid_out)?;
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
