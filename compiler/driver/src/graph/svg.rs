//! The graph as SVG: pipelines with their processes on the left, contexts on the right, an
//! edge for each context that a process reads (thin) or writes (thick).

use std::fmt::Write as _;

use super::{Graph, Pipeline, Run};

const ROW: usize = 30;
const LEFT: usize = 24;
const WIDTH: usize = 240;
const GAP: usize = 200;
const TOP: usize = 24;

const STYLE: &str = "text{font:13px sans-serif;fill:#1a1a1a}.head{font-weight:600}\
    .small{font-size:11px;fill:#555}.box{fill:#fff;stroke:#8a8a8a}\
    .group{fill:#f4f6f8;stroke:#c3c9d0}.read{fill:none;stroke:#2f6fb0;stroke-width:1}\
    .write{fill:none;stroke:#b0452f;stroke-width:2.2}";

/// What has been drawn.
#[derive(Default)]
struct Drawing {
    boxes: String,
    edges: String,
    /// Past the lowest box of the left side.
    bottom: usize,
}

impl Graph {
    /// The drawing, as it may stand in a document.
    pub fn svg(&self) -> String {
        let mut drawing = Drawing {
            bottom: TOP,
            ..Drawing::default()
        };
        let (middles, right) = self.contexts(&mut drawing);
        for pipeline in &self.pipelines {
            drawing.pipeline(pipeline, &|name| {
                let at = self.contexts.get_index_of(name)?;
                middles.get(at).copied()
            });
        }
        let height = drawing.bottom.max(right) + TOP;
        let width = LEFT + WIDTH + GAP + WIDTH + LEFT;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
             width=\"{width}\" height=\"{height}\">\n<style>{STYLE}</style>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>\n{}{}</svg>\n",
            drawing.edges, drawing.boxes
        )
    }

    /// The contexts; the middle of each, and where they end.
    fn contexts(&self, drawing: &mut Drawing) -> (Vec<usize>, usize) {
        let (mut at, mut middles) = (TOP, Vec::new());
        let x = LEFT + WIDTH + GAP;
        for (context, fields) in &self.contexts {
            let height = ROW + fields.len() * 18;
            drawing.rect("box", (x, at, WIDTH, height));
            drawing.text("head", (x + 12, at + 20), context);
            for (field, n) in fields.iter().zip(0..) {
                drawing.text("small", (x + 12, at + 38 + n * 18), field);
            }
            middles.push(at + height / 2);
            at += height + 16;
        }
        (middles, at)
    }
}

impl Drawing {
    fn pipeline(&mut self, pipeline: &Pipeline, context: &dyn Fn(&str) -> Option<usize>) {
        let steps = pipeline.steps();
        let top = self.bottom;
        let height = 32 + pipeline.runs.len() * (ROW + 10) + pipeline.changes.len() * 18;
        self.rect("group", (LEFT - 12, top, WIDTH + 24, height));
        self.text(
            "head",
            (LEFT, top + 20),
            &format!("pipeline {}", pipeline.name),
        );
        let mut at = top + 30;
        for (run, step) in pipeline.runs.iter().zip(steps) {
            self.rect("box", (LEFT, at, WIDTH, ROW));
            let mode = run
                .mode
                .as_ref()
                .map_or(String::new(), |mode| format!(" in {mode}"));
            self.text(
                "",
                (LEFT + 12, at + 20),
                &format!("{step}  {}{mode}", run.process),
            );
            for (class, fields) in [("read", &run.reads), ("write", &run.writes)] {
                let shift = if class == "read" { 10 } else { 20 };
                for name in Run::contexts(fields) {
                    if let Some(to) = context(name) {
                        self.edge(class, at + shift, to);
                    }
                }
            }
            at += ROW + 10;
        }
        for (from, to, when) in &pipeline.changes {
            let from = from.as_deref().unwrap_or("any mode");
            let when = if when.is_empty() {
                String::new()
            } else {
                format!(" when {when}")
            };
            self.text("small", (LEFT, at + 12), &format!("{from} → {to}{when}"));
            at += 18;
        }
        self.bottom = top + height + 16;
    }

    fn rect(&mut self, class: &str, (x, y, width, height): (usize, usize, usize, usize)) {
        let _ = writeln!(
            self.boxes,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" \
             rx=\"5\"/>"
        );
    }

    fn text(&mut self, class: &str, (x, y): (usize, usize), text: &str) {
        let text = escaped(text);
        let _ = writeln!(
            self.boxes,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }

    fn edge(&mut self, class: &str, from: usize, to: usize) {
        let (left, right) = (LEFT + WIDTH, LEFT + WIDTH + GAP);
        let half = usize::midpoint(left, right);
        let _ = writeln!(
            self.edges,
            "<path class=\"{class}\" d=\"M{left} {from}C{half} {from} {half} {to} {right} {to}\"/>"
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
