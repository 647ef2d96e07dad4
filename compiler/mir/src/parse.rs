//! The parser of the text form: line by line, without recursion.
//!
//! Numbers in the text are names: what is parsed is numbered in the order of the text. Two
//! passes over each function: the first numbers blocks and values, so that the second can
//! resolve uses that stand before definitions.

mod cursor;
mod func;
mod inst;
mod names;
mod site;

use cranelift_entity::PrimaryMap;
use indexmap::IndexMap;
use theus_abi::Image;

use crate::func::Func;
use crate::ids::FuncId;
use crate::program::Program;
use cursor::Cursor;

/// Why a text is not MIR.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong.
    pub text: String,
}

impl std::fmt::Display for ParseError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: {}", self.line, self.text)
    }
}

impl std::error::Error for ParseError {}

/// A line without its comment, and its number.
type Line<'t> = (usize, &'t str);

/// Numbers of functions by name; of equal names, the first.
type FuncNames = IndexMap<String, FuncId>;

/// Parses site lines and functions. The image has the sites and the names of the functions,
/// and nothing else. The result is not verified.
pub fn parse_program(text: &str) -> Result<Program, ParseError> {
    let lines = lines(text);
    let (mut image, mut bodies) = (Image::default(), Vec::new());
    let mut rest = lines.as_slice();
    while let Some((&(number, line), after)) = rest.split_first() {
        let error = |text| ParseError { line: number, text };
        if line.starts_with("site") {
            let at = image.sites.len();
            image.sites.push(site::parse(line, at).map_err(error)?);
            rest = after;
            continue;
        }
        if !line.starts_with("fn ") {
            return Err(error("expected `fn` or `site`".to_owned()));
        }
        let end = after.iter().position(|(_, line)| *line == "}");
        let end = end.ok_or_else(|| error("the function has no `}`".to_owned()))?;
        let (body, next) = after.split_at(end);
        bodies.push(((number, line), body));
        rest = next.get(1..).unwrap_or_default();
    }
    let mut names = FuncNames::new();
    for (&((line, head), _), id) in bodies.iter().zip(0..) {
        let name = Cursor::new(head).func_name();
        let name = name.map_err(|text| ParseError { line, text })?;
        names.entry(name.clone()).or_insert(FuncId::from_u32(id));
        image.functions.push(name);
    }
    let mut funcs = PrimaryMap::new();
    for (head, body) in bodies {
        funcs.push(func::parse(head, body, &names)?);
    }
    Ok(Program { funcs, image })
}

/// Parses one function. Calls by number are as they stand; the function can call itself by
/// name only.
pub fn parse_func(text: &str) -> Result<Func, ParseError> {
    let program = parse_program(text)?;
    let mut funcs = program.funcs.into_iter().map(|(_, func)| func);
    match (funcs.next(), funcs.next()) {
        (Some(func), None) => Ok(func),
        _ => Err(ParseError {
            line: 1,
            text: "expected one function".to_owned(),
        }),
    }
}

/// Lines that are not empty, without comments.
fn lines(text: &str) -> Vec<Line<'_>> {
    let stripped = text
        .lines()
        .map(|line| cursor::without_comment(line).trim());
    stripped
        .zip(1..)
        .map(|(line, n)| (n, line))
        .filter(|(_, line)| !line.is_empty())
        .collect()
}
