//! Pictures of what a run has written: beside the table of each sink.

use std::path::PathBuf;

use theus_abi::image::{Format, Image, Stream};
use theus_abi::shape::Shape;
use theus_diag::Code;
use theus_draw::{Look, Wanted, table};

use crate::args::Run;
use crate::picture;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Sinks with a table.
fn tables(image: &Image) -> impl Iterator<Item = &Stream> {
    image
        .sinks
        .iter()
        .filter(|sink| matches!(sink.format, Format::Csv))
}

/// The columns of a sink that are named; all names if none is.
fn wanted(sink: &Stream, named: &[String]) -> Vec<String> {
    let is_one = |wanted: &&String| {
        let mut columns = sink.columns.iter();
        columns
            .any(|column| column.name == **wanted || table::is_part(&column.name, wanted))
    };
    named.iter().filter(is_one).cloned().collect()
}

/// Refuses a run whose picture would show nothing.
pub(crate) fn check(args: &Run, image: &Image) -> Result<(), Exit> {
    let Some(named) = &args.plot else {
        return Ok(());
    };
    if tables(image).next().is_none() {
        return Err(plain(
            Code::NothingToPlot,
            "there is nothing to see: the program writes no table",
        )
        .help("write one: `sink csv(\"run.csv\") { tick.time, plant.x }` in the pipeline")
        .into());
    }
    let names = tables(image).flat_map(|sink| &sink.columns);
    let names: Vec<&str> = names.map(|column| column.name.as_str()).collect();
    let missing = |name: &&String| {
        tables(image).all(|sink| wanted(sink, &[(*name).clone()]).is_empty())
    };
    match named.iter().find(missing) {
        Some(name) => {
            Err(picture::no_column(name, &names, "what the program writes").into())
        }
        None => Ok(()),
    }
}

/// Draws the tables that the run has written; where the pictures are, and what people see.
pub(crate) fn draw(
    args: &Run,
    image: &Image,
    terminal: &Terminal,
) -> Result<(Vec<PathBuf>, String), Exit> {
    let (mut paths, mut text) = (Vec::new(), String::new());
    let Some(named) = &args.plot else {
        return Ok((paths, text));
    };
    for sink in tables(image) {
        let ys = wanted(sink, named);
        if ys.is_empty() && !named.is_empty() {
            continue;
        }
        let file = args.out.join(&sink.path);
        let wanted = Wanted {
            ys,
            ..Wanted::default()
        };
        let table = picture::read(&file, &wanted)?;
        let unit = |name: &str| {
            let column = sink.columns.iter().find(|column| column.name == name)?;
            matches!(column.shape, Shape::Duration).then(|| "s".to_owned())
        };
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let chart = picture::chart(&table, &name, Look::default(), unit);
        let path = file.with_extension("svg");
        picture::write(&path, &chart)?;
        text += &format!(
            "\n{}wrote {}\n",
            picture::lines(&table, terminal),
            path.display()
        );
        paths.push(path);
    }
    Ok((paths, text))
}
