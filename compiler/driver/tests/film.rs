//! Array files that a run writes: what is in them, and that they are whole however it ends.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where it cannot go on"
)]

use std::path::{Path, PathBuf};

use theus::{Options, compile_str};
use theus_abi::Code;
use theus_vm::npy::Npy;
use theus_vm::{Control, LoadOptions, Outcome, Report, Vm, VmError};

const TEXT: &str = "
context cfg { global w: i64 in 1..=100000 = 3 }
context cam {
    heavy frame: [u16; 2, cfg.w]
    heavy(swap) twice: [u8; 4]
    light: [f32; 2]
    n: i64
    meta runs: u64
}
process shoot {
    inputs  cfg
    outputs cam
    cam.runs += 1
    cam.n += 1
    for y in 0..2 { for x in 0..cfg.w { cam.frame[y, x] = (10 * cam.n + x) as u16 } }
    cam.twice = [cam.n as u8; 4]
    cam.light[1] = cam.n as f32
    cam.light[cam.n / 5] += 0.5
    if cam.n > 9 { cam.light[cam.n] = 1.0 }
}
pipeline main every 1ms {
    shoot
    sink npy(\"frame.npy\") { cam.frame }
    sink npy(\"twice.npy\") { cam.twice }
    sink npy(\"deep/light.npy\") { cam.light }
    sink npy(\"n.npy\") { cam.n }
}
pipeline odd every 1ms { shoot  every 2 ticks { sink npy(\"odd.npy\") { cam.runs } } }
";

/// A directory that is removed.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("theus-film-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn run(
    text: &str,
    machine: bool,
    folder: &Path,
    (pipeline, ticks, w): (&str, u64, &str),
) -> Result<Report, VmError> {
    let program = compile_str(text, &Options::default())
        .unwrap_or_else(|report| panic!("{report}"));
    let code: Box<dyn Code> = match machine {
        true => Box::new(program.machine().unwrap()),
        false => Box::new(program.interpreter().unwrap()),
    };
    let options = LoadOptions {
        sinks: Some(folder.to_owned()),
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), code, options)?;
    vm.set_global("cfg.w", w)?;
    vm.start()?;
    let pipeline = vm.pipeline(Some(pipeline))?;
    vm.run(pipeline, ticks, &mut Control::default())
}

/// Type, sizes and data of a file, and that nothing follows.
fn file(folder: &Folder, name: &str, bytes: usize) -> (String, Vec<u64>, Vec<u8>) {
    let mut npy = Npy::open(&folder.0.join(name)).unwrap();
    let mut data = vec![0; bytes];
    npy.read(&mut data).unwrap();
    assert!(npy.is_at_end(), "{name}");
    (npy.header.dtype.clone(), npy.header.dims.clone(), data)
}

#[test]
fn frames_are_what_fields_were() {
    for machine in [true, false] {
        let folder = Folder::new(&format!("frames-{machine}"));
        let report = run(TEXT, machine, &folder.0, ("main", 3, "3")).unwrap();
        assert_eq!(report.outcome, Outcome::Reached);
        let (dtype, dims, data) = file(&folder, "frame.npy", 36);
        assert_eq!((dtype.as_str(), dims.as_slice()), ("u2", &[3, 2, 3][..]));
        let row = |n: u16| [n, n + 1, n + 2, n, n + 1, n + 2];
        let due: Vec<u8> = [10, 20, 30]
            .into_iter()
            .flat_map(row)
            .flat_map(u16::to_le_bytes)
            .collect();
        assert_eq!(data, due);
        let (dtype, dims, data) = file(&folder, "twice.npy", 12);
        assert_eq!((dtype.as_str(), dims.as_slice()), ("u1", &[3, 4][..]));
        assert_eq!(data, [1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
        let (dtype, dims, data) = file(&folder, "deep/light.npy", 24);
        assert_eq!((dtype.as_str(), dims.as_slice()), ("f4", &[3, 2][..]));
        assert_eq!(data[16..20], 1.5_f32.to_le_bytes());
        let (dtype, dims, data) = file(&folder, "n.npy", 24);
        assert_eq!((dtype.as_str(), dims.as_slice()), ("i8", &[3][..]));
        assert_eq!(data[16..], 3_i64.to_le_bytes());
        // The sinks of another pipeline have no frames.
        let (_, dims, _) = file(&folder, "odd.npy", 0);
        assert_eq!(dims, [0]);
    }
}

#[test]
fn a_run_that_fails_leaves_whole_files() {
    let folder = Folder::new("fails");
    let report = run(TEXT, true, &folder.0, ("main", 99, "3")).unwrap();
    assert!(matches!(report.outcome, Outcome::Failed(_)));
    assert_eq!(report.ticks, 9);
    let (_, dims, data) = file(&folder, "n.npy", 72);
    assert_eq!((dims.as_slice(), data[64]), (&[9][..], 9));
    let (_, dims, _) = file(&folder, "frame.npy", 9 * 12);
    assert_eq!(dims, [9, 2, 3]);
}

#[test]
fn large_frames_are_told_of_at_once() {
    let folder = Folder::new("large");
    let program = compile_str(TEXT, &Options::default()).unwrap();
    let options = LoadOptions {
        sinks: Some(folder.0.clone()),
        ..LoadOptions::default()
    };
    let code = Box::new(program.machine().unwrap());
    let mut vm = Vm::load(program.image(), code, options).unwrap();
    vm.set_global("cfg.w", "50000").unwrap();
    vm.start().unwrap();
    let main = vm.pipeline(Some("main")).unwrap();
    for n in 1..=3 {
        vm.advance(main, 1, &mut Control::default()).unwrap();
        let bytes = usize::try_from(n * 200_000).unwrap();
        let (_, dims, _) = file(&folder, "frame.npy", bytes);
        assert_eq!(dims, [n, 2, 50_000]);
    }
}

#[test]
fn files_that_cannot_be_written_are_one_error() {
    let folder = Folder::new("taken");
    std::fs::create_dir_all(folder.0.join("n.npy")).unwrap();
    let error = run(TEXT, true, &folder.0, ("main", 1, "3")).unwrap_err();
    let text = error.to_string();
    assert!(text.contains("n.npy: Is a directory"), "{text}");
    if Path::new("/dev/full").exists() {
        let full = TEXT.replace("frame.npy", "/dev/full");
        let folder = Folder::new("full");
        let error = run(&full, true, &folder.0, ("main", 1, "3")).unwrap_err();
        let text = error.to_string();
        assert!(text.starts_with("/dev/full: No space left"), "{text}");
    }
}
