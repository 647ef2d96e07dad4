//! The thread that proves checks: it may take long, and nobody waits for it.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, Sender};

use crate::documents::Documents;
use crate::programs::Program;
use crate::worker::{Shared, Task};

/// A program whose checks are to be proved.
pub(crate) struct Job {
    pub(crate) uri: String,
    pub(crate) program: Arc<Program>,
    pub(crate) documents: Arc<Documents>,
    pub(crate) generation: u64,
}

/// How long nothing is typed before it begins, for people.
pub const REST: Duration = Duration::from_millis(120);

/// Proves until nobody asks any more.
pub(crate) fn run(
    jobs: &Receiver<Job>,
    done: &Sender<Task>,
    shared: &Shared,
    rest: Duration,
) {
    let mut rested = None;
    for job in jobs {
        if rested != Some(job.generation) && shared.is_newest(job.generation) {
            thread::sleep(rest);
            rested = Some(job.generation);
        }
        // Hints are asked for more often than programs change.
        if !shared.is_newest(job.generation) || job.program.proofs.get().is_some() {
            continue;
        }
        let proofs = job.program.prove(&job.uri, &job.documents);
        if job.program.proofs.set(proofs).is_ok() && done.send(Task::Proved).is_err() {
            return;
        }
    }
}
