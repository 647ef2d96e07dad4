//! Pictures of tables: as a file, and as lines of blocks.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use theus_diag::{Code, Diagnostic, suggest};
use theus_draw::{Chart, Line, Look, Quantity, Table, TableError, Wanted};
use theus_draw::{number, sheet, spark, table};

use crate::files;
use crate::number::grouped;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Most letters of a name beside its blocks.
const LETTERS: usize = 24;
/// Fewest and most blocks of a line.
const BLOCKS: (usize, usize) = (16, 80);
/// Most columns that a problem lists.
const LISTED: usize = 12;

/// Reads the table of a file; `-` is the standard input.
pub(crate) fn read(path: &Path, wanted: &Wanted) -> Result<Table, Exit> {
    if path == Path::new("-") {
        return of(io::stdin().lock(), "<stdin>", wanted);
    }
    let name = path.display().to_string();
    let unreadable = |error| Exit::from(files::unreadable(&name, error));
    if fs::metadata(path).map_err(unreadable)?.is_dir() {
        return Err(files::unreadable(&name, io::ErrorKind::IsADirectory.into()).into());
    }
    of(File::open(path).map_err(unreadable)?, &name, wanted)
}

fn of(input: impl Read, name: &str, wanted: &Wanted) -> Result<Table, Exit> {
    table::read(input, wanted).map_err(|error| told(error, name).into())
}

fn told(error: TableError, name: &str) -> Diagnostic {
    match error {
        TableError::NoColumn(wanted, columns) => {
            let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
            no_column(&wanted, &columns, &format!("`{name}`"))
        }
        TableError::NotANumber { column, line, text } => {
            let text = sheet::cut(&text, LETTERS);
            let title = format!("`{text}` in line {line} of `{name}` is no number");
            plain(Code::NotPlotted, title).help(format!(
                "it is in column `{column}`: name columns of numbers"
            ))
        }
        TableError::Nothing(why) => {
            let title = format!("there is nothing to see in `{name}`: {why}");
            plain(Code::NothingToPlot, title).help(
                "the first line names the columns, each other line is a row of numbers",
            )
        }
        TableError::Broken { line, text } => {
            let line = line.map_or_else(String::new, |line| format!("line {line} has "));
            let title = format!("`{name}` is no table: {line}{text}");
            plain(Code::NoTable, title).help("every row needs a cell for each column")
        }
        TableError::Read(error) => files::unreadable(name, error),
    }
}

/// A name that is none of a column.
pub(crate) fn no_column(wanted: &str, columns: &[&str], place: &str) -> Diagnostic {
    let found = plain(Code::NoColumn, format!("{place} has no column `{wanted}`"));
    if let Some(near) = suggest::closest(wanted, columns.iter().copied()) {
        return found.help(format!("did you mean `{near}`?"));
    }
    let some = columns.iter().take(LISTED).map(|name| format!("`{name}`"));
    let mut list = some.collect::<Vec<_>>().join(", ");
    if columns.len() > LISTED {
        let _ = write!(list, " and {} more", columns.len() - LISTED);
    }
    found.help(format!("it has {list}"))
}

/// The chart of a table; columns whose unit is known from elsewhere are told by `unit`.
pub(crate) fn chart(
    table: &Table,
    title: &str,
    look: Look,
    unit: impl Fn(&str) -> Option<String>,
) -> Chart {
    let quantity = |name: &str| {
        let quantity = Quantity::new(name);
        let unit = quantity.unit.clone().or_else(|| unit(name));
        Quantity { unit, ..quantity }
    };
    let lines = table.columns.iter().map(|(name, fold)| Line {
        quantity: quantity(name),
        fold: fold.clone(),
    });
    Chart {
        title: title.to_owned(),
        x: quantity(&table.x),
        lines: lines.collect(),
        look,
    }
}

/// Writes a picture to a file.
pub(crate) fn write(path: &Path, chart: &Chart) -> Result<(), Exit> {
    super::cmd::save(path, &chart.svg())
}

/// The columns of a table, a line of blocks each.
pub(crate) fn lines(table: &Table, terminal: &Terminal) -> String {
    let name = |name: &str| sheet::cut(name, LETTERS);
    let names = table.columns.iter().map(|(name, _)| name).chain([&table.x]);
    let wide = names
        .map(|one| name(one).chars().count())
        .max()
        .unwrap_or(0);
    let rows: Vec<(String, String, String)> = table
        .columns
        .iter()
        .map(|(_, fold)| {
            let (low, high) = fold
                .whole()
                .map_or((f64::NAN, f64::NAN), |all| all.values());
            let gaps = match fold.gaps() {
                0 => String::new(),
                1 => "  1 gap".to_owned(),
                gaps => format!("  {} gaps", grouped(gaps)),
            };
            let (least, most) = number::pair(low, high);
            (least, most, gaps)
        })
        .collect();
    let most = |of: fn(&(String, String, String)) -> &String| {
        rows.iter()
            .map(|row| of(row).chars().count())
            .max()
            .unwrap_or(0)
    };
    let (low, high) = (most(|row| &row.0), most(|row| &row.1));
    let taken = wide + low + high + most(|row| &row.2) + 8;
    let blocks = terminal
        .columns()
        .saturating_sub(taken)
        .clamp(BLOCKS.0, BLOCKS.1);
    let mut out = String::new();
    for ((column, fold), (least, highest, gaps)) in table.columns.iter().zip(&rows) {
        let line = spark::line(fold, blocks);
        let line = terminal.colored(&line, "36");
        let name = name(column);
        let _ = writeln!(
            out,
            "{name:wide$}  {line}  {least:>low$} … {highest:high$}{gaps}"
        );
    }
    let mut text: Vec<&str> = out.lines().map(str::trim_end).collect();
    let below = below(table, &name(&table.x), wide);
    text.push(&below);
    text.join("\n") + "\n"
}

/// What the columns stand over.
fn below(table: &Table, name: &str, wide: usize) -> String {
    let folds = table.columns.iter().map(|(_, fold)| fold);
    let wholes = folds.clone().filter_map(theus_draw::Fold::whole);
    let ends = wholes.map(|whole| whole.places());
    let ends = ends.reduce(|(low, high), (least, most)| (low.min(least), high.max(most)));
    let (low, high) = ends.unwrap_or((f64::NAN, f64::NAN));
    let rows = folds.map(theus_draw::Fold::rows).max().unwrap_or(0);
    let word = if rows == 1 { "row" } else { "rows" };
    let rows = grouped(rows);
    let (low, high) = number::pair(low, high);
    let mut text = format!("{name:wide$}  {low} … {high}  ({rows} {word})");
    if table.left_out > 0 {
        let _ = write!(text, "\n{} more columns: name those to see", table.left_out);
    }
    text
}

/// Pictures are of one kind.
pub(crate) fn check_name(path: &Path) -> Result<(), Exit> {
    let is_svg = path == Path::new("-")
        || path
            .extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("svg"));
    match is_svg {
        true => Ok(()),
        false => {
            let title = format!("`{}` is no name of an SVG", path.display());
            let name = path.with_extension("svg");
            let help = format!("pictures are SVG: `{}`", name.display());
            Err(plain(Code::Usage, title).help(help).into())
        }
    }
}
