//! The table of passes, and the order in which `optimise` runs them.
//!
//! The law that every pass keeps is in `passes/README.md`. Debug builds verify the function
//! after each pass.

pub(crate) mod address;
mod constant;
mod dce;
mod dse;
mod fold;
mod gvn;
mod inject;
mod inline;
mod interval;
mod licm;
mod promote;
mod prove;
mod rewrite;
mod simplify;
mod sink;
mod thread;
mod witness;

pub use inject::inject;
pub use prove::{Example, Values, Verdict, verdicts};
use prove::{Ranges, unsure};
pub use witness::{Note, Notes, witness};

use std::cmp::Reverse;
use std::sync::Mutex;

use crate::func::Func;
use crate::program::Program;
use crate::threads::on_threads;
use crate::verify::verify_func;

/// A pass over one function.
#[derive(Clone, Copy, Debug)]
pub struct Pass {
    /// The name, in tests and reports.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// Runs it.
    pub run: fn(&mut Func),
}

macro_rules! passes {
    ($($name:ident: $about:literal;)*) => {
        /// Every pass over one function, in order of name. `inline`, `inject` and `witness`,
        /// which need the program, are apart.
        pub const PASSES: &[Pass] =
            &[$(Pass { name: stringify!($name), about: $about, run: $name::run },)*];
    };
}

passes! {
    dce: "drops what nobody uses";
    dse: "drops stores that are overwritten before they are read";
    fold: "constant folding and identities that keep every bit";
    gvn: "merges equal expressions, forwards loads, drops decided checks";
    licm: "moves expressions out of loops";
    prove: "drops checks and branches that intervals decide";
    promote: "turns slots into values";
    simplify: "merges blocks, leads jumps through, drops block parameters";
    sink: "puts constants next to their uses";
    thread: "leads edges that decide a branch past it";
}

/// What `optimise` may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// A callee of at most this many instructions is inlined wherever the caller has room.
    pub small: usize,
    /// So is any callee of at most this many.
    pub callee: usize,
    /// A caller gets no larger than this, or twice this by functions that are called once.
    pub caller: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            small: 60,
            callee: 800,
            caller: 20_000,
        }
    }
}

/// Passes in the order in which they run, with their names.
type List = &'static [(&'static str, fn(&mut Func))];

macro_rules! list {
    ($($name:ident)*) => { &[$((stringify!($name), $name::run),)*] };
}

/// What runs on a function before its callers inline it.
const EARLY: List =
    list![simplify fold promote fold simplify thread promote gvn simplify dce];

/// What runs on every function that is left.
const LATE: List = list![promote gvn simplify thread promote simplify gvn];

/// What runs once intervals have decided what they can.
const LAST: List = list![dse dce licm gvn simplify dce sink];

/// What runs before checks are judged: no check goes but those that constants decide.
const KEPT: List = &[
    ("simplify", simplify::run),
    ("promote", promote::run),
    ("fold", fold::run),
    ("promote", promote::run),
    ("gvn", gvn::keeping),
    ("simplify", simplify::run),
    ("gvn", gvn::keeping),
];

/// What runs on functions of more than `HUGE` instructions, which no person has written:
/// the time goes into compiling them, not into running them.
const BRIEF: List = list![simplify promote simplify dce];
const HUGE: usize = 60_000;

/// Makes a program fast. Results, faults and everything a run can show stay the same, bit
/// for bit.
pub fn optimise(program: &mut Program, options: &Options) {
    inline::run(program, options, &|func| run_all(func, EARLY));
    let (ranges, none) = (Ranges::new(&program.image), Ranges::default());
    let unsure = unsure(program);
    let left = program.funcs.iter_mut().filter(|(_, func)| !func.dead);
    let (before, after): (Vec<_>, Vec<_>) =
        left.partition(|(id, _)| unsure.contains(*id));
    on_each(before.into_iter().map(|(_, func)| func), &|func| {
        late(func, &none)
    });
    on_each(after.into_iter().map(|(_, func)| func), &|func| {
        late(func, &ranges)
    });
}

fn late(func: &mut Func, ranges: &Ranges) {
    if func.insts.len() > HUGE {
        return run_all(func, BRIEF);
    }
    run_all(func, LATE);
    prove::with(func, ranges);
    verified(func, "prove");
    run_all(func, LAST);
}

/// Runs `work` on functions, several at a time.
fn on_each<'f>(
    funcs: impl Iterator<Item = &'f mut Func>,
    work: &(dyn Fn(&mut Func) + Sync),
) {
    let mut funcs: Vec<&mut Func> = funcs.collect();
    // The largest first, so that no thread is left with one that others could have begun.
    funcs.sort_by_key(|func| Reverse(func.insts.len()));
    let size = funcs.iter().map(|func| func.insts.len()).sum();
    let funcs: Vec<_> = funcs.into_iter().map(Mutex::new).collect();
    // Each is taken by one thread, so no lock is ever waited for.
    on_threads(
        funcs.len(),
        size,
        || (),
        |(), at| {
            if let Some(Ok(mut func)) = funcs.get(at).map(Mutex::lock) {
                work(&mut func);
            }
        },
    );
}

fn run_all(func: &mut Func, passes: List) {
    let passes = if func.insts.len() > HUGE {
        BRIEF
    } else {
        passes
    };
    for (name, pass) in passes {
        pass(func);
        verified(func, name);
    }
}

/// Debug builds hold every pass to what it leaves.
fn verified(func: &Func, name: &str) {
    if cfg!(debug_assertions) {
        let found = verify_func(func, None);
        debug_assert!(found.is_ok(), "after {name}: {found:?}");
    }
}
