//! `theusc lint`: what is wrong, and what may be better, of all files at once.

use std::fmt::Write as _;
use std::path::Path;

use theus::{Group, LINTS, Level, Levels, Report};

use crate::args::{Format, Lint};
use crate::cmd::check;
use crate::files;
use crate::mend;
use crate::problem::Exit;
use crate::project;
use crate::terminal::Terminal;

/// Lints every file.
pub(crate) fn main(args: &Lint, terminal: &mut Terminal) -> Result<u8, Exit> {
    if args.list {
        let mut levels = match project::of(Path::new("here.theus")) {
            Some(file) => project::levels(&file)?,
            None => Levels::default(),
        };
        command_line(args, &mut levels)?;
        terminal.out(&list(&levels, terminal))?;
        return Ok(0);
    }
    if args.mend.fix.is_some() && !args.mend.dry_run {
        files::named(&args.files, "lint --fix", "mend")?;
    }
    let format = if args.json { Format::Json } else { args.format };
    let paths = files::programs(&args.files)?;
    let input = paths.iter().any(|path| files::is_input(path));
    mend::only_people(&args.mend, format, input)?;
    let (mut all, mut differs) = (Report::default(), false);
    for path in paths {
        let levels = levels(&path, args)?;
        match files::root(&path) {
            Ok(root) => {
                let lint = |text, modules: &dyn theus::Sources| {
                    theus::lint(text, modules, &levels)
                };
                let (report, changed) = mend::mend(root, &args.mend, &lint, terminal)?;
                differs |= changed;
                all.append(report);
            }
            Err(found) => all.append(*found),
        }
    }
    if mend::is_shown(&args.mend, input) {
        terminal.problem(&all);
    } else {
        check::report(format, &all, &check::Tables::default(), terminal)?;
    }
    Ok(match all.has_errors() {
        true => 2,
        false => u8::from(args.mend.dry_run && differs),
    })
}

/// What the project says, then what the command line says.
fn levels(path: &Path, args: &Lint) -> Result<Levels, Exit> {
    let found = args.config.clone().or_else(|| project::of(path));
    let mut levels = match found {
        Some(file) => project::levels(&file)?,
        None => Levels::default(),
    };
    command_line(args, &mut levels)?;
    Ok(levels)
}

/// Groups before lints, the loudest last.
fn command_line(args: &Lint, levels: &mut Levels) -> Result<(), Exit> {
    let said = [
        (&args.allow, Level::Allow),
        (&args.warn, Level::Warn),
        (&args.deny, Level::Deny),
    ];
    for groups in [true, false] {
        for (names, level) in said {
            for name in names.iter().filter(|name| Group::is_name(name) == groups) {
                let option = format!("--{}", level.name());
                levels
                    .set(name, level)
                    .map_err(|unknown| project::no_lint(&unknown, &option))?;
            }
        }
    }
    Ok(())
}

/// All lints, by group.
fn list(levels: &Levels, terminal: &Terminal) -> String {
    let width = LINTS.iter().map(|lint| lint.name.len()).max().unwrap_or(0);
    let mut out = String::new();
    for group in Group::ALL {
        let name = terminal.colored(group.name(), "1");
        let _ = writeln!(out, "{name}: {}", group.what());
        for lint in LINTS.iter().filter(|lint| lint.group == group) {
            let (level, title) = (levels.of(lint).name(), lint.code.title());
            let (name, code) = (lint.name, lint.code.id());
            let _ = writeln!(out, "  {name:width$}  {code}  {level:5}  {title}");
        }
        out.push('\n');
    }
    out += "theusc explain T0614 says what one is for\n";
    out
}
