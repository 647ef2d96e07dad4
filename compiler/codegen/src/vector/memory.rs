//! Which loads and stores of a loop may be reordered: those that touch no common byte.

use theus_mir::{BinaryOp, Func, Inst, InstId, Value};

use super::plan::{Plan, def};

impl Plan {
    /// Which loads and stores must be apart for whole blocks of rounds to run at once.
    pub(super) fn memory(&mut self, mir: &Func) -> Option<()> {
        let mut stores: Vec<InstId> = Vec::new();
        let mut loads: Vec<InstId> = Vec::new();
        for &id in &self.insts {
            let (addr, offset) = match &mir.insts[id] {
                Inst::Load { addr, offset, .. } | Inst::Store { addr, offset, .. } => {
                    (*addr, *offset)
                }
                _ => continue,
            };
            let same = |other: &InstId| match &mir.insts[*other] {
                Inst::Load {
                    addr: a, offset: o, ..
                }
                | Inst::Store {
                    addr: a, offset: o, ..
                } => (*a, *o) == (addr, offset),
                _ => false,
            };
            let is_store = matches!(mir.insts[id], Inst::Store { .. });
            if stores.iter().any(same) {
                return None;
            }
            let others = stores.iter().chain(loads.iter().filter(|_| is_store));
            for other in others.filter(|other| !same(other)) {
                if !distinct(root(mir, *other), root(mir, id)) {
                    self.apart.push((*other, id));
                }
            }
            if is_store { &mut stores } else { &mut loads }.push(id);
        }
        (!stores.is_empty() || !self.totals.is_empty()).then_some(())
    }
}

/// What an address starts from, if that is known: checks keep every access inside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Root {
    Contexts,
    /// A heavy field, by the place of its word.
    Heavy(i64),
    Slot(theus_mir::Slot),
}

fn root(mir: &Func, access: InstId) -> Option<Root> {
    let (Inst::Load { addr, .. } | Inst::Store { addr, .. }) = &mir.insts[access] else {
        return None;
    };
    let mut at = *addr;
    for _ in 0..32 {
        at = match def(mir, at)?.1 {
            Inst::Base { .. } => return Some(Root::Contexts),
            Inst::SlotAddr { slot } => return Some(Root::Slot(*slot)),
            Inst::Element { addr, index, .. } => {
                let zero = matches!(def(mir, *addr), Some((_, Inst::Base { offset: 0 })));
                if let (true, Some(word)) = (zero, word(mir, *index)) {
                    return Some(Root::Heavy(word));
                }
                *addr
            }
            Inst::Binary {
                op: BinaryOp::Iadd,
                args: [addr, by],
            } => {
                def(mir, *by).filter(|(_, by)| matches!(by, Inst::Iconst { .. }))?;
                *addr
            }
            _ => return None,
        };
    }
    None
}

/// The place of the word of a heavy field that a value is.
fn word(mir: &Func, value: Value) -> Option<i64> {
    let Inst::Load {
        addr,
        offset,
        invariant: true,
        ..
    } = def(mir, value)?.1
    else {
        return None;
    };
    match def(mir, *addr)?.1 {
        Inst::Base { offset: start } => Some(i64::from(*start) + i64::from(*offset)),
        _ => None,
    }
}

fn distinct(a: Option<Root>, b: Option<Root>) -> bool {
    a.zip(b).is_some_and(|(a, b)| a != b)
}
