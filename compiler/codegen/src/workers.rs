//! Workers: threads that take parts of a share while the thread of the run waits for all of it.
//!
//! A *turn* is one call of a share. The thread of the run opens it, takes parts like any worker,
//! closes it when no part is left, and waits for those workers that are in. One that has not
//! come in by then is not waited for, so a machine with fewer processors than workers loses
//! nothing but their help. Whether a turn is open and how many workers are in it is one word,
//! so nobody can come into a turn that is closed, and what a turn is about changes only while
//! nobody is in.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

/// Machine code of a share: base address, first number, past the last one, argument.
pub(crate) type Share = extern "C" fn(*mut u8, i64, i64, i64) -> i32;

/// Rounds that a thread looks for work before it lets others run, and before it sleeps.
const SPINS: u32 = 1 << 11;
const YIELDS: u32 = 1 << 6;

/// A part is so many times smaller than a fair share of what is left: one that comes late
/// finds some, and all end at about the same time, whatever a part costs.
const FINER: i64 = 2;

/// In `State::word`: the threads end, a turn is open, the number of the turn counts from here.
/// Below it is how many workers are in.
const END: u64 = 1 << 16;
const OPEN: u64 = 1 << 17;
const TURN: u64 = 1 << 18;
const INSIDE: u64 = END - 1;

/// What a turn is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work {
    /// The code.
    pub(crate) share: Share,
    /// The base address of the memory block.
    pub(crate) base: *mut u8,
    /// The numbers.
    pub(crate) range: (i64, i64),
    /// What the code is called with besides.
    pub(crate) arg: i64,
    /// How many numbers are worth a thread.
    pub(crate) part: i64,
}

/// What a turn is about, for other threads.
#[derive(Clone, Copy, Debug)]
struct Turn {
    share: Share,
    base: usize,
    end: i64,
    /// The least part.
    part: i64,
    /// What is left is divided by this for a part.
    divisor: i64,
    arg: i64,
}

impl Turn {
    /// Where a part ends that begins there.
    fn part_from(&self, first: i64) -> i64 {
        let left = self.end.saturating_sub(first);
        let size = self.part.max(left / self.divisor);
        first.saturating_add(size).min(self.end)
    }
}

/// A value in a cache line of its own.
#[derive(Debug, Default)]
#[repr(align(128))]
struct Line<T>(T);

#[derive(Debug, Default)]
struct State {
    word: Line<AtomicU64>,
    /// The first number that nobody has taken.
    next: Line<AtomicI64>,
    failed: Line<AtomicBool>,
    /// How many threads have begun.
    begun: AtomicU32,
    turn: Mutex<Option<Turn>>,
}

/// The threads besides that of the run. They end when this is dropped.
#[derive(Debug)]
pub(crate) struct Workers {
    state: Arc<State>,
    threads: Vec<Worker>,
}

#[derive(Debug)]
struct Worker {
    asleep: Arc<AtomicBool>,
    /// `None` once it is joined.
    thread: Option<JoinHandle<()>>,
}

impl Workers {
    /// So many threads besides that of the run, each with room for such a stack.
    pub(crate) fn start(count: u32, stack: usize) -> io::Result<Self> {
        let mut workers = Self {
            state: Arc::default(),
            threads: Vec::new(),
        };
        for number in 1..=count {
            let (state, asleep) = (Arc::clone(&workers.state), Arc::default());
            let own = Arc::clone(&asleep);
            let builder = thread::Builder::new().name(format!("theus worker {number}"));
            let thread = builder.stack_size(stack).spawn(move || {
                touch_stack();
                state.begun.fetch_add(1, Ordering::Release);
                state.work(&own);
            })?;
            let thread = Some(thread);
            workers.threads.push(Worker { asleep, thread });
        }
        // What a thread takes from the system it takes before the run.
        while workers.state.begun.load(Ordering::Acquire) < count {
            thread::yield_now();
        }
        Ok(workers)
    }

    /// Runs a share: 0 if all its parts give 0.
    pub(crate) fn run(&self, work: Work) -> i32 {
        let (first, end) = work.range;
        let count = end.saturating_sub(first);
        let part = work.part.max(1);
        let threads = i64::try_from(self.threads.len()).unwrap_or(i64::MAX);
        // As many as have something to do.
        let helpers = (count / part).saturating_sub(1).min(threads);
        if helpers <= 0 {
            return (work.share)(work.base, first, end, work.arg);
        }
        let divisor = (helpers + 1).saturating_mul(FINER);
        self.state.open(&work, part, divisor);
        self.wake(helpers);
        self.state.take_parts();
        self.state.close();
        i32::from(self.state.failed.0.load(Ordering::Relaxed))
    }

    /// Wakes those that sleep.
    fn wake(&self, most: i64) {
        let most = usize::try_from(most).unwrap_or(0);
        for Worker { asleep, thread } in self.threads.iter().take(most) {
            if asleep.load(Ordering::SeqCst)
                && let Some(thread) = thread
            {
                thread.thread().unpark();
            }
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.state.word.0.fetch_or(END, Ordering::SeqCst);
        for worker in &mut self.threads {
            if let Some(thread) = worker.thread.take() {
                thread.thread().unpark();
                // Its code cannot panic; if it did, there is nothing left to do for it.
                let _ended = thread.join();
            }
        }
    }
}

impl State {
    /// Begins a turn. Nobody is in: the last one was closed.
    fn open(&self, work: &Work, part: i64, divisor: i64) {
        *self.turn.lock().unwrap_or_else(PoisonError::into_inner) = Some(Turn {
            share: work.share,
            base: work.base.expose_provenance(),
            end: work.range.1,
            part,
            divisor,
            arg: work.arg,
        });
        self.next.0.store(work.range.0, Ordering::Relaxed);
        self.failed.0.store(false, Ordering::Relaxed);
        let word = self.word.0.load(Ordering::Relaxed);
        let turn = word.wrapping_add(TURN) | OPEN;
        // A worker that goes to sleep says so first and then looks here: one of the two sees
        // the other.
        self.word.0.store(turn, Ordering::SeqCst);
    }

    /// Ends a turn: nobody comes in any more, and those that are in have left.
    fn close(&self) {
        self.word.0.fetch_and(!OPEN, Ordering::AcqRel);
        let mut rounds = 0;
        while self.word.0.load(Ordering::Acquire) & INSIDE != 0 {
            pause(&mut rounds);
        }
    }

    /// Takes parts until none is left.
    fn take_parts(&self) {
        let turn = *self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(turn) = turn else { return };
        let base = std::ptr::with_exposed_provenance_mut(turn.base);
        let mut first = self.next.0.load(Ordering::Relaxed);
        while first < turn.end {
            let end = turn.part_from(first);
            let order = Ordering::Relaxed;
            if let Err(now) = self.next.0.compare_exchange_weak(first, end, order, order)
            {
                first = now;
                continue;
            }
            if (turn.share)(base, first, end, turn.arg) != 0 {
                // All of it will be undone: what is left need not be done.
                self.failed.0.store(true, Ordering::Relaxed);
                self.next.0.store(turn.end, Ordering::Relaxed);
                return;
            }
            first = self.next.0.load(Ordering::Relaxed);
        }
    }

    /// What a worker does: it waits for turns, and takes parts of them.
    fn work(&self, asleep: &AtomicBool) {
        let mut last = 0;
        while let Some(turn) = self.come_in(last, asleep) {
            last = turn;
            self.take_parts();
            self.word.0.fetch_sub(1, Ordering::Release);
        }
    }

    /// Waits for an open turn that is not the last one, and comes in; `None` at the end.
    fn come_in(&self, last: u64, asleep: &AtomicBool) -> Option<u64> {
        let is_new = |word: u64| word & OPEN != 0 && word / TURN != last;
        let mut rounds = 0;
        loop {
            let word = self.word.0.load(Ordering::SeqCst);
            if word & END != 0 {
                return None;
            }
            if is_new(word) {
                let inside = word.wrapping_add(1);
                let swapped = self.word.0.compare_exchange(
                    word,
                    inside,
                    Ordering::Acquire,
                    Ordering::Relaxed,
                );
                if swapped.is_ok() {
                    return Some(word / TURN);
                }
            } else if pause(&mut rounds) {
                asleep.store(true, Ordering::SeqCst);
                let word = self.word.0.load(Ordering::SeqCst);
                if word & END == 0 && !is_new(word) {
                    thread::park();
                }
                asleep.store(false, Ordering::SeqCst);
                rounds = 0;
            }
        }
    }
}

/// Waits a little; whether it has been long.
fn pause(rounds: &mut u32) -> bool {
    *rounds = rounds.saturating_add(1);
    if *rounds < SPINS {
        std::hint::spin_loop();
    } else {
        thread::yield_now();
    }
    *rounds >= SPINS + YIELDS
}

/// Touches what a share usually takes of the stack, so that a run does not.
#[inline(never)]
fn touch_stack() {
    std::hint::black_box([1_u8; 32 * 1024]);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Mutex, PoisonError};

    use super::{Work, Workers};

    const STACK: usize = 1 << 18;

    static COUNTERS: [AtomicU32; 4096] = [const { AtomicU32::new(0) }; 4096];
    /// One test at a time has the counters.
    static TURN: Mutex<()> = Mutex::new(());

    /// Counts each number; the argument fails.
    extern "C" fn count(_base: *mut u8, first: i64, end: i64, bad: i64) -> i32 {
        for n in first..end {
            if n == bad {
                return 7;
            }
            COUNTERS[usize::try_from(n).unwrap()].fetch_add(1, Ordering::Relaxed);
        }
        0
    }

    fn with_counters(test: impl FnOnce()) {
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        clear();
        test();
    }

    fn clear() {
        COUNTERS.iter().for_each(|n| n.store(0, Ordering::Relaxed));
    }

    fn work(range: (i64, i64), bad: i64, part: i64) -> Work {
        Work {
            share: count,
            base: std::ptr::null_mut(),
            range,
            arg: bad,
            part,
        }
    }

    #[test]
    fn every_number_has_its_turn_once() {
        with_counters(|| {
            for threads in [0, 1, 3, 7] {
                clear();
                let workers = Workers::start(threads, STACK).unwrap();
                for turn in 1..=1000_u32 {
                    let part = i64::from(turn % 37);
                    assert_eq!(workers.run(work((5, 4000), -1, part)), 0);
                    for (counter, n) in COUNTERS.iter().zip(0..) {
                        let times = if (5..4000).contains(&n) { turn } else { 0 };
                        assert_eq!(counter.load(Ordering::Relaxed), times, "{n}");
                    }
                }
            }
        });
    }

    #[test]
    fn a_failure_is_told_and_the_next_turn_is_whole() {
        with_counters(|| {
            let workers = Workers::start(3, STACK).unwrap();
            for bad in 0..500 {
                assert_eq!(workers.run(work((0, 500), bad, 3)), 1);
                clear();
                assert_eq!(workers.run(work((0, 500), -1, 3)), 0);
                let all = &COUNTERS[..500];
                assert!(all.iter().all(|n| n.load(Ordering::Relaxed) == 1));
            }
        });
    }

    #[test]
    fn few_numbers_and_none_stay_on_one_thread() {
        with_counters(|| {
            let workers = Workers::start(2, STACK).unwrap();
            assert_eq!(workers.run(work((9, 9), 9, 1)), 0);
            assert_eq!(workers.run(work((9, 3), 5, 1)), 0);
            assert_eq!(workers.run(work((0, 10), -1, 100)), 0);
            assert_eq!(workers.run(work((0, 10), 4, 100)), 7);
        });
    }

    #[test]
    fn sleepers_wake_and_all_threads_end() {
        with_counters(|| {
            for round in 0..200_u64 {
                let workers = Workers::start(4, STACK).unwrap();
                for _ in 0..round % 4 {
                    // Long enough to fall asleep, or not quite.
                    let pause = std::time::Duration::from_micros(37 * (round % 11));
                    std::thread::sleep(pause);
                    assert_eq!(workers.run(work((0, 4096), -1, 16)), 0);
                }
            }
        });
    }
}
