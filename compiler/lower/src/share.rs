//! Shares: the elements of an `each` are run by several threads where that cannot be told.
//!
//! A share is a function for the elements `lo..hi`, which stores nothing but them, and what they
//! leave to be done when all have ended (`adds`, `outbox`). It reports no failure: one element that
//! fails is enough to put all of them back, and to do the process once more on one thread, which
//! fails at the lowest of those that do, as it always did. So a share needs no report, journal or
//! handler of its own, and what a run is does not depend on who has taken which part.

use theus_abi::Repr;
use theus_abi::image::{Site, SiteKind, Threads, Within, Zone};
use theus_hir::item::{Each, Process};
use theus_hir::{Expr, ExprKind, FieldId, ProcessId, Size, Ty, TyKind};
use theus_mir::{BinaryOp, FuncId, SiteId, Terminator, Value};

use crate::access::At;
use crate::each::Over;
use crate::frame::{FieldBinding, FnCx, Stream};
use crate::isolated::is_isolated;
use crate::place::{Home, Place};
use crate::program::{Cx, loc};
use crate::site::STATUS;
use crate::undo::Transaction;
use crate::unit::Unit;

/// A part of what is worth more than one thread is worth one.
const PARTS: u64 = 4;

/// What the site of failures is called until all is lowered.
const SITE: u32 = u32::MAX - 1;

/// Of the elements that a condition chooses from, one of so many is thought to be chosen.
const CHOSEN: u64 = 8;

/// Why what could be shared is not.
pub(crate) const SOONER: &str = "they are done sooner than another thread would begin";

/// The shares of a program.
#[derive(Default)]
pub(crate) struct Shares {
    /// Whether they can fail.
    fail: bool,
    /// Those of elements, each with the index of its process.
    elements: Vec<(FuncId, u32)>,
    /// Those of members, each with the indices of its pipeline and of its processes.
    members: Vec<(FuncId, usize, Vec<u32>)>,
}

impl Shares {
    /// A share for members of a group.
    pub(crate) fn add_members(
        &mut self,
        func: FuncId,
        pipeline: usize,
        processes: Vec<u32>,
    ) {
        self.members.push((func, pipeline, processes));
    }
}

impl Cx<'_> {
    /// How the elements of a process are run, and what one of them costs.
    pub(crate) fn elements_of(&self, id: ProcessId) -> (Threads, u64) {
        let process = &self.typed.processes[id];
        let Some(each) = &process.each else {
            return (Threads::None, 0);
        };
        if let Some(why) = self.alone(id, process, each) {
            return (Threads::Alone(why), 0);
        }
        let cost = self.cost_of_element(process, each);
        if self.cost_of_process(id) < self.options.share_from {
            return (Threads::Alone(SOONER), cost);
        }
        (Threads::Shared, cost)
    }

    /// What a run of a process costs.
    pub(crate) fn cost_of_process(&self, id: ProcessId) -> u64 {
        let process = &self.typed.processes[id];
        match &process.each {
            None => crate::cost::of_block(self.typed, &process.body.block).max(1),
            Some(each) => {
                let elements = self.elements_in_run(each).max(1);
                self.cost_of_element(process, each).saturating_mul(elements)
            }
        }
    }

    /// What an element costs, whether it is passed over or not.
    fn cost_of_element(&self, process: &Process, each: &Each) -> u64 {
        let body = crate::cost::of_block(self.typed, &process.body.block);
        let cost = match &each.filter {
            None => body,
            Some(filter) => {
                crate::cost::of_expr(self.typed, filter).saturating_add(body / CHOSEN)
            }
        };
        cost.max(1)
    }

    /// How many elements one run goes over at most, as far as the text says.
    fn elements_in_run(&self, each: &Each) -> u64 {
        let slice = each.slice.as_ref().and_then(|slice| {
            let default = |field: FieldId| self.typed.fields[field].default.as_ref();
            let known = |e: &Expr| match e.kind {
                ExprKind::Int(slice) => u64::try_from(slice).ok(),
                _ => None,
            };
            match slice.kind {
                ExprKind::Field(field) => default(field).and_then(known),
                _ => known(slice),
            }
        });
        let most = self.most_elements(each);
        slice.map_or(most, |slice| slice.min(most))
    }

    /// Whether the elements of a process are shared where it runs by itself.
    pub(crate) fn is_shared(&self, id: ProcessId) -> bool {
        self.elements_of(id).0 == Threads::Shared
    }

    /// Why the elements of a process run on one thread, if it is not for their size.
    fn alone(
        &self,
        id: ProcessId,
        process: &Process,
        each: &Each,
    ) -> Option<&'static str> {
        let field = &self.typed.fields[each.field];
        let ordered = self.typed.rules_of(field.ty);
        let ordered = ordered.is_some_and(|rules| !rules.keys.is_empty())
            || self.typed.ttl_of(field.ty).is_some();
        let elsewhere = self.elsewhere(id, process, each);
        let counts = |field: &FieldId| {
            let zone = self.typed.fields[*field].zone;
            matches!(zone, Zone::Meta | Zone::Signal)
        };
        let reasons: [(bool, &'static str); 9] = [
            (
                !self.options.strict,
                "without `strict` a failure undoes nothing",
            ),
            (
                each.isolated.is_some() && self.does_more(id, process),
                "each of them is a transaction of its own, which does more than write it",
            ),
            (
                process.budget.is_some() && !process.quotas.is_empty(),
                "they share a budget, of which what they add takes some",
            ),
            (
                self.tally.steps.is_some()
                    || self.tally.load.is_some() && process.budget.is_some(),
                "the steps of a tick are counted as they go",
            ),
            (
                field.zone != Zone::Data,
                "a failure leaves them half-written",
            ),
            (ordered, "they are kept in order, or leave with time"),
            (
                crate::outbox::are_freed(process)
                    && !self.typed.owned_by(each.field).is_empty(),
                "some of them are freed, with what belongs to them",
            ),
            (
                !elsewhere.is_empty() && elsewhere.iter().all(counts),
                "what they add to a field depends on the order of all additions",
            ),
            (!elsewhere.is_empty(), "they write more than themselves"),
        ];
        let found = reasons.into_iter().find(|(is_so, _)| *is_so);
        let found = found.map(|(_, why)| why);
        found.or_else(|| self.added_at_once(process, each))
    }

    /// The fields that elements write besides themselves, where that cannot wait until all have ended.
    fn elsewhere(&self, id: ProcessId, process: &Process, each: &Each) -> Vec<FieldId> {
        let mut written = self.written(&Unit::one(id));
        if self.most_elements(each) > 0 {
            let adds = self.adds_of(id);
            written.retain(|field| !adds.contains(field));
        }
        let rejects = each.isolated.and_then(|part| part.into);
        let sent = |field| process.quotas.iter().any(|sent| sent.field == field);
        written.retain(|field| {
            *field != each.field && !sent(*field) && rejects != Some(*field)
        });
        written
    }

    /// Whether elements that are transactions of their own do what is seen elsewhere.
    fn does_more(&self, id: ProcessId, process: &Process) -> bool {
        let written = self.written(&Unit::one(id));
        !process.quotas.is_empty()
            || crate::outbox::are_freed(process)
            || !self.adds_of(id).is_empty()
            || !self.watched_by(&written).is_empty()
    }

    pub(crate) fn most_elements(&self, each: &Each) -> u64 {
        let whole = self.typed.fields[each.field].ty;
        let ty = each.part.as_ref().map_or(whole, |part| part.ty);
        let size = match self.typed.types.kind(ty) {
            TyKind::Array(_, dims) => dims.first().copied(),
            TyKind::Pool(_, size, _) => Some(*size),
            _ => self.typed.list_parts(ty).map(|(_, size)| size),
        };
        match size {
            Some(Size::Const(size)) => size,
            Some(Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error) | None => 0,
        }
    }

    fn note_elements(&mut self, index: u32, threads: Threads) {
        let at = usize::try_from(index).unwrap_or(usize::MAX);
        if let Some(process) = self.image.processes.get_mut(at) {
            process.elements = threads;
        }
    }

    /// The site of failures in shares: it has its number when all is lowered, so that those of others
    /// do not depend on what is shared.
    pub(crate) fn share_site(&mut self) -> SiteId {
        self.shares.fail = true;
        SiteId::from_u32(SITE)
    }

    fn place_site(&mut self) {
        if !std::mem::take(&mut self.shares.fail) {
            return;
        }
        let number = u32::try_from(self.image.sites.len()).unwrap_or(u32::MAX);
        let first = self.typed.processes.values().next();
        self.image.sites.push(Site {
            kind: SiteKind::Share,
            loc: first.map_or_else(Default::default, |first| loc(first.head.span)),
            process: None,
            args: Vec::new(),
            call: None,
            within: Within::Entry,
        });
        for func in self.funcs.values_mut() {
            for block in func.blocks.values_mut() {
                if let Some(Terminator::Check { site, .. }) = &mut block.term
                    && site.as_u32() == SITE
                {
                    *site = SiteId::from_u32(number);
                }
            }
        }
    }

    /// A share that uses what there is only one of stays a function that is called once.
    pub(crate) fn settle_shares(&mut self) {
        self.place_site();
        let why = "they have locals of more than 32 KiB, or ask the host";
        for (func, process) in std::mem::take(&mut self.shares.elements) {
            if !self.settle_share(func) {
                self.note_elements(process, Threads::Alone(why));
            }
        }
        for (func, pipeline, processes) in std::mem::take(&mut self.shares.members) {
            if !self.settle_share(func) {
                self.take_back(pipeline, &processes, why);
            }
        }
    }

    fn settle_share(&mut self, func: FuncId) -> bool {
        let apart = theus_mir::stays_apart(&self.funcs, &self.image.sites, func);
        if !apart {
            self.funcs[func].share = None;
        }
        apart
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Runs the elements of a process from `start` to `stop`: in shares where that pays.
    pub(crate) fn run_elements(
        &mut self,
        over: Over<'a>,
        (start, stop): (Value, Value),
        begun: &Transaction,
    ) {
        let (elements, cost) = self.cx.elements_of(over.id);
        if elements != Threads::Shared {
            return self.elements(over, start, stop);
        }
        if self.atomic.is_some() {
            let why = "others in its `atomic` group may have written them";
            if let Some(index) = self.process {
                self.cx.note_elements(index, Threads::Alone(why));
            }
            return self.elements(over, start, stop);
        }
        self.touch_elements(over, start, stop);
        let func = self.lower_share(over, cost);
        let turn = match self.turn {
            Some(turn) => turn,
            None => self.b.iconst(Repr::I64, 0),
        };
        let status = self.b.call(func, &[start, stop, turn], &[STATUS]);
        let Some(status) = status.first().copied() else {
            return;
        };
        let failed = self.status_flag(status);
        if over.each.isolated.is_some() {
            return self.fail_again(over, (start, stop), failed);
        }
        let (again, good, done) =
            (self.b.cold_block(), self.b.new_block(), self.b.new_block());
        self.b.branch(failed, again, good);
        self.b.switch_to(good);
        self.end_steps(over, (start, stop), again);
        self.empty_boxes(over, (start, stop), again);
        // What elements count survives a failure, so it comes last.
        self.end_adds((over.id, over.each), (start, stop), again);
        self.b.jump(done, &[]);
        self.b.switch_to(again);
        self.end_arena();
        self.put_back(begun);
        self.elements(over, start, stop);
        self.b.jump(done, &[]);
        self.b.switch_to(done);
    }

    /// Keeps the elements in the journal, if they are in it: shares store them as they are.
    fn touch_elements(&mut self, over: Over<'a>, start: Value, stop: Value) {
        let own = self.fields.get(&over.each.field);
        if own.is_none_or(|own| own.place.home != Home::Journal) {
            return;
        }
        let some = self.b.binary(BinaryOp::Slt, start, stop);
        self.if_holds(some, |cx| {
            let part = cx.each_collection(over.each);
            let place = Place {
                home: Home::Journal,
                ..part
            };
            let (first, end) = (cx.slot_place(place, start), cx.slot_place(place, stop));
            if let (Some(first), Some(end)) = (first, end) {
                cx.touch_between(first, end);
            }
        });
    }

    /// The element in a slot, or where one would be.
    pub(crate) fn slot_place(&mut self, first: Place, slot: Value) -> Option<Place> {
        if let Some(pool) = self.pool_at(first) {
            return Some(self.pool_elem(pool, slot));
        }
        if let Some(list) = self.list_of(first) {
            return Some(self.list_slot(list, At::Value(slot)));
        }
        let (elem, _) = self.row_of(first.ty)?;
        let size = self.size(elem);
        Some(self.element_at(first, elem, size, At::Value(slot)))
    }

    /// `fn(lo, hi, turn) -> status`: runs those elements.
    fn lower_share(&mut self, over: Over<'a>, cost: u64) -> FuncId {
        let Over { id, each, .. } = over;
        let process = &self.cx.typed.processes[id];
        let name = format!("share.{}", process.head.name);
        let func = self.cx.declare(&name);
        let (stream, index) = (self.stream, self.process);
        let turn = self.turn.is_some();
        let counts = self.counts.shared();
        let mut fx = FnCx::new(self.cx, &name, &[Repr::I64; 3], &[STATUS]);
        fx.counts = counts;
        fx.process = index;
        fx.make_header(each.scratch.map(|(bytes, _)| bytes));
        fx.element_scratch = fx.own.map(|own| own.next);
        fx.frame = fx.push_frame(&process.body, process.generics.clone());
        if let Some(Stream { name, .. }) = stream {
            let draws = fx.temp(Ty::U64);
            fx.stream = Some(Stream { name, draws });
        }
        if is_isolated(process) {
            fx.callee_status = Some(fx.temp(Ty::I32));
        }
        let leave = fx.b.new_block();
        fx.b.param(leave, STATUS);
        if let [lo, hi, at] = fx.b.params()[..] {
            fx.turn = turn.then_some(at);
            let place = fx.context_place(each.field);
            let (old, seen) = (None, None);
            let own = FieldBinding { place, old, seen };
            fx.fields.insert(each.field, own);
            let front = over.front.map(|front| fx.front_place(front.ty));
            let first = fx.each_collection(each);
            let inner = Over {
                first,
                front,
                ..over
            };
            fx.begin_adds((id, each), lo, hi);
            fx.begin_boxes(id, lo, hi);
            fx.begin_steps(process);
            fx.elements(inner, lo, hi);
            fx.note_steps(process, lo);
        }
        let ok = fx.b.iconst(STATUS, 0);
        fx.b.jump(leave, &[ok]);
        fx.return_failures(None);
        let (mut lowered, scratch) = fx.finish(leave);
        lowered.keep = true;
        let part = self.cx.options.share_from / PARTS / cost;
        lowered.share = Some(u32::try_from(part.max(1)).unwrap_or(u32::MAX));
        self.cx.scratch.insert(func, scratch);
        self.cx.funcs[func] = lowered;
        if let Some(index) = index {
            self.cx.shares.elements.push((func, index));
        }
        func
    }
}
