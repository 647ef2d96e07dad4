//! Statements that leave: `return`, `raise`, `break`, `continue`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr as tree;

use super::mismatch::at;
use super::{Checker, Home, Returns};
use crate::body::{Expr, StmtKind};
use crate::ids::ErrorId;
use crate::resolve::scope::unknown;
use crate::ty::Ty;

impl Checker<'_, '_> {
    pub(super) fn return_stmt(
        &mut self,
        value: Option<&tree::Expr>,
        otherwise: Option<&tree::Otherwise>,
        span: Span,
    ) -> StmtKind {
        self.leaves_measured("return", span);
        match (self.frame.returns, value) {
            (Returns::Value(due, why), Some(value)) => {
                let why = at(why, "this is the type of the result");
                StmtKind::Return(Some(self.value_or(value, otherwise, Some(due), why)))
            }
            (Returns::Value(due, why), None) => {
                let text = self.show(due);
                let found =
                    Diagnostic::new(Code::Mismatch, span, "nothing is returned here")
                        .title(format!("a `{text}` must be returned"))
                        .label(why, "this is the type of the result")
                        .help("write `return` and a value");
                self.report(found);
                StmtKind::Error
            }
            (Returns::Closure(due, found), Some(value)) => {
                let value = self.value_or(value, otherwise, due.or(found), None);
                if found.is_none() && value.ty != Ty::ERROR {
                    self.frame.returns = Returns::Closure(due, Some(value.ty));
                }
                StmtKind::Return(Some(value))
            }
            (Returns::Closure(..), None) => {
                let found =
                    Diagnostic::new(Code::Mismatch, span, "nothing is returned here")
                        .title("a closure returns a value")
                        .help("write `return` and a value");
                self.report(found);
                StmtKind::Error
            }
            (Returns::Nothing(_) | Returns::Nowhere, None) => StmtKind::Return(None),
            (Returns::Nothing(what), Some(value)) => {
                let value = self.expr(value, None);
                let found = Diagnostic::new(
                    Code::Mismatch,
                    value.span,
                    "this value goes nowhere",
                )
                .title(format!("{what} returns no value"));
                let found = if self.home == Home::Fn {
                    found.help("give the function a type for its result: `-> f64`")
                } else {
                    found.help("write `return` alone; results are assigned to fields")
                };
                self.report(found);
                StmtKind::Error
            }
            (Returns::Nowhere, Some(value)) => {
                self.expr(value, None);
                StmtKind::Error
            }
        }
    }

    pub(super) fn jump(&mut self, word: &str, kind: StmtKind, span: Span) -> StmtKind {
        if self.frame.loops > 0 {
            let inner = |(_, loops)| self.frame.loops > loops;
            if !self.frame.measured.is_some_and(inner) {
                self.leaves_measured(word, span);
            }
            return kind;
        }
        let found = Diagnostic::new(Code::MisplacedJump, span, "no loop around this")
            .title(format!("`{word}` outside of a loop"))
            .help("it belongs inside `for` or `while`; to end the body write `return`");
        self.report(found);
        StmtKind::Error
    }

    /// `raise name(args)`; `None`, reported, where nothing can be raised.
    pub(crate) fn raise(
        &mut self,
        name: &Name,
        args: &[tree::Expr],
        span: Span,
    ) -> Option<(ErrorId, Vec<Expr>)> {
        if self.home != Home::Process || self.frame.closure {
            for arg in args {
                self.expr(arg, None);
            }
            let found = Diagnostic::new(
                Code::MisplacedJump,
                span,
                "not in the body of a process",
            )
            .title("only processes raise errors")
            .help("return an optional (`T?`) and let the process write `… else raise`");
            self.report(found);
            return None;
        }
        let Some(error) = self.cx.error_names.get(&name.text).copied() else {
            return self.undeclared(name, args);
        };
        let found = self.cx.out.errors[error].clone();
        self.cx.used(name.span, found.span);
        let mixed = self.cx.mixed_errors.contains(&error);
        if mixed || found.payload.len() != args.len() {
            for arg in args {
                self.expr(arg, None);
            }
            if mixed {
                return None;
            }
            let report =
                Diagnostic::new(Code::WrongArity, span, format!("{} given", args.len()))
                    .title(format!(
                        "error `{}` carries {}",
                        found.name,
                        values(found.payload.len())
                    ))
                    .label(found.span, "declared here")
                    .help("give one value for each type in the `errors` clause");
            self.report(report);
            return None;
        }
        let why = at(found.span, "the error is declared here");
        let args = args
            .iter()
            .zip(found.payload)
            .map(|(arg, ty)| self.check(arg, ty, why));
        Some((error, args.collect()))
    }

    /// An error that no process declares: the contract stage says so, unless it is a slip.
    fn undeclared(
        &mut self,
        name: &Name,
        args: &[tree::Expr],
    ) -> Option<(ErrorId, Vec<Expr>)> {
        let args: Vec<Expr> = args.iter().map(|arg| self.value(arg)).collect();
        let names: Vec<_> = self.cx.error_names.keys().cloned().collect();
        let near =
            theus_diag::suggest::closest(&name.text, names.iter().map(|name| &**name));
        let fault = theus_abi::Fault::from_name(&name.text);
        if near.is_some() || fault.is_some() {
            let mut found = unknown(Code::UnknownError, "error", name, &names);
            if fault.is_some() {
                found =
                    found.help("this is a fault: faults are found by checks, not raised");
            }
            self.report(found);
            return None;
        }
        let payload = args.iter().map(|arg| arg.ty).collect();
        let error = self.cx.new_error(name, payload);
        Some((error, args))
    }
}

fn values(count: usize) -> String {
    match count {
        0 => "no values".to_owned(),
        1 => "1 value".to_owned(),
        _ => format!("{count} values"),
    }
}
