//! A recorded session as text: what was asked, where, and what was answered.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::client::{Client, find};

/// A session over one text.
pub(crate) struct Record {
    pub(crate) client: Client,
    pub(crate) uri: String,
    text: String,
    out: String,
}

impl Record {
    pub(crate) fn new(text: &str) -> Self {
        let mut client = Client::new();
        let uri = client.open("main", text);
        Self {
            client,
            uri,
            text: text.to_owned(),
            out: String::new(),
        }
    }

    pub(crate) fn diagnostics(&mut self) {
        let found = self.client.diagnostics(&self.uri);
        self.write("diagnostics", "", Ok(found));
    }

    pub(crate) fn of(&mut self, method: &str) {
        let answer = self.client.of(&format!("textDocument/{method}"), &self.uri);
        self.write(method, "", answer);
    }

    /// Asks at the n-th place of a part of the text, so many characters after its start.
    pub(crate) fn at(&mut self, method: &str, part: &str, nth: usize, after: u32) {
        let _ = self.at_with(method, part, nth, after, json!({}));
    }

    pub(crate) fn at_with(
        &mut self,
        method: &str,
        part: &str,
        nth: usize,
        after: u32,
        more: Value,
    ) -> Result<Value, Value> {
        let (line, character) = find(&self.text, part, nth);
        let mut params = json!({
            "textDocument": { "uri": self.uri },
            "position": { "line": line, "character": character + after },
        });
        for (name, value) in more.as_object().unwrap() {
            params[name] = value.clone();
        }
        let method = if method.contains('/') {
            method.to_owned()
        } else {
            format!("textDocument/{method}")
        };
        let answer = self.client.request(&method, params);
        let place = format!(" at `{part}`+{after}");
        self.write(
            method.trim_start_matches("textDocument/"),
            &place,
            answer.clone(),
        );
        answer
    }

    /// Asks of the lines of a part of the text.
    pub(crate) fn range(
        &mut self,
        method: &str,
        part: &str,
        more: Value,
    ) -> Result<Value, Value> {
        let (line, character) = find(&self.text, part, 0);
        let end = self.text.find(part).unwrap() + part.len();
        let (last, column) = crate::client::position(&self.text, end);
        let mut params = json!({
            "textDocument": { "uri": self.uri },
            "range": {
                "start": { "line": line, "character": character },
                "end": { "line": last, "character": column },
            },
        });
        for (name, value) in more.as_object().unwrap() {
            params[name] = value.clone();
        }
        let answer = self
            .client
            .request(&format!("textDocument/{method}"), params);
        let first = part.lines().next().unwrap_or("");
        self.write(method, &format!(" of `{first}`"), answer.clone());
        answer
    }

    pub(crate) fn write(
        &mut self,
        what: &str,
        place: &str,
        answer: Result<Value, Value>,
    ) {
        let (sign, value) = match answer {
            Ok(value) => ("", value),
            Err(value) => (" refused", value),
        };
        let _ = writeln!(self.out, "== {what}{place}{sign}");
        let library = self.client.library.display().to_string();
        let text = lines(&value).replace(&library, "<library>");
        self.out.push_str(&text);
        if !text.ends_with('\n') {
            self.out.push('\n');
        }
    }

    /// All that was recorded; the server ends well.
    pub(crate) fn end(self) -> String {
        assert_eq!(self.client.end(), theus_lsp::Ended::Well);
        self.out
    }
}

/// A value with a line for each element, and ranges short.
pub(crate) fn lines(value: &Value) -> String {
    match value {
        Value::Array(values) if values.is_empty() => "nothing\n".to_owned(),
        Value::Array(values) => values.iter().map(|value| short(value) + "\n").collect(),
        Value::Null => "null\n".to_owned(),
        other => short(other) + "\n",
    }
}

fn short(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            if let Some(range) = range(value) {
                return range;
            }
            let members = members
                .iter()
                .map(|(name, value)| format!("{name}: {}", short(value)));
            format!("{{ {} }}", members.collect::<Vec<_>>().join(", "))
        }
        Value::Array(values) => {
            let values: Vec<String> = values.iter().map(short).collect();
            format!("[{}]", values.join(", "))
        }
        Value::String(text) if text.contains('\n') => {
            let indented = text.trim_end().replace('\n', "\n    ");
            format!("\n    {indented}\n   ")
        }
        Value::String(text) => format!("`{text}`"),
        other => other.to_string(),
    }
}

/// `3:4-3:9`, from 1.
fn range(value: &Value) -> Option<String> {
    let place = |value: &Value| {
        let line = value.get("line")?.as_u64()? + 1;
        Some(format!("{line}:{}", value.get("character")?.as_u64()? + 1))
    };
    if value.as_object()?.len() != 2 {
        return None;
    }
    match (value.get("start"), value.get("end")) {
        (Some(start), Some(end)) => Some(format!("{}-{}", place(start)?, place(end)?)),
        _ => place(value),
    }
}
