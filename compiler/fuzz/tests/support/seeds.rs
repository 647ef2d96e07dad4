//! Generated programs on two threads: `THEUS_FUZZ_PROGRAMS` of them, from seed
//! `THEUS_FUZZ_FIRST`. A run that was asked for says how far it is, and what it has done.

use std::io::Write as _;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Time between two lines about how far a run is.
const SAYS: Duration = Duration::from_secs(30);

/// Calls `f` for each seed on two threads; the first complaint.
pub(crate) fn each_seed(
    count: u64,
    f: impl Fn(u64) -> Option<String> + Sync,
) -> Option<String> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse().ok());
    let first_seed: u64 = asked("THEUS_FUZZ_FIRST").unwrap_or(0);
    let wanted: Option<u64> = asked("THEUS_FUZZ_PROGRAMS");
    let end = first_seed + wanted.unwrap_or(count);
    let (next, done) = (AtomicU64::new(first_seed), AtomicU64::new(0));
    let stop = AtomicBool::new(false);
    let (first, began) = (Mutex::new(None), Instant::now());
    let said = Mutex::new(began);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        return;
                    }
                    if let Some(complaint) = f(seed) {
                        stop.store(true, Ordering::Relaxed);
                        *first.lock().unwrap() = Some(complaint);
                        return;
                    }
                    let done = done.fetch_add(1, Ordering::Relaxed) + 1;
                    let mut said = said.lock().unwrap();
                    if wanted.is_some() && said.elapsed() >= SAYS {
                        *said = Instant::now();
                        say(&format!("{done} of {}", end - first_seed), began, done);
                    }
                }
            });
        }
    });
    let complaint = first.into_inner().unwrap();
    if wanted.is_some() {
        let done = done.into_inner();
        let all = if complaint.is_none() { "all" } else { "only" };
        let seeds = format!("seeds {first_seed} to {}", end.saturating_sub(1));
        say(&format!("{all} {done}, {seeds}, {}", commit()), began, done);
    }
    complaint
}

/// A line for who waits, also where what tests print is kept back.
fn say(what: &str, began: Instant, done: u64) {
    let took = began.elapsed().as_secs();
    let rate = done as f64 / began.elapsed().as_secs_f64().max(0.001);
    let resident =
        resident().map_or_else(String::new, |mib| format!(", {mib} MiB resident"));
    let line = format!(
        "generated programs that pass: {what}; {took} s, {rate:.1} a second{resident}\n"
    );
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// The commit that is tested, and whether the tree is another.
fn commit() -> String {
    let git = |args: &[&str]| {
        let out = Command::new("git").args(args).output().ok()?;
        String::from_utf8(out.stdout).ok()
    };
    let head = git(&["rev-parse", "--short", "HEAD"]).unwrap_or_default();
    let clean =
        git(&["status", "--porcelain"]).is_some_and(|text| text.trim().is_empty());
    let more = if clean { "" } else { " and changes" };
    format!("commit {}{more}", head.trim())
}

/// Resident memory of this process, where the system tells.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib / 1024)
}
