//! Globals, fields, paths: what a host may see and set.
#![expect(dead_code, reason = "each test file uses a part of the plant")]

#[cfg(test)]
#[path = "support/plant.rs"]
mod plant;

use std::sync::Arc;

use plant::{idle, image, load};
use theus_abi::image::Image;
use theus_vm::{LoadOptions, Value, Vm, VmError};

#[cfg(test)]
fn vm() -> Vm {
    load(image(), LoadOptions::default(), idle()).0
}

#[cfg(test)]
fn started(set: &[(&str, &str)]) -> Vm {
    let mut vm = vm();
    set.iter()
        .for_each(|(path, value)| vm.set_global(path, *value).unwrap());
    vm.start().unwrap();
    vm
}

#[cfg(test)]
fn text(vm: &Vm, path: &str) -> String {
    vm.get(path).unwrap().to_string()
}

#[test]
fn defaults_are_computed_in_order() {
    let vm = started(&[]);
    let cases = [
        ("plant.gain", "2.0"),
        ("plant.law", "Classical"),
        ("plant.params", "Params(m0: 20.0, m1: 0.5)"),
        ("plant.params.m1", "0.5"),
        ("plant.k", "[[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]"),
        ("plant.k[1]", "[3.0, 4.0, 5.0]"),
        ("plant.k[1][2]", "5.0"),
        ("plant.k[1, 0]", "3.0"),
        ("plant.step", "1ms"),
        ("plant.x", "1.0"),
        ("plant.n", "0"),
        ("plant.history", "[]"),
    ];
    for (path, want) in cases {
        assert_eq!(text(&vm, path), want, "{path}");
    }
}

#[test]
fn settings_replace_defaults_and_later_defaults_see_them() {
    let vm = started(&[
        ("plant.gain", "3"),
        ("plant.law", "Law.Sta"),
        ("plant.params.m1", "1e-3"),
        ("plant.k[0]", "[7, 8.5, -9]"),
        ("plant.k[1][1]", "inf"),
        ("plant.step", "2.5ms"),
    ]);
    assert_eq!(text(&vm, "plant.params"), "Params(m0: 30.0, m1: 0.001)");
    assert_eq!(text(&vm, "plant.law"), "Sta");
    assert_eq!(text(&vm, "plant.k"), "[[7.0, 8.5, -9.0], [3.0, inf, 5.0]]");
    assert_eq!(text(&vm, "plant.step"), "2.5ms");
}

#[test]
fn whole_structs_and_arrays_can_be_set() {
    let vm = started(&[
        ("plant.params", "Params(m1: 2, m0: 1)"),
        ("plant.k", "[[1, 2, 3], [4, 5, 6],]"),
    ]);
    assert_eq!(text(&vm, "plant.params"), "Params(m0: 1.0, m1: 2.0)");
    assert_eq!(text(&vm, "plant.k"), "[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]");
}

#[test]
fn what_cannot_be_set_is_said() {
    let cases = [
        (
            "plant.gian",
            "1",
            "there is no field `plant.gian`; did you mean `plant.gain`?",
        ),
        (
            "plant.params.m2",
            "1",
            "there is no field `plant.params.m2`; did you mean `m0` or `m1`?",
        ),
        (
            "plant.k[2]",
            "1",
            "index 2 in `plant.k[2]` is out of range: the length is 2",
        ),
        (
            "plant.gain[0]",
            "1",
            "index 0 in `plant.gain[0]` is out of range: the length is 0",
        ),
        (
            "plant.gain",
            "fast",
            "`plant.gain` needs an f64, not `fast`",
        ),
        (
            "plant.gain",
            "11",
            "11.0 is not in the range of `plant.gain`, 0.0..=10.0",
        ),
        (
            "plant.gain",
            "nan",
            "nan is not in the range of `plant.gain`, 0.0..=10.0",
        ),
        (
            "plant.law",
            "sta",
            "`plant.law` needs Law: Classical or Sta or Hybrid, not `sta`",
        ),
        (
            "plant.step",
            "10",
            "`plant.step` needs a duration such as 10ms, not `10`",
        ),
        (
            "plant.k",
            "[1, 2]",
            "`plant.k` needs an array of 2 by 3 values, not `[1, 2]`",
        ),
        (
            "plant.params",
            "Params(m0: 1)",
            "`plant.params` needs a value for every member of Params, not `Params(m0: 1)`",
        ),
        (
            "plant.x",
            "1",
            "`plant.x` is a data field: it can be set between ticks only",
        ),
    ];
    for (path, value, want) in cases {
        let error = vm().set_global(path, value).unwrap_err();
        assert_eq!(error.to_string(), want);
    }
}

#[test]
fn data_fields_are_set_between_ticks() {
    let mut vm = started(&[]);
    vm.set("plant.x", -0.25).unwrap();
    vm.set("plant.n", 100_i64).unwrap();
    assert_eq!(vm.get("plant.x").unwrap(), Value::Float(-0.25));
    assert_eq!(vm.get("plant.n").unwrap(), Value::Uint(100));
    assert_eq!(vm.bytes("plant.n").unwrap(), [100, 0, 0, 0]);
    assert!(matches!(
        vm.set("plant.n", 101_i64),
        Err(VmError::OutOfRange { .. })
    ));
    assert!(matches!(
        vm.set("plant.n", -1_i64),
        Err(VmError::WrongType { .. })
    ));
    assert!(matches!(
        vm.set("plant.n", 1.5),
        Err(VmError::WrongType { .. })
    ));
    assert!(matches!(
        vm.set("plant.gain", 1.5),
        Err(VmError::WrongZone { .. })
    ));
    assert_eq!(vm.get("plant.n").unwrap(), Value::Uint(100));
}

#[test]
fn rings_read_the_newest_first() {
    let mut vm = started(&[]);
    vm.set("plant.history", "[4, 3, 2, 1]").unwrap();
    assert_eq!(text(&vm, "plant.history"), "[4.0, 3.0, 2.0, 1.0]");
    assert_eq!(text(&vm, "plant.history[0]"), "4.0");
    assert_eq!(text(&vm, "plant.history[3]"), "1.0");
    vm.set("plant.history[1]", 30.0).unwrap();
    assert_eq!(text(&vm, "plant.history"), "[4.0, 30.0, 2.0, 1.0]");
    assert!(vm.get("plant.history[4]").is_err());
    vm.set("plant.history", "[9]").unwrap();
    assert_eq!(text(&vm, "plant.history"), "[9.0]");
    assert!(vm.get("plant.history[1]").is_err());
    assert!(vm.set("plant.history", "[1, 2, 3, 4, 5]").is_err());
}

#[test]
fn a_failing_check_of_globals_is_an_error_of_the_start() {
    let mut vm = vm();
    vm.set_global("plant.params.m1", "1000").unwrap();
    let error = vm.start().unwrap_err();
    assert_eq!(
        error.to_string(),
        "the program cannot start: an invariant is false at tick 0 (0s)"
    );
    vm.clear_globals().unwrap();
    vm.start().unwrap();
}

#[test]
fn calls_in_the_wrong_order_are_errors() {
    let mut vm = vm();
    assert!(matches!(vm.get("plant.x"), Err(VmError::Order(_))));
    assert!(matches!(vm.tick(0), Err(VmError::Order(_))));
    assert!(matches!(vm.snapshot(), Err(VmError::Order(_))));
    vm.start().unwrap();
    assert!(matches!(vm.start(), Err(VmError::Order(_))));
    assert!(matches!(
        vm.set_global("plant.gain", "1"),
        Err(VmError::Order(_))
    ));
    vm.reset().unwrap();
    vm.set_global("plant.gain", "1").unwrap();
    vm.start().unwrap();
    assert_eq!(text(&vm, "plant.gain"), "1.0");
}

#[test]
fn a_broken_image_is_refused() {
    type Break = fn(&mut Image);
    let breaks: [(Break, &str); 9] = [
        (|image| image.context_end = 8, "contexts end at 8"),
        (
            |image| image.fields[1].offset = 250,
            "field `plant.law` is misplaced",
        ),
        (
            |image| image.fields[7].offset = 400,
            "field `plant.history` ends behind",
        ),
        (|image| image.init = 99, "no function 99"),
        (
            |image| image.globals[0].0 = 5,
            "something that is no global",
        ),
        (|image| image.sites[0].process = Some(3), "no process 3"),
        (
            |image| {
                image.sinks = vec![theus_abi::image::Stream {
                    row: 500,
                    ..plant::sink()
                }];
            },
            "column `plant.law` of `out/run.csv` is misplaced",
        ),
        (
            |image| image.pipelines[0].period = theus_abi::image::Period::Global(0),
            "no period",
        ),
        (
            |image| image.fields[1].path = "plant.gain".to_owned(),
            "two fields are called",
        ),
    ];
    for (change, want) in breaks {
        let mut image = image();
        change(&mut image);
        let code = plant::Plant {
            tick: idle(),
            calls: Arc::default(),
        };
        let error = Vm::load(Arc::new(image), Box::new(code), LoadOptions::default());
        let text = error.unwrap_err().to_string();
        assert!(text.contains(want), "{text}");
    }
}

#[test]
fn too_much_memory_is_an_error() {
    let mut image = image();
    image.scratch = u32::MAX;
    let code = plant::Plant {
        tick: idle(),
        calls: Arc::default(),
    };
    let options = LoadOptions {
        most_memory: 1 << 20,
        ..LoadOptions::default()
    };
    let error = Vm::load(Arc::new(image), Box::new(code), options).unwrap_err();
    assert!(matches!(error, VmError::NoMemory(_)), "{error}");
}
