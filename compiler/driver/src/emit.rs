//! Any stage as text.

use std::fmt::Write as _;

use theus_abi::image::{Format, Image, Period, SiteKind, Stream};

use crate::Options;
use crate::modules::{self, Library};
use crate::pipeline;
use crate::program::Program;
use crate::report::Report;
use crate::sources::{Sources, Text};
use crate::stack;
use theus_diag::Sink;

/// A stage of the compiler that has a text form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The syntax trees of the program's own files.
    Ast,
    /// Names and types, and what bodies touch.
    Hir,
    /// The middle representation, after its passes.
    Mir,
    /// Cranelift's representation, for a pinned target.
    Clif,
    /// Machine code of the machine at hand.
    Asm,
    /// What the VM is told.
    Image,
}

/// The text of a stage.
///
/// # Errors
/// What is wrong with the program, if the stage is not reached.
pub fn emit(
    stage: Stage,
    root: Text,
    sources: &dyn Sources,
    options: &Options,
) -> Result<String, Box<Report>> {
    match stage {
        Stage::Ast | Stage::Hir => front(stage, root, sources),
        Stage::Mir => Ok(crate::compile(root, sources, options)?.mir().to_string()),
        Stage::Clif => {
            let program = crate::compile(root, sources, options)?;
            theus_codegen::clif(program.mir()).map_err(|ice| program.refused(&ice))
        }
        Stage::Asm => {
            let program = crate::compile(root, sources, options)?;
            asm(&program)
        }
        Stage::Image => Ok(image(&crate::compile(root, sources, options)?.image())),
    }
}

fn asm(program: &Program) -> Result<String, Box<Report>> {
    let options = crate::program::machine_options();
    theus_codegen::asm(program.mir(), &options).map_err(|ice| program.refused(&ice))
}

/// The stages before the gate.
fn front(stage: Stage, root: Text, sources: &dyn Sources) -> Result<String, Box<Report>> {
    let done = stack::large(|| {
        let mut sink = Sink::new();
        let modules = modules::read(root, sources, Library::Whole, &mut sink);
        let text = match stage {
            Stage::Ast => {
                let own = modules.parsed.iter().filter(|module| !module.is_std);
                own.map(|module| theus_grammar::print::dump(&module.file))
                    .collect()
            }
            Stage::Hir | Stage::Mir | Stage::Clif | Stage::Asm | Stage::Image => {
                pipeline::print_checked(&modules, &mut sink)
            }
        };
        let report = Report {
            found: sink.into_sorted(),
            sources: modules.sources,
        };
        if report.has_errors() {
            Err(Box::new(report))
        } else {
            Ok(text)
        }
    });
    done.unwrap_or_else(|text| {
        let found = vec![crate::program::internal(&text)];
        Err(Box::new(Report {
            found,
            sources: Vec::new(),
        }))
    })
}

/// What the VM is told, line by line.
fn image(image: &Image) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "strict {}", if image.strict { "on" } else { "off" });
    for (file, at) in image.files.iter().zip(0..) {
        let _ = writeln!(out, "file {at} {file}");
    }
    for field in &image.fields {
        let range = field
            .range
            .map_or_else(String::new, |range| format!(" in {range}"));
        let _ = writeln!(
            out,
            "{} {} at {} size {}{range}",
            field.zone.name(),
            field.path,
            field.offset,
            field.shape.size()
        );
    }
    let _ = writeln!(
        out,
        "contexts end {}, fixed end {}, scratch {}",
        image.context_end, image.fixed_end, image.scratch
    );
    for process in &image.processes {
        let deadline = process
            .deadline
            .map_or_else(String::new, |ns| format!(" deadline {ns}ns"));
        let _ = writeln!(out, "process {}{deadline}", process.name);
    }
    for (site, at) in image.sites.iter().zip(0..) {
        let kind = match site.kind {
            SiteKind::Fault(fault) => fault.name().to_owned(),
            SiteKind::Raise(error) => {
                let name = usize::try_from(error)
                    .ok()
                    .and_then(|at| image.errors.get(at));
                format!("raise {}", name.map_or("?", String::as_str))
            }
            SiteKind::Share => "share".to_owned(),
        };
        let loc = site.loc;
        let _ = writeln!(
            out,
            "site {at} {kind} at {}:{}..{}",
            loc.file, loc.start, loc.end
        );
    }
    streams(&mut out, "sink", &image.sinks);
    streams(&mut out, "source", &image.sources);
    entries(&mut out, image);
    out
}

fn streams(out: &mut String, word: &str, streams: &[Stream]) {
    for stream in streams {
        let columns: Vec<_> = stream
            .columns
            .iter()
            .map(|column| column.name.as_str())
            .collect();
        let _ = writeln!(
            out,
            "{word} {} {:?} row at {}: {}",
            match stream.format {
                Format::Csv => "csv".to_owned(),
                Format::Npy(field) => format!("npy of field {field}"),
            },
            stream.path,
            stream.row,
            columns.join(", ")
        );
    }
}

fn entries(out: &mut String, image: &Image) {
    let name = |func: u32| {
        let name = usize::try_from(func)
            .ok()
            .and_then(|at| image.functions.get(at));
        name.map_or("?", String::as_str).to_owned()
    };
    let _ = writeln!(out, "init {}", name(image.init));
    let _ = writeln!(out, "validate {}", name(image.validate));
    for pipeline in &image.pipelines {
        let period = match pipeline.period {
            Period::None => String::new(),
            Period::Fixed(ns) => format!(" every {ns}ns"),
            Period::Global(offset) => format!(" every [{offset}]"),
        };
        let _ = writeln!(
            out,
            "pipeline {}{period} = {}",
            pipeline.name,
            name(pipeline.ticks)
        );
    }
    for test in &image.tests {
        let _ = writeln!(out, "test {:?} = {}", test.name, name(test.func));
    }
    for property in &image.properties {
        let func = name(property.func);
        let _ = writeln!(out, "property {:?} = {func}", property.name);
    }
    for bench in &image.benches {
        let _ = writeln!(out, "bench {:?} = {}", bench.name, name(bench.func));
    }
}
