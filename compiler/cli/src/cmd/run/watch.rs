//! `theusc run --watch`: new code takes the place of the old between two ticks, and the state
//! stays.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, SystemTime};

use theus::memory::span;
use theus::{Options, Program};
use theus_diag::{Code, Diagnostic};
use theus_vm::{Changed, Control, Outcome, Report, Vm, VmError};

use crate::args::{Run, Switch};
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;
use crate::{files, ground, number, problem, settings};

/// How often the files are looked at.
const EVERY: Duration = Duration::from_millis(50);

/// A program and the machine that runs it.
pub(super) struct Running {
    pub(super) program: Program,
    pub(super) vm: Vm,
    pub(super) pipeline: usize,
}

/// A program that was compiled while another one runs; or what is wrong with it.
type News = Result<Program, Box<theus::Report>>;

/// What ends a piece of a run.
#[derive(Default)]
struct Flags {
    /// There is news, or the run is to end.
    stop: AtomicBool,
    /// The run is to end.
    quit: AtomicBool,
}

/// Runs until all ticks are done, or the run ends otherwise.
pub(super) fn run(
    running: &mut Running,
    ticks: u64,
    args: &Run,
    terminal: &mut Terminal,
) -> Result<Report, Exit> {
    let flags = Arc::new(Flags::default());
    let for_signal = Arc::clone(&flags);
    // Without a handler, Ctrl-C ends the program as usual.
    let _ = ctrlc::set_handler(move || {
        for_signal.quit.store(true, Ordering::Relaxed);
        for_signal.stop.store(true, Ordering::Relaxed);
    });
    let (sender, news) = mpsc::channel();
    let watcher = Watcher {
        args: args.clone(),
        files: files_of(running.program.warnings(), &args.file),
        flags: Arc::clone(&flags),
        sender,
    };
    thread::spawn(move || watcher.watch());
    let report = pieces(running, ticks, (&flags, &news), args, terminal);
    flags.quit.store(true, Ordering::Relaxed);
    report
}

/// Piece by piece: each ends where there is news.
fn pieces(
    running: &mut Running,
    ticks: u64,
    (flags, news): (&Flags, &Receiver<News>),
    args: &Run,
    terminal: &mut Terminal,
) -> Result<Report, Exit> {
    let (mut done, mut wall) = (0, Duration::ZERO);
    loop {
        let mut control = Control {
            stop: Some(&flags.stop),
            progress: None,
            realtime: args.realtime,
        };
        let left = ticks.saturating_sub(done);
        let report = running.vm.advance(running.pipeline, left, &mut control);
        let report = report.map_err(|error| ground::refused(&error))?;
        done = done.saturating_add(report.ticks);
        wall = wall.saturating_add(report.wall);
        let is_news =
            report.outcome == Outcome::Interrupted && !flags.quit.load(Ordering::Relaxed);
        if !is_news {
            return ended(
                running,
                Report {
                    ticks: done,
                    wall,
                    ..report
                },
            );
        }
        flags.stop.store(false, Ordering::Relaxed);
        if let Some(news) = news.try_iter().last() {
            swap(running, news, args, terminal)?;
        }
    }
}

/// What comes after the last tick.
fn ended(running: &mut Running, report: Report) -> Result<Report, Exit> {
    if !report.outcome.is_success() {
        return Ok(report);
    }
    let last = running.vm.run(running.pipeline, 0, &mut Control::default());
    let last = last.map_err(|error| ground::refused(&error))?;
    Ok(match last.outcome {
        Outcome::Reached => report,
        outcome => Report { outcome, ..report },
    })
}

/// Puts new code in the place of the old, if it can take over its state.
fn swap(
    running: &mut Running,
    news: News,
    args: &Run,
    terminal: &mut Terminal,
) -> Result<(), Exit> {
    let swapped = match news {
        Ok(program) => taken_over(running, program, args),
        Err(report) => Err(Exit::Report(report, 2)),
    };
    match swapped {
        Ok(()) => {
            terminal.problem(running.program.warnings());
            let ticks = running.vm.ticks();
            terminal.note(&format!("swapped after tick {}", number::grouped(ticks)));
            Ok(())
        }
        Err(Exit::Report(report, _)) => {
            terminal.problem(&report);
            terminal.note("the old program runs on");
            Ok(())
        }
        Err(quiet) => Err(quiet),
    }
}

fn taken_over(running: &mut Running, program: Program, args: &Run) -> Result<(), Exit> {
    let old = &mut running.vm;
    let pipelines = &old.image().pipelines;
    let name = pipelines.get(running.pipeline).map(|one| one.name.clone());
    let name = name.unwrap_or_default();
    let image = program.image();
    let found = image.pipelines.iter().position(|one| one.name == name);
    let Some(pipeline) = found else {
        let title = format!("pipeline `{name}`, which runs, is gone");
        return Err(plain(Code::NoPipeline, title).into());
    };
    let directory = files::directory(&args.file);
    let sinks = (!image.sinks.is_empty()).then(|| args.out.clone());
    let workers = args.workers.unwrap_or_else(ground::processors);
    let engine = (args.engine, workers);
    let mut vm = ground::load(&program, engine, args.seed, sinks, directory)?;
    settings::apply(&mut vm, args.config.as_deref(), &args.set)?;
    match vm.start_from(old, &[]) {
        Ok(()) => {}
        Err(VmError::Changed(fields)) => {
            let found = fields.iter().map(changed).collect();
            let sources = program.warnings().sources.clone();
            return Err(Box::new(theus::Report { found, sources }).into());
        }
        Err(error) => return Err(ground::refused(&error)),
    }
    vm.take_streams(old)
        .map_err(|error| ground::refused(&error))?;
    vm.take_times(old);
    *running = Running {
        program,
        vm,
        pipeline,
    };
    Ok(())
}

/// A field that cannot keep what it holds.
fn changed(field: &Changed) -> Diagnostic {
    let Changed { path, was, is, loc } = field;
    let label = format!("this is to be {is}");
    Diagnostic::new(Code::ChangedField, span(*loc), label)
        .title(format!("`{path}` holds {was}, which is not {is}"))
        .help("give it another name to let it begin anew, or start the run again")
}

/// Looks at files and compiles.
struct Watcher {
    args: Run,
    files: Vec<PathBuf>,
    flags: Arc<Flags>,
    sender: Sender<News>,
}

/// What tells one state of a file from the next.
type Stamp = Option<(SystemTime, u64)>;

impl Watcher {
    fn watch(mut self) {
        let mut known = self.stamps();
        let mut seen = known.clone();
        while !self.flags.quit.load(Ordering::Relaxed) {
            thread::sleep(EVERY);
            let now = self.stamps();
            // A file that is being written is left alone until it stays as it is.
            let is_still = now == seen;
            seen = now;
            if !is_still || seen == known {
                continue;
            }
            let news = self.compile();
            let report = match &news {
                Ok(program) => program.warnings(),
                Err(report) => &**report,
            };
            self.files = files_of(report, &self.args.file);
            known = self.stamps();
            seen.clone_from(&known);
            if self.sender.send(news).is_err() {
                return;
            }
            self.flags.stop.store(true, Ordering::Relaxed);
        }
    }

    fn stamps(&self) -> Vec<Stamp> {
        let stamp = |path: &PathBuf| {
            let found = fs::metadata(path).ok()?;
            Some((found.modified().ok()?, found.len()))
        };
        self.files.iter().map(stamp).collect()
    }

    fn compile(&self) -> News {
        let root = files::root(&self.args.file)?;
        let options = Options {
            strict: self.args.strict == Switch::On,
            ..Options::default()
        };
        theus::compile(root.text, &root.modules, &options)
    }
}

/// The files of a program.
fn files_of(report: &theus::Report, root: &Path) -> Vec<PathBuf> {
    let names = report
        .sources
        .iter()
        .map(|source| PathBuf::from(&*source.name));
    let mut files: Vec<PathBuf> = names.filter(|path| path.is_file()).collect();
    if !files.iter().any(|path| path == root) {
        files.push(root.to_owned());
    }
    files
}

/// A program from the standard input does not change.
pub(super) fn refuse_input(path: &Path) -> Result<(), Exit> {
    if path != Path::new("-") {
        return Ok(());
    }
    let found = plain(
        Code::Usage,
        "`--watch` needs a file: the standard input is read once",
    );
    Err(Exit::Report(problem::boxed(found), 2))
}
