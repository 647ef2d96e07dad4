//! Footprints as text.

use std::fmt::Write as _;

use theus_hir::{Body, Typed};

use crate::checked::Checked;
use crate::footprint::{Footprint, ReadKind, WriteKind};
use crate::show;

/// The footprints of a program: functions with `inout` parameters, then processes.
pub fn dump(checked: &Checked<'_>) -> String {
    let (typed, prints) = (checked.typed(), checked.footprints());
    let mut out = String::new();
    for (id, item) in &typed.fns {
        let library = typed.modules[item.head.module].is_std;
        let inout = item.params.iter().any(|param| param.inout);
        if let (false, true, Ok(body)) = (library, inout, &item.body) {
            let title = format!("fn {}", item.head.name);
            print(typed, body, &title, prints.function(id), &mut out);
        }
    }
    for (id, item) in &typed.processes {
        let title = format!("process {}", item.head.name);
        print(typed, &item.body, &title, prints.process(id), &mut out);
    }
    out
}

fn print(typed: &Typed, body: &Body, title: &str, print: &Footprint, out: &mut String) {
    let reads = print.reads.keys().map(|(place, kind)| {
        let name = show::place_in(typed, body, place);
        match kind {
            ReadKind::Value => name,
            ReadKind::Own => format!("{name} (own)"),
        }
    });
    let writes = print.writes.keys().map(|(place, kind)| {
        let name = show::place_in(typed, body, place);
        match kind {
            WriteKind::Set => name,
            WriteKind::Raise => format!("{name} (true)"),
            WriteKind::Count | WriteKind::Add => format!("{name} (+=)"),
        }
    });
    let uses = [("tick", print.tick), ("random", print.random)];
    let uses = uses
        .into_iter()
        .filter_map(|(word, at)| at.map(|_| word.to_owned()));
    let raises = print
        .raises
        .keys()
        .map(|error| typed.errors[*error].name.to_string());
    let _ = writeln!(out, "{title}");
    line("reads", &reads.collect::<Vec<_>>(), out);
    line("writes", &writes.collect::<Vec<_>>(), out);
    line("uses", &uses.collect::<Vec<_>>(), out);
    line("raises", &raises.collect::<Vec<_>>(), out);
}

fn line(word: &str, names: &[String], out: &mut String) {
    if !names.is_empty() {
        let _ = writeln!(out, "  {word:<6} {}", names.join(", "));
    }
}
