//! An editor in the same process: it speaks the protocol, and remembers what was said.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

use gen_lsp_types as lsp;
use lsp_server::{Connection, Message, Notification, Request, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use theus_lsp::{Config, Ended};

/// How long an answer may take before the server is taken to hang.
const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Client {
    connection: Connection,
    server: Option<JoinHandle<Ended>>,
    next: i32,
    pub(crate) capabilities: Value,
    /// What is shown of each file.
    pub(crate) shown: BTreeMap<String, Value>,
    /// How often something was shown.
    pub(crate) published: usize,
    /// What the server has asked, and other notifications.
    pub(crate) told: VecDeque<(String, Value)>,
    pub(crate) library: PathBuf,
}

/// The URI of a file that is on no disk.
pub(crate) fn uri(name: &str) -> String {
    format!("file:///w/{name}.theus")
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with(json!({
            "general": { "positionEncodings": ["utf-16"] },
            "textDocument": {
                "completion": { "completionItem": { "snippetSupport": true } },
                "hover": { "contentFormat": ["markdown"] },
            },
            "workspace": { "inlayHint": { "refreshSupport": true } },
        }))
    }

    pub(crate) fn with(capabilities: Value) -> Self {
        Self::started(json!({ "capabilities": capabilities }))
    }

    pub(crate) fn started(start: Value) -> Self {
        Self::configured(start, |_| theus::Levels::default())
    }

    pub(crate) fn configured(
        start: Value,
        levels: fn(Option<&std::path::Path>) -> theus::Levels,
    ) -> Self {
        Self::resting(start, levels, theus_lsp::REST)
    }

    /// With a server that proves checks when nothing was typed for so long.
    pub(crate) fn resting(
        start: Value,
        levels: fn(Option<&std::path::Path>) -> theus::Levels,
        rest: Duration,
    ) -> Self {
        let (connection, other) = Connection::memory();
        let library = std::env::temp_dir().join("theus-lsp-tests");
        let config = Config {
            library: library.clone(),
            program: "theusc".to_owned(),
            levels,
            rest,
        };
        let server = std::thread::spawn(move || theus_lsp::serve(other, config));
        let mut client = Self {
            connection,
            server: Some(server),
            next: 0,
            capabilities: Value::Null,
            shown: BTreeMap::new(),
            published: 0,
            told: VecDeque::new(),
            library,
        };
        let result = client.request("initialize", start).unwrap();
        client.capabilities = result;
        client.notify("initialized", json!({}));
        client
    }

    pub(crate) fn notify(&self, method: &str, params: Value) {
        let method = method.to_owned();
        let message = Notification { method, params };
        self.connection.sender.send(message.into()).unwrap();
    }

    /// Asks, and does not wait.
    pub(crate) fn ask(&mut self, method: &str, params: Value) -> i32 {
        self.next += 1;
        let request = Request {
            id: self.next.into(),
            method: method.to_owned(),
            params,
        };
        self.connection.sender.send(request.into()).unwrap();
        self.next
    }

    pub(crate) fn request(
        &mut self,
        method: &str,
        params: Value,
    ) -> Result<Value, Value> {
        let id = self.ask(method, params);
        let answer = self.answer(id);
        if let Ok(value) = &answer {
            conforms(method, value);
        }
        answer
    }

    /// The answer to a question, whatever comes before it.
    pub(crate) fn answer(&mut self, wanted: i32) -> Result<Value, Value> {
        loop {
            match self.next_message() {
                Message::Response(Response {
                    id,
                    response_result,
                }) if id == wanted.into() => {
                    return response_result.map_err(
                        |error| json!({ "code": error.code, "message": error.message }),
                    );
                }
                other => self.take(other),
            }
        }
    }

    fn next_message(&self) -> Message {
        self.connection
            .receiver
            .recv_timeout(PATIENCE)
            .expect("the server does not hang")
    }

    /// Waits for a message of that method.
    pub(crate) fn wait_for(&mut self, method: &str) -> Value {
        loop {
            if let Some(at) = self.told.iter().position(|(told, _)| told == method) {
                return self.told.remove(at).unwrap().1;
            }
            let message = self.next_message();
            self.take(message);
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Notification(Notification { method, params }) => {
                if method == "textDocument/publishDiagnostics" {
                    same::<lsp::PublishDiagnosticsParams>(&params);
                    self.published += 1;
                    let uri = params["uri"].as_str().unwrap().to_owned();
                    self.shown.insert(uri, params["diagnostics"].clone());
                } else {
                    self.told.push_back((method, params));
                }
            }
            Message::Request(Request { id, method, params }) => {
                let answer = Response::new_ok(id, Value::Null);
                self.connection.sender.send(answer.into()).unwrap();
                self.told.push_back((method, params));
            }
            Message::Response(other) => panic!("{:?} was not asked", other.id),
        }
    }

    pub(crate) fn open(&mut self, name: &str, text: &str) -> String {
        let uri = uri(name);
        let document =
            json!({ "uri": uri, "languageId": "theus", "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
        uri
    }

    pub(crate) fn change(&mut self, uri: &str, version: i32, changes: Value) {
        let document = json!({ "uri": uri, "version": version });
        let params = json!({ "textDocument": document, "contentChanges": changes });
        self.notify("textDocument/didChange", params);
    }

    /// What is shown of a file now: the answer to any question comes after it.
    pub(crate) fn diagnostics(&mut self, uri: &str) -> Value {
        let params = json!({ "textDocument": { "uri": uri } });
        let _ = self.request("textDocument/foldingRange", params);
        self.shown.get(uri).cloned().unwrap_or_else(|| json!([]))
    }

    pub(crate) fn of(&mut self, method: &str, uri: &str) -> Result<Value, Value> {
        self.request(method, json!({ "textDocument": { "uri": uri } }))
    }

    pub(crate) fn at(
        &mut self,
        method: &str,
        uri: &str,
        line: u32,
        character: u32,
    ) -> Result<Value, Value> {
        let position = json!({ "line": line, "character": character });
        let params = json!({ "textDocument": { "uri": uri }, "position": position });
        self.request(method, params)
    }

    /// Ends the server as editors do.
    pub(crate) fn end(mut self) -> Ended {
        self.request("shutdown", Value::Null).unwrap();
        self.notify("exit", Value::Null);
        self.server.take().unwrap().join().unwrap()
    }
}

/// The line and column (UTF-16) of the n-th (from 0) place where a text has a part.
pub(crate) fn find(text: &str, part: &str, nth: usize) -> (u32, u32) {
    let (at, _) = text
        .match_indices(part)
        .nth(nth)
        .unwrap_or_else(|| panic!("no {part}"));
    position(text, at)
}

pub(crate) fn position(text: &str, at: usize) -> (u32, u32) {
    let before = &text[..at];
    let line = before.matches('\n').count();
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    let column = before[start..].encode_utf16().count();
    (u32::try_from(line).unwrap(), u32::try_from(column).unwrap())
}

/// Whether an answer is what the protocol says: types made from its model read it, and write
/// the same.
fn conforms(method: &str, value: &Value) {
    fn of<R: lsp::Request>(method: &str, value: &Value) -> bool {
        let named = serde_json::to_value(R::METHOD).unwrap();
        if named != *method {
            return false;
        }
        same::<R::Result>(value);
        true
    }
    let known = [
        of::<lsp::InitializeRequest>,
        of::<lsp::DocumentFormattingRequest>,
        of::<lsp::DocumentRangeFormattingRequest>,
        of::<lsp::DocumentOnTypeFormattingRequest>,
        of::<lsp::DocumentSymbolRequest>,
        of::<lsp::FoldingRangeRequest>,
        of::<lsp::SelectionRangeRequest>,
        of::<lsp::DefinitionRequest>,
        of::<lsp::ReferencesRequest>,
        of::<lsp::DocumentHighlightRequest>,
        of::<lsp::HoverRequest>,
        of::<lsp::PrepareRenameRequest>,
        of::<lsp::RenameRequest>,
        of::<lsp::WorkspaceSymbolRequest>,
        of::<lsp::CallHierarchyPrepareRequest>,
        of::<lsp::CallHierarchyIncomingCallsRequest>,
        of::<lsp::CallHierarchyOutgoingCallsRequest>,
        of::<lsp::InlayHintRequest>,
        of::<lsp::CodeLensRequest>,
        of::<lsp::CodeActionRequest>,
        of::<lsp::CompletionRequest>,
        of::<lsp::SignatureHelpRequest>,
        of::<lsp::SemanticTokensRequest>,
        of::<lsp::SemanticTokensRangeRequest>,
        of::<lsp::DocumentDiagnosticRequest>,
        of::<lsp::WorkspaceDiagnosticRequest>,
        of::<lsp::ShutdownRequest>,
    ];
    let own = method.starts_with("theus/");
    assert!(
        own || known.iter().any(|check| check(method, value)),
        "no check of {method}"
    );
}

fn same<T: DeserializeOwned + Serialize>(value: &Value) {
    let read: T = serde_json::from_value(value.clone())
        .unwrap_or_else(|error| panic!("{error}: {value:#}"));
    assert_eq!(
        without_null(&serde_json::to_value(read).unwrap()),
        without_null(value)
    );
}

/// Null and absent mean the same in members.
fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(_, value)| !value.is_null())
            .map(|(name, value)| (name.clone(), without_null(value)))
            .collect(),
        Value::Array(values) => values.iter().map(without_null).collect(),
        other => other.clone(),
    }
}
