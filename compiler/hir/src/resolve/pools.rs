//! `pool<T, N>` and `handle<town.people>` as types.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item::Member;
use theus_grammar::ast::ty::{self as tree, TyArg};
use theus_grammar::ast::{Name, Path};

use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::ids::FieldId;
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{PoolRules, Ty, TyKind};

impl Cx<'_> {
    /// `pool<T, N>` or `handle<town.people>`.
    pub(super) fn pooled(
        &mut self,
        env: &Env,
        word: &Name,
        args: &[TyArg],
        span: Span,
    ) -> Option<Ty> {
        match &*word.text {
            "pool" => Some(self.pool(env, args, span)),
            "handle" => Some(self.handle(env, args, span)),
            _ => None,
        }
    }

    /// `pool<T, N>`.
    fn pool(&mut self, env: &Env, args: &[TyArg], span: Span) -> Ty {
        let (told, args) = match args.split_last() {
            Some((TyArg::Rules(rules), rest)) => (Some(&**rules), rest),
            _ => (None, args),
        };
        let [elem, size] = args else {
            let found =
                Diagnostic::new(Code::WrongArity, span, "a pool has a type and a size")
                    .title("`pool` takes two arguments")
                    .help("write `pool<Person, 100>`: up to 100 of them");
            self.report(found);
            return Ty::ERROR;
        };
        let example = "pool<Person, 100>";
        let elem = self.type_arg(env, elem, "a pool", example);
        let size = self.size_arg(env, size, "a pool", example);
        if elem == Ty::ERROR {
            return elem;
        }
        let rules = match told {
            Some(told) => match self.pool_rules(env, elem, told) {
                Some(rules) => rules,
                None => return Ty::ERROR,
            },
            None => PoolRules::default(),
        };
        self.intern(TyKind::Pool(elem, size, rules))
    }

    /// `handle<town.people>`.
    fn handle(&mut self, env: &Env, args: &[TyArg], span: Span) -> Ty {
        let found = match args {
            [TyArg::Path(path)] => self.pool_named(env, path),
            _ => {
                let found =
                    Diagnostic::new(Code::NotAPool, span, "a handle of which pool?")
                        .help("write the pool: `handle<town.people>`");
                self.report(found);
                None
            }
        };
        found.map_or(Ty::ERROR, |field| self.intern(TyKind::Handle(field)))
    }

    /// The pool that a path names; `None`, reported, if it names none.
    pub(super) fn pool_named(&mut self, env: &Env, path: &Path) -> Option<FieldId> {
        let label = match self.walk(env.module, &path.words) {
            Walk::Error => return None,
            Walk::Found(Def::Context(context), [name]) => {
                let fields = self.out.contexts[context].fields.iter();
                let field = fields
                    .copied()
                    .find(|id| self.out.fields[*id].name == name.text);
                match field {
                    Some(field) if self.is_pool(field) => {
                        self.used(name.span, self.out.fields[field].span);
                        return Some(field);
                    }
                    Some(_) => "this field is no pool".to_owned(),
                    None => "there is no such field".to_owned(),
                }
            }
            Walk::Found(def, _) => format!("this is {}", def.what()),
            Walk::Unknown(name, inside) => {
                let names = self.candidates(env.module, inside, |def| {
                    matches!(def, Def::Context(_))
                        || (inside.is_none() && def.is_module())
                });
                let found = unknown(Code::UnknownName, "context", name, &names);
                self.report(found);
                return None;
            }
        };
        let found = Diagnostic::new(Code::NotAPool, path.span, label)
            .title(format!("`{}` is no pool", dotted(path)))
            .help("a handle names the pool of its element: `handle<town.people>`");
        self.report(found);
        None
    }

    /// Whether a field is declared as a pool: its type may not be known yet.
    fn is_pool(&self, field: FieldId) -> bool {
        let written = self.trees.fields.get(field).copied().flatten();
        let written = written.map(|member| &member.ty.kind);
        matches!(written, Some(tree::TyKind::Named(path, _))
            if matches!(path.words.as_slice(), [word] if &*word.text == "pool"))
    }

    /// Reports a field without a value to start with, because it holds a handle.
    pub(super) fn check_handle(&mut self, member: &Member, ty: Ty) {
        if self.holds_handle(ty) {
            let text = self.show(&[], ty);
            let found = Diagnostic::new(
                Code::NeedsDefault,
                member.ty.span,
                format!("this is `{text}`"),
            )
            .title(format!(
                "`{}` has nothing to start with: a handle has no zero",
                member.name.text
            ))
            .help("make the handle optional: `handle<town.people>?` starts as `none`");
            self.report(found);
        }
    }

    /// Whether the zero of a type would be a handle of nothing.
    fn holds_handle(&mut self, ty: Ty) -> bool {
        match self.kind(ty).clone() {
            TyKind::Handle(_) => true,
            TyKind::Array(elem, _) => self.holds_handle(elem),
            TyKind::Tuple(parts) => parts.into_iter().any(|part| self.holds_handle(part)),
            // What the library keeps in a collection is never read before it is put there.
            TyKind::Struct(id, _) if !self.is_std(self.out.structs[id].head.module) => {
                self.ensure_members(id);
                let members = self.out.structs[id].members.iter();
                let open: Vec<Ty> = members
                    .filter(|member| member.default.is_none())
                    .map(|member| member.ty)
                    .collect();
                open.into_iter().any(|ty| self.holds_handle(ty))
            }
            _ => false,
        }
    }

    /// Reports a pool that is not the whole of a field.
    pub(super) fn pool_inside(&mut self, span: Span, of: &str) {
        let found = Diagnostic::new(Code::PoolPlace, span, "this is a pool")
            .title(format!("a pool inside {of}"))
            .help("make the pool a field of a context, and keep handles of its elements");
        self.report(found);
    }
}
