//! Constant memory: after the first tick nothing is allocated and no page is added, in ten
//! hours of virtual time.
#![expect(
    unsafe_code,
    clippy::unwrap_used,
    reason = "an allocator that counts is unsafe to implement; a test ends where it cannot go on"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use theus_examples::Session;
use theus_vm::{Control, Progress};

struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the pointer came from `System` with that layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the pointer came from `System` with that layout.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Pages of this process that are in memory; `None` where the system does not tell.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split_whitespace().nth(1)?.parse().ok()
}

const TICKS: u64 = 3_600_000;

/// One test, because allocations are counted for the whole process.
#[test]
fn ticks_need_no_memory() {
    three_million_ticks();
    ninety_days();
    watched_ticks();
    shared_ticks();
}

/// Threads share what a tick has to do, and sleep where it has nothing for them.
fn shared_ticks() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let town = root.join("23-town/main.theus");
    let mut session = Session::shared(&town, 4).unwrap();
    session.ticks("main", 1).unwrap();
    let index = session.vm().pipeline(Some("main")).unwrap();
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    for pause in 0..4 {
        std::thread::sleep(std::time::Duration::from_millis(pause));
        let report = session.vm().advance(index, 200, &mut Control::default());
        assert!(report.unwrap().outcome.is_success());
    }
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(before, after, "something was allocated");
    assert!(session.float("town.earned").unwrap() > 100.0);
}

/// Pools, maps, lists and texts come and go in the memory of the first tick.
fn ninety_days() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut session =
        Session::open(&root.join("agent-memories/main.theus"), &[]).unwrap();
    session.ticks("main", 1).unwrap();
    let index = session.vm().pipeline(Some("main")).unwrap();
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let report = session
        .vm()
        .advance(index, 2_100, &mut Control::default())
        .unwrap();
    assert!(report.outcome.is_success(), "{}", report.outcome);
    assert_eq!(report.ticks, 2_100);
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(before, after, "something was allocated");
    assert!(session.float("mind.admitted").unwrap() > 100.0);
}

/// Audits, alerts and their log: rules are broken, alerts are raised and cleared.
fn watched_ticks() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut session = Session::open(&root.join("tests/data/watched.theus"), &[]).unwrap();
    session.ticks("main", 1).unwrap();
    let index = session.vm().pipeline(Some("main")).unwrap();
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let report = session
        .vm()
        .advance(index, 100_000, &mut Control::default())
        .unwrap();
    assert!(report.outcome.is_success(), "{}", report.outcome);
    let after = ALLOCATIONS.load(Ordering::Relaxed);
    assert_eq!(before, after, "something was allocated");
    assert!(report.faults > 1_000, "{}", report.faults);
    assert!(session.vm().logged() > 10_000);
}

fn three_million_ticks() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for (file, pipeline, globals) in [
        ("../bench/w1/w1.theus", "loop", &[][..]),
        (
            "double-pendulum/main.theus",
            "balance",
            &[("ctl.law", "Hybrid")][..],
        ),
    ] {
        let mut session = Session::open(&root.join(file), globals).unwrap();
        session.ticks(pipeline, 1).unwrap();
        let index = session.vm().pipeline(Some(pipeline)).unwrap();
        let before = resident();
        let (mut first, mut last, mut calls) = (None, 0, 0_u64);
        let mut progress = |_: Progress| {
            last = ALLOCATIONS.load(Ordering::Relaxed);
            first.get_or_insert(last);
            calls += 1;
        };
        let mut control = Control {
            progress: Some(&mut progress),
            ..Control::default()
        };
        let report = session.vm().advance(index, TICKS, &mut control).unwrap();
        let after = resident();
        assert!(report.outcome.is_success(), "{file}: {}", report.outcome);
        assert_eq!(report.ticks, TICKS);
        assert!(calls > 2, "{file}: {calls} batches");
        assert_eq!(first, Some(last), "{file}: something was allocated");
        if let Some((before, after)) = before.zip(after) {
            assert!(after <= before, "{file}: {before} pages became {after}");
        }
    }
}
