//! Patterns: whether a value fits, and the values of the names.

use theus_hir::{Block as HirBlock, Expr, LocalId, Pat, Ty, TyKind};
use theus_mir::{BinaryOp, Block, Value};

use crate::frame::{Binding, FnCx};
use crate::place::{Place, low_bits};

/// What a pattern looks at: a value in a register, or in memory.
#[derive(Clone, Copy)]
pub(crate) enum Subject {
    Value(Value, Ty),
    Place(Place),
}

impl<'a> FnCx<'_, 'a> {
    /// What the patterns for an expression look at.
    pub(crate) fn subject(&mut self, value: &'a Expr) -> Subject {
        let ty = self.ty(value.ty);
        if self.is_scalar(ty) {
            Subject::Value(self.value(value), ty)
        } else {
            Subject::Place(self.place(value))
        }
    }

    /// `let (a, b) = value`, with a block that leaves where the pattern does not fit.
    pub(crate) fn unpack(
        &mut self,
        pat: &'a Pat,
        value: &'a Expr,
        otherwise: Option<&'a HirBlock>,
    ) {
        let subject = self.subject(value);
        let Some(otherwise) = otherwise else {
            return self.fit(pat, subject, None);
        };
        let (no, join) = (self.b.new_block(), self.b.new_block());
        self.fit(pat, subject, Some(no));
        self.b.jump(join, &[]);
        self.b.switch_to(no);
        self.block(otherwise);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    /// `let p = e` as a condition: goes to `no` where the value does not fit.
    pub(crate) fn let_or(&mut self, value: &'a Expr, pat: &'a Pat, no: Block) {
        let subject = self.subject(value);
        self.fit(pat, subject, Some(no));
    }

    /// `let p = e` as a value.
    pub(crate) fn let_value(&mut self, value: &'a Expr, pat: &'a Pat) -> Value {
        let result = self.temp(Ty::BOOL);
        let holds = self.b.bool(false);
        self.store(result, holds);
        let join = self.b.new_block();
        self.let_or(value, pat, join);
        let holds = self.b.bool(true);
        self.store(result, holds);
        self.b.jump(join, &[]);
        self.b.switch_to(join);
        self.load(result)
    }

    /// Goes to `no` if the value does not fit, else on, with the names of the pattern bound.
    /// Without `no` the value is known to fit.
    pub(crate) fn fit(&mut self, pat: &Pat, subject: Subject, no: Option<Block>) {
        if names_in_alternatives(pat) {
            self.make_places(pat, subject, &mut Vec::new());
            self.test(pat, subject, no, true);
            return;
        }
        if let Some(no) = no {
            self.test(pat, subject, Some(no), false);
        }
        self.bind_parts(pat, subject);
    }

    /// Memory for names that more than one alternative gives a value; `made` are those that have
    /// it. What they had elsewhere, as in another copy of a loop, is not known on every path here.
    fn make_places(&mut self, pat: &Pat, subject: Subject, made: &mut Vec<LocalId>) {
        if let Pat::Bind(local) = pat {
            if !made.contains(local) {
                let place = self.temp(self.subject_ty(subject));
                self.bind(*local, Binding::Place(place));
                made.push(*local);
            }
            return;
        }
        self.each_part(pat, subject, &mut |cx, part, subject| {
            cx.make_places(part, subject, made);
        });
    }

    const fn subject_ty(&self, subject: Subject) -> Ty {
        match subject {
            Subject::Value(_, ty) | Subject::Place(Place { ty, .. }) => ty,
        }
    }

    /// The parts of a pattern with what they look at.
    fn each_part(
        &mut self,
        pat: &Pat,
        subject: Subject,
        f: &mut dyn FnMut(&mut Self, &Pat, Subject),
    ) {
        match (pat, subject) {
            (Pat::Or(all), _) => all.iter().for_each(|one| f(self, one, subject)),
            (Pat::Some(inner), Subject::Place(place)) => {
                let (_, value) = self.option_parts(place);
                f(self, inner, Subject::Place(value));
            }
            (Pat::Members(parts), Subject::Place(place)) => {
                for (part, n) in parts.iter().zip(0_u32..) {
                    let at = self.member(place, n);
                    f(self, part, Subject::Place(at));
                }
            }
            (Pat::Variant(variant, parts), Subject::Place(place)) => {
                for (part, n) in parts.iter().zip(0_u32..) {
                    let at = self.payload_part(place, *variant, n);
                    f(self, part, Subject::Place(at));
                }
            }
            _ => {}
        }
    }

    /// The value of a scalar that a pattern looks at.
    fn scalar(&mut self, subject: Subject) -> Value {
        match subject {
            Subject::Value(value, _) => value,
            Subject::Place(place) => self.load(place),
        }
    }

    /// Goes to `no` if the value does not fit. With `bind`, names get their values on the way.
    fn test(&mut self, pat: &Pat, subject: Subject, no: Option<Block>, bind: bool) {
        match pat {
            Pat::Wild => {}
            Pat::Bind(local) => {
                if bind {
                    self.give(*local, subject);
                }
            }
            Pat::Or(all) => return self.one_of(all, subject, no, bind),
            Pat::None => self.tag_is(subject, 0, no),
            Pat::Some(_) => self.tag_is(subject, 1, no),
            Pat::Variant(n, _) => self.tag_is(subject, i64::from(*n), no),
            Pat::Members(_) => {}
            Pat::Int(_)
            | Pat::IntRange(..)
            | Pat::Float(_)
            | Pat::FloatRange(..)
            | Pat::Text(_)
            | Pat::Bool(_) => {
                if let Some(no) = no {
                    let hit = self.hit(pat, subject);
                    self.go_on_if(hit, no);
                }
            }
        }
        self.each_part(pat, subject, &mut |cx, part, subject| {
            cx.test(part, subject, no, bind);
        });
    }

    /// The first alternative that fits.
    fn one_of(&mut self, all: &[Pat], subject: Subject, no: Option<Block>, bind: bool) {
        let join = self.b.new_block();
        for (one, n) in all.iter().zip(1..) {
            if n == all.len() {
                self.test(one, subject, no, bind);
                break;
            }
            let next = self.b.new_block();
            self.test(one, subject, Some(next), bind);
            self.b.jump(join, &[]);
            self.b.switch_to(next);
        }
        self.b.jump(join, &[]);
        self.b.switch_to(join);
    }

    fn go_on_if(&mut self, holds: Value, no: Block) {
        let yes = self.b.new_block();
        self.b.branch(holds, yes, no);
        self.b.switch_to(yes);
    }

    /// The number that says which case a value is: of an enum, of an optional.
    pub(crate) fn tag(&mut self, subject: Subject) -> Value {
        let place = match subject {
            Subject::Value(value, _) => return value,
            Subject::Place(place) => place,
        };
        let tag = match self.cx.types.kind(place.ty) {
            TyKind::Option(_) => self.option_parts(place).0,
            _ => return self.variant_tag(place),
        };
        self.load(tag)
    }

    fn tag_is(&mut self, subject: Subject, n: i64, no: Option<Block>) {
        let Some(no) = no else { return };
        let tag = self.tag(subject);
        let same = self.is_const(tag, n);
        self.go_on_if(same, no);
    }

    /// Whether a scalar fits.
    fn hit(&mut self, pat: &Pat, subject: Subject) -> Value {
        if let (Pat::Text(text), Subject::Place(place)) = (pat, subject) {
            let (found, wanted) = (self.run_at(place), self.literal_run(text));
            return self.equal_runs(found, wanted);
        }
        let ty = self.subject_ty(subject);
        let value = self.scalar(subject);
        let repr = self.b.func().repr(value);
        match pat {
            Pat::Int(n) => self.is_const(value, low_bits(*n)),
            Pat::Bool(truth) => self.is_const(value, i64::from(*truth)),
            Pat::IntRange(lo, hi) => {
                let lo = self.b.iconst(repr, low_bits(*lo));
                let hi = self.b.iconst(repr, low_bits(*hi));
                self.between(value, (lo, hi, true), ty)
            }
            Pat::Float(x) => {
                let x = self.float_literal(*x, ty);
                self.b.binary(BinaryOp::Feq, value, x)
            }
            Pat::FloatRange(lo, hi, inclusive) => {
                let (lo, hi) = (self.float_literal(*lo, ty), self.float_literal(*hi, ty));
                self.between(value, (lo, hi, *inclusive), ty)
            }
            Pat::Wild
            | Pat::Bind(_)
            | Pat::Variant(..)
            | Pat::Members(_)
            | Pat::None
            | Pat::Some(_)
            | Pat::Text(_)
            | Pat::Or(_) => self.b.bool(true),
        }
    }

    pub(crate) fn is_const(&mut self, value: Value, n: i64) -> Value {
        let repr = self.b.func().repr(value);
        let n = self.b.iconst(repr, n);
        self.b.binary(BinaryOp::Ieq, value, n)
    }

    /// Writes the value to the place of a name.
    fn give(&mut self, local: LocalId, subject: Subject) {
        let Some(Binding::Place(to)) = self.current().locals.get(&local).copied() else {
            return;
        };
        match subject {
            Subject::Value(value, _) => self.store(to, value),
            Subject::Place(from) => self.copy(to, from, false),
        }
    }

    /// Gives the names of a pattern that fits their values.
    fn bind_parts(&mut self, pat: &Pat, subject: Subject) {
        let Pat::Bind(local) = pat else {
            return self.each_part(pat, subject, &mut |cx, part, subject| {
                cx.bind_parts(part, subject);
            });
        };
        let ty = self.subject_ty(subject);
        let known = self.current().body.locals.get(*local);
        let mutable = known.is_some_and(|known| known.mutable);
        if self.is_scalar(ty) && !mutable {
            let value = self.scalar(subject);
            self.bind(*local, Binding::Value(value));
            return;
        }
        let place = self.temp(ty);
        self.bind(*local, Binding::Place(place));
        self.give(*local, subject);
    }
}

/// Whether an alternative makes a name.
fn names_in_alternatives(pat: &Pat) -> bool {
    if let Pat::Or(_) = pat {
        let mut found = false;
        pat.each_local(&mut |_| found = true);
        return found;
    }
    pat.parts().iter().any(names_in_alternatives)
}
