//! The graph as SVG: pipelines with their processes on the left, contexts with their fields on the
//! right, an edge for each field that a process, source or sink reads or writes.

use indexmap::{IndexMap, IndexSet};
use theus_draw::Sheet;
use theus_draw::sheet::{at, code_width, cut};

use super::{Graph, Pipeline, Run};

const EDGE: f64 = 24.0;
/// Between what is in a box and its sides, and between boxes.
const AIR: f64 = 12.0;
/// Height of a line of text.
const LINE: f64 = 18.0;
/// Of a box with one line.
const BOX: f64 = 28.0;
/// Between edges that leave one box.
const APART: f64 = 6.0;
/// Between processes and contexts.
const GAP: f64 = 220.0;
/// Sizes of letters.
const TEXT: f64 = 12.0;
const SMALL: f64 = 11.0;
/// Most letters of a line.
const LETTERS: usize = 56;

/// Where the edges of a field end: of reads, and of writes.
type Ports = IndexMap<String, f64>;

/// What a process does with a field.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Reads,
    Writes,
}

impl Does {
    const fn class(self) -> &'static str {
        match self {
            Self::Reads => "read",
            Self::Writes => "write",
        }
    }
}

/// What has been drawn.
struct Drawing {
    boxes: Sheet,
    edges: Sheet,
    /// Past the lowest box of the left side.
    bottom: f64,
    /// How wide the boxes of pipelines are.
    width: f64,
}

impl Graph {
    /// The drawing, as it may stand in a document.
    pub fn svg(&self) -> String {
        let left = self
            .pipelines
            .iter()
            .map(Pipeline::width)
            .fold(160.0, f64::max);
        let mut drawing = Drawing {
            boxes: Sheet::default(),
            edges: Sheet::default(),
            bottom: EDGE,
            width: left,
        };
        let right = self.contexts.iter().map(width_of).fold(120.0, f64::max);
        let (ports, end) = self.contexts(&mut drawing, right);
        for pipeline in &self.pipelines {
            drawing.pipeline(pipeline, &ports);
        }
        let bottom = drawing.bottom.max(end) + 6.0;
        drawing.legend(bottom);
        drawing.edges.add(&drawing.boxes);
        let names = self.pipelines.iter().map(|pipeline| pipeline.name.as_str());
        let names = names.collect::<Vec<_>>().join(", ");
        let width = EDGE + left + GAP + right + EDGE;
        let title = format!("what the processes of {names} read and write");
        drawing.edges.document(&title, (width, bottom + 30.0))
    }

    /// The contexts: where edges to their fields end, and where they end.
    fn contexts(&self, drawing: &mut Drawing, width: f64) -> (Ports, f64) {
        let (mut top, mut ports) = (EDGE, Ports::new());
        let x = EDGE + drawing.width + GAP;
        for (context, fields) in &self.contexts {
            let height = BOX + fields.len() as f64 * LINE + 4.0;
            drawing.boxes.rect("box", (x, top, width, height), 6.0);
            drawing.boxes.text(
                "code name",
                (x + AIR, top + 19.0),
                &cut(context, LETTERS),
            );
            let mut line = top + BOX + LINE / 2.0;
            for field in fields {
                let (name, place) = (cut(field, LETTERS), (x + AIR, line + 4.0));
                drawing.boxes.text("code small", place, &name);
                ports.insert(format!("{context}.{field}"), line);
                line += LINE;
            }
            top += height + AIR;
        }
        (ports, top)
    }
}

/// How wide the box of a context is.
fn width_of((context, fields): (&String, &IndexSet<String>)) -> f64 {
    let fields = fields
        .iter()
        .map(|field| code_width(&cut(field, LETTERS), SMALL));
    // The head has thick letters.
    let head = code_width(&cut(context, LETTERS), TEXT) * 1.04;
    fields.fold(head, f64::max) + 2.0 * AIR
}

/// What stands in a box: its step, if it is a process, and name, and its mode.
fn words(run: &Run, step: Option<usize>) -> (String, String) {
    let name = cut(&run.process, LETTERS);
    let name = match step {
        Some(step) => format!("{step}  {name}"),
        None => name,
    };
    let mode = run.mode.as_ref();
    (
        name,
        mode.map_or_else(String::new, |mode| format!("in {}", cut(mode, LETTERS))),
    )
}

impl Pipeline {
    fn head(&self) -> String {
        cut(&self.title(), LETTERS)
    }

    /// Its processes with their steps, then its sources and sinks.
    fn all(&self) -> impl Iterator<Item = (&Run, Option<usize>)> {
        let steps = self.steps().into_iter().map(Some);
        let streams = self.streams.iter().map(|run| (run, None));
        self.runs.iter().zip(steps).chain(streams)
    }

    /// How wide its box is.
    fn width(&self) -> f64 {
        let runs = self.all().map(|(run, step)| {
            let (name, mode) = words(run, step);
            code_width(&name, TEXT) + code_width(&mode, SMALL) + 6.0 * AIR
        });
        let lines = self
            .changes()
            .into_iter()
            .map(|line| code_width(&line, SMALL) + 2.0 * AIR);
        let head = code_width(&self.head(), TEXT) * 1.04 + 2.0 * AIR;
        runs.chain(lines).fold(head, f64::max)
    }

    /// From which mode it goes to which, and when: a condition that is long has its own lines.
    fn changes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for (from, to, when) in &self.changes {
            let from = from.as_deref().unwrap_or("any mode");
            let way = format!("{from} → {to}");
            let whole = format!("{way} when {when}");
            if when.is_empty() {
                lines.push(cut(&way, LETTERS));
            } else if whole.chars().count() <= LETTERS {
                lines.push(whole);
            } else {
                lines.push(cut(&way, LETTERS));
                lines.extend(folded(&format!("when {when}")));
            }
        }
        lines
    }
}

/// A text in lines, each behind two blanks; a word that is too long is cut.
fn folded(text: &str) -> Vec<String> {
    let (mut lines, mut line) = (Vec::new(), String::new());
    for word in text.split(' ') {
        let is_full = line.chars().count() + word.chars().count() + 3 > LETTERS;
        if is_full && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
        }
        // Blanks at the beginning of a text are not shown.
        line.push_str(if line.is_empty() { "\u{a0}\u{a0}" } else { " " });
        line.push_str(&cut(word, LETTERS - 2));
    }
    lines.push(line);
    lines
}

impl Drawing {
    fn pipeline(&mut self, pipeline: &Pipeline, ports: &Ports) {
        let top = self.bottom;
        let mut group = Sheet::default();
        std::mem::swap(&mut group, &mut self.boxes);
        let mut y = top + 32.0;
        for (run, step) in pipeline.all() {
            y += self.run(run, step, y, ports) + 8.0;
        }
        for line in pipeline.changes() {
            self.boxes.text("code small", (EDGE + AIR, y + 12.0), &line);
            y += LINE;
        }
        let place = (EDGE, top, self.width, y + 4.0 - top);
        // The box of the pipeline is below those of its processes, and below the edges.
        self.edges.rect("group", place, 8.0);
        std::mem::swap(&mut group, &mut self.boxes);
        self.boxes
            .text("code name", (EDGE + AIR, top + 21.0), &pipeline.head());
        self.boxes.add(&group);
        self.bottom = y + 4.0 + AIR;
    }

    /// A process with its edges; how high its box is.
    fn run(&mut self, run: &Run, step: Option<usize>, top: f64, ports: &Ports) -> f64 {
        let all = [(Does::Reads, &run.reads), (Does::Writes, &run.writes)];
        let mut edges: Vec<(f64, Does)> = Vec::new();
        for (does, fields) in all {
            let ends = fields.iter().filter_map(|field| ports.get(field));
            // A field that is read and written has two ends.
            let shift = if does == Does::Reads { -3.0 } else { 3.0 };
            edges.extend(ends.map(|end| (end + shift, does)));
        }
        // Edges leave in the order in which they end: those of one box do not cross.
        edges.sort_by(|one, other| one.0.total_cmp(&other.0));
        let height = BOX.max((edges.len() as f64 + 1.0) * APART);
        let (x, width) = (EDGE + AIR / 2.0, self.width - AIR);
        self.boxes.rect("box", (x, top, width, height), 6.0);
        let (name, mode) = words(run, step);
        let line = top + height / 2.0 + 4.0;
        self.boxes.text("code name", (x + AIR, line), &name);
        if !mode.is_empty() {
            self.boxes
                .text("code small end", (x + width - AIR, line), &mode);
        }
        let first = top + (height - (edges.len() as f64 - 1.0) * APART) / 2.0;
        let starts = (0..edges.len()).map(|n| (n as f64).mul_add(APART, first));
        for (start, (end, does)) in starts.zip(&edges) {
            self.edge(*does, (x + width, start), *end);
        }
        height
    }

    /// An edge, with a tip where the value goes.
    fn edge(&mut self, does: Does, (from, start): (f64, f64), end: f64) {
        let (to, class) = (EDGE + self.width + GAP, does.class());
        let half = f64::midpoint(from, to);
        let (from_x, to_x) = (at(from), at(to));
        let (start_y, end_y, half) = (at(start), at(end), at(half));
        let path =
            format!("M{from_x} {start_y}C{half} {start_y} {half} {end_y} {to_x} {end_y}");
        self.edges.path(&format!("edge {class}"), &path);
        // Tips are on top of the boxes that they point to.
        let tip = match does {
            Does::Reads => format!("M{from_x} {start_y}l6 -2.5v5z"),
            Does::Writes => format!("M{to_x} {end_y}l-6 -2.5v5z"),
        };
        self.boxes.path(&format!("tip-{class}"), &tip);
    }

    fn legend(&mut self, y: f64) {
        let mut x = EDGE;
        for (does, text) in [(Does::Reads, "reads"), (Does::Writes, "writes")] {
            let class = does.class();
            let line = format!("M{} {}h22", at(x), at(y + 8.0));
            self.boxes.path(&format!("edge {class}"), &line);
            self.boxes.text("small", (x + 28.0, y + 12.0), text);
            x += 80.0;
        }
        let text = "a number is the earliest step in which a process may run";
        self.boxes.text("small", (x, y + 12.0), text);
    }
}
