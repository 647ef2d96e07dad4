//! Pages of machine code: never writable and executable at once, and given back. Alone in its
//! file, because it counts the mappings of the whole process.
#![cfg(target_os = "linux")]
#![expect(dead_code, reason = "each test file uses a part of the rig")]

#[cfg(test)]
#[path = "support/rig.rs"]
mod common;

use common::{Rig, program};
use theus_abi::Repr;
use theus_codegen::Options;
use theus_mir::FuncBuilder;

#[test]
fn code_is_never_writable_and_is_given_back() {
    let mut b = FuncBuilder::new("trivial", &[], &[Repr::I32]);
    let zero = b.iconst(Repr::I32, 0);
    b.ret(&[zero]);
    let program = program(vec![b.finish()], Vec::new());
    let maps = || std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut rig = Rig::new(&program, &Options::default());
    assert_eq!(rig.call(0), 0);
    assert!(!maps().lines().any(|line| line.contains("rwx")));
    drop(rig);
    let before = maps().lines().count();
    for _ in 0..100 {
        let mut rig = Rig::new(&program, &Options::default());
        assert_eq!(rig.call(0), 0);
    }
    let after = maps().lines().count();
    assert!(after <= before + 5, "{before} mappings became {after}");
}
