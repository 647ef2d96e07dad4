//! `--audit FILE`: the audit log as a file. `--record FILE`, `--replay FILE`: what the machine
//! tells.

use std::path::Path;

use theus::Program;
use theus::memory::span;
use theus_abi::image::Loc;
use theus_diag::Code;
use theus_vm::{LogForm, Recorded, Told, Vm};

use crate::args::Run;
use crate::ground;
use crate::problem::{Exit, plain};

/// Lets the VM write the log, if a file is given.
pub(crate) fn open(
    vm: &mut Vm,
    file: Option<&Path>,
    program: &Program,
) -> Result<(), Exit> {
    let Some(file) = file else { return Ok(()) };
    let form = form(file)?;
    let image = program.image();
    let sites = image.sites.iter().map(|site| told(program, site.loc));
    let alerts = image.alerts.iter().map(|alert| told(program, alert.loc));
    let (sites, alerts) = (sites.collect(), alerts.collect());
    vm.log_to(file, form, sites, alerts)
        .map_err(|error| ground::refused(&error))
}

/// Records or plays back what the machine tells.
pub(crate) fn host(
    vm: &mut Vm,
    (program, pipeline): (&Program, usize),
    args: &Run,
) -> Result<(), Exit> {
    let name = args.file.file_name().unwrap_or_default();
    let runs = vm.image().pipelines.get(pipeline);
    let of = || Recorded {
        program: name.to_string_lossy().into_owned(),
        text: program.number(),
        pipeline: runs.map_or_else(String::new, |one| one.name.clone()),
    };
    let done = match (&args.record, &args.replay) {
        (Some(file), _) => {
            let of = of();
            vm.record_host(file, of)
        }
        (None, Some(file)) => {
            let of = of();
            vm.replay_host(file, of)
        }
        (None, None) => Ok(()),
    };
    done.map_err(|error| ground::refused(&error))
}

fn form(file: &Path) -> Result<LogForm, Exit> {
    match file.extension().and_then(|ending| ending.to_str()) {
        Some("csv") => Ok(LogForm::Csv),
        Some("jsonl") => Ok(LogForm::JsonLines),
        _ => {
            let text = format!("`{}` says no form of the log", file.display());
            let found = plain(Code::Usage, text);
            Err(found
                .help("give a name that ends with `.csv` or `.jsonl`")
                .into())
        }
    }
}

/// Where a place is, and the line of text that stands there.
fn told(program: &Program, loc: Loc) -> Told {
    let span = span(loc);
    let sources = &program.warnings().sources;
    let Some(source) = sources.iter().find(|source| source.id == span.file) else {
        return Told::default();
    };
    let (line, column) = source.position(span.start);
    let range = span.start as usize..span.end as usize;
    let text = source.text.get(range).unwrap_or("");
    let words: Vec<_> = text.split_whitespace().collect();
    Told {
        place: format!("{}:{line}:{column}", source.name),
        text: words.join(" "),
    }
}
