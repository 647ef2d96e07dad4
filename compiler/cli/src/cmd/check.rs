//! `theusc check`: everything that is wrong, of all files at once.

use theus::proofs::{State, Totals};
use theus::work::Work;
use theus::{Bill, Options, Proofs, Report};
use theus_diag::Severity;
use theus_diag::render::{self, json, sarif, short};

use crate::args::{Check, Format};
use crate::files;
use crate::mend;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// Checks every file.
pub(crate) fn main(args: &Check, terminal: &mut Terminal) -> Result<u8, Exit> {
    let mut all = Report::default();
    let mut tables = Tables::default();
    let mut differs = false;
    let input = args.files.iter().any(|path| files::is_input(path));
    mend::only_people(&args.mend, args.format, input)?;
    for path in &args.files {
        let root = match files::root(path) {
            Ok(root) => root,
            Err(found) => {
                all.append(*found);
                continue;
            }
        };
        if args.mend.fix.is_some() {
            let (report, changed) = mend::mend(
                root,
                &args.mend,
                &|text, modules| theus::check(text, modules),
                terminal,
            )?;
            differs |= changed;
            all.append(report);
            continue;
        }
        let name = root.text.name.clone();
        let (report, bill, proofs) = one(root, args);
        tables.bills.extend(bill.map(|bill| (name.clone(), bill)));
        tables.proofs.extend(proofs.map(|proofs| (name, proofs)));
        all.append(report);
    }
    if mend::is_shown(&args.mend, input) {
        terminal.problem(&all);
    } else {
        report(args.format, &all, &tables, terminal)?;
    }
    let denied = args.deny_warnings && !all.found.is_empty();
    Ok(if all.has_errors() || denied {
        2
    } else {
        u8::from(args.mend.dry_run && differs)
    })
}

/// What was asked for besides what is wrong, by program.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    bills: Vec<(String, Costs)>,
    proofs: Vec<(String, Proofs)>,
}

/// What a program needs.
#[derive(Debug)]
struct Costs {
    bill: Bill,
    work: Work,
}

impl Costs {
    fn text(&self) -> String {
        format!("{}\n{}", self.bill.text(), self.work.text())
    }
}

/// What is wrong with one program; its bill and its checks, if that was asked for.
fn one(root: files::Root, args: &Check) -> (Report, Option<Costs>, Option<Proofs>) {
    let tested = theus::check(root.text.clone(), &root.modules);
    let wants_bill = args.memory || args.budget.is_some();
    if tested.has_errors() || !(wants_bill || args.contracts) {
        return (tested, None, None);
    }
    // The tables are those of the program without its tests.
    let (mut report, mut proofs) = (tested, None);
    if args.contracts {
        match theus::prove(root.text.clone(), &root.modules) {
            Err(other) => return (*other, None, None),
            Ok((found, proved)) => {
                proofs = Some(found);
                report = proved;
            }
        }
    }
    if !wants_bill {
        return (report, None, proofs);
    }
    match bill(root, args) {
        Err(other) => (*other, None, proofs),
        Ok((found, bill)) if args.contracts => {
            report.append(found);
            (report, bill, proofs)
        }
        Ok((found, bill)) => (found, bill, proofs),
    }
}

/// The warnings of a program, and its bill, if it was asked for.
fn bill(root: files::Root, args: &Check) -> Result<(Report, Option<Costs>), Box<Report>> {
    let options = Options {
        work: true,
        ..Options::default()
    };
    let program = theus::compile(root.text, &root.modules, &options)?;
    let (machine, image) = (program.machine()?, program.image());
    let own = Bill::new(&image, machine.sizes(), args.workers);
    let mut report = program.warnings().clone();
    let over = args.budget.and_then(|budget| own.exceeds(budget, &image));
    report.found.extend(over);
    let work = program.work().clone().with_code(machine.sizes());
    let costs = Costs { bill: own, work };
    Ok((report, args.memory.then_some(costs)))
}

/// Says what was found, in that format.
pub(crate) fn report(
    format: Format,
    all: &Report,
    tables: &Tables,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let bills = &tables.bills;
    let text = match format {
        Format::Human => {
            terminal.problem(all);
            people(tables, terminal)
        }
        Format::Short => {
            let lines = all
                .found
                .iter()
                .map(|found| short::render(found, &all.sources) + "\n");
            let totals = tables.proofs.iter();
            lines
                .chain(bills.iter().map(|(_, bill)| bill.text()))
                .chain(
                    totals.map(|(name, proofs)| format!("{name}: {}", proofs.totals())),
                )
                .collect()
        }
        Format::Json if tables.is_empty() => json::render(&all.found, &all.sources),
        Format::Json => with_tables(all, tables),
        Format::Sarif => sarif::render(&all.found, &all.sources),
    };
    if format == Format::Human && all.found.is_empty() && tables.is_empty() {
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

impl Tables {
    const fn is_empty(&self) -> bool {
        self.bills.is_empty() && self.proofs.is_empty()
    }
}

/// The tables for people.
fn people(tables: &Tables, terminal: &Terminal) -> String {
    let several = tables.bills.len() > 1;
    let bills = tables.bills.iter().map(|(name, bill)| {
        if several {
            format!("{name}\n{}\n", bill.text())
        } else {
            bill.text()
        }
    });
    let paint = |state: State, word: &str| {
        let color = match state {
            State::Proved => "32",
            State::Checked => "33",
            State::Refuted => "31",
        };
        terminal.colored(word, color)
    };
    let proofs = tables.proofs.iter().map(|(_, proofs)| proofs.text(&paint));
    let mut text: String = bills.chain(proofs).collect();
    if tables.proofs.len() > 1 {
        let all = tables
            .proofs
            .iter()
            .flat_map(|(_, proofs)| proofs.checks.clone());
        let checks: Vec<_> = all.collect();
        let all = Proofs {
            checks,
            library: Vec::new(),
        };
        text += &format!("together {}", all.totals());
    }
    text
}

fn with_tables(all: &Report, tables: &Tables) -> String {
    let text = json::render(&all.found, &all.sources);
    let mut value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let Some(object) = value.as_object_mut() else {
        return text;
    };
    if !tables.bills.is_empty() {
        let bills = tables.bills.iter().map(|(file, bill)| {
            let Costs { bill, work } = bill;
            serde_json::json!({
                "file": file,
                "rows": bill.rows,
                "total": bill.total,
                "work": work.pipelines,
            })
        });
        object.insert("memory".to_owned(), bills.collect());
    }
    if !tables.proofs.is_empty() {
        let proofs = tables.proofs.iter().map(|(file, proofs)| {
            serde_json::json!({
                "file": file,
                "checks": proofs.checks,
                "totals": Totals::of(&proofs.checks),
                "library": Totals::of(&proofs.library),
            })
        });
        object.insert("contracts".to_owned(), proofs.collect());
    }
    serde_json::to_string_pretty(&value).unwrap_or_default() + "\n"
}
