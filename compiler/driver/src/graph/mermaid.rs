//! The graph in Mermaid, for documents that draw it themselves.

use std::fmt::Write as _;

use super::{Graph, Run};

impl Graph {
    /// A flowchart of data, and a state diagram for each pipeline with modes.
    pub fn mermaid(&self) -> String {
        let mut out = String::from("flowchart LR\n");
        for (context, fields) in &self.contexts {
            let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
            let fields = fields.join("<br/>");
            let _ = writeln!(out, "    c_{context}[(\"<b>{context}</b><br/>{fields}\")]");
        }
        let mut edges = String::new();
        for (n, pipeline) in self.pipelines.iter().enumerate() {
            let _ = writeln!(out, "    subgraph p{n} [\"{}\"]", pipeline.title());
            let (runs, streams) = (pipeline.runs.iter(), pipeline.streams.iter());
            let runs = runs.map(|run| (run, "[", "]"));
            let streams = streams.map(|run| (run, "[/", "/]"));
            for (at, (run, open, close)) in runs.chain(streams).enumerate() {
                let mode = run.mode.as_ref();
                let mode = mode.map_or(String::new(), |mode| format!("<br/>in {mode}"));
                let name = &run.process;
                let _ = writeln!(out, "        p{n}_{at}{open}\"{name}{mode}\"{close}");
                for context in Run::contexts(&run.reads) {
                    let _ = writeln!(edges, "    c_{context} --> p{n}_{at}");
                }
                for context in Run::contexts(&run.writes) {
                    let _ = writeln!(edges, "    p{n}_{at} ==> c_{context}");
                }
            }
            let _ = writeln!(out, "    end");
        }
        out += &edges;
        for pipeline in self.pipelines.iter().filter(|one| !one.modes.is_empty()) {
            out += "\nstateDiagram-v2\n";
            if let Some(first) = pipeline.modes.first() {
                let _ = writeln!(out, "    [*] --> {first}");
            }
            for (from, to, when) in &pipeline.changes {
                let colon = if when.is_empty() { "" } else { " : " };
                // What every mode may leave for is drawn from each of them.
                let all = pipeline.modes.iter().filter(|mode| *mode != to);
                let from: Vec<&String> = match from {
                    Some(from) => vec![from],
                    None => all.collect(),
                };
                for from in from {
                    let _ = writeln!(out, "    {from} --> {to}{colon}{when}");
                }
            }
        }
        out
    }
}
