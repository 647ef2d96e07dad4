//! How long an editor waits, on a file of 5 000 lines: for what is wrong after a keystroke, and
//! for what may be written.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Failure;
use crate::start::{theusc, time};

/// A process that is served.
struct Editor {
    server: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    next: u32,
}

impl Editor {
    fn start(theusc: &Path, text: &str) -> Result<Self, Failure> {
        let mut server = Command::new(theusc)
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let to = server.stdin.take().ok_or("no input")?;
        let from = server.stdout.take().ok_or("no output")?;
        let mut editor = Self {
            server,
            to,
            from: BufReader::new(from),
            next: 1,
        };
        editor.send(r#""id":1,"method":"initialize","params":{"capabilities":{}}"#)?;
        editor.wait(r#""id":1"#)?;
        editor.send(r#""method":"initialized","params":{}"#)?;
        let text = text
            .replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n");
        editor.send(&format!(
            r#""method":"textDocument/didOpen","params":{{"textDocument":{{{URI},"languageId":"theus","version":1,"text":"{text}"}}}}"#
        ))?;
        Ok(editor)
    }

    fn send(&mut self, members: &str) -> Result<(), Failure> {
        let body = format!("{{\"jsonrpc\":\"2.0\",{members}}}");
        write!(self.to, "Content-Length: {}\r\n\r\n{body}", body.len())?;
        self.to.flush()?;
        Ok(())
    }

    /// The next message that has a part.
    fn wait(&mut self, part: &str) -> Result<String, Failure> {
        loop {
            let mut length = 0_usize;
            let mut line = String::new();
            while self.from.read_line(&mut line)? > 2 {
                if let Some(number) = line.trim().strip_prefix("Content-Length: ") {
                    length = number.parse()?;
                }
                line.clear();
            }
            if length == 0 {
                return Err("the server has ended".into());
            }
            let mut body = vec![0; length];
            self.from.read_exact(&mut body)?;
            let body = String::from_utf8(body)?;
            if body.contains(part) {
                return Ok(body);
            }
        }
    }

    /// Replaces a part of a line.
    fn edit(
        &mut self,
        line: usize,
        from: usize,
        to: usize,
        new: &str,
    ) -> Result<(), Failure> {
        self.next += 1;
        let version = self.next;
        self.send(&format!(
            r#""method":"textDocument/didChange","params":{{"textDocument":{{{URI},"version":{version}}},"contentChanges":[{{"range":{{"start":{{"line":{line},"character":{from}}},"end":{{"line":{line},"character":{to}}}}},"text":"{new}"}}]}}"#
        ))
    }

    fn shown(&mut self) -> Result<String, Failure> {
        self.wait("publishDiagnostics")
    }

    fn complete(&mut self, line: usize, column: usize) -> Result<String, Failure> {
        self.next += 1;
        let id = self.next;
        self.send(&format!(
            r#""id":{id},"method":"textDocument/completion","params":{{"textDocument":{{{URI}}},"position":{{"line":{line},"character":{column}}}}}"#
        ))?;
        self.wait(&format!("\"id\":{id},"))
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        // What it is in the middle of is of no use any more.
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

const URI: &str = r#""uri":"file:///theus-bench/main.theus""#;

/// The same while the text is broken: most keystrokes leave it so for a moment.
fn broken(
    out: &mut impl Write,
    editor: &mut Editor,
    lines: usize,
    (line, column): (usize, usize),
) -> Result<(), Failure> {
    let at = column + 1;
    for (what, sign) in [("round", "("), ("brace", "{"), ("quote", "\\\"")] {
        editor.edit(line, at, at, sign)?;
        editor.shown()?;
        let mut moved = false;
        let (told, least) = time(|| {
            // What is wrong stands elsewhere.
            match moved {
                false => editor.edit(line, at, at, " ")?,
                true => editor.edit(line, at, at + 1, "")?,
            }
            moved = !moved;
            editor.shown().map(drop)
        })?;
        writeln!(
            out,
            "{lines} lines, the same, open {what}    {told:>8.2} ms   best {least:.2}   bar 50 ms"
        )?;
        if moved {
            editor.edit(line, at, at + 1, "")?;
            editor.shown()?;
        }
        editor.edit(line, at, at + 1, "")?;
        editor.shown()?;
    }
    Ok(())
}

/// Writes how long an editor waits.
pub(crate) fn table(out: &mut impl Write, text: &str) -> Result<(), Failure> {
    let Some(theusc) = theusc() else {
        return Ok(());
    };
    let lines = text.lines().count();
    // A field in the middle of the file, in the body of a process.
    let middle = text.lines().enumerate().skip(lines / 2);
    let mut places =
        middle.filter_map(|(line, text)| Some((line, text.find(".state.")?)));
    let (line, column) = places.next().ok_or("no place to write")?;
    let mut editor = Editor::start(&theusc, text)?;
    // The first edit shows something: the file is all right.
    let mut wrong = false;
    let mut toggle = |editor: &mut Editor| {
        let at = column + 1;
        match wrong {
            false => editor.edit(line, at, at, "q")?,
            true => editor.edit(line, at, at + 1, "")?,
        }
        wrong = !wrong;
        Ok::<(), Failure>(())
    };
    toggle(&mut editor)?;
    editor.shown()?;
    let (told, least) = time(|| {
        toggle(&mut editor)?;
        editor.shown().map(drop)
    })?;
    writeln!(
        out,
        "{lines} lines, keystroke to diagnostics {told:>8.2} ms   best {least:.2}   bar 50 ms"
    )?;
    broken(out, &mut editor, lines, (line, column))?;
    let (offered, least) = time(|| {
        toggle(&mut editor)?;
        let found = editor.complete(line, column + 1)?;
        if !found.contains("\"label\":\"state\"") {
            return Err("the field is not offered".into());
        }
        Ok(())
    })?;
    writeln!(
        out,
        "{lines} lines, keystroke to completion  {offered:>8.2} ms   best {least:.2}   bar 20 ms"
    )?;
    Ok(())
}
