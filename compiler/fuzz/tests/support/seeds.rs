//! Generated programs on two threads: `THEUS_FUZZ_PROGRAMS` of them, from seed
//! `THEUS_FUZZ_FIRST`.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Calls `f` for each seed on two threads; the first complaint.
pub(crate) fn each_seed(
    count: u64,
    f: impl Fn(u64) -> Option<String> + Sync,
) -> Option<String> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let first_seed: u64 = asked("THEUS_FUZZ_FIRST").unwrap_or(0);
    let count = first_seed + asked("THEUS_FUZZ_PROGRAMS").unwrap_or(count);
    let (next, stop) = (AtomicU64::new(first_seed), AtomicBool::new(false));
    let first = Mutex::new(None);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= count {
                        return;
                    }
                    if let Some(complaint) = f(seed) {
                        stop.store(true, Ordering::Relaxed);
                        *first.lock().unwrap() = Some(complaint);
                    }
                }
            });
        }
    });
    first.into_inner().unwrap()
}
