//! The list of checks. One check, one file.

mod atomic;
mod audit;
mod budget;
mod cached;
mod clause;
mod condition;
mod deadline;
mod declared_effect;
mod declared_raise;
mod declared_read;
mod declared_write;
mod duplicate;
mod each;
mod empty;
mod global_write;
mod group;
mod growing;
mod handled;
mod handler;
mod heavy;
mod inout;
mod large_context;
mod misplaced_flow;
mod mode;
mod old;
mod period;
mod recursion;
mod reset;
mod resize;
mod shape;
mod sizes;
mod source;
mod swap;
mod understood;
mod unreadable;
mod unused;

use theus_diag::Sink;

use crate::Cx;

/// A check.
pub(crate) type Check = fn(&Cx<'_>, &mut Sink);

/// Every check. The order is of no importance, but `sizes` and then `understood` are last.
pub(crate) const ALL: &[Check] = &[
    recursion::check,
    declared_read::check,
    declared_write::check,
    declared_effect::check,
    declared_raise::check,
    unused::check,
    duplicate::check,
    global_write::check,
    unreadable::check,
    group::check,
    each::check,
    shape::check,
    inout::check,
    old::check,
    clause::check,
    condition::check,
    handled::check,
    handler::check,
    heavy::check,
    swap::check,
    misplaced_flow::check,
    mode::check,
    atomic::check,
    budget::check,
    deadline::check,
    cached::check,
    reset::check,
    resize::check,
    source::check,
    empty::check,
    period::check,
    audit::check,
    large_context::check,
    growing::check,
    sizes::check,
    understood::check,
];
