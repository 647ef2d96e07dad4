//! The camera on frames of 1920 x 1080: whole frames are handed over, none is copied.

use std::path::Path;

use theus::Options;
use theus_vm::{Control, LoadOptions, Vm};

const H: usize = 1080;
const W: usize = 1920;

/// A frame as a person would write it down: a floor of 20, and squares of 240.
fn frame(squares: &[(usize, usize)]) -> Vec<u8> {
    let mut bytes = vec![20; H * W];
    for (top, left) in squares {
        for y in *top..*top + 9 {
            let start = y * W + left;
            let row = bytes.iter_mut().skip(start).take(9);
            row.for_each(|byte| *byte = 240);
        }
    }
    bytes
}

#[test]
fn frames_of_full_size_stay_where_they_are() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("10-camera/vision.theus");
    let program = theus_examples::compile(&file, &Options::default()).unwrap();
    let code = Box::new(program.machine().unwrap());
    let options = LoadOptions {
        sinks: None,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), code, options).unwrap();
    vm.set_global("cfg.h", "1080").unwrap();
    vm.set_global("cfg.w", "1920").unwrap();
    vm.start().unwrap();
    let given = vm.pipeline(Some("given")).unwrap();
    let address = |vm: &Vm| vm.heavy("cam.frame").unwrap().bytes.as_ptr().addr();
    let first = address(&vm);
    let squares = [(40, 70), (500, 1900), (900, 3), (41, 90), (1060, 800)];
    for count in 0..=squares.len() {
        let bytes = frame(squares.get(..count).unwrap());
        let view = vm.heavy_mut("cam.frame").unwrap();
        assert_eq!(view.dims, [1080, 1920]);
        view.bytes.copy_from_slice(&bytes);
        vm.run(
            given,
            u64::try_from(count).unwrap() + 1,
            &mut Control::default(),
        )
        .unwrap();
        assert_eq!(vm.get("cam.blobs").unwrap().to_string(), count.to_string());
        assert_eq!(vm.heavy("cam.frame").unwrap().bytes, bytes);
        assert_eq!(address(&vm), first);
    }
}

#[test]
fn the_recording_is_what_the_recorder_records() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("10-camera");
    let program =
        theus_examples::compile(&folder.join("record.theus"), &Options::default())
            .unwrap();
    let out = std::env::temp_dir().join(format!("theus-record-{}", std::process::id()));
    let options = LoadOptions {
        sinks: Some(out.clone()),
        ..LoadOptions::default()
    };
    let code = Box::new(program.machine().unwrap());
    let mut vm = Vm::load(program.image(), code, options).unwrap();
    vm.start().unwrap();
    let main = vm.pipeline(None).unwrap();
    vm.run(main, 12, &mut Control::default()).unwrap();
    let recorded = std::fs::read(out.join("frames.npy")).unwrap();
    std::fs::remove_dir_all(&out).unwrap();
    assert!(recorded == std::fs::read(folder.join("frames.npy")).unwrap());
}
