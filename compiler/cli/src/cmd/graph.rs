//! `theusc graph`: who reads and writes what, and what may run together.

use crate::args::{Drawing, Graph};
use crate::files;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// Draws the graph of a program.
pub(crate) fn main(args: &Graph, terminal: &mut Terminal) -> Result<u8, Exit> {
    let root = files::root(&args.file).map_err(|report| Exit::Report(report, 2))?;
    let graph = theus::graph(root.text, &root.modules)
        .map_err(|report| Exit::Report(report, 2))?;
    terminal.out(&match args.format {
        Drawing::Text => graph.together(),
        Drawing::Svg => graph.svg(),
        Drawing::Mermaid => graph.mermaid(),
    })?;
    Ok(0)
}
