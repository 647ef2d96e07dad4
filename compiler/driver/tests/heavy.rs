//! Heavy fields in the hands of a host: no copy, one address, array files.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where it cannot go on"
)]

use theus::{Options, compile_str};
use theus_vm::{Control, LoadOptions, Vm, VmError};

const TEXT: &str = "
context cfg { global h: i64 in 0..=100000 = 3  global w: i64 in 1..=100000 = 5 }
context cam {
    heavy frame: [u8; cfg.h, cfg.w]
    heavy gain: [f32; 2, 2] = [[1.0, 2.0], [3.0, 4.0]]
    sum: u64
}
process add {
    inputs  cam.frame, cfg
    outputs cam.sum
    cam.sum = 0
    for y in 0..cfg.h { for x in 0..cfg.w { cam.sum += cam.frame[y, x] as u64 } }
}
process spoil {
    outputs cam.frame, cam.sum
    cam.frame[0, 0] = 200
    cam.sum = 1
    cam.frame[cam.sum, 77] = 1
}
pipeline main every 1ms { add }
pipeline bad every 1ms { spoil  on fault { skip } }
";

fn vm() -> Vm {
    let program = compile_str(TEXT, &Options::default()).unwrap();
    let code = Box::new(program.machine().unwrap());
    let options = LoadOptions {
        most_memory: 1 << 20,
        ..LoadOptions::default()
    };
    Vm::load(program.image(), code, options).unwrap()
}

#[test]
fn the_host_and_processes_see_the_same_memory() {
    let mut vm = vm();
    assert!(matches!(vm.heavy("cam.frame"), Err(VmError::Order(_))));
    vm.start().unwrap();
    let main = vm.pipeline(Some("main")).unwrap();
    let address = vm.heavy("cam.frame").unwrap().bytes.as_ptr().addr();
    assert!(address.is_multiple_of(4096));
    for n in 1..=50_u8 {
        let view = vm.heavy_mut("cam.frame").unwrap();
        assert_eq!(view.dims, [3, 5]);
        view.bytes.fill(n);
        vm.run(main, u64::from(n), &mut Control::default()).unwrap();
        assert_eq!(
            vm.get("cam.sum").unwrap().to_string(),
            (u64::from(n) * 15).to_string()
        );
        assert_eq!(
            vm.heavy("cam.frame").unwrap().bytes.as_ptr().addr(),
            address
        );
    }
    vm.reset().unwrap();
    vm.start().unwrap();
    assert_eq!(vm.heavy("cam.frame").unwrap().bytes, [0; 15]);
    assert_eq!(
        vm.heavy("cam.frame").unwrap().bytes.as_ptr().addr(),
        address
    );
}

#[test]
fn a_failure_leaves_the_field_dirty() {
    let mut vm = vm();
    vm.start().unwrap();
    let bad = vm.pipeline(Some("bad")).unwrap();
    assert!(!vm.is_dirty("cam.frame").unwrap());
    vm.run(bad, 1, &mut Control::default()).unwrap();
    assert!(vm.is_dirty("cam.frame").unwrap());
    assert_eq!(vm.heavy("cam.frame").unwrap().bytes[0], 200);
    assert_eq!(vm.get("cam.sum").unwrap().to_string(), "0");
}

#[test]
fn sizes_are_checked_at_start() {
    for (h, text) in [
        (
            "0",
            "the size `cfg.h` of a heavy field is 0, not between 1 and 4294967295",
        ),
        (
            "100000",
            "`cam.frame`, of 100000 x 100000 elements, needs more than the 1048576 bytes of \
             memory that there may be",
        ),
    ] {
        let mut vm = vm();
        vm.set_global("cfg.h", h).unwrap();
        vm.set_global("cfg.w", "100000").unwrap();
        assert_eq!(vm.start().unwrap_err().to_string(), text);
    }
}

#[test]
fn array_files_go_in_and_out() {
    let folder = std::env::temp_dir().join(format!("theus-npy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("frame.npy");
    let mut vm = vm();
    vm.start().unwrap();
    vm.heavy_mut("cam.frame")
        .unwrap()
        .bytes
        .copy_from_slice(b"abcdefghijklmno");
    vm.save_array("cam.frame", &file).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    assert!(bytes.starts_with(
        b"\x93NUMPY\x01\x00\x76\x00{'descr': '|u1', 'fortran_order': False, 'shape': (3, 5), }"
    ));
    assert_eq!(bytes.len(), 128 + 15);
    vm.heavy_mut("cam.frame").unwrap().bytes.fill(0);
    vm.load_array("cam.frame", &file).unwrap();
    assert_eq!(vm.heavy("cam.frame").unwrap().bytes, b"abcdefghijklmno");
    let gain = folder.join("gain.npy");
    vm.save_array("cam.gain", &gain).unwrap();
    vm.load_array("cam.gain", &gain).unwrap();
    let cases: [(&str, Vec<u8>, &str); 8] = [
        ("short", b"\x93NUM".to_vec(), "is shorter than a header"),
        ("magic", vec![b'x'; 200], "is no .npy file"),
        (
            "version",
            b"\x93NUMPY\x09\x00aaaa".to_vec(),
            "is of version 9",
        ),
        ("header", bytes[..40].to_vec(), "ends inside its header"),
        (
            "cut",
            bytes[..140].to_vec(),
            "is cut off: 12 of 15 bytes of data",
        ),
        (
            "long",
            [&bytes[..], b"x"].concat(),
            "goes on after its data",
        ),
        (
            "order",
            replaced(&bytes, b"False", b"True "),
            "is in Fortran order",
        ),
        (
            "shape",
            replaced(&bytes, b"(3, 5)", b"(5, 3)"),
            "is 5 x 3, but `cam.frame` is 3 x 5",
        ),
    ];
    for (name, bytes, text) in cases {
        let file = folder.join(name);
        std::fs::write(&file, bytes).unwrap();
        let error = vm.load_array("cam.frame", &file).unwrap_err().to_string();
        assert!(error.contains(text), "{name}: {error}");
    }
    let error = vm.load_array("cam.frame", &gain).unwrap_err().to_string();
    assert!(
        error.ends_with("holds `f4`, but `cam.frame` holds `u1`"),
        "{error}"
    );
    assert!(vm.load_array("cam.sum", &file).is_err());
    assert!(vm.load_array("cam.frame", &folder.join("nothing")).is_err());
    std::fs::remove_dir_all(&folder).unwrap();
}

const SWAP: &str = "
context cam { heavy(swap) frame: [u8; 5000]  n: u8  meta seen: u64 }
process shoot {
    outputs cam.frame, cam.n
    cam.n += 1
    for i in 0..5000 { cam.frame[i] = old(cam.frame[i]) + cam.n }
    cam.frame[cam.n as i64 * 1000] = 0
}
process look { inputs cam.frame  outputs cam.seen  cam.seen = cam.frame[1] as u64 }
pipeline main every 1ms { shoot -> look  on fault { skip } }
";

#[test]
fn two_buffers_are_exchanged_by_their_words_alone() {
    let program = compile_str(SWAP, &Options::default()).unwrap();
    let code = Box::new(program.machine().unwrap());
    let mut vm = Vm::load(program.image(), code, LoadOptions::default()).unwrap();
    vm.start().unwrap();
    let main = vm.pipeline(None).unwrap();
    let address = |vm: &Vm| vm.heavy("cam.frame").unwrap().bytes.as_ptr().addr();
    let first = address(&vm);
    vm.run(main, 1, &mut Control::default()).unwrap();
    let second = address(&vm);
    assert_ne!(first, second);
    assert!(second.is_multiple_of(4096));
    assert_eq!(vm.get("cam.frame[1]").unwrap().to_string(), "1");
    let snapshot = vm.snapshot().unwrap();
    vm.run(main, 1, &mut Control::default()).unwrap();
    assert_eq!(address(&vm), first);
    assert_eq!(vm.get("cam.frame[1]").unwrap().to_string(), "3");
    vm.restore(&snapshot).unwrap();
    assert_eq!(address(&vm), second);
    vm.run(main, 3, &mut Control::default()).unwrap();
    let good = vm.heavy("cam.frame").unwrap().bytes.to_vec();
    assert_eq!(vm.get("cam.seen").unwrap().to_string(), "10");
    let at = address(&vm);
    // The fifth run fails behind its last write of the loop.
    vm.run(main, 9, &mut Control::default()).unwrap();
    assert_eq!(vm.heavy("cam.frame").unwrap().bytes, good);
    assert_eq!(address(&vm), at);
    assert!(!vm.is_dirty("cam.frame").unwrap());
    assert_eq!(vm.get("cam.n").unwrap().to_string(), "4");
    vm.set("cam.frame[7]", "9").unwrap();
    assert_eq!(vm.heavy("cam.frame").unwrap().bytes[7], 9);
}

const FRAMES: &str = "
context cfg { global w: i64 in 1..=64 = 4 }
context cam { heavy frame: [u16; 2, cfg.w]  sum: u64  frames: u64 }
process add {
    inputs  cam.frame, cfg
    outputs cam.sum, cam.frames
    cam.frames += 1
    for y in 0..2 { for x in 0..cfg.w { cam.sum += cam.frame[y, x] as u64 } }
}
pipeline main every 1ms { source npy(\"frames.npy\") into cam.frame  add }
";

#[test]
fn frames_of_an_array_file_come_one_by_one() {
    let folder =
        std::env::temp_dir().join(format!("theus-frames-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("frames.npy");
    let program = compile_str(FRAMES, &Options::default()).unwrap();
    let run = |bytes: &[u8], machine: bool| {
        std::fs::write(&file, bytes).unwrap();
        let code: Box<dyn theus_abi::Code> = if machine {
            Box::new(program.machine().unwrap())
        } else {
            Box::new(program.interpreter().unwrap())
        };
        let options = LoadOptions {
            sources: folder.clone(),
            ..LoadOptions::default()
        };
        let mut vm = Vm::load(program.image(), code, options).unwrap();
        vm.start().unwrap();
        let main = vm.pipeline(None).unwrap();
        let report = vm.run(main, 9, &mut Control::default());
        let report = report.map_err(|error| error.to_string())?;
        assert_eq!(report.outcome, theus_vm::Outcome::SourceEnded);
        let sum = vm.get("cam.sum").unwrap();
        Ok::<_, String>(format!("{} {sum}", vm.get("cam.frames").unwrap()))
    };
    let header = b"{'descr': '<u2', 'fortran_order': False, 'shape': (3, 2, 4), }";
    let mut bytes = b"\x93NUMPY\x01\x00\x76\x00".to_vec();
    bytes.extend_from_slice(header);
    bytes.resize(127, b' ');
    bytes.push(b'\n');
    bytes.extend((0..24_u16).flat_map(u16::to_le_bytes));
    assert_eq!(run(&bytes, true).unwrap(), "3 276");
    assert_eq!(run(&bytes, false).unwrap(), "3 276");
    let cases = [
        (
            replaced(&bytes, b"3, 2, 4", b"3, 4, 2"),
            "is 3 x 4 x 2, but `cam.frame` needs frames: n x 2 x 4",
        ),
        (
            replaced(&bytes, b"<u2", b"<i2"),
            "holds `i2`, but `cam.frame` holds `u2`",
        ),
        (bytes[..170].to_vec(), "is cut off: 42 of 48 bytes of data"),
    ];
    for (bytes, text) in cases {
        let error = run(&bytes, true).unwrap_err();
        assert!(error.contains(text), "{error}");
    }
    std::fs::remove_file(&file).unwrap();
}

fn replaced(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = bytes
        .windows(from.len())
        .position(|part| part == from)
        .unwrap();
    [&bytes[..at], to, &bytes[at + from.len()..]].concat()
}

#[test]
fn what_a_host_sets_comes_then() {
    const AGED: &str = "
context c { seen: list<i64, 4> ttl 3ms  n: i64 }
process look {
    inputs  c.seen
    outputs c.n
    c.n = c.seen.len()
}
pipeline main every 1ms { look }
";
    let program = compile_str(AGED, &Options::default()).unwrap();
    let code = Box::new(program.machine().unwrap());
    let mut vm = Vm::load(program.image(), code, LoadOptions::default()).unwrap();
    vm.start().unwrap();
    let main = vm.pipeline(Some("main")).unwrap();
    vm.run(main, 10, &mut Control::default()).unwrap();
    vm.set("c.seen", "[1, 2]").unwrap();
    vm.run(main, 3, &mut Control::default()).unwrap();
    assert_eq!(vm.get("c.n").unwrap().to_string(), "2");
    vm.run(main, 1, &mut Control::default()).unwrap();
    assert_eq!(vm.get("c.n").unwrap().to_string(), "0");
}
