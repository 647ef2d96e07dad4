//! All or nothing: whatever check fails in a process, every data field is bit-equal to
//! before the process. Each check is made to fail in turn.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/seeds.rs"]
mod seeds;

use theus::{InMemory, Options, Text, compile};
use theus_abi::header;
use theus_abi::image::Zone;
use theus_fuzz::generate_with_only;
use theus_vm::{Control, LoadOptions, Vm};

/// Programs whose checks are all made to fail.
const PROGRAMS: u64 = 150;

/// All fields that a failed process must leave alone, and the words that say which cached
/// processes need not run: what each is called, and its bytes.
fn transactional(vm: &Vm) -> Vec<(String, Vec<u8>)> {
    let fields = vm.image().fields.iter();
    let wanted = fields.filter(|field| matches!(field.zone, Zone::Data | Zone::Global));
    let words = vm.image().cached.iter().map(|cached| {
        let at = cached.offset as usize;
        let word = vm.memory().get(at..at + 8).unwrap_or_default();
        ("a cached process".to_owned(), word.to_vec())
    });
    wanted
        .map(|field| (field.path.clone(), seen(vm, field)))
        .chain(words)
        .collect()
}

/// The bytes of a field that the program can see: of a ring its header, then its elements
/// from the oldest to the newest (spare slots are nobody's).
fn seen(vm: &Vm, field: &theus_abi::image::Field) -> Vec<u8> {
    use theus_abi::shape::{RING_DATA, RING_LEN, RING_NEXT};
    let start = field.offset as usize;
    let bytes = |from: usize, len: usize| {
        vm.memory()
            .get(from..from + len)
            .map(<[u8]>::to_vec)
            .unwrap_or_default()
    };
    let theus_abi::Shape::Ring { elem, slots, .. } = &field.shape else {
        return bytes(start, usize::try_from(field.shape.size()).unwrap());
    };
    let word =
        |at: u32| u64::from_le_bytes(bytes(start + at as usize, 8).try_into().unwrap());
    let (next, len) = (word(RING_NEXT), word(RING_LEN));
    let size = usize::try_from(elem.size()).unwrap();
    let mut all = [next.to_le_bytes(), len.to_le_bytes()].concat();
    for n in 0..len {
        let slot = usize::try_from((next + slots - len + n) % slots).unwrap();
        all.extend(bytes(start + RING_DATA as usize + slot * size, size));
    }
    all
}

/// Whether the check of that number was the last one that failed.
fn failed_at(vm: &Vm, site: u32) -> bool {
    let bytes = vm.memory().get(header::FAULT_SITE as usize..);
    bytes.is_some_and(|bytes| bytes.starts_with(&u64::from(site).to_le_bytes()))
}

struct Count {
    sites: u64,
    reached: u64,
}

/// Runs pipeline `main` a little, then `only` once for each check that is made to fail.
fn inject_everywhere(
    text: &str,
    modules: &InMemory,
    main: &str,
    ticks: u64,
) -> Result<Count, String> {
    let options = Options {
        inject: true,
        share_from: 0,
        ..Options::default()
    };
    let program = compile(Text::new("main", text), modules, &options)
        .map_err(|report| report.to_string())?;
    let code = program.machine().map_err(|report| format!("{report:?}"))?;
    let image = program.image();
    let load = LoadOptions {
        sinks: None,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(image.clone(), Box::new(code), load)
        .map_err(|error| error.to_string())?;
    vm.start().map_err(|error| error.to_string())?;
    let main = vm.pipeline(Some(main)).map_err(|error| error.to_string())?;
    let only = vm
        .pipeline(Some("only"))
        .map_err(|error| error.to_string())?;
    let run = |vm: &mut Vm, pipeline, ticks| {
        vm.run(pipeline, ticks, &mut Control::default())
            .map_err(|error| error.to_string())
    };
    run(&mut vm, main, ticks)?;
    let start = vm.snapshot().map_err(|error| error.to_string())?;
    // Values leave fields with a time to live at the start of a tick, whatever happens in it.
    let idle = vm.pipeline(Some("idle")).ok();
    if let Some(idle) = idle {
        run(&mut vm, idle, 1)?;
    }
    let idle = idle.filter(|_| text.contains(" ttl "));
    let before = transactional(&vm);
    vm.restore(&start).map_err(|error| error.to_string())?;
    let faults = vm.faults();
    let mut count = Count {
        sites: 0,
        reached: 0,
    };
    for (site, at) in (0_u32..).zip(&image.sites) {
        // What an alert does when the processes are done is no part of them.
        let process = at.process.and_then(|n| image.processes.get(n as usize));
        if process.is_some_and(|process| process.name == "alarm") {
            continue;
        }
        let mut fails_in = |pipeline| {
            vm.restore(&start).map_err(|error| error.to_string())?;
            vm.inject(Some(site));
            run(&mut vm, pipeline, 1)?;
            vm.inject(None);
            Ok::<bool, String>(failed_at(&vm, site))
        };
        // What leaves by itself, before any process, does so with checks that never fail.
        if let Some(idle) = idle
            && fails_in(idle)?
        {
            continue;
        }
        let failed = fails_in(only)?;
        count.sites += 1;
        let handled = vm.faults() > faults;
        if failed && handled {
            count.reached += 1;
            let after = transactional(&vm);
            if let Some(((name, was), (_, is))) =
                before.iter().zip(&after).find(|(was, is)| was != is)
            {
                return Err(format!("{at:?} changed {name}: {was:?} {is:?}\n{text}"));
            }
        }
    }
    Ok(count)
}

#[test]
fn every_failed_check_leaves_data_as_it_was() {
    let modules = InMemory::new();
    let (sites, reached) = (std::sync::Mutex::new(0), std::sync::Mutex::new(0));
    let failed = seeds::each_seed(PROGRAMS, |seed| {
        match inject_everywhere(&generate_with_only(seed), &modules, "main", 2) {
            Ok(count) => {
                *sites.lock().unwrap() += count.sites;
                *reached.lock().unwrap() += count.reached;
                None
            }
            Err(text) => Some(format!("seed {seed}: {text}")),
        }
    });
    assert!(failed.is_none(), "{}", failed.unwrap_or_default());
    let (sites, reached) = (*sites.lock().unwrap(), *reached.lock().unwrap());
    println!("{sites} checks made to fail, {reached} reached, 0 left anything behind");
    assert!(
        reached > 500,
        "only {reached} of {sites} checks were reached"
    );
}

/// The processes of the double pendulum, and errors that they may raise.
const PROCESSES: [&str; 7] = [
    "classical",
    "super_twisting",
    "adaptive",
    "hybrid",
    "move",
    "record",
    "measure",
];

#[test]
fn every_failed_check_of_the_double_pendulum_leaves_data_as_it_was() {
    let main = include_str!("../../../examples/double-pendulum/main.theus");
    let modules = InMemory::new()
        .with(
            "pendulum",
            include_str!("../../../examples/double-pendulum/pendulum.theus"),
        )
        .with(
            "laws",
            include_str!("../../../examples/double-pendulum/laws.theus"),
        );
    let (mut sites, mut reached) = (0, 0);
    for process in PROCESSES {
        let text = format!(
            "{main}\npipeline only every 10ms {{\n    {process}\n    \
             on error Diverged, Lost {{ skip }}\n    on fault {{ skip }}\n}}\n"
        );
        let count = inject_everywhere(&text, &modules, "balance", 300).unwrap();
        println!(
            "{process}: {} of {} checks reached",
            count.reached, count.sites
        );
        sites += count.sites;
        reached += count.reached;
    }
    println!("{sites} checks made to fail, {reached} reached, 0 left anything behind");
    assert!(
        reached >= 17,
        "only {reached} of {sites} checks were reached"
    );
}

#[test]
fn every_failed_check_leaves_large_fields_as_they_were() {
    let main = include_str!("../../driver/tests/language/journal.theus");
    let mut reached = 0;
    for process in ["one", "pieces", "rings", "sometimes", "always", "checked"] {
        let text = format!(
            "{main}\npipeline only every 1ms {{\n    on error Enough {{ skip }}\n    \
             on fault {{ skip }}\n    {process}\n}}\n"
        );
        let count = inject_everywhere(&text, &InMemory::new(), "all_of_it", 3).unwrap();
        reached += count.reached;
    }
    assert!(reached >= 25, "only {reached} checks were reached");
}

#[test]
fn every_failed_check_of_a_group_undoes_the_group() {
    let main = include_str!("../../driver/tests/language/atomic.theus");
    let text = format!(
        "{main}\npipeline only every 1ms {{\n    on error Empty, TooMuch {{ skip }}\n    \
         on fault {{ skip }}\n    atomic {{ take -> give -> refuse }}\n}}\n"
    );
    let count = inject_everywhere(&text, &InMemory::new(), "move_it", 2).unwrap();
    assert!(count.reached >= 8, "only {} checks", count.reached);
}

#[test]
fn every_failed_check_leaves_the_words_of_cached_processes() {
    let main = include_str!("../../driver/tests/language/cached.theus");
    let text = format!(
        "{main}\npipeline only every 1ms {{\n    on fault {{ skip }}\n    \
         atomic {{ move_it -> age -> put -> total }}\n}}\n"
    );
    let count = inject_everywhere(&text, &InMemory::new(), "sums", 2).unwrap();
    assert!(count.reached >= 2, "only {} checks", count.reached);
}
