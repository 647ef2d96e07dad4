//! Rules of the grammar in human words.

use crate::rules::Rule;

/// What a rule is called, with a rank: what is named first in a list of what was expected.
/// `None`: not worth a word, because something better is always expected with it.
fn name(rule: Rule) -> Option<(u8, &'static str)> {
    Some(match rule {
        Rule::r_paren => (0, "`)`"),
        Rule::r_square => (0, "`]`"),
        Rule::r_brace => (0, "`}`"),
        Rule::r_angle => (0, "`>`"),
        Rule::comma => (1, "`,`"),
        Rule::colon => (1, "`:`"),
        Rule::semi => (1, "`;`"),
        Rule::is | Rule::default | Rule::assign => (1, "`=`"),
        Rule::fat_arrow => (1, "`=>`"),
        Rule::arrow | Rule::result => (2, "`->`"),
        Rule::bar => (1, "`|`"),
        Rule::l_brace | Rule::body | Rule::flow_body | Rule::columns => (1, "`{`"),
        Rule::l_paren => (1, "`(`"),
        Rule::k_in => (1, "`in`"),
        Rule::k_else | Rule::else_if => (1, "`else`"),
        Rule::k_raise => (1, "`raise`"),
        Rule::k_max => (1, "`max`"),
        Rule::k_for => (1, "`for`"),
        Rule::k_fn => (1, "`fn`"),
        Rule::k_ticks => (2, "`ticks`"),
        Rule::k_level => (0, "`level`"),
        Rule::k_cells => (0, "`cells`"),
        Rule::gt => (0, "`>`"),
        Rule::session_rule | Rule::every_cells | Rule::pressure | Rule::idle_time => {
            (0, "`every`, `pressure` or `idle`")
        }
        Rule::level => (0, "a level: S, A, B or C"),
        Rule::share => (0, "`below`, `above` or `when`"),
        Rule::range_to | Rule::range => (1, "`..=` or `..`"),
        Rule::decl
        | Rule::word
        | Rule::name
        | Rule::path
        | Rule::word_path
        | Rule::place
        | Rule::error_use
        | Rule::error_decl
        | Rule::closure_param
        | Rule::event_names
        | Rule::tuple_index => (0, "a name"),
        _ => return kind(rule),
    })
}

/// What a rule of a part of the language is called.
fn kind(rule: Rule) -> Option<(u8, &'static str)> {
    Some(match rule {
        Rule::ty
        | Rule::ty_named
        | Rule::ty_result
        | Rule::ty_array
        | Rule::ty_fn
        | Rule::ty_tuple => (0, "a type"),
        Rule::size | Rule::ty_arg => (0, "a size"),
        Rule::expr
        | Rule::arith
        | Rule::flat
        | Rule::arg
        | Rule::condition
        | Rule::paren
        | Rule::array
        | Rule::number
        | Rule::bool
        | Rule::if_expr
        | Rule::match_expr
        | Rule::neg
        | Rule::not
        | Rule::amount
        | Rule::column
        | Rule::range_ty
        | Rule::closure => (0, "an expression"),
        Rule::string => (0, "a string"),
        Rule::pattern
        | Rule::pattern_path
        | Rule::pattern_number
        | Rule::arm
        | Rule::arm_expr
        | Rule::flow_arm => (0, "a pattern"),
        Rule::param => (0, "a parameter"),
        Rule::generic => (0, "a type or size parameter"),
        Rule::member_item | Rule::invariant => (0, "a field"),
        Rule::variant => (0, "a variant"),
        Rule::let_stmt | Rule::name_stmt | Rule::return_stmt => (0, "a statement"),
        Rule::flow | Rule::run_flow | Rule::when_flow => {
            (0, "a process or an item of the pipeline")
        }
        Rule::use_item | Rule::const_item | Rule::process_item => {
            (0, "an item such as `process`, `fn` or `context`")
        }
        _ => return None,
    })
}

/// Whether the rule only says that an operand might go on.
fn goes_on(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::call
            | Rule::index
            | Rule::member
            | Rule::cast
            | Rule::brace_value
            | Rule::opt_mark
            | Rule::k_as
            | Rule::scope
            | Rule::otherwise
            | Rule::infix_tail
            | Rule::step
    )
}

/// `an expression`, `` `)` or `,` ``; `None` if nothing useful was expected.
pub(super) fn expected(rules: &[Rule]) -> Option<String> {
    let ends = rules.contains(&Rule::EOI);
    let operand_done = rules.iter().any(|rule| goes_on(*rule));
    let mut names: Vec<(u8, &str)> = Vec::new();
    for found in rules.iter().filter_map(|rule| name(*rule)) {
        if !names.contains(&found) {
            names.push(found);
        }
    }
    if ends {
        // Nothing was needed: what stands there is too much.
        return None;
    }
    names.sort_by_key(|(rank, _)| *rank);
    if names.iter().any(|(_, name)| *name == "an expression") {
        names.retain(|(_, name)| {
            !matches!(*name, "a name" | "a string" | "`(`" | "`|`" | "`[`")
        });
    }
    if operand_done || rules.contains(&Rule::add) {
        names.retain(|(_, name)| *name != "`(`");
        if names.len() > 1 {
            names.retain(|(_, name)| *name != "`..=` or `..`");
        }
    }
    if names.iter().any(|(_, name)| *name == "a statement") {
        names.retain(|(_, name)| *name != "a name");
    }
    if operand_done && names.iter().any(|(_, name)| *name == "`{`") {
        names.retain(|(_, name)| *name != "`=`");
    }
    if names.iter().any(|(_, name)| *name == "`)`") {
        names.retain(|(_, name)| *name != "`:`");
    }
    if names.is_empty() {
        return operand_done.then(|| "an operator".to_owned());
    }
    names.truncate(3);
    let words: Vec<_> = names.into_iter().map(|(_, name)| name).collect();
    Some(match words.as_slice() {
        [first, second, third] => format!("{first}, {second} or {third}"),
        [first, second] => format!("{first} or {second}"),
        _ => words.concat(),
    })
}

/// Words that begin statements.
const STATEMENTS: &[&str] = &[
    "let", "var", "return", "raise", "continue", "break", "assert", "while", "for",
    "match",
];

/// Words that begin items.
const ITEMS: &[&str] = &[
    "context", "process", "pipeline", "struct", "enum", "const", "test", "use",
];

/// Whether an item begins with the word.
pub(super) fn begins_item(word: &str) -> bool {
    let rare = [
        "fn",
        "contract",
        "property",
        "bench",
        "audit",
        "alert",
        "intrinsic",
        "port",
        "sweep",
        "session",
    ];
    ITEMS.contains(&word) || rare.contains(&word)
}

/// The word among `words` that differs least, if it is near enough to be a slip.
fn nearest(text: &str, words: &[&'static str]) -> Option<&'static str> {
    let length = text.chars().count();
    let most = if length >= 6 { 2 } else { 1 };
    let near = words
        .iter()
        .map(|word| (strsim::damerau_levenshtein(text, word), *word));
    let near = near
        .filter(|(distance, _)| length >= 3 && *distance <= most)
        .min();
    near.map(|(_, word)| word)
}

/// The statement word that was meant by a misspelt one.
pub(super) fn similar_word(text: &str) -> Option<&'static str> {
    nearest(text, STATEMENTS)
}

/// The item word that was meant by a misspelt one.
pub(super) fn similar_item(text: &str) -> Option<&'static str> {
    nearest(text, ITEMS)
}
