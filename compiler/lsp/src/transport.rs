//! Messages over two streams of bytes: how they are framed, and how large one may be.

use std::io::{self, BufRead, Read, Write};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::wire::{Connection, Message};

/// Most bytes of a message: some times the largest text of a program, with every character of
/// it escaped.
const MOST_BYTES: usize = 64 << 20;

/// Most bytes of what stands before a message.
const MOST_HEADER: u64 = 8 << 10;

/// Most characters of a wrong line that are shown.
const MOST_SHOWN: usize = 40;

/// The threads that read and write.
pub(crate) struct Threads {
    reader: JoinHandle<Result<(), String>>,
    writer: JoinHandle<io::Result<()>>,
}

impl Threads {
    /// Why the reader has ended, if not because there is nothing left. It must have ended.
    pub(crate) fn broken(self) -> Option<String> {
        self.reader.join().ok().and_then(Result::err)
    }

    /// Waits until all that was said is written.
    pub(crate) fn finish(self) -> Result<(), String> {
        match self.writer.join() {
            Ok(written) => written.map_err(|error| error.to_string()),
            Err(_) => Err("the thread that writes has ended".to_owned()),
        }
    }
}

/// A connection over the standard input and output.
pub(crate) fn stdio() -> io::Result<(Connection, Threads)> {
    let (sender, written) = bounded(0);
    let (read, receiver) = bounded(0);
    let writer = named("theus-lsp-writer", move || {
        write(&mut io::stdout().lock(), &written)
    })?;
    let reader = named("theus-lsp-reader", move || {
        hand_on(&mut io::stdin().lock(), &read)
    })?;
    let connection = Connection { sender, receiver };
    Ok((connection, Threads { reader, writer }))
}

fn named<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    thread::Builder::new().name(name.to_owned()).spawn(work)
}

fn write(out: &mut impl Write, messages: &Receiver<Message>) -> io::Result<()> {
    messages.iter().try_for_each(|message| message.write(out))
}

/// Reads until there is nothing left, the editor ends the server, or something is wrong.
fn hand_on(input: &mut impl BufRead, to: &Sender<Message>) -> Result<(), String> {
    while let Some(message) = read(input)? {
        let last =
            matches!(&message, Message::Notification(told) if told.method == "exit");
        if to.send(message).is_err() || last {
            break;
        }
    }
    Ok(())
}

/// The next message; `None` where the input ends before one.
fn read(input: &mut impl BufRead) -> Result<Option<Message>, String> {
    let Some(length) = header(input)? else {
        return Ok(None);
    };
    if length > MOST_BYTES {
        let most = MOST_BYTES >> 20;
        return Err(format!(
            "a message has {length} bytes, and the most is {most} MiB"
        ));
    }
    // Memory grows with what comes, not with what is announced.
    let mut body = Vec::new();
    let announced = u64::try_from(length).unwrap_or(u64::MAX);
    let found = input.by_ref().take(announced).read_to_end(&mut body);
    let found = found.map_err(|error| error.to_string())?;
    if found < length {
        return Err(format!("a message of {length} bytes ends after {found}"));
    }
    let message = serde_json::from_slice(&body);
    message.map(Some).map_err(|error: serde_json::Error| {
        if error.is_data() {
            "a message is no request, no answer and no notification".to_owned()
        } else {
            format!("a message is no JSON: {error}")
        }
    })
}

/// How long the next message is.
fn header(input: &mut impl BufRead) -> Result<Option<usize>, String> {
    let mut left = input.take(MOST_HEADER);
    let mut length = None;
    let mut line = Vec::new();
    let mut first = true;
    loop {
        line.clear();
        let found = left.read_until(b'\n', &mut line);
        if found.map_err(|error| error.to_string())? == 0 && first {
            return Ok(None);
        }
        first = false;
        if !line.ends_with(b"\n") && left.limit() == 0 {
            let most = MOST_HEADER >> 10;
            return Err(format!("a header is longer than {most} KiB"));
        }
        let Some(text) = line.strip_suffix(b"\r\n") else {
            return Err(no_header(&line));
        };
        if text.is_empty() {
            break;
        }
        let text = std::str::from_utf8(text).map_err(|_| no_header(text))?;
        let (name, value) = text
            .split_once(':')
            .ok_or_else(|| no_header(text.as_bytes()))?;
        if name.eq_ignore_ascii_case("Content-Length") {
            let value = value.trim().parse();
            length = Some(value.map_err(|_| no_header(text.as_bytes()))?);
        }
    }
    let missing = || "a header has no `Content-Length`".to_owned();
    length.ok_or_else(missing).map(Some)
}

fn no_header(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let shown: String = text.trim_end().chars().take(MOST_SHOWN).collect();
    let more = if text.trim_end().chars().nth(MOST_SHOWN).is_some() {
        "…"
    } else {
        ""
    };
    format!("`{}{more}` is no header of a message", shown.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> Result<Option<Message>, String> {
        read(&mut &*bytes)
    }

    #[test]
    fn messages_follow_each_other() {
        let body = r#"{"jsonrpc":"2.0","method":"exit"}"#;
        let one = format!("content-length: {}\r\nX: y\r\n\r\n{body}", body.len());
        let mut both = one.repeat(2).into_bytes();
        let mut left = &both[..];
        for _ in 0..2 {
            let found = read(&mut left).unwrap().unwrap();
            assert!(
                matches!(found, Message::Notification(told) if told.method == "exit")
            );
        }
        assert!(read(&mut left).unwrap().is_none());
        both.truncate(both.len() - 1);
        let mut left = &both[..];
        read(&mut left).unwrap();
        assert_eq!(
            read(&mut left).unwrap_err(),
            "a message of 33 bytes ends after 32"
        );
    }

    #[test]
    fn what_is_no_message_is_told() {
        let long = [&b"A: "[..], &[b'x'; 9000]].concat();
        let cases: [(&[u8], &str); 10] = [
            (b"", ""),
            (b"hello\r\n\r\n", "`hello` is no header of a message"),
            (
                b"Content-Length: 5\n\n",
                "`Content-Length: 5` is no header of a message",
            ),
            (
                b"Content-Length: -5\r\n\r\n",
                "`Content-Length: -5` is no header of a message",
            ),
            (b"Content-Le", "`Content-Le` is no header of a message"),
            (b"A: b\r\n\r\n{}", "a header has no `Content-Length`"),
            (
                b"Content-Length: 67108865\r\n\r\n{}",
                "a message has 67108865 bytes, and the most is 64 MiB",
            ),
            (&long, "a header is longer than 8 KiB"),
            (
                b"Content-Length: 2\r\n\r\n{}",
                "a message is no request, no answer and no notification",
            ),
            (
                b"Content-Length: 2\r\n\r\n{x",
                "a message is no JSON: key must be a string at line 1 column 2",
            ),
        ];
        for (bytes, due) in cases {
            match told(bytes) {
                Ok(found) => assert!(found.is_none() && due.is_empty(), "{found:?}"),
                Err(why) => assert_eq!(why, due),
            }
        }
    }
}
