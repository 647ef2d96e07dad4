//! How the results of instructions change from round to round.

use theus_abi::Repr;
use theus_mir::{BinaryOp, Func, Inst, UnaryOp, Value};

use super::kind::{self, Kind};
use super::plan::{Plan, factor};

impl Plan {
    pub(super) fn kind_of(&mut self, mir: &Func, inst: &Inst) -> Option<Kind> {
        match inst {
            Inst::Iconst { .. } | Inst::Fconst { .. } => Some(Kind::Same),
            Inst::Base { .. } | Inst::SlotAddr { .. } => Some(Kind::Same),
            Inst::Unary { op, repr, arg } => self.unary(mir, *op, *repr, *arg),
            Inst::Binary { op, args } => self.binary(mir, *op, *args),
            Inst::Ternary { op, args } if kind::chooses(*op) => self.select(mir, *args),
            Inst::Element { addr, index, scale } => {
                match (self.kind(*addr), self.kind(*index)) {
                    (Kind::Same, Kind::Same) => Some(Kind::Same),
                    (addr, index) => {
                        let by = step(index)?.checked_mul(i64::from(*scale))?;
                        Some(Kind::Step(step(addr)?.checked_add(by)?))
                    }
                }
            }
            Inst::Load {
                addr,
                invariant: true,
                ..
            } if self.kind(*addr) == Kind::Same => Some(Kind::Same),
            Inst::Load { repr, addr, .. } => {
                let size = i64::from(repr.size());
                (self.kind(*addr) == Kind::Step(size)).then_some(Kind::Lanes)
            }
            Inst::Store { value, addr, .. } => {
                let size = i64::from(mir.repr(*value).size());
                let fits =
                    matches!(self.kind(*value), Kind::Same | Kind::Lanes | Kind::Mask(_));
                (fits && self.kind(*addr) == Kind::Step(size)).then_some(Kind::Same)
            }
            Inst::Ternary { .. }
            | Inst::Math { .. }
            | Inst::Copy { .. }
            | Inst::Zero { .. }
            | Inst::Call { .. }
            | Inst::Host { .. } => None,
        }
    }

    fn unary(&mut self, mir: &Func, op: UnaryOp, to: Repr, arg: Value) -> Option<Kind> {
        let from = mir.repr(arg);
        match (self.kind(arg), op) {
            (Kind::Same, _) => Some(Kind::Same),
            (Kind::Step(by), UnaryOp::Zext | UnaryOp::Sext) => Some(Kind::Step(by)),
            (Kind::Mask(repr), UnaryOp::Not) => Some(Kind::Mask(repr)),
            (Kind::Ends, UnaryOp::Not) => Some(Kind::Ends),
            (Kind::TotalOverflow, UnaryOp::Not) => Some(Kind::TotalOverflow),
            (Kind::Lanes, _) => {
                let good =
                    kind::resizes(op, from, to) || (from == to && kind::unary(op, to));
                good.then_some(Kind::Lanes)
            }
            _ => None,
        }
    }

    fn binary(&mut self, mir: &Func, op: BinaryOp, args: [Value; 2]) -> Option<Kind> {
        let repr = mir.repr(args[0]);
        match (args.map(|arg| self.kind(arg)), op) {
            (
                [Kind::Total(_), Kind::Same | Kind::Lanes]
                | [Kind::Lanes, Kind::Total(_)],
                _,
            ) => self.total(op, args),
            ([Kind::Same, Kind::Same], _) if !op.is_guarded() => Some(Kind::Same),
            ([Kind::Step(by), Kind::Same], BinaryOp::Iadd | BinaryOp::Isub) => {
                Some(Kind::Step(by))
            }
            ([Kind::Same, Kind::Step(by)], BinaryOp::Iadd) => Some(Kind::Step(by)),
            ([Kind::Step(_), Kind::Same], _) if op.is_predicate() && ends(op) => {
                Some(Kind::Ends)
            }
            ([Kind::Same | Kind::Lanes, Kind::Same | Kind::Lanes], _)
                if op.is_predicate() =>
            {
                let known = self.ranges.never(mir, op, args)
                    || self.ranges.always(mir, op, args)
                    || factor(mir, op, args).is_some();
                (known || kind::predicate(op, repr)).then_some(Kind::Mask(repr))
            }
            ([Kind::Lanes, Kind::Same], _) if kind::shift(op, repr) => Some(Kind::Lanes),
            (
                [Kind::Mask(a), Kind::Mask(b)],
                BinaryOp::And | BinaryOp::Or | BinaryOp::Xor,
            ) => (a.bits() == b.bits()).then_some(Kind::Mask(a)),
            ([Kind::Same | Kind::Lanes, Kind::Same | Kind::Lanes], _) => {
                kind::binary(op, repr).then_some(Kind::Lanes)
            }
            _ => None,
        }
    }

    /// The sum with a running total, or its overflow: the next total is no value of a round.
    fn total(&mut self, op: BinaryOp, args: [Value; 2]) -> Option<Kind> {
        let at = args.iter().find_map(|arg| match self.kind(*arg) {
            Kind::Total(at) => Some(at),
            _ => None,
        })?;
        let total = self.totals.get_mut(at)?;
        let own = args.contains(&total.addend);
        match op {
            BinaryOp::Iadd if own => Some(Kind::TotalOverflow),
            BinaryOp::SaddOvf | BinaryOp::UaddOvf if own => {
                total.checked = Some(op == BinaryOp::SaddOvf);
                Some(Kind::TotalOverflow)
            }
            _ => None,
        }
    }

    fn select(&mut self, mir: &Func, [cond, a, b]: [Value; 3]) -> Option<Kind> {
        let plain = |kind: Kind| matches!(kind, Kind::Same | Kind::Lanes);
        let Kind::Mask(repr) = self.kind(cond) else {
            return None;
        };
        let good = plain(self.kind(a)) && plain(self.kind(b));
        let counted = self.constant(mir, a).is_some() && self.constant(mir, b).is_some();
        let same = repr.bits() == mir.repr(a).bits();
        let small = repr.bits() <= 32 && mir.repr(a).bits() <= 32;
        (good && (same || small || counted)).then_some(Kind::Lanes)
    }
}

fn step(kind: Kind) -> Option<i64> {
    match kind {
        Kind::Same => Some(0),
        Kind::Step(by) => Some(by),
        _ => None,
    }
}

/// Predicates that hold between two rounds if they hold at both.
const fn ends(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Ult
            | BinaryOp::Ule
            | BinaryOp::Slt
            | BinaryOp::Sle
            | BinaryOp::SaddOvf
            | BinaryOp::SsubOvf
            | BinaryOp::UaddOvf
            | BinaryOp::UsubOvf
    )
}
