//! Control flow, calls, memory and checks: machine code does what the interpreter does.
#![expect(dead_code, reason = "each test file uses a part of the rig")]

#[cfg(test)]
#[path = "support/rig.rs"]
mod common;

use common::{OPERANDS, agree, program};
use theus_abi::image::{ArgKind, Loc, Site, SiteKind, Within};
use theus_abi::{Fault, HostFn, Memory, Repr, header};
use theus_mir::{
    BinaryOp, BlockCall, Func, FuncBuilder, FuncId, SiteId, Terminator, UnaryOp, Value,
};

#[cfg(test)]
fn builder(name: &str) -> FuncBuilder {
    FuncBuilder::new(name, &[], &[Repr::I32])
}

#[cfg(test)]
fn operand(b: &mut FuncBuilder, repr: Repr, n: u32) -> Value {
    let at = b.base(OPERANDS + 8 * n);
    b.load(repr, at, 0)
}

#[cfg(test)]
fn store(b: &mut FuncBuilder, value: Value, n: u32) {
    let at = b.base(OPERANDS);
    b.store(value, at, i32::try_from(8 * n).unwrap());
}

#[cfg(test)]
fn end(mut b: FuncBuilder, status: i64) -> Func {
    let status = b.iconst(Repr::I32, status);
    b.ret(&[status]);
    b.finish()
}

#[cfg(test)]
fn result(memory: &Memory, n: i32) -> u64 {
    memory.u64(i32::try_from(OPERANDS).unwrap() + 8 * n)
}

#[cfg(test)]
fn site(args: &[ArgKind]) -> Site {
    let args = args
        .iter()
        .map(|kind| (String::from("value"), *kind))
        .collect();
    let kind = SiteKind::Fault(Fault::Index);
    Site {
        kind,
        loc: Loc::default(),
        process: None,
        args,
        call: None,
        within: Within::Entry,
    }
}

#[test]
fn a_failed_check_reports_site_and_operands() {
    let kinds = [
        (ArgKind::Int, Repr::I8),
        (ArgKind::Uint, Repr::I8),
        (ArgKind::Bool, Repr::I8),
        (ArgKind::Int, Repr::I16),
        (ArgKind::Uint, Repr::I32),
        (ArgKind::Int, Repr::I64),
        (ArgKind::Float, Repr::F32),
        (ArgKind::Float, Repr::F64),
        (ArgKind::Duration, Repr::I64),
    ];
    for (kind, repr) in kinds {
        for negated in [false, true] {
            let mut b = builder("check");
            let cond = operand(&mut b, Repr::I8, 0);
            let cond = if negated {
                b.unary(UnaryOp::Not, Repr::I8, cond)
            } else {
                cond
            };
            let value = operand(&mut b, repr, 1);
            let fail = b.cold_block();
            b.check(cond, SiteId::from_u32(1), &[value, value], fail);
            let good = b.iconst(Repr::I32, 0);
            b.ret(&[good]);
            b.switch_to(fail);
            let func = end(b, 2);
            let program = program(vec![func], vec![site(&[]), site(&[kind, kind])]);
            for (cond, value) in [
                (0, 0x80),
                (1, 0x80),
                (0xff, 1),
                (0, u64::MAX),
                (0, 0x3fc0_0001),
            ] {
                let (status, memory, _) = agree(&program, &[cond, value]);
                let fails = (cond == 0) != negated;
                assert_eq!(status, if fails { 2 } else { 0 });
                assert_eq!(memory.u64(header::FAULT_SITE), u64::from(fails));
            }
            let (_, memory, _) = agree(&program, &[u64::from(negated), 0x80]);
            let reported = memory.u64(header::FAULT_ARGS + 8).cast_signed();
            if repr == Repr::I8 {
                assert_eq!(reported, if kind == ArgKind::Int { -128 } else { 128 });
            }
        }
    }
}

/// Sum of 0..n, in a loop of two carried values.
#[test]
fn loops_carry_values() {
    let mut b = builder("sum");
    let n = operand(&mut b, Repr::I64, 0);
    let (head, body, done) = (b.new_block(), b.new_block(), b.new_block());
    let (i, sum) = (b.param(head, Repr::I64), b.param(head, Repr::I64));
    let zero = b.iconst(Repr::I64, 0);
    b.jump(head, &[zero, zero]);
    b.switch_to(head);
    let more = b.binary(BinaryOp::Slt, i, n);
    b.branch(more, body, done);
    b.switch_to(body);
    let next_sum = b.binary(BinaryOp::Iadd, sum, i);
    let one = b.iconst(Repr::I64, 1);
    let next = b.binary(BinaryOp::Iadd, i, one);
    b.jump(head, &[next, next_sum]);
    b.switch_to(done);
    store(&mut b, sum, 1);
    let program = program(vec![end(b, 0)], Vec::new());
    for n in [0, 1, 2, 1000] {
        let (_, memory, _) = agree(&program, &[n]);
        assert_eq!(result(&memory, 1), n * n.saturating_sub(1) / 2);
    }
}

#[test]
fn switches_go_where_they_should() {
    let sets: [(Repr, &[i64]); 6] = [
        (Repr::I8, &[0, 1, -1]),
        (Repr::I8, &[0, 1, 2, 3, 4, 5, -128, 127, -1]),
        (Repr::I16, &[-3, -2, -1, 0, 1, 2, 1000, 30000]),
        (Repr::I32, &[0, 1, 2, 3, 4, 5, 6, i32::MIN as i64]),
        (Repr::I64, &[i64::MIN, i64::MAX, 0, -1, 77, 78, 79]),
        (Repr::I64, &[]),
    ];
    for (repr, cases) in sets {
        let mut b = builder("switch");
        let value = operand(&mut b, repr, 0);
        let join = b.new_block();
        let chosen = b.param(join, Repr::I64);
        let constants: Vec<Value> = (0..=cases.len())
            .map(|n| b.iconst(Repr::I64, 100 + n as i64))
            .collect();
        let edge = |n: usize| BlockCall {
            block: join,
            args: vec![constants[n]],
        };
        let term = Terminator::Switch {
            value,
            cases: cases
                .iter()
                .enumerate()
                .map(|(n, case)| (*case, edge(n)))
                .collect(),
            default: edge(cases.len()),
        };
        let here = b.current();
        b.func_mut().blocks[here].term = Some(term);
        b.switch_to(join);
        store(&mut b, chosen, 1);
        let program = program(vec![end(b, 0)], Vec::new());
        let tried = cases.iter().copied().chain([-7, 6, 50, 1 << 20]);
        for tried in tried {
            let (_, memory, _) = agree(&program, &[tried.cast_unsigned()]);
            let narrow = theus_mir::eval::sign_extend(repr, tried.cast_unsigned());
            let n = cases
                .iter()
                .position(|case| *case == narrow)
                .unwrap_or(cases.len());
            assert_eq!(result(&memory, 1), 100 + n as u64, "{repr} {tried}");
        }
    }
}

/// More parameters and results than there are registers, of all representations.
#[test]
fn calls_pass_any_number_of_values() {
    let reprs: Vec<Repr> = (0..24).map(|n| Repr::ALL[n % 6]).collect();
    let mut callee = FuncBuilder::new("rotate", &reprs, &reprs);
    let params = callee.params();
    // Results of one representation change places.
    let results: Vec<Value> = (0..24).map(|n| params[(n + 6) % 24]).collect();
    callee.ret(&results);
    let mut b = builder("caller");
    let args: Vec<Value> = reprs
        .iter()
        .zip(0..)
        .map(|(repr, n)| operand(&mut b, *repr, n))
        .collect();
    let results = b.call(FuncId::from_u32(1), &args, &reprs);
    let again = b.call(FuncId::from_u32(1), &results, &reprs);
    for (value, n) in again.iter().zip(32..) {
        store(&mut b, *value, n);
    }
    let program = program(vec![end(b, 0), callee.finish()], Vec::new());
    let operands: Vec<u64> = (0..24)
        .map(|n| 0x4010_2030_4050_6070 + n * 0x0101_0101)
        .collect();
    let (_, memory, _) = agree(&program, &operands);
    for n in 0..24 {
        let mask = theus_mir::eval::mask(reprs[n as usize]);
        let from = operands[(n as usize + 12) % 24];
        assert_eq!(result(&memory, 32 + n), from & mask, "{n}");
    }
}

#[test]
fn copies_and_zeroes_of_any_size() {
    for size in (0..70).chain([127, 128, 129, 130, 255, 1000]) {
        let mut b = builder("copy");
        let (src, dst) = (b.base(OPERANDS + 3), b.base(OPERANDS + 1500 + 5));
        b.copy(dst, src, size);
        let hole = b.base(OPERANDS + 3000 + 1);
        b.zero(hole, size);
        let program = program(vec![end(b, 0)], Vec::new());
        let operands: Vec<u64> = (1..513_u64)
            .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
            .collect();
        let (_, memory, _) = agree(&program, &operands);
        let bytes = &memory.bytes()[OPERANDS as usize..];
        let size = size as usize;
        assert_eq!(bytes[3..3 + size], bytes[1505..1505 + size]);
        assert!(bytes[3001..3001 + size].iter().all(|byte| *byte == 0));
        assert_ne!(bytes[3001 + size..3009 + size], [0; 8]);
    }
}

#[test]
fn frame_memory_is_aligned_and_indexed() {
    for align in [1, 2, 4, 8, 16] {
        let mut b = builder("slot");
        let _first = b.slot(3, 1);
        let slot = b.slot(80, align);
        let at = b.slot_addr(slot);
        b.zero(at, 80);
        let index = operand(&mut b, Repr::I64, 0);
        let (value, eight) = (operand(&mut b, Repr::I64, 1), b.iconst(Repr::I64, 8));
        let scaled = b.element(at, index, 8);
        b.store(value, scaled, 0);
        let three = b.iconst(Repr::I64, 3);
        let strange = b.element(at, three, 12);
        let narrow = b.iconst(Repr::I16, -2);
        b.store(narrow, strange, 4);
        let out = b.base(OPERANDS + 64);
        b.copy(out, at, 80);
        let low = b.iconst(Repr::I64, i64::from(align) - 1);
        let rest = b.binary(BinaryOp::And, at, low);
        store(&mut b, rest, 2);
        store(&mut b, eight, 3);
        let program = program(vec![end(b, 0)], Vec::new());
        for index in 0..9 {
            let (_, memory, _) = agree(&program, &[index, 0x1122_3344_5566_7788]);
            assert_eq!(result(&memory, 2), 0, "alignment {align}");
        }
    }
}

/// An element of an element, far from the base address, with a constant on top.
#[test]
fn addresses_add_up() {
    let mut b = builder("element");
    let table = b.base(OPERANDS + 1024);
    let (row, column) = (operand(&mut b, Repr::I64, 0), operand(&mut b, Repr::I64, 1));
    let row = b.element(table, row, 24);
    let cell = b.element(row, column, 8);
    let value = operand(&mut b, Repr::I64, 2);
    b.store(value, cell, -8);
    let back = b.load(Repr::I64, cell, -8);
    store(&mut b, back, 3);
    let callee_arg = b.element(cell, column, 1);
    let distance = b.base(0);
    let distance = b.binary(BinaryOp::Isub, callee_arg, distance);
    store(&mut b, distance, 4);
    let program = program(vec![end(b, 0)], Vec::new());
    for (row, column) in [(0, 1), (3, 2), (1, 1)] {
        let (_, memory, _) = agree(&program, &[row, column, 0xabcdef]);
        let at = OPERANDS as u64 + 1024 + 24 * row + 8 * column - 8;
        assert_eq!(memory.u64(i32::try_from(at).unwrap()), 0xabcdef);
        assert_eq!(result(&memory, 4), at + 8 + column);
    }
}

#[test]
fn host_calls_see_and_change_memory() {
    let mut b = builder("host");
    let ten = b.iconst(Repr::I32, 10);
    let before = operand(&mut b, Repr::I8, 0);
    let first = b.host(HostFn::SinkRow, ten);
    let second = b.host(HostFn::SourceRow, first);
    let after = operand(&mut b, Repr::I8, 0);
    let sum = b.binary(BinaryOp::Isub, after, before);
    store(&mut b, sum, 1);
    b.ret(&[second]);
    let program = program(vec![b.finish()], Vec::new());
    let (status, memory, host) = agree(&program, &[5]);
    assert_eq!(status, 13);
    assert_eq!(host.calls, [(HostFn::SinkRow, 10), (HostFn::SourceRow, 11)]);
    assert_eq!(result(&memory, 1), 2);
    assert_eq!(memory.u64(header::HOST), 0);
}

#[test]
fn nan_is_canonical_in_any_company() {
    let nans = [0xfff8_0000_0000_0001, 0x7ff0_0000_0000_0001, u64::MAX];
    let values = [
        1.5_f64.to_bits(),
        0,
        nans[0],
        nans[1],
        nans[2],
        f64::INFINITY.to_bits(),
    ];
    let mut b = builder("canon");
    let args: Vec<Value> = (0..3).map(|n| operand(&mut b, Repr::F64, n)).collect();
    let narrow = operand(&mut b, Repr::F32, 0);
    for (arg, n) in args.iter().zip(3..) {
        let canonical = b.unary(UnaryOp::Fcanon, Repr::F64, *arg);
        store(&mut b, canonical, n);
        if n == 3 {
            let canonical = b.unary(UnaryOp::Fcanon, Repr::F32, narrow);
            store(&mut b, canonical, 6);
        }
    }
    let program = program(vec![end(b, 0)], Vec::new());
    for n in 0..values.len().pow(3) {
        let [x, y, z] = [1, 6, 36].map(|step| values[n / step % 6]);
        let (_, memory, _) = agree(&program, &[x, y, z]);
        for (bits, n) in [x, y, z].into_iter().zip(3..) {
            let is_nan = f64::from_bits(bits).is_nan();
            let want = if is_nan { 0x7ff8_0000_0000_0000 } else { bits };
            assert_eq!(result(&memory, n), want);
        }
    }
}

#[test]
fn checks_of_conjunctions_agree() {
    let mut b = builder("range");
    let x = operand(&mut b, Repr::F64, 0);
    let (lo, hi) = (b.f64(-1.0), b.f64(1.0));
    let above = b.binary(BinaryOp::Fle, lo, x);
    let below = b.binary(BinaryOp::Flt, hi, x);
    let below = b.unary(UnaryOp::Not, Repr::I8, below);
    let ordered = b.binary(BinaryOp::Feq, x, x);
    let both = b.binary(BinaryOp::And, above, below);
    let fail = b.cold_block();
    b.check(both, SiteId::from_u32(0), &[x], fail);
    let flag = operand(&mut b, Repr::I8, 1);
    let odd = b.binary(BinaryOp::And, flag, ordered);
    b.check(odd, SiteId::from_u32(1), &[], fail);
    let negated = b.unary(UnaryOp::Not, Repr::I8, both);
    let never = b.binary(BinaryOp::And, negated, ordered);
    let good = b.unary(UnaryOp::Not, Repr::I8, never);
    b.check(good, SiteId::from_u32(2), &[], fail);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    b.switch_to(fail);
    let sites = vec![site(&[ArgKind::Float]), site(&[]), site(&[])];
    let program = program(vec![end(b, 2)], sites);
    let cases = [
        (0.0, 1, 0),
        (-1.0, 3, 0),
        (1.0, 255, 0),
        (1.5, 1, 2),
        (-2.0, 1, 2),
        (f64::NAN, 1, 2),
        (0.5, 0, 2),
        (0.5, 2, 2),
    ];
    for (x, flag, want) in cases {
        let (status, ..) = agree(&program, &[x.to_bits(), flag]);
        assert_eq!(status, want, "{x} {flag}");
    }
}
