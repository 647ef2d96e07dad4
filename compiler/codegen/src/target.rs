//! The machine that code is for: cranelift's settings, in one place.

use cranelift_codegen::ir::Type;
use cranelift_codegen::ir::types::{F32, F64, I8, I16, I32, I64};
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa, TargetFrontendConfig};
use cranelift_codegen::settings::{self, Configurable, Flags};
use theus_abi::Repr;

use crate::options::{Ice, OptLevel, Options};

/// How registers are allocated: the second way is linear in time, for big functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registers {
    Backtracking,
    SinglePass,
}

/// The type of a representation.
pub(crate) const fn clif_type(repr: Repr) -> Type {
    match repr {
        Repr::I8 => I8,
        Repr::I16 => I16,
        Repr::I32 => I32,
        Repr::I64 => I64,
        Repr::F32 => F32,
        Repr::F64 => F64,
    }
}

/// What the translation to CLIF depends on.
#[derive(Clone, Copy)]
pub(crate) struct Target {
    /// The frontend needs it only to know the size of a pointer.
    pub(crate) config: TargetFrontendConfig,
    pub(crate) call_conv: CallConv,
}

impl Target {
    /// The same for every host: for texts that must not depend on it.
    pub(crate) fn pinned() -> Result<Self, Ice> {
        let host = Host::new(&Options::default())?;
        let config = host.isa.frontend_config();
        Ok(Self {
            config,
            call_conv: CallConv::SystemV,
        })
    }
}

/// The machine at hand.
pub(crate) struct Host {
    pub(crate) isa: OwnedTargetIsa,
    pub(crate) linear: OwnedTargetIsa,
}

impl Host {
    pub(crate) fn new(options: &Options) -> Result<Self, Ice> {
        let isa = |registers| {
            let builder = cranelift_native::builder().map_err(Ice::new)?;
            builder
                .finish(flags(options, registers)?)
                .map_err(|e| Ice::new(e.to_string()))
        };
        let usual = if options.fast_registers {
            Registers::SinglePass
        } else {
            Registers::Backtracking
        };
        Ok(Self {
            isa: isa(usual)?,
            linear: isa(Registers::SinglePass)?,
        })
    }

    pub(crate) fn target(&self) -> Target {
        Target {
            config: self.isa.frontend_config(),
            call_conv: self.isa.default_call_conv(),
        }
    }

    pub(crate) fn isa(&self, registers: Registers) -> &OwnedTargetIsa {
        match registers {
            Registers::Backtracking => &self.isa,
            Registers::SinglePass => &self.linear,
        }
    }
}

fn flags(options: &Options, registers: Registers) -> Result<Flags, Ice> {
    let opt_level = match options.opt_level {
        OptLevel::None => "none",
        OptLevel::Speed => "speed",
    };
    let algorithm = match registers {
        Registers::Backtracking => "backtracking",
        Registers::SinglePass => "single_pass",
    };
    let on = |yes: bool| if yes { "true" } else { "false" };
    let mut builder = settings::builder();
    for (name, value) in [
        ("opt_level", opt_level),
        ("regalloc_algorithm", algorithm),
        ("regalloc_checker", on(options.check_registers)),
        ("enable_verifier", on(cfg!(debug_assertions))),
        ("is_pic", "false"),
        ("use_colocated_libcalls", "false"),
        // More than two results of a call go through memory of the caller.
        ("enable_multi_ret_implicit_sret", "true"),
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("unwind_info", "false"),
        ("enable_heap_access_spectre_mitigation", "false"),
        ("enable_table_access_spectre_mitigation", "false"),
        // MIR says where NaN is made canonical.
        ("enable_nan_canonicalization", "false"),
    ] {
        builder
            .set(name, value)
            .map_err(|error| Ice::new(format!("{name}: {error}")))?;
    }
    Ok(Flags::new(builder))
}
