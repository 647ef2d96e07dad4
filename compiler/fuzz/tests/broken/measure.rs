//! How much time and memory is used, and that tests that measure it run one at a time.

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

static USED: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);
static ALONE: Mutex<()> = Mutex::new(());

/// Holds back the other tests of this file.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The result of `work`, and the most bytes that it had at once.
pub(crate) fn peak<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let before = USED.load(Ordering::SeqCst);
    PEAK.store(before, Ordering::SeqCst);
    let result = work();
    (result, PEAK.load(Ordering::SeqCst).saturating_sub(before))
}

/// The result of `work`, and its time: by the clock, or, where the machine is busy with
/// something else, of the processor.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    spent("/proc/self/stat", work)
}

/// The same for work of this thread beside others.
pub(crate) fn timed_here<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    spent("/proc/thread-self/stat", work)
}

fn spent<T>(stat: &str, work: impl FnOnce() -> T) -> (T, Duration) {
    let (clock, before) = (Instant::now(), processor(stat));
    let result = work();
    let wall = clock.elapsed();
    let spent = processor(stat)
        .zip(before)
        .map(|(after, before)| after - before);
    (result, spent.map_or(wall, |spent| spent.min(wall)))
}

/// Processor time so far; Linux tells it in hundredths of a second.
fn processor(stat: &str) -> Option<Duration> {
    let text = fs::read_to_string(stat).ok()?;
    let (_, fields) = text.rsplit_once(')')?;
    let ticks: Vec<u64> = fields
        .split_whitespace()
        .skip(11)
        .take(2)
        .filter_map(|n| n.parse().ok())
        .collect();
    Some(Duration::from_millis(10 * ticks.iter().sum::<u64>()))
}

struct Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn take(bytes: usize) {
    let used = USED.fetch_add(bytes, Ordering::Relaxed) + bytes;
    PEAK.fetch_max(used, Ordering::Relaxed);
}

fn give(bytes: usize) {
    USED.fetch_sub(bytes, Ordering::Relaxed);
}

#[expect(unsafe_code, reason = "an allocator that counts must be a GlobalAlloc")]
// SAFETY: every call goes to the system's allocator as it is; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, old: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        take(size);
        give(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.realloc(old, layout, size) }
    }

    unsafe fn dealloc(&self, old: *mut u8, layout: Layout) {
        give(layout.size());
        // SAFETY: the caller's promise is the same.
        unsafe { System.dealloc(old, layout) }
    }
}
