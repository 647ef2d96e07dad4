//! The protocol: its transport, and the values that go over it. Nothing else knows how they
//! are written down.

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use lsp_server::Connection;
pub(crate) use lsp_server::{
    ErrorCode, Message, Notification, Request, RequestId, Response,
};

/// A place between two characters; what counts as one was agreed on.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Position {
    /// From 0.
    pub line: u32,
    /// From 0.
    pub character: u32,
}

/// From a place to another one.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize,
)]
pub(crate) struct Range {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

/// A range of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Location {
    pub(crate) uri: String,
    pub(crate) range: Range,
}

/// A replacement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TextEdit {
    pub(crate) range: Range,
    pub(crate) new_text: String,
}

/// `{ "uri": … }`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct DocumentId {
    pub(crate) uri: String,
}

/// Parameters of what asks of a document as a whole.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfDocument {
    pub(crate) text_document: DocumentId,
}

/// Parameters of what asks of a place.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AtPlace {
    pub(crate) text_document: DocumentId,
    pub(crate) position: Position,
}

/// Parameters of what asks of a range.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfRange {
    pub(crate) text_document: DocumentId,
    pub(crate) range: Range,
}

/// A change of a document; without a range, its new text.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Change {
    pub(crate) range: Option<Range>,
    pub(crate) text: String,
}

/// A document that an editor opens.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Opened {
    pub(crate) uri: String,
    pub(crate) version: i32,
    pub(crate) text: String,
}

/// A problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Diagnostic {
    pub(crate) range: Range,
    pub(crate) severity: u8,
    pub(crate) code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code_description: Option<Href>,
    pub(crate) source: &'static str,
    pub(crate) message: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) tags: Vec<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) related_information: Vec<Related>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Href {
    pub(crate) href: String,
}

/// Another place of a problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Related {
    pub(crate) location: Location,
    pub(crate) message: String,
}

/// An item of a document, with what is in it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DocumentSymbol {
    pub(crate) name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) detail: String,
    pub(crate) kind: u8,
    pub(crate) range: Range,
    pub(crate) selection_range: Range,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) children: Vec<Self>,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: i32,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code: code as i32,
            message: message.into(),
        }
    }

    /// What is asked for cannot be done; people read why.
    pub(crate) fn refused(message: impl Into<String>) -> Self {
        Self::new(ErrorCode::RequestFailed, message)
    }
}

/// An answer.
pub(crate) type Answer = Result<Value, Failure>;

/// The parameters of a message.
pub(crate) fn params<T: for<'de> Deserialize<'de>>(value: Value) -> Result<T, Failure> {
    serde_json::from_value(value)
        .map_err(|error| Failure::new(ErrorCode::InvalidParams, error.to_string()))
}

/// A value as the protocol has it.
pub(crate) fn value(of: impl Serialize) -> Value {
    serde_json::to_value(of).unwrap_or(Value::Null)
}
