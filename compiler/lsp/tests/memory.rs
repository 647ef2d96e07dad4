//! The server holds what is open, and nothing of what was: counted in bytes.
#![expect(
    unsafe_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::needless_pass_by_value,
    reason = "an allocator that counts is unsafe to implement; a test ends where it cannot go on"
)]

#[expect(dead_code, reason = "other tests ask an editor for more")]
#[path = "editor/client.rs"]
mod client;

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use client::{Client, position};
use serde_json::json;
use theus_lsp::Ended;

struct Counting;

static USED: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is passed on unchanged to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        USED.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the pointer came from `System` with that layout.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        USED.fetch_add(size, Ordering::Relaxed);
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the pointer came from `System` with that layout.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often all is opened, edited and closed: the first times fill what is kept for good.
const ROUNDS: usize = 4;

/// What may differ from one time to the next: buffers of channels and of threads that end.
const SLACK: usize = 32 << 10;

const TEXT: &str = "\
context plant { x: f64 in -10.0..=10.0 = 1.0  log: ring<f64, 8>  seen: map<i64, f64, 8> full oldest }
/// Twice.
fn twice(a: f64) -> f64 { return a * 2.0 }
process step {
    inputs plant.x
    outputs plant.log, plant.seen
    let a = twice(plant.x)
    plant.log.push(sin(a))
    plant.seen.put(a as i64, a)
}
pipeline main every 1ms { step }
test \"one\" { run main for 1 ticks  assert plant.log.len() == 1, \"it is {plant.x:.2}\" }
";

/// What is written in a place, and taken away again: right, wrong, and not to be read.
const WRITTEN: [&str; 6] = [
    "\n",
    "// a",
    "q",
    "{",
    "\"",
    "fn other() -> i64 { return 1 }\n",
];

const ASKED: [&str; 5] = [
    "textDocument/hover",
    "textDocument/completion",
    "textDocument/definition",
    "textDocument/signatureHelp",
    "textDocument/documentSymbol",
];

#[test]
fn what_was_open_is_forgotten() {
    let mut client = Client::new();
    let mut held = Vec::new();
    for _ in 0..ROUNDS {
        for name in ["a", "b"] {
            edited(&mut client, name);
        }
        client.shown.clear();
        client.told.clear();
        // The answer comes after all that was told.
        client
            .request("workspace/symbol", json!({ "query": "x" }))
            .unwrap();
        held.push(rested());
    }
    let (early, late) = (held[ROUNDS / 2], held[ROUNDS - 1]);
    assert!(late <= early + SLACK, "memory grows: {held:?}");
    assert_eq!(client.end(), Ended::Well);
}

/// The bytes in use once all threads rest.
fn rested() -> usize {
    let mut before = 0;
    loop {
        let used = USED.load(Ordering::SeqCst);
        if used == before {
            return used;
        }
        before = used;
        // Longer than the thread that proves waits for a text to rest.
        std::thread::sleep(Duration::from_millis(400));
    }
}

fn edited(client: &mut Client, name: &str) {
    let uri = client.open(name, TEXT);
    let mut version = 1;
    for (at, _) in TEXT.match_indices("plant.").step_by(3) {
        let (line, character) = position(TEXT, at);
        for new in WRITTEN {
            for (removed, text) in [(0, new), (new.len(), "")] {
                let start = json!({ "line": line, "character": character });
                let (end_line, end) = position(new, removed);
                let column = if end_line == 0 { character + end } else { end };
                let end = json!({ "line": line + end_line, "character": column });
                version += 1;
                let range = json!({ "start": start, "end": end });
                client.change(&uri, version, json!([{ "range": range, "text": text }]));
                let method = ASKED[usize::try_from(version).unwrap() % ASKED.len()];
                let _ = client.at(method, &uri, line, character + 1);
            }
        }
    }
    assert_eq!(client.diagnostics(&uri), json!([]));
    let document = json!({ "textDocument": { "uri": uri } });
    client.notify("textDocument/didClose", document);
}
