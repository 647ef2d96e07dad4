//! SARIF 2.1.0, for code-review services.

use serde::Serialize;
use theus_grammar::{Source, Span};

use super::place::{position, snap, source};
use crate::code::{Code, Severity};
use crate::diagnostic::{Diagnostic, Label};

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text<'static>,
    full_description: Text<'static>,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    level: &'static str,
    message: Message,
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Fix<'a>>,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    physical_location: Physical<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical<'a> {
    artifact_location: Artifact<'a>,
    region: Region,
}

#[derive(Serialize)]
struct Artifact<'a> {
    uri: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
    byte_offset: usize,
    byte_length: usize,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fix<'a> {
    description: Text<'a>,
    artifact_changes: Vec<Change<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change<'a> {
    artifact_location: Artifact<'a>,
    replacements: [Replacement<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement<'a> {
    deleted_region: Region,
    inserted_content: Text<'a>,
}

/// The log, indented, with a line break at its end.
pub fn render(found: &[Diagnostic], sources: &[Source]) -> String {
    let mut codes: Vec<Code> = found.iter().map(|found| found.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let driver = Driver {
        name: "theusc",
        version: env!("CARGO_PKG_VERSION"),
        rules: codes.into_iter().map(rule).collect(),
    };
    let log = Log {
        schema: "https://json.schemastore.org/sarif-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool { driver },
            column_kind: "unicodeCodePoints",
            results: found.iter().map(|found| finding(found, sources)).collect(),
        }],
    };
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(code: Code) -> Rule {
    Rule {
        id: code.id(),
        short_description: Text { text: code.title() },
        full_description: Text {
            text: crate::explain(code).unwrap_or(code.title()),
        },
        default_configuration: Configuration {
            level: level(code.severity()),
        },
    }
}

const fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn finding<'a>(found: &'a Diagnostic, sources: &'a [Source]) -> Finding<'a> {
    let text = if found.primary.text.is_empty() {
        found.title.clone()
    } else {
        format!("{}: {}", found.title, found.primary.text)
    };
    let help = found.help.iter().map(|help| format!("\nhelp: {help}"));
    Finding {
        rule_id: found.code.id(),
        level: level(found.severity()),
        message: Message {
            text: text + &help.collect::<String>(),
        },
        locations: location(&found.primary, false, sources)
            .into_iter()
            .collect(),
        related_locations: found
            .labels
            .iter()
            .filter_map(|label| location(label, true, sources))
            .collect(),
        fixes: found.fixes.iter().map(|one| fix(one, sources)).collect(),
    }
}

fn location<'a>(
    label: &'a Label,
    text: bool,
    sources: &'a [Source],
) -> Option<Location<'a>> {
    let (uri, region) = region(label.span, sources)?;
    Some(Location {
        physical_location: Physical {
            artifact_location: Artifact { uri },
            region,
        },
        message: text.then_some(Text { text: &label.text }),
    })
}

fn fix<'a>(fix: &'a crate::Fix, sources: &'a [Source]) -> Fix<'a> {
    let changes = fix.edits.iter().filter_map(|(span, text)| {
        let (uri, deleted_region) = region(*span, sources)?;
        let replacement = Replacement {
            deleted_region,
            inserted_content: Text { text },
        };
        Some(Change {
            artifact_location: Artifact { uri },
            replacements: [replacement],
        })
    });
    Fix {
        description: Text { text: &fix.title },
        artifact_changes: changes.collect(),
    }
}

fn region(span: Span, sources: &[Source]) -> Option<(&str, Region)> {
    let source = source(span, sources)?;
    let range = snap(source, span);
    let (start_line, start_column) = position(source, range.start);
    let (end_line, end_column) = position(source, range.end);
    let (byte_offset, byte_length) = (range.start, range.len());
    let region = Region {
        start_line,
        start_column,
        end_line,
        end_column,
        byte_offset,
        byte_length,
    };
    Some((&source.name, region))
}
