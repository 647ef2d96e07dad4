//! What generated programs have beside the context `c`: a table of scenes, each with a context
//! and processes of its own, with items for the pipeline, and with pipelines and tests of its own.
//!
//! Holes are those of statements; `$I` is all fields of `c`, as inputs.

mod flows;
mod places;

use std::fmt::Write as _;

use crate::program::Gen;

/// Something that stands by itself in a program.
#[derive(Debug)]
pub(crate) struct Scene {
    pub(crate) name: &'static str,
    /// Contexts, functions and processes.
    items: &'static str,
    /// Items of the pipeline, of which one is taken.
    lines: &'static [&'static str],
    /// Pipelines and tests, of which one is taken.
    tests: &'static [&'static str],
}

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Scene> {
    let tables = [places::SCENES, flows::SCENES];
    tables.into_iter().flatten()
}

impl Gen {
    /// Writes what the scenes of the program declare; gives their items of the pipeline.
    pub(crate) fn scenes(&mut self, out: &mut String) -> Vec<String> {
        let mut lines = Vec::new();
        for scene in self.scenes.clone() {
            self.used.insert(scene.name);
            self.filled(out, "", scene.items);
            if let Some(line) = self.rng.pick(scene.lines).copied() {
                lines.push(self.fill(line));
            }
            if let Some(test) = self.rng.pick(scene.tests).copied() {
                let test = self.fill(test);
                let _ = writeln!(self.after, "{test}");
            }
        }
        lines
    }
}
