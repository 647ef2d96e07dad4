//! Work on many functions, on the cores that the machine has. What comes out does not depend
//! on how many those are.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Stack of each thread: some work recurses.
const STACK: usize = 64 << 20;
/// Instructions that are worth a thread.
const WORTH: usize = 2_000;
/// Most threads.
const MOST: usize = 8;

/// How many threads the system lets run at once: to ask takes longer than small work.
static CORES: LazyLock<usize> =
    LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// The results of `work` on `0..count`, in that order. `size` is how many instructions there
/// are in all; `start` makes what a thread keeps from one piece of work to the next.
pub fn on_threads<S, T: Send>(
    count: usize,
    size: usize,
    start: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> T + Sync,
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let run = || {
        let mut state = start();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, work(&mut state, at)));
        }
    };
    let most = (size / WORTH).min(count).min(MOST);
    let others = if most > 1 { most.min(*CORES) - 1 } else { 0 };
    let mut done = thread::scope(|scope| {
        let builder = || thread::Builder::new().stack_size(STACK);
        let threads = (0..others).filter_map(|_| builder().spawn_scoped(scope, run).ok());
        let threads: Vec<_> = threads.collect();
        let mut done = run();
        for thread in threads {
            match thread.join() {
                Ok(part) => done.extend(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, value)| value).collect()
}
