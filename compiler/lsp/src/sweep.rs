//! `Sweep`: what is wrong in all files of the folders of an editor, one file after the other,
//! so that who types is answered in between.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};
use serde::Deserialize;
use serde_json::{Value, json};
use theus::Parses;

use crate::documents::Document;
use crate::features::diagnostics;
use crate::folder;
use crate::lines::Lines;
use crate::programs::Program;
use crate::uri;
use crate::wire::{Diagnostic, Failure, RequestId, params, value};
use crate::workspace;
use crate::world::World;

/// The question.
pub(crate) const METHOD: &str = "workspace/diagnostic";

/// A question that is being answered.
pub(crate) struct Sweep {
    pub(crate) id: RequestId,
    /// Files that have not been looked at, by URI.
    left: VecDeque<String>,
    /// The number of the answer that the editor has of a file.
    previous: IndexMap<String, String>,
    reports: Vec<Value>,
}

/// What was found in a file that is not open.
#[derive(Debug)]
pub(crate) struct Swept {
    /// The texts that it follows from; none if it may follow from what is not there.
    texts: Vec<(PathBuf, Arc<str>)>,
    number: u64,
    found: Vec<Diagnostic>,
}

impl Sweep {
    /// Begins to answer.
    pub(crate) fn new(
        world: &mut World,
        id: RequestId,
        given: Value,
    ) -> Result<Self, Failure> {
        #[derive(Deserialize)]
        struct Previous {
            uri: String,
            value: String,
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Given {
            #[serde(default)]
            previous_result_ids: Vec<Previous>,
        }
        let Given {
            previous_result_ids: known,
        } = params(given)?;
        let known = known.into_iter().map(|one| (one.uri, one.value));
        let previous: IndexMap<String, String> = known.collect();
        let files = workspace::files(&world.client.folders);
        let mut left: IndexSet<String> = world.open().into_iter().collect();
        left.extend(files.iter().map(|path| uri::of(path)));
        world.swept.retain(|uri, _| left.contains(uri));
        // What an editor shows of a file that is gone is to vanish.
        left.extend(previous.keys().cloned());
        Ok(Self {
            id,
            left: left.into_iter().collect(),
            previous,
            reports: Vec::new(),
        })
    }

    /// Looks at one more file; the answer once there is none.
    pub(crate) fn step(&mut self, world: &mut World) -> Option<Value> {
        let Some(uri) = self.left.pop_front() else {
            return Some(json!({ "items": std::mem::take(&mut self.reports) }));
        };
        let known = self.previous.get(&uri);
        let (version, number, found) = match world.documents.get(&uri) {
            Some(document) => {
                let version = document.version;
                let found = diagnostics::of(world, &uri).ok()?.swap_remove(&uri);
                let number = diagnostics::number(world, &uri, found.unwrap_or_default());
                let (_, found) = world.answered.get(&uri)?;
                (Some(version), number, found.as_slice())
            }
            None => match closed(world, &uri) {
                Some(swept) => (None, swept.number, swept.found.as_slice()),
                None if known.is_none() => return None,
                None => (None, 0, [].as_slice()),
            },
        };
        let id = number.to_string();
        self.reports.push(if known == Some(&id) {
            json!({ "kind": "unchanged", "uri": uri, "version": version, "resultId": id })
        } else {
            json!({
                "kind": "full", "uri": uri, "version": version, "resultId": id,
                "items": value(found),
            })
        });
        None
    }
}

/// What is wrong with a file that is not open: looked for again when one of its texts is another
/// one.
fn closed<'w>(world: &'w mut World, uri: &str) -> Option<&'w Swept> {
    let path = uri::path(uri)?;
    let known = world.swept.get(uri);
    let same = |(path, text): &(PathBuf, Arc<str>)| match world.documents.of_path(path) {
        Some((_, document)) => document.lines.text() == text,
        None => folder::read(path).is_ok_and(|now| *now == **text),
    };
    if !known.is_some_and(|known| !known.texts.is_empty() && known.texts.iter().all(same))
    {
        let number = known.map(|known| known.number);
        let (texts, found) = look(world, uri, path)?;
        let number = match (number, known) {
            (Some(number), Some(known)) if known.found == found => number,
            (Some(number), _) => number + 1,
            (None, _) => 0,
        };
        let swept = Swept {
            texts,
            number,
            found,
        };
        world.swept.insert(uri.to_owned(), swept);
    }
    world.swept.get(uri)
}

type Found = (Vec<(PathBuf, Arc<str>)>, Vec<Diagnostic>);

/// Analyses a file that is not open. `None` if there is none.
fn look(world: &World, uri: &str, path: PathBuf) -> Option<Found> {
    let text = folder::read(&path).ok()?;
    let document = Arc::new(Document {
        lines: Lines::new(text.into(), world.documents.encoding),
        path: Some(path),
        version: 0,
    });
    let mut parses = Parses::default();
    let program = Program::new(uri, &document, &world.documents, &mut parses);
    let mut all = diagnostics::by_file(world, uri, &program);
    let found = all.swap_remove(uri).unwrap_or_default();
    let sources = program.analysis.report.sources.iter();
    let texts = match program.misses() {
        true => Vec::new(),
        false => sources
            .filter_map(|source| {
                Some((program.path(source.id)?, Arc::clone(&source.text)))
            })
            .collect(),
    };
    Some((texts, found))
}
