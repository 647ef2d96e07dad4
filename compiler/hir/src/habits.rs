//! Names of other languages, and what is written here instead.

use crate::item::Collection;

const MATHS: &str = "functions of mathematics need no module: `sqrt(x)`";
const PRINT: &str =
    "a process cannot print: `sink csv(\"run.csv\") { … }` in the pipeline writes fields";
const CAST: &str = "to convert a number write `x as f64`";
const TEXT: &str = "a text has a size: `str<64>` holds up to 64 bytes";
const LIST: &str = "a list has a capacity: `list<f64, 100>`";
const MAP: &str = "a map has a capacity: `map<str<16>, f64, 100>`";

const ARGMAX: &str =
    "go over the indices: `for i in 1..len(xs) { if xs[i] > xs[best] { best = i } }`";
const CHECK: &str = "write `assert a == b`: it shows both values";
const TIME: &str = "write `tick.time`, and name `tick` in the inputs";
const LIMITS: &str =
    "limits are written as literals: `9_223_372_036_854_775_807`, `1.0e308`";
const PI: &str = "it is called `pi`";
const UNWRAP: &str = "say what to do with `none`: `e ?? value`, or `e else { … }`";
const EMPTY: &str = "compare: `x == none`, `x != none`";
const ITER: &str = "loops go over the collection itself: `for x in xs`; elements change by their index: `xs[i].age += 1`";
const COPY: &str = "values are copied by themselves: leave it out";
const SHOW: &str = "a text is written with holes: `\"{x}\"`";
const SINK: &str =
    "what is to be seen is written by a sink: `sink csv(\"run.csv\") { c.x }`";
const ALONE: &str = "a process stands by its name alone: `a -> b`";
const WAIT: &str = "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`";

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
    (
        "jaccard",
        "write `text.similarity(a, b)`, with `use std.text` at the top of the file",
    ),
    (
        "hash",
        "for a text write `text.fnv1a(s)` with `use std.text`, for numbers `random.hash(…)` with `use std.random`",
    ),
    ("zeros", "an array of zeros is `[0.0; 6]`"),
    ("ones", "an array of ones is `[1.0; 6]`"),
    ("argmax", ARGMAX),
    ("argmin", ARGMAX),
    ("fabs", "it is called `abs`"),
    ("append", "write `xs.push(x)`"),
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
    ("expect", CHECK),
    ("check", CHECK),
    (
        "fail",
        "write `assert false, \"why\"` in a test, `raise Name` in a process",
    ),
    ("isnan", "write `not finite(x)`, or `x != x`"),
    ("isfinite", "it is called `finite`"),
    ("sorted", "copy it and call `xs.sort()`"),
    (
        "reversed",
        "loops count: `for i in 0..n { let k = n - 1 - i … }`",
    ),
    (
        "input",
        "data comes in by `source csv(\"in.csv\") { … }` in the pipeline",
    ),
    (
        "open",
        "files belong to the pipeline: `source csv(\"in.csv\") { … }`, `sink csv(\"run.csv\") { … }`",
    ),
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
    ("time", TIME),
    ("datetime", TIME),
    ("M_PI", PI),
    ("PI", PI),
    ("INT_MAX", LIMITS),
    ("DBL_MAX", LIMITS),
    ("INFINITY", LIMITS),
    (
        "move",
        "closures take what they name by themselves: `|x| x + k`",
    ),
    ("String", TEXT),
    ("Vec", LIST),
    ("HashMap", MAP),
    ("mem", "values are exchanged by three assignments"),
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
    ("none", "a function without a result leaves `-> …` out"),
    (
        "result",
        "a function gives its value, or `T?` where there may be none; errors leave a process with `raise Name`",
    ),
    ("box", "there are no pointers: write the type itself"),
    (
        "any",
        "every value has a type; a function for several is generic: `fn f<T>(x: T)`",
    ),
];

/// Functions after a dot, of any type.
const METHODS: &[(&str, &str)] = &[
    ("unwrap", UNWRAP),
    ("expect", UNWRAP),
    ("unwrap_or", "write `e ?? value`"),
    ("unwrap_or_default", "write `e ?? value`"),
    ("is_some", EMPTY),
    ("is_none", EMPTY),
    ("iter", ITER),
    ("iter_mut", ITER),
    ("into_iter", ITER),
    ("values_mut", ITER),
    ("for_each", "write a loop: `for x in xs { … }`"),
    ("forEach", "write a loop: `for x in xs { … }`"),
    ("clone", COPY),
    ("copy", COPY),
    ("cloned", COPY),
    ("copied", COPY),
    ("as_ref", COPY),
    ("to_string", SHOW),
    ("toString", SHOW),
    ("format", SHOW),
    ("toFixed", "a text is written with holes: `\"{x:.2}\"`"),
    ("push_str", "texts are joined by `+`: `s = s + \"…\"`"),
    ("concat", "texts are joined by `+`: `s = s + \"…\"`"),
    ("powi", "it is called `pow`"),
    ("powf", "it is called `pow`"),
    ("size", "it is called `len`"),
    ("length", "it is called `len`"),
];

/// Names in a pipeline that no process has.
const PROCESSES: &[(&str, &str)] = &[
    ("print", SINK),
    ("println", SINK),
    ("log", SINK),
    ("emit", SINK),
    ("call", ALONE),
    ("start", ALONE),
    ("exec", ALONE),
    ("do", ALONE),
    ("then", ALONE),
    ("and", ALONE),
    ("wait", WAIT),
    ("sleep", WAIT),
    ("delay", WAIT),
    ("exit", "the run ends with `stop`"),
    ("quit", "the run ends with `stop`"),
    ("abort", "the run ends with `fail`"),
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

/// What to write for a process.
pub(crate) fn process(name: &str) -> Option<&'static str> {
    find(PROCESSES, name)
}

/// What to write for a function after a dot.
pub(crate) fn method(kind: Option<Collection>, name: &str) -> Option<&'static str> {
    let own = kind.and_then(|kind| of_collection(kind, name));
    own.or_else(|| find(METHODS, name))
}

/// What a function that other languages have is called here.
fn of_collection(kind: Collection, name: &str) -> Option<&'static str> {
    Some(match (kind, name) {
        (_, "empty" | "isEmpty") => "it is called `is_empty`",
        (_, "push_oldest" | "put_oldest") => {
            "declare it `full oldest`: then it makes room by itself"
        }
        (_, "push_least" | "put_least") => {
            "declare it `full least(|v| …)`: then it makes room by itself"
        }
        (Collection::List, "add" | "append" | "push_back") => {
            "`push(x)` puts a value at the end"
        }
        (Collection::List, "delete" | "erase") => {
            "`remove(i)` takes out the value at an index"
        }
        (Collection::List, "includes" | "has") => "it is called `contains`",
        (Collection::Map, "insert" | "set" | "add") => {
            "`put(k, v)` sets the value of a key"
        }
        (Collection::Map, "delete" | "erase" | "pop") => "`remove(k)` takes a key out",
        (Collection::Map, "has" | "has_key" | "contains_key") => {
            "it is called `contains`"
        }
        (Collection::Map, "items" | "entries") => "loop: `for (k, v) in m`",
        (Collection::Queue, "pop_first" | "poll" | "dequeue") => {
            "`pop()` takes the first value out"
        }
        (Collection::Queue, "add" | "insert" | "enqueue") => {
            "`push(x)` puts a value in its place"
        }
        (Collection::List | Collection::Map | Collection::Queue, _) => return None,
    })
}
