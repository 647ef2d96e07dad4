//! Generated programs on two threads.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Calls `f` for each seed on two threads; the first complaint.
pub(crate) fn each_seed(
    count: u64,
    f: impl Fn(u64) -> Option<String> + Sync,
) -> Option<String> {
    let asked = std::env::var("THEUS_FUZZ_PROGRAMS")
        .ok()
        .and_then(|n| n.parse().ok());
    let count = asked.unwrap_or(count);
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
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
