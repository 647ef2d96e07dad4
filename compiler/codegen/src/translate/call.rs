//! Calls: of the program's functions, of pure functions of the host, of the VM.

use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{
    self, ExtFuncData, ExternalName, FuncRef, InstBuilder, Signature, UserExternalName,
};
use theus_abi::{HostFn, MathFn};
use theus_mir::{FuncId, InstId, Value};

use super::{Translator, signature};
use crate::import::Import;
use crate::options::Ice;

impl Translator<'_> {
    pub(super) fn call(
        &mut self,
        inst: InstId,
        func: FuncId,
        args: &[Value],
    ) -> Result<(), Ice> {
        let program = self.program;
        let callee = program
            .funcs
            .get(func)
            .filter(|callee| !callee.layout.is_empty());
        let Some(callee) = callee else {
            return Err(Ice::new(format!("no such function: {func}")));
        };
        let part = callee.share;
        let signature = signature(callee, self.target.call_conv);
        let callee = self.func_ref(func.as_u32(), signature, true);
        if let Some(part) = part {
            return self.share(inst, (callee, part), args);
        }
        let mut all = vec![self.base];
        all.extend(self.values(args)?);
        let call = self.builder.ins().call(callee, &all);
        let results = self.builder.inst_results(call).to_vec();
        for (value, result) in self.mir.results[inst].iter().zip(results) {
            self.values[*value] = result.into();
        }
        Ok(())
    }

    /// A call of a share: the host cuts it into parts.
    fn share(
        &mut self,
        inst: InstId,
        (callee, part): (FuncRef, u32),
        args: &[Value],
    ) -> Result<(), Ice> {
        let address = self.builder.ins().func_addr(I64, callee);
        let mut all = vec![self.base, address];
        all.extend(self.values(args)?);
        all.push(self.builder.ins().iconst(I64, i64::from(part)));
        if all.len() != 6 {
            return Err(Ice::new("a share takes a range and an argument"));
        }
        let status = self.call_import(Import::Share, &all);
        for value in &self.mir.results[inst] {
            self.values[*value] = status.into();
        }
        Ok(())
    }

    pub(super) fn math(
        &mut self,
        math: MathFn,
        args: [Value; 2],
    ) -> Result<ir::Value, Ice> {
        let args = args.get(..math.arity()).unwrap_or_default();
        let args = self.values(args)?;
        self.call_import(Import::Math(math), &args)
            .ok_or_else(|| Ice::new(format!("{} has no result", math.name())))
    }

    pub(super) fn host(
        &mut self,
        host: HostFn,
        args: &[Value],
    ) -> Result<ir::Value, Ice> {
        let mut all = vec![self.base];
        all.extend(self.values(args)?);
        if all.len() != 2 {
            return Err(Ice::new(format!("{} takes one argument", host.name())));
        }
        self.call_import(Import::Host(host), &all)
            .ok_or_else(|| Ice::new(format!("{} has no result", host.name())))
    }

    /// Calls a function of the host; the result, if it has one.
    pub(super) fn call_import(
        &mut self,
        import: Import,
        args: &[ir::Value],
    ) -> Option<ir::Value> {
        let own = u32::try_from(self.program.funcs.len()).unwrap_or(u32::MAX);
        let number = own.saturating_add(import.index());
        let signature = import.signature(self.target.call_conv);
        let callee = self.func_ref(number, signature, false);
        let call = self.builder.ins().call(callee, args);
        self.builder.inst_results(call).first().copied()
    }

    /// `colocated`: near enough for a relative call.
    fn func_ref(
        &mut self,
        number: u32,
        signature: Signature,
        colocated: bool,
    ) -> FuncRef {
        if let Some(known) = self.funcs.get(&number) {
            return *known;
        }
        let name = UserExternalName::new(0, number);
        let name = self.builder.func.declare_imported_user_function(name);
        let signature = self.builder.import_signature(signature);
        let made = self.builder.import_function(ExtFuncData {
            name: ExternalName::user(name),
            signature,
            colocated,
            patchable: false,
        });
        self.funcs.insert(number, made);
        made
    }
}
