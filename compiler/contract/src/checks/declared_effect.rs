//! `tick` and `random` are inputs: a process that uses them says so.

use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::item::{Process, Target};

use crate::Cx;
use crate::contract::Contract;
use crate::edit::{Clause, offer_entry, offer_removal};

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for (id, process) in cx.typed.written_processes() {
        misplaced(process, sink);
        if Contract::new(cx.typed, process).partial {
            continue;
        }
        let print = cx.prints.process(id);
        let uses = [
            (Target::Tick, "tick", print.tick),
            (Target::Random, "random", print.random),
        ];
        for (target, word, span) in uses {
            let mut entries = process.inputs.iter().chain(&process.outputs);
            let declared = entries.any(|entry| entry.target == target);
            if let (Some(span), false) = (span, declared) {
                sink.push(undeclared(process, word, span));
            }
        }
    }
}

fn undeclared(process: &Process, word: &str, span: Span) -> Diagnostic {
    let owner = &process.head.name;
    let found = Diagnostic::new(Code::UndeclaredTick, span, "used here").title(format!(
        "`{owner}` uses `{word}`, which its contract does not name"
    ));
    offer_entry(found, process, Clause::Inputs, word, &[word.to_owned()])
}

fn misplaced(process: &Process, sink: &mut Sink) {
    for (at, entry) in process.outputs.iter().enumerate() {
        let word = match entry.target {
            Target::Tick => "tick",
            Target::Random => "random",
            Target::Context(_) | Target::Field(..) | Target::Error => continue,
        };
        let found = Diagnostic::new(Code::UndeclaredTick, entry.span, "an output")
            .title(format!("`{word}` cannot be written"))
            .label(process.head.span, "the contract of this process")
            .help(format!("`{word}` belongs to the inputs"));
        sink.push(offer_removal(found, process, Clause::Outputs, at, word));
    }
}
