//! Patterns: which values they take, and the names that they make.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr::{self as tree, Pattern, PatternKind};
use theus_grammar::ast::{Name, Path};

use super::Checker;
use super::variant::call_form;
use crate::body::{Expr, ExprKind, Pat};
use crate::ids::{EnumId, LocalId};
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// The value that a pattern is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject {
    /// Its type.
    pub(crate) ty: Ty,
    /// Where it stands.
    pub(crate) span: Span,
}

/// Names as patterns make them.
#[derive(Default)]
pub(crate) struct Names {
    /// They can be assigned.
    mutable: bool,
    /// Every bare name is a new one: `let` and `for`.
    fresh: bool,
    made: Vec<(Name, LocalId)>,
    /// In an alternative: the names that the first one made.
    expected: Option<Vec<(Name, LocalId)>>,
}

impl Names {
    /// Of `let` and `for`.
    pub(crate) fn fresh(mutable: bool) -> Self {
        Self {
            mutable,
            fresh: true,
            ..Self::default()
        }
    }
}

impl Checker<'_, '_> {
    /// A pattern for a value; its names become locals of the current scope. `None`: it is
    /// wrong, which is reported.
    pub(crate) fn pattern(
        &mut self,
        pattern: &Pattern,
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        let found = self.deeper(pattern.span, |this| {
            this.pattern_of(pattern, subject, names)
        });
        found.flatten()
    }

    fn pattern_of(
        &mut self,
        pattern: &Pattern,
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        let span = pattern.span;
        if subject.ty == Ty::ERROR {
            self.loose(pattern, names);
            return None;
        }
        match (&pattern.kind, self.kind(subject.ty).clone()) {
            (PatternKind::Wild, _) => Some(Pat::Wild),
            (PatternKind::Bad, _) => {
                self.cx.failures += 1;
                None
            }
            (PatternKind::Or(all), _) => self.alternatives(all, subject, names),
            (PatternKind::None, TyKind::Option(_)) => Some(Pat::None),
            (PatternKind::None, _) => self.bad_pattern(span, "`none`", subject),
            (PatternKind::Path(path), _) if names.fresh && path.words.len() == 1 => {
                let name = path.words.first()?.clone();
                self.bind_name(&name, subject, names)
            }
            (_, TyKind::Option(ty)) => {
                let inner = Subject { ty, ..subject };
                let inner = self.pattern_of(pattern, inner, names)?;
                Some(Pat::Some(Box::new(inner)))
            }
            (PatternKind::Path(path), _) => self.path_pattern(path, subject, names),
            (PatternKind::Parts(path, parts), _) => {
                self.parts_pattern(path, parts, subject, names)
            }
            (PatternKind::Tuple(parts), TyKind::Tuple(types))
                if types.len() == parts.len() =>
            {
                let mut pats = Vec::with_capacity(parts.len());
                for (part, ty) in parts.iter().zip(types) {
                    let subject = Subject { ty, ..subject };
                    pats.push(self.pattern(part, subject, names));
                }
                Some(Pat::Members(pats.into_iter().collect::<Option<_>>()?))
            }
            (PatternKind::Tuple(parts), _) => {
                self.wrong_parts(parts.len(), subject.ty, span);
                self.loose(pattern, names);
                None
            }
            (PatternKind::Literal(written), _) => self.literal_pattern(written, subject),
            (PatternKind::Range(lo, hi, inclusive), _) => {
                self.range_pattern(lo, hi, *inclusive, subject, span)
            }
        }
    }

    /// `a | b`: every alternative makes the names of the first.
    fn alternatives(
        &mut self,
        all: &[Pattern],
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        let before = std::mem::take(&mut names.made);
        let mut pats = Vec::with_capacity(all.len());
        let (first, rest) = all.split_first()?;
        pats.push(self.pattern(first, subject, names));
        let made = std::mem::take(&mut names.made);
        let around = names.expected.replace(made.clone());
        for one in rest {
            pats.push(self.pattern(one, subject, names));
            let here = std::mem::take(&mut names.made);
            let missing = made
                .iter()
                .find(|(name, _)| here.iter().all(|(other, _)| other.text != name.text));
            if let Some((name, _)) = missing
                && pats.iter().all(Option::is_some)
            {
                self.uneven(name, one.span, "not in this alternative");
                pats.push(None);
            }
        }
        names.expected = around;
        names.made = before;
        names.made.extend(made);
        Some(Pat::Or(pats.into_iter().collect::<Option<_>>()?))
    }

    /// Reports a name that some alternatives make and others do not.
    fn uneven(&mut self, name: &Name, span: Span, label: &str) {
        let found = Diagnostic::new(Code::UnevenNames, span, label)
            .title(format!("`{}` has no value in every alternative", name.text))
            .label(name.span, "it is named here")
            .help("name it in every alternative, with one type, or write `_`");
        self.report(found);
    }

    /// A new name for the value.
    fn bind_name(
        &mut self,
        name: &Name,
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        let same = |(other, _): &&(Name, LocalId)| other.text == name.text;
        if let Some((first, _)) = names.made.iter().find(same) {
            let first = first.span;
            let found =
                Diagnostic::new(Code::DuplicateName, name.span, "named again here")
                    .title(format!("`{}` is named twice in a pattern", name.text))
                    .label(first, "first named here")
                    .help("rename one of them, or write `_`");
            self.report(found);
            return None;
        }
        let local = match &names.expected {
            None => self.local(&name.text, subject.ty, names.mutable, name.span),
            Some(expected) => {
                let Some((first, local)) = expected.iter().find(same).cloned() else {
                    self.uneven(name, name.span, "not in the first alternative");
                    return None;
                };
                if !self.cx.fits(self.locals[local].ty, subject.ty) {
                    let text = format!("here it is `{}`", self.show(subject.ty));
                    self.uneven(&first, name.span, &text);
                    return None;
                }
                local
            }
        };
        names.made.push((name.clone(), local));
        Some(Pat::Bind(local))
    }

    /// The names of a pattern that is wrong, so that they are known behind it.
    pub(super) fn loose(&mut self, pattern: &Pattern, names: &mut Names) {
        match &pattern.kind {
            PatternKind::Path(path) => {
                if let [name] = path.words.as_slice()
                    && (names.fresh || is_new(&name.text))
                    && self.find_local(&name.text).is_none()
                {
                    self.local(&name.text, Ty::ERROR, names.mutable, name.span);
                }
            }
            PatternKind::Parts(_, parts) => {
                for (_, part) in parts {
                    self.deeper(part.span, |this| this.loose(part, names));
                }
            }
            PatternKind::Tuple(parts) | PatternKind::Or(parts) => {
                for part in parts {
                    self.deeper(part.span, |this| this.loose(part, names));
                }
            }
            PatternKind::Wild
            | PatternKind::Literal(_)
            | PatternKind::Range(..)
            | PatternKind::None => {}
            PatternKind::Bad => self.cx.failures += 1,
        }
    }

    pub(super) fn bad_pattern(
        &mut self,
        span: Span,
        what: &str,
        subject: Subject,
    ) -> Option<Pat> {
        let text = self.show(subject.ty);
        let found =
            Diagnostic::new(Code::BadPattern, span, format!("this matches {what}"))
                .title(format!("this pattern does not fit `{text}`"))
                .label(subject.span, format!("this is `{text}`"))
                .help(match self.kind(subject.ty) {
                    TyKind::Enum(..) => "name its variants",
                    TyKind::Option(_) => {
                        "an optional has the patterns `none` and those of its value"
                    }
                    TyKind::Bool => "a bool has the patterns `true` and `false`",
                    TyKind::Duration => "a duration has patterns such as `10ms` and `_`",
                    TyKind::Int(_) => {
                        "an integer has patterns such as `3`, `0..=9` and `_`"
                    }
                    TyKind::Float(_) => {
                        "a float has patterns such as `0.5`, `0.0..=1.0` and `_`"
                    }
                    TyKind::Str(_) | TyKind::Text => {
                        "a text has patterns such as `\"stop\"` and `_`"
                    }
                    TyKind::Tuple(_) => "a tuple has patterns such as `(a, _)`",
                    TyKind::Struct(..) => "a struct has patterns such as `Point(x: 0.0)`",
                    _ => "give the value a name, or write `_`",
                });
        self.report(found);
        None
    }

    fn path_pattern(
        &mut self,
        path: &Path,
        subject: Subject,
        names: &mut Names,
    ) -> Option<Pat> {
        if let (TyKind::Enum(id, _), [name]) =
            (self.kind(subject.ty).clone(), path.words.as_slice())
            && let Some(at) = self.variant(id, name)
        {
            return self.plain_variant(id, at, path.span);
        }
        let fresh = |def| !matches!(def, Def::Const(_) | Def::Error);
        match self.cx.walk(self.env.module, &path.words) {
            Walk::Error => None,
            Walk::Found(Def::Enum(id), [name]) => {
                let Some(at) = self.variant(id, name) else {
                    self.unknown_variant(id, name);
                    return None;
                };
                if matches!(self.kind(subject.ty), TyKind::Enum(own, _) if *own == id) {
                    return self.plain_variant(id, at, path.span);
                }
                let text = format!("`{}`", self.cx.out.enums[id].head.name);
                self.bad_pattern(name.span, &text, subject)
            }
            // `e` and `pi` are no patterns that anybody means.
            Walk::Found(Def::Const(id), [])
                if path.words.len() == 1
                    && self.cx.is_std(self.cx.out.consts[id].head.module)
                    && path.words.iter().all(|name| is_new(&name.text)) =>
            {
                let name = path.words.first()?.clone();
                self.bind_name(&name, subject, names)
            }
            Walk::Found(Def::Const(id), []) => {
                self.cx.ensure_const(id);
                let found = self.cx.out.consts[id].value.clone();
                let span = path.span;
                let named = "a constant of ";
                self.constant_pattern(&Expr { span, ..found }, named, subject)
            }
            Walk::Found(def, _) if !fresh(def) => {
                self.bad_pattern(path.span, def.what(), subject)
            }
            Walk::Unknown(name, Some(module)) => {
                let name = name.clone();
                self.in_module(module, &name);
                None
            }
            Walk::Found(..) | Walk::Unknown(_, None) => match path.words.as_slice() {
                [name] if is_new(&name.text) => {
                    let name = name.clone();
                    self.bind_name(&name, subject, names)
                }
                _ => {
                    self.unknown_pattern(path, subject);
                    None
                }
            },
        }
    }

    /// A variant by its name alone.
    fn plain_variant(&mut self, id: EnumId, at: u32, span: Span) -> Option<Pat> {
        let variant = self.variant_of(id, at)?;
        if variant.payload.is_empty() {
            return Some(Pat::Variant(at, Vec::new()));
        }
        let found = Diagnostic::new(Code::BadPattern, span, "without its payload")
            .title(format!("variant `{}` carries a payload", variant.name))
            .label(variant.span, "the variant is declared here")
            .help(format!(
                "write `{}`, with `_` for what does not matter",
                call_form(&variant)
            ));
        self.report(found);
        None
    }

    fn unknown_pattern(&mut self, path: &Path, subject: Subject) {
        let Some(name) = path.words.first() else {
            return;
        };
        if let (TyKind::Enum(id, _), [name]) =
            (self.kind(subject.ty), path.words.as_slice())
        {
            return self.unknown_variant(*id, name);
        }
        let names = self
            .cx
            .candidates(self.env.module, None, |def| matches!(def, Def::Const(_)));
        let found = unknown(Code::UnknownName, "constant", name, &names).help(
            "a pattern is a variant, a constant, a literal or a new name, which begins with a small letter",
        );
        self.report(found);
    }

    fn literal_pattern(&mut self, written: &tree::Expr, subject: Subject) -> Option<Pat> {
        let due = Some(subject.ty).filter(|due| !self.cx.is_text(*due));
        let found = self.expr(written, due);
        self.constant_pattern(&found, "", subject)
    }

    fn constant_pattern(
        &mut self,
        found: &Expr,
        named: &str,
        subject: Subject,
    ) -> Option<Pat> {
        if found.ty == Ty::ERROR || matches!(found.kind, ExprKind::Error) {
            return None;
        }
        let texts = self.cx.is_text(found.ty) && self.cx.is_text(subject.ty);
        if !texts && !self.cx.fits(found.ty, subject.ty) {
            let text = format!("{named}`{}`", self.show(found.ty));
            return self.bad_pattern(found.span, &text, subject);
        }
        match self.cx.evaluate(found) {
            Ok(value) => match pattern_of_value(&value) {
                Some(pat) => Some(pat),
                None => self.bad_pattern(found.span, "such a value", subject),
            },
            Err(failure) => {
                self.cx.report_failure(&failure, "a pattern");
                None
            }
        }
    }

    fn range_pattern(
        &mut self,
        lo: &tree::Expr,
        hi: &tree::Expr,
        inclusive: bool,
        subject: Subject,
        span: Span,
    ) -> Option<Pat> {
        let lo = self.literal_pattern(lo, subject);
        let hi = self.literal_pattern(hi, subject);
        let (pat, empty) = match (lo?, hi?) {
            (Pat::Int(lo), Pat::Int(hi)) => {
                let hi = if inclusive { hi } else { hi - 1 };
                (Pat::IntRange(lo, hi), lo > hi)
            }
            (Pat::Float(lo), Pat::Float(hi)) => {
                let some = lo < hi || (inclusive && lo <= hi);
                (Pat::FloatRange(lo, hi, inclusive), !some)
            }
            _ => return self.bad_pattern(span, "a range", subject),
        };
        if empty {
            self.cx.bad_range(span, inclusive);
            return None;
        }
        Some(pat)
    }
}

/// Whether a word in a pattern, which means nothing else, is a new name.
fn is_new(word: &str) -> bool {
    word.starts_with(|first: char| first.is_lowercase() || first == '_')
}

/// The pattern that takes just that value.
fn pattern_of_value(value: &Value) -> Option<Pat> {
    let all = |parts: &[Value]| parts.iter().map(pattern_of_value).collect::<Option<_>>();
    Some(match value {
        Value::Int(number) => Pat::Int(*number),
        Value::Duration(time) => Pat::Int((*time).into()),
        Value::Float(number) => Pat::Float(*number),
        Value::Bool(truth) => Pat::Bool(*truth),
        Value::Variant(_, at, payload) => Pat::Variant(*at, all(payload)?),
        Value::Tuple(parts) | Value::Struct(_, parts) => Pat::Members(all(parts)?),
        Value::None => Pat::None,
        Value::Some(inner) => Pat::Some(Box::new(pattern_of_value(inner)?)),
        Value::Str(text) => Pat::Text(text.clone()),
        Value::Array(_) | Value::Repeat(_) => return None,
    })
}
