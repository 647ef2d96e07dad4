//! `--fix`: the edits of diagnostics, made in files.

use std::path::Path;

use theus::{Checker, Report};
use theus_diag::{Code, Ease};

use crate::args::{Format, Mend, Which};
use crate::files::Root;
use crate::problem::{Exit, plain};
use crate::rewrite;
use crate::terminal::Terminal;

/// What is left to be said of a program, and whether a file of it would be another.
pub(crate) type Mended = (Report, bool);

/// Whether the standard output shows a program or a difference.
pub(crate) fn is_shown(args: &Mend, input: bool) -> bool {
    args.fix.is_some() && (input || args.dry_run)
}

/// What the standard output shows is one thing.
pub(crate) fn only_people(args: &Mend, format: Format, input: bool) -> Result<(), Exit> {
    if format == Format::Human || !is_shown(args, input) {
        return Ok(());
    }
    let (what, help) = if args.dry_run {
        (
            "`--dry-run` prints what would change",
            "leave `--format` out",
        )
    } else {
        (
            "`--fix` prints the program that it was given",
            "leave `--format` out",
        )
    };
    Err(plain(Code::Usage, what).help(help).into())
}

/// Mends a program and its modules; what is still wrong is given back.
pub(crate) fn mend(
    root: Root,
    args: &Mend,
    check: Checker<'_>,
    terminal: &mut Terminal,
) -> Result<Mended, Exit> {
    let ease = match args.fix {
        None => return Ok((check(root.text, &root.modules), false)),
        Some(Which::Safe) => Ease::Safe,
        Some(Which::All) => Ease::Look,
    };
    let (name, text) = (root.text.name.clone(), root.text.text.clone());
    let is_input = name == crate::files::INPUT;
    let fixed = theus::fix(root.text, &root.modules, ease, check);
    for file in &fixed.files {
        if args.dry_run {
            let shown = rewrite::edits(&file.name, &file.old, &file.new, terminal);
            terminal.out(&shown)?;
        } else if file.name != crate::files::INPUT {
            rewrite::replace(Path::new(&file.name), &file.new)?;
        }
    }
    if is_input && !args.dry_run {
        let new = fixed.files.iter().find(|file| file.name == name);
        terminal.out(new.map_or(&text, |file| &file.new))?;
    }
    let word = if args.dry_run { "would mend" } else { "mended" };
    for done in &fixed.mended {
        let (file, line, code) = (&done.file, done.line, done.code.id());
        terminal.note(&format!("{word} {file}:{line}: {} ({code})", done.title));
    }
    Ok((fixed.report, !fixed.files.is_empty()))
}
