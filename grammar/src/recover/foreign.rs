//! First words of items, statements and items of pipelines in other languages, and what is
//! written here instead.

/// First words of items in other languages: what to write here.
pub(super) const ITEMS: &[(&str, &str, &str)] = &[
    (
        "def",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "func",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "function",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "fun",
        "fn",
        "functions begin with `fn`: `fn f(x: f64) -> f64 { return x }`",
    ),
    (
        "import",
        "use",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "include",
        "use",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "from",
        "",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "class",
        "",
        "there are no classes: data is a `struct` or a `context`, code is a `fn` or a `process`",
    ),
    (
        "interface",
        "",
        "there are no interfaces: `fn f<T: number>(…)` takes any type of numbers",
    ),
    (
        "trait",
        "",
        "there are no traits: `fn f<T: number>(…)` takes any type of numbers",
    ),
    (
        "impl",
        "",
        "there are no methods in types: `a.f(b)` is `f(a, b)`, so write a `fn`",
    ),
    ("type", "", "there are no type aliases: write a `struct`"),
    (
        "pub",
        "",
        "everything in a module can be used: remove `pub`",
    ),
    (
        "export",
        "",
        "everything in a module can be used: remove `export`",
    ),
    (
        "static",
        "",
        "state stands in a `context`, constants in `const`",
    ),
    (
        "global",
        "",
        "state stands in a `context`, constants in `const`",
    ),
    (
        "let",
        "const",
        "at the top of a file only `const` declares a value",
    ),
    ("var", "", "state stands in a `context`"),
    ("mod", "", "a file is a module: `use name` brings it in"),
    ("module", "", "a file is a module: `use name` brings it in"),
    (
        "public",
        "",
        "everything in a module can be used: remove `public`",
    ),
    (
        "private",
        "",
        "everything in a module can be used: remove `private`",
    ),
    ("task", "process", "units of work are `process`es"),
    (
        "namespace",
        "",
        "a file is a module: `use name` brings it in",
    ),
    ("package", "", "a file is a module: `use name` brings it in"),
    ("typedef", "", "there are no type aliases: write a `struct`"),
    (
        "async",
        "",
        "nothing waits: what is to happen stands in a `pipeline`",
    ),
    (
        "lambda",
        "",
        "closures are written `|x| e`, where a value is due",
    ),
    ("macro_rules", "", "there are no macros: write a `fn`"),
    (
        "extern",
        "",
        "what comes from outside is read by `source csv(\"in.csv\") { … }` in a pipeline, or set by the host",
    ),
    (
        "template",
        "",
        "functions and structs are generic by themselves: `fn f<T: number>(x: T) -> T { … }`",
    ),
    (
        "union",
        "",
        "a value of several forms is an `enum` with payloads: `enum Shape { Circle(f64), Square(f64) }`",
    ),
    ("constexpr", "const", "constants are `const N = 10`"),
    (
        "error",
        "",
        "errors need no declaration: a process names them in `errors Bad`, and raises them with `raise Bad`",
    ),
    (
        "exception",
        "",
        "errors need no declaration: a process names them in `errors Bad`, and raises them with `raise Bad`",
    ),
    (
        "where",
        "",
        "bounds stand at the parameter: `fn f<T: number>(x: T) -> T { … }`",
    ),
    (
        "using",
        "",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "require",
        "",
        "modules are brought in with `use`: `use std.control`",
    ),
    (
        "record",
        "struct",
        "data is a `struct`: `struct P { x: f64 }`",
    ),
    (
        "object",
        "",
        "state stands in a `context`, data in a `struct`",
    ),
    (
        "main",
        "",
        "a program runs its pipelines: `pipeline main every 10ms { … }`",
    ),
    ("on", "", "what is to happen stands in a `pipeline`"),
    ("when", "", "what is to happen stands in a `pipeline`"),
    (
        "every",
        "",
        "what is to happen stands in a `pipeline`: `pipeline main every 10ms { … }`",
    ),
];

/// First words of statements in other languages.
pub(super) const STATEMENTS: &[(&str, &str)] = &[
    (
        "switch",
        "`switch` is written `match e { pattern => { … } }`",
    ),
    (
        "do",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`",
    ),
    (
        "loop",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`: every loop has a bound",
    ),
    (
        "until",
        "loops are `for x in lo..hi { … }` and `while c max n { … }`",
    ),
    ("throw", "an error leaves with `raise Name`"),
    (
        "catch",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "except",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "finally",
        "errors are handled in the pipeline: `on error Name { skip }`",
    ),
    (
        "print",
        "a process cannot print: write fields with `sink csv(…)` in the pipeline",
    ),
    ("pass", "an empty block is `{ }`"),
    ("end", "a block ends with `}`"),
    (
        "function",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
    (
        "def",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
    (
        "persistent",
        "what outlives a process is a field of a `context`",
    ),
    (
        "static",
        "what outlives a process is a field of a `context`",
    ),
    (
        "global",
        "a process names the fields that it uses in its clauses",
    ),
    (
        "nonlocal",
        "a process names the fields that it uses in its clauses",
    ),
    ("del", "nothing is deleted: memory is fixed"),
    (
        "const",
        "`const` stands at the top of a file; here write `let`",
    ),
    (
        "fn",
        "functions stand at the top of a file; here write a closure `|x| e`",
    ),
    (
        "try",
        "errors are handled in the pipeline: `on error Name { skip }`; a value that may be missing by `e ?? value`",
    ),
    (
        "with",
        "nothing is opened and closed: files belong to the pipeline, `sink csv(\"run.csv\") { … }`",
    ),
    (
        "yield",
        "a process gives no values one by one: it writes fields",
    ),
    (
        "await",
        "nothing waits: what is due later stands in a later tick",
    ),
    (
        "async",
        "nothing waits: what is due later stands in a later tick",
    ),
    (
        "goto",
        "there are no jumps: `break` and `continue` end a loop or a turn of it, `return` the body",
    ),
    (
        "using",
        "modules are brought in with `use`, at the top of the file",
    ),
    (
        "import",
        "modules are brought in with `use`, at the top of the file",
    ),
    (
        "from",
        "modules are brought in with `use`, at the top of the file",
    ),
    ("new", "values are made without `new`: `P(x: 1.0)`"),
    ("delete", "nothing is deleted: memory is fixed"),
    ("unsafe", "there is nothing unsafe: leave `unsafe` out"),
    (
        "defer",
        "what happens at the end stands at the end; a process that fails is undone as a whole",
    ),
    (
        "int",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "float",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "double",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "char",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "long",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "string",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "auto",
        "a variable is declared by `var x: f64 = 1.0`, or by `let` where it never changes",
    ),
    (
        "elif",
        "`elif` is written `else if`, after the `}` of its `if`",
    ),
    (
        "case",
        "the arms of a `match` have no `case`: `match e { 1 => { … } }`",
    ),
    ("default", "what is left of a `match` is `_ => { … }`"),
    (
        "echo",
        "a process cannot print: write fields with `sink csv(…)` in the pipeline",
    ),
    ("struct", "`struct` stands at the top of a file"),
    ("enum", "`enum` stands at the top of a file"),
];

/// First words of items of pipelines in other languages: what to write here.
pub(super) const FLOWS: &[(&str, &str, &str)] = &[
    (
        "parallel",
        "par",
        "members that run in no order: `par { a, b }`",
    ),
    (
        "concurrent",
        "par",
        "members that run in no order: `par { a, b }`",
    ),
    (
        "sequence",
        "",
        "items run in the order of the text: `a -> b`",
    ),
    (
        "retry",
        "",
        "nothing is tried again within a tick, because the same inputs fail alike: the next tick is the next attempt",
    ),
    (
        "try",
        "",
        "a failure is handled in the list of the item that failed: `on error Name { skip }`, `on fault { skip }`",
    ),
    (
        "catch",
        "",
        "a failure is handled in the list of the item that failed: `on error Name { skip }`, `on fault { skip }`",
    ),
    (
        "after",
        "",
        "what runs when a time has come: `on tick.time >= 5s { … }`; when nothing has arrived for a time: `on idle 5s { … }`",
    ),
    ("on_start", "on start", "write `on start { … }`"),
    ("on_stop", "on stop", "write `on stop { … }`"),
    ("on_error", "on error", "write `on error Name { … }`"),
    ("on_fault", "on fault", "write `on fault { … }`"),
    ("on_enter", "on enter", "write `on enter { … }`, in a mode"),
    ("on_exit", "on exit", "write `on exit { … }`, in a mode"),
    (
        "event",
        "",
        "a signal is named alone: `on c.hit { … }`, or with its value: `on c.hit as h { … }`",
    ),
    (
        "loop",
        "",
        "`repeat n until c { … }` runs items again and again within a tick",
    ),
    (
        "state",
        "",
        "states of a pipeline are its modes: `mode Balance start { … }`",
    ),
    ("goto", "", "a mode is entered: `enter Balance when c`"),
    (
        "transition",
        "",
        "a mode is entered: `enter Balance when c`",
    ),
    (
        "case",
        "",
        "choices are `when c { … } else { … }` and `match e { pattern => item }`",
    ),
    (
        "wait",
        "",
        "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`",
    ),
    (
        "sleep",
        "",
        "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`",
    ),
    ("run", "", "a process stands by its name alone: `a -> b`"),
    ("call", "", "a process stands by its name alone: `a -> b`"),
    (
        "start",
        "",
        "a process stands by its name alone: `a -> b`; what runs first stands in `on start { … }`",
    ),
    ("exec", "", "a process stands by its name alone: `a -> b`"),
    ("do", "", "a process stands by its name alone: `a -> b`"),
    ("then", "->", "items run in the order of the text: `a -> b`"),
    (
        "elif",
        "else when",
        "a second condition is `else when c { … }`",
    ),
    (
        "break",
        "",
        "what is left of a tick is given up with `drop`; the run ends with `stop`",
    ),
    (
        "continue",
        "",
        "what is left of a tick is given up with `drop`; the run ends with `stop`",
    ),
    ("exit", "", "the run ends with `stop`"),
    (
        "delayed",
        "",
        "what a slower pipeline writes holds until its next tick: give the process a pipeline of its own, `pipeline slow every 100ms { … }`",
    ),
    (
        "delay",
        "",
        "nothing waits in a tick: what is due later stands in `every d { … }` or `on c { … }`",
    ),
    (
        "print",
        "",
        "what is to be seen is written by a sink: `sink csv(\"run.csv\") { c.x }`",
    ),
    (
        "println",
        "",
        "what is to be seen is written by a sink: `sink csv(\"run.csv\") { c.x }`",
    ),
    (
        "log",
        "",
        "what is to be seen is written by a sink: `sink csv(\"run.csv\") { c.x }`",
    ),
    (
        "thread",
        "par",
        "members that run in no order: `par { a, b }`",
    ),
];
