//! Struct values: `Params(m0: 1.5)`, `Params(..p, m0: 1.4)`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Name;
use theus_grammar::ast::expr::{Arg, ArgKind};

use super::Checker;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::cx::State;
use crate::ids::StructId;
use crate::resolve::scope::{listed, unknown};
use crate::ty::{Ty, TyKind};

impl Checker<'_, '_> {
    /// `S(args)`.
    pub(crate) fn construct(&mut self, id: StructId, args: &[Arg], span: Span) -> Expr {
        self.cx.ensure_members(id);
        if self.cx.states.defaults[id] == State::Doing {
            let head = self.cx.out.structs[id].head.clone();
            let found = Diagnostic::new(
                Code::RecursiveType,
                span,
                "its defaults are not known yet",
            )
            .title(format!(
                "a default of `{}` needs a value of itself",
                head.name
            ))
            .label(head.span, "the struct is declared here")
            .help("write the members out, or use a constant");
            self.report(found);
            return Self::error(span);
        }
        self.cx.ensure_defaults(id);
        let ty = self.cx.intern(TyKind::Struct(id));
        let count = self.cx.out.structs[id].members.len();
        let mut given: Vec<Option<Expr>> = (0..count).map(|_| None).collect();
        let (base, positional) = self.member_arguments(id, ty, args, &mut given);
        if positional {
            self.positional(id, args, span);
            return Expr {
                kind: ExprKind::Error,
                ty,
                span,
            };
        }
        if let Some(base) = base {
            let changes = (0_u32..).zip(given);
            let changes = changes
                .filter_map(|(at, value)| Some((at, value?)))
                .collect();
            return Expr {
                kind: ExprKind::Update(Box::new(base), changes),
                ty,
                span,
            };
        }
        let mut members = Vec::new();
        for (place, value) in given.into_iter().enumerate() {
            let member = value.or_else(|| self.cx.member_default(id, place, span));
            members.push(member.unwrap_or_else(|| Self::error(span)));
        }
        Expr {
            kind: ExprKind::Struct(id, members),
            ty,
            span,
        }
    }

    /// Types the arguments; the base, and whether one has no name.
    fn member_arguments(
        &mut self,
        id: StructId,
        ty: Ty,
        args: &[Arg],
        given: &mut [Option<Expr>],
    ) -> (Option<Expr>, bool) {
        let mut base: Option<Expr> = None;
        let mut positional = false;
        for arg in args {
            match &arg.kind {
                ArgKind::Spread => {
                    let why = at(
                        self.cx.out.structs[id].head.span,
                        "the struct is declared here",
                    );
                    let value = self.check(&arg.value, ty, why);
                    if let Some(first) = &base {
                        let found = Diagnostic::new(
                            Code::UnknownArgument,
                            arg.value.span,
                            "a second one",
                        )
                        .title("a struct value has one base")
                        .label(first.span, "the first is here")
                        .help("remove one of them");
                        self.report(found);
                    } else {
                        base = Some(value);
                    }
                }
                ArgKind::Named(name) => self.member_argument(id, name, arg, given),
                ArgKind::Plain => {
                    self.value(&arg.value);
                    positional = true;
                }
            }
        }
        (base, positional)
    }

    fn member_argument(
        &mut self,
        id: StructId,
        name: &Name,
        arg: &Arg,
        given: &mut [Option<Expr>],
    ) {
        let members = &self.cx.out.structs[id].members;
        let found = members.iter().position(|member| member.name == name.text);
        let Some((place, member)) =
            found.and_then(|place| Some((place, members.get(place)?)))
        else {
            let names: Vec<Arc<str>> = members
                .iter()
                .map(|member| Arc::clone(&member.name))
                .collect();
            let head = self.cx.out.structs[id].head.clone();
            self.value(&arg.value);
            let report = unknown(Code::UnknownArgument, "member", name, &names)
                .title(format!(
                    "struct `{}` has no member `{}`",
                    head.name, name.text
                ))
                .label(head.span, format!("it has {}", listed(&names, "and")));
            self.report(report);
            return;
        };
        let (ty, why) = (member.ty, at(member.span, "the member is declared here"));
        let value = self.check(&arg.value, ty, why);
        let Some(slot) = given.get_mut(place) else {
            return;
        };
        if slot.is_some() {
            let report =
                Diagnostic::new(Code::UnknownArgument, name.span, "given again here")
                    .title(format!("member `{}` is given twice", name.text))
                    .help("remove one of them");
            self.report(report);
        } else {
            *slot = Some(value);
        }
    }

    fn positional(&mut self, id: StructId, args: &[Arg], span: Span) {
        let found = &self.cx.out.structs[id];
        let names: Vec<Arc<str>> = found
            .members
            .iter()
            .map(|member| Arc::clone(&member.name))
            .collect();
        let mut report =
            Diagnostic::new(Code::UnknownArgument, span, "values without names")
                .title(format!(
                    "members of `{}` are given by name",
                    found.head.name
                ))
                .label(found.head.span, "the struct is declared here")
                .help(match names.first() {
                    Some(first) => format!("write `{}({first}: …)`", found.head.name),
                    None => format!("`{}` has no members", found.head.name),
                });
        let all_plain = args.iter().all(|arg| matches!(arg.kind, ArgKind::Plain));
        if all_plain && args.len() <= names.len() {
            let edits = args.iter().zip(&names);
            let edits =
                edits.map(|(arg, name)| (arg.value.span.before(), format!("{name}: ")));
            let title = "name the members in their order".to_owned();
            report.fixes.push(theus_diag::Fix {
                title,
                edits: edits.collect(),
            });
        }
        self.report(report);
    }
}
