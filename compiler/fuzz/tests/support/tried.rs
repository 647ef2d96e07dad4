//! Runs of a program that keeps all its checks, from random states that its ranges allow, and
//! what became of each check.

use std::collections::BTreeSet;
use std::path::Path;

use theus::Program;
use theus::proofs::{Check, Proofs, State, of_program};
use theus_abi::heavy::SizeTerm;
use theus_abi::image::{Field, Image, Range, Zone};
use theus_abi::{Code, Shape};
use theus_mir::passes::{Note, Notes};
use theus_vm::{Control, LoadOptions, Vm, VmError};

use crate::inputs::Random;
use crate::scatter::Scattered;

/// Runs that follow one start: each with other values of the fields, all with the same globals.
const LIFE: u64 = 16;
/// Ticks of a run at most, and of two of many.
const TICKS: u64 = 3;
const MANY_TICKS: u64 = 40;
const MOST_TICKS: u64 = 400;
/// Rounds of loops after which a start has no more runs.
const ROUNDS: u64 = 100_000;
/// The program's own run: so many ticks, and so many rounds.
const OWN_TICKS: u64 = 3_000;
const OWN_ROUNDS: u64 = 100_000_000;
/// From so many runs on there is an own run that is that long.
const WORTH_OWN: u64 = 1_000;
/// From so many runs on, machine code is worth its making; below, programs are interpreted.
pub(crate) const WORTH_CODE: u64 = 16;
/// Sizes of heavy fields are that small: what is done with an element is the same for all.
const SMALL: i128 = 12;
/// Arrays of more values than this get new ones in one of some runs.
const LARGE: u64 = 64;

/// A check that no run has reached.
#[derive(Clone, Debug)]
pub(crate) struct Unreached {
    pub(crate) file: String,
    pub(crate) source: String,
    pub(crate) fault: &'static str,
}

/// What has been tried.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) runs: u64,
    /// Starts whose loops made too many rounds for all of their runs.
    pub(crate) cut: u64,
    /// Fields that took a random value.
    pub(crate) inputs: u64,
    pub(crate) checks: usize,
    pub(crate) proved: usize,
    /// Checks that are proved, and that some run has reached: they have held whenever it did.
    pub(crate) confirmed: usize,
    /// Checks of which it is proved that nothing comes to them, and nothing did.
    pub(crate) dead: usize,
    /// Other proved ones that no run has reached.
    pub(crate) unreached: Vec<Unreached>,
    /// Checks that failed in some run: those have not been proved.
    pub(crate) failed: usize,
}

impl Tried {
    pub(crate) fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.cut += other.cut;
        self.inputs += other.inputs;
        self.checks += other.checks;
        self.proved += other.proved;
        self.confirmed += other.confirmed;
        self.dead += other.dead;
        self.unreached.extend(other.unreached.iter().cloned());
        self.failed += other.failed;
    }

    /// A line of a table.
    pub(crate) fn line(&self, name: &str) -> String {
        format!(
            "{name:20} {:4} checks {:4} proved {:4} held {:3} dead {:3} not reached {:7} runs",
            self.checks,
            self.proved,
            self.confirmed,
            self.dead,
            self.unreached.len(),
            self.runs,
        )
    }

    /// What became of the checks of a program.
    fn judge(
        &mut self,
        proofs: &Proofs,
        seen: &[Note],
        held: &[Key],
    ) -> Result<(), String> {
        for check in proofs.checks.iter().chain(&proofs.library) {
            let mut note = note(seen, check);
            if note == Note::Unreached && held.contains(&key(check)) {
                note = Note::Held;
            }
            self.checks += 1;
            self.failed += usize::from(note == Note::Failed);
            if check.state != State::Proved {
                continue;
            }
            self.proved += 1;
            match note {
                Note::Failed => {
                    return Err(format!("said to be proved, but it failed: {check:#?}"));
                }
                Note::Held if check.reason == DEAD => {
                    return Err(format!(
                        "said to be dead, but it is reached: {check:#?}"
                    ));
                }
                Note::Held => self.confirmed += 1,
                Note::Unreached if check.reason == DEAD => self.dead += 1,
                Note::Unreached => self.unreached.push(Unreached {
                    file: check.file.clone(),
                    source: check.source.clone(),
                    fault: check.fault,
                }),
            }
        }
        Ok(())
    }
}

/// What `theusc check --contracts` says of a check that nothing comes to.
const DEAD: &str = "it is never reached";

/// What became of a check in any run.
fn note(seen: &[Note], check: &Check) -> Note {
    let notes = check.sites.iter().filter_map(|site| {
        let site = usize::try_from(*site).ok()?;
        seen.get(site).copied()
    });
    notes.max().unwrap_or(Note::Unreached)
}

/// A program that keeps all its checks, loaded.
struct Runs {
    vm: Vm,
    notes: Notes,
    rounds: u64,
    fields: Vec<Field>,
    /// Offsets of the globals that size heavy fields.
    sizes: BTreeSet<u32>,
    /// What became of each site in any run.
    seen: Vec<Note>,
    tried: Tried,
    /// Runs that follow the last start; none if it failed.
    left: u64,
    /// A run that no program can have.
    broken: Option<String>,
    /// Whether runs go on from where the last one ended, and only what comes in is random.
    follows: bool,
    /// What its sources read.
    files: Option<Scattered>,
}

impl Runs {
    fn new(
        program: &Program,
        folder: &Path,
        rounds: u64,
        fast: bool,
    ) -> Result<Self, String> {
        let (program, notes) = program.witnessed(rounds);
        let code: Box<dyn Code> = if fast {
            Box::new(program.machine().map_err(|report| report.to_string())?)
        } else {
            Box::new(program.interpreter().map_err(|report| report.to_string())?)
        };
        let options = LoadOptions {
            sinks: None,
            sources: folder.to_owned(),
            ..LoadOptions::default()
        };
        let image = program.image();
        let vm = Vm::load(image.clone(), code, options);
        Ok(Self {
            vm: vm.map_err(|error| error.to_string())?,
            notes,
            rounds,
            fields: image.fields.clone(),
            sizes: sizes(&image),
            seen: vec![Note::Unreached; image.sites.len()],
            tried: Tried::default(),
            left: 0,
            broken: None,
            follows: false,
            files: None,
        })
    }

    /// The program as it is: its own values, and its tests.
    fn own_run(&mut self) {
        let main = self.vm.pipeline(None).into_iter();
        let pipelines: Vec<usize> =
            main.chain(0..self.vm.image().pipelines.len()).collect();
        for pipeline in pipelines {
            self.start(None);
            if self.left > 0 {
                let _ = self.vm.run(pipeline, OWN_TICKS, &mut Control::default());
            }
            self.look();
        }
        for test in 0..self.vm.image().tests.len() {
            let _ = self.vm.run_test(test);
            self.look();
        }
        self.left = 0;
    }

    /// A run from a random state. Whatever a run ends with is fine here.
    fn run(&mut self, run: u64) {
        let mut random = Random::new(run);
        self.tried.runs += 1;
        if self.left == 0 {
            self.vm.set_seed(run);
            if let Some(files) = &self.files
                && random.below(4) == 0
            {
                let _ = self.vm.reset();
                files.scatter(&mut random);
            }
            self.follows = self.files.is_some() && random.below(3) == 0;
            // Many globals that do not fit together are refused: then fewer are random.
            for one_in in [2, 4, 8] {
                if self.left == 0 {
                    self.start(Some((&mut random, one_in)));
                }
            }
            if self.left == 0 {
                self.start(None);
            }
        }
        self.left = match self.left {
            // Some go on for longer.
            1 if random.below(2) == 0 => LIFE,
            left => left.saturating_sub(1),
        };
        if !self.follows {
            self.fill(&mut random);
        }
        let ticks = match random.below(LIFE * 8) {
            0 => MANY_TICKS,
            1 => MOST_TICKS,
            _ if self.follows => 1 + random.below(MANY_TICKS),
            _ => 1 + random.below(TICKS),
        };
        let done = self.advance(ticks);
        let is_cut = self.is_cut();
        self.tried.cut += u64::from(is_cut);
        if is_cut || done == 0 {
            self.left = 0;
        }
    }

    /// Starts the program, with its own globals or one in so many of them random.
    fn start(&mut self, random: Option<(&mut Random, u64)>) {
        self.look();
        let _ = self.vm.reset();
        let _ = self.vm.clear_globals();
        if let Some((random, one_in)) = random {
            let globals = self
                .fields
                .iter()
                .filter(|field| field.zone == Zone::Global);
            // What comes from files has the sizes that the program says.
            let own_sizes = random.below(4) == 0;
            for field in globals {
                let is_size = self.sizes.contains(&field.offset);
                let stays = match is_size {
                    true => own_sizes,
                    false => random.below(one_in) > 0,
                };
                if stays {
                    continue;
                }
                let range = match is_size {
                    true => Some(small(field.range)),
                    false => field.range,
                };
                if let Some(value) = random.value(&field.shape, range) {
                    let set = self.vm.set_global(&field.path, value);
                    self.tried.inputs += u64::from(set.is_ok());
                }
            }
        }
        self.left = if self.vm.start().is_ok() { LIFE } else { 0 };
    }

    /// Random values for most fields.
    fn fill(&mut self, random: &mut Random) {
        for field in &self.fields {
            let few = scalars(&field.shape) <= LARGE || random.below(8) == 0;
            if few
                && random.below(3) > 0
                && let Some(value) = random.value(&field.shape, field.range)
            {
                let set = self.vm.set(&field.path, value);
                self.tried.inputs += u64::from(set.is_ok());
            }
        }
    }

    /// So many ticks of each pipeline; how many there were.
    fn advance(&mut self, ticks: u64) -> u64 {
        let mut done = 0;
        for pipeline in 0..self.vm.image().pipelines.len() {
            match self.vm.advance(pipeline, ticks, &mut Control::default()) {
                Ok(report) => done += report.ticks,
                Err(VmError::Internal(why)) => {
                    let run = self.tried.runs;
                    self.broken.get_or_insert(format!("run {run}: {why}"));
                }
                Err(_) => {}
            }
            if self.is_cut() {
                return done;
            }
        }
        done
    }

    /// What has become of the checks since the start.
    fn look(&mut self) {
        for (site, seen) in (0_u32..).zip(&mut self.seen) {
            *seen = self.notes.of(self.vm.memory(), site).max(*seen);
        }
    }

    /// What is left undone of a process whose loop was ended says nothing.
    fn is_cut(&self) -> bool {
        self.notes.made(self.vm.memory()) >= self.rounds
    }
}

/// The globals that size heavy fields.
fn sizes(image: &Image) -> BTreeSet<u32> {
    fn globals(term: &SizeTerm, found: &mut BTreeSet<u32>) {
        match term {
            SizeTerm::Const(_) => {}
            SizeTerm::Global { offset, .. } => {
                found.insert(*offset);
            }
            SizeTerm::Op(_, parts) => parts.iter().for_each(|part| globals(part, found)),
        }
    }
    let mut found = BTreeSet::new();
    let words = image.sizes.iter();
    words.for_each(|word| globals(&word.term, &mut found));
    found
}

/// The smallest sizes of a range.
fn small(range: Option<Range>) -> Range {
    match range {
        Some(Range::Int { lo, hi }) => Range::Int {
            lo,
            hi: hi.min(lo.saturating_add(SMALL)),
        },
        _ => Range::Int { lo: 1, hi: SMALL },
    }
}

/// Values in a value of that shape.
fn scalars(shape: &Shape) -> u64 {
    match shape {
        Shape::Array { elem, dims } => {
            let count = dims.iter().copied().fold(1, u64::saturating_mul);
            scalars(elem).saturating_mul(count)
        }
        Shape::Struct { members, .. } => {
            let members = members.iter().map(|(_, _, shape)| scalars(shape));
            members.fold(0, u64::saturating_add)
        }
        _ => 1,
    }
}

/// A check: its file and what it belongs to, its place, its fault.
type Key = (String, String, usize, usize, &'static str);

fn key(check: &Check) -> Key {
    (
        check.file.clone(),
        check.within.clone(),
        check.line,
        check.column,
        check.fault,
    )
}

/// What the tests of a program do with its checks.
pub(crate) fn by_tests(program: &Program, folder: &Path) -> Result<Vec<Key>, String> {
    let mut all = Runs::new(program, folder, OWN_ROUNDS, true)?;
    all.own_run();
    let proofs = of_program(program).0;
    Tried::default().judge(&proofs, &all.seen, &[])?;
    let checks = proofs.checks.iter().chain(&proofs.library);
    let held = checks.filter(|check| note(&all.seen, check) == Note::Held);
    Ok(held.map(key).collect())
}

/// Runs a program with all its checks: once as it is, then so often from random states. Those of
/// `held` have held before.
pub(crate) fn confirm(
    program: &Program,
    folder: &Path,
    runs: u64,
    held: &[Key],
) -> Result<Tried, String> {
    let often = runs >= WORTH_OWN;
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let files = often.then(|| Scattered::of(folder, &name));
    let sources = files.as_ref().map_or(folder, |files| &files.folder);
    let mut all = Runs::new(program, sources, ROUNDS, runs >= WORTH_CODE)?;
    if often {
        let mut own = Runs::new(program, folder, OWN_ROUNDS, true)?;
        own.own_run();
        all.seen = std::mem::take(&mut own.seen);
        all.broken = own.broken;
        all.files = files;
    } else {
        all.own_run();
    }
    for run in 1..=runs {
        all.run(run);
    }
    all.look();
    if let Some(why) = all.broken {
        return Err(why);
    }
    let mut tried = std::mem::take(&mut all.tried);
    tried.judge(&of_program(program).0, &all.seen, held)?;
    Ok(tried)
}
