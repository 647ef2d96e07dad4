//! Drawings of the text with its labels. The one place that knows miette.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents,
    SourceCode, SourceSpan, SpanContents,
};
use theus_grammar::Source;

use super::place::{harmless, line_bounds, position, said, source, visible};
use super::{Style, View, plain};
use crate::code::Severity;
use crate::diagnostic::Label;

/// Longest line that is drawn, in bytes; a longer one is quoted in part.
const LONGEST: usize = 400;

/// The whole diagnostic: a header, a drawing per file, help and fixes.
pub fn render(found: View<'_>, sources: &[Source], style: Style) -> String {
    let drawable = found.all_labels().all(|label| {
        source(label.span, sources).is_some_and(|source| {
            !source.text.trim().is_empty() && !plain::is_long(source, label.span, LONGEST)
        })
    });
    if !drawable {
        return plain::render(found, sources, style.width);
    }
    let mut out = header(found, style) + "\n";
    for labels in groups(found, sources) {
        if let Some(source) = labels.first().and_then(|one| source(one.span, sources)) {
            out += &drawing(found.severity, source, &labels, style);
        }
    }
    out + &plain::notes(found, sources, style.width)
}

/// Labels that are drawn together: those near the primary one first, then the others by
/// file and place.
fn groups<'a>(found: View<'a>, sources: &[Source]) -> Vec<Vec<&'a Label>> {
    let mut rest: Vec<&Label> = found.labels.iter().collect();
    rest.sort_by_key(|label| label.span);
    let mut groups = vec![vec![found.primary]];
    while let Some(group) = groups.last_mut() {
        let near = |label: &&Label| group.iter().any(|one| are_near(one, label, sources));
        match rest.iter().position(near) {
            Some(at) => group.push(rest.remove(at)),
            None if rest.is_empty() => break,
            None => groups.push(vec![rest.remove(0)]),
        }
    }
    groups
}

/// Whether no line is left out between two labels, each with its lines before and after.
fn are_near(a: &Label, b: &Label, sources: &[Source]) -> bool {
    let lines = |label: &Label| {
        let source = source(label.span, sources)?;
        let range = visible(source, label.span);
        Some((
            position(source, range.start).0,
            position(source, range.end).0,
        ))
    };
    let Some(((a_first, a_last), (b_first, b_last))) = lines(a).zip(lines(b)) else {
        return false;
    };
    a.span.file == b.span.file && b_first <= a_last + 3 && a_first <= b_last + 3
}

fn header(found: View<'_>, style: Style) -> String {
    let text = plain::header(found);
    if !style.color {
        return text;
    }
    let color = match found.severity {
        Severity::Error => "31",
        Severity::Warning => "33",
    };
    let (head, title) = text.split_once(": ").unwrap_or((&text, ""));
    format!("\x1b[1;{color}m{head}\x1b[0m\x1b[1m: {title}\x1b[0m")
}

fn drawing(
    severity: Severity,
    source: &Source,
    labels: &[&Label],
    style: Style,
) -> String {
    let part = excerpt(source, labels);
    let text = harmless(source.text.get(part.clone()).unwrap_or(""));
    let shown = Shown {
        severity,
        source,
        base: part.start,
        text,
        labels,
    };
    let theme = if style.color {
        GraphicalTheme::unicode()
    } else {
        GraphicalTheme::unicode_nocolor()
    };
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_width(style.width.max(40))
        .with_links(false)
        .without_cause_chain();
    let mut out = String::new();
    if handler.render_report(&mut out, &shown).is_err() {
        return labels
            .iter()
            .map(|label| format!("  {}\n", said(&label.text)))
            .collect();
    }
    // The first line is the empty message of `Shown`.
    out.split_once('\n')
        .map_or(String::new(), |(_, rest)| rest.to_owned())
}

/// The lines of all labels, with one before and one after.
fn excerpt(source: &Source, labels: &[&Label]) -> Range<usize> {
    let text = &*source.text;
    let ranges = labels.iter().map(|label| visible(source, label.span));
    let whole = ranges.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
    let whole = whole.unwrap_or(0..0);
    let first = line_bounds(text, whole.start).start;
    let last = line_bounds(text, whole.end).end;
    let before = line_bounds(text, first.saturating_sub(1)).start;
    let after = line_bounds(text, last.saturating_add(1).min(text.len())).end;
    before..after
}

/// One drawing, as miette wants to see it. Its offsets count from `base`.
#[derive(Debug)]
struct Shown<'a> {
    severity: Severity,
    source: &'a Source,
    base: usize,
    text: Cow<'a, str>,
    labels: &'a [&'a Label],
}

impl Shown<'_> {
    /// The range of a label in the excerpt.
    fn local(&self, label: &Label) -> Range<usize> {
        let range = visible(self.source, label.span);
        range.start.saturating_sub(self.base)..range.end.saturating_sub(self.base)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Shown<'_> {}

impl miette::Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let ranges: Vec<_> = self.labels.iter().map(|label| self.local(label)).collect();
        let shown = self.labels.iter().zip(0..).map(move |(label, at)| {
            let range = apart(&self.text, &ranges, at);
            let span = SourceSpan::new(range.start.into(), range.len());
            let text = Some(said(&label.text)).filter(|text| !text.is_empty());
            if at == 0 {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        });
        Some(Box::new(shown))
    }
}

/// The range of a label; of one that contains another, its first word: lines under lines
/// cannot be told apart.
fn apart(text: &str, ranges: &[Range<usize>], at: usize) -> Range<usize> {
    let Some(range) = ranges.get(at).cloned() else {
        return 0..0;
    };
    let inside = |other: &Range<usize>| {
        *other != range && range.start <= other.start && other.end <= range.end
    };
    if !ranges.iter().any(inside) {
        return range;
    }
    let own = text.get(range.clone()).unwrap_or("");
    let word = own
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(own.len());
    let first = own.chars().next().map_or(0, char::len_utf8);
    range.start..range.start + word.max(first)
}

impl SourceCode for Shown<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let text = &*self.text;
        let (from, to) = (span.offset(), span.offset().saturating_add(span.len()));
        if to > text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let mut start = line_bounds(text, from).start;
        for _ in 0..before {
            start = line_bounds(text, start.saturating_sub(1)).start;
        }
        let mut end = line_bounds(text, to).end;
        for _ in 0..after {
            end = line_bounds(text, end.saturating_add(1).min(text.len())).end;
        }
        // As miette has it: without context, the data is the span itself.
        let (mut first, mut column) = (start, 0);
        if before == 0 {
            first = from;
            column = position(self.source, self.base + from).1.saturating_sub(1);
        }
        if after == 0 {
            end = to;
        }
        let (line, _) = position(self.source, self.base + first);
        let data = text
            .as_bytes()
            .get(first..end)
            .ok_or(MietteError::OutOfBounds)?;
        let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
        Ok(Box::new(MietteSpanContents::new_named(
            (*self.source.name).to_owned(),
            data,
            SourceSpan::new(first.into(), data.len()),
            line.saturating_sub(1),
            column,
            lines,
        )))
    }
}
