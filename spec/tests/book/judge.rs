//! Holds one case against what the compiler and the engines make of it.

use std::path::Path;

use theus::{InMemory, Level, Levels, Report, Text};
use theus_diag::Severity;
use theus_diag::render::Style;

use crate::case::Case;
use crate::engine::{Both, End, Ground};

/// A block that is not what it should be: where its body stands, if there is one, and its text.
#[derive(Clone, Debug)]
pub(crate) struct Stale {
    /// The block, or `None` for the block `text` that is missing after the program.
    pub(crate) block: Option<usize>,
    pub(crate) found: String,
}

/// What came of a case: what blessing would write, or what nothing can excuse.
pub(crate) type Verdict = Result<Vec<Stale>, String>;

/// Judges a case; `folder` is empty and its own.
pub(crate) fn judge(case: &Case<'_>, folder: &Path) -> Verdict {
    let mut sources = InMemory::new();
    for file in &case.files {
        let name = file.value("file").unwrap_or("");
        match name.strip_suffix(".theus") {
            Some(module) => {
                sources = sources.with(&module.replace('/', "."), file.program());
            }
            None => std::fs::write(folder.join(name), file.body)
                .map_err(|error| error.to_string())?,
        }
    }
    let text = Text::new("main", case.program.program());
    let settings = case
        .program
        .values("set")
        .filter_map(|set| set.split_once('='));
    let ground = Ground {
        text: &text.text,
        folder,
        settings: settings.collect(),
        strict: case.program.value("strict") != Some("off"),
        realtime: case.program.value("realtime") == Some("on"),
    };
    if case.program.value("check") == Some("contracts") {
        return contracts(case, &text, &sources);
    }
    if let Some(apart) = case.program.value("session") {
        let found = crate::cells::run(&text.text, &sources, folder, apart)?;
        codes(case, &found.report)?;
        let mut stale = Vec::new();
        compare(case, &found.text, &mut stale);
        return Ok(stale);
    }
    if let Some(asked) = case.program.value("lint") {
        return lints(case, text, &sources, asked);
    }
    let both = Both::compile(&text, &sources, ground.strict);
    let report = match &both {
        Ok(both) => both.program().warnings().clone(),
        Err(report) => (**report).clone(),
    };
    codes(case, &report)?;
    let mut stale = Vec::new();
    if let Ok(both) = &both {
        let end = behaves(case, both, &ground)?;
        if let Some(end) = end {
            let mut found = end.fields;
            if !end.story.starts_with("all ticks done") {
                found = format!("{}\n{found}", end.story);
            }
            compare(case, &found, &mut stale);
            written(case, folder, &mut stale)?;
        }
    }
    if !report.found.is_empty() {
        compare(case, &report.render(Style::default()), &mut stale);
    }
    Ok(stale)
}

/// What is known of each check; or the errors, if one always fails.
fn contracts(case: &Case<'_>, text: &Text, sources: &InMemory) -> Verdict {
    let (proofs, report) =
        theus::prove(text.clone(), sources).map_err(|report| report.to_string())?;
    codes(case, &report)?;
    let mut stale = Vec::new();
    if report.found.is_empty() {
        compare(case, &proofs.text(&|_, word| word.to_owned()), &mut stale);
    } else {
        compare(case, &report.render(Style::default()), &mut stale);
    }
    Ok(stale)
}

/// What the lints find; `asked` is `default`, or a lint or group that is silent otherwise.
fn lints(case: &Case<'_>, text: Text, sources: &InMemory, asked: &str) -> Verdict {
    let mut levels = Levels::default();
    if asked != "default" {
        let set = levels.set(asked, Level::Warn);
        set.map_err(|unknown| format!("no lint `{}`", unknown.name))?;
    }
    let report = theus::lint(text, sources, &levels);
    codes(case, &report)?;
    let mut stale = Vec::new();
    if !report.found.is_empty() {
        compare(case, &report.render(Style::default()), &mut stale);
    }
    Ok(stale)
}

/// Errors and warnings are those of the fence, in order.
fn codes(case: &Case<'_>, report: &Report) -> Result<(), String> {
    for (key, severity) in [("error", Severity::Error), ("warning", Severity::Warning)] {
        let of_kind = report
            .found
            .iter()
            .filter(|found| found.severity() == severity);
        let found: Vec<&str> = of_kind.map(|found| found.code.id()).collect();
        let wanted: Vec<&str> = case
            .program
            .values(key)
            .flat_map(|ids| ids.split(','))
            .collect();
        if found != wanted {
            let wanted = match wanted.is_empty() {
                true => "none".to_owned(),
                false => wanted.join(","),
            };
            return Err(format!(
                "{key}s: expected {wanted}, found:\n{}",
                report.render(Style::default())
            ));
        }
    }
    Ok(())
}

/// Runs what is to be run; gives the end of a run that is to be shown.
fn behaves(
    case: &Case<'_>,
    both: &Both,
    ground: &Ground<'_>,
) -> Result<Option<End>, String> {
    let fault = case.program.value("fault");
    let text = case.program.program();
    let expected_by_test =
        fault.is_some_and(|fault| text.contains(&format!("expect {fault}")));
    if let Some(pipeline) = case.program.value("run") {
        let ticks = case.program.value("ticks").unwrap_or("1");
        let ticks = ticks
            .parse()
            .map_err(|_| format!("ticks={ticks} is no number"))?;
        let end = both.run(ground, pipeline, ticks)?;
        return match fault {
            Some(_) => fails_with(&end, fault, "the run").map(|()| Some(end)),
            None => Ok(Some(end)),
        };
    }
    let tests = both.tests();
    for (index, name) in tests.iter().enumerate() {
        let end = both.test(ground, index)?;
        if fault.is_some() && !expected_by_test {
            fails_with(&end, fault, name)?;
        } else if !end.success {
            return Err(format!("test `{name}`: {}\n{}", end.story, end.fields));
        }
    }
    for index in 0..both.benches() {
        let end = both.bench(ground, index)?;
        if !end.success {
            return Err(format!("a bench: {}\n{}", end.story, end.fields));
        }
    }
    if both.properties() > 0 {
        return properties(case, both, ground);
    }
    if tests.is_empty() {
        let end = both.start(ground)?;
        match fault {
            Some(_) => fails_with(&end, fault, "the start")?,
            None if !end.success => return Err(end.story),
            None => {}
        }
    }
    Ok(None)
}

/// Tries all properties; gives the end of one that is to be broken.
fn properties(
    case: &Case<'_>,
    both: &Both,
    ground: &Ground<'_>,
) -> Result<Option<End>, String> {
    let fault = case.program.value("fault");
    let wanted = case.program.value("property").unwrap_or("held");
    for index in 0..both.properties() {
        let end = both.property(ground, index)?;
        if fault.is_some() {
            fails_with(&end, fault, "the property")?;
            return Ok(Some(end));
        }
        if end.story != wanted {
            let (story, fields) = (&end.story, &end.fields);
            return Err(format!("expected `{wanted}`, found: {story}\n{fields}"));
        }
    }
    Ok(None)
}

fn fails_with(end: &End, fault: Option<&str>, what: &str) -> Result<(), String> {
    match end.fault == fault {
        true => Ok(()),
        false => Err(format!(
            "{what}: expected the fault {}, found: {}",
            fault.unwrap_or("?"),
            end.story
        )),
    }
}

/// Text as it is compared: without blanks at line ends.
fn tidy(text: &str) -> String {
    let lines: Vec<&str> = text.trim_matches('\n').lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

fn compare(case: &Case<'_>, found: &str, stale: &mut Vec<Stale>) {
    let found = tidy(found);
    let block = case.expected;
    if block.is_none_or(|block| tidy(block.body) != found) {
        stale.push(Stale {
            block: block.map(|block| block.line),
            found,
        });
    }
}

fn written(case: &Case<'_>, folder: &Path, stale: &mut Vec<Stale>) -> Result<(), String> {
    for block in &case.outputs {
        let name = block.value("output").unwrap_or("");
        let found = std::fs::read_to_string(folder.join(name))
            .map_err(|error| format!("{name}: {error}"))?;
        if tidy(&found) != tidy(block.body) {
            stale.push(Stale {
                block: Some(block.line),
                found: tidy(&found),
            });
        }
    }
    Ok(())
}
