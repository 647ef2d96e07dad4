//! Files and their URIs.

use std::fmt::Write as _;
use std::path::{Component, Path, PathBuf};

/// The file of a `file:` URI.
pub(crate) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // What stands before the path is a machine: this one.
    let at = rest.find('/')?;
    let bytes = decoded(rest.get(at..)?);
    let text = String::from_utf8(bytes).ok()?;
    let mut letters = text.chars().skip(1);
    let drive = letters
        .next()
        .is_some_and(|letter| letter.is_ascii_alphabetic())
        && letters.next() == Some(':');
    Some(plain(Path::new(text.get(usize::from(drive)..)?)))
}

fn decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
        let pair = (digit(ahead.next()), digit(ahead.next()));
        match (byte, pair) {
            (b'%', (Some(high), Some(low))) => {
                out.push(u8::try_from(high * 16 + low).unwrap_or(b'%'));
                bytes = ahead;
            }
            _ => out.push(byte),
        }
    }
    out
}

/// Without `.` and `..`: links are left as they are.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                out.push(part);
            }
        }
    }
    out
}

/// The URI of a file.
pub(crate) fn of(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    let mut out = String::from("file://");
    if !text.starts_with('/') {
        out.push('/');
    }
    for byte in text.bytes() {
        let plain = byte.is_ascii_alphanumeric()
            || matches!(byte, b'/' | b'-' | b'_' | b'.' | b'~');
        if plain {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for file in ["/a/b c/ä€.theus", "/x/100%.theus", "/a+b/#1.theus"] {
            assert_eq!(path(&of(Path::new(file))).unwrap(), Path::new(file));
        }
        assert_eq!(
            path("file:///a%20b/c.theus").unwrap(),
            Path::new("/a b/c.theus")
        );
        assert_eq!(path("file:///a/./b/../c").unwrap(), Path::new("/a/c"));
        assert_eq!(path("file:///c:/a.theus").unwrap(), Path::new("c:/a.theus"));
        assert_eq!(path("untitled:Untitled-1"), None);
        assert_eq!(path("file:///%4").unwrap(), Path::new("/%4"));
    }
}
