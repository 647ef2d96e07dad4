//! The audit log: one function writes its entries, from cold places only.

use theus_abi::audit::{ARGS, ENTRIES, ENTRY, EVENT_BITS, Event, HEAD, LATCH};
use theus_abi::host::HostWord;
use theus_abi::{Fault, Repr, Shape, header};
use theus_hir::{FieldId, Level, ProcessId};
use theus_mir::builder::FuncBuilder;
use theus_mir::{BinaryOp, FuncId, Value};

use crate::audit::Watched;
use crate::frame::{Failure, FnCx};
use crate::program::Cx;
use crate::site::{STATUS, failure_number};

/// The log, and what writes to it.
#[derive(Default)]
pub(crate) struct Log<'a> {
    /// Offset of the log, and the function that writes an entry: `fn(what)`.
    pub(crate) place: Option<(u32, FuncId)>,
    /// Rules of audits, in order.
    pub(crate) rules: Vec<Watched<'a>>,
    /// Offsets of the words of alerts, in order.
    pub(crate) alerts: Vec<u32>,
}

impl Cx<'_> {
    /// Gives the log, the counts of rules and the words of alerts their places. A program
    /// without any of them has no log.
    pub(crate) fn place_log(&mut self, at: &mut u64) {
        let rules = self.options.strict && !self.typed.audits.is_empty();
        if !rules && self.typed.alerts.is_empty() {
            return;
        }
        let bytes = |bytes: u64| Shape::Array {
            elem: Box::new(Shape::Uint(Repr::I64)),
            dims: vec![bytes / 8],
        };
        let shape = bytes(theus_abi::audit::size());
        let offset = self.keep_bytes("audit log".to_owned(), &shape, at);
        let func = self.declare("audit.log");
        self.log.place = Some((offset, func));
        self.image.log = Some(offset);
        if rules {
            self.place_rules(at);
        }
        for alert in &self.typed.alerts {
            let name = format!("alert {}", alert.head.name);
            let offset = self.keep_bytes(name, &bytes(16), at);
            self.log.alerts.push(offset);
        }
    }

    /// Whether the host tells how long a process takes.
    pub(crate) fn is_told_of(&self, id: ProcessId) -> bool {
        let mut told = self.typed.host.values();
        self.options.profile || told.any(|(_, process)| *process == Some(id))
    }

    /// Tells the VM of the words that it sets.
    pub(crate) fn index_host(&mut self) {
        for (field, (told, process)) in &self.typed.host {
            let process = process.map(|id| self.process_index(id));
            self.image.host.push(HostWord {
                told: *told,
                process,
                offset: self.offsets.get(field).copied().unwrap_or(0),
                name: self.typed.field_path(*field),
            });
        }
    }

    /// Fields of which something is kept in the log.
    pub(crate) fn watched_by(&self, written: &[FieldId]) -> Vec<usize> {
        let rules = self.log.rules.iter().enumerate();
        rules
            .filter(|(_, rule)| rule.fields.iter().any(|field| written.contains(field)))
            .map(|(at, _)| at)
            .collect()
    }

    /// The function that writes an entry: what is told comes in, the operands stand where
    /// those of a failure do.
    pub(crate) fn lower_log(&mut self) {
        let Some((log, func)) = self.log.place else {
            return;
        };
        let mut b = FuncBuilder::new("audit.log", &[Repr::I64], &[STATUS]);
        let what = b.params().first().copied();
        let what = what.unwrap_or_else(|| b.iconst(Repr::I64, 0));
        let (header, ring) = (b.base(0), b.base(log));
        let count = b.load(Repr::I64, ring, 0);
        let mask = b.iconst(Repr::I64, (ENTRIES - 1).cast_signed());
        let slot = b.binary(BinaryOp::And, count, mask);
        let size = b.iconst(Repr::I64, i64::from(ENTRY));
        let offset = b.binary(BinaryOp::Imul, slot, size);
        let first = b.base(log + HEAD);
        let entry = b.element(first, offset, 1);
        let tick = b.load(Repr::I64, header, header::TICK);
        let period = b.load(Repr::I64, header, header::PERIOD);
        let time = b.binary(BinaryOp::Imul, tick, period);
        for (value, at) in [(tick, 0), (time, 8), (what, 16), (count, 24)] {
            b.store(value, entry, at);
        }
        for (_, at) in (0..ARGS).zip((0_i32..).step_by(8)) {
            let value = b.load(Repr::I64, header, header::FAULT_ARGS + at);
            b.store(value, entry, 32 + at);
        }
        let one = b.iconst(Repr::I64, 1);
        let count = b.binary(BinaryOp::Iadd, count, one);
        b.store(count, ring, 0);
        let done = b.iconst(STATUS, 0);
        b.ret(&[done]);
        self.funcs[func] = b.finish();
    }
}

impl FnCx<'_, '_> {
    /// Writes an entry about a site or an alert.
    pub(crate) fn log(&mut self, event: Event, index: Value) {
        let Some((_, func)) = self.cx.log.place else {
            return;
        };
        let bits = self.b.iconst(Repr::I64, i64::from(EVENT_BITS));
        let high = self.b.binary(BinaryOp::Shl, index, bits);
        let low = self.b.iconst(Repr::I64, event as i64);
        let what = self.b.binary(BinaryOp::Or, high, low);
        self.b.call(func, &[what], &[STATUS]);
    }

    /// A process has failed: an entry about the site that the header names.
    pub(crate) fn log_failure(&mut self, event: Event) {
        if self.cx.log.place.is_none() || !self.strict {
            return;
        }
        let header = self.b.base(0);
        let site = self.b.load(Repr::I64, header, header::FAULT_SITE);
        self.log(event, site);
    }

    /// Stops everything until the program is started again: the site that the header names.
    pub(crate) fn stop_for_good(&mut self) {
        let Some((log, _)) = self.cx.log.place else {
            return;
        };
        let header = self.b.base(0);
        let site = self.b.load(Repr::I64, header, header::FAULT_SITE);
        let one = self.b.iconst(Repr::I64, 1);
        let site = self.b.binary(BinaryOp::Iadd, site, one);
        let at = self.b.base(log + LATCH);
        self.b.store(site, at, 0);
    }

    /// At the start of what the VM calls: nothing runs once a rule of level S is broken.
    pub(crate) fn refuse_latched(&mut self) {
        let grave = |rule: &Watched<'_>| rule.rule.level == Level::S;
        let Some((log, _)) = self.cx.log.place else {
            return;
        };
        if !self.cx.log.rules.iter().any(grave) {
            return;
        }
        let at = self.b.base(log + LATCH);
        let latch = self.b.load(Repr::I64, at, 0);
        let zero = self.b.iconst(Repr::I64, 0);
        let closed = self.b.binary(BinaryOp::Ine, latch, zero);
        let (refuse, on) = (self.b.cold_block(), self.b.new_block());
        self.b.branch(closed, refuse, on);
        self.b.switch_to(refuse);
        let one = self.b.iconst(Repr::I64, 1);
        let site = self.b.binary(BinaryOp::Isub, latch, one);
        let header = self.b.base(0);
        self.b.store(site, header, header::FAULT_SITE);
        let number = failure_number(Failure::Fault(Fault::Audit));
        let number = self.b.iconst(Repr::I64, number);
        self.note_kind(number);
        self.end_run(header::Status::Failed);
        self.b.switch_to(on);
    }
}
