//! The gate, and footprints as text.

use crate::harness::typed;
use theus_diag::Sink;

const PROGRAM: &str = "
process move {
    inputs plant.p, tick
    outputs plant.x, plant.saturated, plant.fallen, plant.history
    requires finite(plant.x)
    errors Far(f64)
    if plant.p.m0 > 1.0 { raise Far(plant.p.m0) }
    scale(plant.x, 2.0)
    plant.saturated += tick.count
    plant.fallen = true
    plant.history.push(plant.x[0])
}
fn scale(inout v: [f64; 6], by: f64) { for i in 0..6 { v[i] = v[i] * by } }
";

#[test]
fn footprints_as_text() {
    let mut sink = Sink::new();
    let program = typed(PROGRAM, &mut sink);
    let checked = theus_contract::check(&program, &mut sink);
    assert!(sink.found().is_empty(), "{:#?}", sink.found());
    let want = "\
fn scale
  reads  v
  writes v
process move
  reads  plant.x, plant.p.m0
  writes plant.x, plant.saturated (+=), plant.fallen (true), plant.history
  uses   tick
  raises Far
";
    assert_eq!(theus_contract::dump(&checked), want);
}

#[test]
fn the_gate_opens_without_errors_only() {
    let mut sink = Sink::new();
    let program = typed(PROGRAM, &mut sink);
    let checked = theus_contract::check(&program, &mut sink);
    let sound = checked.sound(&sink).expect("a program without errors");
    assert_eq!(sound.typed().processes.len(), 1);
    let process = sound.typed().processes.keys().next().expect("a process");
    assert!(sound.footprints().process(process).tick.is_some());

    let mut sink = Sink::new();
    let program = typed("process p { plant.u = 1.0 }", &mut sink);
    let checked = theus_contract::check(&program, &mut sink);
    assert!(checked.sound(&sink).is_none());

    // A warning does not close it.
    let mut sink = Sink::new();
    let program = typed("process p { inputs gains.k }", &mut sink);
    let checked = theus_contract::check(&program, &mut sink);
    assert_eq!(sink.found().len(), 1);
    assert!(checked.sound(&sink).is_some());
}
