//! The words of the language by where they stand, each with what it is for and how it is
//! written on.

/// A word: itself, what it is for, what is put in (`$1` … are places to fill in).
pub(crate) type Word = (&'static str, &'static str, &'static str);

/// Words that begin items.
pub(crate) const ITEMS: &[Word] = &[
    ("use", "names of another module", "use ${1:std.control}"),
    (
        "const",
        "a value that never changes",
        "const ${1:NAME} = $0",
    ),
    (
        "struct",
        "a kind of values",
        "struct ${1:Name} {\n    $0\n}",
    ),
    ("enum", "a choice", "enum ${1:Name} { $0 }"),
    (
        "fn",
        "a function of its arguments alone",
        "fn ${1:name}($2) -> ${3:f64} {\n    $0\n}",
    ),
    ("context", "state", "context ${1:name} {\n    $0\n}"),
    (
        "context type",
        "a kind of contexts",
        "context type ${1:Name} {\n    $0\n}",
    ),
    (
        "contract",
        "clauses that processes share",
        "contract ${1:Name}($2) {\n    $0\n}",
    ),
    (
        "process",
        "what changes state, with its contract",
        "process ${1:name} {\n    inputs  $2\n    outputs $3\n\n    $0\n}",
    ),
    (
        "pipeline",
        "what runs when",
        "pipeline ${1:main} every ${2:10ms} {\n    $0\n}",
    ),
    (
        "test",
        "what must hold",
        "test \"${1:what holds}\" {\n    $0\n}",
    ),
    (
        "property",
        "what must hold of any inputs",
        "property \"${1:what holds}\" ($2) {\n    $0\n}",
    ),
    (
        "bench",
        "what is measured",
        "bench \"${1:what is measured}\" {\n    $0\n}",
    ),
    (
        "audit",
        "rules on the fields of a context",
        "audit ${1:name} {\n    $0\n}",
    ),
    (
        "alert",
        "what happens when something holds",
        "alert ${1:name} {\n    when $2\n    do { $0 }\n}",
    ),
];

/// Clauses of a process, in their order.
pub(crate) const CLAUSES: &[Word] = &[
    (
        "each",
        "the body runs once for each element",
        "each ${1:a} in $0",
    ),
    ("inputs", "what may be read", "inputs  $0"),
    ("outputs", "what may be written", "outputs $0"),
    (
        "inserts",
        "how many elements each may insert",
        "inserts $1 max $0",
    ),
    ("sends", "how many values each may send", "sends $1 max $0"),
    ("requires", "what must hold before", "requires $0"),
    ("ensures", "what must hold after", "ensures $0"),
    ("errors", "what may be raised", "errors $0"),
    ("deadline", "how long a run may take", "deadline ${1:100us}"),
    (
        "budget",
        "how many steps a run may take",
        "budget ${1:10_000} steps",
    ),
    (
        "cached",
        "skipped while nothing that it names is written",
        "cached",
    ),
];

/// Words that begin statements.
pub(crate) const STATEMENTS: &[Word] = &[
    ("let", "a name for a value", "let ${1:name} = $0"),
    ("var", "a name that may be assigned", "var ${1:name} = $0"),
    ("if", "one of two", "if $1 {\n    $0\n}"),
    ("match", "one of many", "match $1 {\n    $0\n}"),
    (
        "for",
        "each value in turn",
        "for ${1:i} in ${2:0..10} {\n    $0\n}",
    ),
    (
        "while",
        "again while something holds",
        "while $1 max ${2:100} {\n    $0\n}",
    ),
    ("return", "the result", "return $0"),
    ("raise", "undoes the run, with an error", "raise $0"),
    ("break", "ends the loop", "break"),
    ("continue", "goes on with the next round", "continue"),
    (
        "measure",
        "how long a block takes goes to samples",
        "measure $1 {\n    $0\n}",
    ),
];

/// Words of tests.
pub(crate) const TESTS: &[Word] = &[
    ("run", "runs a pipeline", "run ${1:main} for ${2:10 ticks}"),
    ("assert", "must hold", "assert $0"),
    ("set", "writes a field as the host does", "set $1 = $0"),
    (
        "expect",
        "the block must fail so",
        "expect ${1:Error} {\n    $0\n}",
    ),
];

/// Words behind the name of a pipeline.
pub(crate) const HEADS: &[Word] = &[
    ("every", "how often it ticks", "every ${1:1ms} {\n    $0\n}"),
    (
        "on",
        "a tick for each batch of what waits",
        "on ${1:context.field} max ${2:100} or ${3:50ms} {\n    $0\n}",
    ),
];

/// Words of pipelines.
pub(crate) const FLOW: &[Word] = &[
    ("when", "only if something holds", "when $1 { $0 }"),
    ("match", "one of many", "match $1 {\n    $0\n}"),
    ("every", "only in some ticks", "every ${1:10 ticks} { $0 }"),
    ("on", "when something begins to hold", "on $1 { $0 }"),
    (
        "on error",
        "when a process fails so",
        "on error ${1:Error} { $0 }",
    ),
    ("on fault", "when a check fails", "on fault { $0 }"),
    ("on start", "before the first tick", "on start { $0 }"),
    ("on stop", "after the last tick", "on stop { $0 }"),
    ("par", "members that may run together", "par { $0 }"),
    ("atomic", "one transaction", "atomic { $0 }"),
    (
        "measure",
        "how long items take goes to samples",
        "measure $1 { $0 }",
    ),
    ("repeat", "again and again", "repeat ${1:10} { $0 }"),
    (
        "mode",
        "items that run while it is in force",
        "mode ${1:Name} { $0 }",
    ),
    ("enter", "changes the mode", "enter $0"),
    ("sink", "writes rows", "sink csv(\"${1:run.csv}\") { $0 }"),
    ("source", "reads rows", "source csv(\"${1:in.csv}\") { $0 }"),
    ("reset", "back to start values", "reset $0"),
    ("stop", "ends the run well", "stop"),
    ("fail", "ends the run as failed", "fail \"$1\""),
    ("skip", "goes on after the failed item", "skip"),
    ("drop", "leaves the rest of the tick", "drop"),
];

/// Words before fields.
pub(crate) const ZONES: &[Word] = &[
    ("global", "fixed at start", "global "),
    ("signal", "lives to the end of the tick", "signal "),
    (
        "meta",
        "counts; survives the failure that it counts",
        "meta ",
    ),
    ("heavy", "large, in memory of its own", "heavy "),
    ("invariant", "what globals must satisfy", "invariant "),
];

/// Words in expressions.
pub(crate) const VALUES: &[Word] = &[
    ("true", "", "true"),
    ("false", "", "false"),
    ("none", "no value", "none"),
    ("tick", "the clock of the pipeline", "tick"),
    ("random", "draws", "random"),
    ("old", "the value at the start of the process", "old($0)"),
    ("prev", "the value at the end of the last tick", "prev($0)"),
    ("window", "the last samples", "window($1, ${2:1s})"),
    ("not", "", "not "),
    ("and", "", "and "),
    ("or", "", "or "),
    ("implies", "", "implies "),
    ("in", "", "in "),
    ("as", "a number of another type", "as "),
    ("else", "", "else "),
];

/// Types that need no import.
pub(crate) const TYPES: &[Word] = &[
    ("f64", "", "f64"),
    ("f32", "", "f32"),
    ("i64", "", "i64"),
    ("i32", "", "i32"),
    ("i16", "", "i16"),
    ("i8", "", "i8"),
    ("u64", "", "u64"),
    ("u32", "", "u32"),
    ("u16", "", "u16"),
    ("u8", "", "u8"),
    ("bool", "", "bool"),
    ("duration", "a time between two points", "duration"),
    ("instant", "a point in time", "instant"),
    ("str", "a text", "str<${1:16}>"),
    ("ring", "the last values", "ring<${1:f64}, ${2:16}>"),
    (
        "list",
        "values in order, up to a length",
        "list<${1:f64}, ${2:16}>",
    ),
    ("map", "values by key", "map<${1:i64}, ${2:f64}, ${3:16}>"),
    ("queue", "values by order", "queue<${1:f64}, ${2:16}>"),
    ("pool", "elements with handles", "pool<${1:Item}, ${2:16}>"),
    ("handle", "names an element of a pool", "handle<$1>"),
];

/// What is behind `tick.`
pub(crate) const TICK: &[Word] = &[
    ("count", "ticks done before this one", "count"),
    ("time", "virtual time since the start", "time"),
    ("now", "the point of the virtual clock", "now"),
    ("dt", "the period", "dt"),
    ("faults", "failures so far", "faults"),
];

/// What a pool can do.
pub(crate) const POOL: &[Word] = &[
    ("insert", "puts an element in; its handle", "insert($0)"),
    (
        "get",
        "a copy of an element, if the handle is live",
        "get($0)",
    ),
    ("has", "whether a handle is live", "has($0)"),
    ("free", "gives the slot back", "free($0)"),
    ("clear", "frees all", "clear()"),
    (
        "retain",
        "frees those for which it does not hold",
        "retain(|${1:e}| $0)",
    ),
    ("owner", "to whom an element belongs", "owner($0)"),
    ("len", "how many there are", "len()"),
    ("capacity", "how many there may be", "capacity()"),
    ("handles", "all handles", "handles()"),
];

/// Whether a word is a type that needs no import.
pub(crate) fn is_type(text: &str) -> bool {
    TYPES.iter().any(|(word, ..)| *word == text)
}

/// Whether a word may be one of the language.
pub(crate) fn is_keyword(text: &str) -> bool {
    const MORE: &[&str] = &[
        "max", "for", "from", "into", "where", "is", "of", "inout", "do", "level",
        "ticks", "steps", "until", "total", "start",
    ];
    let all = [ITEMS, CLAUSES, STATEMENTS, TESTS, FLOW, ZONES, VALUES];
    let mut words = all.into_iter().flatten();
    words.any(|(word, ..)| *word == text) || MORE.contains(&text)
}
