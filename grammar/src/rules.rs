//! The grammar, as chapters of pest rules. Private: rule names never leave this crate.

#[derive(pest_derive::Parser)]
#[grammar = "rules/lexical.pest"]
#[grammar = "rules/expr.pest"]
#[grammar = "rules/types.pest"]
#[grammar = "rules/items.pest"]
#[grammar = "rules/stmt.pest"]
#[grammar = "rules/flow.pest"]
#[grammar = "rules/audit.pest"]
#[grammar = "rules/session.pest"]
#[grammar = "rules/recover.pest"]
pub(crate) struct Grammar;

/// A node of the parse tree.
pub(crate) type Pair<'s> = pest::iterators::Pair<'s, Rule>;

/// Whether the rule is a bracket or a separator: structure that the tree does not keep.
pub(crate) fn is_mark(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::l_brace
            | Rule::r_brace
            | Rule::l_paren
            | Rule::r_paren
            | Rule::l_square
            | Rule::r_square
            | Rule::l_angle
            | Rule::r_angle
            | Rule::comma
            | Rule::colon
            | Rule::semi
            | Rule::arrow
            | Rule::fat_arrow
            | Rule::bar
            | Rule::is
            | Rule::old_head
            | Rule::quantifier_head
            | Rule::EOI
    ) || matches!(rule, Rule::k_measure | Rule::k_or)
        || is_word(rule)
}

/// Whether the rule is a keyword whose presence its parent already tells.
fn is_word(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::k_old
            | Rule::k_in
            | Rule::k_if
            | Rule::k_match
            | Rule::k_for
            | Rule::k_as
            | Rule::k_fn
            | Rule::k_use
            | Rule::k_struct
            | Rule::k_enum
            | Rule::k_context
            | Rule::k_process
            | Rule::k_contract
            | Rule::k_is
            | Rule::k_pipeline
            | Rule::k_test
            | Rule::k_property
            | Rule::k_bench
            | Rule::k_intrinsic
            | Rule::k_every
            | Rule::k_scratch
            | Rule::k_arena
            | Rule::k_invariant
            | Rule::k_range
            | Rule::k_inputs
            | Rule::k_outputs
            | Rule::k_errors
            | Rule::k_deadline
            | Rule::k_budget
            | Rule::k_steps
            | Rule::k_cached
            | Rule::k_age
            | Rule::k_each
            | Rule::k_of
            | Rule::k_inserts
            | Rule::k_sends
            | Rule::k_where
            | Rule::k_slice
            | Rule::k_while
            | Rule::k_max
            | Rule::k_return
            | Rule::k_assert
            | Rule::k_run
            | Rule::k_times
            | Rule::k_set
            | Rule::k_mock
            | Rule::k_expect
            | Rule::k_when
            | Rule::k_par
            | Rule::k_atomic
            | Rule::k_on
            | Rule::k_start
            | Rule::k_stop
            | Rule::k_error
            | Rule::k_fault
            | Rule::k_from
            | Rule::k_sink
            | Rule::k_source
            | Rule::k_into
            | Rule::k_reset
            | Rule::k_skip
            | Rule::k_drop
            | Rule::k_fail
            | Rule::k_mode
            | Rule::k_enter
            | Rule::k_exit
            | Rule::k_repeat
            | Rule::k_until
            | Rule::k_idle
    ) || is_later_word(rule)
}

/// The words of audits, sessions and tests among them.
fn is_later_word(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::k_break
            | Rule::k_continue
            | Rule::k_audit
            | Rule::k_alert
            | Rule::k_level
            | Rule::k_after
            | Rule::k_out_of
            | Rule::k_clear
            | Rule::k_do
            | Rule::k_session
            | Rule::k_cells
            | Rule::k_pressure
    )
}
