//! The tokens of a text without syntax errors, comments among them, each with what the grammar
//! knows of it: `<` of a type is not the `<` of a comparison, a bar may open a closure. For
//! whatever lays text out anew: between two tokens there are blanks and line ends only.

use pest::Parser;

use crate::parse::on_stack;
use crate::rules::{Grammar, Pair, Rule};
use crate::scan::{self, Scan};
use crate::source::Source;

/// What a token is, as far as layout asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A word, a number, a text.
    Plain,
    /// A `//`, `///` or `//!` line.
    Comment,
    /// A sign between two things: `+`, `=`, `->`, the bar of a pattern.
    Sign,
    /// A sign before an operand: `-x`, `..base`.
    Prefix,
    /// `..` and `..=` between two things.
    Range,
    /// `.` and `::`.
    Dot,
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `:`
    Colon,
    /// `=>`
    Arm,
    /// `?` of a type.
    Optional,
    /// `(` or `[` that belongs to what stands before it: a call, an index, parameters; `{` of
    /// the names of a `use`.
    Open,
    /// `(` or `[` that begins an operand, a pattern or a type.
    Group,
    /// `{` that holds items, statements, members.
    Block,
    /// `{` of an `if` or `match` that is an expression.
    Branch,
    /// `)` or `]`; `}` of the names of a `use`.
    Close,
    /// `}`
    CloseBlock,
    /// `<` of a type.
    OpenAngle,
    /// `>` of a type.
    CloseAngle,
    /// The first bar of a closure.
    OpenBar,
    /// The second bar of a closure.
    CloseBar,
}

/// What begins with a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Begins {
    /// Nothing that can stand on a line of its own.
    #[default]
    Nothing,
    /// An item of the file.
    Item,
    /// A clause of a contract; the token is its word.
    Clause,
    /// A statement, member, arm, flow.
    Part,
    /// The level of an audit rule, after its condition.
    Level,
}

/// A token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// What begins with it.
    pub begins: Begins,
    /// First byte.
    pub start: usize,
    /// Past the last byte.
    pub end: usize,
}

/// All tokens of a text, in order. The text has no syntax errors: of others the answer is
/// not of use.
pub fn tokens(source: &Source) -> Vec<Token> {
    let scanned = scan::scan(source);
    let nesting = scanned.nesting;
    on_stack(nesting, || read(source, &scanned)).unwrap_or_default()
}

fn read(source: &Source, scanned: &Scan) -> Vec<Token> {
    let mut lexer = Lexer {
        source: &source.text,
        known: vec![Known::default(); scanned.text.len() + 1],
        found: Vec::new(),
    };
    for pair in Grammar::parse(Rule::file, &scanned.text)
        .into_iter()
        .flatten()
        .flat_map(|file| file.into_inner().flatten())
    {
        lexer.learn(&pair);
    }
    lexer.run();
    lexer.found
}

/// What the grammar says of the token that begins at a byte.
#[derive(Clone, Copy, Default)]
struct Known {
    kind: Option<TokenKind>,
    begins: Begins,
    /// Its length, where the bytes do not tell.
    len: u32,
}

struct Lexer<'s> {
    source: &'s str,
    known: Vec<Known>,
    found: Vec<Token>,
}

/// Signs of more than one character; a sign stands before its beginnings.
const SIGNS: [&str; 31] = [
    "..=", "<<=", ">>=", "===", "!==", "..", "->", "=>", "==", "!=", "<=", ">=", "<<",
    ">>", "&&", "||", "**", "++", "--", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=",
    "??", "::", ":=", "@=",
];

impl Lexer<'_> {
    fn learn(&mut self, pair: &Pair<'_>) {
        let (rule, span) = (pair.as_rule(), pair.as_span());
        let (start, len) = (span.start(), span.end() - span.start());
        match rule {
            Rule::number
            | Rule::dot_number
            | Rule::measured
            | Rule::ty_unit
            | Rule::string
            | Rule::zone => {
                if let Some(known) = self.known.get_mut(start) {
                    known.len = known.len.max(u32::try_from(len).unwrap_or(u32::MAX));
                }
            }
            Rule::closure => self.closure(pair),
            Rule::if_expr | Rule::match_expr => self.braces(pair),
            Rule::use_names => self.names(pair),
            _ => {}
        }
        if let Some(known) = self.known.get_mut(start) {
            known.kind = kind_of(rule).or(known.kind);
            if known.begins == Begins::Nothing {
                known.begins = begins_with(rule);
            }
        }
    }

    fn closure(&mut self, pair: &Pair<'_>) {
        let bars = pair
            .clone()
            .into_inner()
            .filter(|one| one.as_rule() == Rule::bar);
        let kinds = [TokenKind::OpenBar, TokenKind::CloseBar];
        for (bar, kind) in bars.zip(kinds) {
            self.set(bar.as_span().start(), kind);
        }
    }

    fn braces(&mut self, pair: &Pair<'_>) {
        for brace in pair.clone().into_inner() {
            if brace.as_rule() == Rule::l_brace {
                self.set(brace.as_span().start(), TokenKind::Branch);
            }
        }
    }

    /// The braces of a `use` are brackets around names.
    fn names(&mut self, pair: &Pair<'_>) {
        for brace in pair.clone().into_inner() {
            match brace.as_rule() {
                Rule::l_brace => self.set(brace.as_span().start(), TokenKind::Open),
                Rule::r_brace => self.set(brace.as_span().start(), TokenKind::Close),
                _ => {}
            }
        }
    }

    fn set(&mut self, at: usize, kind: TokenKind) {
        if let Some(known) = self.known.get_mut(at) {
            known.kind = Some(kind);
        }
    }

    fn run(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.source.get(at..).filter(|rest| !rest.is_empty()) {
            let blanks = rest.len()
                - rest
                    .trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n'])
                    .len();
            if blanks > 0 {
                at += blanks;
                continue;
            }
            let end = self.token(at, rest);
            at = end.max(at + 1);
        }
    }

    fn token(&mut self, start: usize, rest: &str) -> usize {
        let known = self.known.get(start).copied().unwrap_or_default();
        let (kind, len) = if rest.starts_with("//") {
            let line = rest.split('\n').next().unwrap_or("").trim_end();
            (TokenKind::Comment, line.len())
        } else if known.len > 0 {
            (TokenKind::Plain, known.len as usize)
        } else {
            plain(known.kind, rest)
        };
        let begins = if kind == TokenKind::Comment {
            Begins::Nothing
        } else {
            known.begins
        };
        let end = start + len;
        self.found.push(Token {
            kind,
            begins,
            start,
            end,
        });
        end
    }
}

/// The token at the beginning of the text, if it is no number and no comment.
fn plain(known: Option<TokenKind>, rest: &str) -> (TokenKind, usize) {
    let letter = |one: char| one.is_ascii_alphanumeric() || one == '_' || !one.is_ascii();
    let word = rest.len() - rest.trim_start_matches(letter).len();
    if word > 0 {
        return (TokenKind::Plain, word);
    }
    let single = matches!(
        known,
        Some(
            TokenKind::OpenAngle
                | TokenKind::CloseAngle
                | TokenKind::OpenBar
                | TokenKind::CloseBar
                | TokenKind::Optional
        )
    );
    let sign = SIGNS
        .iter()
        .find(|sign| !single && rest.starts_with(**sign));
    let sign = sign.copied().unwrap_or_else(|| rest.get(..1).unwrap_or(""));
    let kind = match sign {
        ".." | "..=" => known.unwrap_or(TokenKind::Range),
        "." | "::" => TokenKind::Dot,
        "," => TokenKind::Comma,
        ";" => TokenKind::Semicolon,
        ":" => TokenKind::Colon,
        "=>" => TokenKind::Arm,
        "(" | "[" => known.unwrap_or(TokenKind::Open),
        "{" => known.unwrap_or(TokenKind::Block),
        ")" | "]" => TokenKind::Close,
        "}" => known.unwrap_or(TokenKind::CloseBlock),
        _ => known.unwrap_or(TokenKind::Sign),
    };
    (kind, sign.len())
}

/// What the first token of that rule is, if the rule says it.
fn kind_of(rule: Rule) -> Option<TokenKind> {
    Some(match rule {
        Rule::l_angle => TokenKind::OpenAngle,
        Rule::r_angle => TokenKind::CloseAngle,
        Rule::neg | Rule::bit_not | Rule::bang | Rule::spread => TokenKind::Prefix,
        Rule::opt_mark => TokenKind::Optional,
        Rule::paren
        | Rule::array
        | Rule::tuple_pattern
        | Rule::ty_array
        | Rule::ty_tuple
        | Rule::size_paren
        | Rule::property_params
        | Rule::context_array => TokenKind::Group,
        _ => return None,
    })
}

/// What begins with the first token of that rule.
fn begins_with(rule: Rule) -> Begins {
    match rule {
        Rule::fn_item
        | Rule::process_item
        | Rule::context_use
        | Rule::context_item
        | Rule::intrinsic_item
        | Rule::struct_item
        | Rule::enum_item
        | Rule::const_item
        | Rule::use_item
        | Rule::contract_item
        | Rule::pipeline_item
        | Rule::test_item
        | Rule::property_item
        | Rule::bench_item
        | Rule::audit_item
        | Rule::alert_item
        | Rule::session_item => Begins::Item,
        Rule::inputs
        | Rule::outputs
        | Rule::inserts
        | Rule::sends
        | Rule::requires
        | Rule::ensures
        | Rule::errors
        | Rule::deadline
        | Rule::budget
        | Rule::each
        | Rule::cached => Begins::Clause,
        Rule::member_item
        | Rule::invariant
        | Rule::variant
        | Rule::query
        | Rule::column
        | Rule::arm
        | Rule::arm_expr
        | Rule::flow
        | Rule::flow_arm
        | Rule::audit_rule
        | Rule::alert_when
        | Rule::alert_clear
        | Rule::alert_do
        | Rule::session_rule
        | Rule::let_stmt
        | Rule::return_stmt
        | Rule::if_stmt
        | Rule::for_stmt
        | Rule::match_stmt
        | Rule::assert_stmt
        | Rule::while_stmt
        | Rule::raise_stmt
        | Rule::break_stmt
        | Rule::continue_stmt
        | Rule::run_stmt
        | Rule::set_stmt
        | Rule::faults_stmt
        | Rule::growth_stmt
        | Rule::measure_stmt
        | Rule::expect_stmt
        | Rule::name_stmt => Begins::Part,
        Rule::k_level => Begins::Level,
        _ => Begins::Nothing,
    }
}
