//! Sizes of arrays and rings: numbers, constants and size parameters.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{BinaryOp, Expr, ExprKind};

use crate::cx::{Cx, Env};
use crate::formula::Formula;
use crate::ids::{ContextId, FieldId};
use crate::item::GenericKind;
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{MAX_SIZE, Size, SizeTerm, Ty, TyKind};
use crate::value::Value;
use theus_abi::heavy::SizeOp;
use theus_abi::image::Zone;

/// A size on the way: known, computed from parameters, or known at start.
enum Term {
    Known(i128),
    Of(Formula),
    Start(SizeTerm),
}

impl Cx<'_> {
    /// The size that is written; `Size::Error` where it is wrong, reported.
    pub(crate) fn size(&mut self, env: &Env, written: &Expr) -> Size {
        let term = self.term(env, written);
        self.checked_size(term.as_ref(), written.span)
    }

    /// The size that a path names.
    pub(crate) fn size_path(&mut self, env: &Env, words: &[Name], span: Span) -> Size {
        let term = self.path_term(env, words, span);
        self.checked_size(term.as_ref(), span)
    }

    fn checked_size(&mut self, term: Option<&Term>, span: Span) -> Size {
        match term {
            None => Size::Error,
            Some(Term::Of(formula)) => self.out.types.size_of_formula(formula.clone()),
            Some(Term::Start(term)) if self.start_sizes => {
                self.out.types.size_of_term(term.clone())
            }
            Some(Term::Start(_)) => {
                let found = Diagnostic::new(
                    Code::StartSize,
                    span,
                    "known when the program starts, not before",
                )
                .help("only the array of a `heavy` field, `heavy a: [f64; c.n]`, has a size over globals; elsewhere use a `const`");
                self.report(found);
                Size::Error
            }
            Some(Term::Known(value)) if (1..=MAX_SIZE).contains(value) => {
                Size::Const(u64::try_from(*value).unwrap_or(1))
            }
            Some(Term::Known(value)) => {
                let text = format!("this is {value}");
                let title = if *value < 1 {
                    "a size must be at least 1"
                } else {
                    "a size is too large"
                };
                let found = Diagnostic::new(Code::BadSize, span, text)
                    .title(title)
                    .help(format!("sizes go from 1 to {MAX_SIZE}"));
                self.report(found);
                Size::Error
            }
        }
    }

    fn term(&mut self, env: &Env, written: &Expr) -> Option<Term> {
        match &written.kind {
            ExprKind::Int(value, None) => Some(Term::Known(i128::from(*value))),
            ExprKind::Paren(inner) => self.term(env, inner),
            ExprKind::Name(name) => {
                self.path_term(env, std::slice::from_ref(name), written.span)
            }
            ExprKind::Member(..) => {
                let words = words_of(written)?;
                self.path_term(env, &words, written.span)
            }
            ExprKind::Binary(op, _, left, right) => {
                let left = self.term(env, left);
                let right = self.term(env, right);
                self.arithmetic(*op, left?, right?, written.span)
            }
            ExprKind::Bad => {
                self.failures += 1;
                None
            }
            _ => {
                self.bad_size(
                    written.span,
                    "a size is a whole number, a constant or a size parameter",
                );
                None
            }
        }
    }

    fn arithmetic(
        &mut self,
        op: BinaryOp,
        left: Term,
        right: Term,
        span: Span,
    ) -> Option<Term> {
        let Some(sign) = sign_of(op) else {
            self.bad_size(span, "sizes have `+ - * /` only");
            return None;
        };
        if let Some(term) = at_start(sign, &left, &right) {
            return Some(term);
        }
        if let (Term::Known(left), Term::Known(right)) = (&left, &right) {
            let value = sign.apply(*left, *right);
            if value.is_none() {
                self.bad_size(span, "this has no value");
            }
            return value.map(Term::Known);
        }
        let by_parameter = sign == SizeOp::Div && !matches!(right, Term::Known(_));
        let computed = match (formula(left), formula(right)) {
            (Some(left), Some(right)) => Formula::apply(sign, &left, &right),
            _ => None,
        };
        if computed.is_none() {
            self.not_computed(by_parameter, span);
        }
        // `N - N` is a number again.
        computed.map(|formula| match formula.number() {
            Some(value) => Term::Known(value),
            None => Term::Of(formula),
        })
    }

    fn not_computed(&mut self, by_parameter: bool, span: Span) {
        let (title, label) = match by_parameter {
            true => (
                "a size is divided by a number only",
                "divided by a parameter",
            ),
            false => ("this size is not computed", "too much, or by zero"),
        };
        let found = Diagnostic::new(Code::BadSize, span, label)
            .title(title)
            .help("give the function or the type one more size parameter for this size");
        self.report(found);
    }

    fn path_term(&mut self, env: &Env, words: &[Name], span: Span) -> Option<Term> {
        if let [word] = words
            && let Some((at, kind)) = self.generic(env, word)
        {
            if kind == GenericKind::Size {
                return Some(Term::Of(Formula::of_param(at)));
            }
            let found = Diagnostic::new(Code::BadSize, span, "this is a type")
                .title(format!("`{}` is a type, not a size", word.text))
                .help(format!(
                    "for a size parameter write `<const {}>`",
                    word.text
                ));
            self.report(found);
            return None;
        }
        match self.walk(env.module, words) {
            Walk::Error => None,
            Walk::Found(Def::Const(id), []) => match self.const_value(id)? {
                Value::Int(value) => Some(Term::Known(value)),
                _ => {
                    self.bad_size(span, "this constant is not a whole number");
                    None
                }
            },
            Walk::Found(Def::Context(context), [name]) => {
                self.field_term(context, name, span)
            }
            Walk::Found(def, _) => {
                self.bad_size(span, &format!("this is {}", def.what()));
                None
            }
            Walk::Unknown(word, inside) => {
                let names = self.candidates(env.module, inside, |def| {
                    matches!(def, Def::Const(_)) || (inside.is_none() && def.is_module())
                });
                let mut names = names;
                if inside.is_none() {
                    names.extend(env.generics.iter().map(|generic| generic.name.clone()));
                }
                self.report(unknown(Code::UnknownName, "constant", word, &names));
                None
            }
        }
    }

    /// A size that a field gives: an integer global.
    fn field_term(
        &mut self,
        context: ContextId,
        name: &Name,
        span: Span,
    ) -> Option<Term> {
        let fields = self.out.contexts[context].fields.iter().copied();
        let found = fields
            .into_iter()
            .find(|id| self.out.fields[*id].name == name.text);
        let Some(id): Option<FieldId> = found else {
            let names: Vec<_> = self.out.contexts[context]
                .fields
                .iter()
                .map(|id| std::sync::Arc::clone(&self.out.fields[*id].name))
                .collect();
            self.report(unknown(Code::UnknownField, "field", name, &names));
            return None;
        };
        self.used(name.span, self.out.fields[id].span);
        let field = &self.out.fields[id];
        let integer =
            field.ty == Ty::ERROR || matches!(self.kind(field.ty), TyKind::Int(_));
        if field.zone == Zone::Global && integer {
            return Some(Term::Start(SizeTerm::Global(id)));
        }
        let (title, label) = if field.zone == Zone::Global {
            ("a size is an integer", "this global is none")
        } else {
            ("a size must not change", "this field is no `global`")
        };
        let found = Diagnostic::new(Code::StartSize, span, label)
            .title(title)
            .label(field.span, "declared here")
            .help("sizes are made of numbers, constants and integer `global` fields");
        self.report(found);
        None
    }

    fn bad_size(&mut self, span: Span, label: &str) {
        let found = Diagnostic::new(Code::BadSize, span, label)
            .help("write a whole number, or the name of a `const`");
        self.report(found);
    }
}

/// The words of `a.b.c`.
pub(crate) fn words_of(written: &Expr) -> Option<Vec<Name>> {
    let mut words = Vec::new();
    let mut at = written;
    loop {
        match &at.kind {
            ExprKind::Name(name) => {
                words.push(name.clone());
                words.reverse();
                return Some(words);
            }
            ExprKind::Member(base, name) => {
                words.push(name.clone());
                at = base;
            }
            _ => return None,
        }
    }
}

/// A size before the program starts.
fn formula(term: Term) -> Option<Formula> {
    match term {
        Term::Known(value) => Some(Formula::of_number(value)),
        Term::Of(formula) => Some(formula),
        Term::Start(_) => None,
    }
}

const fn sign_of(op: BinaryOp) -> Option<SizeOp> {
    match op {
        BinaryOp::Add => Some(SizeOp::Add),
        BinaryOp::Sub => Some(SizeOp::Sub),
        BinaryOp::Mul => Some(SizeOp::Mul),
        BinaryOp::Div => Some(SizeOp::Div),
        _ => None,
    }
}

/// Two terms of which at least one is known at start only, and none is a parameter.
fn at_start(op: SizeOp, left: &Term, right: &Term) -> Option<Term> {
    let part = |term: &Term| match term {
        Term::Known(value) => u64::try_from(*value).ok().map(SizeTerm::Const),
        Term::Start(term) => Some(term.clone()),
        Term::Of(_) => None,
    };
    let open = matches!(left, Term::Start(_)) || matches!(right, Term::Start(_));
    let (left, right) = (part(left)?, part(right)?);
    open.then(|| Term::Start(SizeTerm::Op(op, Box::new([left, right]))))
}
