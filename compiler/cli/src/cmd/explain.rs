//! `theusc explain T0402`.

use theus_abi::Fault;
use theus_diag::{Code, suggest};

use crate::args::Explain;
use crate::failure::fault_id;
use crate::problem::{Exit, plain};
use crate::terminal::Terminal;

/// Prints the page of a code, or the list of codes.
pub(crate) fn main(args: &Explain, terminal: &mut Terminal) -> Result<u8, Exit> {
    let text = match &args.code {
        None => list(),
        Some(_) if args.list => list(),
        Some(code) => page(code)?,
    };
    terminal.out(&text)?;
    Ok(0)
}

fn page(wanted: &str) -> Result<String, Exit> {
    if let Some(page) = Code::from_id(wanted).and_then(theus_diag::explain) {
        return Ok(page.to_owned());
    }
    let fault = Fault::ALL.iter().copied().find(|fault| {
        fault_id(*fault).eq_ignore_ascii_case(wanted) || fault.name() == wanted
    });
    if let Some(fault) = fault {
        let (id, name) = (fault_id(fault), fault.name());
        return Ok(format!(
            "# {id}: {}\n\nA fault, found while the program ran. The process in which it \
             happened was undone.\n\nHandle it in the pipeline: `on fault {name} {{ skip }}`; \
             or handle the operation: `e ?? x`, `e else raise E`.\n",
            fault.title()
        ));
    }
    let ids: Vec<&str> = Code::ALL.iter().map(|code| code.id()).collect();
    let found = plain(Code::UnknownCode, format!("there is no code `{wanted}`"));
    let found = match suggest::closest(wanted, ids) {
        Some(near) => found.help(format!("did you mean `{near}`?")),
        None => found,
    };
    Err(found.help("`theusc explain --list` lists all codes").into())
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
    codes.chain(faults).collect()
}
