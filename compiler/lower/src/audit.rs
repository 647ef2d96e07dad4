//! Rules of audits: tested where a transaction commits, if it writes a field that they name.

use theus_abi::audit::Event;
use theus_abi::image::SiteKind;
use theus_abi::{Fault, Repr, Shape, header};
use theus_grammar::ast::expr::BinaryOp as Op;
use theus_hir::walk::each_expr;
use theus_hir::{After, Body, Expr, ExprKind, FieldId, Level, Rule};
use theus_mir::{BinaryOp, Block, SiteId, Value};

use crate::access::root_field;
use crate::frame::{Failure, FnCx};
use crate::place::low_bits;
use crate::program::{Cx, loc};
use crate::site::failure_number;
use crate::undo::Transaction;

/// A rule, what it names, and where its counts are: how often it was broken; then in a row,
/// or where the next tick is written and the last ticks with a violation.
#[derive(Clone)]
pub(crate) struct Watched<'a> {
    pub(crate) rule: &'a Rule,
    locals: &'a Body,
    pub(crate) fields: Vec<FieldId>,
    state: u32,
}

/// Where a transaction is tested.
pub(crate) struct Commit<'t> {
    pub(crate) begun: &'t Transaction,
    /// The process, if its time is measured.
    pub(crate) timed: Option<u32>,
}

/// An operand of a report: its label, and what it is.
type Told<'a> = Vec<(String, &'a Expr)>;

impl<'a> Cx<'a> {
    /// Gives the counts of rules their places.
    pub(crate) fn place_rules(&mut self, at: &mut u64) {
        for audit in &self.typed.audits {
            let context = self.typed.contexts[audit.context].head.name.to_string();
            for (rule, number) in audit.rules.iter().zip(1..) {
                let words = match rule.after {
                    After::Once => 1,
                    After::InRow(_) => 2,
                    After::Among(count, _) => 2 + count,
                };
                let shape = Shape::Array {
                    elem: Box::new(Shape::Uint(Repr::I64)),
                    dims: vec![words],
                };
                let name = format!("rule {number} of {context}");
                let state = self.keep_bytes(name, &shape, at);
                let mut fields = Vec::new();
                each_expr(&rule.holds, &mut |e| fields.extend(root_field(e)));
                fields.sort_unstable();
                fields.dedup();
                self.log.rules.push(Watched {
                    rule,
                    locals: &audit.locals,
                    fields,
                    state,
                });
                self.image.rules.push(theus_abi::audit::Rule {
                    context: context.clone(),
                    level: rule.level.name().chars().next().unwrap_or('C'),
                    loc: loc(rule.holds.span),
                    sites: Vec::new(),
                });
            }
        }
    }

    /// What a report tells of a condition: the sides of a comparison.
    pub(crate) fn told(&self, cond: &'a Expr) -> Told<'a> {
        let sides: Vec<(&str, &Expr)> = match &cond.kind {
            ExprKind::InRange { value, .. } => vec![("value", value)],
            ExprKind::Binary(
                Op::Lt | Op::Le | Op::Gt | Op::Ge | Op::Eq | Op::Ne,
                left,
                right,
            ) => vec![("left", left), ("right", right)],
            _ => Vec::new(),
        };
        let name = |label: &str, e: &Expr| match e.kind {
            ExprKind::Field(field) => self.typed.field_path(field),
            _ => label.to_owned(),
        };
        let told = |e: &Expr| {
            let constant = matches!(
                e.kind,
                ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Duration(_)
            );
            let number = matches!(
                self.types.kind(e.ty),
                theus_hir::TyKind::Int(_)
                    | theus_hir::TyKind::Float(_)
                    | theus_hir::TyKind::Duration
                    | theus_hir::TyKind::Bool
            );
            number && !constant
        };
        let sides = sides.into_iter().filter(|(_, e)| told(e));
        sides.map(|(label, e)| (name(label, e), e)).collect()
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Tests the rules of those numbers before a commit.
    pub(crate) fn audit(&mut self, rules: &[usize], commit: &Commit<'_>) {
        for at in rules {
            let Some(watched) = self.cx.log.rules.get(*at).cloned() else {
                continue;
            };
            let frame = self.push_frame(watched.locals, Vec::new());
            self.in_frame(frame, |cx| cx.audit_rule(*at, &watched, commit));
        }
    }

    fn audit_rule(&mut self, at: usize, watched: &Watched<'a>, commit: &Commit<'_>) {
        let rule = watched.rule;
        let holds = self.value(&rule.holds);
        if self.counts.is_quiet() {
            return self.audit_apart(holds, watched);
        }
        let (good, bad, on) =
            (self.b.new_block(), self.b.cold_block(), self.b.new_block());
        self.b.branch(holds, good, bad);
        self.b.switch_to(good);
        if let After::InRow(_) = rule.after {
            let zero = self.b.iconst(Repr::I64, 0);
            self.put_word(watched.state + 8, zero);
        }
        self.b.jump(on, &[]);
        self.b.switch_to(bad);
        let site = self.tell_rule(at, rule);
        self.bump_word(watched.state);
        let (act, stand) = (self.b.new_block(), self.b.new_block());
        self.branch_acts(watched, act, stand);
        self.b.switch_to(stand);
        self.log_site(Event::Counted, site);
        self.b.jump(on, &[]);
        self.b.switch_to(act);
        match rule.level {
            Level::C => {
                self.log_site(Event::Logged, site);
                self.b.jump(on, &[]);
            }
            Level::B => {
                let fail = self.fail_block(Failure::Fault(Fault::Audit));
                self.b.jump(fail, &[]);
            }
            Level::A => self.abort(commit, Event::Aborted),
            Level::S => {
                self.stop_for_good();
                self.abort(commit, Event::Stopped);
            }
        }
        self.b.switch_to(on);
    }

    /// In a share: a rule that is broken is told, and acts, where all is run once more.
    fn audit_apart(&mut self, holds: Value, watched: &Watched<'a>) {
        let rule = watched.rule;
        self.check(holds, Fault::Audit, rule.holds.span, &[]);
        if let After::InRow(_) = rule.after {
            let zero = self.b.iconst(Repr::I64, 0);
            self.put_word(watched.state + 8, zero);
        }
    }

    /// Writes the report of a broken rule where that of a failure stands.
    fn tell_rule(&mut self, at: usize, rule: &'a Rule) -> SiteId {
        let told = self.cx.told(&rule.holds);
        let values: Vec<(String, Value, _)> = told
            .into_iter()
            .map(|(label, e)| {
                let ty = self.ty(e.ty);
                (label, self.value(e), self.arg_kind(ty))
            })
            .collect();
        let operands: Vec<_> = values
            .iter()
            .map(|(label, value, kind)| (label.as_str(), *value, *kind))
            .collect();
        let site = self.site(SiteKind::Fault(Fault::Audit), rule.holds.span, &operands);
        if let Some(rule) = self.cx.image.rules.get_mut(at) {
            rule.sites.push(site.as_u32());
        }
        self.report_site(site, &operands);
        site
    }

    /// Goes to `act` if this violation acts, else to `stand`.
    fn branch_acts(&mut self, watched: &Watched<'a>, act: Block, stand: Block) {
        match watched.rule.after {
            After::Once => self.b.jump(act, &[]),
            After::InRow(count) => {
                let row = self.bump_word(watched.state + 8);
                let most = self.b.iconst(Repr::I64, low_bits(count.into()));
                let less = self.b.binary(BinaryOp::Ult, row, most);
                let full = self.b.new_block();
                self.b.branch(less, stand, full);
                self.b.switch_to(full);
                let zero = self.b.iconst(Repr::I64, 0);
                self.put_word(watched.state + 8, zero);
                self.b.jump(act, &[]);
            }
            After::Among(count, of) => {
                self.among(watched.state + 8, count, of, act, stand)
            }
        }
    }

    /// The last ticks with a violation are kept in a ring: it acts when the oldest of them is
    /// young. A tick counts once.
    fn among(&mut self, state: u32, count: u64, of: u64, act: Block, stand: Block) {
        let slots = state + 8;
        let header = self.b.base(0);
        let tick = self.b.load(Repr::I64, header, header::TICK);
        let one = self.b.iconst(Repr::I64, 1);
        let stamp = self.b.binary(BinaryOp::Iadd, tick, one);
        let next = self.block_word(state);
        let size = self.b.iconst(Repr::I64, low_bits(count.into()));
        // The newest stands before the next.
        let before = self.b.binary(BinaryOp::Iadd, next, size);
        let before = self.b.binary(BinaryOp::Isub, before, one);
        let before = self.b.binary(BinaryOp::Urem, before, size);
        let first = self.b.base(slots);
        let newest = self.b.element(first, before, 8);
        let newest = self.b.load(Repr::I64, newest, 0);
        let again = self.b.binary(BinaryOp::Ieq, newest, stamp);
        let (fresh, full, clear) =
            (self.b.new_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(again, stand, fresh);
        self.b.switch_to(fresh);
        let slot = self.b.element(first, next, 8);
        self.b.store(stamp, slot, 0);
        let after = self.b.binary(BinaryOp::Iadd, next, one);
        let after = self.b.binary(BinaryOp::Urem, after, size);
        self.put_word(state, after);
        let oldest = self.b.element(first, after, 8);
        let oldest = self.b.load(Repr::I64, oldest, 0);
        let zero = self.b.iconst(Repr::I64, 0);
        let known = self.b.binary(BinaryOp::Ine, oldest, zero);
        self.b.branch(known, full, stand);
        self.b.switch_to(full);
        let age = self.b.binary(BinaryOp::Isub, stamp, oldest);
        let most = self.b.iconst(Repr::I64, low_bits(of.into()));
        let young = self.b.binary(BinaryOp::Ult, age, most);
        self.b.branch(young, clear, stand);
        self.b.switch_to(clear);
        let bytes = u32::try_from(8 + 8 * count).unwrap_or(8);
        let all = self.b.base(state);
        self.b.zero(all, bytes);
        self.b.jump(act, &[]);
    }

    /// Ends the run without asking any handler; what was begun is undone.
    fn abort(&mut self, commit: &Commit<'_>, event: Event) {
        self.undo(commit.begun);
        if let Some(index) = commit.timed {
            self.clock(theus_abi::HostFn::ClockStop, index);
        }
        self.reset_scratch();
        let number = failure_number(Failure::Fault(Fault::Audit));
        let number = self.b.iconst(Repr::I64, number);
        self.note_kind(number);
        self.count_failure(event);
        self.end_run(header::Status::Failed);
    }

    fn log_site(&mut self, event: Event, site: SiteId) {
        let site = self.b.iconst(Repr::I64, i64::from(site.as_u32()));
        self.log(event, site);
    }

    /// A word of the block.
    pub(crate) fn block_word(&mut self, offset: u32) -> Value {
        let at = self.b.base(offset);
        self.b.load(Repr::I64, at, 0)
    }

    /// Sets a word of the block.
    pub(crate) fn put_word(&mut self, offset: u32, value: Value) {
        let at = self.b.base(offset);
        self.b.store(value, at, 0);
    }

    /// Adds one to a word of the block; gives the sum.
    pub(crate) fn bump_word(&mut self, offset: u32) -> Value {
        let word = self.block_word(offset);
        let one = self.b.iconst(Repr::I64, 1);
        let sum = self.b.binary(BinaryOp::Iadd, word, one);
        self.put_word(offset, sum);
        sum
    }
}
