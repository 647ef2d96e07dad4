//! Ticks, in batches.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use theus_abi::header::{self, Status};
use theus_abi::image::{Period, Stop};

use super::Vm;
use super::control::{Control, Progress};
use crate::clock::ProfileReport;
use crate::clock::now;
use crate::error::{StreamError, VmError};
use crate::pace::Pace;
use crate::report::{Outcome, Report, told};
use crate::world::World;

/// A batch should take between these times, so that a stop is prompt and a call is free.
const SHORT: Duration = Duration::from_millis(5);
const LONG: Duration = Duration::from_millis(20);
const MOST_TICKS: u64 = 1 << 22;
/// Most ticks of a batch whose log goes to a file.
const LOGGED_TICKS: u64 = 256;

/// What a run keeps count of.
struct Batches {
    pipeline: usize,
    ticks: u32,
    goal: u64,
    done: u64,
    /// Ticks of the next batch.
    size: u64,
    /// Ticks to the next one that is measured, if any is.
    to_measure: Option<u64>,
    began: Instant,
    /// For a run that is paced by the clock.
    pace: Option<Pace>,
}

impl Vm {
    /// Runs a pipeline to its end: `on start` if it has not run yet, so many ticks, `on
    /// stop`; then all sinks are flushed. `u64::MAX` ticks: until the program stops.
    ///
    /// # Errors
    /// If a source cannot be opened or a sink cannot be created, or the program is not
    /// started. What happens in the program is an `Outcome`.
    pub fn run(
        &mut self,
        pipeline: usize,
        ticks: u64,
        control: &mut Control<'_>,
    ) -> Result<Report, VmError> {
        let mut report = self.advance(pipeline, ticks, control)?;
        if report.outcome.is_success() {
            if let Some(stop) = self.pipeline_at(pipeline)?.stop {
                let status = self.call(stop)?;
                if let Some(outcome) = self.unusual(status) {
                    report.outcome = outcome;
                }
            }
            self.running
                .iter_mut()
                .skip(pipeline)
                .take(1)
                .for_each(|running| *running = false);
        }
        let ended = self.world.inputs.end(self.ticks());
        if let Err(error) = ended.and_then(|()| self.world.streams.flush()) {
            report.outcome = Outcome::Stream(error);
        }
        Ok(report)
    }

    /// One tick.
    ///
    /// # Errors
    /// As for `run`.
    pub fn tick(&mut self, pipeline: usize) -> Result<Report, VmError> {
        self.advance(pipeline, 1, &mut Control::default())
    }

    /// So many more ticks: as `run`, but the pipeline goes on afterwards.
    ///
    /// # Errors
    /// As for `run`.
    pub fn advance(
        &mut self,
        pipeline: usize,
        ticks: u64,
        control: &mut Control<'_>,
    ) -> Result<Report, VmError> {
        self.must_be_started()?;
        let mut batches = self.prepare(pipeline, ticks)?;
        let outcome = match self.on_start(pipeline)? {
            Some(outcome) => outcome,
            None => {
                self.set_pace(&mut batches, control)?;
                self.all_batches(&mut batches, control)?
            }
        };
        let outcome = self
            .world
            .streams
            .failed()
            .cloned()
            .map_or(outcome, Outcome::Stream);
        if !outcome.is_success() {
            // The failure counts, not what else may go wrong while rows are saved.
            let _ = self.world.streams.flush();
        }
        let outcome = match self.world.inputs.end(self.ticks()) {
            Err(error) if outcome.is_success() => Outcome::Stream(error),
            _ => outcome,
        };
        let pace = batches.pace.as_ref().map(Pace::report);
        self.world.pace = batches.pace.or(self.world.pace.take());
        self.memory.set_u64(header::MEASURE, 0);
        let report = self.report(outcome, batches.done, batches.began);
        Ok(Report { pace, ..report })
    }

    /// Runs a test of the image on fresh contexts. Rows of sinks go nowhere.
    ///
    /// # Errors
    /// As for `start` and `run`.
    pub fn run_test(&mut self, test: usize) -> Result<Report, VmError> {
        let image = self.image.clone();
        match image.tests.get(test) {
            Some(test) => self.run_alone(test.func),
            None => Err(VmError::Order("there is no such test")),
        }
    }

    /// Runs a test of the image on the contexts as they are: a cell of a session. Rows of
    /// sinks go nowhere. Once `stop` is true the run ends as `Interrupted`, if the program
    /// was compiled to look.
    ///
    /// # Errors
    /// As for `run`.
    pub fn run_cell(
        &mut self,
        test: usize,
        stop: Option<Arc<AtomicBool>>,
    ) -> Result<Report, VmError> {
        self.must_be_started()?;
        let image = self.image.clone();
        let Some(test) = image.tests.get(test) else {
            return Err(VmError::Order("there is no such cell"));
        };
        self.world
            .streams
            .open_sources(&image, &self.options.sources)?;
        let before = self.memory.u64(header::TICK);
        let began = now();
        self.world.stop = stop;
        let status = self.call(test.func);
        self.world.stop = None;
        let outcome = self.unusual(status?).unwrap_or(Outcome::Reached);
        let ticks = self.memory.u64(header::TICK).saturating_sub(before);
        let failed = self.world.streams.failed().cloned();
        Ok(self.report(failed.map_or(outcome, Outcome::Stream), ticks, began))
    }

    /// Runs a bench of the image once, on fresh contexts; `Report::wall` is without the start.
    ///
    /// # Errors
    /// As for `run_test`.
    pub fn run_bench(&mut self, bench: usize) -> Result<Report, VmError> {
        let image = self.image.clone();
        match image.benches.get(bench) {
            Some(bench) => self.run_alone(bench.func),
            None => Err(VmError::Order("there is no such bench")),
        }
    }

    /// Runs a function of its own on fresh contexts.
    fn run_alone(&mut self, func: u32) -> Result<Report, VmError> {
        self.reset()?;
        self.start()?;
        // Sizes of heavy fields are known now.
        let started = self.image.clone();
        self.world
            .streams
            .open_sources(&started, &self.options.sources)?;
        let began = now();
        // A test says itself what the machine tells.
        self.world.timers.mocked = true;
        let status = self.call(func);
        self.world.timers.mocked = false;
        let outcome = self.unusual(status?).unwrap_or(Outcome::Reached);
        let ticks = self.memory.u64(header::TICK);
        Ok(self.report(outcome, ticks, began))
    }

    /// Opens files, sets the period. Everything that allocates is here.
    fn prepare(&mut self, pipeline: usize, goal: u64) -> Result<Batches, VmError> {
        let image = self.image.clone();
        self.world
            .streams
            .open_sources(&image, &self.options.sources)?;
        if let Some(dir) = &self.options.sinks {
            self.world.streams.open_sinks(&image, dir)?;
        }
        let entry = self.pipeline_at(pipeline)?;
        let mut processes = entry.processes.iter();
        let measured = self.options.profile
            || processes.any(|process| {
                let process = usize::try_from(*process)
                    .ok()
                    .and_then(|at| image.processes.get(at));
                process.is_some_and(|process| process.deadline.is_some())
                    || image.host.iter().any(|word| word.process.is_some())
            });
        let (ticks, period) = (entry.ticks, entry.period);
        let period = match period {
            Period::None => 0,
            Period::Fixed(ns) => ns.cast_unsigned(),
            Period::Global(offset) => {
                self.memory.u64(i32::try_from(offset).unwrap_or(-1))
            }
        };
        self.memory.set_u64(header::PERIOD, period);
        let to_measure = (measured && self.options.measure_every > 0).then_some(0);
        Ok(Batches {
            pipeline,
            ticks,
            goal,
            done: 0,
            size: 1,
            to_measure,
            began: now(),
            pace: None,
        })
    }

    fn on_start(&mut self, pipeline: usize) -> Result<Option<Outcome>, VmError> {
        let start = self.pipeline_at(pipeline)?.start;
        match (start, self.running.get_mut(pipeline)) {
            (Some(start), Some(running)) if !*running => {
                *running = true;
                let status = self.call(start)?;
                Ok(self.unusual(status))
            }
            _ => Ok(None),
        }
    }

    /// From here on ticks wait until they are due, if they are to.
    fn set_pace(
        &mut self,
        batches: &mut Batches,
        control: &Control<'_>,
    ) -> Result<(), VmError> {
        if control.realtime {
            let period = Duration::from_nanos(self.memory.u64(header::PERIOD));
            if period.is_zero() {
                return Err(VmError::Order("a pipeline without a period has no pace"));
            }
            let known = self.world.pace.take();
            batches.pace = Some(match known {
                Some(pace) => pace.again(period),
                None => Pace::new(period, control.stop),
            });
        }
        Ok(())
    }

    fn all_batches(
        &mut self,
        batches: &mut Batches,
        control: &mut Control<'_>,
    ) -> Result<Outcome, VmError> {
        while batches.done < batches.goal {
            let stopped = match &mut batches.pace {
                Some(pace) => !pace.wait(control.stop),
                None => control
                    .stop
                    .is_some_and(|stop| stop.load(Ordering::Relaxed)),
            };
            if stopped {
                return Ok(Outcome::Interrupted);
            }
            let outcome = self.batch(batches)?;
            let ended = outcome.is_some() || batches.done >= batches.goal;
            if let Some(progress) = &mut control.progress
                && (ended || batches.pace.as_mut().is_none_or(Pace::tells))
            {
                let wall = now().saturating_duration_since(batches.began);
                progress(Progress {
                    ticks: batches.done,
                    goal: batches.goal,
                    wall,
                    ended,
                });
            }
            if let Some(outcome) = outcome {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Reached)
    }

    /// One batch; how the run ended, if it has.
    fn batch(&mut self, batches: &mut Batches) -> Result<Option<Outcome>, VmError> {
        let measure = batches.to_measure == Some(0);
        let ahead = if measure {
            1
        } else {
            batches.to_measure.unwrap_or(u64::MAX)
        };
        let paced = batches.pace.is_some();
        let size = if paced { 1 } else { batches.size };
        // The ring of the log is written out before it is full, if ticks log little.
        let most = self.log.as_ref().map_or(u64::MAX, |_| LOGGED_TICKS);
        let size = size.min(most).min(ahead).min(batches.goal - batches.done);
        let told = self.take_inputs(batches.pace.as_ref());
        let size = match told {
            Ok(until) => size.min(until),
            Err(error) => return Ok(Some(Outcome::Stream(error))),
        };
        let before = self.memory.u64(header::TICK);
        let how = if paced {
            header::PACED.cast_unsigned()
        } else {
            u64::from(measure)
        };
        self.memory.set_u64(header::MEASURE, how);
        self.memory
            .set_u64(header::TICK_END, before.saturating_add(size));
        let began = now();
        let status = self.call(batches.ticks)?;
        let took = now().saturating_duration_since(began);
        let done = self.memory.u64(header::TICK).saturating_sub(before);
        batches.advance(done, took, size, measure, self.options.measure_every);
        if let Some(pace) = &mut batches.pace {
            pace.done();
        }
        let outcome = self.unusual(status);
        if outcome.is_none() && done != size {
            let text =
                format!("pipeline {} did {done} ticks of {size}", batches.pipeline);
            return Err(VmError::Internal(text));
        }
        let logged = self.follow_log().err().map(Outcome::Stream);
        let outcome = outcome.or(logged);
        let outcome = outcome.or(self.world.inputs.flush().err().map(Outcome::Stream));
        let failed = self.world.streams.failed();
        Ok(outcome.or_else(|| failed.cloned().map(Outcome::Stream)))
    }

    /// Lets the machine tell what the program asks of it; how many ticks that is good for.
    fn take_inputs(&mut self, pace: Option<&Pace>) -> Result<u64, StreamError> {
        if self.image.host.is_empty() {
            return Ok(u64::MAX);
        }
        let late = pace.map_or(0, |pace| pace.late);
        let (image, memory) = (&self.image, &mut self.memory);
        let tick = memory.u64(header::TICK);
        let World { inputs, clocks, .. } = &mut self.world;
        let until = inputs.take(image, memory, clocks, (tick, late))?;
        Ok(until.saturating_sub(tick).max(1))
    }

    /// Writes what is new in the audit log to its file, if it has one.
    fn follow_log(&mut self) -> Result<(), StreamError> {
        match &mut self.log {
            Some(log) => log.follow(&self.image, &self.memory),
            None => Ok(()),
        }
    }

    /// How the run ended, if the status says so.
    pub(super) fn unusual(&mut self, status: Status) -> Option<Outcome> {
        match status {
            Status::Reached => None,
            Status::Stopped => {
                let Stop { text, loc, .. } = self.last_stop();
                Some(Outcome::Stopped { text, loc })
            }
            Status::Declared => {
                let Stop { text, loc, .. } = self.last_stop();
                Some(Outcome::Declared { text, loc })
            }
            Status::Failed => Some(Outcome::Failed(Box::new(self.failure()))),
            Status::SourceEnded => Some(Outcome::SourceEnded),
            Status::Interrupted => Some(Outcome::Interrupted),
        }
    }

    fn last_stop(&self) -> Stop {
        let index = usize::try_from(self.memory.u64(header::STOP)).ok();
        let stop = index.and_then(|index| self.image.stops.get(index));
        let filled = stop.filter(|stop| stop.holes).and_then(|stop| {
            let text = told(&self.memory, self.memory.u64(header::FAULT_ARGS))?;
            Some(Stop {
                text: Some(text),
                ..stop.clone()
            })
        });
        filled.or_else(|| stop.cloned()).unwrap_or_else(|| Stop {
            text: None,
            holes: false,
            loc: theus_abi::image::Loc::default(),
        })
    }

    fn profile(&self) -> Vec<ProfileReport> {
        match self.options.profile {
            true => self.world.clocks.profile(),
            false => Vec::new(),
        }
    }

    fn report(&self, outcome: Outcome, ticks: u64, began: Instant) -> Report {
        let total = self.memory.u64(header::TICK);
        let time =
            i128::from(total) * i128::from(self.memory.u64(header::PERIOD).cast_signed());
        Report {
            outcome,
            ticks,
            total_ticks: total,
            time: i64::try_from(time).unwrap_or(i64::MAX),
            wall: now().saturating_duration_since(began),
            faults: self.memory.u64(header::FAULTS),
            dirty: self.is_left_dirty(),
            scratch_peak: self.memory.u64(header::SCRATCH_PEAK),
            deadlines: self.world.clocks.report(),
            profile: self.profile(),
            pace: None,
        }
    }
}

impl Batches {
    /// Counts ticks and chooses the size of the next batch.
    fn advance(
        &mut self,
        done: u64,
        took: Duration,
        size: u64,
        measured: bool,
        every: u64,
    ) {
        self.done += done;
        if let Some(left) = &mut self.to_measure {
            *left = if measured {
                every - 1
            } else {
                left.saturating_sub(done)
            };
        }
        if took < SHORT && size == self.size {
            self.size = (self.size * 2).min(MOST_TICKS);
        } else if took > LONG {
            self.size = (size / 2).max(1);
        }
    }
}
