//! Counts of elements that several threads run: each element adds to a word of its own, and what
//! all have added goes to the field when the last has ended, in the order of elements.
//!
//! Whole numbers that are added are never negative, so the sum runs over where adding one by one
//! does, and then the process is run on one thread, which tells where. Floats are added one by one,
//! as they were sent: what one element adds must be one number. A signal is raised if anyone raises it.

use theus_abi::Repr;
use theus_abi::image::Zone;
use theus_contract::{ReadKind, WriteKind};
use theus_hir::item::Each;
use theus_hir::walk::each_stmt;
use theus_hir::{
    Block as Body, ExprKind, FieldId, ProcessId, Stmt, StmtKind, Ty, TyKind,
};
use theus_mir::{BinaryOp, Block, Value};

use crate::access::root_field;
use crate::frame::{FieldBinding, FnCx};
use crate::place::Place;
use crate::program::Cx;

/// Bytes of what an element adds to a field.
const WORD: u32 = 8;

/// What elements do to a field that is not theirs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Add {
    /// They add whole numbers.
    Count,
    /// Each adds one float at most.
    Sum,
    /// They make it true.
    Raise,
}

/// The fields that elements add to, each with what it starts from.
pub(crate) type Adds = Vec<(FieldId, u32)>;

impl Cx<'_> {
    /// The meta fields and signals that the elements of a process only add to.
    pub(crate) fn adds_of(&self, id: ProcessId) -> Vec<FieldId> {
        let print = self.sound.footprints().process(id);
        let writes = print.writes.keys();
        let mut fields: Vec<FieldId> =
            writes.filter_map(|(place, _)| place.in_field()).collect();
        fields.sort_unstable();
        fields.dedup();
        fields.retain(|field| self.only_adds(id, *field));
        fields
    }

    /// What elements do to a field, if it is of a type to which something is added.
    fn add_to(&self, field: FieldId) -> Option<Add> {
        let def = &self.typed.fields[field];
        if !matches!(def.zone, Zone::Meta | Zone::Signal) || def.range.is_some() {
            return None;
        }
        match self.typed.types.kind(def.ty) {
            TyKind::Int(_) => Some(Add::Count),
            TyKind::Float(_) => Some(Add::Sum),
            TyKind::Bool => Some(Add::Raise),
            _ => None,
        }
    }

    fn only_adds(&self, id: ProcessId, field: FieldId) -> bool {
        let Some(add) = self.add_to(field) else {
            return false;
        };
        let due = match add {
            Add::Count => WriteKind::Count,
            Add::Sum => WriteKind::Add,
            Add::Raise => WriteKind::Raise,
        };
        let print = self.sound.footprints().process(id);
        let of = |place: &theus_contract::Place| place.in_field() == Some(field);
        let mut writes = print.writes.keys().filter(|(place, _)| of(place));
        let mut reads = print.reads.keys().filter(|(place, _)| of(place));
        let plain = writes.all(|(_, how)| *how == due)
            && reads.all(|(_, how)| *how == ReadKind::Own);
        let body = &self.typed.processes[id].body.block;
        plain
            && match add {
                Add::Count => self.adds_up(body, field),
                Add::Sum => adds_once(body, field),
                Add::Raise => true,
            }
    }

    /// Whether what is added to a signed field is never negative.
    fn adds_up(&self, body: &Body, field: FieldId) -> bool {
        let ty = self.typed.fields[field].ty;
        let signed = matches!(self.typed.types.kind(ty), TyKind::Int(int) if int.signed);
        let mut known = true;
        each_stmt(body, &mut |stmt| {
            if let StmtKind::OpAssign(target, _, value) = &stmt.kind
                && root_field(target) == Some(field)
            {
                known &= matches!(value.kind, ExprKind::Int(value) if value >= 0);
            }
        });
        known || !signed
    }

    /// Where the elements of a process add to its fields.
    fn place_adds(&self, id: ProcessId, each: &Each) -> Adds {
        let most = u32::try_from(self.most_elements(each)).unwrap_or(0);
        let starts = (0_u32..).map(|n| n.saturating_mul(most).saturating_mul(WORD));
        let starts = starts.map(|at| self.adds_start.saturating_add(at));
        self.adds_of(id).into_iter().zip(starts).collect()
    }

    /// Reserves room for what elements add.
    pub(crate) fn reserve_adds(&mut self) {
        let mut most = 0;
        for (id, process) in self.typed.run_processes() {
            if let Some(each) = &process.each
                && self.is_shared(id)
            {
                let words = self.adds_of(id).len() as u64 * self.most_elements(each);
                most = most.max(words * u64::from(WORD));
            }
        }
        if most > 0 {
            self.adds_start = self.reserve(most, 64);
        }
    }
}

/// Whether a body adds to a field once at most: no loop and no closure does.
fn adds_once(body: &Body, field: FieldId) -> bool {
    let mut all = 0;
    each_stmt(body, &mut |stmt| all += usize::from(is_add(stmt, field)));
    let (most, seen) = adds_in(body, field);
    most <= 1 && seen == all
}

fn is_add(stmt: &Stmt, field: FieldId) -> bool {
    match &stmt.kind {
        StmtKind::OpAssign(target, ..) => root_field(target) == Some(field),
        _ => false,
    }
}

/// How often a block adds to a field at most, and how many of its statements do, loops and
/// closures not counted.
fn adds_in(body: &Body, field: FieldId) -> (usize, usize) {
    let ways = |ways: Vec<&Body>| {
        let ways = ways.into_iter().map(|way| adds_in(way, field));
        ways.fold((0_usize, 0_usize), |(most, seen), way| {
            (most.max(way.0), seen + way.1)
        })
    };
    let of_stmt = |stmt: &Stmt| match &stmt.kind {
        StmtKind::If(_, then, other) => ways(vec![then, other]),
        StmtKind::Match(_, arms) => ways(arms.iter().map(|arm| &arm.body).collect()),
        StmtKind::Block(block) => ways(vec![block]),
        _ => {
            let adds = usize::from(is_add(stmt, field));
            (adds, adds)
        }
    };
    let stmts = body.stmts.iter().map(of_stmt);
    stmts.fold((0, 0), |(most, seen), stmt| (most + stmt.0, seen + stmt.1))
}

impl FnCx<'_, '_> {
    /// In a share: its elements have added nothing.
    pub(crate) fn begin_adds(
        &mut self,
        (id, each): (ProcessId, &Each),
        lo: Value,
        hi: Value,
    ) {
        self.adds = self.cx.place_adds(id, each);
        if self.adds.is_empty() {
            return;
        }
        let adds = self.adds.clone();
        self.counted(lo, hi, |cx, slot| {
            for (field, start) in adds {
                let ty = cx.cx.typed.fields[field].ty;
                let word = cx.add_word(start, slot, ty);
                let nothing = match cx.cx.add_to(field) {
                    // Whatever it is added to stays as it is: 0 made a 0 of a -0.
                    Some(Add::Sum) => cx.float_literal(-0.0, ty),
                    Some(Add::Count | Add::Raise) | None => {
                        let repr = cx.cx.repr(ty).unwrap_or(Repr::I64);
                        cx.b.iconst(repr, 0)
                    }
                };
                cx.store(word, nothing);
            }
        });
    }

    /// In a share: what the element at hand adds to fields.
    pub(crate) fn bind_adds(&mut self, slot: Value) {
        for (field, start) in self.adds.clone() {
            let ty = self.cx.typed.fields[field].ty;
            let place = self.add_word(start, slot, ty);
            let (old, seen) = (None, None);
            self.fields.insert(field, FieldBinding { place, old, seen });
        }
    }

    fn add_word(&mut self, start: u32, slot: Value, ty: Ty) -> Place {
        let base = self.b.base(start);
        Place::own(self.b.element(base, slot, WORD), ty)
    }

    /// Adds what elements have added to the fields; goes to `again` if a sum runs over.
    pub(crate) fn end_adds(
        &mut self,
        (id, each): (ProcessId, &Each),
        (lo, hi): (Value, Value),
        again: Block,
    ) {
        let mut sums = Vec::new();
        for (field, start) in self.cx.place_adds(id, each) {
            let Some(add) = self.cx.add_to(field) else {
                continue;
            };
            let place = self.context_place(field);
            let sum = self.temp(place.ty);
            self.copy(sum, place, false);
            self.counted(lo, hi, |cx, slot| {
                let word = cx.add_word(start, slot, place.ty);
                let (before, more) = (cx.load(sum), cx.load(word));
                let after = match add {
                    Add::Count => cx.add_whole((before, more), place.ty, again),
                    Add::Sum => cx.b.binary(BinaryOp::Fadd, before, more),
                    Add::Raise => cx.b.binary(BinaryOp::Or, before, more),
                };
                cx.store(sum, after);
            });
            sums.push((place, sum));
        }
        for (place, sum) in sums {
            self.copy(place, sum, true);
        }
    }

    fn add_whole(&mut self, (a, b): (Value, Value), ty: Ty, again: Block) -> Value {
        let over = match self.is_signed(ty) {
            true => BinaryOp::SaddOvf,
            false => BinaryOp::UaddOvf,
        };
        let over = self.b.binary(over, a, b);
        let on = self.b.new_block();
        self.b.branch(over, again, on);
        self.b.switch_to(on);
        self.b.binary(BinaryOp::Iadd, a, b)
    }
}
