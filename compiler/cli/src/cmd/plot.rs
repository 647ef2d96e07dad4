//! `theusc plot`: a table as a picture.

use std::path::Path;

use theus_draw::{Look, Wanted};

use crate::args::Plot;
use crate::picture;
use crate::problem::Exit;
use crate::terminal::Terminal;

/// Draws a table.
pub(crate) fn main(args: &Plot, terminal: &mut Terminal) -> Result<u8, Exit> {
    if let Some(out) = &args.out {
        picture::check_name(out)?;
    }
    let wanted = Wanted {
        x: args.x.clone(),
        ys: args.columns.clone(),
        positive: args.log,
    };
    let table = picture::read(&args.file, &wanted)?;
    let look = Look {
        log: args.log,
        split: args.split,
    };
    let title = args.title.clone().unwrap_or_else(|| title(&args.file));
    let chart = picture::chart(&table, &title, look, |_| None);
    match &args.out {
        None => terminal.out(&picture::lines(&table, terminal))?,
        Some(out) if out == Path::new("-") => terminal.out(&chart.svg())?,
        Some(out) => {
            picture::write(out, &chart)?;
            let text = picture::lines(&table, terminal);
            terminal.out(&format!("{text}\nwrote {}\n", out.display()))?;
        }
    }
    Ok(0)
}

/// The name of the table.
fn title(path: &Path) -> String {
    let name = path.file_name().filter(|name| *name != "-");
    name.map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}
