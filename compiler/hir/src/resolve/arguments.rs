//! Arguments of types: types and sizes between `<` and `>`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::Path;
use theus_grammar::ast::ty::TyArg;

use crate::cx::{Cx, Env};
use crate::ids::{EnumId, StructId};
use crate::infer::{Bindings, Checker, Declared, Home, arguments};
use crate::item::{Collection, Generic, GenericKind, Head};
use crate::resolve::types::arg_span;
use crate::ty::{GenericArg, Size, Ty, TyKind};

impl Cx<'_> {
    /// An argument that is a type.
    pub(super) fn type_arg(
        &mut self,
        env: &Env,
        arg: &TyArg,
        of: &str,
        example: &str,
    ) -> Ty {
        let (ty, span) = match arg {
            TyArg::Ty(ty) => (self.ty(env, ty), ty.span),
            TyArg::Path(path) => (self.named(env, path, &[], path.span), path.span),
            TyArg::Size(size) => {
                let found =
                    Diagnostic::new(Code::UnknownType, size.expr.span, "not a type")
                        .title(format!("{of} needs a type here"))
                        .help(format!("write `{example}`"));
                self.report(found);
                (Ty::ERROR, size.expr.span)
            }
            TyArg::Rules(rules) => {
                self.no_rules(of, rules);
                (Ty::ERROR, rules.span)
            }
        };
        self.element(ty, span, of)
    }

    /// An argument that is a size.
    pub(super) fn size_arg(
        &mut self,
        env: &Env,
        arg: &TyArg,
        of: &str,
        example: &str,
    ) -> Size {
        match arg {
            TyArg::Size(size) => self.size(env, &size.expr),
            TyArg::Path(path) => self.size_path(env, &path.words, path.span),
            TyArg::Rules(rules) => {
                self.no_rules(of, rules);
                Size::Error
            }
            TyArg::Ty(ty) => {
                let found = Diagnostic::new(Code::BadSize, ty.span, "this is a type")
                    .title(format!("{of} needs a size here"))
                    .help(format!("write `{example}`"));
                self.report(found);
                Size::Error
            }
        }
    }

    /// Reports more or fewer arguments than a struct takes.
    fn wrong_count(
        &mut self,
        head: &Head,
        example: &str,
        wanted: usize,
        given: usize,
        span: Span,
    ) {
        let found = Diagnostic::new(
            Code::WrongArity,
            span,
            format!("{} given", arguments(given)),
        )
        .title(format!("`{}` takes {}", head.name, arguments(wanted)))
        .label(head.span, "it is declared here")
        .help(format!(
            "write `{example}` with types and sizes for its parameters"
        ));
        self.report(found);
    }

    /// A struct with its arguments.
    pub(super) fn struct_ty(
        &mut self,
        env: &Env,
        id: StructId,
        path: &Path,
        args: &[TyArg],
        span: Span,
    ) -> Ty {
        self.ensure_generics(id);
        let found = &self.out.structs[id];
        let (head, generics) = (found.head.clone(), found.generics.clone());
        let collection = found.collection;
        if generics.is_empty() {
            self.no_args(path, args);
            return self.intern(TyKind::Struct(id, Vec::new()));
        }
        // What a collection is told is its last argument, and written after the others; the
        // library names it, or leaves it out.
        let (told, args) = match args.split_last() {
            Some((TyArg::Rules(rules), rest)) => (Some(&**rules), rest),
            _ => (None, args),
        };
        let of = format!("`{}`", head.name);
        let hidden = match collection {
            Some(_) if self.out.modules[env.module].is_std => generics.len() - args.len(),
            Some(_) => Collection::HIDDEN,
            None => 0,
        };
        if let (None, Some(told)) = (collection, told) {
            self.no_rules(&of, told);
            return Ty::ERROR;
        }
        let shown = generics.len().saturating_sub(hidden);
        let generics = generics.get(..shown).unwrap_or_default().to_vec();
        if generics.len() != args.len() {
            let example = example(&head, &generics);
            self.wrong_count(&head, &example, generics.len(), args.len(), span);
            return Ty::ERROR;
        }
        let (mut found, mut fine) =
            self.given_args(env, Declared::Struct(id), &generics, args);
        if let (Some(collection), true, true) = (collection, fine, hidden > 0) {
            let rules = self.rules(env, collection, &found, told);
            fine = rules != Size::Error;
            found.push(GenericArg::Size(rules));
        }
        if !fine {
            return Ty::ERROR;
        }
        let ty = self.intern(TyKind::Struct(id, found));
        if self.bounded(ty, span) {
            ty
        } else {
            Ty::ERROR
        }
    }

    /// The arguments of a type as written, and whether they are right.
    fn given_args(
        &mut self,
        env: &Env,
        declared: Declared,
        generics: &[Generic],
        args: &[TyArg],
    ) -> (Vec<GenericArg>, bool) {
        let head = self.head_of(declared).clone();
        let (of, example) = (format!("`{}`", head.name), example(&head, generics));
        let (mut found, mut fine) = (Vec::new(), true);
        let start_sizes = std::mem::take(&mut self.start_sizes);
        for ((at, generic), arg) in (0_u32..).zip(generics).zip(args) {
            if generic.kind == GenericKind::Size {
                let size = self.size_arg(env, arg, &of, &example);
                fine &= size != Size::Error;
                found.push(GenericArg::Size(size));
                continue;
            }
            let ty = self.type_arg(env, arg, &of, &example);
            let home = Home::Constant("an argument of a type");
            let mut checker = Checker::new(self, env.clone(), home);
            let none = Bindings::new(0);
            let whole = arg_span(arg);
            fine &= ty != Ty::ERROR && checker.satisfies(declared, at, ty, &none, whole);
            found.push(GenericArg::Ty(ty));
        }
        self.start_sizes = start_sizes;
        (found, fine)
    }

    /// An enum with its arguments.
    pub(super) fn enum_ty(
        &mut self,
        env: &Env,
        id: EnumId,
        path: &Path,
        args: &[TyArg],
        span: Span,
    ) -> Ty {
        self.ensure_enum_generics(id);
        let found = &self.out.enums[id];
        let (head, generics) = (found.head.clone(), found.generics.clone());
        if generics.is_empty() {
            self.no_args(path, args);
            return self.intern(TyKind::Enum(id, Vec::new()));
        }
        if generics.len() != args.len() {
            let example = example(&head, &generics);
            self.wrong_count(&head, &example, generics.len(), args.len(), span);
            return Ty::ERROR;
        }
        let (found, fine) = self.given_args(env, Declared::Enum(id), &generics, args);
        let ty = self.intern(TyKind::Enum(id, found));
        match fine && self.bounded(ty, span) {
            true => ty,
            false => Ty::ERROR,
        }
    }
}

/// `Pair<T, N>`.
fn example(head: &Head, generics: &[Generic]) -> String {
    let names: Vec<&str> = generics.iter().map(|generic| &*generic.name).collect();
    format!("{}<{}>", head.name, names.join(", "))
}
