//! One MIR function to one CLIF function.
//!
//! The first CLIF parameter is the base address of the memory block. Constants, base
//! addresses and slot addresses are made anew at each use: they cost an immediate or an
//! addressing mode there, where a shared one would cost a register from its definition on.

mod address;
mod binary;
mod bits;
mod call;
mod convert;
mod lanes;
mod overflow;
mod term;
mod unary;
mod vector;

use std::collections::BTreeMap;

use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::entity::packed_option::PackedOption;
use cranelift_codegen::ir::{
    self, AbiParam, FuncRef, Function, InstBuilder, Signature, StackSlot, StackSlotData,
    StackSlotKind, UserFuncName,
};
use cranelift_codegen::isa::CallConv;
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use theus_abi::Repr;
use theus_mir::{Func, FuncId, Inst, InstId, Program, Slot, TernaryOp, Value};

use crate::limit::remade;
use crate::options::Ice;
use crate::order::Order;
use crate::target::{Target, clif_type};
use crate::vector::plan::{Plan, plans};
use overflow::Overflows;
use vector::Entrance;

/// The CLIF function of a MIR function, under the name `u0:ID`.
pub(crate) fn function(
    program: &Program,
    id: FuncId,
    order: &Order,
    target: Target,
) -> Result<Function, Ice> {
    let mir = &program.funcs[id];
    let signature = signature(mir, target.call_conv);
    let mut clif =
        Function::with_name_signature(UserFuncName::user(0, id.as_u32()), signature);
    let mut context = FunctionBuilderContext::new();
    let builder = FunctionBuilder::new(&mut clif, &mut context);
    let translator = Translator::new(program, mir, order, target, builder);
    translator.run()?;
    Ok(clif)
}

/// The CLIF signature of a MIR function.
pub(crate) fn signature(mir: &Func, call_conv: CallConv) -> Signature {
    let mut signature = Signature::new(call_conv);
    let params = [Repr::I64].into_iter().chain(mir.params.iter().copied());
    signature
        .params
        .extend(params.map(|repr| AbiParam::new(clif_type(repr))));
    signature.returns.extend(
        mir.returns
            .iter()
            .map(|repr| AbiParam::new(clif_type(*repr))),
    );
    signature
}

/// Whether the instruction is made anew at each use of its result.
pub(crate) const fn is_remade(inst: &Inst) -> bool {
    matches!(
        inst,
        Inst::Iconst { .. }
            | Inst::Fconst { .. }
            | Inst::Base { .. }
            | Inst::SlotAddr { .. }
    )
}

/// The state of one translation.
struct Translator<'a> {
    program: &'a Program,
    mir: &'a Func,
    order: &'a Order,
    target: Target,
    builder: FunctionBuilder<'a>,
    /// The base address.
    base: ir::Value,
    /// Values that are not made anew.
    values: SecondaryMap<Value, PackedOption<ir::Value>>,
    /// What must still be added to the address of an element.
    offsets: SecondaryMap<Value, i32>,
    blocks: SecondaryMap<theus_mir::Block, PackedOption<ir::Block>>,
    slots: SecondaryMap<Slot, PackedOption<StackSlot>>,
    funcs: BTreeMap<u32, FuncRef>,
    overflows: Overflows,
    /// Loops that can run in vector registers and are not translated yet, by header.
    plans: BTreeMap<theus_mir::Block, Plan>,
    /// Where those loops are entered from outside.
    entrances: BTreeMap<theus_mir::Block, Entrance>,
    /// The MIR block that is being translated.
    here: theus_mir::Block,
}

impl<'a> Translator<'a> {
    fn new(
        program: &'a Program,
        mir: &'a Func,
        order: &'a Order,
        target: Target,
        builder: FunctionBuilder<'a>,
    ) -> Self {
        Self {
            program,
            mir,
            order,
            target,
            builder,
            base: ir::Value::from_u32(0),
            values: SecondaryMap::new(),
            offsets: SecondaryMap::new(),
            blocks: SecondaryMap::new(),
            slots: SecondaryMap::new(),
            funcs: BTreeMap::new(),
            overflows: Overflows::new(mir, order),
            plans: plans(mir),
            entrances: BTreeMap::new(),
            here: theus_mir::Block::from_u32(0),
        }
    }

    fn run(mut self) -> Result<(), Ice> {
        self.make_slots();
        self.make_blocks()?;
        self.make_entrances();
        for &block in &self.order.blocks {
            self.here = block;
            self.vector_loop(block)?;
            let clif = self.block(block)?;
            self.builder.switch_to_block(clif);
            for &inst in &self.mir.blocks[block].insts {
                self.inst(inst)?;
            }
            self.terminator(block)?;
        }
        self.builder.seal_all_blocks();
        self.builder.finalize(self.target.config);
        Ok(())
    }

    fn make_slots(&mut self) {
        for (slot, data) in &self.mir.slots {
            let shift = data.align.clamp(1, 16).trailing_zeros();
            let shift = u8::try_from(shift).unwrap_or(4);
            let clif =
                StackSlotData::new(StackSlotKind::ExplicitSlot, data.size.max(1), shift);
            self.slots[slot] = self.builder.create_sized_stack_slot(clif).into();
        }
    }

    /// All blocks in the order of the layout. The entry takes the base address first.
    fn make_blocks(&mut self) -> Result<(), Ice> {
        let Some(entry) = self.mir.entry() else {
            return Err(Ice::new("the function has no block"));
        };
        for &block in &self.mir.layout {
            if self.order.is_reachable(block) {
                let clif = self.builder.create_block();
                self.builder.func.layout.append_block(clif);
                if block == entry {
                    self.base =
                        self.builder.append_block_param(clif, clif_type(Repr::I64));
                }
                self.make_block(block, clif);
            }
        }
        Ok(())
    }

    fn make_block(&mut self, block: theus_mir::Block, clif: ir::Block) {
        let data = &self.mir.blocks[block];
        if data.cold {
            self.builder.set_cold_block(clif);
        }
        for &param in &data.params {
            let ty = clif_type(self.mir.repr(param));
            self.values[param] = self.builder.append_block_param(clif, ty).into();
        }
        self.blocks[block] = clif.into();
    }

    fn block(&self, block: theus_mir::Block) -> Result<ir::Block, Ice> {
        self.blocks[block]
            .expand()
            .ok_or_else(|| Ice::new(format!("no such block: {block}")))
    }

    /// The CLIF value of a MIR value, at the current place.
    fn value(&mut self, value: Value) -> Result<ir::Value, Ice> {
        if let Some(inst) = remade(self.mir, value) {
            return self.remake(inst);
        }
        let Some(clif) = self.values[value].expand() else {
            return Err(Ice::new(format!("use of {value} before its definition")));
        };
        match self.offsets[value] {
            0 => Ok(clif),
            offset => Ok(self.builder.ins().iadd_imm_s(clif, i64::from(offset))),
        }
    }

    fn values(&mut self, values: &[Value]) -> Result<Vec<ir::Value>, Ice> {
        values.iter().map(|value| self.value(*value)).collect()
    }

    fn remake(&mut self, inst: InstId) -> Result<ir::Value, Ice> {
        match &self.mir.insts[inst] {
            Inst::Iconst { repr, imm } => Ok(self.iconst(*repr, *imm)),
            Inst::Fconst { repr, bits } => Ok(self.fconst(*repr, *bits)),
            Inst::Base { offset: 0 } => Ok(self.base),
            Inst::Base { offset } => {
                Ok(self.builder.ins().iadd_imm_s(self.base, i64::from(*offset)))
            }
            Inst::SlotAddr { slot } => match self.slots[*slot].expand() {
                Some(slot) => {
                    Ok(self.builder.ins().stack_addr(clif_type(Repr::I64), slot, 0))
                }
                None => Err(Ice::new(format!("no such slot: {slot}"))),
            },
            other => Err(Ice::new(format!("{inst} is not a constant: {other:?}"))),
        }
    }

    /// An integer constant; CLIF wants the bits above the width to be 0.
    fn iconst(&mut self, repr: Repr, imm: i64) -> ir::Value {
        let unused = 64 - repr.bits();
        let imm = imm.cast_unsigned() << unused >> unused;
        self.builder
            .ins()
            .iconst(clif_type(repr), imm.cast_signed())
    }

    /// A float constant for an instruction that takes it as an operand in memory.
    fn folded_fconst(&mut self, repr: Repr, bits: u64) -> ir::Value {
        if repr == Repr::F32 {
            let bits = u32::try_from(bits & u64::from(u32::MAX)).unwrap_or(0);
            self.builder
                .ins()
                .f32const(ir::immediates::Ieee32::with_bits(bits))
        } else {
            self.builder
                .ins()
                .f64const(ir::immediates::Ieee64::with_bits(bits))
        }
    }

    /// The value for an operand that an instruction can take from memory.
    fn foldable(&mut self, value: Value) -> Result<ir::Value, Ice> {
        match remade(self.mir, value).map(|inst| &self.mir.insts[inst]) {
            Some(Inst::Fconst { repr, bits }) => Ok(self.folded_fconst(*repr, *bits)),
            _ => self.value(value),
        }
    }

    /// The constant that a value is, if it is an integer constant.
    fn known(&self, value: Value) -> Option<i64> {
        let inst = remade(self.mir, value)?;
        match &self.mir.insts[inst] {
            Inst::Iconst { imm, .. } => Some(*imm),
            _ => None,
        }
    }

    fn inst(&mut self, inst: InstId) -> Result<(), Ice> {
        let result = match &self.mir.insts[inst] {
            inst if is_remade(inst) => return Ok(()),
            Inst::Iconst { .. } | Inst::Fconst { .. } => return Ok(()),
            Inst::Base { .. } | Inst::SlotAddr { .. } => return Ok(()),
            Inst::Unary { op, repr, arg } => self.unary(*op, *repr, *arg)?,
            Inst::Binary { op, args } => self.binary(*op, *args)?,
            Inst::Ternary { op, args } => self.ternary(*op, *args)?,
            Inst::Math { math, args } => self.math(*math, *args)?,
            Inst::Element { addr, index, scale } => {
                let (root, offset) = self.element(*addr, *index, *scale)?;
                self.each_result(inst, |this, value| this.offsets[value] = offset);
                root
            }
            Inst::Load {
                repr,
                addr,
                offset,
                invariant,
            } => self.load(*repr, *addr, *offset, *invariant)?,
            Inst::Store {
                value,
                addr,
                offset,
            } => return self.store(*value, *addr, *offset),
            Inst::Copy { dst, src, size } => return self.copy(*dst, *src, *size),
            Inst::Zero { dst, size } => return self.zero(*dst, *size),
            Inst::Call { func, args } => return self.call(inst, *func, args),
            Inst::Host { host, args } => self.host(*host, args)?,
        };
        self.each_result(inst, |this, value| this.values[value] = result.into());
        Ok(())
    }

    fn each_result(&mut self, inst: InstId, mut f: impl FnMut(&mut Self, Value)) {
        let mir = self.mir;
        mir.results[inst].iter().for_each(|value| f(self, *value));
    }

    fn ternary(&mut self, op: TernaryOp, args: [Value; 3]) -> Result<ir::Value, Ice> {
        let [a, b, c] = args;
        let (a, b, c) = (self.value(a)?, self.value(b)?, self.value(c)?);
        Ok(match op {
            TernaryOp::Select => self.builder.ins().select(a, b, c),
            TernaryOp::Fma => self.builder.ins().fma(a, b, c),
        })
    }
}
