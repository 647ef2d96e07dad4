//! The locals of the last test of a program, with their types as text: what a session must know
//! of a cell to keep what it declares.

use theus_diag::Sink;
use theus_grammar::Span;
use theus_hir::{Ty, TyKind, Typed};

use crate::follows;
use crate::modules::{self, Library};
use crate::report::Report;
use crate::sources::{Sources, Text};
use crate::stack;

/// How a value could outlive the test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stays {
    /// In a field of its type.
    Field,
    /// It is a text of open length: in a `str<N>`.
    Text,
    /// Not at all: it points into memory of the test, or is nothing.
    Not,
}

/// A local.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Local {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub span: Span,
    /// Its type, as in source.
    pub ty: String,
    /// How it could be kept.
    pub stays: Stays,
}

/// The locals of the last test of a program that is right.
///
/// # Errors
/// Everything that is wrong with the program.
pub fn locals(root: Text, sources: &dyn Sources) -> Result<Vec<Local>, Box<Report>> {
    stack::large(|| {
        let named = attempt(root.clone(), sources, Library::Named { tests: true });
        // Errors may speak of any name of the library.
        named.or_else(|_| attempt(root, sources, Library::Whole))
    })
    .unwrap_or_else(|text| {
        Err(Box::new(Report {
            found: vec![crate::program::internal(&text)],
            sources: Vec::new(),
        }))
    })
}

fn attempt(
    root: Text,
    sources: &dyn Sources,
    library: Library,
) -> Result<Vec<Local>, Box<Report>> {
    let mut sink = Sink::new();
    let modules = modules::read(root, sources, library, &mut sink);
    let typed = theus_hir::build(&modules.parsed, &mut sink);
    let checked = theus_contract::check(&typed, &mut sink);
    if checked.sound(&sink).is_none() {
        return Err(Box::new(Report {
            found: follows::independent(sink.into_sorted(), &modules),
            sources: modules.sources,
        }));
    }
    let test = typed.tests.values().next_back();
    let locals = test.map(|test| &test.body.locals);
    let locals = locals.into_iter().flat_map(|locals| locals.values());
    let local = |local: &theus_hir::Local| Local {
        name: local.name.to_string(),
        span: local.span,
        ty: theus_hir::show::ty(&typed, &[], local.ty),
        stays: stays(&typed, local.ty),
    };
    Ok(locals.map(local).collect())
}

fn stays(typed: &Typed, ty: Ty) -> Stays {
    match typed.types.kind(ty) {
        TyKind::Text => Stays::Text,
        _ if lasts(typed, ty) => Stays::Field,
        _ => Stays::Not,
    }
}

/// Whether values of a type need no memory but their own.
fn lasts(typed: &Typed, ty: Ty) -> bool {
    match typed.types.kind(ty) {
        TyKind::Text
        | TyKind::Slice(_)
        | TyKind::Fn(..)
        | TyKind::Unit
        | TyKind::Error
        | TyKind::Param(_)
        | TyKind::Pool(..) => false,
        TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Option(elem) => {
            lasts(typed, *elem)
        }
        TyKind::Tuple(parts) => parts.iter().all(|part| lasts(typed, *part)),
        TyKind::Struct(_, args) | TyKind::Enum(_, args) => {
            args.iter().all(|arg| match arg {
                theus_hir::GenericArg::Ty(ty) => lasts(typed, *ty),
                theus_hir::GenericArg::Size(_) => true,
            })
        }
        TyKind::Bool
        | TyKind::Int(_)
        | TyKind::Float(_)
        | TyKind::Duration
        | TyKind::Instant
        | TyKind::Handle(_)
        | TyKind::Str(_) => true,
    }
}
