//! Tokens that nobody expected in items, statements, pipelines and fields.

use super::{COLON_BLOCK, Odd, Row, TYPE_WORDS};
use crate::rules::Rule;

/// Whether the token is a name.
fn is_word(token: &str) -> bool {
    let letter = |letter: char| letter.is_alphabetic() || letter == '_';
    token.chars().next().is_some_and(letter)
}

impl Odd<'_> {
    /// Whether the token begins its text, or a line of it.
    fn first(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or("");
        before.trim_end_matches([' ', '\t']).ends_with('\n') || before.is_empty()
    }

    /// Whether the text begins as `x: T`.
    fn declares(&self) -> bool {
        let name = self.text.split(':').next().unwrap_or("").trim_end();
        let letter = |letter: char| letter.is_alphanumeric() || letter == '_';
        is_word(name) && name.len() < self.text.len() && name.chars().all(letter)
    }

    /// Whether the statement begins so, be it read or not.
    fn starts(&self, words: &str) -> bool {
        self.text.starts_with(words) || self.line.trim_start().starts_with(words)
    }

    /// `requires a, ensures b`: only names are separated by commas.
    pub(super) fn mended_clause(&self) -> Option<(Row, &'static str)> {
        let rest = self.text.get(self.at + self.found.len()..).unwrap_or("");
        let mut words = rest.split_whitespace();
        let clause = words.next().is_some_and(crate::read::is_clause_word);
        let row = ("no comma stands between clauses", "not here", "");
        let comma = self.found == "," && self.strict == Rule::strict_stmt;
        (comma && clause).then_some((row, ""))
    }

    /// Whether an assignment begins on the same line, before the token.
    fn assigns(&self) -> bool {
        let before = self.text.get(..self.at).unwrap_or("");
        before
            .lines()
            .next_back()
            .is_some_and(|line| line.contains(" = "))
    }

    /// Whether the statement ends with a value that is returned.
    fn returns(&self) -> bool {
        let line = if self.at == 0 { self.line } else { self.text };
        line.contains("return ")
    }

    /// Items.
    pub(super) fn in_item(&self) -> Option<Row> {
        let function = self.text.starts_with("fn");
        Some(match self.found {
            _ if self.text.starts_with("pipeline every ") && self.word() == "every" => (
                "a pipeline has a name",
                "no name stands before `every`",
                "write `pipeline main every 10ms { … }`",
            ),
            "%" | "--" if self.first() => (
                "comments begin with `//`",
                "not a comment of Theus",
                "write `//`",
            ),
            "@" if self.first() => (
                "there are no decorators",
                "not a sign of Theus",
                "say what it is by its keyword: `fn`, `process`, `context`, `test`",
            ),
            "=" if function && self.expects("`{`") => (
                "a body stands in braces",
                "not after `=`",
                "write `fn f(n: i64) -> i64 { return n + 1 }`",
            ),
            "=" if function && self.expects("`)`") => (
                "parameters have no defaults",
                "no value here",
                "give the value where the function is called",
            ),
            _ if self.first() && self.found.starts_with('"') => (
                "a text is no item",
                "not an item",
                "comments begin with `//`, documentation with `///`, that of the file with `//!`",
            ),
            "session" if self.at == 0 => (
                "a session has a name",
                "no name after it",
                "write `session lab { every 100 cells { clean } }`",
            ),
            _ if self.at == 0 && self.declares() => (
                "a value stands outside of any item",
                "not an item",
                "state stands in a `context`, a constant is `const N: i64 = 10`",
            ),
            "{" if function && self.before().ends_with("->") => (
                "a function without a result has no `->`",
                "no type before it",
                "leave `->` out, or write the type: `fn f(x: f64) -> f64 { … }`",
            ),
            "*" if function && self.expects("`)`") => (
                "the number of parameters is fixed",
                "not a parameter",
                "several values are one parameter: `fn f(xs: [f64]) -> f64 { … }`",
            ),
            _ => return self.in_signature(),
        })
    }

    /// Functions and processes before their braces.
    fn in_signature(&self) -> Option<Row> {
        let function = self.text.starts_with("fn");
        let typed = function || self.text.starts_with("process");
        Some(match self.found {
            _ if function && self.expects("`(`") => (
                "parameters stand in parentheses",
                "expected before this",
                "write `fn f(n: i64) -> i64 { … }`",
            ),
            word if function && self.expects("`->`") && is_word(word) => (
                "`->` stands before the type of a result",
                "no `->` before it",
                "write `fn f(n: i64) -> i64 { … }`",
            ),
            "(" if self.text.starts_with("struct") && self.expects("`{`") => (
                "the members of a struct have names",
                "not parentheses",
                "write `struct P { x: f64, y: f64 }`",
            ),
            _ if self.text.starts_with("enum class ") => (
                "an enum has its name alone",
                "its name",
                "write `enum E { A, B }`",
            ),
            word if self.text.starts_with("process")
                && self.expects("`{`")
                && is_word(word) =>
            {
                (
                    "the clauses of a process stand in its braces",
                    "not before `{`",
                    "write `process p { inputs c.x  outputs c.y  errors Bad  … }`",
                )
            }
            ")" | "," if typed && self.expects("`:`") => (
                "a parameter has a type",
                "expected before this",
                "write `n: f64`",
            ),
            word if self.text.starts_with("pipeline")
                && self.expects("`{`")
                && is_word(word) =>
            {
                (
                    "a pipeline says when it has a tick",
                    "not a clock",
                    "write `pipeline main every 10ms { … }`, or `on c.inbox max 100 { … }`",
                )
            }
            "for" if self.text.starts_with("property") => (
                "the inputs of a property stand in parentheses",
                "not `for`",
                "write `property \"t\" (x: f64 in 0.0..=1.0) { … }`",
            ),
            "->" if self.text.starts_with("process") => (
                "a process has no result",
                "not here",
                "it writes fields: name them in its `outputs`",
            ),
            _ if self.at == 0 && TYPE_WORDS.contains(&self.found) => (
                "a type begins no item",
                "not a word that begins an item",
                "write `fn f(x: f64) -> f64 { … }`, `const N = 10`, or a field of a `context`",
            ),
            _ if TYPE_WORDS.contains(&self.word()) && self.expects("`:`") => (
                "the type stands after the name",
                "the name",
                "write `name: type`",
            ),
            _ => return None,
        })
    }

    /// Statements.
    pub(super) fn in_body(&self) -> Option<Row> {
        let first = self.found.chars().next();
        Some(match self.found {
            "," if self.strict == Rule::strict_for => (
                "several names of a loop stand in parentheses",
                "a second name",
                "write `for (k, v) in m { … }`; an index comes from a range: `for i in 0..xs.len() { … }`",
            ),
            "step" | "by" if self.strict == Rule::strict_for => (
                "a range goes up by one",
                "no step here",
                "compute the value: `for i in 0..5 { let k = 2 * i … }`",
            ),
            "then" => (
                "`if` has no `then`",
                "a block is expected here",
                "write `if c { … }`",
            ),
            "++" | "--" if self.first() => (
                "nothing counts before a name",
                "not an operator of Theus",
                "write `x += 1`, or `x -= 1`",
            ),
            "," if self.returns() => (
                "a function gives one value",
                "a second one",
                "write a tuple: `return (a, b)`, of the type `(f64, f64)`",
            ),
            ":" if self.declares()
                && !self.text.starts_with("input")
                && !self.text.starts_with("output") =>
            {
                (
                    "a variable is declared by `let` or `var`",
                    "not by its type alone",
                    "write `var x: f64 = 1.0`",
                )
            }
            "{" if self.text.starts_with("let ") || self.text.starts_with("var ") => (
                "structs are not taken apart",
                "not a pattern",
                "write `let p = e`, then `p.x`",
            ),
            "=" if self.expected.is_empty() && self.assigns() => (
                "an assignment is no value",
                "a second `=`",
                "write two assignments",
            ),
            _ if self.text.starts_with("set ") && self.expected == "`=`" => (
                "a field is set with `=`",
                "`=` is expected here",
                "write `set c.x = 1.0`",
            ),
            _ if ["assert raises", "expect error", "expect fault"]
                .iter()
                .any(|theirs| self.starts(theirs)) =>
            {
                (
                    "`expect` names the error alone",
                    "not a form of Theus",
                    "write `expect Bad { run p }`",
                )
            }
            _ if first == Some('"') && self.starts("assert ") => (
                "`,` stands before the message of an `assert`",
                "no `,` before it",
                "write `assert a == b, \"x is {x}\"`",
            ),
            _ => return self.in_statement(),
        })
    }

    /// The rest of what is odd in statements.
    fn in_statement(&self) -> Option<Row> {
        let first = self.found.chars().next();
        Some(match self.found {
            "," if self.expected.is_empty() => (
                "places are assigned one at a time",
                "not a statement",
                "write two assignments; `let (a, b) = e` takes a tuple apart",
            ),
            "else" if self.at == 0 && self.text.trim_end() == "else:" => (
                COLON_BLOCK,
                "no `{` before it",
                "write `if … { … } else { … }`",
            ),
            "else" if self.text.contains(" if ") => (
                "`a if c else b` is no value",
                "not a form of Theus",
                "write `if c { a } else { b }`",
            ),
            "else" if self.at == 0 => (
                "this `else` has no `if`",
                "no `if` before it",
                "`else` follows the `}` of its `if`",
            ),
            ":=" if self.strict == Rule::strict_head => (
                "a condition declares nothing",
                "not here",
                "write `let` before it, or `if let v = e`",
            ),
            _ if first.is_some_and(|first| first.is_ascii_digit())
                && self.expects("a statement") =>
            {
                (
                    "an arm of this `match` is a statement",
                    "a value that nobody takes",
                    "write `none => return 0.0,`, or a block `{ … }`",
                )
            }
            "[" if self.text.starts_with("var ") || self.text.starts_with("let ") => (
                "the size of an array belongs to its type",
                "not to the name",
                "write `var a: [f64; 10]`",
            ),
            _ if self.at > 0
                && self.expected.is_empty()
                && first.is_some_and(|first| first.is_ascii_digit() || first == '"') =>
            {
                (
                    "two values stand side by side",
                    "nothing joins them",
                    "put an operator between them",
                )
            }
            _ if self.at == 0 && first == Some('"') => (
                "a text does nothing here",
                "a value that nobody takes",
                "comments begin with `//`, documentation with `///`",
            ),
            _ if self.at == 0 && first.is_some_and(|first| first.is_ascii_digit()) => (
                "a number does nothing here",
                "a value that nobody takes",
                "a function gives a value back with `return`",
            ),
            _ => return None,
        })
    }

    /// Items of pipelines.
    pub(super) fn in_pipeline(&self) -> Option<Row> {
        const BODY: &str = "a pipeline names processes; statements stand in a `process`";
        Some(match self.found {
            "for" | "while" | "let" | "var" | "return" | "raise" if self.at == 0 => (
                "a statement stands in a pipeline",
                "not an item of a pipeline",
                BODY,
            ),
            _ if self.repeats() => (
                "how often comes first",
                "a number is expected before this",
                "write `repeat 20 until c { … }`: every repetition has a bound",
            ),
            "" if self.text.starts_with("enter ") => (
                "`enter` has its condition behind it",
                "no condition",
                "write `enter M when c`; without one it is the last item of its braces",
            ),
            "=" | "+=" | "-=" => ("a pipeline assigns nothing", "not here", BODY),
            "" if self.text.contains("when ") && self.expects("`{`") => (
                "a condition stands before its items",
                "`{` is expected here",
                "write `when c { p }`",
            ),
            _ if self.text.starts_with("sink") && self.expected == "`{`" => (
                "the columns of a sink stand in braces",
                "`{` is expected here",
                "write `sink csv(\"run.csv\") { c.x, c.y }`",
            ),
            "[" if !self.text.starts_with("reset") => (
                "a process has no index",
                "not here",
                "what differs between uses is a parameter: `p(c.x)`",
            ),
            "if" => (
                "a condition stands before its items",
                "not after them",
                "write `when c { p }`",
            ),
            "[" if self.text.starts_with("reset") => (
                "`reset` takes a whole context or a whole field",
                "no index here",
                "a process resets a part: it assigns the values of the start",
            ),
            _ if self.text.starts_with("par") && self.expects("`,`") => (
                "members of `par` are separated by `,`",
                "expected before this",
                "write `par { a, b }`",
            ),
            _ => return None,
        })
    }

    /// Whether a `repeat` begins without its number.
    fn repeats(&self) -> bool {
        let rest = self.text.strip_prefix("repeat").unwrap_or("");
        let words = ["", "until", "while", "max", "up", "forever"];
        self.text.starts_with("repeat")
            && words
                .contains(&rest.get(..self.at.saturating_sub(6)).unwrap_or("-").trim())
    }

    /// Fields, members and variants.
    pub(super) fn in_members(&self) -> Option<Row> {
        let colon = self.expects("`:`");
        Some(match (self.found, self.word()) {
            ("=", _) if colon => (
                "a field has a type",
                "expected before this",
                "write `x: f64 = 1.0`",
            ),
            ("{", _) if self.strict == Rule::strict_variant => (
                "the payload of a variant stands in parentheses",
                "not in braces",
                "write `Square(side: f64)`",
            ),
            ("=", _) if self.strict == Rule::strict_variant => (
                "variants have no numbers",
                "no value here",
                "write the name alone",
            ),
            (_, "let" | "var" | "mut" | "pub" | "const") if colon => (
                "a field begins with its name",
                "the name",
                "write `x: f64`, or `global x: f64` for what is fixed at start",
            ),
            (_, word) if colon && TYPE_WORDS.contains(&word) => (
                "the type stands after the name",
                "the name",
                "write `name: type`",
            ),
            (_, "heavy" | "signal" | "meta" | "global") if colon => (
                "a field is in one zone",
                "a second zone before this",
                "`global`, `signal`, `meta` and `heavy` do not go together",
            ),
            _ => return None,
        })
    }
}
