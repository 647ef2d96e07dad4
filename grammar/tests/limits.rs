//! Bytes that are no text, files that are too large, and too many errors.

use theus_grammar::{FileId, MAX_BYTES, Source, SyntaxErrorKind, decode, parse};

#[test]
fn decode_tells_what_is_wrong() {
    assert_eq!(decode("fn ä".as_bytes()), Ok("fn ä"));
    let bad = decode(b"fn f\xff() { }").unwrap_err();
    assert_eq!((bad.kind, bad.offset), (SyntaxErrorKind::NotUtf8, 4));
    let large = decode(&vec![b' '; MAX_BYTES + 1]).unwrap_err();
    assert_eq!(
        (large.kind, large.offset),
        (SyntaxErrorKind::TooLarge, MAX_BYTES)
    );
}

#[test]
fn errors_are_cut() {
    let text = format!("fn f() {{\n{}}}\n", "let a = = 3\n".repeat(500));
    let errors = parse(&Source::new(FileId(0), "a.theus", text)).errors;
    assert_eq!(errors.len(), 101);
    assert_eq!(errors.last().unwrap().kind, SyntaxErrorKind::TooMany);
}

#[test]
fn empty_texts_are_files() {
    for text in [
        "",
        "\n",
        "\u{feff}",
        "// comment",
        "\u{feff}//! docs\n",
        "\r\n\t ",
    ] {
        let parsed = parse(&Source::new(FileId(0), "a.theus", text));
        assert!(parsed.errors.is_empty(), "{text:?}: {:?}", parsed.errors);
        assert!(parsed.file.items.is_empty());
    }
}

#[test]
fn hidden_characters_are_reported() {
    for text in [
        "fn f() { x = 1 }\u{0}",
        "// \u{202e} turned\n",
        "fn f() { x = \"\u{2066}\" }",
        "fn f() { \u{1} }",
    ] {
        let errors = parse(&Source::new(FileId(0), "a.theus", text)).errors;
        assert_eq!(errors.len(), 1, "{text:?}: {errors:?}");
        assert_eq!(errors[0].title, "unexpected control character");
    }
}
