//! What a token that nobody expected tells of the language that its author thinks in.

mod beside;
mod inside;

use crate::error::{SyntaxError, SyntaxErrorKind};
use crate::rules::Rule;
use crate::span::Span;

/// The title for blocks after a colon: said once of a file.
pub(crate) const COLON_BLOCK: &str = "blocks stand between `{` and `}`";

/// Types of other languages that stand before the name.
const TYPE_WORDS: &[&str] = &[
    "int", "long", "short", "unsigned", "float", "double", "char", "string", "String",
    "auto", "void", "boolean", "bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32",
    "u64", "f32", "f64", "duration", "size_t", "int32_t", "uint8_t",
];

/// Whether the word is a type in other languages or here.
pub(crate) fn is_type_word(word: &str) -> bool {
    TYPE_WORDS.contains(&word)
}

/// Signs of other languages and of paper, and what is written here.
const SIGNS: &[(&str, &str)] = &[
    ("~=", "!="),
    ("≠", "!="),
    ("≤", "<="),
    ("≥", ">="),
    ("×", "*"),
    ("·", "*"),
    ("÷", "/"),
    ("−", "-"),
    ("∧", "and"),
    ("∨", "or"),
    ("¬", "not"),
];

/// A token where something else was expected.
pub(super) struct Odd<'t> {
    /// What was read.
    pub(super) strict: Rule,
    /// Its text.
    pub(super) text: &'t str,
    /// Where in it the token stands.
    pub(super) at: usize,
    /// The token.
    pub(super) found: &'t str,
    /// What stands on the line before the text.
    pub(super) line: &'t str,
    /// What was expected, in words.
    pub(super) expected: &'t str,
}

/// A title, a label, a help.
type Row = (&'static str, &'static str, &'static str);

impl Odd<'_> {
    /// The error that says what is written here instead; `place` gives the place of two bytes
    /// of the text.
    pub(super) fn explain(
        &self,
        place: impl Fn(usize, usize) -> Span,
    ) -> Option<SyntaxError> {
        let span = place(self.at, self.at + self.found.len());
        let error = |(title, label, help): Row| {
            let kind = SyntaxErrorKind::ForeignOperator;
            let error = SyntaxError::new(kind, span, title, label);
            // An edit alone says what to do.
            if help.is_empty() {
                error
            } else {
                error.help(help)
            }
        };
        if let Some(error) = self.beside(&place) {
            return Some(error);
        }
        if let Some((row, text)) = self.mended() {
            return Some(error(row).fix(span, text));
        }
        let row = self
            .after_word()
            .or_else(|| match self.strict {
                Rule::strict_item => self.in_item(),
                Rule::strict_stmt
                | Rule::strict_head
                | Rule::strict_for
                | Rule::strict_arm => self.in_body(),
                Rule::strict_flow => self.in_pipeline(),
                Rule::strict_member | Rule::strict_variant => self.in_members(),
                _ => None,
            })
            .or_else(|| self.anywhere())?;
        Some(error(row))
    }

    /// The text before the token, without the blanks at its end.
    fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or("").trim_end()
    }

    /// Whether that stands right before the token.
    pub(super) fn touches(&self, sign: &str) -> bool {
        let before = self.text.get(..self.at).unwrap_or("");
        before.ends_with(sign)
    }

    /// The word right before the token.
    fn word(&self) -> &str {
        let before = self.before();
        let start =
            before.rfind(|letter: char| !letter.is_alphanumeric() && letter != '_');
        before.get(start.map_or(0, |at| at + 1)..).unwrap_or("")
    }

    fn expects(&self, sign: &str) -> bool {
        self.expected.contains(sign)
    }

    /// Whether what stands before is a sign that a value follows.
    fn follows_a_sign(&self) -> bool {
        self.before().ends_with(['=', '(', ',', '[']) || self.word() == "return"
    }

    /// Whether a value is due here.
    fn value_due(&self) -> bool {
        self.expected.starts_with("an expression")
    }

    fn rest_of_line(&self) -> &str {
        let rest = self.text.get(self.at..).unwrap_or("");
        rest.lines().next().unwrap_or("")
    }

    /// Whether the line ends after the token.
    fn ends_line(&self) -> bool {
        let rest = self.text.get(self.at + self.found.len()..).unwrap_or("");
        let rest = rest.trim_start_matches([' ', '\t', '\r']);
        rest.is_empty() || rest.starts_with('\n')
    }

    /// Where one token for another mends it.
    fn mended(&self) -> Option<(Row, &'static str)> {
        if let Some((_, ours)) = SIGNS.iter().find(|(theirs, _)| *theirs == self.found) {
            let row = (
                "a sign that Theus does not have",
                "not an operator of Theus",
                "",
            );
            return Some((row, *ours));
        }
        if let Some(found) = self.mended_arm().or_else(|| self.mended_clause()) {
            return Some(found);
        }
        let clause = matches!(self.word(), "inputs" | "outputs" | "errors");
        Some(match self.found {
            "is" => (
                (
                    "`is` compares nothing",
                    "not an operator of Theus",
                    "write `==`: `x == none`",
                ),
                "==",
            ),
            ":" if clause => (
                (
                    "no colon stands after the word of a clause",
                    "names follow at once",
                    "remove it",
                ),
                "",
            ),
            ":" if self.strict == Rule::strict_item
                && self.expects("`->`")
                && !self.ends_line() =>
            {
                (
                    (
                        "`->` stands before the type of a result",
                        "not `:`",
                        "write `fn f(n: i64) -> i64 { … }`",
                    ),
                    " ->",
                )
            }
            "," if self.expects("`;`") => (
                (
                    "`;` stands before the size of an array",
                    "not `,`",
                    "write `[f64; 6]`",
                ),
                ";",
            ),
            "=>" if self.strict == Rule::strict_flow => (
                ("items of a pipeline are joined by `->`", "not `=>`", ""),
                "->",
            ),
            "|" | ">>" | "=>>" if self.strict == Rule::strict_flow => (
                (
                    "items of a pipeline are joined by `->`",
                    "not this sign",
                    "",
                ),
                "->",
            ),
            "=>" if self.strict == Rule::strict_item && self.before().ends_with(')') => (
                ("`->` stands before the type of a result", "not `=>`", ""),
                "->",
            ),
            "->" if self.in_body_text() && self.touches(self.word()) => {
                (("members are reached with `.`", "not `->`", ""), ".")
            }
            "," if self.strict == Rule::strict_flow => (
                (
                    "items of a pipeline are not separated by `,`",
                    "they run one after the other",
                    "write `a -> b`, or `par { a, b }` where the order does not matter",
                ),
                " ->",
            ),
            _ => return None,
        })
    }

    /// `pattern: …` and `pattern -> …` in a `match`.
    fn mended_arm(&self) -> Option<(Row, &'static str)> {
        let arrow = match self.found {
            ":" => " =>",
            "->" => "=>",
            _ => return None,
        };
        let row = (
            "`=>` stands between a pattern and what it does",
            "not an arm of Theus",
            "",
        );
        (self.strict == Rule::strict_arm && self.expects("`=>`")).then_some((row, arrow))
    }

    /// Whether this is a statement, or a part of one.
    fn in_body_text(&self) -> bool {
        matches!(
            self.strict,
            Rule::strict_stmt | Rule::strict_head | Rule::strict_for | Rule::strict_arm
        )
    }

    /// What the word before the token tells.
    fn after_word(&self) -> Option<Row> {
        let text = self.found.starts_with('"');
        Some(match self.word() {
            "raise" if text => (
                "errors have names",
                "not a text",
                "write `raise Diverged`, and `errors Diverged` among the clauses",
            ),
            "use" if text => (
                "modules are named without quotes",
                "not a text",
                "`use pendulum` brings in `pendulum.theus` beside this file",
            ),
            "test" if self.expects("a string") => (
                "a test is named by a text",
                "a text is expected here",
                "write `test \"settles in a second\" { … }`",
            ),
            "run" if self.found == "(" => (
                "`run` is no function",
                "not called",
                "write `run main for 1s`, or `run main for 100 ticks`",
            ),
            "requires" | "ensures" if self.found == "{" => (
                "a condition stands without braces",
                "no brace here",
                "write `ensures c.x > 0.0`",
            ),
            "inputs" | "outputs" | "errors" if matches!(self.found, "[" | "(" | "{") => (
                "the names of a clause stand without brackets",
                "no bracket here",
                "write `inputs a.x, b.y`",
            ),
            "sink" | "source" if text => (
                "a sink and a source name their format",
                "a format is expected here",
                "write `sink csv(\"run.csv\") { c.x }`",
            ),
            _ => return self.after_form(),
        })
    }

    /// What words that begin a form of another language tell.
    fn after_form(&self) -> Option<Row> {
        let text = self.found.starts_with('"');
        Some(match self.word() {
            "error" if self.found == "{" => (
                "`on error` names its errors",
                "a name is expected here",
                "write `on error Bad { skip }`; `on fault { skip }` takes every fault",
            ),
            "case" => (
                "the arms of a `match` have no `case`",
                "the pattern stands alone",
                "write `match e { 1 => { … } }`",
            ),
            "mut" => (
                "a parameter is not `mut`",
                "its name",
                "copy it: `var y = x`; what changes for the caller is `inout x: f64`",
            ),
            "var" if self.strict == Rule::strict_item => (
                "a parameter is not `var`",
                "its name",
                "copy it: `var y = x`; what changes for the caller is `inout x: f64`",
            ),
            "inout" if self.strict == Rule::strict_item => (
                "`inout` stands before the name of a parameter",
                "not before its type",
                "write `inout x: f64`",
            ),
            _ if self.found == "inout" && self.strict == Rule::strict_item => (
                "`inout` stands before the name of a parameter",
                "not after its type",
                "write `inout x: f64`",
            ),
            _ if self.found == ":"
                && (self.line.contains("lambda ")
                    || self.before().contains("lambda ")) =>
            {
                (
                    "closures are written `|x| e`",
                    "not a closure of Theus",
                    "write `|x| x * 2.0`",
                )
            }
            "lambda" => (
                "closures are written `|x| e`",
                "not a closure of Theus",
                "write `|x| x * 2.0`",
            ),
            "match" => (
                "this `match` cannot be read",
                "its value",
                "write `match e { A => 1, B => 2 }`",
            ),
            word if TYPE_WORDS.contains(&word) && self.strict == Rule::strict_for => (
                "loops run over a range or a collection",
                "no name of a loop",
                "write `for i in 0..n { … }`",
            ),
            "new" => (
                "values are made without `new`",
                "the type alone makes a value",
                "write `P(x: 1.0, y: 2.0)`",
            ),
            _ if text && self.before().len() == self.at && !self.word().is_empty() => (
                "a text has no letter before it",
                "not a text of Theus",
                "holes need none: `\"x is {x:.3}\"`",
            ),
            word if self.found == "[" && TYPE_WORDS.contains(&word) => (
                "the type of an array stands in brackets",
                "not after the type",
                "write `[f64; 6]`",
            ),
            _ => return None,
        })
    }

    /// What stands in several places.
    fn anywhere(&self) -> Option<Row> {
        Some(match self.found {
            "?" if self.rest_of_line().contains(':') => (
                "there is no `? :`",
                "not an operator of Theus",
                "write `if c { a } else { b }`",
            ),
            "?" => (
                "`?` hands nothing on",
                "not an operator of Theus",
                "say what to do with `none`: `e ?? value`, `e else { return none }`",
            ),
            "!" if self.before().ends_with(|c: char| c.is_alphanumeric()) => (
                "there are no macros",
                "not an operator of Theus",
                "write a function, or the value itself: `[1.0, 2.0]`",
            ),
            "`" | "“" | "”" => (
                "texts stand between `\"`",
                "not a text of Theus",
                "write `\"x is {x}\"`",
            ),
            "*" | "/" | "^" if self.before().ends_with('.') => (
                "operators work element by element",
                "no `.` before it",
                "write `x * y`; `x @ y` is the product of matrices",
            ),
            "{" if self.expected == "a type" => (
                "a type has a name",
                "not a type",
                "declare a `struct` with these members, and write its name",
            ),
            "=" | ":=" if self.strict == Rule::strict_for => (
                "loops run over a range or a collection",
                "not an assignment",
                "write `for i in 0..n { … }`",
            ),
            ":" if self.expects("`{`") => (
                COLON_BLOCK,
                "not after `:`",
                "write `{` here, and `}` where the block ends",
            ),
            _ => return self.in_value(),
        })
    }

    /// What stands where a value is due.
    fn in_value(&self) -> Option<Row> {
        Some(match self.found {
            "{" if self.value_due() && self.follows_a_sign() => (
                "braces hold no value",
                "a value is due here",
                "a list is written `[1.0, 2.0]`, a struct `P(x: 1.0)`; statements stand before",
            ),
            "*" | "&"
                if self.expects("an expression") || self.strict == Rule::strict_for =>
            {
                (
                    "there are no pointers and no references",
                    "not a value",
                    "write the value itself; what a function changes is a parameter `inout x: f64`",
                )
            }
            "try" if self.value_due() => (
                "there is no `try`",
                "not of Theus",
                "write `e ?? value`, or `e else raise Name`",
            ),
            ")" | "]" if self.expected.is_empty() => {
                ("this closes nothing", "no bracket is open", "remove it")
            }
            "<" if self.touches(":") || self.touches(".") => (
                "type arguments are not written in expressions",
                "not here",
                "give the result its type: `let x: f64 = …`",
            ),
            "for" if self.expects("`)`") => (
                "values made by a loop stand in brackets",
                "no `[` before them",
                "write `sum([x * 2.0 for x in xs])`",
            ),
            "run" if self.value_due() => (
                "`run` gives no value",
                "a statement of a test",
                "write `run main 1 times`, then read the fields",
            ),
            "" if self.expects("`{`")
                && self.text.contains("match ")
                && self.text.contains(':') =>
            {
                (
                    "the arms of a `match` cannot be read",
                    "a `match` ends here",
                    "write `match e { A => 1, B(n) => n }`",
                )
            }
            "" if self.expects("`else`") => (
                "an `if` that is a value has two branches",
                "`else` is missing here",
                "write `if c { a } else { b }`",
            ),
            "*" | "&" if self.expected == "a type" => (
                "there are no pointers and no references",
                "not a type",
                "values are copied; what a function changes is a parameter `inout x: f64`",
            ),
            ":" if self.expects("`]`") => (
                "`:` takes no part of an array",
                "not an operator of Theus",
                "write `xs.part(from, to)`: the values `from..to`",
            ),
            "=>" if self.strict != Rule::strict_arm => (
                "closures are written `|x| e`",
                "not a closure of Theus",
                "write `|x| x * 2.0`",
            ),
            _ => return None,
        })
    }
}
