//! What a token that nobody expected tells of the language that its author thinks in.

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
        if let Some((row, text)) = self.mended() {
            return Some(error(row).fix(span, text));
        }
        let row = self
            .after_word()
            .or_else(|| match self.strict {
                Rule::strict_item => self.in_item(),
                Rule::strict_stmt | Rule::strict_head | Rule::strict_arm => {
                    self.in_body()
                }
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

    /// Items.
    fn in_item(&self) -> Option<Row> {
        let function = self.text.starts_with("fn");
        Some(match self.found {
            "%" | "--" if self.at == 0 => (
                "comments begin with `//`",
                "not a comment of Theus",
                "write `//`",
            ),
            "@" if self.at == 0 => (
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
            ")" | "," if function && self.expects("`:`") => (
                "a parameter has a type",
                "expected before this",
                "write `n: f64`",
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
    fn in_body(&self) -> Option<Row> {
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
    fn in_pipeline(&self) -> Option<Row> {
        const BODY: &str = "a pipeline names processes; statements stand in a `process`";
        Some(match self.found {
            "for" | "while" | "let" | "var" | "return" | "raise" if self.at == 0 => (
                "a statement stands in a pipeline",
                "not an item of a pipeline",
                BODY,
            ),
            "=" | "+=" | "-=" => ("a pipeline assigns nothing", "not here", BODY),
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

    /// Fields, members and variants.
    fn in_members(&self) -> Option<Row> {
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
            (_, "let" | "var" | "mut" | "pub") if colon => (
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
            ":" if self.expects("`{`") && self.ends_line() => (
                COLON_BLOCK,
                "not after `:`",
                "write `{` here, and `}` where the block ends",
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
