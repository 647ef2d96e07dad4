//! `theusc check`: everything that is wrong, of all files at once.

use theus::{Bill, Options, Report};
use theus_diag::Severity;
use theus_diag::render::{self, json, sarif, short};

use crate::args::{Check, Format};
use crate::files;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// Checks every file.
pub(crate) fn main(args: &Check, terminal: &mut Terminal) -> Result<u8, Exit> {
    let mut all = Report::default();
    let mut bills = Vec::new();
    for path in &args.files {
        let root = match files::root(path) {
            Ok(root) => root,
            Err(found) => {
                all.append(*found);
                continue;
            }
        };
        let name = root.text.name.clone();
        let report = one(root, args, &mut |bill| bills.push((name.clone(), bill)));
        all.append(report);
    }
    report(args.format, &all, &bills, terminal)?;
    let denied = args.deny_warnings && !all.found.is_empty();
    Ok(if all.has_errors() || denied { 2 } else { 0 })
}

/// What is wrong with one program; its bill, if that was asked for.
fn one(root: files::Root, args: &Check, bill: &mut dyn FnMut(Bill)) -> Report {
    if !args.memory && args.budget.is_none() {
        return theus::check(root.text, &root.modules);
    }
    let tested = theus::check(root.text.clone(), &root.modules);
    if tested.has_errors() {
        return tested;
    }
    // The bill is that of the program without its tests.
    match theus::compile(root.text, &root.modules, &Options::default()) {
        Err(report) => *report,
        Ok(program) => match program.machine() {
            Err(report) => *report,
            Ok(machine) => {
                let image = program.image();
                let own = Bill::new(&image, machine.sizes());
                let mut report = program.warnings().clone();
                let over = args.budget.and_then(|budget| own.exceeds(budget, &image));
                report.found.extend(over);
                if args.memory {
                    bill(own);
                }
                report
            }
        },
    }
}

fn report(
    format: Format,
    all: &Report,
    bills: &[(String, Bill)],
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let text = match format {
        Format::Human => {
            terminal.problem(all);
            let several = bills.len() > 1;
            let bills = bills.iter().map(|(name, bill)| {
                if several {
                    format!("{name}\n{}\n", bill.text())
                } else {
                    bill.text()
                }
            });
            bills.collect()
        }
        Format::Short => {
            let lines = all
                .found
                .iter()
                .map(|found| short::render(found, &all.sources) + "\n");
            lines
                .chain(bills.iter().map(|(_, bill)| bill.text()))
                .collect()
        }
        Format::Json if bills.is_empty() => json::render(&all.found, &all.sources),
        Format::Json => with_bills(all, bills),
        Format::Sarif => sarif::render(&all.found, &all.sources),
    };
    if format == Format::Human && all.found.is_empty() && bills.is_empty() {
        return terminal.out("no problems\n");
    }
    if format == Format::Short && !all.found.is_empty() {
        let errors = all
            .found
            .iter()
            .filter(|found| found.severity() == Severity::Error);
        if errors.count() > 0 {
            terminal.note(&render::summary(&all.found));
        }
    }
    terminal.out(&text)
}

fn with_bills(all: &Report, bills: &[(String, Bill)]) -> String {
    let text = json::render(&all.found, &all.sources);
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let bills = bills.iter().map(|(file, bill)| {
        serde_json::json!({ "file": file, "rows": bill.rows, "total": bill.total })
    });
    let bills: Vec<_> = bills.collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("memory".to_owned(), bills.into());
    }
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
