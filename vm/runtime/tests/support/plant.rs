//! A small program for tests: its image, and code that is written by hand.

use std::sync::Arc;

use theus_abi::header;
use theus_abi::image::{
    ArgKind, Column, Field, Format, Image, Loc, Period, Pipeline, Process, Range, Site,
    SiteKind, Stop, Stream, Test, Threads, Within, Zone,
};
use theus_abi::{Code, Fault, Host, HostFn, Memory, Repr, Shape};
use theus_vm::{LoadOptions, Vm};

/// Offsets of fields.
pub(crate) const GAIN: i32 = 256;
pub(crate) const LAW: i32 = 264;
pub(crate) const PARAMS: i32 = 272;
pub(crate) const K: i32 = 288;
pub(crate) const STEP: i32 = 336;
pub(crate) const X: i32 = 344;
pub(crate) const N: i32 = 352;
pub(crate) const HISTORY: i32 = 360;
pub(crate) const ROW: i32 = 440;
pub(crate) const INPUT: i32 = 480;

/// Functions.
pub(crate) const DEFAULTS: u32 = 0;
pub(crate) const INIT: u32 = 5;
pub(crate) const VALIDATE: u32 = 6;
pub(crate) const TICKS: u32 = 7;
pub(crate) const START: u32 = 8;
pub(crate) const STOP: u32 = 9;
pub(crate) const TEST: u32 = 10;

fn field(
    path: &str,
    zone: Zone,
    offset: i32,
    shape: Shape,
    range: Option<Range>,
) -> Field {
    let offset = u32::try_from(offset).unwrap();
    Field {
        path: path.to_owned(),
        zone,
        offset,
        shape,
        range,
        loc: Loc::default(),
    }
}

fn column(name: &str, offset: u32, shape: Shape, range: Option<Range>) -> Column {
    Column {
        name: name.to_owned(),
        offset,
        shape,
        range,
    }
}

fn law() -> Shape {
    let variants = ["Classical", "Sta", "Hybrid"].map(str::to_owned).to_vec();
    Shape::Enum {
        repr: Repr::I8,
        name: "Law".to_owned(),
        variants,
    }
}

const FLOAT: Shape = Shape::Float(Repr::F64);

fn fields() -> Vec<Field> {
    let gain = Range::Float {
        lo: 0.0,
        hi: 10.0,
        inclusive: true,
    };
    let params = Shape::structure(
        "Params",
        [("m0".to_owned(), FLOAT), ("m1".to_owned(), FLOAT)],
    );
    let k = Shape::Array {
        elem: Box::new(FLOAT),
        dims: vec![2, 3],
    };
    let history = Shape::Ring {
        elem: Box::new(FLOAT),
        capacity: 4,
        slots: 5,
    };
    let small = Range::Int { lo: 0, hi: 100 };
    vec![
        field("plant.gain", Zone::Global, GAIN, FLOAT, Some(gain)),
        field("plant.law", Zone::Global, LAW, law(), None),
        field("plant.params", Zone::Global, PARAMS, params, None),
        field("plant.k", Zone::Global, K, k, None),
        field("plant.step", Zone::Global, STEP, Shape::Duration, None),
        field("plant.x", Zone::Data, X, FLOAT, None),
        field(
            "plant.n",
            Zone::Data,
            N,
            Shape::Uint(Repr::I32),
            Some(small),
        ),
        field("plant.history", Zone::Data, HISTORY, history, None),
    ]
}

fn sites() -> Vec<Site> {
    let index = vec![
        ("index".to_owned(), ArgKind::Int),
        ("x".to_owned(), ArgKind::Float),
    ];
    let loc = Loc {
        file: 0,
        start: 10,
        end: 20,
    };
    vec![
        Site {
            kind: SiteKind::Fault(Fault::Index),
            loc,
            process: Some(0),
            args: index,
            call: None,
            within: Within::Entry,
        },
        Site {
            kind: SiteKind::Raise(0),
            loc,
            process: None,
            args: Vec::new(),
            call: None,
            within: Within::Entry,
        },
        Site {
            kind: SiteKind::Fault(Fault::Source),
            loc,
            process: None,
            args: Vec::new(),
            call: None,
            within: Within::Entry,
        },
    ]
}

/// The image, without streams.
pub(crate) fn image() -> Image {
    let stop = |text: &str| Stop {
        text: Some(text.to_owned()),
        holes: false,
        loc: Loc::default(),
    };
    Image {
        heavy: Vec::new(),
        sizes: Vec::new(),
        files: vec!["plant.theus".to_owned()],
        fields: fields(),
        kept: Vec::new(),
        cached: Vec::new(),
        ages: Vec::new(),
        context_end: 424,
        fixed_end: 520,
        scratch: 128,
        open_scratch: 128,
        globals: (0..5).map(|n| (n, DEFAULTS + n)).collect(),
        init: INIT,
        validate: VALIDATE,
        processes: vec![Process {
            name: "control".to_owned(),
            deadline: Some(1_000_000_000),
            elements: Threads::None,
            loc: Loc::default(),
        }],
        members: Vec::new(),
        errors: vec!["Lost".to_owned()],
        sites: sites(),
        calls: Vec::new(),
        stops: vec![stop("settled"), stop("fell over")],
        sinks: Vec::new(),
        sources: Vec::new(),
        all: None,
        pipelines: vec![Pipeline {
            name: "balance".to_owned(),
            period: Period::Global(u32::try_from(STEP).unwrap()),
            ticks: TICKS,
            start: Some(START),
            stop: Some(STOP),
            processes: vec![0],
            loc: Loc::default(),
        }],
        properties: Vec::new(),
        benches: Vec::new(),
        tests: vec![Test {
            name: "settles".to_owned(),
            func: TEST,
            loc: Loc::default(),
        }],
        functions: (0..11).map(|n| format!("f{n}")).collect(),
        strict: true,
        journal: None,
        host: Vec::new(),
        timers: 0,
        log: None,
        rules: Vec::new(),
        alerts: Vec::new(),
    }
}

fn stream(path: &str, row: i32, columns: Vec<Column>) -> Stream {
    let row = u32::try_from(row).unwrap();
    Stream {
        format: Format::Csv,
        path: path.to_owned(),
        columns,
        row,
        loc: Loc::default(),
    }
}

/// A sink of time, x, n and law.
pub(crate) fn sink() -> Stream {
    let columns = vec![
        column("tick.time", 0, Shape::Duration, None),
        column("plant.x", 8, FLOAT, None),
        column("plant.n", 16, Shape::Uint(Repr::I32), None),
        column("plant.law", 20, law(), None),
    ];
    stream("out/run.csv", ROW, columns)
}

/// A source of x (from -5 to 5) and n.
pub(crate) fn source() -> Stream {
    let range = Range::Float {
        lo: -5.0,
        hi: 5.0,
        inclusive: true,
    };
    let columns = vec![
        column("x", 0, FLOAT, Some(range)),
        column("n", 8, Shape::Uint(Repr::I32), None),
    ];
    stream("in.csv", INPUT, columns)
}

/// What a tick does.
pub(crate) type Tick = Box<dyn FnMut(&mut Memory, &mut dyn Host) -> i32>;

/// Code: defaults, init and a tick loop around `tick`, which returns the status of a tick.
pub(crate) struct Plant {
    pub(crate) tick: Tick,
    /// The functions that were called, ticks aside.
    pub(crate) calls: Arc<std::sync::Mutex<Vec<u32>>>,
}

pub(crate) fn float(memory: &Memory, offset: i32) -> f64 {
    f64::from_bits(memory.u64(offset))
}

pub(crate) fn set_float(memory: &mut Memory, offset: i32, value: f64) {
    memory.set_u64(offset, value.to_bits());
}

impl Code for Plant {
    fn call(
        &mut self,
        func: u32,
        memory: &mut Memory,
        host: &mut dyn Host,
    ) -> Result<i32, String> {
        if func != TICKS {
            self.calls.lock().unwrap().push(func);
        }
        match func {
            0 => set_float(memory, GAIN, 2.0),
            1 => memory.set_u64(LAW, 0),
            2 => {
                // The mass depends on the gain, so an override of the gain must be seen.
                let gain = float(memory, GAIN);
                set_float(memory, PARAMS, gain * 10.0);
                set_float(memory, PARAMS + 8, 0.5);
            }
            3 => (0..6).for_each(|n| set_float(memory, K + 8 * n, f64::from(n))),
            4 => memory.set_u64(STEP, 1_000_000),
            INIT => {
                set_float(memory, X, 1.0);
                memory.set_u64(HISTORY + 16, 5);
            }
            VALIDATE if float(memory, PARAMS + 8) > 100.0 => {
                memory.set_u64(header::FAULT_SITE, 1);
                memory.set_u64(header::STOP, u64::from(Fault::Invariant.number()));
                return Ok(2);
            }
            TICKS => {
                while memory.u64(header::TICK) != memory.u64(header::TICK_END) {
                    let status = (self.tick)(memory, host);
                    if status == 2 {
                        return Ok(status);
                    }
                    memory.set_u64(header::TICK, memory.u64(header::TICK) + 1);
                    if status != 0 {
                        return Ok(status);
                    }
                }
            }
            TEST => {
                let status = (self.tick)(memory, host);
                return Ok(status);
            }
            _ => {}
        }
        Ok(0)
    }
}

/// A loaded program and its calls.
pub(crate) fn load(image: Image, options: LoadOptions, tick: Tick) -> (Vm, CallLog) {
    let calls = CallLog::default();
    let code = Plant {
        tick,
        calls: calls.0.clone(),
    };
    (
        Vm::load(Arc::new(image), Box::new(code), options).unwrap(),
        calls,
    )
}

#[derive(Default)]
pub(crate) struct CallLog(Arc<std::sync::Mutex<Vec<u32>>>);

impl CallLog {
    pub(crate) fn take(&self) -> Vec<u32> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A tick that does nothing.
pub(crate) fn idle() -> Tick {
    Box::new(|_, _| 0)
}

/// Fails at site 0 with operands 7 and 2.5.
pub(crate) fn fail_index(memory: &mut Memory) -> i32 {
    memory.set_u64(header::FAULT_SITE, 0);
    memory.set_u64(header::FAULT_ARGS, 7);
    memory.set_u64(header::FAULT_ARGS + 8, 2.5_f64.to_bits());
    memory.set_u64(header::STOP, u64::from(Fault::Index.number()));
    memory.set_u64(header::FAULTS, memory.u64(header::FAULTS) + 1);
    2
}

/// Writes the row of `sink` and hands it over.
pub(crate) fn write_row(memory: &mut Memory, host: &mut dyn Host) {
    let time = memory.u64(header::TICK) * memory.u64(header::PERIOD);
    memory.set_u64(ROW, time);
    memory.set_u64(ROW + 8, memory.u64(X));
    memory.set_u64(ROW + 16, memory.u64(N) | memory.u64(LAW) << 32);
    assert_eq!(host.call(HostFn::SinkRow, 0, memory.bytes_mut()), 0);
}

/// Reads a row of `source` into the fields; the status of the call.
pub(crate) fn read_row(memory: &mut Memory, host: &mut dyn Host) -> i32 {
    let status = host.call(HostFn::SourceRow, 0, memory.bytes_mut());
    if status == 0 {
        memory.set_u64(X, memory.u64(INPUT));
        memory.set_u64(N, memory.u64(INPUT + 8));
    }
    status
}

/// A fresh directory for one test.
pub(crate) fn directory(test: &str) -> std::path::PathBuf {
    let name = format!("theus-vm-{}-{test}", std::process::id());
    let dir = std::env::temp_dir().join(name);
    let _ = std::fs::remove_dir_all(&dir);
    std::fs::create_dir_all(&dir).unwrap();
    dir
}
