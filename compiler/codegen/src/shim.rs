//! The functions of the host that machine code calls, and their addresses.
#![expect(unsafe_code, reason = "machine code passes addresses")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::slice;

use cranelift_codegen::ir::LibCall;
use theus_abi::header::HOST;
use theus_abi::{Host, HostFn, MathFn};

use crate::import::Import;
use crate::workers::{Share, Work, Workers};

/// Who carries out host calls during one call of machine code.
pub(crate) struct Session<'a> {
    host: &'a mut dyn Host,
    base: *mut u8,
    size: usize,
    panicked: bool,
    workers: Option<&'a Workers>,
}

impl<'a> Session<'a> {
    pub(crate) fn new(
        host: &'a mut dyn Host,
        (base, size): (*mut u8, usize),
        workers: Option<&'a Workers>,
    ) -> Self {
        Self {
            host,
            base,
            size,
            panicked: false,
            workers,
        }
    }

    /// Whether all went well.
    pub(crate) fn end(self) -> Result<(), String> {
        if self.panicked {
            Err("a host call panicked".to_owned())
        } else {
            Ok(())
        }
    }
}

/// Status of a host call that could not be made: as for a malformed row.
const NOT_DONE: i32 = 2;

fn serve(which: HostFn, base: *mut u8, arg: i32) -> i32 {
    let slot = base.wrapping_add(HOST as usize).cast::<*mut Session<'_>>();
    // SAFETY: compiled code passes the base address on; the slot lies within the header.
    let session = unsafe { slot.read() };
    if session.is_null() {
        return NOT_DONE;
    }
    // SAFETY: `Loaded::call` has put the address of its session there and waits for the
    // code to return; host calls do not nest, so nobody else refers to the session.
    let session = unsafe { &mut *session };
    // SAFETY: base and size are those of the block that `Loaded::call` has borrowed
    // mutably; compiled code touches no memory while it waits for this call.
    let memory = unsafe { slice::from_raw_parts_mut(session.base, session.size) };
    let host = &mut session.host;
    let outcome = catch_unwind(AssertUnwindSafe(|| host.call(which, arg, memory)));
    outcome.unwrap_or_else(|_| {
        session.panicked = true;
        NOT_DONE
    })
}

/// Runs a share, by several threads if there are. Its code writes no header, calls no host and
/// touches no byte that the code of another part writes: `theus_lower` makes sure of that.
extern "C" fn share(
    base: *mut u8,
    share: Share,
    first: i64,
    end: i64,
    arg: i64,
    part: i64,
) -> i32 {
    let slot = base
        .wrapping_add(HOST as usize)
        .cast::<*const Session<'_>>();
    // SAFETY: compiled code passes the base address on; the slot lies within the header.
    let session = unsafe { slot.read() };
    // SAFETY: as in `serve`: the session is alive, and nobody else refers to it; only its
    // workers are looked at.
    let workers = unsafe { session.as_ref() }.and_then(|session| session.workers);
    let range = (first, end);
    match workers {
        Some(workers) => workers.run(Work {
            share,
            base,
            range,
            arg,
            part,
        }),
        None => share(base, first, end, arg),
    }
}

macro_rules! shims {
    (
        host { $($host:ident = $host_fn:ident;)* }
        one { $($one:ident = $one_fn:ident;)* }
        two { $($two:ident = $two_fn:ident;)* }
    ) => {
        $(extern "C" fn $host_fn(base: *mut u8, arg: i32) -> i32 {
            serve(HostFn::$host, base, arg)
        })*
        $(extern "C" fn $one_fn(a: f64) -> f64 { MathFn::$one.eval(a, a) })*
        $(extern "C" fn $two_fn(a: f64, b: f64) -> f64 { MathFn::$two.eval(a, b) })*

        /// The address of an import.
        fn import_address(import: Import) -> *const u8 {
            match import {
                $(Import::Host(HostFn::$host) => $host_fn as *const u8,)*
                $(Import::Math(MathFn::$one) => $one_fn as *const u8,)*
                $(Import::Math(MathFn::$two) => $two_fn as *const u8,)*
                Import::Copy => copy as *const u8,
                Import::Zero => zero as *const u8,
                Import::Share => share as *const u8,
            }
        }
    };
}

shims! {
    host {
        ClockStart = clock_start;
        ClockStop = clock_stop;
        ClockLate = clock_late;
        Measured = measured;
        Interrupted = interrupted;
        SinkRow = sink_row;
        SourceRow = source_row;
        ReadFloat = host_read_float;
    }
    one {
        Sin = sin; Cos = cos; Tan = tan; Asin = asin; Acos = acos; Atan = atan;
        Sinh = sinh; Cosh = cosh; Tanh = tanh; Exp = exp; Expm1 = expm1; Log = log;
        Log10 = log10; Log2 = log2; Log1p = log1p; Cbrt = cbrt;
        ShortDigits = short_digits; ShortScale = short_scale;
        ShortDigits32 = short_digits32; ShortScale32 = short_scale32;
    }
    two { Pow = pow; Atan2 = atan2; Hypot = hypot; Fmod = fmod;
        FixedDigits = fixed_digits; }
}

unsafe extern "C" fn copy(dst: *mut u8, src: *const u8, size: usize) {
    // SAFETY: MIR promises that both ranges are memory of the program and do not overlap.
    unsafe { ptr::copy_nonoverlapping(src, dst, size) };
}

unsafe extern "C" fn zero(dst: *mut u8, size: usize) {
    // SAFETY: MIR promises that the range is memory of the program.
    unsafe { ptr::write_bytes(dst, 0, size) };
}

macro_rules! libcalls {
    ($($call:ident = $name:literal, $function:ident($($arg:ident: $ty:ty),*) -> $result:ty, $body:expr;)*) => {
        $(extern "C" fn $function($($arg: $ty),*) -> $result { $body })*

        /// What cranelift calls where the machine lacks an instruction: symbol and address.
        /// All of them are exact or correctly rounded.
        pub(crate) fn libcall(call: LibCall) -> Option<(&'static str, *const u8)> {
            match call {
                $(LibCall::$call => Some(($name, $function as *const u8)),)*
                _ => None,
            }
        }

        const LIBCALLS: &[LibCall] = &[$(LibCall::$call,)*];
    };
}

libcalls! {
    CeilF32 = "theus_ceil_f32", ceil_f32(a: f32) -> f32, a.ceil();
    CeilF64 = "theus_ceil_f64", ceil_f64(a: f64) -> f64, a.ceil();
    FloorF32 = "theus_floor_f32", floor_f32(a: f32) -> f32, a.floor();
    FloorF64 = "theus_floor_f64", floor_f64(a: f64) -> f64, a.floor();
    TruncF32 = "theus_trunc_f32", trunc_f32(a: f32) -> f32, a.trunc();
    TruncF64 = "theus_trunc_f64", trunc_f64(a: f64) -> f64, a.trunc();
    NearestF32 = "theus_nearest_f32", nearest_f32(a: f32) -> f32, a.round_ties_even();
    NearestF64 = "theus_nearest_f64", nearest_f64(a: f64) -> f64, a.round_ties_even();
    FmaF32 = "theus_fma_f32", fma_f32(a: f32, b: f32, c: f32) -> f32, a.mul_add(b, c);
    FmaF64 = "theus_fma_f64", fma_f64(a: f64, b: f64, c: f64) -> f64, a.mul_add(b, c);
}

/// The symbol of a libcall.
pub(crate) fn libcall_name(call: LibCall) -> String {
    libcall(call)
        .map_or("theus_denied", |(name, _)| name)
        .to_owned()
}

/// The address of a symbol: of the closed tables, or of a function that ends the process,
/// which `compile` makes sure is never called.
pub(crate) fn address(symbol: &str) -> *const u8 {
    let import = Import::all()
        .find(|import| import.symbol() == symbol)
        .map(import_address);
    let libcall = || LIBCALLS.iter().filter_map(|call| libcall(*call));
    let found = import.or_else(|| {
        libcall()
            .find(|(name, _)| *name == symbol)
            .map(|(_, address)| address)
    });
    found.unwrap_or(denied as *const u8)
}

extern "C" fn denied() {
    std::process::abort();
}
