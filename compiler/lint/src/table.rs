//! The list of lints.

use theus_diag::{Code, Diagnostic};

use crate::cx::Cx;
use crate::level::Level;
use crate::rules;

/// What a lint is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Contracts: what they promise, and to whom.
    Contract,
    /// Contexts and their fields.
    State,
    /// Pipelines.
    Flow,
    /// Code that is likely wrong.
    Suspicious,
    /// Code that can be said better.
    Style,
    /// For those who want it all: silent unless asked for.
    Strict,
}

impl Group {
    /// Every group.
    pub const ALL: [Self; 6] = [
        Self::Contract,
        Self::State,
        Self::Flow,
        Self::Suspicious,
        Self::Style,
        Self::Strict,
    ];

    /// Whether a name is that of a group: `all` is that of all but `strict`.
    pub fn is_name(name: &str) -> bool {
        name == EVERY || Self::ALL.iter().any(|group| group.name() == name)
    }

    /// What its lints look for.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Contract => "contracts, and what they promise",
            Self::State => "contexts and their fields",
            Self::Flow => "pipelines and branches",
            Self::Suspicious => "code that is likely wrong",
            Self::Style => "code that can be said better",
            Self::Strict => "more than most want: silent unless asked for",
        }
    }

    /// Its word in files and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Contract => "contract",
            Self::State => "state",
            Self::Flow => "flow",
            Self::Suspicious => "suspicious",
            Self::Style => "style",
            Self::Strict => "strict",
        }
    }
}

/// The name of all lints together but those of `strict`.
pub(crate) const EVERY: &str = "all";

/// A lint.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    /// Its code; the page of it says why.
    pub code: Code,
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// How loud it is where nobody says.
    pub level: Level,
    /// What finds it.
    pub(crate) find: Find,
}

/// What looks for something, and tells each place.
pub(crate) type Find = fn(&Cx<'_>, &mut dyn FnMut(Diagnostic));

macro_rules! lints {
    ($($group:ident $level:ident $code:ident $name:ident;)*) => {
        /// Every lint.
        pub const ALL: &[Lint] = &[$(Lint {
            code: Code::$code,
            name: stringify!($name),
            group: Group::$group,
            level: Level::$level,
            find: rules::$name::find,
        },)*];
    };
}

lints! {
    Contract   Warn  ConstantClause    constant_clause;
    Contract   Warn  UnusedProcess     unused_process;
    State      Warn  UnreadRing        unread_ring;
    State      Warn  UnreadSignal      unread_signal;
    State      Warn  UnusedField       unused_field;
    State      Warn  GodContext        god_context;
    State      Warn  WholeHeavy        whole_heavy;
    Flow       Warn  ConstantCondition constant_condition;
    Flow       Warn  SlowRead          slow_read;
    Suspicious Warn  FloatEquality     float_equality;
    Suspicious Warn  SameOperands      same_operands;
    Suspicious Warn  SameBranches      same_branches;
    Suspicious Warn  UnreachedBound    unreached_bound;
    Suspicious Warn  SelfAssignment    self_assignment;
    Suspicious Warn  ShadowedName      shadowed_name;
    Suspicious Warn  BareTime          bare_time;
    Style      Warn  Naming            naming;
    Style      Warn  BoolLiteral       bool_literal;
    Style      Warn  NeedlessCast      needless_cast;
    Style      Warn  NeedlessIf        needless_if;
    Style      Warn  UnusedFunction    unused_function;
    Style      Warn  StaleLint         stale_lint;
    Strict     Allow MissingDocs       missing_docs;
    Strict     Allow WholeContext      whole_context;
}

impl Lint {
    /// The lint of a code.
    pub fn of(code: Code) -> Option<&'static Self> {
        ALL.iter().find(|lint| lint.code == code)
    }
}
