//! Properties: many runs with drawn inputs; what breaks one is made as simple as it gets.

use std::sync::Arc;

use theus_abi::image::{Image, Loc};
use theus_abi::property::{Draw, Property};

use super::{Override, Vm};
use crate::draw::{Random, draw, simpler, simplest};
use crate::error::VmError;
use crate::report::{Failure, Outcome};
use crate::value::{Value, write};

/// Runs for each case that counts, before a property is given up.
const MAX_MISSES: u64 = 20;

/// How a property is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trials {
    /// What all inputs follow from.
    pub seed: u64,
    /// How many that count.
    pub cases: u64,
    /// Most runs to make what breaks it simpler.
    pub steps: u64,
}

impl Default for Trials {
    fn default() -> Self {
        Self {
            seed: 0,
            cases: 256,
            steps: 2000,
        }
    }
}

/// What came of a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// Inputs that count and broke nothing.
    pub held: u64,
    /// Inputs that do not satisfy what is required.
    pub discarded: u64,
    /// Whether the contract holds whatever its process writes: it says nothing.
    pub trivial: bool,
    /// What broke it.
    pub broken: Option<Broken>,
}

impl Checked {
    /// Whether no input counts: then the property says nothing.
    pub const fn is_vacuous(&self) -> bool {
        self.held == 0 && self.broken.is_none()
    }
}

/// The simplest inputs found that break a property.
#[derive(Clone, Debug, PartialEq)]
pub struct Broken {
    /// How the run with them ends.
    pub outcome: Outcome,
    /// The inputs.
    pub inputs: Vec<(String, Value)>,
    /// The case that broke it first.
    pub case: u64,
    /// How often it was made simpler.
    pub steps: u64,
}

/// What inputs have shown.
enum Shown {
    Held,
    Missed,
    Broke(Outcome),
}

impl Vm {
    /// Looks for inputs that break a property of the image.
    ///
    /// # Errors
    /// If there is no such property, or the program cannot be run at all.
    pub fn check_property(
        &mut self,
        index: usize,
        trials: Trials,
    ) -> Result<Checked, VmError> {
        let image = self.image.clone();
        let Some(property) = image.properties.get(index) else {
            return Err(VmError::Order("there is no such property"));
        };
        let before = self.overrides.len();
        let checked = self.cases(property, trials);
        self.overrides.truncate(before);
        checked
    }

    fn cases(&mut self, of: &Property, trials: Trials) -> Result<Checked, VmError> {
        let mut checked = Checked {
            held: 0,
            discarded: 0,
            trivial: false,
            broken: None,
        };
        let mut hollow = of.hollow;
        let most = trials.cases.saturating_mul(MAX_MISSES);
        for case in 0..most {
            if checked.held >= trials.cases {
                break;
            }
            let mut random = Random::of(trials.seed, &of.name, case);
            let Some(inputs) = drawn(&of.inputs, case, &mut random) else {
                break;
            };
            match self.shown(of, of.func, &inputs, &[])? {
                Shown::Missed => checked.discarded += 1,
                Shown::Broke(outcome) => {
                    checked.broken =
                        Some(self.shrink(of, inputs, outcome, (case, trials.steps))?);
                    return Ok(checked);
                }
                Shown::Held => {
                    checked.held += 1;
                    if let Some(func) = hollow
                        && self.says_something(of, func, &inputs, &mut random)?
                    {
                        hollow = None;
                    }
                }
            }
        }
        checked.trivial = hollow.is_some() && checked.held >= trials.cases;
        Ok(checked)
    }

    /// Whether a process that writes something else breaks the contract.
    fn says_something(
        &mut self,
        of: &Property,
        func: u32,
        inputs: &[Value],
        random: &mut Random,
    ) -> Result<bool, VmError> {
        let after = of.after.iter();
        let after = after.map(|one| draw(&one.shape, &one.limits, random));
        let Some(after) = after.collect::<Option<Vec<_>>>() else {
            return Ok(true);
        };
        let shown = self.shown(of, func, inputs, &after)?;
        Ok(matches!(shown, Shown::Broke(_)))
    }

    /// One run from fresh contexts, with these inputs.
    fn shown(
        &mut self,
        of: &Property,
        func: u32,
        inputs: &[Value],
        after: &[Value],
    ) -> Result<Shown, VmError> {
        let before = self.overrides.len();
        self.reset()?;
        for (one, value) in of.inputs.iter().zip(inputs) {
            self.set_drawn_global(one, value)?;
        }
        let started = self.start();
        self.overrides.truncate(before);
        match started {
            // Globals that no run may have.
            Err(VmError::Start(_)) if of.inputs.iter().any(is_global) => {
                return Ok(Shown::Missed);
            }
            other => other?,
        }
        let fields = of.inputs.iter().zip(inputs);
        let fields = fields.filter(|(one, _)| !is_global(one));
        for (one, value) in fields.chain(of.after.iter().zip(after)) {
            let at = usize::try_from(one.offset).unwrap_or(usize::MAX);
            let bytes = self.memory.bytes_mut().get_mut(at..);
            bytes
                .and_then(|bytes| write(&one.shape, value, bytes))
                .ok_or_else(|| unfit(one))?;
        }
        let started: Arc<Image> = self.image.clone();
        self.world
            .streams
            .open_sources(&started, &self.options.sources)?;
        let status = self.call(func)?;
        Ok(match self.unusual(status) {
            None => Shown::Held,
            Some(Outcome::Failed(failure)) if misses(&failure, &of.assumes) => {
                Shown::Missed
            }
            Some(outcome) if outcome.is_success() => Shown::Held,
            Some(outcome) => Shown::Broke(outcome),
        })
    }

    fn set_drawn_global(&mut self, one: &Draw, value: &Value) -> Result<(), VmError> {
        let Some(field) = one.global else {
            return Ok(());
        };
        let size = usize::try_from(one.shape.size()).unwrap_or(0);
        let mut bytes = vec![0; size];
        write(&one.shape, value, &mut bytes).ok_or_else(|| unfit(one))?;
        self.overrides.push(Override {
            field: usize::try_from(field).unwrap_or(usize::MAX),
            offset: usize::try_from(one.offset).unwrap_or(usize::MAX),
            bytes,
        });
        Ok(())
    }

    /// Makes inputs simpler, one at a time, while the run fails in the same way.
    fn shrink(
        &mut self,
        of: &Property,
        mut inputs: Vec<Value>,
        mut outcome: Outcome,
        (case, most): (u64, u64),
    ) -> Result<Broken, VmError> {
        let (mut steps, mut runs) = (0, 0);
        let mut at = 0;
        while let Some(one) = of.inputs.get(at) {
            let mut found = false;
            let value = inputs.get(at).cloned().unwrap_or(Value::None);
            for less in simpler(&one.shape, &one.limits, &value) {
                if runs >= most {
                    break;
                }
                runs += 1;
                let mut tried = inputs.clone();
                if let Some(value) = tried.get_mut(at) {
                    *value = less;
                }
                if let Shown::Broke(end) = self.shown(of, of.func, &tried, &[])?
                    && is_same(&end, &outcome)
                {
                    (inputs, outcome, found) = (tried, end, true);
                    steps += 1;
                    break;
                }
            }
            // What is simpler now may let those before it be simpler.
            at = match found {
                true => 0,
                false => at + 1,
            };
        }
        let names = of.inputs.iter().map(|one| one.name.clone());
        Ok(Broken {
            outcome,
            inputs: names.zip(inputs).collect(),
            case,
            steps,
        })
    }
}

/// The inputs of a case; the first are the simplest.
fn drawn(of: &[Draw], case: u64, random: &mut Random) -> Option<Vec<Value>> {
    let one = |one: &Draw| match case {
        0 => simplest(&one.shape, &one.limits),
        _ => draw(&one.shape, &one.limits, random),
    };
    of.iter().map(one).collect()
}

const fn is_global(one: &Draw) -> bool {
    one.global.is_some()
}

fn unfit(one: &Draw) -> VmError {
    VmError::Internal(format!("what was drawn for `{}` does not fit", one.name))
}

/// Whether a failure says that the inputs do not count.
fn misses(failure: &Failure, assumes: &[Loc]) -> bool {
    let at = failure.loc;
    assumes
        .iter()
        .any(|loc| loc.file == at.file && loc.start <= at.start && at.end <= loc.end)
}

/// Whether two runs have failed in the same way.
fn is_same(a: &Outcome, b: &Outcome) -> bool {
    match (a, b) {
        (Outcome::Failed(a), Outcome::Failed(b)) => a.kind == b.kind && a.loc == b.loc,
        (Outcome::Declared { .. }, Outcome::Declared { .. }) => true,
        _ => false,
    }
}
