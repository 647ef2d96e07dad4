//! Types as written, made types.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::ty::{self as tree, TyArg};
use theus_grammar::ast::{Name, Path};

use crate::build::dotted;
use crate::cx::{Cx, Env};
use crate::habits;
use crate::item::GenericKind;
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::{GenericArg, Ty, TyKind};

/// Types that every program knows by name.
const PRIMITIVES: &[(&str, Ty)] = &[
    ("bool", Ty::BOOL),
    ("i8", Ty::I8),
    ("i16", Ty::I16),
    ("i32", Ty::I32),
    ("i64", Ty::I64),
    ("u8", Ty::U8),
    ("u16", Ty::U16),
    ("u32", Ty::U32),
    ("u64", Ty::U64),
    ("f32", Ty::F32),
    ("f64", Ty::F64),
    ("duration", Ty::DURATION),
    ("instant", Ty::INSTANT),
];

/// Types of other languages, and what they are here.
const FOREIGN: &[(&str, &str)] = &[
    ("int", "i64"),
    ("float", "f64"),
    ("double", "f64"),
    ("boolean", "bool"),
    ("usize", "u64"),
    ("isize", "i64"),
    ("char", "u8"),
    ("byte", "u8"),
    ("float64", "f64"),
    ("float32", "f32"),
    ("single", "f32"),
    ("real", "f64"),
    ("long", "i64"),
    ("short", "i16"),
    ("uint", "u64"),
    ("size_t", "u64"),
    ("int8", "i8"),
    ("int16", "i16"),
    ("int32", "i32"),
    ("int64", "i64"),
    ("uint8", "u8"),
    ("uint16", "u16"),
    ("uint32", "u32"),
    ("uint64", "u64"),
    ("int8_t", "i8"),
    ("int16_t", "i16"),
    ("int32_t", "i32"),
    ("int64_t", "i64"),
    ("uint8_t", "u8"),
    ("uint16_t", "u16"),
    ("uint32_t", "u32"),
    ("uint64_t", "u64"),
    ("timedelta", "duration"),
];

/// The primitive type of that name.
pub(crate) fn primitive(name: &str) -> Option<Ty> {
    PRIMITIVES
        .iter()
        .find(|(word, _)| *word == name)
        .map(|(_, ty)| *ty)
}

impl Cx<'_> {
    /// The type that is written. Where it is wrong: `Ty::ERROR`, reported.
    pub(crate) fn ty(&mut self, env: &Env, written: &tree::Ty) -> Ty {
        match &written.kind {
            tree::TyKind::Bad => {
                self.failures += 1;
                Ty::ERROR
            }
            tree::TyKind::Named(path, args) => self.named(env, path, args, written.span),
            tree::TyKind::Array(elem, sizes) => {
                let elem_ty = self.ty(env, elem);
                let elem_ty = self.part(elem_ty, elem.span, "an array");
                if sizes.is_empty() {
                    return match elem_ty {
                        Ty::ERROR => elem_ty,
                        _ => self.intern(TyKind::Slice(elem_ty)),
                    };
                }
                let dims = sizes
                    .iter()
                    .map(|size| self.size(env, &size.expr))
                    .collect();
                if elem_ty == Ty::ERROR {
                    elem_ty
                } else {
                    self.array(elem_ty, dims)
                }
            }
            tree::TyKind::Option(inner) => {
                let ty = self.ty(env, inner);
                let ty = self.element(ty, inner.span, "an optional");
                if ty == Ty::ERROR {
                    ty
                } else {
                    self.intern(TyKind::Option(ty))
                }
            }
            tree::TyKind::Tuple(parts) => self.tuple_ty(env, parts),
            tree::TyKind::Fn(params, result) => {
                let params = params.iter().map(|param| self.ty(env, param)).collect();
                let result = self.ty(env, result);
                self.intern(TyKind::Fn(params, result))
            }
        }
    }

    fn tuple_ty(&mut self, env: &Env, parts: &[tree::Ty]) -> Ty {
        let mut types = Vec::with_capacity(parts.len());
        for part in parts {
            let ty = self.ty(env, part);
            types.push(self.part(ty, part.span, "a tuple"));
        }
        if types.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        self.intern(TyKind::Tuple(types))
    }

    /// A type that may stand inside arrays, tuples and structs.
    fn part(&mut self, ty: Ty, span: Span, of: &str) -> Ty {
        match self.kind(ty) {
            TyKind::Ring(..) => ty,
            _ => self.element(ty, span, of),
        }
    }

    /// A type that may be an argument of another one: no ring, no closure.
    pub(super) fn element(&mut self, ty: Ty, span: Span, of: &str) -> Ty {
        match self.kind(ty) {
            TyKind::Ring(..) => {
                let found = Diagnostic::new(Code::RingPlace, span, "this is a ring")
                    .title(format!("a ring inside {of}"))
                    .help("make it a member of a struct, or write `list<f64, 8> full oldest`: the oldest leaves there, too");
                self.report(found);
                Ty::ERROR
            }
            TyKind::Pool(..) => {
                self.pool_inside(span, of);
                Ty::ERROR
            }
            TyKind::Fn(..) => {
                self.function_type(span);
                Ty::ERROR
            }
            _ => ty,
        }
    }

    /// Reports a function type that is not the type of a parameter.
    pub(crate) fn function_type(&mut self, span: Span) {
        let found =
            Diagnostic::new(Code::ClosureEscapes, span, "a function cannot be a value")
                .title("a closure is stored")
                .help("only a parameter of a function may have a function type");
        self.report(found);
    }

    /// The type of a member, a field or an element of a payload: no closure, and a ring only
    /// where `rings`.
    pub(crate) fn stored(&mut self, env: &Env, written: &tree::Ty, rings: bool) -> Ty {
        let ty = self.ty(env, written);
        if !rings && matches!(self.kind(ty), TyKind::Ring(..) | TyKind::Pool(..)) {
            return self.element(ty, written.span, "a payload or constant");
        }
        self.no_closure(ty, written)
    }

    /// The type of a member of a struct.
    pub(super) fn member_type(&mut self, env: &Env, written: &tree::Ty) -> Ty {
        let ty = self.ty(env, written);
        if matches!(self.kind(ty), TyKind::Pool(..)) {
            return self.element(ty, written.span, "a struct");
        }
        self.no_closure(ty, written)
    }

    fn no_closure(&mut self, ty: Ty, written: &tree::Ty) -> Ty {
        if matches!(self.kind(ty), TyKind::Fn(..)) {
            self.function_type(written.span);
            return Ty::ERROR;
        }
        ty
    }

    /// `ty`, as the type of what outlives a process; what does not is reported.
    pub(crate) fn lasting(&mut self, written: &tree::Ty, ty: Ty) -> Ty {
        if self.holds_view(ty) {
            self.view_stored(written, ty);
            return Ty::ERROR;
        }
        ty
    }

    /// Whether a value of that type points into memory that lives for one process.
    pub(crate) fn holds_view(&self, ty: Ty) -> bool {
        match self.kind(ty) {
            TyKind::Text | TyKind::Slice(_) => true,
            TyKind::Array(elem, _) | TyKind::Ring(elem, _) | TyKind::Option(elem) => {
                self.holds_view(*elem)
            }
            TyKind::Tuple(parts) => parts.iter().any(|part| self.holds_view(*part)),
            TyKind::Struct(id, args) => {
                let members = &self.out.structs[*id].members;
                members.iter().any(|member| self.holds_view(member.ty))
                    || args.iter().any(|arg| match arg {
                        GenericArg::Ty(ty) => self.holds_view(*ty),
                        GenericArg::Size(_) => false,
                    })
            }
            _ => false,
        }
    }

    /// Reports a field of a type that lives for one process only.
    fn view_stored(&mut self, written: &tree::Ty, ty: Ty) {
        let text = self.show(&[], ty);
        let found = Diagnostic::new(
            Code::ScratchStored,
            written.span,
            "this lives for one process only",
        )
        .title(format!("a field cannot hold `{text}`"));
        let found = match self.kind(ty) {
            TyKind::Text => found
                .help("give it a size: `str<64>` holds up to 64 bytes")
                .fix("give it a size", written.span, "str<64>"),
            TyKind::Slice(_) => {
                found.help("give it a size: `[f64; 8]`, or use a ring or list")
            }
            _ => found
                .help("texts and slices in fields have a size: `str<64>`, `[f64; 8]`"),
        };
        self.report(found);
    }

    pub(super) fn named(
        &mut self,
        env: &Env,
        path: &Path,
        args: &[TyArg],
        span: Span,
    ) -> Ty {
        if let [word] = path.words.as_slice()
            && let Some(ty) = self.bare(env, word, args, span)
        {
            return ty;
        }
        if let [word] = path.words.as_slice()
            && let Some(id) =
                self.hidden_collection(env.module, &word.text, args.is_empty())
        {
            return self.struct_ty(env, id, path, args, span);
        }
        let ty = match self.walk(env.module, &path.words) {
            Walk::Error => return Ty::ERROR,
            Walk::Found(Def::Struct(id), []) => {
                return self.struct_ty(env, id, path, args, span);
            }
            Walk::Found(Def::Enum(id), []) => {
                return self.enum_ty(env, id, path, args, span);
            }
            Walk::Found(Def::Pipeline(id), [word])
                if &*word.text == "mode" && self.out.pipelines[id].modes.is_some() =>
            {
                let modes = self.out.pipelines[id].modes;
                modes.map_or(Ty::ERROR, |modes| {
                    self.intern(TyKind::Enum(modes.names, Vec::new()))
                })
            }
            Walk::Found(def, _) => {
                let found = Diagnostic::new(Code::WrongKind, path.span, "not a type")
                    .title(format!("`{}` is {}, not a type", dotted(path), def.what()))
                    .help("a type is a struct, an enum, a number type, `bool`, `duration`, `[T; N]`, `ring<T, N>` or `T?`");
                self.report(found);
                return Ty::ERROR;
            }
            Walk::Unknown(word, inside) => {
                let mut names = self.candidates(env.module, inside, |def| {
                    def.is_type() || (inside.is_none() && def.is_module())
                });
                if inside.is_none() {
                    names.extend(PRIMITIVES.iter().map(|(name, _)| (*name).into()));
                    names.extend(env.generics.iter().map(|generic| generic.name.clone()));
                    names.extend(["ring".into(), "samples".into()]);
                }
                self.report(foreign(
                    word,
                    unknown(Code::UnknownType, "type", word, &names),
                ));
                return Ty::ERROR;
            }
        };
        self.no_args(path, args);
        ty
    }

    /// The generic parameter of that name, used here.
    pub(super) fn generic(
        &mut self,
        env: &Env,
        word: &Name,
    ) -> Option<(u32, GenericKind)> {
        let mut known = (0..).zip(env.generics.iter());
        let (at, found) = known.find(|(_, generic)| generic.name == word.text)?;
        self.used(word.span, found.span);
        Some((at, found.kind))
    }

    /// A type of one word that is no item.
    fn bare(&mut self, env: &Env, word: &Name, args: &[TyArg], span: Span) -> Option<Ty> {
        if let Some((at, kind)) = self.generic(env, word) {
            if kind == GenericKind::Size {
                let found = Diagnostic::new(Code::WrongKind, word.span, "this is a size")
                    .title(format!("`{}` is a size, not a type", word.text))
                    .help(format!(
                        "for a type parameter write `<{}>` without `const`",
                        word.text
                    ));
                self.report(found);
                return Some(Ty::ERROR);
            }
            return Some(self.intern(TyKind::Param(at)));
        }
        let own = self.names_type(env.module, &word.text, args.is_empty());
        if let (Some(ty), false) = (primitive(&word.text), own) {
            if let Some(arg) = args.first() {
                self.report(
                    Diagnostic::new(
                        Code::WrongArity,
                        arg_span(arg),
                        "nothing belongs here",
                    )
                    .title(format!("`{}` takes no arguments", word.text)),
                );
            }
            return Some(ty);
        }
        if &*word.text == "str" && !own {
            return Some(self.text_type(env, args, span));
        }
        if !own && let Some(ty) = self.pooled(env, word, args, span) {
            return Some(ty);
        }
        if &*word.text == "ring" && !own {
            return Some(self.ring(env, args, span));
        }
        if &*word.text == "samples" && !own {
            return Some(self.samples(env, args, span));
        }
        None
    }

    /// `str` or `str<N>`.
    fn text_type(&mut self, env: &Env, args: &[TyArg], span: Span) -> Ty {
        let size = match args {
            [] => return Ty::TEXT,
            [TyArg::Size(size)] => self.size(env, &size.expr),
            [TyArg::Path(path)] => self.size_path(env, &path.words, path.span),
            [TyArg::Ty(_) | TyArg::Rules(..)] | [_, _, ..] => {
                let found = Diagnostic::new(
                    Code::WrongArity,
                    span,
                    "a text has one size",
                )
                .title("`str` takes one size")
                .help(
                    "write `str<64>`: up to 64 bytes; or `str` for a view of any length",
                );
                self.report(found);
                return Ty::ERROR;
            }
        };
        self.intern(TyKind::Str(size))
    }

    fn ring(&mut self, env: &Env, args: &[TyArg], span: Span) -> Ty {
        if let Some(TyArg::Rules(rules)) = args.last() {
            self.no_rules("`ring`", rules);
            return Ty::ERROR;
        }
        let [elem, size] = args else {
            let found =
                Diagnostic::new(Code::WrongArity, span, "a ring has a type and a size")
                    .title("`ring` takes two arguments")
                    .help("write `ring<f64, 100>`: the last 100 values");
            self.report(found);
            return Ty::ERROR;
        };
        if let (TyArg::Size(first), TyArg::Path(_) | TyArg::Ty(_)) = (elem, size) {
            let found = Diagnostic::new(
                Code::WrongKind,
                first.expr.span,
                "the size stands second",
            )
            .title("the arguments of `ring` are the other way round")
            .help("write `ring<f64, 100>`: the type, then the size");
            self.report(found);
            return Ty::ERROR;
        }
        let example = "ring<f64, 100>";
        let elem_ty = self.type_arg(env, elem, "a ring", example);
        let size = self.size_arg(env, size, "a ring", example);
        if elem_ty == Ty::ERROR {
            elem_ty
        } else {
            self.intern(TyKind::Ring(elem_ty, size))
        }
    }

    /// `samples<1000>`: a ring of numbers of which there are statistics.
    fn samples(&mut self, env: &Env, args: &[TyArg], span: Span) -> Ty {
        let [size @ (TyArg::Size(_) | TyArg::Path(_))] = args else {
            let found = Diagnostic::new(Code::WrongArity, span, "how many at most?")
                .title("`samples` takes one size")
                .help("write `meta t: samples<1000>`: the last 1000 numbers");
            self.report(found);
            return Ty::ERROR;
        };
        let size = self.size_arg(env, size, "samples", "samples<1000>");
        self.intern(TyKind::Ring(Ty::F64, size))
    }

    pub(super) fn no_args(&mut self, path: &Path, args: &[TyArg]) {
        if let Some(arg) = args.first() {
            let found =
                Diagnostic::new(Code::WrongArity, arg_span(arg), "nothing belongs here")
                    .title(format!("`{}` takes no arguments", dotted(path)))
                    .help("it is declared without generic parameters");
            self.report(found);
        }
    }
}

fn foreign(word: &Name, found: Diagnostic) -> Diagnostic {
    let lower = word.text.to_lowercase();
    match FOREIGN.iter().find(|(name, _)| *name == lower) {
        Some((_, here)) => Diagnostic {
            help: Vec::new(),
            fixes: Vec::new(),
            ..found
        }
        .help(format!("the type is called `{here}`"))
        .fix(format!("write `{here}`"), word.span, *here),
        None => match habits::ty(&lower) {
            Some(habit) => Diagnostic {
                help: vec![habit.to_owned()],
                fixes: Vec::new(),
                ..found
            },
            None => found,
        },
    }
}

pub(super) const fn arg_span(arg: &TyArg) -> Span {
    match arg {
        TyArg::Ty(ty) => ty.span,
        TyArg::Size(size) => size.expr.span,
        TyArg::Path(path) => path.span,
        TyArg::Rules(rules) => rules.span,
    }
}
