//! Clean-up: when it runs, what it takes, and what it tells of it.

use std::time::Duration;

use crate::kept::Kept;

/// What happens between cells, and when.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// In order: what each does is done after what those before it do.
    pub rules: Vec<Rule>,
    /// What was named in so long a time stays.
    pub recent: Duration,
    /// Names that begin so are temporary.
    pub temporary: Vec<String>,
    /// Bytes that a session may hold: what pressure is a share of.
    pub memory: u64,
}

/// `every 100 cells, idle 5min { clean }`.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// Any of them will do.
    pub when: Vec<When>,
    /// In order.
    pub actions: Vec<Action>,
}

/// When a rule acts.
#[derive(Clone, Debug, PartialEq)]
pub enum When {
    /// After every so many cells.
    Every(u64),
    /// Once more than this share of the memory is in use.
    Pressure(f64),
    /// Once a collection of that context, or that field, holds more than this share of what
    /// fits in.
    Full(String, f64),
    /// After a cell before which nothing ran for longer.
    Idle(Duration),
}

/// What a rule does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Drops values that are temporary.
    Clean,
    /// Lets go of what only `undo` needs.
    Trim,
    /// Runs a process or a pipeline of the session once.
    Run(String),
}

impl Default for Rules {
    fn default() -> Self {
        let minutes = Duration::from_secs(5 * 60);
        Self {
            rules: vec![
                Rule {
                    when: vec![
                        When::Every(100),
                        When::Pressure(0.8),
                        When::Idle(minutes),
                    ],
                    actions: vec![Action::Clean],
                },
                Rule {
                    when: vec![When::Every(50)],
                    actions: vec![Action::Trim],
                },
            ],
            recent: minutes,
            temporary: ["_tmp_", "_temp_", "_out_"].map(str::to_owned).to_vec(),
            memory: 1 << 30,
        }
    }
}

/// Why a rule acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// So many cells have run.
    Count,
    /// Too much memory is in use.
    Pressure,
    /// Nothing ran for long.
    Idle,
}

impl Trigger {
    /// The word in events.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Pressure => "pressure",
            Self::Idle => "idle",
        }
    }
}

/// What a session counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Cells that have run.
    pub executions: u64,
    /// How long they took on average.
    pub average: Duration,
    /// The share of the memory in use.
    pub pressure: f64,
    /// How long nothing had run before the last one.
    pub idle: Duration,
    /// The values that are kept, by name.
    pub preserved: Vec<String>,
}

/// What happens between cells.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Temporary values were dropped.
    Clean {
        /// Why.
        trigger: Trigger,
        /// Their names.
        dropped: Vec<String>,
        /// How it is now.
        statistics: Statistics,
    },
    /// What only `undo` needs was let go.
    Trim {
        /// How many cells can no longer be undone.
        cells: usize,
        /// How it is now.
        statistics: Statistics,
    },
    /// A process or a pipeline has run.
    Run {
        /// Its name.
        name: String,
        /// Why it has changed nothing, if it has not: that is no failure of the cell.
        failure: Option<String>,
    },
    /// Ticks have run in pipelines with sinks, which write nothing in a session. Told once of
    /// each.
    Unwritten {
        /// Their paths.
        paths: Vec<String>,
    },
}

impl Rule {
    /// Whether and why it acts.
    pub(crate) fn trigger(
        &self,
        counted: &Statistics,
        used: &dyn Fn(&str) -> f64,
    ) -> Option<Trigger> {
        let acts = |when: &When| match when {
            When::Every(count) => {
                due(counted.executions, *count).then_some(Trigger::Count)
            }
            When::Pressure(share) => {
                (counted.pressure > *share).then_some(Trigger::Pressure)
            }
            When::Full(of, share) => (used(of) > *share).then_some(Trigger::Pressure),
            When::Idle(time) => (counted.idle > *time).then_some(Trigger::Idle),
        };
        self.when.iter().find_map(acts)
    }
}

impl Rules {
    /// Whether a clean-up leaves a value: the first of these that says something counts.
    pub(crate) fn stays(&self, one: &Kept, trigger: Trigger, now: Duration) -> bool {
        let is_recent = now.saturating_sub(one.used) <= self.recent;
        let is_temporary = self
            .temporary
            .iter()
            .any(|start| one.name.starts_with(start));
        if one.preserved || is_recent || one.name.starts_with("__") {
            true
        } else {
            !is_temporary && trigger != Trigger::Pressure
        }
    }
}

fn due(count: u64, every: u64) -> bool {
    every > 0 && count > 0 && count.is_multiple_of(every)
}
