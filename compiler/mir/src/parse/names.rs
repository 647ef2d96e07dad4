//! `Names`: what the numbers in the text of a function stand for.

use indexmap::IndexMap;
use indexmap::map::Entry;
use theus_abi::Repr;

use super::cursor::Cursor;
use super::{FuncNames, Line, ParseError};
use crate::func::BlockCall;
use crate::ids::{Block, FuncId, Slot, Value};

/// Numbers in the text, and the ids that they stand for.
pub(super) struct Names<'n> {
    blocks: IndexMap<u32, Block>,
    values: IndexMap<u32, Value>,
    slots: IndexMap<u32, Slot>,
    funcs: &'n FuncNames,
}

impl<'n> Names<'n> {
    /// Numbers all that the lines of a body define, in the order of the text.
    pub(super) fn new(
        body: &[Line<'_>],
        funcs: &'n FuncNames,
    ) -> Result<Self, ParseError> {
        let mut names = Self {
            blocks: IndexMap::new(),
            values: IndexMap::new(),
            slots: IndexMap::new(),
            funcs,
        };
        for &(line, text) in body {
            names.line(text).map_err(|text| ParseError { line, text })?;
        }
        Ok(names)
    }

    fn line(&mut self, text: &str) -> Result<(), String> {
        let mut line = Cursor::new(text);
        if text.starts_with("block") {
            let number = line.id("block")?;
            define(&mut self.blocks, number, "block", Block::from_u32)?;
            if line.eat("(") {
                let params = line.list(")", |line| typed(line))?;
                self.results(params.into_iter().map(|(number, _)| number))?;
            }
        } else if is_slot(text) {
            let number = line.id("slot")?;
            define(&mut self.slots, number, "slot", Slot::from_u32)?;
        } else if let Some((results, _)) = split_results(text) {
            let results = Cursor::new(results).items(result)?;
            self.results(results.into_iter().map(|(number, _)| number))?;
        }
        Ok(())
    }

    fn results(&mut self, numbers: impl Iterator<Item = u32>) -> Result<(), String> {
        for number in numbers {
            define(&mut self.values, number, "v", Value::from_u32)?;
        }
        Ok(())
    }

    pub(super) fn value(&self, line: &mut Cursor<'_>) -> Result<Value, String> {
        let number = line.id("v")?;
        found(&self.values, number, "v")
    }

    pub(super) fn slot(&self, line: &mut Cursor<'_>) -> Result<Slot, String> {
        let number = line.id("slot")?;
        found(&self.slots, number, "slot")
    }

    /// `block1` or `block1(v2, v3)`.
    pub(super) fn edge(&self, line: &mut Cursor<'_>) -> Result<BlockCall, String> {
        let number = line.id("block")?;
        let block = found(&self.blocks, number, "block")?;
        let args = if line.eat("(") {
            line.list(")", |line| self.value(line))?
        } else {
            Vec::new()
        };
        Ok(BlockCall { block, args })
    }

    /// `fn3` or `%name`.
    pub(super) fn func(&self, line: &mut Cursor<'_>) -> Result<FuncId, String> {
        let start = *line;
        if let Ok(number) = line.id("fn") {
            return Ok(FuncId::from_u32(number));
        }
        let name = line.name()?;
        self.funcs
            .get(&name)
            .copied()
            .ok_or_else(|| start.wanted("the name of a function"))
    }
}

fn define<T>(
    map: &mut IndexMap<u32, T>,
    number: u32,
    prefix: &str,
    make: fn(u32) -> T,
) -> Result<(), String> {
    let next = u32::try_from(map.len()).map_err(|error| error.to_string())?;
    match map.entry(number) {
        Entry::Occupied(_) => Err(format!("{prefix}{number} is defined twice")),
        Entry::Vacant(entry) => {
            entry.insert(make(next));
            Ok(())
        }
    }
}

fn found<T: Copy>(
    map: &IndexMap<u32, T>,
    number: u32,
    prefix: &str,
) -> Result<T, String> {
    map.get(&number)
        .copied()
        .ok_or_else(|| format!("{prefix}{number} is not defined"))
}

/// The results and the operation of a line; `None` if it has no results. No mnemonic begins
/// with `v`.
pub(super) fn split_results(text: &str) -> Option<(&str, &str)> {
    if text.starts_with('v') {
        text.split_once('=')
    } else {
        None
    }
}

/// Whether a line declares a slot.
pub(super) fn is_slot(text: &str) -> bool {
    text.starts_with("slot") && !text.starts_with("slot_")
}

/// `v3: f64`.
pub(super) fn typed(line: &mut Cursor<'_>) -> Result<(u32, Repr), String> {
    let number = line.id("v")?;
    line.expect(":")?;
    Ok((number, line.repr()?))
}

/// A result, which states its representation where the operation does not.
pub(super) fn result(line: &mut Cursor<'_>) -> Result<(u32, Option<Repr>), String> {
    let number = line.id("v")?;
    let repr = if line.eat(":") {
        Some(line.repr()?)
    } else {
        None
    };
    Ok((number, repr))
}
