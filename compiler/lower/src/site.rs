//! Checks and their sites: every failure has a place, operands and a kind.

use theus_abi::image::{ArgKind, Call, Site, SiteKind, Within};
use theus_abi::{Fault, Repr, header};
use theus_grammar::Span;
use theus_hir::{ErrorId, Ty, TyKind, Types};
use theus_mir::{Block, SiteId, UnaryOp, Value};

use crate::frame::{Failure, FnCx};
use crate::program::{index, loc};

/// An operand of a report: its label and value.
pub(crate) type Operand<'s> = (&'s str, Value, ArgKind);

impl FnCx<'_, '_> {
    /// Goes on if `cond` holds; else the fault, with those operands. In a clause the clause has
    /// failed; the site tells why.
    pub(crate) fn check(
        &mut self,
        cond: Value,
        fault: Fault,
        span: Span,
        operands: &[Operand<'_>],
    ) {
        let fail = self.fail_block(Failure::Fault(self.clause.unwrap_or(fault)));
        if self.counts.is_quiet() {
            let site = self.cx.share_site();
            return self.b.check(cond, site, &[], fail);
        }
        let site = self.site(SiteKind::Fault(fault), span, operands);
        let values: Vec<Value> = operands.iter().map(|operand| operand.1).collect();
        self.b.check(cond, site, &values, fail);
    }

    /// Like `check`, but where the operation is handled (`guard`) a failure goes there.
    pub(crate) fn check_or(
        &mut self,
        guard: Option<Block>,
        cond: Value,
        fault: Fault,
        span: Span,
        operands: &[Operand<'_>],
    ) {
        let Some(handled) = guard else {
            self.check(cond, fault, span, operands);
            return;
        };
        let ok = self.b.new_block();
        self.b.branch(cond, ok, handled);
        self.b.switch_to(ok);
    }

    /// Takes the place where the outermost operation may fail to; operands have none.
    pub(crate) fn take_guard(&mut self) -> Option<Block> {
        self.guard.take()
    }

    /// Raises an error: writes the report and goes where it is handled.
    pub(crate) fn raise(&mut self, error: ErrorId, span: Span, payload: &[(Value, Ty)]) {
        if self.counts.is_quiet() {
            let fail = self.fail_block(Failure::Error(error));
            return self.jump_out(Some(fail));
        }
        let labels: Vec<String> =
            (0..payload.len()).map(|n| format!("value {n}")).collect();
        let operands: Vec<Operand<'_>> = payload
            .iter()
            .zip(&labels)
            .take(header::MAX_FAULT_ARGS)
            .map(|((value, ty), label)| (label.as_str(), *value, self.arg_kind(*ty)))
            .collect();
        let site = self.site(SiteKind::Raise(index(error)), span, &operands);
        self.report_site(site, &operands);
        let fail = self.fail_block(Failure::Error(error));
        self.b.jump(fail, &[]);
        // What follows is never reached; it goes to a block that nothing jumps to.
        let dead = self.b.new_block();
        self.b.switch_to(dead);
    }

    /// Writes a report.
    pub(crate) fn report_site(&mut self, site: SiteId, operands: &[Operand<'_>]) {
        let header = self.b.base(0);
        let number = self.b.iconst(Repr::I64, i64::from(site.as_u32()));
        self.b.store(number, header, header::FAULT_SITE);
        for ((_, value, kind), at) in operands.iter().zip(0_i32..) {
            let wide = self.report_bits(*value, *kind);
            self.b.store(wide, header, header::FAULT_ARGS + 8 * at);
        }
    }

    /// A value as 64 bits, as reports have it; a NaN is the canonical one, as all that is seen.
    pub(crate) fn report_bits(&mut self, value: Value, kind: ArgKind) -> Value {
        let repr = self.b.func().repr(value);
        let value = self.canonical(value, repr);
        match (repr, kind) {
            (Repr::F64, _) => self.b.unary(UnaryOp::Bitcast, Repr::I64, value),
            (Repr::F32, _) => {
                let wide = self.b.unary(UnaryOp::Fpromote, Repr::F64, value);
                self.b.unary(UnaryOp::Bitcast, Repr::I64, wide)
            }
            (Repr::I64, _) => value,
            (Repr::I8 | Repr::I16 | Repr::I32, ArgKind::Int | ArgKind::Duration) => {
                self.b.unary(UnaryOp::Sext, Repr::I64, value)
            }
            (Repr::I8 | Repr::I16 | Repr::I32, _) => {
                self.b.unary(UnaryOp::Zext, Repr::I64, value)
            }
        }
    }

    /// A new site.
    pub(crate) fn site(
        &mut self,
        kind: SiteKind,
        span: Span,
        operands: &[Operand<'_>],
    ) -> SiteId {
        let number = u32::try_from(self.cx.image.sites.len()).unwrap_or(u32::MAX);
        let args = operands
            .iter()
            .map(|(label, _, kind)| ((*label).to_owned(), *kind))
            .collect();
        self.cx.image.sites.push(Site {
            kind,
            loc: loc(span),
            process: self.process,
            args,
            call: self.library_call().map(loc),
            within: self.within(),
        });
        SiteId::from_u32(number)
    }

    /// The call of the program that the code at hand stands for, which is of the library.
    fn library_call(&self) -> Option<Span> {
        self.frames.get(self.frame)?.call
    }

    /// Whether the code at hand is of the library.
    pub(crate) fn in_library(&self) -> bool {
        let frame = self.frames.get(self.frame);
        frame.is_some_and(|frame| frame.library)
    }

    /// In which code the code at hand is.
    fn within(&self) -> Within {
        match (self.is_called, self.in_library(), self.library_call()) {
            (false, _, _) => Within::Entry,
            (true, true, None) => Within::Library,
            (true, _, _) => Within::Function,
        }
    }

    /// A call has failed: a report can tell where it is, unless it is one of the library to
    /// itself.
    pub(crate) fn report_call(&mut self, span: Span, library: bool) {
        let inside = self.in_library() && self.library_call().is_none();
        if self.counts.is_quiet() || inside {
            return;
        }
        let call = Call {
            loc: loc(self.library_call().unwrap_or(span)),
            process: self.process,
        };
        let (index, _) = self.cx.calls.insert_full(call);
        let index = i64::try_from(index).unwrap_or(i64::MAX);
        let (header, index) = (self.b.base(0), self.b.iconst(Repr::I64, index));
        if library {
            self.b.store(index, header, header::FAULT_CALL);
        }
        self.b.store(index, header, header::FAULT_FROM);
    }

    /// How an operand of that type is shown.
    pub(crate) fn arg_kind(&self, ty: Ty) -> ArgKind {
        kind_of(&self.cx.types, ty)
    }

    /// Where failures of that kind go. A function returns the number of the kind; a
    /// pipeline sets the block up before it lowers the process.
    pub(crate) fn fail_block(&mut self, failure: Failure) -> Block {
        if let Some(block) = self.fail_blocks.get(&failure) {
            return *block;
        }
        let block = self.b.cold_block();
        self.fail_blocks.insert(failure, block);
        block
    }
}

/// The number of a kind of failure: what a function returns, and what `STOP` holds after
/// `Failed`.
pub(crate) fn failure_number(failure: Failure) -> i64 {
    match failure {
        Failure::Fault(fault) => i64::from(fault.number()),
        Failure::Error(error) => 1000 + i64::from(index(error)),
        Failure::Callee => i64::from(Fault::Internal.number()),
    }
}

/// The failure number as an `i32` constant is what every function returns first.
pub(crate) const STATUS: Repr = Repr::I32;

/// How an operand of that type is shown.
pub(crate) fn kind_of(types: &Types, ty: Ty) -> ArgKind {
    match types.kind(ty) {
        TyKind::Bool => ArgKind::Bool,
        TyKind::Int(int) if int.signed => ArgKind::Int,
        TyKind::Float(_) => ArgKind::Float,
        TyKind::Duration | TyKind::Instant => ArgKind::Duration,
        TyKind::Error
        | TyKind::Unit
        | TyKind::Int(_)
        | TyKind::Struct(..)
        | TyKind::Enum(..)
        | TyKind::Array(..)
        | TyKind::Ring(..)
        | TyKind::Pool(..)
        | TyKind::Handle(_)
        | TyKind::Tuple(_)
        | TyKind::Option(_)
        | TyKind::Str(_)
        | TyKind::Text
        | TyKind::Slice(_)
        | TyKind::Fn(..)
        | TyKind::Param(_) => ArgKind::Uint,
    }
}
