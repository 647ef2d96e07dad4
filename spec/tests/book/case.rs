//! What a rule's blocks mean together: programs, their other files, what is expected of them.

use theus_spec::{Block, Rule};

/// One program of a rule with all that belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct Case<'a> {
    pub(crate) program: &'a Block<'a>,
    /// Blocks `file=NAME` before it: modules, rows of sources.
    pub(crate) files: Vec<&'a Block<'a>>,
    /// The block `text` after it.
    pub(crate) expected: Option<&'a Block<'a>>,
    /// Blocks `output=NAME` after it: what sinks write.
    pub(crate) outputs: Vec<&'a Block<'a>>,
}

/// The cases of a rule; blocks that belong to none are an error.
pub(crate) fn cases<'a>(rule: &'a Rule<'a>) -> Result<Vec<Case<'a>>, String> {
    let mut cases: Vec<Case<'a>> = Vec::new();
    let mut files = Vec::new();
    for block in &rule.blocks {
        if block.value("file").is_some() {
            files.push(block);
        } else if block.language == "theus" {
            known(block)?;
            let files = std::mem::take(&mut files);
            cases.push(Case {
                program: block,
                files,
                expected: None,
                outputs: Vec::new(),
            });
        } else if let Some(case) = cases.last_mut() {
            match block.language {
                _ if block.value("output").is_some() => case.outputs.push(block),
                "text" if case.expected.is_none() => case.expected = Some(block),
                other => {
                    return Err(format!(
                        "line {}: a block `{other}` that belongs to no program",
                        block.line
                    ));
                }
            }
        }
    }
    match files.first() {
        None => Ok(cases),
        Some(file) => Err(format!("line {}: a file of no program", file.line)),
    }
}

/// The keys that a fence may have.
const KEYS: [&str; 13] = [
    "error", "warning", "fault", "run", "ticks", "set", "strict", "realtime", "file",
    "check", "property", "session", "lint",
];

fn known(block: &Block<'_>) -> Result<(), String> {
    for word in &block.words {
        let key = word.split('=').next().unwrap_or("");
        if !KEYS.contains(&key) || !word.contains('=') {
            return Err(format!(
                "line {}: `{word}` is not known; known are `{}=`",
                block.line,
                KEYS.join("=`, `")
            ));
        }
    }
    Ok(())
}
