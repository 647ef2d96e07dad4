//! Prints how long `optimise` takes: `cargo run --release -p theus-mir --example passes_speed`.

#![expect(clippy::indexing_slicing, reason = "a measurement of fixed size")]

use std::time::Instant;

use cranelift_entity::PrimaryMap;
use theus_abi::Repr;
use theus_abi::image::Image;
use theus_mir::passes::{Options, optimise};
use theus_mir::{BinaryOp, FuncBuilder, Program, SiteId};

fn image() -> Image {
    Image {
        context_end: 256,
        fixed_end: 256,
        strict: true,
        ..Image::default()
    }
}

/// A straight numeric kernel: locals in slots, fields in memory, a check now and then.
fn kernel(statements: u32) -> Program {
    let mut b = FuncBuilder::new("kernel", &[], &[Repr::I32]);
    let slots: Vec<_> = (0..statements / 4 + 8).map(|_| b.slot(8, 8)).collect();
    let fail = b.cold_block();
    for (n, &slot) in (0..).zip(&slots) {
        let (addr, base) = (b.slot_addr(slot), b.base(256 + 8 * (n % 40)));
        let value = b.load(Repr::F64, base, 0);
        b.store(value, addr, 0);
    }
    for n in 0..statements {
        let pick = |n: u32| slots[n as usize % slots.len()];
        let (a, c) = (b.slot_addr(pick(n * 7)), b.slot_addr(pick(n * 13 + 5)));
        let (x, y) = (b.load(Repr::F64, a, 0), b.load(Repr::F64, c, 0));
        let op = [BinaryOp::Fadd, BinaryOp::Fmul, BinaryOp::Fsub][n as usize % 3];
        let k = b.f64(f64::from(n % 16) + 1.5);
        let scaled = b.binary(BinaryOp::Fmul, x, k);
        let value = b.binary(op, scaled, y);
        let to = b.slot_addr(pick(n));
        b.store(value, to, 0);
        if n % 10 == 0 {
            let finite = b.binary(BinaryOp::Feq, value, value);
            b.check(finite, SiteId::from_u32(0), &[], fail);
        }
    }
    for (n, &slot) in (0..).zip(&slots) {
        let addr = b.slot_addr(slot);
        let value = b.load(Repr::F64, addr, 0);
        let base = b.base(1024 + 8 * n);
        b.store(value, base, 0);
    }
    let ok = b.iconst(Repr::I32, 0);
    b.ret(&[ok]);
    b.switch_to(fail);
    let failed = b.iconst(Repr::I32, 2);
    b.ret(&[failed]);
    let mut func = b.finish();
    func.keep = true;
    let mut funcs = PrimaryMap::new();
    funcs.push(func);
    Program {
        funcs,
        image: image(),
    }
}

#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a measurement"
)]
fn main() {
    for statements in [250, 500, 5_000, 50_000] {
        let program = kernel(statements);
        let before: usize = program.funcs.values().map(|f| f.insts.len()).sum();
        let mut best = f64::MAX;
        for _ in 0..5 {
            let mut program = program.clone();
            let start = Instant::now();
            optimise(&mut program, &Options::default());
            best = best.min(start.elapsed().as_secs_f64());
        }
        println!("{before} instructions: {:.2} ms", best * 1e3);
    }
}
