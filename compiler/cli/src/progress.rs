//! The progress bar: on a terminal only, and only when it takes long.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use theus_vm::Progress;

/// A run that ends sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// The bar is drawn this often.
const PACE: Duration = Duration::from_millis(100);

/// A bar that appears when it is needed.
#[derive(Debug)]
pub(crate) struct Bar {
    watched: bool,
    drawn: Duration,
    bar: Option<ProgressBar>,
}

impl Bar {
    /// A bar that nobody sees yet.
    pub(crate) fn new(watched: bool) -> Self {
        Self {
            watched,
            drawn: Duration::ZERO,
            bar: None,
        }
    }

    /// Tells how far the run is.
    pub(crate) fn update(&mut self, progress: Progress) {
        if !self.watched || progress.wall < PATIENCE || progress.wall < self.drawn + PACE
        {
            return;
        }
        self.drawn = progress.wall;
        let bar = self.bar.get_or_insert_with(|| start(progress));
        bar.set_position(progress.ticks);
    }

    /// Takes the bar away.
    pub(crate) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}

fn start(progress: Progress) -> ProgressBar {
    let target = ProgressDrawTarget::stderr();
    let (bar, template) = if progress.goal == u64::MAX {
        (
            ProgressBar::new_spinner(),
            "{spinner} {human_pos} ticks  {per_sec}  {elapsed}",
        )
    } else {
        let bar = ProgressBar::new(progress.goal);
        (
            bar,
            "{bar:40} {human_pos}/{human_len} ticks  {per_sec}  {eta} left",
        )
    };
    bar.set_draw_target(target);
    // A template that indicatif does not take leaves its own style.
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar.reset_eta();
    bar
}
