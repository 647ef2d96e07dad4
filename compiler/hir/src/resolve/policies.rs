//! What a collection is told: `by at desc`, `full oldest`.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::ty as tree;
use theus_grammar::ast::{Expr, ExprKind};

use crate::cx::{Cx, Env};
use crate::infer::Checker;
use crate::item::{Collection, GenericKind};
use crate::ty::{Full, GenericArg, PoolRules, Rules, Size, Ty};
use crate::value::Value;

/// The words after `full`, and the collections that do not take them; `None` is a pool.
const WORDS: [(&str, &[Option<Collection>]); 4] = [
    ("fault", &[]),
    ("oldest", &[]),
    (
        "touched",
        &[Some(Collection::List), Some(Collection::Queue), None],
    ),
    ("least", &[]),
];

impl Cx<'_> {
    /// The number of what a collection is told.
    pub(super) fn rules(
        &mut self,
        env: &Env,
        collection: Collection,
        args: &[GenericArg],
        told: Option<&tree::Rules>,
    ) -> Size {
        let Some(told) = told else {
            return self.out.types.size_of_rules(Rules::default());
        };
        let mut types = args.iter().filter_map(|arg| match arg {
            GenericArg::Ty(ty) => Some(*ty),
            GenericArg::Size(_) => None,
        });
        // A map is ordered by its keys, and scored by its values.
        let Some(value) = types.next_back() else {
            return Size::Error;
        };
        let keys = match (told.by.is_empty(), collection) {
            (true, _) => Some(Vec::new()),
            (false, Collection::Queue) => self.order(value, &told.by),
            (false, Collection::List | Collection::Map) => {
                self.no_order(told.span);
                None
            }
        };
        let full = match &told.full {
            Some(full) => self.full(env, Some(collection), value, full),
            None => Some(Full::Fault),
        };
        let ttl = match &told.ttl {
            Some(written) => self.ttl(env, told, &written.expr).map(Some),
            None => Some(None),
        };
        match (keys, full, ttl) {
            (Some(keys), Some(full), Some(ttl)) => {
                self.out.types.size_of_rules(Rules { keys, full, ttl })
            }
            _ => Size::Error,
        }
    }

    /// What a pool is told; `None`, reported, if that is wrong.
    pub(super) fn pool_rules(
        &mut self,
        env: &Env,
        elem: Ty,
        told: &tree::Rules,
    ) -> Option<PoolRules> {
        if !told.by.is_empty() {
            self.no_order(told.span);
            return None;
        }
        let full = match &told.full {
            Some(full) => self.full(env, None, elem, full),
            None => Some(Full::Fault),
        };
        let ttl = match &told.ttl {
            Some(written) => self.ttl(env, told, &written.expr).map(Some),
            None => Some(None),
        };
        Some(PoolRules {
            full: full?,
            ttl: ttl?,
            ..PoolRules::default()
        })
    }

    /// How long a value stays, in ns; `None`, reported, if that is wrong.
    fn ttl(&mut self, env: &Env, told: &tree::Rules, written: &Expr) -> Option<i64> {
        if self.ttl_at != Some(told.span) {
            let label = "ages are kept beside a field";
            let found = Diagnostic::new(Code::NoTtl, written.span, label)
                .title("only a whole field has a time to live")
                .help("give the field of the context a `ttl`, or `retain` what is young enough");
            self.report(found);
            return None;
        }
        let due = Some(Ty::DURATION);
        let (value, _) =
            self.constant_value(env.module, written, due, "a time to live")?;
        match value {
            Value::Duration(ns) if ns > 0 => Some(ns),
            _ => {
                let found =
                    Diagnostic::new(Code::WrongPolicy, written.span, "no time at all")
                        .title("a time to live is longer than zero")
                        .help("write a duration such as `5min`");
                self.report(found);
                None
            }
        }
    }

    fn full(
        &mut self,
        env: &Env,
        collection: Option<Collection>,
        value: Ty,
        told: &tree::Full,
    ) -> Option<Full> {
        let word = &told.word;
        let Some((_, not)) = WORDS.iter().find(|(known, _)| *known == &*word.text) else {
            let names = WORDS.map(|(name, _)| Arc::from(name));
            let found =
                crate::resolve::scope::unknown(Code::WrongPolicy, "policy", word, &names)
                    .label(told.span, "what happens where it is full");
            let found = match word.text.as_ref() {
                "newest" | "drop" | "block" => found.help(
                    "to drop what does not fit, ask first: `if not xs.is_full() { … }`",
                ),
                _ => found,
            };
            self.report(found);
            return None;
        };
        if not.contains(&collection) {
            let name = collection.map_or("pool", Collection::name);
            let found = Diagnostic::new(Code::WrongPolicy, told.span, "touched by whom?")
                .title(format!("a {name} has no `touch`"))
                .help("`full oldest` lets the first one leave");
            self.report(found);
            return None;
        }
        match (&*word.text, &told.score) {
            ("least", Some(score)) => self.least(env, value, score),
            ("least", None) => {
                let found =
                    Diagnostic::new(Code::WrongPolicy, told.span, "the least of what?")
                        .title("`full least` needs a score")
                        .help("write `full least(|v| v.score)`");
                self.report(found);
                None
            }
            (_, Some(score)) => {
                let found = Diagnostic::new(
                    Code::WrongPolicy,
                    score.span,
                    "nothing belongs here",
                )
                .title(format!("`full {}` takes no score", word.text))
                .help("`full least(|v| v.score)` takes one");
                self.report(found);
                None
            }
            ("oldest", None) => Some(Full::Oldest),
            ("touched", None) => Some(Full::Touched),
            _ => Some(Full::Fault),
        }
    }

    /// `least(|v| v.score)` of values of a type.
    fn least(&mut self, env: &Env, value: Ty, score: &Arc<Expr>) -> Option<Full> {
        if value == Ty::ERROR {
            return None;
        }
        let wrong = |label: String, title: &str| {
            Diagnostic::new(Code::WrongPolicy, score.span, label)
                .title(title)
                .help("write `full least(|v| v.score)`: a number made of one value")
        };
        if self.is_generic(env, value) {
            let text = self.show(&env.generics, value);
            let label = format!("of `{text}`, which may be anything");
            self.report(wrong(label, "the score of a type that is not known"));
            return None;
        }
        if !matches!(score.kind, ExprKind::Closure(..)) {
            let label = "this is no closure".to_owned();
            self.report(wrong(label, "`full least` needs a score"));
            return None;
        }
        let key = (env.module, value, theus_grammar::print::expression(score));
        let text: Arc<str> = Arc::from(key.2.as_str());
        if let Some(at) = self.scores.get_index_of(&key) {
            return Some(Full::Least(u32::try_from(at).unwrap_or(0), text));
        }
        let before = self.failures;
        let (at, _) = self.scores.insert_full(key, Arc::clone(score));
        let at = u32::try_from(at).unwrap_or(0);
        let result = Checker::scoring(self, at, value, score.span);
        if self.failures > before {
            return None;
        }
        if result.is_none() {
            let label = "this is no number".to_owned();
            self.report(wrong(label, "a score is a number or a duration"));
            return None;
        }
        Some(Full::Least(at, text))
    }

    /// Whether a type is made of generic parameters.
    fn is_generic(&mut self, env: &Env, ty: Ty) -> bool {
        let args = env.generics.iter().map(|generic| match generic.kind {
            GenericKind::Size => GenericArg::Size(Size::Error),
            _ => GenericArg::Ty(Ty::ERROR),
        });
        let args: Vec<GenericArg> = args.collect();
        self.out.types.subst(ty, &args) != ty
    }

    /// Reports rules of what has none.
    pub(super) fn no_rules(&mut self, of: &str, told: &tree::Rules) {
        if told.full.is_none() && told.ttl.is_none() {
            self.no_order(told.span);
            return;
        }
        let found = Diagnostic::new(Code::WrongPolicy, told.span, "of a collection")
            .title(format!("{of} takes no `full` and no `ttl`"))
            .help("lists, maps, queues and pools do: `list<f64, 100> full oldest`");
        self.report(found);
    }
}
