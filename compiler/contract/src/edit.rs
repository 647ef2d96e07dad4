//! Edits of contracts: entries put in and taken out.

use theus_diag::Diagnostic;
use theus_grammar::Span;
use theus_hir::item::{Entry, Process};
use theus_hir::{ErrorId, Typed};

/// One of the two clauses that name fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Inputs,
    Outputs,
}

impl Clause {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Inputs => "inputs",
            Self::Outputs => "outputs",
        }
    }

    pub(crate) fn entries(self, process: &Process) -> &[Entry] {
        match self {
            Self::Inputs => &process.inputs,
            Self::Outputs => &process.outputs,
        }
    }

    pub(crate) const fn span(self, process: &Process) -> Span {
        match self {
            Self::Inputs => process.inputs_span,
            Self::Outputs => process.outputs_span,
        }
    }

    /// Where the clause belongs, for a process that lacks it: outputs come after inputs.
    fn place(self, process: &Process) -> Span {
        let (inputs, outputs) =
            (process.inputs_span.after(), process.outputs_span.after());
        match self {
            Self::Inputs => inputs,
            Self::Outputs if outputs.start < inputs.start => inputs,
            Self::Outputs => outputs,
        }
    }
}

/// Says where the contract stands, and offers to add `name`. `all`: every entry that the
/// clause lacks, for a process that has no such clause yet.
pub(crate) fn offer_entry(
    found: Diagnostic,
    process: &Process,
    clause: Clause,
    name: &str,
    all: &[String],
) -> Diagnostic {
    let (word, owner) = (clause.word(), &process.head.name);
    let mut written = clause.entries(process).iter().rev();
    match written.find(|entry| clause.span(process).covers(entry.span)) {
        Some(last) => found
            .label(
                clause.span(process),
                format!("the {word} of `{owner}` do not name it"),
            )
            .help(format!("add `{name}` to the {word} of `{owner}`"))
            .fix(
                format!("add `{name}` to the {word}"),
                last.span.after(),
                format!(", {name}"),
            ),
        None => found
            .label(
                process.head.span,
                format!("`{owner}` has no `{word}` clause"),
            )
            .help(format!(
                "add the clause `{word} {}` to `{owner}`",
                all.join(", ")
            ))
            .fix(
                format!("add an `{word}` clause"),
                clause.place(process),
                format!("\n    {word} {}", all.join(", ")),
            ),
    }
}

/// Offers to take out entry `at` with its comma, or the clause if nothing else is in it. Where
/// the entry stands elsewhere (in the contract that the process takes over, or in a clause
/// that is written twice) there is nothing to offer.
pub(crate) fn offer_removal(
    found: Diagnostic,
    process: &Process,
    clause: Clause,
    at: usize,
    name: &str,
) -> Diagnostic {
    let whole = clause.span(process);
    let entries = clause.entries(process);
    let span = |at: usize| {
        let span = entries.get(at)?.span;
        whole.covers(span).then_some(span)
    };
    let Some(this) = span(at) else { return found };
    // A context is one entry of the text, and one here for each of its fields.
    let other = |at: &usize| span(*at).is_some_and(|span| span != this);
    let before = (0..at).rev().find(other).and_then(span);
    let after = (at + 1..entries.len()).find(other).and_then(span);
    let cut = match (before, after) {
        (Some(before), _) => Span::new(this.file, before.end, this.end),
        (None, Some(after)) => Span::new(this.file, this.start, after.start),
        (None, None) => whole,
    };
    found.fix(
        format!("remove `{name}` from the {}", clause.word()),
        cut,
        "",
    )
}

/// Offers to declare an error.
pub(crate) fn offer_error(
    found: Diagnostic,
    typed: &Typed,
    process: &Process,
    error: ErrorId,
) -> Diagnostic {
    let item = &typed.errors[error];
    let payload: Vec<_> = item
        .payload
        .iter()
        .filter_map(|ty| scalar_name(typed, *ty))
        .collect();
    if payload.len() != item.payload.len() {
        return found;
    }
    let declared = match payload.is_empty() {
        true => item.name.to_string(),
        false => format!("{}({})", item.name, payload.join(", ")),
    };
    let title = format!("add `{}` to the errors", item.name);
    match own_errors(process).first() {
        Some((_, first)) => found.fix(title, first.before(), format!("{declared}, ")),
        None => found.fix(
            title,
            before_errors(process),
            format!("\n    errors {declared}"),
        ),
    }
}

/// Offers to take out error `at` of the `errors` clause, where others stay.
pub(crate) fn offer_error_removal(
    found: Diagnostic,
    typed: &Typed,
    process: &Process,
    at: usize,
) -> Diagnostic {
    let own = own_errors(process);
    let Some((error, span)) = own.get(at) else {
        return found;
    };
    let name = &typed.errors[*error].name;
    let plain = |error: ErrorId| typed.errors[error].payload.is_empty();
    let before = at.checked_sub(1).and_then(|at| own.get(at));
    let cut = match (before, own.get(at + 1)) {
        (_, Some((_, after))) => Span::new(span.file, span.start, after.start),
        (Some((other, before)), None) if plain(*other) && plain(*error) => {
            Span::new(span.file, before.end, span.end)
        }
        (Some(_) | None, None) => {
            return found.help(format!("remove `{name}` from the `errors` clause"));
        }
    };
    found.fix(format!("remove `{name}` from the errors"), cut, "")
}

/// The errors of the process itself, without those of contracts that it takes over.
pub(crate) fn own_errors(process: &Process) -> &[(ErrorId, Span)] {
    let own = process.errors.len() - process.shared_errors;
    process.errors.get(..own).unwrap_or_default()
}

/// The end of the clause before `errors`: clauses have a fixed order.
fn before_errors(process: &Process) -> Span {
    let clauses = process
        .ensures
        .last()
        .or(process.requires.last())
        .map(|clause| clause.span);
    let named = [process.outputs_span, process.inputs_span];
    let named = named.into_iter().max_by_key(|span| span.end);
    clauses.or(named).unwrap_or(process.head.span).after()
}

fn scalar_name(typed: &Typed, ty: theus_hir::Ty) -> Option<String> {
    use theus_hir::{FloatTy, TyKind};
    Some(match typed.types.kind(ty) {
        TyKind::Bool => "bool".to_owned(),
        TyKind::Int(int) => format!("{}{}", if int.signed { 'i' } else { 'u' }, int.bits),
        TyKind::Float(FloatTy::F32) => "f32".to_owned(),
        TyKind::Float(FloatTy::F64) => "f64".to_owned(),
        TyKind::Duration => "duration".to_owned(),
        TyKind::Instant => "instant".to_owned(),
        TyKind::Enum(id, args) if args.is_empty() => {
            typed.enums[*id].head.name.to_string()
        }
        TyKind::Error
        | TyKind::Unit
        | TyKind::Struct(..)
        | TyKind::Enum(..)
        | TyKind::Array(..)
        | TyKind::Ring(..)
        | TyKind::Pool(..)
        | TyKind::Handle(_)
        | TyKind::Tuple(_)
        | TyKind::Option(_)
        | TyKind::Str(_)
        | TyKind::Text
        | TyKind::Slice(_)
        | TyKind::Fn(..)
        | TyKind::Param(_) => return None,
    })
}
