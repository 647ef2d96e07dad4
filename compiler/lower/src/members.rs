//! Members of `par`: one after the other, or by several threads where that cannot be told.
//!
//! What threads run is a share, as for the elements of an `each`: a function for the members
//! `lo..hi`, the longest first. All that they write is kept before, because the share commits each
//! process as it ends: no other member touches what it writes. Where one fails, all is put back, and
//! all members run once more, one after the other, which reports, counts and handles as ever.

use theus_abi::Repr;
use theus_abi::image::{Member, Threads, Zone};
use theus_grammar::Span;
use theus_hir::flow::each_flow;
use theus_hir::{FieldId, Flow, FlowKind, ProcessId, Ty, TyKind};
use theus_mir::{Block, FuncId, Value};

use crate::each::looks_around;
use crate::entry::EMPTY;
use crate::frame::{FnCx, Group};
use crate::handler::PENDING_WORDS;
use crate::isolated::is_isolated;
use crate::measure::measures;
use crate::place::Place;
use crate::program::Cx;
use crate::share::SOONER;
use crate::site::STATUS;
use crate::steps::Counts;
use crate::unit::Unit;

/// Bytes that are copied in the time of one operation.
const BYTES: u64 = 16;

/// How a member is run, and what it costs.
type Way = (Threads, u64);

impl Cx<'_> {
    /// How the members of a group are run.
    fn members_of(&self, members: &[Vec<Flow>]) -> Vec<Way> {
        let units: Vec<Unit> = self.units_of(members);
        let alone = members.iter().enumerate();
        let alone: Vec<_> = alone
            .map(|(at, list)| self.stays(&units, at, list))
            .collect();
        let costs: Vec<u64> = units.iter().map(|unit| self.cost_of(unit)).collect();
        let shared = || costs.iter().zip(&alone).filter(|(_, why)| why.is_none());
        let most = shared().map(|(cost, _)| *cost).max().unwrap_or(0);
        let sum = shared().fold(0_u64, |sum, (cost, _)| sum.saturating_add(*cost));
        let kept = units.iter().zip(&alone).filter(|(_, why)| why.is_none());
        let kept: u64 = kept.map(|(unit, _)| self.kept_bytes(unit)).sum();
        let gain = (sum - most).saturating_sub(kept / BYTES);
        let all = match shared().count() {
            0 | 1 => Some("no other member can run beside it"),
            _ if gain < self.options.share_from => Some(SOONER),
            _ => None,
        };
        let threads = alone.iter().map(|why| match why.or(all) {
            Some(why) => Threads::Alone(why),
            None => Threads::Shared,
        });
        threads.zip(costs).collect()
    }

    fn units_of(&self, members: &[Vec<Flow>]) -> Vec<Unit> {
        let unit = |list: &Vec<Flow>| Unit::group(self.typed, list);
        members.iter().map(unit).collect()
    }

    /// What a run of each of its processes costs.
    fn cost_of(&self, unit: &Unit) -> u64 {
        let costs = unit.processes.iter().map(|id| self.cost_of_process(*id));
        costs.fold(0, u64::saturating_add)
    }

    /// Why a member runs on the thread of the run, if it is not for its size.
    fn stays(&self, units: &[Unit], at: usize, list: &[Flow]) -> Option<&'static str> {
        let unit = units.get(at)?;
        let typed = self.typed;
        let written = self.written(unit);
        let any =
            |test: &dyn Fn(ProcessId) -> bool| unit.processes.iter().any(|id| test(*id));
        let writes = |test: &dyn Fn(FieldId) -> bool| written.iter().any(|id| test(*id));
        let others: Vec<&Unit> = units
            .iter()
            .enumerate()
            .filter_map(|(other, unit)| (other != at).then_some(unit))
            .collect();
        let touched =
            |field: FieldId| others.iter().any(|other| self.touches(other, field));
        // Members may count in one field, but not at the same time.
        let met = |field: FieldId| {
            let counts = matches!(typed.fields[field].zone, Zone::Meta | Zone::Signal);
            counts
                && others
                    .iter()
                    .any(|other| self.written(other).contains(&field))
        };
        let more = !list
            .iter()
            .all(|flow| matches!(flow.kind, FlowKind::Run(_)));
        let reasons: [(bool, &'static str); 13] = [
            (
                !self.options.strict,
                "without `strict` a failure undoes nothing",
            ),
            (more, "it holds more than processes"),
            (
                any(&|id| self.is_shared(id)),
                "its elements run on several threads",
            ),
            (
                any(&|id| is_isolated(&typed.processes[id])),
                "each of its elements is a transaction of its own",
            ),
            (
                self.tally.steps.is_some()
                    || self.tally.load.is_some()
                        && any(&|id| typed.processes[id].budget.is_some()),
                "the steps of a tick are counted as they go",
            ),
            (any(&|id| self.is_timed(id)), "its time is measured"),
            (
                self.is_named_by_rules(&written, &others),
                "an audit has a rule about what it and another member write",
            ),
            (
                writes(&|id| {
                    typed.fields[id].zone == Zone::Heavy
                        && typed.fields[id].swap.is_none()
                }),
                "a failure leaves the heavy fields half-written that it writes",
            ),
            (
                writes(&|id| typed.fields[id].swap.is_some() && touched(id)),
                "another member touches the buffers that it writes",
            ),
            (
                writes(&|id| typed.ttl_of(typed.fields[id].ty).is_some()),
                "what it writes leaves with time",
            ),
            (
                writes(&|id| self.has_queries(id)),
                "it writes a pool that has queries",
            ),
            (
                any(&|id| self.sees_others(id)),
                "its elements see the others as they were",
            ),
            (writes(&met), "another member counts in the same field"),
        ];
        let found = reasons.into_iter().find(|(is_so, _)| *is_so);
        found.map(|(_, why)| why)
    }

    /// Whether rules about these fields name what others write: a rule is tested by the thread that
    /// commits.
    fn is_named_by_rules(&self, written: &[FieldId], others: &[&Unit]) -> bool {
        let rules = self.watched_by(written);
        let rules = rules.iter().filter_map(|rule| self.log.rules.get(*rule));
        let named: Vec<FieldId> =
            rules.flat_map(|rule| rule.fields.iter().copied()).collect();
        let writes = |other: &&Unit| {
            let written = self.written(other);
            written.iter().any(|field| named.contains(field))
        };
        others.iter().any(writes)
    }

    fn is_timed(&self, id: ProcessId) -> bool {
        let process = &self.typed.processes[id];
        process.deadline.is_some() || self.is_told_of(id) || measures(process)
    }

    fn sees_others(&self, id: ProcessId) -> bool {
        let process = &self.typed.processes[id];
        let each = process.each.as_ref();
        each.is_some_and(|each| looks_around(process, each))
    }

    fn has_queries(&self, field: FieldId) -> bool {
        match self.typed.types.kind(self.typed.fields[field].ty) {
            TyKind::Pool(_, _, rules) => !rules.queries.is_empty(),
            _ => false,
        }
    }

    fn touches(&self, unit: &Unit, field: FieldId) -> bool {
        self.written(unit).contains(&field) || self.read(unit).contains(&field)
    }

    /// What the members of each group write that threads run.
    pub(crate) fn shared_groups(&self) -> Vec<Unit> {
        let mut found = Vec::new();
        for pipeline in self.typed.pipelines.values() {
            each_flow(&pipeline.body, &mut |flow| {
                if let FlowKind::Par(members) = &flow.kind {
                    let unit = self.shared_unit(members, &self.members_of(members));
                    found.extend(Some(unit).filter(|unit| !unit.processes.is_empty()));
                }
            });
        }
        found
    }

    /// Fields of which members touch different parts.
    fn parted(&self, members: &[Vec<Flow>]) -> Vec<FieldId> {
        let units = self.units_of(members);
        let touched = |unit: &Unit| {
            let mut fields = self.written(unit);
            fields.extend(self.read(unit));
            fields.sort_unstable();
            fields.dedup();
            fields
        };
        let mut all: Vec<FieldId> = units.iter().flat_map(touched).collect();
        all.sort_unstable();
        let pairs = all.windows(2).filter(|pair| pair.first() == pair.last());
        pairs.filter_map(|pair| pair.first().copied()).collect()
    }

    /// The members that threads run.
    fn shared_unit(&self, members: &[Vec<Flow>], how: &[Way]) -> Unit {
        let units = self.units_of(members).into_iter().zip(how);
        let shared = units.filter(|(_, (threads, _))| *threads == Threads::Shared);
        Unit {
            processes: shared.flat_map(|(unit, _)| unit.processes).collect(),
            ..Unit::default()
        }
    }

    /// Says of the processes of members how they are run.
    fn note_members(&mut self, members: &[Vec<Flow>], how: &[Way]) {
        for (unit, (threads, _)) in self.units_of(members).into_iter().zip(how) {
            for id in unit.processes {
                let index = self.process_index(id);
                self.note_member(index, *threads);
            }
        }
    }

    /// Says of a process in the pipeline that is being lowered how it is run.
    fn note_member(&mut self, process: u32, threads: Threads) {
        let pipeline = self.image.pipelines.len();
        self.image.members.push(Member {
            pipeline,
            process,
            threads,
        });
    }

    /// A share for members of a group of that pipeline is one function after all.
    pub(crate) fn take_back(
        &mut self,
        pipeline: usize,
        processes: &[u32],
        why: &'static str,
    ) {
        for member in &mut self.image.members {
            if member.pipeline == pipeline && processes.contains(&member.process) {
                member.threads = Threads::Alone(why);
            }
        }
    }
}

impl<'a> FnCx<'_, 'a> {
    /// A group: a failed member does not keep the others from committing; handlers run when
    /// all have ended.
    pub(crate) fn group(&mut self, members: &'a [Vec<Flow>], span: Span) {
        let how = self.cx.members_of(members);
        self.cx.note_members(members, &how);
        let again = self.run_members(members, &how);
        let mut pendings: Vec<(Place, Vec<_>)> = Vec::new();
        let zero = self.b.iconst(Repr::I64, 0);
        for _ in members {
            let addr = self.raw_temp(8 * PENDING_WORDS, 8);
            self.b.store(zero, addr, 0);
            pendings.push((Place::own(addr, Ty::I64), Vec::new()));
        }
        for ((member, how), (pending, failures)) in
            members.iter().zip(how).zip(&mut pendings)
        {
            let next = self.b.new_block();
            if let (Threads::Shared, Some(again)) = (how.0, again) {
                let run = self.b.cold_block();
                self.b.branch(again, run, next);
                self.b.switch_to(run);
            }
            let group = Group {
                pending: *pending,
                next,
                failures: Vec::new(),
            };
            let outer = self.group.replace(group);
            self.flow_list(member);
            if let Some(group) = std::mem::replace(&mut self.group, outer) {
                *failures = group.failures;
            }
            self.b.jump(next, &[]);
            self.b.switch_to(next);
        }
        for (pending, failures) in pendings {
            self.resume(pending, &failures, span);
        }
    }

    /// Runs those members that threads run; whether they must be run again, because one has
    /// failed.
    fn run_members(&mut self, members: &'a [Vec<Flow>], how: &[Way]) -> Option<Value> {
        let unit = self.cx.shared_unit(members, how);
        if unit.processes.is_empty() {
            return None;
        }
        let count = how
            .iter()
            .filter(|(threads, _)| *threads == Threads::Shared);
        let count = i64::try_from(count.count()).unwrap_or(0);
        let begun = self.begin_whole(&unit);
        let func = self.lower_members(members, how, &unit);
        let (first, end) = (self.b.iconst(Repr::I64, 0), self.b.iconst(Repr::I64, count));
        let turn = self.turn.unwrap_or(first);
        let status = self.b.call(func, &[first, end, turn], &[STATUS]);
        let status = status.first().copied()?;
        let failed = self.status_flag(status);
        let (back, keep, on) =
            (self.b.cold_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(failed, back, keep);
        self.b.switch_to(back);
        self.undo(&begun);
        self.reset_scratch();
        self.b.jump(on, &[]);
        self.b.switch_to(keep);
        self.commit(&begun);
        self.b.jump(on, &[]);
        self.b.switch_to(on);
        self.stamp = None;
        Some(failed)
    }

    /// `fn(lo, hi, turn) -> status`: runs those members, the longest first.
    fn lower_members(
        &mut self,
        members: &'a [Vec<Flow>],
        how: &[Way],
        unit: &Unit,
    ) -> FuncId {
        let first = unit
            .processes
            .first()
            .map_or("", |id| &self.cx.typed.processes[*id].head.name);
        let name = format!("share.par.{first}");
        let func = self.cx.declare(&name);
        let (turn, runs) = (self.turn.is_some(), self.runs.clone());
        let parted = self.cx.parted(members);
        let mut fx = FnCx::new(self.cx, &name, &[Repr::I64; 3], &[STATUS]);
        fx.counts = Counts::quiet();
        fx.make_header(None);
        fx.runs = runs;
        fx.parted = parted;
        fx.frame = fx.push_frame(&EMPTY, Vec::new());
        fx.callee_status = Some(fx.temp(Ty::I32));
        let leave = fx.b.new_block();
        fx.b.param(leave, STATUS);
        if let [lo, hi, at] = fx.b.params()[..] {
            fx.turn = turn.then_some(at);
            fx.counted(lo, hi, |cx, n| cx.one_member(members, how, n));
        }
        let ok = fx.b.iconst(STATUS, 0);
        fx.b.jump(leave, &[ok]);
        fx.return_failures(None);
        let (mut lowered, scratch) = fx.finish(leave);
        lowered.keep = true;
        lowered.share = Some(1);
        self.cx.scratch.insert(func, scratch);
        self.cx.funcs[func] = lowered;
        let ids = unit.processes.iter();
        let indices = ids.map(|id| self.cx.process_index(*id)).collect();
        let pipeline = self.cx.image.pipelines.len();
        self.cx.shares.add_members(func, pipeline, indices);
        func
    }

    /// The member of that number.
    fn one_member(&mut self, members: &'a [Vec<Flow>], how: &[Way], n: Value) {
        let mut order: Vec<usize> = Vec::new();
        for (at, (threads, _)) in how.iter().enumerate() {
            if *threads == Threads::Shared {
                order.push(at);
            }
        }
        order.sort_by_key(|at| std::cmp::Reverse(how.get(*at).map(|(_, cost)| *cost)));
        let next = self.b.new_block();
        let blocks: Vec<(usize, Block)> =
            order.iter().map(|at| (*at, self.b.new_block())).collect();
        let cases: Vec<(i64, Block)> = (0_i64..)
            .zip(&blocks)
            .map(|(n, (_, block))| (n, *block))
            .collect();
        self.b.switch(n, &cases, next);
        // In the order of the text: that is how runs of a process are told apart.
        for (at, member) in members.iter().enumerate() {
            let Some((_, block)) = blocks.iter().find(|(of, _)| *of == at) else {
                for id in Unit::group(self.cx.typed, member).processes {
                    *self.runs.entry(id).or_default() += 1;
                }
                continue;
            };
            self.b.switch_to(*block);
            self.flow_list(member);
            self.b.jump(next, &[]);
        }
        self.b.switch_to(next);
    }
}
