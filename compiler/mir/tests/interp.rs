//! The interpreter: control flow, memory, checks and calls; and what it finds wrong.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use theus_abi::{Code, Host, HostFn, Memory, header};
use theus_mir::{FuncId, Interp, parse_program};

/// Notes calls and returns the argument plus one.
#[derive(Default)]
struct Log(Vec<(HostFn, i32)>);

impl Host for Log {
    fn call(&mut self, host: HostFn, arg: i32, memory: &mut [u8]) -> i32 {
        self.0.push((host, arg));
        memory[300] = 7;
        arg + 1
    }
}

fn interp(text: &str) -> Interp {
    Interp::new(parse_program(text).unwrap()).unwrap()
}

fn memory() -> Memory {
    Memory::new(4096).unwrap()
}

/// Runs function 0.
fn run(text: &str, args: &[u64]) -> Result<Vec<u64>, String> {
    interp(text).run(
        FuncId::from_u32(0),
        args,
        &mut memory(),
        &mut Log::default(),
    )
}

/// Runs `%f(i64) -> i64` of those lines, with two slots.
fn body(lines: &str, arg: u64) -> Result<Vec<u64>, String> {
    let head =
        "fn %f(v0: i64) -> i64 {\nslot0: 16 align 8\nslot1: 8 align 8\nblock0(v0: i64):";
    run(&format!("{head}\n{lines}\n}}\n"), &[arg])
}

const FIBONACCI: &str = "\
fn %fib(v0: i64) -> i64 {
block0(v0: i64):
    v1 = iconst.i64 0
    v2 = iconst.i64 1
    jump block1(v0, v1, v2)
block1(v3: i64, v4: i64, v5: i64):
    v6 = isub.i64 v3, v2
    v7 = iadd.i64 v4, v5
    v8 = ine.i64 v3, v1
    branch v8, block1(v6, v5, v7), block2
block2:
    return v4
}
";

#[test]
fn loops_move_arguments_at_once() {
    for (n, expected) in [
        (0, 0),
        (1, 1),
        (2, 1),
        (10, 55),
        (90, 2_880_067_194_370_816_120),
    ] {
        assert_eq!(run(FIBONACCI, &[n]), Ok(vec![expected]));
    }
}

#[test]
fn edges_of_every_terminator() {
    let text = "\
fn %f(v0: i8) -> i64 {
block0(v0: i8):
    v1 = iconst.i64 100
    v2 = iconst.i64 200
    v3 = iconst.i64 300
    switch v0, [-1: block1(v1), 5: block1(v2)], block2
block1(v4: i64):
    return v4
block2:
    branch v0, block1(v3), block3
block3:
    return v1
}
";
    for (arg, expected) in [(0xff, 100), (0x1ff, 100), (5, 200), (6, 300), (0, 100)] {
        assert_eq!(run(text, &[arg]), Ok(vec![expected]), "{arg}");
    }
}

#[test]
fn scalars_in_memory() {
    let lines = "v1 = base 512\nv2 = trunc.i16 v0\nstore v2, v1-2\nv3 = load.i8 v1-1\n\
        v4 = zext.i64 v3\nreturn v4";
    assert_eq!(body(lines, 0x1234), Ok(vec![0x12]));
    let lines = "v1 = slot_addr slot0\nstore v0, v1+8\nv2 = iconst.i64 1\n\
        v3 = element v1, v2, 8\nv4 = load.i64 v3+0\nreturn v4";
    assert_eq!(body(lines, 77), Ok(vec![77]));
    let lines = "v1 = slot_addr slot0\nv2 = slot_addr slot1\nstore v0, v1+0\n\
        copy v2, v1, 8\nzero v1, 4\nv3 = load.i64 v1+0\nv4 = load.i64 v2+0\n\
        v5 = ixor.i64 v3, v4\nreturn v5";
    let lines = lines.replace("ixor", "xor");
    assert_eq!(body(&lines, 0x1111_2222_3333_4444), Ok(vec![0x3333_4444]));
}

#[test]
fn memory_that_was_not_written_has_a_pattern() {
    let lines = "v1 = slot_addr slot0\nv2 = load.i64 v1+0\nreturn v2";
    assert_eq!(body(lines, 0), Ok(vec![0xa5a5_a5a5_a5a5_a5a5]));
    // Also when an earlier call has written to the same bytes.
    let text = "\
fn %f() -> i64 {
block0:
    v0: i64 = call %g()
    v1: i64 = call %g()
    return v1
}
fn %g() -> i64 {
    slot0: 8 align 8
block0:
    v0 = slot_addr slot0
    v1 = load.i64 v0+0
    v2 = iconst.i64 3
    store v2, v0+0
    return v1
}
";
    assert_eq!(run(text, &[]), Ok(vec![0xa5a5_a5a5_a5a5_a5a5]));
}

#[test]
fn broken_promises_are_errors() {
    let bad = [
        (
            "v1 = iconst.i64 0\nv2 = sdiv.i64 v0, v1\nreturn v2",
            "no check stands before sdiv",
        ),
        (
            "v1 = iconst.i64 0\nv2 = urem.i64 v0, v1\nreturn v2",
            "no check stands before urem",
        ),
        ("v1 = load.i64 v0+0\nreturn v1", "which is not theirs"),
        (
            "v1 = base 4096\nv2 = load.i8 v1+0\nreturn v0",
            "which is not theirs",
        ),
        (
            "v1 = base 4090\nv2 = load.i64 v1+0\nreturn v0",
            "misaligned",
        ),
        (
            "v1 = base 0\nv2 = load.i64 v1-8\nreturn v0",
            "which is not theirs",
        ),
        (
            "v1 = slot_addr slot0\nv2 = element v1, v0, 8\nstore v0, v2+0\nreturn v0",
            "not theirs",
        ),
        (
            "v1 = base 0\ncopy v1, v1, 4097\nreturn v0",
            "an access of 4097 bytes",
        ),
        (
            "v1 = base 8\nv2 = base 0\ncopy v1, v2, 9\nreturn v0",
            "overlaps",
        ),
        (
            "v1 = base 4000\nzero v1, 97\nreturn v0",
            "an access of 97 bytes",
        ),
        (
            "jump block1\nblock1:\njump block1",
            "the step limit is reached",
        ),
        (
            "v1: i64 = call %f(v0)\nreturn v1",
            "more than 1000 calls are nested",
        ),
    ];
    for (lines, message) in bad {
        let head = "fn %f(v0: i64) -> i64 {\nslot0: 16 align 8\nblock0(v0: i64):";
        let mut interp = interp(&format!("{head}\n{lines}\n}}\n"));
        interp.fuel = Some(10_000);
        let result = interp.run(
            FuncId::from_u32(0),
            &[8],
            &mut memory(),
            &mut Log::default(),
        );
        let error = result.unwrap_err();
        assert!(
            error.contains(message) && error.starts_with("%f"),
            "{lines}\n{error}"
        );
    }
}

#[test]
fn an_address_of_a_frame_that_is_gone_is_an_error() {
    let text = "\
fn %f() -> i64 {
block0:
    v0: i64 = call %g()
    v1 = load.i64 v0+0
    return v1
}
fn %g() -> i64 {
    slot0: 8 align 8
block0:
    v0 = slot_addr slot0
    store v0, v0+0
    return v0
}
";
    assert!(run(text, &[]).unwrap_err().contains("which is not theirs"));
}

#[test]
fn callees_use_the_frames_of_callers() {
    let text = "\
fn %f(v0: i64) -> i64, f64 {
    slot0: 16 align 16
block0(v0: i64):
    v1 = slot_addr slot0
    store v0, v1+0
    v2: f64, v3: i64 = call %g(v1)
    v4 = load.i64 v1+8
    v5 = iadd.i64 v3, v4
    return v5, v2
}
fn %g(v0: i64) -> f64, i64 {
    slot0: 8 align 8
block0(v0: i64):
    v1 = load.i64 v0+0
    v2 = iadd.i64 v1, v1
    store v2, v0+8
    v3 = sint_to_f.f64 v2
    return v3, v1
}
";
    assert_eq!(run(text, &[5]), Ok(vec![15, 10.0_f64.to_bits()]));
}

#[test]
fn a_failed_check_writes_its_report() {
    let text = "\
site0 = Index [\"a\": int]
site1 = Overflow [\"i\": int, \"u\": uint, \"f\": float, \"b\": bool]
fn %f(v0: i8, v1: i8, v2: i8, v3: f32) -> i32 {
block0(v0: i8, v1: i8, v2: i8, v3: f32):
    check v0, site1 [v1, v2, v3, v0], block1 else block2
block1:
    v4 = iconst.i32 0
    return v4
block2 cold:
    v5 = iconst.i32 2
    return v5
}
";
    let (mut interp, mut memory) = (interp(text), memory());
    let mut call = |cond: u64, memory: &mut Memory| {
        let args = [cond, 0x80, 0x80, 0.1_f32.to_bits().into()];
        interp
            .run(FuncId::from_u32(0), &args, memory, &mut Log::default())
            .unwrap()
    };
    assert_eq!(call(2, &mut memory), [0]);
    assert_eq!(memory.u64(header::FAULT_SITE), 0);
    assert_eq!(call(0, &mut memory), [2]);
    assert_eq!(memory.u64(header::FAULT_SITE), 1);
    let args = [0, 8, 16, 24].map(|at| memory.u64(header::FAULT_ARGS + at));
    assert_eq!(
        args,
        [0xffff_ffff_ffff_ff80, 0x80, f64::from(0.1_f32).to_bits(), 0]
    );
}

#[test]
fn entries_and_the_host() {
    let text = "\
fn %entry() -> i32 {
block0:
    v0 = iconst.i32 -5
    v1 = host.theus_source_row v0
    v2 = base 300
    v3 = load.i8 v2+0
    v4 = zext.i32 v3
    v5 = imul.i32 v1, v4
    return v5
}
fn %other(v0: i64) -> i32 {
block0(v0: i64):
    v1 = trunc.i32 v0
    return v1
}
";
    let (mut interp, mut log) = (interp(text), Log::default());
    assert_eq!(interp.call(0, &mut memory(), &mut log), Ok(-28));
    assert_eq!(log.0, [(HostFn::SourceRow, -5)]);
    assert!(interp.call(1, &mut memory(), &mut log).is_err());
    assert!(interp.call(2, &mut memory(), &mut log).is_err());
    assert!(
        interp
            .run(FuncId::from_u32(1), &[], &mut memory(), &mut log)
            .is_err()
    );
}

#[test]
fn fuel_is_used_up() {
    let mut interp = interp(FIBONACCI);
    interp.fuel = Some(100);
    let fib = FuncId::from_u32(0);
    let result = interp.run(fib, &[2], &mut memory(), &mut Log::default());
    assert_eq!(result, Ok(vec![1]));
    // 3 at the start, 4 for each of three rounds, 1 at the end.
    assert_eq!(interp.fuel, Some(84));
}

#[test]
fn a_program_that_is_not_verified_is_refused() {
    let text = "fn %f() -> i64 {\nblock0:\nreturn\n}\n";
    assert!(Interp::new(parse_program(text).unwrap()).is_err());
}
