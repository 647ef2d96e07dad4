//! Errors: program-wide by name.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::{Name, item as tree};

use crate::cx::{Cx, Env};
use crate::ids::{ErrorId, ModuleId};
use crate::item::Error;
use crate::resolve::declare::duplicates;
use crate::ty::{Ty, TyKind};

/// How many values an error may carry.
const MAX_PAYLOAD: usize = theus_abi::header::MAX_FAULT_ARGS;

/// Collects the errors that processes declare.
pub(crate) fn all(cx: &mut Cx<'_>) {
    for id in cx.out.processes.keys().collect::<Vec<_>>() {
        let tree = cx.trees.processes[id];
        let module = cx.out.processes[id].head.module;
        duplicates(cx, "error", tree.errors.iter().map(|error| &error.name));
        let mut errors: Vec<(ErrorId, Span)> = Vec::new();
        for (at, error) in tree.errors.iter().enumerate() {
            let mut before = tree.errors.iter().take(at);
            if before.all(|other| other.name.text != error.name.text) {
                errors.push((one(cx, module, error), error.name.span));
            }
        }
        let own = errors.len();
        for written in &tree.contracts {
            let Some(contract) = cx.contract(module, written) else {
                continue;
            };
            let (contract, home) = &cx.trees.contracts[contract];
            let (contract, home) = (*contract, home.module);
            for error in &contract.errors {
                let found = one(cx, home, error);
                if errors.iter().all(|(known, _)| *known != found) {
                    errors.push((found, error.name.span));
                }
            }
        }
        cx.out.processes[id].shared_errors = errors.len() - own;
        cx.out.processes[id].errors = errors;
    }
}

fn one(cx: &mut Cx<'_>, module: ModuleId, error: &tree::ErrorDecl) -> ErrorId {
    let env = Env::plain(module);
    let mut payload = Vec::new();
    for written in &error.payload {
        let ty = cx.stored(&env, written, false);
        payload.push(scalar(cx, ty, written.span));
    }
    if error.payload.len() > MAX_PAYLOAD {
        let found =
            Diagnostic::new(Code::ErrorSignature, error.name.span, "declared here")
                .title(format!("error `{}` carries too much", error.name.text))
                .help(format!("an error carries at most {MAX_PAYLOAD} values"));
        cx.report(found);
        payload.truncate(MAX_PAYLOAD);
    }
    let Some(known) = cx.error_names.get(&error.name.text).copied() else {
        return cx.new_error(&error.name, payload);
    };
    cx.used(error.name.span, cx.out.errors[known].span);
    let first = &cx.out.errors[known];
    let same = first.payload.len() == payload.len()
        && first
            .payload
            .iter()
            .zip(&payload)
            .all(|(a, b)| cx.fits(*a, *b));
    if !same {
        let show = |payload: &[Ty]| {
            let types: Vec<String> = payload.iter().map(|ty| cx.show(&[], *ty)).collect();
            format!("{}({})", error.name.text, types.join(", "))
        };
        let (here, there) = (show(&payload), show(&first.payload));
        let found = Diagnostic::new(
            Code::ErrorSignature,
            error.name.span,
            format!("here it is `{here}`"),
        )
        .title(format!(
            "error `{}` is declared with two payloads",
            error.name.text
        ))
        .label(first.span, format!("here it is `{there}`"))
        .help("names of errors are program-wide: rename one, or make the payloads alike");
        cx.report(found);
        cx.mixed_errors.insert(known);
    }
    known
}

fn scalar(cx: &mut Cx<'_>, ty: Ty, span: Span) -> Ty {
    match cx.kind(ty) {
        TyKind::Bool
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::Duration
        | TyKind::Instant
        | TyKind::Error => ty,
        _ => {
            let text = format!("this is `{}`", cx.show(&[], ty));
            let found = Diagnostic::new(Code::ErrorSignature, span, text)
                .title("an error carries numbers, bools and durations only")
                .help("pass the numbers that tell what happened");
            cx.report(found);
            Ty::ERROR
        }
    }
}

impl Cx<'_> {
    /// A new error of the program.
    pub(crate) fn new_error(&mut self, name: &Name, payload: Vec<Ty>) -> ErrorId {
        let error = Error {
            name: Arc::clone(&name.text),
            payload,
            span: name.span,
        };
        let id = self.out.errors.push(error);
        self.error_names.insert(Arc::clone(&name.text), id);
        id
    }
}
