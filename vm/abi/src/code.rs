//! `Code`: whatever can run the functions of an image: machine code or the interpreter.

use crate::host::Host;
use crate::memory::Memory;

/// Executable functions of a program.
pub trait Code {
    /// Runs function `func` (an index into `Image::functions`), which has no parameters and
    /// returns one `i32` status. A function that does not exist, and a broken promise found
    /// by the interpreter, is an `Err` with a text for the bug report.
    fn call(
        &mut self,
        func: u32,
        memory: &mut Memory,
        host: &mut dyn Host,
    ) -> Result<i32, String>;
}
