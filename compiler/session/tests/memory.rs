//! A long session holds no more memory than a short one.
#![cfg(target_os = "linux")]
#![expect(clippy::panic, clippy::unwrap_used, reason = "a test may fail")]

#[path = "support/talk.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod talk;

use talk::Talk;

/// Bytes of the process that are in memory.
fn resident() -> i64 {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages = text.split(' ').nth(1).unwrap();
    4096 * pages.parse::<i64>().unwrap()
}

#[test]
fn memory_is_flat() {
    let mut talk = Talk::new();
    talk.shows("context c { n: i64  h: [f64; 20_000] }");
    let mut cell = |at: i64| {
        // A new process each time: the code of the old one is given back.
        let item = format!("process p {{ outputs c.n, c.h  c.n += {at}  c.h[3] = 1.0 }}");
        talk.shows(&format!(
            "{item}\nrun p\nlet a = c.n\nvar b = [a; 10]\nb[3]"
        ));
        talk.session.bytes()
    };
    let (mut early, mut held) = (0, 0);
    for at in 0..120 {
        let bytes = cell(at);
        if at == 30 {
            early = resident();
            held = bytes;
        }
    }
    let bytes = cell(0);
    assert!(bytes <= held, "{held} then {bytes}");
    let grown = resident() - early;
    assert!(grown < 2 << 20, "{grown} bytes");
}
