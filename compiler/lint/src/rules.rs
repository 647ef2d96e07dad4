//! The lints, one file each: `find` tells every place.

pub(crate) mod bare_time;
pub(crate) mod bool_literal;
pub(crate) mod constant_clause;
pub(crate) mod constant_condition;
pub(crate) mod float_equality;
pub(crate) mod god_context;
pub(crate) mod missing_docs;
pub(crate) mod naming;
pub(crate) mod needless_cast;
pub(crate) mod needless_if;
pub(crate) mod same_branches;
pub(crate) mod same_operands;
pub(crate) mod self_assignment;
pub(crate) mod shadowed_name;
pub(crate) mod slow_read;
pub(crate) mod stale_lint;
pub(crate) mod unreached_bound;
pub(crate) mod unread_ring;
pub(crate) mod unread_signal;
pub(crate) mod unused_field;
pub(crate) mod unused_function;
pub(crate) mod unused_process;
pub(crate) mod whole_context;
pub(crate) mod whole_heavy;
