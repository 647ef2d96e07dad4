//! Files and items.

use std::sync::Arc;

use crate::ast::expr::Block;
use crate::ast::item::{Batch, Const, Fn, Generic, Param, Pipeline, Test, TestKind, Use};
use crate::ast::{File, Item, ItemKind, Name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::later;
use super::modes::modes;
use super::{FLOW_WORDS, Reader, inner};

impl Reader<'_> {
    /// A whole file.
    pub(crate) fn file(&self, pair: Pair<'_>) -> File {
        let mut items = Vec::new();
        let mut first = None;
        let parts = inner(pair).inspect(|part| {
            first.get_or_insert(part.as_span().start());
        });
        self.sequence(parts, Rule::strict_item, |part| items.push(self.item(part)));
        let docs = self.module_docs(first.unwrap_or(self.text.len()));
        File {
            docs,
            items,
            span: self.place(0, self.source.text.len()),
            unread: self.unread.take(),
        }
    }

    fn item(&self, pair: Pair<'_>) -> Item {
        let span = self.span(&pair);
        let docs = self.docs_before(span.start);
        let kind = match pair.as_rule() {
            Rule::use_item => self.use_item(pair),
            Rule::const_item => self.const_item(pair),
            Rule::struct_item => self.struct_item(pair),
            Rule::enum_item => self.enum_item(pair),
            Rule::fn_item | Rule::intrinsic_item => self.fn_item(pair),
            Rule::context_item => self.context_item(pair),
            Rule::context_use => self.context_use(pair),
            Rule::process_item => self.process_item(pair),
            Rule::contract_item => self.contract_item(pair),
            Rule::pipeline_item => self.pipeline_item(pair),
            Rule::test_item | Rule::bench_item | Rule::property_item => {
                self.test_item(pair)
            }
            Rule::audit_item => self.audit_item(pair),
            Rule::alert_item => self.alert_item(pair),
            Rule::session_item => self.session_item(pair),
            _ => self.later_item(&pair, span),
        };
        Item { docs, kind, span }
    }

    fn later_item(&self, pair: &Pair<'_>, span: Span) -> ItemKind {
        let text = pair.as_str();
        let sweep = text.starts_with("sweep");
        let what = if sweep { later::SWEEPS } else { later::PORTS };
        // The first line is enough of a place.
        let line = text.lines().next().unwrap_or("").trim_end().len();
        let start = span.start as usize;
        self.not_built(self.place(start, start + line), what);
        ItemKind::Bad
    }

    fn use_item(&self, pair: Pair<'_>) -> ItemKind {
        let (mut path, mut alias, mut names) = (None, None, Vec::new());
        for part in inner(pair) {
            match part.as_rule() {
                Rule::word_path => path = Some(self.path(part)),
                Rule::use_names => {
                    names = inner(part).map(|part| self.decl(&part)).collect();
                }
                _ => alias = Some(self.decl(&part)),
            }
        }
        path.map_or(ItemKind::Bad, |path| {
            ItemKind::Use(Use { path, names, alias })
        })
    }

    fn const_item(&self, pair: Pair<'_>) -> ItemKind {
        let (mut name, mut ty, mut value) = (None, None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::decl => name = Some(self.decl(&part)),
                Rule::ty => ty = Some(self.ty(part)),
                Rule::expr => value = Some(self.expr(part)),
                _ => {}
            }
        }
        match (name, value) {
            (Some(name), Some(value)) => ItemKind::Const(Const { name, ty, value }),
            _ => ItemKind::Bad,
        }
    }

    fn fn_item(&self, pair: Pair<'_>) -> ItemKind {
        let (mut name, mut result, mut body) = (None, None, None);
        let (mut generics, mut params) = (Vec::new(), Vec::new());
        for part in inner(pair) {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::decl => name = Some(self.decl(&part)),
                Rule::generics => {
                    generics = self.generics(part);
                }
                Rule::param => params.extend(self.param(part)),
                Rule::result => result = inner(part).next().map(|ty| self.ty(ty)),
                Rule::fn_clause => self.not_built(at, later::FUNCTION_CLAUSES),
                Rule::body => body = Some(self.block(part)),
                _ => {}
            }
        }
        name.map_or(ItemKind::Bad, |name| {
            ItemKind::Fn(Fn {
                name,
                generics,
                params,
                result,
                body,
            })
        })
    }

    /// `<T: number, const N>`.
    pub(super) fn generics(&self, pair: Pair<'_>) -> Vec<Generic> {
        inner(pair).filter_map(|part| self.generic(part)).collect()
    }

    fn generic(&self, pair: Pair<'_>) -> Option<Generic> {
        let mut is_size = false;
        let (mut name, mut bound) = (None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::k_const => is_size = true,
                Rule::decl => name = Some(self.decl(&part)),
                _ => bound = Some(self.name(&part)),
            }
        }
        Some(Generic {
            name: name?,
            is_size,
            bound,
        })
    }

    fn param(&self, pair: Pair<'_>) -> Option<Param> {
        let (mut inout, mut name, mut ty, mut range) = (None, None, None, None);
        for part in inner(pair) {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::inout => inout = Some(at),
                Rule::decl => name = Some(self.decl(&part)),
                Rule::ty => ty = Some(self.ty(part)),
                _ => range = self.range(part),
            }
        }
        Some(Param {
            inout,
            name: name?,
            ty: ty?,
            range,
        })
    }

    /// The name of a process or a pipeline: words of pipelines are not free either.
    pub(super) fn flow_decl(&self, pair: &Pair<'_>) -> Name {
        let name = self.decl(pair);
        if FLOW_WORDS.contains(&&*name.text) {
            let title = format!("`{}` is a word of pipelines", name.text);
            let error = SyntaxError::new(
                SyntaxErrorKind::ReservedName,
                name.span,
                title,
                "it cannot name a process or a pipeline",
            );
            self.report(
                error.help(format!("choose another name, such as `{}_`", name.text)),
            );
        }
        name
    }

    /// What a pipeline says before its brace that it cannot say yet.
    fn pipeline_later(&self, at: Span, text: &str) {
        let known = [
            ("delayed", later::PIPELINE_DELAYED),
            ("max", later::PIPELINE_MAX),
        ];
        let found = known.iter().find(|(word, _)| text.starts_with(word));
        match found {
            Some((_, later)) => self.not_built(at, *later),
            None => self.scratch_without(at),
        }
    }

    fn scratch_without(&self, at: Span) {
        let kind = SyntaxErrorKind::Unexpected;
        let title = "`scratch` has a size";
        let error = SyntaxError::new(kind, at, title, "not a size");
        self.report(error.help("write `pipeline main every 10ms scratch 8MB { … }`"));
    }

    fn pipeline_item(&self, pair: Pair<'_>) -> ItemKind {
        let (mut name, mut every, mut scratch) = (None, None, None);
        let mut batch = None;
        let mut rest = Vec::new();
        for part in inner(pair) {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::decl => name = Some(self.flow_decl(&part)),
                Rule::arith => every = Some(self.expr(part)),
                Rule::batch => batch = self.batch(part).map(Box::new),
                Rule::scratch => {
                    scratch = inner(part).next().map(|part| Box::new(self.expr(part)));
                }
                Rule::params_later => self.not_built(at, later::PIPELINE_PARAMS),
                Rule::pipeline_later => {
                    self.pipeline_later(at, part.as_str());
                }
                _ => rest.push(part),
            }
        }
        let Some(name) = name else {
            return ItemKind::Bad;
        };
        let body = self.flows(rest.into_iter());
        let modes = modes(&name, &body);
        ItemKind::Pipeline(Pipeline {
            name,
            every,
            batch,
            scratch,
            modes,
            body,
        })
    }

    /// `on c.inbox max 100 or 50ms`.
    fn batch(&self, pair: Pair<'_>) -> Option<Batch> {
        let (mut queue, mut most, mut wait) = (None, None, None);
        let mut waits = false;
        for part in pair.into_inner() {
            match part.as_rule() {
                Rule::place => queue = Some(self.expr(part)),
                Rule::k_or => waits = true,
                Rule::arith if waits => wait = Some(self.expr(part)),
                Rule::arith => most = Some(self.expr(part)),
                _ => {}
            }
        }
        Some(Batch {
            queue: queue?,
            most,
            wait,
        })
    }

    /// A test, a property or a bench.
    fn test_item(&self, pair: Pair<'_>) -> ItemKind {
        let kind = match pair.as_rule() {
            Rule::property_item => TestKind::Property,
            Rule::bench_item => TestKind::Bench,
            _ => TestKind::Test,
        };
        let empty = self.span(&pair).before();
        let mut parts = inner(pair);
        let Some(title) = parts.next() else {
            return ItemKind::Bad;
        };
        let text = Arc::from(self.string(&title).unwrap_or_default());
        let span = self.span(&title);
        let mut found = Test {
            kind,
            title: Name { text, span },
            params: Vec::new(),
            drawn: Vec::new(),
            of: None,
            requires: Vec::new(),
            body: Block {
                stmts: Vec::new(),
                span: empty,
            },
        };
        for part in parts {
            self.test_part(part, &mut found);
        }
        ItemKind::Test(found)
    }

    fn test_part(&self, part: Pair<'_>, found: &mut Test) {
        match part.as_rule() {
            Rule::test_param => {
                let mut parts = inner(part);
                if let (Some(name), Some(over)) = (parts.next(), parts.next()) {
                    found
                        .params
                        .push((self.decl(&name), self.expr_or_range(over)));
                }
            }
            Rule::property_params => {
                let drawn = inner(part).filter_map(|part| self.process_param(part));
                found.drawn = drawn.collect();
            }
            Rule::property_of => found.of = self.applied(part),
            Rule::property_requires => {
                found
                    .requires
                    .extend(inner(part).last().map(|part| self.expr(part)));
            }
            _ => found.body = self.block(part),
        }
    }
}
