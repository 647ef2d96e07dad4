//! A contract that names a whole context for a few of its fields.

use theus_diag::{Code, Diagnostic};
use theus_hir::FieldId;
use theus_hir::item::{Entry, Target};

use crate::cx::Cx;

/// Fields of a context from which on it makes a difference.
const MANY: usize = 4;

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (id, process) in cx.typed.written_processes() {
        let print = cx.prints.process(id);
        let reads = print.reads.keys().filter_map(|(place, _)| place.in_field());
        let writes = print
            .writes
            .keys()
            .filter_map(|(place, _)| place.in_field());
        let (reads, writes): (Vec<_>, Vec<_>) = (reads.collect(), writes.collect());
        for entry in &process.inputs {
            one(cx, entry, &reads, "reads", tell);
        }
        for entry in &process.outputs {
            one(cx, entry, &writes, "writes", tell);
        }
    }
}

fn one(
    cx: &Cx<'_>,
    entry: &Entry,
    used: &[FieldId],
    word: &str,
    tell: &mut dyn FnMut(Diagnostic),
) {
    let Target::Context(id) = entry.target else {
        return;
    };
    let context = &cx.typed.contexts[id];
    let fields = context.fields.iter().filter(|field| used.contains(field));
    let paths: Vec<String> = fields.map(|field| cx.typed.field_path(*field)).collect();
    if context.fields.len() >= MANY
        && !paths.is_empty()
        && paths.len() * 2 <= context.fields.len()
    {
        let (count, all) = (paths.len(), context.fields.len());
        let label = format!("{count} of its {all} fields");
        tell(
            Diagnostic::new(Code::WholeContext, entry.span, label)
                .title(format!(
                    "the contract names all of `{}`, the process {word} less",
                    context.head.name
                ))
                .help(format!("name what it {word}: `{}`", paths.join(", "))),
        );
    }
}
