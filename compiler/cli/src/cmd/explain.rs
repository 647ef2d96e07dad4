//! `theusc explain T0402`, `theusc explain types.list.push`: what the reference says.

use std::fmt::Write as _;

use theus_abi::Fault;
use theus_diag::{Code, suggest};
use theus_spec::Rule;

use crate::args::Explain;
use crate::failure::fault_id;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Prints the page of a code or fault, a rule, the rules of a topic, or the list of all.
pub(crate) fn main(args: &Explain, terminal: &mut Terminal) -> Result<u8, Exit> {
    let text = match &args.what {
        None => list(),
        Some(_) if args.list => list(),
        Some(wanted) => page(wanted)?,
    };
    terminal.out(&text)?;
    Ok(0)
}

fn page(wanted: &str) -> Result<String, Exit> {
    if let Some(page) = Code::from_id(wanted).and_then(theus_diag::explain) {
        return Ok(with_sentence(page));
    }
    let fault = Fault::ALL.iter().copied().find(|fault| {
        fault_id(*fault).eq_ignore_ascii_case(wanted) || fault.name() == wanted
    });
    if let Some(fault) = fault {
        return Ok(of_fault(fault));
    }
    let own = theus_spec::rule(wanted).map(|rule| of_rule(&rule));
    let topic = format!("{}.", wanted.trim_end_matches('.'));
    let rules = theus_spec::rules().filter(|rule| rule.name.starts_with(&topic));
    let found: String = rules.map(|rule| line(&rule)).collect();
    match (own, found.is_empty()) {
        (Some(own), true) => Ok(own),
        (Some(own), false) => Ok(format!("{own}\nRules below it:\n\n{found}")),
        (None, false) => Ok(found),
        (None, true) => Err(unknown(wanted)),
    }
}

/// The page of a code, with what the book says of the rule that its third line names.
fn with_sentence(page: &str) -> String {
    let mut out = String::new();
    for (line, number) in page.lines().zip(1..) {
        out += line;
        let rule = line.split('`').nth(1).filter(|_| number == 3);
        if let Some(rule) = rule.and_then(theus_spec::rule) {
            let _ = write!(out, ": {}", rule.sentence);
        }
        out.push('\n');
    }
    out
}

fn of_fault(fault: Fault) -> String {
    let (id, name) = (fault_id(fault), fault.name());
    let mut out = format!(
        "# {id}: {}\n\nA fault, found while the program ran. The process in which it happened \
         was undone.\n\nHandle it in the pipeline: `on fault {name} {{ skip }}`; or handle the \
         operation: `e ?? x`, `e else raise E`.\n",
        fault.title()
    );
    let shows = |rule: &Rule<'_>| {
        rule.blocks
            .iter()
            .any(|block| block.value("fault") == Some(name))
    };
    let rules: String = theus_spec::rules()
        .filter(shows)
        .map(|rule| line(&rule))
        .collect();
    if !rules.is_empty() {
        let _ = write!(out, "\nRules that speak of it:\n\n{rules}");
    }
    out
}

/// A rule as it stands in the book.
fn of_rule(rule: &Rule<'_>) -> String {
    let mut out = format!("# {}\n\n{}\n", rule.name, rule.sentence);
    for block in &rule.blocks {
        let info: Vec<&str> = std::iter::once(block.language)
            .chain(block.words.iter().copied())
            .collect();
        let _ = write!(out, "\n```{}\n{}```\n", info.join(" "), block.shown());
    }
    out
}

fn line(rule: &Rule<'_>) -> String {
    format!("{}: {}\n", rule.name, rule.sentence)
}

fn unknown(wanted: &str) -> Exit {
    let found = plain(
        Code::UnknownCode,
        format!("there is no code or rule `{wanted}`"),
    );
    let codes = Code::ALL.iter().map(|code| code.id());
    let names = codes.chain(theus_spec::rules().map(|rule| rule.name));
    let found = match suggest::closest(wanted, names) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found,
    };
    found
        .help("`theusc explain --list` lists all codes and rules")
        .into()
}

fn list() -> String {
    let codes = Code::ALL.iter().map(|code| {
        format!(
            "{}  {:7}  {}\n",
            code.id(),
            code.severity().name(),
            code.title()
        )
    });
    let faults = Fault::ALL.iter().map(|fault| {
        format!("{}    {:7}  {}\n", fault_id(*fault), "fault", fault.title())
    });
    let rules = theus_spec::rules().map(|rule| format!("{}\n", rule.name));
    codes.chain(faults).chain(rules).collect()
}
