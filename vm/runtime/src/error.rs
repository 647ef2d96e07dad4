//! What can go wrong outside the program: `VmError`, and `StreamError` for files.

use std::fmt;

use crate::report::Failure;

/// Why the VM refuses.
#[derive(Clone, Debug, PartialEq)]
pub enum VmError {
    /// The image contradicts itself; the text says where.
    BadImage(String),
    /// The machine does not have that many bytes for the memory block.
    NoMemory(u64),
    /// There is no such field.
    UnknownPath {
        /// What was asked for.
        path: String,
        /// Fields with a similar name, the most similar first.
        candidates: Vec<String>,
    },
    /// There is no such pipeline.
    UnknownPipeline {
        /// What was asked for.
        name: String,
        /// The pipelines of the program.
        candidates: Vec<String>,
    },
    /// The field cannot be set in this way.
    WrongZone {
        /// The field.
        path: String,
        /// Its zone: `global`, `data` …
        zone: &'static str,
        /// Where it may be set instead.
        when: &'static str,
    },
    /// The value is of another type.
    WrongType {
        /// The place.
        path: String,
        /// What is due there.
        expected: String,
        /// What was given.
        found: String,
    },
    /// The value is not in the range of the field.
    OutOfRange {
        /// The place.
        path: String,
        /// The value.
        value: String,
        /// The range.
        range: String,
    },
    /// An index in a path is beyond the array or ring.
    BadIndex {
        /// The place.
        path: String,
        /// The index.
        index: u64,
        /// How many elements there are.
        len: u64,
    },
    /// The size of a heavy field has no use: less than 1, or more than the memory there may be.
    HeavySize {
        /// The size as in source, or the field.
        what: String,
        /// What is wrong with it.
        text: String,
        /// The field.
        loc: theus_abi::image::Loc,
    },
    /// An array file that cannot be used for a heavy field.
    Array {
        /// The file.
        path: String,
        /// What is wrong with it.
        text: String,
    },
    /// A record that this run cannot be told.
    Record {
        /// The file.
        path: String,
        /// What is wrong with it.
        text: String,
        /// What to do.
        help: String,
    },
    /// Fields that cannot take over what they held in the program before.
    Changed(Vec<Changed>),
    /// The default of a global, or the check of globals, failed.
    Start(Box<Failure>),
    /// A call is not possible yet, or no more.
    Order(&'static str),
    /// A sink or source.
    Stream(StreamError),
    /// A bug in Theus.
    Internal(String),
}

/// A field that another program cannot take over.
#[derive(Clone, Debug, PartialEq)]
pub struct Changed {
    /// The field.
    pub path: String,
    /// What it holds now, in short.
    pub was: String,
    /// What it may hold in the new program.
    pub is: String,
    /// Where the new program declares it.
    pub loc: theus_abi::image::Loc,
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, was, is, .. } = self;
        write!(f, "`{path}` is {was}, which is not {is}")
    }
}

impl fmt::Display for VmError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(fields) => {
                fields.iter().enumerate().try_for_each(|(n, field)| {
                    let dash = if n == 0 { "" } else { "; " };
                    write!(f, "{dash}{field}")
                })
            }
            Self::BadImage(text) => write!(f, "the program image is broken: {text}"),
            Self::NoMemory(size) => write!(f, "there are no {size} bytes of memory"),
            Self::UnknownPath { path, candidates } => {
                write!(f, "there is no field `{path}`")?;
                write_candidates(f, candidates)
            }
            Self::UnknownPipeline { name, candidates } => {
                write!(f, "there is no pipeline `{name}`")?;
                write_candidates(f, candidates)
            }
            Self::WrongZone { path, zone, when } => {
                write!(f, "`{path}` is a {zone} field: it can be set {when}")
            }
            Self::WrongType {
                path,
                expected,
                found,
            } => {
                write!(f, "`{path}` needs {expected}, not `{found}`")
            }
            Self::OutOfRange { path, value, range } => {
                write!(f, "{value} is not in the range of `{path}`, {range}")
            }
            Self::BadIndex { path, index, len } => {
                write!(
                    f,
                    "index {index} in `{path}` is out of range: the length is {len}"
                )
            }
            Self::Array { path, text } | Self::Record { path, text, .. } => {
                write!(f, "`{path}` {text}")
            }
            Self::HeavySize { what, text, .. } => write!(f, "{what} {text}"),
            Self::Start(failure) => write!(f, "the program cannot start: {failure}"),
            Self::Order(text) => f.write_str(text),
            Self::Stream(error) => write!(f, "{error}"),
            Self::Internal(text) => write!(f, "internal error in Theus: {text}"),
        }
    }
}

fn write_candidates(f: &mut fmt::Formatter<'_>, candidates: &[String]) -> fmt::Result {
    match candidates {
        [] => Ok(()),
        [first, rest @ ..] => {
            write!(f, "; did you mean `{first}`")?;
            rest.iter()
                .try_for_each(|other| write!(f, " or `{other}`"))?;
            f.write_str("?")
        }
    }
}

impl std::error::Error for VmError {}

impl From<StreamError> for VmError {
    fn from(error: StreamError) -> Self {
        Self::Stream(error)
    }
}

/// What is wrong with the file of a sink or a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamError {
    /// The file, as it was opened.
    pub path: String,
    /// The line, from 1, if one is to blame.
    pub line: Option<u64>,
    /// The header of the column, if one is to blame.
    pub column: Option<String>,
    /// What is wrong: lower case, no period.
    pub text: String,
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.text)
    }
}

impl std::error::Error for StreamError {}
