//! Processes: clauses and their order, then the body.

use crate::ast::expr::{Block, Stmt, StmtKind};
use crate::ast::item::{
    Cached, Contract, Each, Entry, ErrorDecl, Isolated, Process, ProcessParam, Quota,
};
use crate::ast::{ItemKind, Name};
use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::recover::is_foreign;
use crate::rules::{Pair, Rule};
use crate::span::Span;

use super::stmt_block::is_clause;
use super::{Reader, inner};

/// The order of clauses, with how they are called.
const ORDER: &[(Rule, &str)] = &[
    (Rule::each, "each"),
    (Rule::inputs, "inputs"),
    (Rule::outputs, "outputs"),
    (Rule::inserts, "inserts"),
    (Rule::sends, "sends"),
    (Rule::requires, "requires"),
    (Rule::ensures, "ensures"),
    (Rule::errors, "errors"),
    (Rule::deadline, "deadline"),
    (Rule::budget, "budget"),
    (Rule::cached, "cached"),
];

/// Whether a word begins clauses.
pub(crate) fn is_clause_word(word: &str) -> bool {
    ORDER.iter().any(|(_, clause)| *clause == word)
}

/// First words of clauses in other languages, and slips.
const HABITS: &[(&str, &str)] = &[
    ("input", "inputs"),
    ("reads", "inputs"),
    ("read", "inputs"),
    ("uses", "inputs"),
    ("output", "outputs"),
    ("writes", "outputs"),
    ("write", "outputs"),
    ("modifies", "outputs"),
    ("require", "requires"),
    ("pre", "requires"),
    ("ensure", "ensures"),
    ("post", "ensures"),
    ("raises", "errors"),
    ("throws", "errors"),
    ("error", "errors"),
];

/// Clauses so far: the rank, the word and the whole of each; where statements have begun,
/// whether a clause came after that, and the error about the order, which is told at the end.
#[derive(Default)]
struct Order {
    seen: Vec<(usize, Span, Span)>,
    begun: Option<Span>,
    late: bool,
    error: Option<SyntaxError>,
}

impl Reader<'_> {
    pub(super) fn process_item(&self, pair: Pair<'_>) -> ItemKind {
        let whole = self.span(&pair);
        let open = pair
            .clone()
            .into_inner()
            .find(|part| part.as_rule() == Rule::l_brace);
        let open = open.map_or(whole.before(), |brace| self.span(&brace).after());
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.flow_decl(&part)) else {
            return ItemKind::Bad;
        };
        let params = parts.next_if(|part| part.as_rule() == Rule::process_params);
        let contracts = parts.next_if(|part| part.as_rule() == Rule::is_clause);
        let mut process = empty(name, open);
        process.params = params
            .into_iter()
            .flat_map(|part| self.params(part))
            .collect();
        let contracts = contracts.into_iter().flat_map(inner);
        process.contracts = contracts.filter_map(|part| self.applied(part)).collect();
        let mut order = Order::default();
        let mut stmts = Vec::new();
        let mut list: Option<Span> = None;
        let mut lost_line = None;
        self.sequence(parts, Rule::strict_stmt, |part| {
            let rule = part.as_rule();
            let span = self.span(&part);
            if is_clause(rule) {
                self.order(&mut order, &part);
                self.clause(&mut process, part);
                let lists = matches!(rule, Rule::inputs | Rule::outputs | Rule::errors);
                list = lists.then_some(span.after());
                return;
            }
            let line = self.source.position(span.start).0;
            let bare = is_bare(&part);
            if bare && (lost_line == Some(line) || self.foreign_clause(&part, span)) {
                lost_line = Some(line);
                return;
            }
            let word = part.as_str().trim_end();
            let end = list.take().filter(|_| bare && !is_foreign(word));
            if let Some(end) = end {
                self.report(
                    SyntaxError::new(
                        SyntaxErrorKind::Unexpected,
                        span,
                        "expected `,` between the names of a clause",
                        "a name without `,` before it",
                    )
                    .fix(end, ","),
                );
                list = Some(span.after());
                return;
            }
            let stmt: Stmt = self.stmt(part);
            if order.begun.is_none() && !matches!(stmt.kind, StmtKind::Bad) {
                order.begun = Some(stmt.span);
            }
            stmts.push(stmt);
        });
        self.in_order(order);
        self.spoil_values(&mut stmts);
        let end = whole.after();
        let start = stmts.first().map_or(
            Span {
                start: end.start.saturating_sub(1),
                ..end
            },
            |stmt| stmt.span,
        );
        process.body = Block {
            stmts,
            span: start.to(end),
        };
        ItemKind::Process(Box::new(process))
    }

    /// `reads a.x`: reports it; whether it is one.
    fn foreign_clause(&self, pair: &Pair<'_>, span: Span) -> bool {
        let word = pair.as_str().trim_end();
        let Some((_, ours)) = HABITS.iter().find(|(theirs, _)| *theirs == word) else {
            return false;
        };
        let title = format!("`{word}` begins no clause");
        let kind = SyntaxErrorKind::ForeignOperator;
        let error = SyntaxError::new(kind, span, title, "not a word of Theus");
        self.report(error.fix(span, *ours));
        self.lose(span);
        true
    }

    fn params(&self, pair: Pair<'_>) -> Vec<ProcessParam> {
        inner(pair)
            .filter_map(|part| self.process_param(part))
            .collect()
    }

    pub(super) fn process_param(&self, pair: Pair<'_>) -> Option<ProcessParam> {
        let (mut name, mut ty, mut range) = (None, None, None);
        for part in inner(pair) {
            match part.as_rule() {
                Rule::decl => name = Some(self.decl(&part)),
                Rule::ty => ty = Some(self.ty(part)),
                Rule::in_range => range = self.range(part),
                _ => {}
            }
        }
        let name = name?;
        Some(ProcessParam { name, ty, range })
    }

    /// `contract Bounded(f, hi) { ensures abs(f) <= hi }`.
    pub(super) fn contract_item(&self, pair: Pair<'_>) -> ItemKind {
        let open = self.span(&pair).before();
        let mut parts = inner(pair).peekable();
        let Some(name) = parts.next().map(|part| self.decl(&part)) else {
            return ItemKind::Bad;
        };
        let params = parts.next_if(|part| part.as_rule() == Rule::contract_params);
        let params = params.into_iter().flat_map(inner);
        let params: Vec<_> = params.map(|part| self.decl(&part)).collect();
        let mut clauses = empty(name.clone(), open);
        let mut order = Order::default();
        self.sequence(parts, Rule::strict_stmt, |part| {
            if !matches!(
                part.as_rule(),
                Rule::requires | Rule::ensures | Rule::errors
            ) {
                let word = part.as_str().split_whitespace().next().unwrap_or("");
                let title = format!("`{word}` stands in processes only");
                let span = self.span(&part);
                let error = SyntaxError::new(
                    SyntaxErrorKind::Unexpected,
                    span,
                    title,
                    "not shared by a contract",
                );
                self.report(
                    error.help("a contract has `requires`, `ensures` and `errors`"),
                );
                return;
            }
            self.order(&mut order, &part);
            self.clause(&mut clauses, part);
        });
        self.in_order(order);
        let Process {
            requires,
            ensures,
            errors,
            ..
        } = clauses;
        ItemKind::Contract(Contract {
            name,
            params,
            requires,
            ensures,
            errors,
        })
    }

    /// Reports a clause out of order, twice, or after statements.
    fn order(&self, order: &mut Order, pair: &Pair<'_>) {
        let Some(rank) = ORDER.iter().position(|(rule, _)| *rule == pair.as_rule())
        else {
            return;
        };
        let (rule, word) = ORDER.get(rank).copied().unwrap_or((Rule::inputs, "inputs"));
        let span = self.span(pair);
        let at = Span {
            end: span.start + word.len() as u32,
            ..span
        };
        let many = matches!(
            rule,
            Rule::requires | Rule::ensures | Rule::inserts | Rule::sends
        );
        let help = "the order is each, inputs, outputs, inserts, sends, requires, ensures, errors, deadline, budget, cached, then statements";
        let before = order
            .seen
            .iter()
            .rev()
            .find(|(seen, ..)| *seen > rank || *seen == rank && !many);
        let error = |title: String, label: &str| {
            SyntaxError::new(SyntaxErrorKind::ClauseOrder, at, title, label).help(help)
        };
        if let Some(first) = order.begun {
            let error = error(
                format!("`{word}` stands after a statement"),
                "clauses come first",
            );
            order.late = true;
            order
                .error
                .get_or_insert(error.related(first, "the first statement"));
        } else if let Some((seen, first, _)) = before {
            let other = ORDER.get(*seen).map_or("", |(_, word)| word);
            let error = if *seen == rank {
                error(format!("`{word}` is written twice"), "the second one")
                    .help("join them to one clause, with commas")
                    .related(*first, "the first one")
            } else {
                error(format!("`{word}` stands before `{other}`"), "out of order")
                    .related(*first, format!("after `{other}`"))
            };
            if *seen == rank {
                self.report(error);
            } else {
                order.error.get_or_insert(error);
            }
        }
        order.seen.push((rank, at, span));
    }

    /// Reports that clauses are out of order, once, with what puts them in order.
    fn in_order(&self, order: Order) {
        let Some(error) = order.error else { return };
        let mut sorted = order.seen.clone();
        sorted.sort_by_key(|(rank, ..)| *rank);
        let places = order.seen.iter().zip(&sorted);
        let moved = places.filter(|((_, from, _), (_, to, _))| from != to);
        let fixed = moved.fold(error, |error, ((_, _, place), (_, _, clause))| {
            error.fix(*place, self.source.slice(clause.start, clause.end))
        });
        // A clause after a statement also has to pass the statement.
        let fix = if order.late { Vec::new() } else { fixed.fix };
        self.report(SyntaxError { fix, ..fixed });
    }

    fn clause(&self, process: &mut Process, pair: Pair<'_>) {
        let span = self.span(&pair);
        match pair.as_rule() {
            Rule::each => {
                let after = span.after();
                for empty in [&mut process.inputs_span, &mut process.outputs_span] {
                    if empty.start == empty.end {
                        *empty = after;
                    }
                }
                process.each = self.each_clause(pair);
            }
            Rule::inputs => {
                process.inputs_span = span;
                process.inputs.extend(self.entries(pair));
            }
            Rule::outputs => {
                process.outputs_span = span;
                process.outputs.extend(self.entries(pair));
            }
            Rule::inserts | Rule::sends => process.quotas.extend(self.quota(pair)),
            Rule::requires => process.requires.extend(self.clause_expr(pair)),
            Rule::ensures => process.ensures.extend(self.clause_expr(pair)),
            Rule::errors => {
                let parts = inner(pair).filter(|part| part.as_rule() == Rule::error_decl);
                process
                    .errors
                    .extend(parts.filter_map(|part| self.error_decl(part)));
            }
            Rule::budget => {
                process.budget = inner(pair).next().map(|part| self.expr(part));
            }
            Rule::cached => {
                let age = inner(pair).find(|part| part.as_rule() == Rule::age);
                let max_age = age.and_then(|age| Some(self.expr(inner(age).next()?)));
                process.cached = Some(Cached { max_age, span });
            }
            Rule::deadline => {
                let mut hard = false;
                for part in inner(pair) {
                    match part.as_rule() {
                        Rule::k_hard => hard = true,
                        _ => process.deadline = Some((hard, self.expr(part))),
                    }
                }
            }
            _ => {
                let word = pair.as_str().split_whitespace().next().unwrap_or("");
                self.never(span, word);
            }
        }
    }

    fn quota(&self, pair: Pair<'_>) -> Option<Quota> {
        let (span, inserts) = (self.span(&pair), pair.as_rule() == Rule::inserts);
        let mut parts = inner(pair);
        let into = self.path(parts.next()?);
        let max = self.expr(parts.next()?);
        Some(Quota {
            inserts,
            into,
            max,
            span,
        })
    }

    fn each_clause(&self, pair: Pair<'_>) -> Option<Each> {
        let span = self.span(&pair);
        let mut parts = inner(pair);
        let mut each = Each {
            name: self.decl(&parts.next()?),
            over: self.path(parts.next()?),
            filter: None,
            slice: None,
            isolated: None,
            scratch: None,
            span,
        };
        for part in parts {
            let at = self.span(&part);
            match part.as_rule() {
                Rule::where_part => {
                    each.filter = inner(part).next().map(|e| self.expr(e))
                }
                Rule::slice_part => each.slice = inner(part).next().map(|e| self.expr(e)),
                Rule::scratch_part => {
                    each.scratch = inner(part).next().map(|e| self.expr(e))
                }
                _ => {
                    let into = inner(part).find(|part| part.as_rule() == Rule::path);
                    let into = into.map(|path| self.path(path));
                    each.isolated = Some(Isolated { into, span: at });
                }
            }
        }
        Some(each)
    }

    fn entries(&self, pair: Pair<'_>) -> Vec<Entry> {
        let parts = inner(pair).filter(|part| part.as_rule() == Rule::entry);
        parts.filter_map(|part| self.entry(part)).collect()
    }

    fn entry(&self, pair: Pair<'_>) -> Option<Entry> {
        let span = self.span(&pair);
        let mut parts = inner(pair);
        let mut path = self.path(parts.next()?);
        let mut at = None;
        for part in parts {
            match part.as_rule() {
                Rule::entry_at => {
                    let index = inner(part).next().map(|index| self.expr(index));
                    at = index.map(|index| (path.words.len(), index));
                }
                _ => {
                    for word in part.into_inner() {
                        if word.as_rule() == Rule::scope {
                            self.scope(&word);
                        } else {
                            path.words.push(self.name(&word));
                        }
                    }
                }
            }
        }
        Some(Entry { path, at, span })
    }

    fn clause_expr(&self, pair: Pair<'_>) -> Option<crate::ast::Expr> {
        let part = inner(pair).find(|part| part.as_rule() == Rule::expr)?;
        Some(self.expr(part))
    }

    fn error_decl(&self, pair: Pair<'_>) -> Option<ErrorDecl> {
        let mut parts = inner(pair);
        let name = self.decl(&parts.next()?);
        Some(ErrorDecl {
            name,
            payload: parts.map(|ty| self.ty(ty)).collect(),
        })
    }
}

fn empty(name: Name, open: Span) -> Process {
    Process {
        name,
        params: Vec::new(),
        contracts: Vec::new(),
        each: None,
        quotas: Vec::new(),
        inputs: Vec::new(),
        inputs_span: open,
        outputs: Vec::new(),
        outputs_span: open,
        requires: Vec::new(),
        ensures: Vec::new(),
        errors: Vec::new(),
        deadline: None,
        budget: None,
        cached: None,
        body: Block {
            stmts: Vec::new(),
            span: open,
        },
    }
}

/// Whether the statement is a path and nothing else: a name of the clause before it.
fn is_bare(stmt: &Pair<'_>) -> bool {
    let place = stmt
        .clone()
        .into_inner()
        .find(|part| part.as_rule() == Rule::place);
    let plain = |part: Pair<'_>| matches!(part.as_rule(), Rule::name | Rule::member);
    stmt.as_rule() == Rule::name_stmt
        && stmt.clone().into_inner().count() == 1
        && place.is_some_and(|place| place.into_inner().all(plain))
}
