//! The verifier rejects each kind of broken function.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may panic"
)]

use theus_abi::Repr::{F64, I8, I32, I64};
use theus_mir::verify::verify_image;
use theus_mir::{
    Block, BlockCall, Func, FuncBuilder, Inst, SiteId, Terminator, UnaryOp, Value,
    parse_program, verify, verify_func,
};

const SITES: &str = "site0 = Index [\"index\": int, \"x\": float]\n\
    site1 = Index [\"a\": int, \"b\": int, \"c\": int, \"d\": int, \"e\": int]\n";

/// Verifies a function `%f(i64, f64, i8) -> i64` of those lines, after a callee
/// `%g(f64) -> i64, i8`.
fn check(lines: &str) -> Result<(), Vec<String>> {
    let callee = "fn %g(v0: f64) -> i64, i8 {\nblock0(v0: f64):\nv1 = iconst.i64 1\n\
        v2 = iconst.i8 1\nreturn v1, v2\n}\n";
    let head = "fn %f(v0: i64, v1: f64, v2: i8) -> i64 {\nslot0: 16 align 8\n\
        block0(v0: i64, v1: f64, v2: i8):";
    let program =
        parse_program(&format!("{SITES}{callee}{head}\n{lines}\n}}\n")).unwrap();
    verify(&program)
}

#[test]
fn good_functions_pass() {
    let good = [
        "return v0",
        "v3: i64, v4: i8 = call %g(v1)\nreturn v3",
        "check v2, site0 [v0, v1], block1 else block1\nblock1:\nreturn v0",
        "jump block1(v0)\nblock1(v3: i64):\nbranch v2, block1(v3), block2\nblock2:\nreturn v3",
        // Blocks that nothing reaches may use anything.
        "return v0\nblock1:\nv3 = ineg.i64 v4\nv4 = ineg.i64 v3\nreturn v4",
        // Only the entry block is known to be executed.
        "jump block1\nblock1:\nv3 = slot_addr slot0\nv4 = load.i64 v3+16\nreturn v4",
        "v3 = slot_addr slot0\nv4 = load.i64 v3+8\nreturn v4",
    ];
    for lines in good {
        assert_eq!(check(lines), Ok(()), "{lines}");
    }
}

#[test]
fn operands_and_results_fit() {
    let bad = [
        ("v3 = iadd.i64 v0, v2\nreturn v0", "operands do not fit"),
        ("v3 = iadd.f64 v1, v1\nreturn v0", "operands do not fit"),
        ("v3 = fadd.i64 v0, v0\nreturn v0", "operands do not fit"),
        ("v3 = flt.i64 v0, v0\nreturn v0", "operands do not fit"),
        (
            "v3 = iadd.i32 v0, v0\nreturn v0",
            "results do not fit the operation",
        ),
        ("v3 = ineg.i32 v0\nreturn v0", "operands do not fit"),
        ("v3 = not.i64 v0\nreturn v0", "operands do not fit"),
        ("v3 = sext.i8 v0\nreturn v0", "operands do not fit"),
        ("v3 = zext.i64 v0\nreturn v0", "operands do not fit"),
        ("v3 = trunc.i64 v2\nreturn v0", "operands do not fit"),
        ("v3 = fsqrt.f64 v0\nreturn v0", "operands do not fit"),
        ("v3 = fpromote.f64 v1\nreturn v0", "operands do not fit"),
        ("v3 = fdemote.f64 v1\nreturn v0", "operands do not fit"),
        ("v3 = sint_to_f.i64 v0\nreturn v0", "operands do not fit"),
        ("v3 = f_to_sint.i64 v0\nreturn v0", "operands do not fit"),
        ("v3 = bitcast.f32 v0\nreturn v0", "operands do not fit"),
        (
            "v3 = select.i64 v0, v0, v0\nreturn v0",
            "operands do not fit",
        ),
        (
            "v3 = select.i64 v2, v0, v1\nreturn v0",
            "operands do not fit",
        ),
        ("v3 = fma.f64 v1, v1, v0\nreturn v0", "operands do not fit"),
        ("v3 = math.sin v0\nreturn v0", "operands do not fit"),
        ("v3 = element v0, v2, 8\nreturn v0", "operands do not fit"),
        ("v3 = load.f64 v1+0\nreturn v0", "operands do not fit"),
        ("store v0, v2+0\nreturn v0", "operands do not fit"),
        ("copy v0, v1, 8\nreturn v0", "operands do not fit"),
        ("zero v1, 8\nreturn v0", "operands do not fit"),
        (
            "v3 = host.theus_sink_row v0\nreturn v0",
            "operands do not fit",
        ),
        (
            "v3 = trunc.i32 v0\nv4 = host.theus_sink_row v3, v3\nreturn v0",
            "operands do not fit",
        ),
    ];
    rejects(&bad);
}

#[test]
fn calls_checks_and_ends_fit() {
    let bad = [
        (
            "v3: i64 = call %g(v1)\nreturn v0",
            "results do not fit the callee",
        ),
        (
            "v3: i64, v4: i8 = call %g(v0)\nreturn v0",
            "arguments do not fit the callee",
        ),
        ("call fn9()\nreturn v0", "there is no such function"),
        ("return v1", "results do not fit the function"),
        ("return", "results do not fit the function"),
        (
            "branch v0, block1, block1\nblock1:\nreturn v0",
            "the condition is not an i8",
        ),
        (
            "switch v1, [], block1\nblock1:\nreturn v0",
            "a switch on a float",
        ),
        (
            "switch v0, [1: block1, 1: block1], block1\nblock1:\nreturn v0",
            "are equal",
        ),
        (
            "switch v2, [200: block1], block1\nblock1:\nreturn v0",
            "not sign-extended",
        ),
        (
            "check v0, site0 [v0, v1], block1 else block1\nblock1:\nreturn v0",
            "not an i8",
        ),
        (
            "check v2, site7 [], block1 else block1\nblock1:\nreturn v0",
            "no such site",
        ),
        (
            "check v2, site0 [v0], block1 else block1\nblock1:\nreturn v0",
            "do not fit the site",
        ),
        (
            "check v2, site0 [v1, v1], block1 else block1\nblock1:\nreturn v0",
            "do not fit the site",
        ),
        (
            "check v2, site1 [v0, v0, v0, v0, v0], block1 else block1\nblock1:\nreturn v0",
            "more operands than a check can have",
        ),
        (
            "v3 = slot_addr slot0\nv4 = load.i64 v3+9\nreturn v4",
            "an access outside its slot",
        ),
        (
            "v3 = slot_addr slot0\nstore v0, v3-1\nreturn v0",
            "an access outside its slot",
        ),
        (
            "v3 = slot_addr slot0\ncopy v0, v3, 17\nreturn v0",
            "an access outside its slot",
        ),
        (
            "v3 = slot_addr slot0\nv4 = iconst.i64 2\nv5 = element v3, v4, 8\nzero v5, 1\nreturn v0",
            "an access outside its slot",
        ),
    ];
    rejects(&bad);
}

#[test]
fn edges_and_dominance() {
    let bad = [
        (
            "jump block1\nblock1(v3: i64):\nreturn v3",
            "the arguments of an edge",
        ),
        (
            "jump block1(v1)\nblock1(v3: i64):\nreturn v3",
            "the arguments of an edge",
        ),
        (
            "jump block1(v0)\nblock1:\nreturn v0",
            "the arguments of an edge",
        ),
        (
            "jump block0(v0, v1, v2)",
            "an edge leads to the entry block",
        ),
        (
            "v3 = ineg.i64 v4\nv4 = ineg.i64 v0\nreturn v3",
            "v4 is not defined on every path",
        ),
        (
            "v3 = ineg.i64 v3\nreturn v3",
            "v3 is not defined on every path",
        ),
        (
            "branch v2, block1, block2\nblock1:\nv3 = ineg.i64 v0\njump block2\n\
             block2:\nreturn v3",
            "v3 is not defined on every path",
        ),
        (
            "branch v2, block1(v0), block2\nblock1(v3: i64):\njump block2\nblock2:\nreturn v3",
            "v3 is not defined on every path",
        ),
        ("v3 = ineg.i64 v0", "the block has no terminator"),
    ];
    rejects(&bad);
}

fn rejects(bad: &[(&str, &str)]) {
    for (lines, message) in bad {
        let errors = check(lines).unwrap_err();
        assert!(
            errors.iter().any(|error| error.contains(message)),
            "{lines}\n{errors:?}"
        );
    }
}

fn small() -> Func {
    let mut b = FuncBuilder::new("small", &[I64], &[I64]);
    let arg = b.params()[0];
    let double = b.binary(theus_mir::BinaryOp::Iadd, arg, arg);
    b.slot(8, 8);
    b.ret(&[double]);
    b.finish()
}

/// What the verifier says after a change of a good function.
fn broken(change: impl Fn(&mut Func)) -> String {
    let mut func = small();
    assert_eq!(verify_func(&func, None), Ok(()));
    change(&mut func);
    verify_func(&func, None).unwrap_err().join("\n")
}

/// Breaks a function.
type Change<'a> = &'a dyn Fn(&mut Func);

#[test]
fn ids_exist() {
    let entry = Block::from_u32(0);
    let cases: [(&str, Change<'_>); 12] = [
        ("there is no entry block", &|f| f.layout.clear()),
        ("there is no such block", &|f| {
            f.layout.push(Block::from_u32(9));
        }),
        ("in the layout twice", &|f| f.layout.push(entry)),
        ("there is no such instruction", &|f| {
            f.blocks[entry].insts.push(theus_mir::InstId::from_u32(9));
        }),
        ("the instruction is in two places", &|f| {
            let inst = f.blocks[entry].insts[0];
            f.blocks[entry].insts.push(inst);
        }),
        ("v9 does not exist", &|f| {
            f.blocks[entry].term = Some(Terminator::Return(vec![Value::from_u32(9)]));
        }),
        ("defined by Param", &|f| {
            let value = f.blocks[entry].params[0];
            f.blocks[entry].params.push(value);
        }),
        ("is not in the layout", &|f| {
            let other = f.new_block();
            f.layout.pop();
            f.blocks[entry].term = Some(Terminator::Jump(BlockCall::to(other)));
        }),
        ("there is no such slot", &|f| {
            let slot = theus_mir::Slot::from_u32(9);
            let inst = f.make(Inst::SlotAddr { slot }, &[I64]);
            f.blocks[entry].insts.push(inst);
        }),
        ("the alignment is not", &|f| {
            f.new_slot(8, 3);
        }),
        ("its parameters are not the function's", &|f| {
            f.params.push(F64);
        }),
        ("operands do not fit", &|f| {
            let inst = f.make(Inst::Iconst { repr: I8, imm: 255 }, &[I8]);
            f.blocks[entry].insts.push(inst);
        }),
    ];
    for (message, change) in cases {
        let errors = broken(change);
        assert!(errors.contains(message), "{message}: {errors}");
    }
}

#[test]
fn results_of_instructions_in_no_block_are_not_defined() {
    let errors = broken(|f| {
        let arg = f.blocks[Block::from_u32(0)].params[0];
        let inst = f.make(
            Inst::Unary {
                op: UnaryOp::Ineg,
                repr: I64,
                arg,
            },
            &[I64],
        );
        let value = f.results[inst][0];
        f.blocks[Block::from_u32(0)].term = Some(Terminator::Return(vec![value]));
    });
    assert!(
        errors.contains("v2 is not defined on every path"),
        "{errors}"
    );
}

#[test]
fn entries_of_the_image_return_a_status() {
    let text = "fn %f() -> i32 {\nblock0:\nv0 = iconst.i32 0\nreturn v0\n}\n\
        fn %g() {\nblock0:\nreturn\n}\n";
    let mut program = parse_program(text).unwrap();
    assert_eq!(verify_image(&program), Ok(()));
    program.image.validate = 1;
    program.image.init = 7;
    program.image.functions.pop();
    assert_eq!(verify_image(&program).unwrap_err().len(), 3);
}

#[test]
fn built_functions_are_good() {
    let mut b = FuncBuilder::new("f", &[I64, I64], &[I64]);
    let [x, y] = b.params()[..] else { panic!() };
    let (head, body, fail) = (b.new_block(), b.new_block(), b.cold_block());
    let n = b.param(head, I64);
    let zero = b.iconst(I64, 0);
    b.jump(head, &[zero]);
    b.switch_to(head);
    let more = b.binary(theus_mir::BinaryOp::Slt, n, x);
    let done = b.new_block();
    b.branch(more, body, done);
    b.switch_to(body);
    let nonzero = b.binary(theus_mir::BinaryOp::Ine, y, zero);
    b.check(nonzero, SiteId::from_u32(0), &[x, y], fail);
    let next = b.binary(theus_mir::BinaryOp::Iadd, n, y);
    b.jump(head, &[next]);
    // Dead code goes to blocks that disappear.
    assert!(b.is_terminated());
    let dead = b.iconst(I32, 1);
    assert!(!b.is_terminated());
    b.check(dead, SiteId::from_u32(0), &[], fail);
    b.ret(&[]);
    b.check(dead, SiteId::from_u32(0), &[], fail);
    b.jump(head, &[]);
    b.switch_to(done);
    b.ret(&[n]);
    b.switch_to(fail);
    b.ret(&[zero]);
    let func = b.finish();
    assert_eq!(verify_func(&func, None), Ok(()));
    assert_eq!(func.layout.len(), 6);
    assert!(func.blocks[fail].cold);
}
