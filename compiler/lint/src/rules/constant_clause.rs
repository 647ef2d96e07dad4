//! A clause that always holds says nothing; one that never does is a process that never runs.

use theus_diag::{Code, Diagnostic};
use theus_hir::Expr;

use crate::cx::Cx;
use crate::truth::{literal_truth, truth};

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    for (_, process) in cx.typed.written_processes() {
        for clause in &process.requires {
            one(truth(cx, clause), clause, "requires", tell);
        }
        for clause in &process.ensures {
            one(literal_truth(cx, clause), clause, "ensures", tell);
        }
    }
    for context in cx.typed.written_contexts() {
        for clause in &context.invariants {
            one(truth(cx, clause), clause, "invariant", tell);
        }
    }
}

fn one(holds: Option<bool>, clause: &Expr, word: &str, tell: &mut dyn FnMut(Diagnostic)) {
    let Some(holds) = holds else {
        return;
    };
    let found =
        Diagnostic::new(Code::ConstantClause, clause.span, "the same in every run");
    tell(match holds {
        true => found
            .title(format!("`{word}` always holds here"))
            .help("ranges and literals say it already: leave it out, or say more"),
        false => found.title(format!("`{word}` never holds here")).help(
            "nothing that has this clause can ever be committed: look at the sides",
        ),
    });
}
