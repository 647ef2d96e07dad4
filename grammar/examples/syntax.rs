//! Reads files and prints their syntax errors; with `--dump`, their trees.
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

use theus_grammar::{FileId, Source, parse, print};

fn main() -> std::io::Result<()> {
    let (flags, files): (Vec<_>, Vec<_>) = std::env::args()
        .skip(1)
        .partition(|arg| arg.starts_with("--"));
    for name in files {
        let source =
            Source::new(FileId(0), name.as_str(), std::fs::read_to_string(&name)?);
        let parsed = parse(&source);
        if !flags.is_empty() {
            println!("{}", print::dump(&parsed.file));
        }
        for error in parsed.errors {
            let (line, column) = source.position(error.span.start);
            let text = source
                .slice(error.span.start, error.span.end)
                .escape_debug();
            println!(
                "{name}:{line}:{column} {} {} | {} | `{text}`",
                error.kind.code(),
                error.title,
                error.label
            );
            for more in [
                error.help,
                error.related.map(|(span, text)| {
                    format!("{text} {:?}", source.position(span.start))
                }),
            ]
            .into_iter()
            .flatten()
            .chain(error.fix.iter().map(|(_, text)| format!("fix {text:?}")))
            {
                println!("    {more}");
            }
        }
    }
    Ok(())
}
