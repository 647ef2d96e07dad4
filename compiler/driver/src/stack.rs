//! Work on a stack of known size, so that the depth limits of the stages hold wherever the
//! caller is called from.

use std::any::Any;
use std::thread;

/// Bytes of stack for all stages.
const STACK: usize = 64 << 20;

/// The result of `work`; an error with a text if it has panicked, which is a bug.
pub(crate) fn large<T: Send>(work: impl FnOnce() -> T + Send) -> Result<T, String> {
    thread::scope(|scope| {
        let builder = thread::Builder::new()
            .name("theus".to_owned())
            .stack_size(STACK);
        let worker = builder
            .spawn_scoped(scope, work)
            .map_err(|error| error.to_string())?;
        worker.join().map_err(|panic| message(&*panic))
    })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a stage has panicked").to_owned()
}
