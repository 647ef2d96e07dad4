//! Names of other languages, and what is written here instead.

const MATHS: &str = "functions of mathematics need no module: `sqrt(x)`";
const PRINT: &str =
    "a process cannot print: `sink csv(\"run.csv\") { … }` in the pipeline writes fields";
const CAST: &str = "to convert a number write `x as f64`";
const TEXT: &str = "a text has a size: `str<64>` holds up to 64 bytes";
const LIST: &str = "a list has a capacity: `list<f64, 100>`";
const MAP: &str = "a map has a capacity: `map<str<16>, f64, 100>`";

/// Functions.
const FUNCTIONS: &[(&str, &str)] = &[
    ("range", "loops run over ranges: `for i in 0..10 { … }`"),
    (
        "enumerate",
        "loops count over a range: `for i in 0..len(xs) { … xs[i] … }`",
    ),
    (
        "zip",
        "loops count over a range: `for i in 0..len(xs) { … xs[i], ys[i] … }`",
    ),
    ("print", PRINT),
    ("println", PRINT),
    ("printf", PRINT),
    ("puts", PRINT),
    ("disp", PRINT),
    ("echo", PRINT),
    ("Some", "a value is an optional by itself: write it alone"),
    (
        "Ok",
        "a function gives its result itself; errors leave a process with `raise Name`",
    ),
    ("Err", "errors leave a process with `raise Name`"),
    ("assert_eq", "write `assert a == b`: it shows both values"),
    ("assertEqual", "write `assert a == b`: it shows both values"),
    (
        "rand",
        "write `random.uniform(0.0, 1.0)`, and name `random` in the inputs",
    ),
    (
        "randn",
        "write `random.normal(0.0, 1.0)`, and name `random` in the inputs",
    ),
    (
        "sleep",
        "nothing waits: the period of a pipeline is its clock",
    ),
    ("now", "write `tick.time`, and name `tick` in the inputs"),
    ("clock", "write `tick.time`, and name `tick` in the inputs"),
    ("float", CAST),
    ("double", CAST),
    ("int", "to convert a number write `x as i64`"),
    ("str", "a text is written with holes: `\"{x}\"`"),
    (
        "malloc",
        "all memory is fixed before the start: fields are sized by their types",
    ),
    ("sizeof", "`theusc check --memory` states every byte"),
];

/// Values.
const VALUES: &[(&str, &str)] = &[
    (
        "self",
        "a process names the fields that it uses: `context.field`",
    ),
    (
        "this",
        "a process names the fields that it uses: `context.field`",
    ),
    ("math", MATHS),
    ("Math", MATHS),
    ("np", MATHS),
    ("numpy", MATHS),
    ("std", MATHS),
    ("console", PRINT),
    ("System", PRINT),
    ("cout", PRINT),
    ("new", "values are made without `new`: `P(x: 1.0)`"),
    (
        "dt",
        "the period is `seconds(tick.dt)`; name `tick` in the inputs",
    ),
    ("double", CAST),
    ("float", CAST),
    ("int", CAST),
    ("undefined", "what is not there is `none`"),
];

/// Types that have no name of their own here, in small letters.
const TYPES: &[(&str, &str)] = &[
    ("string", TEXT),
    ("text", TEXT),
    ("vec", LIST),
    ("vector", LIST),
    ("arraylist", LIST),
    ("deque", LIST),
    ("dict", MAP),
    ("hashmap", MAP),
    ("unordered_map", MAP),
    ("object", MAP),
    ("set", "keep a map: `map<u64, bool, 100>`"),
    ("hashset", "keep a map: `map<u64, bool, 100>`"),
    ("optional", "an optional is written `f64?`"),
    ("option", "an optional is written `f64?`"),
    ("void", "a function without a result leaves `-> …` out"),
    ("matrix", "arrays are written `[f64; 3, 3]`"),
    ("ndarray", "arrays are written `[f64; 3, 3]`"),
    ("tensor", "arrays are written `[f64; 3, 3]`"),
];

fn find(table: &[(&str, &'static str)], name: &str) -> Option<&'static str> {
    let found = table.iter().find(|(theirs, _)| *theirs == name);
    found.map(|(_, help)| *help)
}

/// What to write for a function.
pub(crate) fn function(name: &str) -> Option<&'static str> {
    find(FUNCTIONS, name)
}

/// What to write for a value.
pub(crate) fn value(name: &str) -> Option<&'static str> {
    find(VALUES, name)
}

/// What to write for a type, given in small letters.
pub(crate) fn ty(name: &str) -> Option<&'static str> {
    find(TYPES, name)
}
