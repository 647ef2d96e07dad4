//! Site lines: `site0 = Index at 0:10..20 in 1 ["index": int]`.

use theus_abi::Fault;
use theus_abi::image::{ArgKind, Loc, Site, SiteKind, Within};

use super::cursor::Cursor;
use crate::print::kind_name;

pub(super) fn parse(line: &str, at: usize) -> Result<Site, String> {
    let mut line = Cursor::new(line);
    let number = line.id("site")?;
    if usize::try_from(number).ok() != Some(at) {
        return Err(format!("expected site{at}: sites stand in order"));
    }
    line.expect("=")?;
    let kind = kind(&mut line)?;
    let loc = if line.eat("at ") {
        loc(&mut line)?
    } else {
        Loc::default()
    };
    let process = if line.eat("in ") {
        Some(line.number()?)
    } else {
        None
    };
    line.expect("[")?;
    let args = line.list("]", |line| {
        let label = line.quoted()?;
        line.expect(":")?;
        Ok((label, arg_kind(line)?))
    })?;
    line.end()?;
    Ok(Site {
        kind,
        loc,
        process,
        args,
        call: None,
        within: Within::Entry,
    })
}

fn kind(line: &mut Cursor<'_>) -> Result<SiteKind, String> {
    let start = *line;
    match line.word() {
        "raise" => Ok(SiteKind::Raise(line.number()?)),
        "share" => Ok(SiteKind::Share),
        word => {
            let fault = Fault::from_name(word).map(SiteKind::Fault);
            fault.ok_or_else(|| start.wanted("the name of a fault"))
        }
    }
}

fn loc(line: &mut Cursor<'_>) -> Result<Loc, String> {
    let file = line.number()?;
    line.expect(":")?;
    let start = line.number()?;
    line.expect("..")?;
    Ok(Loc {
        file,
        start,
        end: line.number()?,
    })
}

fn arg_kind(line: &mut Cursor<'_>) -> Result<ArgKind, String> {
    const ALL: [ArgKind; 6] = [
        ArgKind::Int,
        ArgKind::Uint,
        ArgKind::Float,
        ArgKind::Bool,
        ArgKind::Duration,
        ArgKind::Text,
    ];
    let start = *line;
    let word = line.word();
    let kind = ALL.into_iter().find(|kind| kind_name(*kind) == word);
    kind.ok_or_else(|| start.wanted("a kind of operand"))
}
