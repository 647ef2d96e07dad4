//! `theusc run`: compile, load, set, run, tell.

mod watch;

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use theus::{Options, Program, Stage};
use theus_abi::image::{Image, Period};
use theus_diag::render::json;
use theus_diag::{Code, NOWHERE};
use theus_vm::{Control, Outcome, Progress, Report, Value, Vm, VmError};

use crate::args::{Emit, Run, Switch};
use crate::problem::{self, Exit, plain};
use crate::progress::Bar;
use crate::summary::{Memory, Summary};
use crate::terminal::Terminal;
use crate::{
    alloc, arrays, audits, failure, files, ground, pictured, resident, settings,
};

/// How long a pipeline runs if nobody says: so much of its own time, but so many ticks.
const DEFAULT: i64 = 10_000_000_000;
const LEAST: i64 = 100;

/// Runs the program, or prints a stage of it. With `--json` a rejection is JSON as well.
pub(crate) fn main(args: &Run, terminal: &mut Terminal) -> Result<u8, Exit> {
    match whole(args, terminal) {
        Err(Exit::Report(report, status)) if args.json => {
            terminal.out(&json::render(&report.found, &report.sources))?;
            Ok(status)
        }
        done => done,
    }
}

fn whole(args: &Run, terminal: &mut Terminal) -> Result<u8, Exit> {
    let root = files::root(&args.file)?;
    let directory = root.modules.path().to_owned();
    let options = Options {
        strict: args.strict == Switch::On,
        profile: args.profile,
        ..Options::default()
    };
    if let Some(stage) = args.emit {
        let text = theus::emit(self::stage(stage), root.text, &root.modules, &options)?;
        terminal.out(&text)?;
        return Ok(0);
    }
    let program = theus::compile(root.text, &root.modules, &options)?;
    if !args.quiet && !args.json {
        terminal.problem(program.warnings());
    }
    pictured::check(args, &program.image())?;
    let sinks = (!program.image().sinks.is_empty()).then(|| args.out.clone());
    let load = match args.profile {
        true => ground::load_profiled,
        false => ground::load,
    };
    let workers = args.workers.unwrap_or_else(ground::processors);
    let mut vm = load(
        &program,
        (args.engine, workers),
        args.seed,
        sinks,
        directory,
    )?;
    let pipeline = pipeline(&vm, args)?;
    settings::apply(&mut vm, args.config.as_deref(), &args.set)?;
    if let Err(error) = vm.start() {
        return not_started(error, &program, terminal);
    }
    arrays::load(&mut vm, &args.load)?;
    let ticks = ticks(&vm, pipeline, args)?;
    if args.realtime && period(&vm, pipeline).is_none() {
        let text = "`--realtime` needs a pipeline with a period, and this one has none";
        return Err(plain(Code::Usage, text)
            .help("a pipeline without a clock runs as fast as it can: leave the flag out")
            .into());
    }
    make_directory(args, &program)?;
    audits::open(&mut vm, args.audit.as_deref(), &program)?;
    audits::host(&mut vm, (&program, pipeline), args)?;
    if args.watch {
        watch::refuse_input(&args.file)?;
        let mut running = watch::Running {
            program,
            vm,
            pipeline,
        };
        let report = watch::run(&mut running, ticks, args, terminal)?;
        arrays::save(&running.vm, &args.save)?;
        let (program, vm) = (&running.program, &running.vm);
        let memory = Memory::default();
        return tell(
            args,
            program,
            vm,
            running.pipeline,
            &report,
            memory,
            terminal,
        );
    }
    let (report, memory) = run(&mut vm, pipeline, ticks, args, terminal)?;
    arrays::save(&vm, &args.save)?;
    tell(args, &program, &vm, pipeline, &report, memory, terminal)
}

const fn stage(emit: Emit) -> Stage {
    match emit {
        Emit::Ast => Stage::Ast,
        Emit::Hir => Stage::Hir,
        Emit::Mir => Stage::Mir,
        Emit::Clif => Stage::Clif,
        Emit::Asm => Stage::Asm,
        Emit::Image => Stage::Image,
    }
}

fn pipeline(vm: &Vm, args: &Run) -> Result<usize, Exit> {
    let image = vm.image();
    // What runs several together has no name of its own.
    let names = image.pipelines.iter().map(|one| one.name.as_str());
    let names: Vec<&str> = names.filter(|name| !name.contains(' ')).collect();
    if names.is_empty() {
        let found = plain(
            Code::NoPipeline,
            "the program has no pipeline: there is nothing to run",
        );
        return Err(found.help("add `pipeline main every 10ms { … }`").into());
    }
    vm.pipeline(args.pipeline.as_deref()).map_err(|_| {
        let list: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
        let list = list.join(", ");
        match &args.pipeline {
            None => plain(
                Code::NoPipeline,
                format!("the program has several pipelines: {list}"),
            )
            .help("choose one with `--pipeline NAME`")
            .into(),
            Some(name) => {
                let found =
                    plain(Code::NoPipeline, format!("there is no pipeline `{name}`"));
                match theus_diag::suggest::closest(name, names) {
                    Some(near) => found.help(format!("did you mean `{near}`?")),
                    None => found.help(format!("the program has {list}")),
                }
                .into()
            }
        }
    })
}

/// A global has a default or a setting that its checks refuse.
fn not_started(
    error: VmError,
    program: &Program,
    terminal: &mut Terminal,
) -> Result<u8, Exit> {
    match error {
        VmError::Start(found) => {
            let sources = &program.warnings().sources;
            let text = failure::show(&found, sources, &program.image(), terminal);
            terminal.note(text.trim_end());
            Ok(1)
        }
        other => Err(ground::refused(&other)),
    }
}

/// How many ticks were asked for.
fn ticks(vm: &Vm, pipeline: usize, args: &Run) -> Result<u64, Exit> {
    if let Some(ticks) = args.ticks {
        return Ok(ticks);
    }
    let image = vm.image();
    let period = period(vm, pipeline);
    let ticks = match (args.duration, period) {
        (Some(time), Some(period)) => time / period.max(1),
        (Some(_), None) => {
            let text = "`--for` needs a pipeline with a period, and this one has none";
            return Err(plain(Code::Usage, text).help("give `--ticks N`").into());
        }
        (None, None) if may_go_on(image) => {
            let text = "this pipeline has no period and never stops";
            return Err(plain(Code::Usage, text).help("give `--ticks N`").into());
        }
        (None, Some(period)) if image.sources.is_empty() => {
            (DEFAULT / period.max(1)).max(LEAST)
        }
        (None, _) => return Ok(u64::MAX),
    };
    Ok(u64::try_from(ticks).unwrap_or(0))
}

/// Whether nothing in the program can end a run.
fn may_go_on(image: &Image) -> bool {
    image.sources.is_empty() && image.stops.is_empty()
}

fn period(vm: &Vm, pipeline: usize) -> Option<i64> {
    let image = vm.image();
    match image.pipelines.get(pipeline)?.period {
        Period::None => None,
        Period::Fixed(ns) => Some(ns),
        Period::Global(offset) => {
            let field = image.fields.iter().find(|field| field.offset == offset)?;
            match vm.get(&field.path) {
                Ok(Value::Duration(ns)) => Some(ns),
                _ => None,
            }
        }
    }
}

fn make_directory(args: &Run, program: &Program) -> Result<(), Exit> {
    if program.image().sinks.is_empty() {
        return Ok(());
    }
    fs::create_dir_all(&args.out).map_err(|error| {
        let title = format!("`{}` cannot be written to: {error}", args.out.display());
        plain(Code::OutputFailed, title)
            .help("choose a directory with `--out DIR`")
            .into()
    })
}

/// Touches as much of the stack as a run may ever use: what the system then gives is not
/// growth of the program.
#[inline(never)]
fn touch_stack() {
    std::hint::black_box([1_u8; 128 * 1024]);
}

/// Counts what the ticks take from the system, the callbacks between them apart.
#[derive(Debug, Default)]
struct Meter {
    allocations: u64,
    left: Option<u64>,
    first_pages: Option<i64>,
    last_pages: Option<i64>,
}

impl Meter {
    fn enter(&mut self, progress: Progress) {
        // A run that ends early has just made its report, which is no tick.
        let reported = progress.ended && progress.ticks < progress.goal;
        if let (Some(left), false) = (self.left, reported) {
            self.allocations += alloc::count() - left;
        }
        if progress.ended {
            self.last_pages = resident::pages();
        }
    }

    fn leave(&mut self) {
        if self.left.is_none() {
            touch_stack();
            // Asking touches pages too: the first answer is thrown away.
            resident::pages();
            self.first_pages = resident::pages();
        }
        self.left = Some(alloc::count());
    }

    fn finish(&self) -> Memory {
        let last = self.last_pages.or_else(resident::pages);
        let pages = last.zip(self.first_pages);
        Memory {
            allocations: self.left.map(|_| self.allocations),
            pages: pages.map(|(now, first)| (now - first).max(0)),
        }
    }
}

fn run(
    vm: &mut Vm,
    pipeline: usize,
    ticks: u64,
    args: &Run,
    terminal: &Terminal,
) -> Result<(Report, Memory), Exit> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Without a handler, Ctrl-C ends the program as usual.
    let _ = ctrlc::set_handler(move || flag.store(true, Ordering::Relaxed));
    let mut bar = Bar::new(terminal.is_watched() && !args.quiet);
    let mut meter = Meter::default();
    let mut progress = |progress: Progress| {
        meter.enter(progress);
        bar.update(progress);
        meter.leave();
    };
    let mut control = Control {
        stop: Some(&stop),
        progress: Some(&mut progress),
        realtime: args.realtime,
    };
    let report = vm.run(pipeline, ticks, &mut control);
    bar.finish();
    let memory = meter.finish();
    Ok((report.map_err(|error| ground::refused(&error))?, memory))
}

fn tell(
    args: &Run,
    program: &Program,
    vm: &Vm,
    pipeline: usize,
    report: &Report,
    memory: Memory,
    terminal: &mut Terminal,
) -> Result<u8, Exit> {
    let mut status = u8::from(!report.outcome.is_success());
    let (pictures, drawn) = match pictured::draw(args, &program.image(), terminal) {
        Ok(drawn) => drawn,
        Err(Exit::Quiet) => return Err(Exit::Quiet),
        Err(Exit::Report(found, refused)) => {
            terminal.problem(&found);
            status = status.max(refused);
            (Vec::new(), String::new())
        }
    };
    let summary = Summary {
        program,
        vm,
        pipeline,
        report,
        memory,
        out: &args.out,
        pictures: &pictures,
    };
    if args.json {
        terminal.out(&summary.json())?;
    } else if !args.quiet {
        terminal.out(&(summary.text() + &drawn))?;
    }
    tell_failure(program, report, args, terminal);
    Ok(status)
}

/// What failed, if anything did.
fn tell_failure(program: &Program, report: &Report, args: &Run, terminal: &mut Terminal) {
    let sources = &program.warnings().sources;
    match &report.outcome {
        Outcome::Failed(found) if !args.json => {
            let text = failure::show(found, sources, &program.image(), terminal);
            terminal.note(text.trim_end());
        }
        Outcome::Declared { text, loc } if !args.json => {
            let title = text
                .clone()
                .unwrap_or_else(|| "the program says that it failed".into());
            let text = failure::declared(&title, *loc, sources, terminal);
            terminal.note(text.trim_end());
        }
        Outcome::Stream(error) => {
            let found = theus_diag::Diagnostic::new(Code::OutputFailed, NOWHERE, "")
                .title(error.to_string());
            terminal.problem(&problem::report(found));
        }
        Outcome::Reached
        | Outcome::Stopped { .. }
        | Outcome::SourceEnded
        | Outcome::Interrupted
        | Outcome::Failed(_)
        | Outcome::Declared { .. } => {}
    }
}
