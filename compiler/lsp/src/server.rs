//! The thread that reads: it keeps the texts, and hands questions on.

use std::collections::VecDeque;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use crossbeam_channel::Sender;
use indexmap::{IndexMap, IndexSet};
use serde::Deserialize;
use serde_json::{Value, json};
use theus::Levels;

use crate::documents::Documents;
use crate::features;
use crate::lines::Encoding;
use crate::prover;
use crate::sweep;
use crate::transport;
use crate::uri;
use crate::wire::{
    Change, Connection, DocumentId, ErrorCode, Message, Notification, OfDocument, Opened,
    Request, RequestId, Response, params,
};
use crate::worker::{Shared, Task, Worker};
use crate::world::{Client, World};

/// Bytes of stack of the thread that answers.
const STACK: usize = 64 << 20;

/// What the server is told by whoever starts it.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where files of the library and pages of codes are written, for editors to open.
    pub library: PathBuf,
    /// How the compiler is called: `theusc`.
    pub program: String,
    /// What the project of a file says of lints; of a text that is in no file, nothing.
    pub levels: fn(Option<&Path>) -> Levels,
    /// How long nothing is typed before checks are proved.
    pub rest: Duration,
}

/// How a server has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// As the editor wanted.
    Well,
    /// The editor is gone without a word.
    Abandoned,
    /// What the editor has sent cannot be read, and why.
    Unreadable(String),
    /// It could not go on, and why.
    Failed(String),
}

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Well => f.write_str("the editor has ended the server"),
            Self::Abandoned => f.write_str("the editor is gone without a word"),
            Self::Unreadable(why) => {
                write!(f, "what the editor sends cannot be read: {why}")
            }
            Self::Failed(why) => f.write_str(why),
        }
    }
}

/// Serves an editor on the standard input and output.
pub fn stdio(config: Config) -> Ended {
    let (connection, threads) = match transport::stdio() {
        Ok(connected) => connected,
        Err(error) => return Ended::Failed(error.to_string()),
    };
    match serve(connection, config) {
        Ended::Abandoned => match threads.broken() {
            Some(why) => Ended::Unreadable(why),
            None => Ended::Abandoned,
        },
        Ended::Well => match threads.finish() {
            Ok(()) => Ended::Well,
            Err(why) => Ended::Failed(why),
        },
        ended => ended,
    }
}

/// Serves an editor until it has enough.
pub fn serve(connection: Connection, config: Config) -> Ended {
    let (id, start) = match connection.initialize_start() {
        Ok(start) => start,
        Err(error) if error.channel_is_disconnected() => return Ended::Abandoned,
        Err(_) => {
            return Ended::Unreadable("it does not begin with `initialize`".to_owned());
        }
    };
    let start = Start::of(&start);
    let result = json!({
        "capabilities": features::capabilities(start.encoding, start.client.pulls),
        "serverInfo": { "name": "theusc", "version": env!("CARGO_PKG_VERSION") },
    });
    let greeted = connection.initialize_finish(id, result);
    if let Err(error) = greeted {
        return match error.channel_is_disconnected() {
            true => Ended::Abandoned,
            false => Ended::Unreadable("no `initialized` follows".to_owned()),
        };
    }
    if start.watches {
        // Where nobody listens, the first read says so.
        let _ = connection.sender.send(watch().into());
    }
    let (tasks, receiver) = crossbeam_channel::unbounded();
    let shared = Arc::new(Shared::default());
    let (prover, jobs) = crossbeam_channel::unbounded();
    let (done, seen, rest) = (tasks.clone(), Arc::clone(&shared), config.rest);
    let proving = thread::Builder::new().name("theus-prover".to_owned());
    if let Err(error) = proving.spawn(move || prover::run(&jobs, &done, &seen, rest)) {
        return Ended::Failed(error.to_string());
    }
    let worker = Worker {
        world: World::new(config, start.client),
        tasks: receiver,
        out: connection.sender.clone(),
        shared: Arc::clone(&shared),
        shown: IndexMap::new(),
        touched: IndexSet::new(),
        stale: false,
        generation: 0,
        prover,
        asked: 0,
        sweeps: VecDeque::new(),
    };
    let builder = thread::Builder::new().name("theus-lsp".to_owned());
    let working = match builder.stack_size(STACK).spawn(move || worker.run()) {
        Ok(working) => working,
        Err(error) => return Ended::Failed(error.to_string()),
    };
    let reader = Reader {
        documents: Documents {
            encoding: start.encoding,
            ..Documents::default()
        },
        connection,
        tasks,
        shared,
        closing: false,
    };
    let end = reader.tasks.clone();
    let ended = reader.run();
    let _ = end.send(Task::End);
    match working.join() {
        Ok(()) => ended,
        Err(_) => Ended::Failed("the thread that answers has ended".to_owned()),
    }
}

/// Asks to be told when files change that are not open.
fn watch() -> Request {
    let files = ["**/*.theus", "**/theus.toml"];
    let watchers = files.map(|glob| json!({ "globPattern": glob }));
    let registration = json!({
        "id": "files",
        "method": "workspace/didChangeWatchedFiles",
        "registerOptions": { "watchers": watchers },
    });
    Request {
        id: "theus-watch".to_owned().into(),
        method: "client/registerCapability".to_owned(),
        params: json!({ "registrations": [registration] }),
    }
}

/// What an editor says at the start.
struct Start {
    encoding: Encoding,
    /// Can be asked to tell of files that change.
    watches: bool,
    client: Client,
}

impl Start {
    fn of(params: &Value) -> Self {
        let capability = |path: &str| params.pointer(&format!("/capabilities/{path}"));
        let is = |path: &str| capability(path).and_then(Value::as_bool) == Some(true);
        let encodings = capability("general/positionEncodings").and_then(Value::as_array);
        let utf8 = encodings.is_some_and(|all| all.iter().any(|one| one == "utf-8"));
        let folders = params.get("workspaceFolders").and_then(Value::as_array);
        let folders = folders.into_iter().flatten();
        let named = folders.filter_map(|folder| folder.get("uri")?.as_str());
        let root = params.get("rootUri").and_then(Value::as_str);
        let mut folders: Vec<PathBuf> = named.filter_map(uri::path).collect();
        if folders.is_empty() {
            folders.extend(root.and_then(uri::path));
        }
        Self {
            watches: is("workspace/didChangeWatchedFiles/dynamicRegistration"),
            encoding: if utf8 {
                Encoding::Utf8
            } else {
                Encoding::Utf16
            },
            client: Client {
                folders,
                pulls: is("workspace/diagnostics/refreshSupport")
                    && capability("textDocument/diagnostic").is_some(),
                refreshes_hints: is("workspace/inlayHint/refreshSupport"),
                snippets: is("textDocument/completion/completionItem/snippetSupport"),
                links: is("textDocument/publishDiagnostics/codeDescriptionSupport"),
                markdown: capability("textDocument/hover/contentFormat")
                    .and_then(Value::as_array)
                    .is_some_and(|all| all.iter().any(|one| one == "markdown")),
            },
        }
    }
}

struct Reader {
    documents: Documents,
    connection: Connection,
    tasks: Sender<Task>,
    shared: Arc<Shared>,
    /// Whether the editor has asked to end.
    closing: bool,
}

/// What a notification means for the loop.
enum Next {
    Go,
    End(Ended),
}

impl Reader {
    fn run(mut self) -> Ended {
        while let Ok(message) = self.connection.receiver.recv() {
            match message {
                Message::Request(request) => self.request(request),
                Message::Notification(told) => {
                    if let Next::End(ended) = self.notification(told) {
                        return ended;
                    }
                }
                // Nothing that the server asks has an answer of interest.
                Message::Response(_) => {}
            }
        }
        Ended::Abandoned
    }

    fn request(&mut self, request: Request) {
        let Request { id, method, params } = request;
        if self.closing {
            self.refuse(id, ErrorCode::InvalidRequest, "the server is ending");
        } else if method == "shutdown" {
            self.closing = true;
            self.send(Response::new_ok(id, Value::Null).into());
        } else if features::knows(&method) || method == sweep::METHOD {
            let _ = self.tasks.send(Task::Asked { id, method, params });
        } else {
            let why = format!("there is no method `{method}`");
            self.refuse(id, ErrorCode::MethodNotFound, &why);
        }
    }

    fn refuse(&self, id: RequestId, code: ErrorCode, why: &str) {
        self.send(Response::new_err(id, code as i32, why.to_owned()).into());
    }

    fn send(&self, message: Message) {
        let _ = self.connection.sender.send(message);
    }

    fn notification(&mut self, told: Notification) -> Next {
        let Notification { method, params } = told;
        match method.as_str() {
            "exit" => {
                let ended = if self.closing {
                    Ended::Well
                } else {
                    Ended::Abandoned
                };
                return Next::End(ended);
            }
            "textDocument/didOpen" => self.opened(params),
            "textDocument/didChange" => self.changed(params),
            "textDocument/didClose" => self.closed(params),
            "workspace/didChangeWatchedFiles" => self.watched(params),
            "$/cancelRequest" => self.cancelled(&params),
            _ => {}
        }
        Next::Go
    }

    fn opened(&mut self, told: Value) {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            text_document: Opened,
        }
        if let Ok(Told { text_document }) = params(told) {
            let uri = text_document.uri.clone();
            self.documents.open(text_document);
            self.hand_on(vec![uri]);
        }
    }

    fn changed(&mut self, told: Value) {
        #[derive(Deserialize)]
        struct Versioned {
            uri: String,
            version: i32,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Told {
            text_document: Versioned,
            content_changes: Vec<Change>,
        }
        if let Ok(told) = params::<Told>(told) {
            let Versioned { uri, version } = told.text_document;
            self.documents.change(&uri, version, told.content_changes);
            self.hand_on(vec![uri]);
        }
    }

    fn closed(&mut self, told: Value) {
        if let Ok(OfDocument { text_document }) = params(told) {
            self.documents.close(&text_document.uri);
            self.hand_on(vec![text_document.uri]);
        }
    }

    fn watched(&mut self, told: Value) {
        #[derive(Deserialize)]
        struct Told {
            changes: Vec<DocumentId>,
        }
        if let Ok(Told { changes }) = params(told) {
            self.hand_on(changes.into_iter().map(|file| file.uri).collect());
        }
    }

    fn cancelled(&self, told: &Value) {
        let id = told.get("id").cloned().unwrap_or_default();
        if let Ok(id) = serde_json::from_value::<RequestId>(id) {
            self.shared.cancel(&id);
        }
    }

    /// Tells the thread that answers of the texts as they are now.
    fn hand_on(&self, uris: Vec<String>) {
        let generation = self.shared.newest.fetch_add(1, Ordering::AcqRel) + 1;
        let documents = Arc::new(self.documents.clone());
        let _ = self.tasks.send(Task::Changed {
            generation,
            documents,
            uris,
        });
    }
}
