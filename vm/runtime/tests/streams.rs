//! Sinks and sources: files in, files out, and everything that can be wrong with them.
#![expect(dead_code, reason = "each test file uses a part of the plant")]

#[cfg(test)]
#[path = "support/plant.rs"]
mod plant;

use std::fs;
use std::path::Path;

use plant::{N, X, directory, image, load, read_row, set_float, write_row};
use theus_abi::{Fault, header};
use theus_vm::{Control, FailureKind, LoadOptions, Outcome, Report, Vm, VmError};

fn options(dir: &Path) -> LoadOptions {
    LoadOptions {
        sinks: Some(dir.to_owned()),
        sources: dir.to_owned(),
        ..LoadOptions::default()
    }
}

#[cfg(test)]
fn run(vm: &mut Vm, ticks: u64) -> Result<Report, VmError> {
    vm.run(0, ticks, &mut Control::default())
}

/// Writes x = tick / 3 and n = tick.
#[cfg(test)]
fn writer() -> plant::Tick {
    Box::new(|memory, host| {
        let tick = memory.u64(header::TICK);
        set_float(memory, X, tick as f64 / 3.0);
        memory.set_u64(N, tick);
        write_row(memory, host);
        0
    })
}

#[cfg(test)]
fn sink_vm(dir: &Path, tick: plant::Tick) -> Vm {
    let mut image = image();
    image.sinks = vec![plant::sink()];
    let (mut vm, _) = load(image, options(dir), tick);
    vm.start().unwrap();
    vm
}

#[test]
fn rows_become_lines() {
    let dir = directory("rows");
    let mut vm = sink_vm(&dir, writer());
    assert_eq!(run(&mut vm, 4).unwrap().outcome, Outcome::Reached);
    let text = fs::read_to_string(dir.join("out/run.csv")).unwrap();
    let want = "tick.time,plant.x,plant.n,plant.law\n\
                0,0.0,0,Classical\n\
                0.001,0.3333333333333333,1,Classical\n\
                0.002,0.6666666666666666,2,Classical\n\
                0.003,1.0,3,Classical\n";
    assert_eq!(text, want);
    let read: f64 = text
        .lines()
        .nth(2)
        .unwrap()
        .split(',')
        .nth(1)
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(read.to_bits(), (1.0_f64 / 3.0).to_bits());
}

#[test]
fn a_run_without_rows_writes_the_header() {
    let dir = directory("no-rows");
    let mut vm = sink_vm(&dir, plant::idle());
    run(&mut vm, 4).unwrap();
    let text = fs::read_to_string(dir.join("out/run.csv")).unwrap();
    assert_eq!(text, "tick.time,plant.x,plant.n,plant.law\n");
}

#[test]
fn rows_before_a_failure_are_kept() {
    let dir = directory("failure");
    let mut tick = writer();
    let mut vm = sink_vm(
        &dir,
        Box::new(move |memory, host| {
            if memory.u64(header::TICK) == 3 {
                return plant::fail_index(memory);
            }
            tick(memory, host)
        }),
    );
    assert!(matches!(
        run(&mut vm, 10).unwrap().outcome,
        Outcome::Failed(_)
    ));
    let text = fs::read_to_string(dir.join("out/run.csv")).unwrap();
    assert_eq!(text.lines().count(), 4);
}

#[test]
fn rows_of_a_discarded_sink_go_nowhere() {
    let dir = directory("discard");
    let mut image = image();
    image.sinks = vec![plant::sink()];
    let (mut vm, _) = load(
        image,
        LoadOptions {
            sinks: None,
            ..options(&dir)
        },
        writer(),
    );
    vm.start().unwrap();
    assert_eq!(run(&mut vm, 10).unwrap().outcome, Outcome::Reached);
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 0);
}

#[test]
fn a_second_run_overwrites_after_a_reset_and_appends_without() {
    let dir = directory("again");
    let mut vm = sink_vm(&dir, writer());
    run(&mut vm, 2).unwrap();
    run(&mut vm, 2).unwrap();
    let lines = |dir: &Path| {
        fs::read_to_string(dir.join("out/run.csv"))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!(lines(&dir), 5);
    vm.reset().unwrap();
    vm.start().unwrap();
    run(&mut vm, 2).unwrap();
    assert_eq!(lines(&dir), 3);
}

#[test]
fn a_full_disk_ends_the_run() {
    if !Path::new("/dev/full").exists() {
        return;
    }
    let mut image = image();
    image.sinks = vec![theus_abi::image::Stream {
        path: "/dev/full".to_owned(),
        ..plant::sink()
    }];
    let (mut vm, _) = load(image, options(Path::new("/")), writer());
    vm.start().unwrap();
    // Small runs fail at the flush, large ones in the middle.
    for ticks in [10, 1_000_000] {
        let report = run(&mut vm, ticks).unwrap();
        let Outcome::Stream(error) = &report.outcome else {
            panic!("{:?}", report.outcome)
        };
        assert_eq!(error.path, "/dev/full");
        assert!(!report.outcome.is_success());
        assert!(report.ticks == 10 || report.ticks < 1_000_000);
        let _ = vm.reset();
        vm.start().unwrap();
    }
}

#[test]
fn a_sink_that_cannot_be_created_is_an_error() {
    let dir = directory("blocked");
    fs::write(dir.join("out"), "a file where a directory is needed").unwrap();
    let mut vm = sink_vm(&dir, writer());
    assert!(matches!(run(&mut vm, 1), Err(VmError::Stream(_))));
}

#[test]
fn two_sinks_of_one_file_are_refused() {
    let dir = directory("twice");
    let mut image = image();
    image.sinks = vec![plant::sink(), plant::sink()];
    let (mut vm, _) = load(image, options(&dir), writer());
    vm.start().unwrap();
    let error = run(&mut vm, 1).unwrap_err().to_string();
    assert!(
        error.ends_with("out/run.csv: two sinks write this file"),
        "{error}"
    );
}

/// Copies the source to x and n; stops with the file. A bad row is a fault.
#[cfg(test)]
fn reader() -> plant::Tick {
    Box::new(|memory, host| match read_row(memory, host) {
        0 => 0,
        1 => 4,
        _ => {
            memory.set_u64(header::FAULT_SITE, 2);
            memory.set_u64(header::STOP, u64::from(Fault::Source.number()));
            2
        }
    })
}

#[cfg(test)]
fn source_vm(dir: &Path, text: &str) -> Vm {
    fs::write(dir.join("in.csv"), text).unwrap();
    let mut image = image();
    image.sources = vec![plant::source()];
    let (mut vm, _) = load(image, options(dir), reader());
    vm.start().unwrap();
    vm
}

#[test]
fn lines_become_rows() {
    let dir = directory("lines");
    let mut vm = source_vm(
        &dir,
        "n, other ,x\n7,abc,1.5\r\n 8 ,\"d,e\", -2e-1\n\n9,,5\n",
    );
    let mut seen = Vec::new();
    loop {
        let report = vm.tick(0).unwrap();
        if report.outcome != Outcome::Reached {
            assert_eq!(report.outcome, Outcome::SourceEnded);
            break;
        }
        seen.push(format!(
            "{} {}",
            vm.get("plant.n").unwrap(),
            vm.get("plant.x").unwrap()
        ));
    }
    assert_eq!(seen, ["7 1.5", "8 -0.2", "9 5.0"]);
}

#[test]
fn a_source_without_rows_has_ended() {
    let dir = directory("empty-source");
    let mut vm = source_vm(&dir, "x,n\n");
    assert_eq!(run(&mut vm, 10).unwrap().outcome, Outcome::SourceEnded);
}

#[test]
fn a_bad_row_is_told_exactly() {
    let cases = [
        ("x,n\n1,2\n3\n", ":3: the row has 1 cells, the header has 2"),
        ("x,n\n1,2\n,3\n", ":3, column `x`: needs an f64, not ``"),
        ("x,n\n1,-2\n", ":2, column `n`: needs a u32, not `-2`"),
        (
            "x,n\n1,2\n\n6,2\n",
            ":4, column `x`: 6 is not in the range -5.0..=5.0",
        ),
        (
            "x,n\n1,2\n\n\n6,2",
            ":5, column `x`: 6 is not in the range -5.0..=5.0",
        ),
        (
            "x,n,t\n1,2,\"a\nb\"\n6,2,c",
            ":4, column `x`: 6 is not in the range -5.0..=5.0",
        ),
        (
            "x,n\nnan,2\n",
            ":2, column `x`: nan is not in the range -5.0..=5.0",
        ),
        (
            "x,n\n1,4294967296\n",
            ":2, column `n`: needs a u32, not `4294967296`",
        ),
    ];
    for (text, want) in cases {
        let dir = directory("bad-row");
        let mut vm = source_vm(&dir, text);
        let report = run(&mut vm, 10).unwrap();
        let Outcome::Failed(failure) = &report.outcome else {
            panic!("{:?}", report.outcome)
        };
        assert_eq!(failure.kind, FailureKind::Fault(Fault::Source));
        let row = failure.row.as_ref().unwrap().to_string();
        assert!(row.ends_with(want), "{row}");
    }
}

#[test]
fn bytes_that_are_no_text_are_a_bad_row() {
    let dir = directory("bytes");
    let mut vm = source_vm(&dir, "x,n\n");
    fs::write(dir.join("in.csv"), b"x,n\n\xff\xfe,1\n").unwrap();
    let outcome = run(&mut vm, 10).unwrap().outcome;
    assert!(outcome.to_string().contains("needs an f64"), "{outcome}");
}

#[test]
fn a_source_that_cannot_be_opened_is_an_error() {
    let dir = directory("missing");
    let mut vm = source_vm(&dir, "x,n\n");
    fs::remove_file(dir.join("in.csv")).unwrap();
    assert!(matches!(run(&mut vm, 1), Err(VmError::Stream(_))));
    fs::write(dir.join("in.csv"), "x,m\n1,2\n").unwrap();
    let error = run(&mut vm, 1).unwrap_err().to_string();
    assert!(
        error.ends_with("in.csv:1, column `n`: the file has no such column"),
        "{error}"
    );
    fs::write(dir.join("in.csv"), "").unwrap();
    let error = run(&mut vm, 1).unwrap_err().to_string();
    assert!(
        error.ends_with("column `x`: the file has no such column"),
        "{error}"
    );
}

#[test]
fn a_sink_does_not_destroy_a_source() {
    let dir = directory("same");
    fs::write(dir.join("in.csv"), "x,n\n1,2\n").unwrap();
    let mut image = image();
    image.sources = vec![plant::source()];
    image.sinks = vec![theus_abi::image::Stream {
        path: "./in.csv".to_owned(),
        ..plant::sink()
    }];
    let (mut vm, _) = load(image, options(&dir), reader());
    vm.start().unwrap();
    let error = run(&mut vm, 1).unwrap_err().to_string();
    assert!(
        error.ends_with("a sink writes this file, which a source reads"),
        "{error}"
    );
    assert_eq!(
        fs::read_to_string(dir.join("in.csv")).unwrap(),
        "x,n\n1,2\n"
    );
}
