//! Measured blocks: the host holds their clocks and sets the word that says how long one took.

use theus_abi::host::Told;
use theus_abi::{HostFn, Repr};
use theus_hir::body::Timer;
use theus_hir::flow::Measure;
use theus_hir::item::Process;
use theus_hir::walk::each_expr_of_block;
use theus_hir::{ExprKind, FieldId, Flow};
use theus_mir::{BinaryOp, UnaryOp, Value};

use crate::access::root_field;
use crate::frame::FnCx;

/// Nanoseconds of a second.
const SECOND: f64 = 1e9;

impl<'a> FnCx<'_, 'a> {
    /// `measure t { … }` in a pipeline.
    pub(crate) fn measure(&mut self, measure: &'a Measure, body: &'a [Flow]) {
        self.value(&measure.begin);
        self.flow_list(body);
        self.value(&measure.push);
    }

    /// The clock of a measured block starts, or gives the seconds since then.
    pub(crate) fn timer(&mut self, timer: Timer, number: u32) -> Value {
        let number = i64::from(number);
        let arg = match timer {
            Timer::Begins => number,
            Timer::Took => !number,
        };
        let arg = self.b.iconst(Repr::I32, arg);
        let status = self.b.host(HostFn::Measured, arg);
        match timer {
            Timer::Begins => status,
            Timer::Took => self.took(),
        }
    }

    /// What the host has told of the block that has ended.
    fn took(&mut self) -> Value {
        let told = self.cx.typed.host.iter();
        let mut told = told.filter(|(_, (told, _))| *told == Told::Took);
        let Some((field, _)) = told.next() else {
            return self.b.f64(0.0);
        };
        let place = self.context_place(*field);
        let ns = self.load(place);
        let ns = self.b.unary(UnaryOp::SintToF, Repr::F64, ns);
        let second = self.b.f64(SECOND);
        self.b.binary(BinaryOp::Fdiv, ns, second)
    }
}

/// Whether a process measures a part of itself.
pub(crate) fn measures(process: &Process) -> bool {
    let mut found = false;
    each_expr_of_block(&process.body.block, &mut |e| {
        found |= matches!(e.kind, ExprKind::Timer(..));
    });
    found
}

/// The field whose samples a measured time goes to.
pub(crate) fn measured_field(measure: &Measure) -> Option<FieldId> {
    match &measure.push.kind {
        ExprKind::Intrinsic(_, args) => args.first().and_then(root_field),
        _ => None,
    }
}
