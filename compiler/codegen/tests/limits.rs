//! What the code generator refuses, what it survives, and what it leaves behind.
#![expect(dead_code, reason = "each test file uses a part of the rig")]

#[cfg(test)]
#[path = "support/rig.rs"]
mod common;

use std::time::{Duration, Instant};

use common::{Echo, OPERANDS, Rig, program};
use theus_abi::image::{Loc, Site, SiteKind, Within};
use theus_abi::{Code, Fault, Host, HostFn, Memory, Repr};
use theus_codegen::{Options, asm, clif, emit};
use theus_mir::{BinaryOp, Func, FuncBuilder, FuncId, SiteId};

#[cfg(test)]
fn trivial() -> Func {
    let mut b = FuncBuilder::new("trivial", &[], &[Repr::I32]);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    b.finish()
}

/// `live` values that are all live at once, then their sum.
#[cfg(test)]
fn pressure(live: usize) -> Func {
    let mut b = FuncBuilder::new("pressure", &[], &[Repr::I32]);
    let at = b.base(OPERANDS);
    let values: Vec<_> = (0..live).map(|_| b.load(Repr::I64, at, 0)).collect();
    let mut sum = b.iconst(Repr::I64, 0);
    for value in values.into_iter().rev() {
        sum = b.binary(BinaryOp::Iadd, sum, value);
    }
    b.store(sum, at, 8);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    b.finish()
}

/// A chain of checks with one handler.
#[cfg(test)]
fn checks(count: u32) -> Func {
    let mut b = FuncBuilder::new("checks", &[], &[Repr::I32]);
    let at = b.base(OPERANDS);
    let fail = b.cold_block();
    for n in 0..count {
        let value = b.load(Repr::I64, at, 0);
        let limit = b.iconst(Repr::I64, i64::from(n) + 1_000_000);
        let cond = b.binary(BinaryOp::Ult, value, limit);
        b.check(cond, SiteId::from_u32(0), &[], fail);
    }
    let good = b.iconst(Repr::I32, 0);
    b.ret(&[good]);
    b.switch_to(fail);
    let bad = b.iconst(Repr::I32, 2);
    b.ret(&[bad]);
    b.finish()
}

#[cfg(test)]
fn site() -> Site {
    let kind = SiteKind::Fault(Fault::Range);
    Site {
        kind,
        loc: Loc::default(),
        process: None,
        args: Vec::new(),
        call: None,
        within: Within::Entry,
    }
}

#[cfg(test)]
fn refused(funcs: Vec<Func>) -> String {
    emit(&program(funcs, Vec::new()), &Options::default())
        .unwrap_err()
        .to_string()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the time is what is tested")]
fn hostile_functions_compile_in_little_time() {
    let cases = [
        (
            pressure(900),
            "live values, just below the limit of the usual allocator",
        ),
        (checks(4_900), "checks, just below it"),
        (pressure(30_000), "live values"),
        (checks(20_000), "checks"),
    ];
    for (func, name) in cases {
        let program = program(vec![func], vec![site()]);
        let began = Instant::now();
        let mut rig = Rig::new(&program, &Options::default());
        let took = began.elapsed();
        println!("{name}: {took:?}");
        assert!(took < Duration::from_secs(20), "{name}: {took:?}");
        rig.set(0, 3);
        assert_eq!(rig.call(0), 0);
    }
}

#[test]
fn functions_beyond_the_limits_are_refused() {
    let text = refused(vec![pressure(250_000)]);
    assert!(
        text.starts_with("in function `pressure`: the function has "),
        "{text}"
    );
    let mut b = FuncBuilder::new("deep", &[], &[Repr::I32]);
    b.slot(2 << 20, 8);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    let text = refused(vec![b.finish()]);
    assert!(text.contains("2097152 bytes of stack"), "{text}");
}

#[test]
fn recursion_is_refused() {
    let calls = |name: &str, callee: u32| {
        let mut b = FuncBuilder::new(name, &[], &[Repr::I32]);
        let status = b.call(FuncId::from_u32(callee), &[], &[Repr::I32]);
        b.ret(&status);
        b.finish()
    };
    let text = refused(vec![calls("a", 1), calls("b", 0)]);
    assert!(text.ends_with("the function calls itself"), "{text}");
    assert_eq!(
        refused(vec![calls("a", 0)]),
        "in function `a`: the function calls itself"
    );
    assert!(refused(vec![calls("a", 9)]).contains("no such function: fn9"));
}

#[test]
fn stack_is_the_sum_along_the_deepest_chain() {
    let calls = |callee: Option<u32>, slot: u32| {
        let mut b = FuncBuilder::new(format!("f{slot}"), &[], &[Repr::I32]);
        let slot = b.slot(slot, 8);
        let at = b.slot_addr(slot);
        b.zero(at, 8);
        let status = match callee {
            Some(callee) => b.call(FuncId::from_u32(callee), &[at], &[Repr::I32])[0],
            None => b.load(Repr::I32, at, 0),
        };
        b.ret(&[status]);
        b.finish()
    };
    let mut leaf = FuncBuilder::new("leaf", &[Repr::I64], &[Repr::I32]);
    let slot = leaf.slot(5000, 8);
    let (at, from) = (leaf.slot_addr(slot), leaf.params()[0]);
    leaf.copy(at, from, 8);
    let status = leaf.load(Repr::I32, at, 0);
    leaf.ret(&[status]);
    let funcs = vec![calls(Some(2), 1000), calls(None, 200_000), leaf.finish()];
    let machine = emit(&program(funcs, Vec::new()), &Options::default()).unwrap();
    let sizes = machine.sizes();
    assert!(sizes.functions.iter().all(|func| func.code > 0));
    assert!(sizes.functions[0].frame >= 1000 && sizes.functions[0].frame < 1200);
    assert!(
        sizes.stack >= 200_000 && sizes.stack < 200_200,
        "{}",
        sizes.stack
    );
    assert!(sizes.code() > 50);
}

#[test]
fn functions_without_a_body_are_left_out() {
    let dead = Func {
        name: "dead".to_owned(),
        returns: vec![Repr::I32],
        ..Func::default()
    };
    let program = program(vec![dead, trivial()], Vec::new());
    let mut rig = Rig::new(&program, &Options::default());
    assert_eq!(rig.call(1), 0);
    assert_eq!(rig.machine.sizes().functions[0].code, 0);
    assert!(rig.machine.call(0, &mut rig.memory, &mut rig.host).is_err());
    assert!(!clif(&program).unwrap().contains("dead"));
    assert!(!asm(&program, &Options::default()).unwrap().contains("dead"));
}

#[test]
fn calls_that_cannot_be_made_are_errors() {
    let mut with_param = FuncBuilder::new("with_param", &[Repr::I64], &[Repr::I32]);
    let zero = with_param.iconst(Repr::I32, 0);
    with_param.ret(&[zero]);
    let program = program(vec![trivial(), with_param.finish()], Vec::new());
    let mut machine = emit(&program, &Options::default()).unwrap();
    let mut memory = Memory::new(8192).unwrap();
    let mut host = Echo::default();
    assert_eq!(machine.call(0, &mut memory, &mut host), Ok(0));
    assert!(machine.call(1, &mut memory, &mut host).is_err());
    assert!(machine.call(2, &mut memory, &mut host).is_err());
    let mut small = Memory::new(300).unwrap();
    assert!(machine.call(0, &mut small, &mut host).is_err());
}

#[test]
fn a_panic_of_the_host_is_an_error() {
    struct Panics;
    impl Host for Panics {
        fn call(&mut self, _: HostFn, _: i32, _: &mut [u8]) -> i32 {
            panic!("on purpose")
        }
    }
    let mut b = FuncBuilder::new("host", &[], &[Repr::I32]);
    let arg = b.iconst(Repr::I32, 0);
    let status = b.host(HostFn::SinkRow, arg);
    b.ret(&[status]);
    let mut rig = Rig::new(&program(vec![b.finish()], Vec::new()), &Options::default());
    let error = rig
        .machine
        .call(0, &mut rig.memory, &mut Panics)
        .unwrap_err();
    assert_eq!(error, "a host call panicked");
    // The code and the memory are still good.
    assert_eq!(rig.call(0), 1);
}

#[test]
fn text_is_the_same_every_time() {
    let program = program(vec![trivial(), pressure(4), checks(3)], vec![site()]);
    let text = clif(&program).unwrap();
    assert_eq!(text, clif(&program).unwrap());
    assert!(text.contains("; u0:1 = pressure"), "{text}");
    assert!(
        text.contains("function u0:2(i64) -> i32 system_v {"),
        "{text}"
    );
    let listing = asm(&program, &Options::default()).unwrap();
    assert_eq!(listing, asm(&program, &Options::default()).unwrap());
    assert!(listing.contains("; checks: "), "{listing}");
}
