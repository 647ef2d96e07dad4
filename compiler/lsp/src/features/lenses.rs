//! What can be run: a line above each pipeline, test and bench.

use serde_json::{Value, json};
use theus_grammar::ast::ItemKind;
use theus_grammar::ast::item::TestKind;

use crate::wire::{Answer, OfDocument, params, value};
use crate::world::World;

/// What can be run of a document. The commands are the editor's: a server runs nothing.
pub(crate) fn answer(world: &mut World, given: Value) -> Answer {
    let OfDocument { text_document } = params(given)?;
    let program = world.program(&text_document.uri)?;
    let (Some(tree), Some(path)) = (program.tree(), &program.document.path) else {
        return Ok(Value::Null);
    };
    let file = path.display().to_string();
    let lens = |span, title: &str, command: &str, args: &[&str]| {
        json!({
            "range": value(program.document.lines.of(span)),
            "command": {
                "title": title,
                "command": command,
                "arguments": [{ "program": world.config.program, "args": args }],
            },
        })
    };
    let mut found = Vec::new();
    for item in &tree.items {
        match &item.kind {
            ItemKind::Pipeline(it) => {
                let args = ["run", &file, "--pipeline", &it.name.text];
                found.push(lens(it.name.span, "▶ run", "theus.run", &args));
            }
            ItemKind::Test(it) => {
                let title = it.title.text.trim_matches('"');
                let (word, command, name) = match it.kind {
                    TestKind::Test => ("▶ test", "theus.test", "test"),
                    TestKind::Property => ("▶ property", "theus.test", "test"),
                    TestKind::Bench => ("▶ bench", "theus.bench", "bench"),
                };
                let args = [name, &file, "--filter", title];
                found.push(lens(it.title.span, word, command, &args));
            }
            _ => {}
        }
    }
    Ok(value(found))
}
