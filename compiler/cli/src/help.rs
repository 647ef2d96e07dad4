//! How help looks: colours, groups, examples.

use clap::builder::styling::{AnsiColor, Styles};

/// Headings as in the tools that its readers know.
pub(crate) const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default());

/// Groups of the options of `run`.
pub(crate) const LENGTH: &str = "What runs, and for how long";
pub(crate) const START: &str = "What it starts with";
pub(crate) const RESULTS: &str = "Results";
pub(crate) const MACHINE: &str = "How it is compiled";

/// A group of the options of `lint`.
pub(crate) const LEVELS: &str = "How loud lints are";
/// A group of the options of `check` and `lint`.
pub(crate) const MENDING: &str = "Mending";

/// Examples, each a command and what it does, and a last paragraph.
pub(crate) fn after(examples: &[(&str, &str)], rest: &str) -> String {
    let (header, literal) = (STYLES.get_header(), STYLES.get_literal());
    let mut out = format!("{header}Examples:{header:#}\n");
    let width = examples.iter().map(|(command, _)| command.len()).max();
    let width = width.unwrap_or(0);
    for (command, what) in examples {
        out += &format!("  {literal}{command:width$}{literal:#}  {what}\n");
    }
    if !rest.is_empty() {
        out += &format!("\n{rest}");
    }
    out
}
