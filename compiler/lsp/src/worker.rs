//! The thread that analyses and answers, in the order in which it is asked.

use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};
use indexmap::{IndexMap, IndexSet};
use serde_json::Value;

use crate::documents::Documents;
use crate::features::{self, diagnostics};
use crate::prover::Job;
use crate::sweep::{self, Sweep};
use crate::wire::{
    self, Answer, ErrorCode, Failure, Message, Notification, Request, RequestId, Response,
};
use crate::world::World;

/// How many questions can be not wanted any more, and not answered yet.
const MOST_CANCELLED: usize = 1000;

/// How long a change waits for a question that comes with it.
const PAUSE: Duration = Duration::from_millis(3);

/// What the reading thread hands on.
pub(crate) enum Task {
    /// The texts are others: their state, and what has changed.
    Changed {
        generation: u64,
        documents: Arc<Documents>,
        uris: Vec<String>,
    },
    /// What is known of the checks of a program has been found out.
    Proved,
    /// There are no more.
    End,
    /// A question about the texts as they are.
    Asked {
        id: RequestId,
        method: String,
        params: Value,
    },
}

/// What both threads see: the newest state of the texts, and what is not wanted any more.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) newest: AtomicU64,
    cancelled: Mutex<BTreeSet<String>>,
}

impl Shared {
    pub(crate) fn cancel(&self, id: &RequestId) {
        let mut cancelled = self
            .cancelled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Some come after the answer: they are of no use, and must not pile up.
        if cancelled.len() > MOST_CANCELLED {
            cancelled.clear();
        }
        cancelled.insert(id.to_string());
    }

    /// Whether the texts have not changed since.
    pub(crate) fn is_newest(&self, generation: u64) -> bool {
        self.newest.load(Ordering::Acquire) == generation
    }

    fn take_cancelled(&self, id: &RequestId) -> bool {
        let mut cancelled = self
            .cancelled
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        cancelled.remove(&id.to_string())
    }
}

/// The state of the thread.
pub(crate) struct Worker {
    pub(crate) world: World,
    pub(crate) tasks: Receiver<Task>,
    pub(crate) out: Sender<Message>,
    pub(crate) shared: Arc<Shared>,
    /// What an editor shows of each file.
    pub(crate) shown: IndexMap<String, Vec<wire::Diagnostic>>,
    /// The files that the editor itself has changed since then.
    pub(crate) touched: IndexSet<String>,
    /// Whether what is shown may be old.
    pub(crate) stale: bool,
    pub(crate) generation: u64,
    pub(crate) prover: Sender<Job>,
    /// How many questions this thread has asked.
    pub(crate) asked: i32,
    /// Questions of all files: worked on while there is nothing else to do.
    pub(crate) sweeps: VecDeque<Sweep>,
}

impl Worker {
    /// Works until the reading thread ends.
    pub(crate) fn run(mut self) {
        let mut waiting = VecDeque::new();
        loop {
            waiting.extend(self.tasks.try_iter());
            let task = match waiting.pop_front() {
                Some(task) => task,
                // What is typed is often followed by a question that does not wait for it.
                None if self.stale => match self.tasks.recv_timeout(PAUSE) {
                    Ok(task) => task,
                    Err(_) => {
                        self.show();
                        self.prove();
                        continue;
                    }
                },
                None if !self.sweeps.is_empty() => {
                    self.sweep();
                    continue;
                }
                None => match self.tasks.recv() {
                    Ok(task) => task,
                    Err(_) => return,
                },
            };
            match task {
                Task::Changed {
                    generation,
                    documents,
                    uris,
                } => {
                    self.generation = generation;
                    let changed: IndexSet<String> = uris.into_iter().collect();
                    self.world.update(documents, &changed);
                    self.touched.extend(changed);
                    self.stale = true;
                }
                Task::Proved => {
                    self.stale = true;
                    if self.world.client.refreshes_hints {
                        self.ask("workspace/inlayHint/refresh");
                    }
                }
                Task::End => return,
                Task::Asked { id, method, params } if method == sweep::METHOD => {
                    match Sweep::new(&mut self.world, id.clone(), params) {
                        Ok(sweep) => self.sweeps.push_back(sweep),
                        Err(failure) => self.respond(id, Err(failure)),
                    }
                }
                Task::Asked { id, method, params } => {
                    // What is shown is as new as what is answered.
                    if self.stale && !features::is_urgent(&method) {
                        self.show();
                    }
                    self.answer(id, &method, params);
                    self.prove();
                }
            }
        }
    }

    /// Looks at one more file for who has asked for all of them.
    fn sweep(&mut self) {
        let Some(mut sweep) = self.sweeps.pop_front() else {
            return;
        };
        let answer = if self.shared.take_cancelled(&sweep.id) {
            Some(Err(cancelled()))
        } else {
            let mut answer = None;
            let done = self.guarded(|world| {
                answer = sweep.step(world);
                Ok(Value::Null)
            });
            match done {
                Ok(_) => answer.map(Ok),
                Err(failure) => Some(Err(failure)),
            }
        };
        match answer {
            Some(answer) => {
                self.respond(sweep.id, answer);
                let swept = |uri: &String| self.world.swept.contains_key(uri);
                self.stale |= self.shown.keys().any(swept);
                self.prove();
            }
            None => self.sweeps.push_front(sweep),
        }
    }

    /// Hands on the programs whose checks were asked for.
    fn prove(&mut self) {
        for uri in std::mem::take(&mut self.world.wanted) {
            if let Ok(program) = self.world.program(&uri) {
                let job = Job {
                    uri,
                    program,
                    documents: Arc::clone(&self.world.documents),
                    generation: self.generation,
                };
                let _ = self.prover.send(job);
            }
        }
    }

    /// Asks the editor for something that takes no parameters.
    fn ask(&mut self, method: &str) {
        self.asked += 1;
        let request = Request {
            id: format!("theus-{}", self.asked).into(),
            method: method.to_owned(),
            params: Value::Null,
        };
        self.send(request.into());
    }

    fn is_newest(&self) -> bool {
        self.shared.is_newest(self.generation)
    }

    fn answer(&mut self, id: RequestId, method: &str, params: Value) {
        let answer = if self.shared.take_cancelled(&id) {
            Err(cancelled())
        } else if !self.is_newest() && features::may_wait(method) {
            // Editors ask again; an answer about an old text is of no use to them.
            Err(Failure::new(
                ErrorCode::ContentModified,
                "the text has changed",
            ))
        } else {
            self.guarded(|world| features::answer(world, method, params))
        };
        self.respond(id, answer);
    }

    fn respond(&self, id: RequestId, answer: Answer) {
        let response = match answer {
            Ok(value) => Response::new_ok(id, value),
            Err(failure) => Response::new_err(id, failure.code, failure.message),
        };
        self.send(response.into());
    }

    /// Runs what may have a bug: it costs an answer, never the server.
    fn guarded(&mut self, work: impl FnOnce(&mut World) -> Answer) -> Answer {
        let world = &mut self.world;
        let done = catch_unwind(AssertUnwindSafe(|| work(world)));
        done.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str);
            let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
            let text = text.unwrap_or("no message");
            let why = format!("this is a bug in Theus, please report it: {text}");
            self.log(&why);
            Err(Failure::new(ErrorCode::InternalError, why))
        })
    }

    /// Tells the editor what is wrong, where that is not what it shows already. Gives up when
    /// the texts have changed again.
    fn show(&mut self) {
        let mut due: IndexMap<String, Vec<wire::Diagnostic>> = IndexMap::new();
        let (pulls, mut others) = (self.world.client.pulls, false);
        for uri in self.world.open() {
            if !self.is_newest() {
                return;
            }
            let mut found = IndexMap::new();
            let done = self.guarded(|world| {
                found = diagnostics::of(world, &uri)?;
                Ok(Value::Null)
            });
            if done.is_err() {
                continue;
            }
            for (file, found) in found {
                let own = file == uri;
                if own && pulls {
                    others |= self.is_other(&file, &found);
                    continue;
                }
                let open = self.world.documents.get(&file).is_some();
                // What is wrong with an open file is what is wrong with it alone. Who asks
                // of all files is not told as well: editors show both.
                let asked = self.world.swept.contains_key(&file);
                if own || !open && !asked && !due.contains_key(&file) {
                    due.insert(file, found);
                }
            }
        }
        self.stale = false;
        self.touched.clear();
        if others {
            self.ask("workspace/diagnostic/refresh");
        }
        let gone: Vec<String> = self
            .shown
            .keys()
            .filter(|uri| !due.contains_key(*uri))
            .cloned()
            .collect();
        due.extend(gone.into_iter().map(|uri| (uri, Vec::new())));
        for (uri, found) in due {
            if self.shown.get(&uri).is_some_and(|shown| *shown == found)
                || found.is_empty() && !self.shown.contains_key(&uri)
            {
                continue;
            }
            let open = self.world.documents.get(&uri);
            let version = open.map(|document| document.version);
            let params = serde_json::json!({
                "uri": uri, "version": version, "diagnostics": wire::value(&found),
            });
            self.notify("textDocument/publishDiagnostics", params);
            if open.is_some() || !found.is_empty() {
                self.shown.insert(uri, found);
            } else {
                self.shown.shift_remove(&uri);
            }
        }
    }

    /// Whether an editor that asks has been answered something else of a file, and does not ask
    /// again because it has changed the file itself.
    fn is_other(&self, uri: &str, found: &[wire::Diagnostic]) -> bool {
        let answered = self.world.answered.get(uri);
        !self.touched.contains(uri) && answered.is_some_and(|(_, old)| old != found)
    }

    fn log(&self, text: &str) {
        let params = serde_json::json!({ "type": 1, "message": text });
        self.notify("window/logMessage", params);
    }

    fn notify(&self, method: &str, params: Value) {
        let method = method.to_owned();
        self.send(Notification { method, params }.into());
    }

    /// Where the editor is gone, nobody misses the message.
    fn send(&self, message: Message) {
        let _ = self.out.send(message);
    }
}

/// What is answered to a question that is not wanted any more.
fn cancelled() -> Failure {
    Failure::new(ErrorCode::RequestCanceled, "cancelled")
}
