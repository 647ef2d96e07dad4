//! Addresses, and what goes through them: loads, stores, copies, zeroes.

use cranelift_codegen::ir::types::{I8, I8X16, I16, I32, I64};
use cranelift_codegen::ir::{self, InstBuilder, MemFlagsData, Type};
use theus_abi::Repr;
use theus_mir::{Inst, Value};

use super::Translator;
use crate::import::Import;
use crate::limit::remade;
use crate::options::Ice;
use crate::target::clif_type;

/// Up to this size memory is copied and zeroed in line.
const INLINE: u32 = 128;

impl Translator<'_> {
    /// An address in two parts, so that the constant goes into the addressing mode.
    fn address(&mut self, addr: Value) -> Result<(ir::Value, i64), Ice> {
        if let Some(inst) = remade(self.mir, addr)
            && let Inst::Base { offset } = self.mir.insts[inst]
        {
            return Ok((self.base, i64::from(offset)));
        }
        match (self.values[addr].expand(), self.offsets[addr]) {
            (Some(root), offset) if offset != 0 => Ok((root, i64::from(offset))),
            _ => Ok((self.value(addr)?, 0)),
        }
    }

    /// The same with an offset that an instruction can hold.
    fn place(&mut self, addr: Value, offset: i32) -> Result<(ir::Value, i32), Ice> {
        let (root, constant) = self.address(addr)?;
        let offset = constant + i64::from(offset);
        match i32::try_from(offset) {
            Ok(offset) => Ok((root, offset)),
            Err(_) => Ok((self.builder.ins().iadd_imm_s(root, offset), 0)),
        }
    }

    /// `addr + index * scale`: a root and what must still be added to it.
    pub(super) fn element(
        &mut self,
        addr: Value,
        index: Value,
        scale: u32,
    ) -> Result<(ir::Value, i32), Ice> {
        let (root, constant) = self.place(addr, 0)?;
        let index = self.value(index)?;
        let ins = self.builder.ins();
        let scaled = match scale {
            1 => index,
            _ if scale.is_power_of_two() => {
                ins.ishl_imm_u(index, i64::from(scale.trailing_zeros()))
            }
            _ => ins.imul_imm_s(index, i64::from(scale)),
        };
        Ok((self.builder.ins().iadd(root, scaled), constant))
    }

    pub(super) fn load(
        &mut self,
        repr: Repr,
        addr: Value,
        offset: i32,
        invariant: bool,
    ) -> Result<ir::Value, Ice> {
        let (root, offset) = self.place(addr, offset)?;
        let flags = MemFlagsData::trusted();
        let flags = if invariant {
            flags.with_readonly().with_can_move()
        } else {
            flags
        };
        Ok(self
            .builder
            .ins()
            .load(clif_type(repr), flags, root, offset))
    }

    pub(super) fn store(
        &mut self,
        value: Value,
        addr: Value,
        offset: i32,
    ) -> Result<(), Ice> {
        let value = self.value(value)?;
        let (root, offset) = self.place(addr, offset)?;
        self.builder
            .ins()
            .store(MemFlagsData::trusted(), value, root, offset);
        Ok(())
    }

    pub(super) fn copy(&mut self, dst: Value, src: Value, size: u32) -> Result<(), Ice> {
        if size > INLINE {
            let args = [self.value(dst)?, self.value(src)?];
            let size = self.builder.ins().iconst(I64, i64::from(size));
            self.call_import(Import::Copy, &[args[0], args[1], size]);
            return Ok(());
        }
        let (from, from_at) = self.room(src, size)?;
        let (to, to_at) = self.room(dst, size)?;
        let flags = MemFlagsData::new().with_notrap();
        for (at, ty) in pieces(size) {
            let piece = self.builder.ins().load(ty, flags, from, from_at + at);
            self.builder.ins().store(flags, piece, to, to_at + at);
        }
        Ok(())
    }

    pub(super) fn zero(&mut self, dst: Value, size: u32) -> Result<(), Ice> {
        if size > INLINE {
            let dst = self.value(dst)?;
            let size = self.builder.ins().iconst(I64, i64::from(size));
            self.call_import(Import::Zero, &[dst, size]);
            return Ok(());
        }
        let (to, to_at) = self.room(dst, size)?;
        let flags = MemFlagsData::new().with_notrap();
        for (at, ty) in pieces(size) {
            let nothing = if ty == I8X16 {
                let byte = self.builder.ins().iconst(I8, 0);
                self.builder.ins().splat(ty, byte)
            } else {
                self.builder.ins().iconst(ty, 0)
            };
            self.builder.ins().store(flags, nothing, to, to_at + at);
        }
        Ok(())
    }

    /// An address whose offset can grow by `size`.
    fn room(&mut self, addr: Value, size: u32) -> Result<(ir::Value, i32), Ice> {
        let (root, offset) = self.place(addr, 0)?;
        let size = i32::try_from(size).unwrap_or(i32::MAX);
        match offset.checked_add(size) {
            Some(_) => Ok((root, offset)),
            None => Ok((self.builder.ins().iadd_imm_s(root, i64::from(offset)), 0)),
        }
    }
}

/// Offsets and types that cover `size` bytes, the widest first.
fn pieces(size: u32) -> Vec<(i32, Type)> {
    let mut pieces = Vec::new();
    let (mut at, end) = (0_i32, i32::try_from(size).unwrap_or(i32::MAX));
    for (width, ty) in [(16, I8X16), (8, I64), (4, I32), (2, I16), (1, I8)] {
        while end - at >= width {
            pieces.push((at, ty));
            at += width;
        }
    }
    pieces
}
