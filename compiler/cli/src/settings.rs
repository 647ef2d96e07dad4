//! Values for globals: `--set path=value`, and config files.

use std::fs;
use std::io;
use std::path::Path;

use theus::Report;
use theus_diag::Code;
use theus_vm::{Vm, VmError};
use toml::Value;

use crate::problem::{boxed, plain};

/// Sets what the file says, then what the options say.
pub(crate) fn apply(
    vm: &mut Vm,
    config: Option<&Path>,
    options: &[String],
) -> Result<(), Box<Report>> {
    if let Some(path) = config {
        for (key, value) in read(path)? {
            vm.set_global(&key, value).map_err(|error| {
                let title = format!("`{}`: {}", path.display(), told(&error));
                boxed(plain(Code::BadConfig, title))
            })?;
        }
    }
    for option in options {
        let bad =
            |text: &str| plain(Code::BadOverride, format!("`--set {option}`{text}"));
        let Some((path, value)) = option.split_once('=') else {
            let help = "write `--set context.field=value`";
            return Err(boxed(bad(" has no value").help(help)));
        };
        vm.set_global(path.trim(), value.trim())
            .map_err(|error| boxed(bad(&format!(": {}", told(&error)))))?;
    }
    Ok(())
}

fn told(error: &VmError) -> String {
    match error {
        VmError::WrongZone { path, zone, .. } => {
            format!("`{path}` is a {zone} field: only globals are set at the start")
        }
        other => other.to_string(),
    }
}

/// Paths and values of a config file, in order of its text.
fn read(path: &Path) -> Result<Vec<(String, String)>, Box<Report>> {
    let bad = |text: String| {
        let title = format!("`{}` cannot be used: {text}", path.display());
        let help = "it has a table per context: `[plant]`, then `p.m0 = 1.4`";
        boxed(plain(Code::BadConfig, title).help(help))
    };
    let text = fs::read_to_string(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => bad("there is no such file".to_owned()),
        _ => bad(error.to_string()),
    })?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| {
        let start = error.span().map_or(0, |span| span.start);
        let line = text
            .bytes()
            .take(start)
            .filter(|byte| *byte == b'\n')
            .count()
            + 1;
        bad(format!("line {line}: {}", error.message()))
    })?;
    let mut settings = Vec::new();
    for (key, value) in &table {
        flatten(key, value, &mut settings).map_err(&bad)?;
    }
    Ok(settings)
}

/// Tables are parts of paths. TOML readers bound how deep tables nest.
fn flatten(
    path: &str,
    value: &Value,
    out: &mut Vec<(String, String)>,
) -> Result<(), String> {
    if let Value::Table(table) = value {
        for (key, value) in table {
            flatten(&format!("{path}.{key}"), value, out)?;
        }
        return Ok(());
    }
    // `[[arms]]`: the contexts of an array, in order.
    if let Value::Array(values) = value
        && !values.is_empty()
        && values.iter().all(Value::is_table)
    {
        for (at, value) in values.iter().enumerate() {
            flatten(&format!("{path}[{at}]"), value, out)?;
        }
        return Ok(());
    }
    out.push((path.to_owned(), literal(path, value)?));
    Ok(())
}

/// The value as it stands in Theus.
fn literal(path: &str, value: &Value) -> Result<String, String> {
    Ok(match value {
        Value::String(text) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Float(number) => format!("{number:?}").to_lowercase(),
        Value::Boolean(value) => value.to_string(),
        Value::Array(values) => {
            let parts: Result<Vec<_>, _> =
                values.iter().map(|value| literal(path, value)).collect();
            format!("[{}]", parts?.join(", "))
        }
        Value::Datetime(_) => {
            return Err(format!("`{path}` is a date, which Theus has not"));
        }
        Value::Table(_) => return Err(format!("`{path}` has a table inside an array")),
    })
}
