//! A run allocates nothing and grows by no page after its first tick: rows written, rows read, clocks, handled
//! faults, bad rows.
#![expect(dead_code, reason = "each test file uses a part of the plant")]
#![expect(unsafe_code, reason = "an allocator that counts")]

#[cfg(test)]
#[path = "support/plant.rs"]
mod plant;

use std::alloc::{GlobalAlloc, Layout, System};
use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};

use theus_abi::{HostFn, header};
use theus_vm::{Control, LoadOptions, Outcome};

struct Counting;

static COUNT: AtomicU64 = AtomicU64::new(0);

// SAFETY: everything is done by the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the promises of `dealloc`.
        unsafe { System.dealloc(pointer, layout) };
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        COUNT.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller keeps the promises of `realloc`.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const TICKS: u64 = 200_000;

/// Pages in memory that belong to the process alone. The quick counters of `statm` lag, and count
/// pages of the program's file, which the system maps sixteen at a time.
#[cfg(test)]
fn resident() -> u64 {
    use std::io::Read as _;
    let Ok(mut file) = fs::File::open("/proc/self/smaps_rollup") else {
        return 0;
    };
    let mut buffer = [0; 4096];
    let mut len = 0;
    loop {
        match file.read(&mut buffer[len..]).unwrap() {
            0 => break,
            count => len += count,
        }
    }
    let text = std::str::from_utf8(&buffer[..len]).unwrap();
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.strip_prefix("Anonymous:"));
    let kilobytes = line.unwrap().split_ascii_whitespace().next().unwrap();
    kilobytes.parse::<u64>().unwrap() / 4
}

#[test]
fn a_run_allocates_nothing_after_its_first_tick() {
    let dir = plant::directory("allocations");
    let mut text = String::from("x,n\n");
    for n in 0..TICKS {
        let good = n % 7 != 0;
        writeln!(text, "{},{n}", if good { "0.125" } else { "bad" }).unwrap();
    }
    fs::write(dir.join("in.csv"), text).unwrap();
    let mut image = plant::image();
    image.sinks = vec![plant::sink()];
    image.sources = vec![plant::source()];
    let after_first = std::rc::Rc::new(std::cell::Cell::new(0));
    let at_last = std::rc::Rc::new(std::cell::Cell::new(0));
    let (first, last) = (after_first.clone(), at_last.clone());
    let pages = [0; 2].map(|_| std::rc::Rc::new(std::cell::Cell::new(0)));
    let [first_pages, last_pages] = pages.clone();
    let tick: plant::Tick = Box::new(move |memory, host| {
        let tick = memory.u64(header::TICK);
        if tick == 1 {
            first_pages.set(resident());
            first.set(COUNT.load(Ordering::Relaxed));
        }
        if memory.u64(header::MEASURE) != 0 {
            host.call(HostFn::ClockStart, 0, memory.bytes_mut());
            host.call(HostFn::ClockStop, 0, memory.bytes_mut());
        }
        if plant::read_row(memory, host) == 2 {
            plant::fail_index(memory);
        }
        plant::write_row(memory, host);
        if tick == TICKS - 1 {
            last.set(COUNT.load(Ordering::Relaxed));
            last_pages.set(resident());
        }
        0
    });
    let options = LoadOptions {
        sinks: Some(dir.clone()),
        sources: dir.clone(),
        measure_every: 10,
        ..LoadOptions::default()
    };
    let (mut vm, _) = plant::load(image, options, tick);
    vm.start().unwrap();
    let mut calls = 0;
    let mut progress = |_| calls += 1;
    let mut control = Control {
        stop: None,
        progress: Some(&mut progress),
        ..Control::default()
    };
    let report = vm.run(0, TICKS, &mut control).unwrap();
    assert_eq!(report.outcome, Outcome::Reached);
    assert_eq!(report.faults, TICKS.div_ceil(7));
    assert!(calls > 100);
    assert!(after_first.get() > 0);
    assert_eq!(
        at_last.get() - after_first.get(),
        0,
        "heap calls after the first tick"
    );
    let [first, last] = pages.map(|pages| pages.get());
    assert!(last <= first, "{first} resident pages became {last}");
    let written = fs::read_to_string(dir.join("out/run.csv")).unwrap();
    assert_eq!(written.lines().count() as u64, TICKS + 1);
}
