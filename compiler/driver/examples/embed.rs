//! Theus inside another program: compile a text, set a global, tick, look, write a field.
//!
//! `cargo run -p theus --example embed`

use std::error::Error;

use theus_vm::{Control, LoadOptions, Value, Vm};

const PROGRAM: &str = r"
context tank {
    global inflow: f64 in 0.0..=10.0 = 1.0
    level: f64 in 0.0..=100.0 = 0.0
    past: ring<f64, 4>
}

process fill {
    inputs  tank.inflow, tick
    outputs tank.level, tank.past

    tank.level += tank.inflow * seconds(tick.dt)
    tank.past.push(tank.level)
}

pipeline main every 500ms { fill }
";

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    // Whatever is wrong with the text is in the report, which prints itself.
    let program = theus::compile_str(PROGRAM, &theus::Options::default())?;

    // The VM allocates all memory that the program will ever use.
    let options = LoadOptions {
        sinks: None,
        ..LoadOptions::default()
    };
    let mut vm = Vm::load(program.image(), Box::new(program.machine()?), options)?;
    vm.set_global("tank.inflow", 2.0)?;
    vm.start()?;

    // One tick at a time, or many; fields are read and written between ticks.
    let pipeline = vm.pipeline(Some("main"))?;
    vm.tick(pipeline)?;
    assert_eq!(vm.get("tank.level")?, Value::Float(1.0));
    vm.set("tank.level", 50.0)?;
    let report = vm.advance(pipeline, 9, &mut Control::default())?;
    assert_eq!(report.total_ticks, 10);
    assert_eq!(vm.get("tank.level")?, Value::Float(59.0));
    assert_eq!(vm.get("tank.past[0]")?, Value::Float(59.0));

    // A failure leaves every field as it was, and says where it happened.
    let report = vm.advance(pipeline, 100, &mut Control::default())?;
    assert_eq!(vm.get("tank.level")?, Value::Float(100.0));
    let text = report.outcome.to_string();
    assert!(text.starts_with("value outside the range of its field in process fill"));

    // A program that is wrong is refused with all that is wrong.
    let refused =
        theus::compile_str("context c { x: flaot }", &theus::Options::default());
    let report = refused.err().ok_or("it must be refused")?;
    assert_eq!(report.found.len(), 1);
    assert_eq!(
        report.found.first().map(|found| found.code.id()),
        Some("T0205")
    );
    Ok(())
}
