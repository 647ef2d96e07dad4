//! Making NaN canonical, which costs a compare and a jump that is never taken for one value
//! or two: a compare of two floats also tells whether either is NaN.

use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{self, BlockArg, InstBuilder};
use theus_abi::Repr;
use theus_mir::{Inst, UnaryOp, Value};

use super::Translator;
use crate::options::Ice;
use crate::target::clif_type;

/// How far to look for a second value.
const AHEAD: usize = 32;

impl Translator<'_> {
    /// The value of a `fcanon` of `arg`, which stands at `self.at` in the current block. The
    /// next `fcanon` of a value that is known here already is done along.
    pub(super) fn fcanon(&mut self, repr: Repr, arg: Value) -> Result<ir::Value, Ice> {
        let x = self.value(arg)?;
        if self.mir.blocks[self.here].cold {
            return Ok(self.canonical(repr, x));
        }
        let partner = self.partner(repr);
        let (y, result) = match partner {
            Some((other, result)) => (self.value(other)?, Some(result)),
            None => (x, None),
        };
        let (cold, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(cold);
        if let Some(here) = self.builder.current_block() {
            self.builder.insert_block_after(next, here);
        }
        let ty = clif_type(repr);
        let first = self.builder.append_block_param(next, ty);
        let mut args = vec![BlockArg::from(x)];
        if let Some(result) = result {
            self.values[result] = self.builder.append_block_param(next, ty).into();
            args.push(y.into());
        }
        let is_nan = self.builder.ins().fcmp(FloatCC::Unordered, x, y);
        self.builder.ins().brif(is_nan, cold, &[], next, &args);
        self.builder.switch_to_block(cold);
        let mut canonical = vec![BlockArg::from(self.canonical(repr, x))];
        if result.is_some() {
            canonical.push(self.canonical(repr, y).into());
        }
        self.builder.ins().jump(next, &canonical);
        self.builder.switch_to_block(next);
        Ok(first)
    }

    /// Operand and result of the next `fcanon` in the block whose operand is known.
    fn partner(&self, repr: Repr) -> Option<(Value, Value)> {
        let rest = self.mir.blocks[self.here].insts.get(self.at + 1..)?;
        rest.iter()
            .take(AHEAD)
            .find_map(|inst| match &self.mir.insts[*inst] {
                Inst::Unary {
                    op: UnaryOp::Fcanon,
                    repr: other,
                    arg,
                } if *other == repr => {
                    let result = *self.mir.results[*inst].first()?;
                    let is_open = self.values[result].is_none();
                    let is_known = self.values[*arg].is_some();
                    (is_open && is_known).then_some((*arg, result))
                }
                _ => None,
            })
    }

    /// The value, or the one quiet NaN if it is any NaN, without a jump in CLIF.
    pub(super) fn canonical(&mut self, repr: Repr, x: ir::Value) -> ir::Value {
        let bits = if repr == Repr::F32 {
            0x7fc0_0000
        } else {
            0x7ff8_0000_0000_0000
        };
        let nan = self.fconst(repr, bits);
        let ordered = self.builder.ins().fcmp(FloatCC::Ordered, x, x);
        self.builder.ins().select(ordered, x, nan)
    }
}
