//! Puts the pages that `SUMMARY.md` names into the crate, in its order.

use std::fmt::Write as _;
use std::path::Path;

fn main() -> std::io::Result<()> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default();
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    let book = Path::new(&root).join("src");
    println!("cargo:rerun-if-changed=src/SUMMARY.md");
    let summary = std::fs::read_to_string(book.join("SUMMARY.md"))?;
    let mut code = String::from("&[\n");
    for link in summary.lines().filter_map(page) {
        let file = book.join(link);
        println!("cargo:rerun-if-changed=src/{link}");
        if file.is_file() {
            let _ = writeln!(code, "({link:?}, include_str!({file:?})),");
        }
    }
    code.push(']');
    std::fs::write(Path::new(&out).join("pages.rs"), code)
}

/// The page in `- [Title](page.md)`.
fn page(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("](")?;
    rest.split_once(')').map(|(page, _)| page)
}
