//! `Place`: where in a text, whole or broken, something is being written.

use crate::scan::{Kind, Scan, Token};

/// What is around a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Around {
    /// A comment or a text: nothing is completed.
    Nothing,
    /// Behind a dot, with what stands before it.
    Dot(Vec<Step>),
    /// Behind `use` and a part of a path.
    Use(String),
    /// Outside of all items.
    Top,
    /// Where a field or member begins.
    Members,
    /// Where a type is due.
    Type,
    /// In a clause that names fields.
    Entries(String),
    /// Where a clause may begin, or the first statement.
    Clauses,
    /// Where a statement begins.
    Statement,
    /// Where an arm of a `match` begins, with what is matched.
    Arm(Vec<Step>),
    /// Behind the name of a pipeline.
    Head,
    /// Where an item of a pipeline begins.
    Flow,
    /// Behind `run`.
    Run,
    /// Behind `raise` and `errors`.
    Errors,
    /// Where a value is due.
    Value,
}

/// A step of `a.b[i].c(x)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// A name.
    Name(String),
    /// `[…]`
    Index,
    /// `(…)`
    Call,
}

/// A place with the item around it.
#[derive(Clone, Debug)]
pub(crate) struct Place<'t> {
    pub(crate) around: Around,
    /// The word of the item around: `process`.
    pub(crate) item: &'t str,
    /// Its name.
    pub(crate) name: &'t str,
    /// Its text up to the place.
    pub(crate) item_text: &'t str,
    /// The clauses that it has before the place.
    pub(crate) clauses: Vec<&'t str>,
}

const ITEM_WORDS: &[&str] = &[
    "struct", "enum", "fn", "context", "contract", "process", "pipeline", "test",
    "property", "bench", "audit", "alert",
];

impl<'t> Place<'t> {
    pub(crate) fn new(scan: &Scan<'t>, at: usize) -> Self {
        let inside = scan.tokens.iter().find(|token| {
            token.start < at
                && (at < token.end || at == token.end && token.kind == Kind::Comment)
        });
        let mut before: Vec<&Token> = scan.before(at).collect();
        // The word that is being written says nothing.
        if before
            .first()
            .is_some_and(|last| last.end == at && last.kind == Kind::Word)
        {
            before.remove(0);
        }
        before.retain(|token| token.kind != Kind::Comment);
        let (item, name, start) = item(scan, &before);
        let mut place = Self {
            around: Around::Nothing,
            item,
            name,
            item_text: scan.text.get(start..at).unwrap_or(""),
            clauses: Vec::new(),
        };
        let nothing =
            inside.is_some_and(|token| matches!(token.kind, Kind::Comment | Kind::Text));
        let number = scan
            .before(at)
            .next()
            .is_some_and(|token| token.end == at && token.kind == Kind::Number);
        if !nothing && !number {
            place.around = place.find(scan, &before, at);
        }
        place
    }

    fn find(&mut self, scan: &Scan<'t>, before: &[&Token], at: usize) -> Around {
        let text = |back: usize| before.get(back).map_or("", |token| scan.text(token));
        if let Some(path) = import(scan, before, at) {
            return path;
        }
        if text(0) == "." {
            // `0..` is a range, not a dot.
            if text(1) == "." {
                return Around::Value;
            }
            return Around::Dot(chain(scan, before));
        }
        if self.item.is_empty() {
            return Around::Top;
        }
        let begins = self.begins(scan, before, at);
        let clause = clause(scan, before, self.item);
        self.clauses = clauses(scan, before, self.item);
        match (text(0), self.item) {
            ("run", "test" | "bench" | "property") => return Around::Run,
            ("raise" | "errors", _) => return Around::Errors,
            _ => {}
        }
        if text(0) == ":" || (text(0) == ">" && text(1) == "-" && self.item == "fn") {
            return Around::Type;
        }
        if self.item == "pipeline" && text(1) == "pipeline" {
            return Around::Head;
        }
        if (begins || text(0) == ",")
            && let Some(chain) = matched(scan, before)
        {
            return Around::Arm(chain);
        }
        match self.item {
            "pipeline" if begins || text(0) == ">" && text(1) == "-" => Around::Flow,
            "context" | "struct" if begins => Around::Members,
            "process" | "contract" => match clause {
                _ if begins && text(0) != "," => {
                    let body = self.clauses.contains(&"");
                    if body {
                        Around::Statement
                    } else {
                        Around::Clauses
                    }
                }
                // The nearest line begins a statement.
                _ if self.clauses.first() == Some(&"") => Around::Value,
                Some(clause @ ("inputs" | "outputs")) => {
                    Around::Entries(clause.to_owned())
                }
                Some("errors") => Around::Errors,
                _ => Around::Value,
            },
            _ if begins => Around::Statement,
            _ => Around::Value,
        }
    }

    /// Whether something new begins: a line, or what is in a `{`.
    fn begins(&self, scan: &Scan<'_>, before: &[&Token], at: usize) -> bool {
        let Some(last) = before.first() else {
            return true;
        };
        let gap = scan.text.get(last.end..at).unwrap_or("");
        let sign = scan.text(last);
        let goes_on = matches!(
            sign,
            "," | "="
                | "+"
                | "-"
                | "*"
                | "/"
                | "("
                | "["
                | "<"
                | "and"
                | "or"
                | "not"
                | ":"
                | "@"
                | "%"
        );
        sign == "{" || sign == "}" || gap.contains('\n') && !goes_on
    }
}

/// What stands between `use` and a place on its line.
fn import(scan: &Scan<'_>, before: &[&Token], at: usize) -> Option<Around> {
    let line = scan.text.get(..at).unwrap_or("");
    let from = line.rfind('\n').map_or(0, |end| end + 1);
    let on_line = before.iter().take_while(|token| token.start >= from);
    let mut words: Vec<&str> = on_line.map(|token| scan.text(token)).collect();
    if words.pop() != Some("use") {
        return None;
    }
    words.reverse();
    Some(match words.contains(&"as") {
        // A name of one's own.
        true => Around::Nothing,
        false => Around::Use(words.concat()),
    })
}

/// What is matched, where the innermost open `{` is that of a `match`.
fn matched(scan: &Scan<'_>, before: &[&Token]) -> Option<Vec<Step>> {
    let mut depth = 0_i32;
    let open = before.iter().position(|token| {
        match scan.text(token) {
            "}" => depth += 1,
            "{" => depth -= 1,
            _ => {}
        }
        depth < 0
    })?;
    let chain = chain(scan, before.get(open..)?);
    let names = chain.iter().filter(|step| matches!(step, Step::Name(_)));
    // `match a.b {`: two names and a dot.
    let word = before.get(open + 2 * names.count().max(1))?;
    (scan.text(word) == "match").then_some(chain)
}

/// The item around: its word, its name, and where it begins.
fn item<'t>(scan: &Scan<'t>, before: &[&Token]) -> (&'t str, &'t str, usize) {
    let mut depth = 0_i32;
    let mut open = false;
    for (back, token) in before.iter().enumerate() {
        let text = scan.text(token);
        match text {
            "}" => depth += 1,
            "{" => depth -= 1,
            _ => {}
        }
        open |= depth < 0;
        let line = scan.text.get(..token.start).unwrap_or("");
        let begins = line.is_empty() || line.ends_with('\n');
        // In broken text a brace may be missing: items begin at the first column.
        if begins && ITEM_WORDS.contains(&text) {
            let closed = depth > 0
                || depth == 0 && !open && back > 0 && has_block(scan, before, back);
            if closed {
                return ("", "", token.start);
            }
            let mut name = back.checked_sub(1).and_then(|next| before.get(next));
            if name.is_some_and(|name| scan.text(name) == "type") {
                name = back.checked_sub(2).and_then(|next| before.get(next));
            }
            return (text, name.map_or("", |name| scan.text(name)), token.start);
        }
    }
    ("", "", 0)
}

/// Whether there is a `{` behind the word of an item.
fn has_block(scan: &Scan<'_>, before: &[&Token], back: usize) -> bool {
    before
        .iter()
        .take(back)
        .any(|token| scan.text(token) == "{")
}

/// What stands before a dot, the first step first.
fn chain(scan: &Scan<'_>, before: &[&Token]) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut at = 1;
    while let Some(token) = before.get(at) {
        match scan.text(token) {
            closer @ ("]" | ")") => {
                let opener = if closer == "]" { "[" } else { "(" };
                let mut depth = 0;
                while let Some(token) = before.get(at) {
                    let text = scan.text(token);
                    depth += i32::from(text == closer) - i32::from(text == opener);
                    at += 1;
                    if depth == 0 {
                        break;
                    }
                }
                steps.push(if closer == "]" {
                    Step::Index
                } else {
                    Step::Call
                });
                continue;
            }
            text if matches!(token.kind, Kind::Word | Kind::Number) => {
                steps.push(Step::Name(text.to_owned()));
            }
            _ => break,
        }
        at += 1;
        if before.get(at).is_some_and(|token| scan.text(token) == ".") {
            at += 1;
        } else {
            break;
        }
    }
    steps.reverse();
    steps
}

/// The clause of a process that a place is in.
fn clause<'t>(scan: &Scan<'t>, before: &[&Token], item: &str) -> Option<&'t str> {
    if !matches!(item, "process" | "contract") {
        return None;
    }
    let words = before.iter().map(|token| scan.text(token));
    // An assignment or a call is no entry: a statement stands in the line of the clause.
    let mut words = words.take_while(|text| !matches!(*text, "{" | "=" | "("));
    words.find(|text| crate::words::CLAUSES.iter().any(|(word, ..)| word == text))
}

/// The clauses before a place, and an empty word if there are statements.
fn clauses<'t>(scan: &Scan<'t>, before: &[&Token], item: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    for token in before {
        let text = scan.text(token);
        let line = scan.text.get(..token.start).unwrap_or("");
        let start = line.rfind('\n').map_or(0, |end| end + 1);
        let alone = line.get(start..).unwrap_or("").trim().is_empty();
        if alone && start == 0 || ITEM_WORDS.contains(&text) && alone && text == item {
            break;
        }
        if crate::words::CLAUSES.iter().any(|(word, ..)| *word == text) {
            found.push(text);
        } else if alone && token.kind == Kind::Word {
            // A line that goes on with a clause begins with a name of it.
            let above = scan.text.get(..start).unwrap_or("").trim_end();
            if !above.ends_with(',') {
                found.push("");
            }
        }
    }
    found
}
