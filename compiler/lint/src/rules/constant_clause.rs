//! A clause that always holds says nothing; one that never does is a process that never runs.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::ItemKind;
use theus_hir::Expr;

use crate::cx::Cx;
use crate::truth::{literal_truth, truth};

pub(crate) fn find(cx: &Cx<'_>, tell: &mut dyn FnMut(Diagnostic)) {
    let shared = shared(cx);
    for (_, process) in cx.typed.written_processes() {
        let mut told = |holds: Option<bool>, clause: &Expr, word: &str| {
            // What a contract says for several processes may say nothing of one of them.
            let is_own = !shared
                .iter()
                .any(|contract| holds_in(*contract, clause.span));
            one(holds.filter(|holds| is_own || !holds), clause, word, tell);
        };
        for clause in &process.requires {
            told(truth(cx, clause), clause, "requires");
        }
        for clause in &process.ensures {
            told(literal_truth(cx, clause), clause, "ensures");
        }
    }
    for context in cx.typed.written_contexts() {
        for clause in &context.invariants {
            one(truth(cx, clause), clause, "invariant", tell);
        }
    }
}

/// The contracts that processes share.
fn shared(cx: &Cx<'_>) -> Vec<Span> {
    let items = cx.parsed.iter().flat_map(|module| &module.file.items);
    let contracts = items.filter(|item| matches!(item.kind, ItemKind::Contract(_)));
    contracts.map(|item| item.span).collect()
}

const fn holds_in(whole: Span, part: Span) -> bool {
    whole.file.0 == part.file.0 && whole.start <= part.start && part.end <= whole.end
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
