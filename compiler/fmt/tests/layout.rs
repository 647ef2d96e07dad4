//! What the layout is, by example: loose text and the text that it becomes.
#![expect(clippy::unwrap_used, reason = "a test: a panic is a failure")]

use theus_grammar::{FileId, Source};

#[track_caller]
fn becomes(loose: &str, laid_out: &str) {
    let source = |text: &str| Source::new(FileId(0), "a.theus", text);
    let found = theus_fmt::format(&source(loose)).unwrap();
    assert_eq!(found, laid_out);
    assert_eq!(theus_fmt::format(&source(laid_out)).unwrap(), laid_out);
}

#[test]
fn blanks_around_signs() {
    becomes(
        "const A:f64=-1.0+2.0*- ( 3.0-A )\nconst B : bool=not(A<2.0)and A in 0.0 .. 3.0\n",
        "const A: f64 = -1.0 + 2.0 * -(3.0 - A)\nconst B: bool = not (A < 2.0) and A in 0.0..3.0\n",
    );
}

#[test]
fn types_and_closures() {
    becomes(
        "fn f< T:number,const N >(xs:list< map<i64,T> ,N+1 >,k:[f64;N,2] ? )->(T,i64)? { return xs.map( | x,y |x|y ) }\n",
        "fn f<T: number, const N>(xs: list<map<i64, T>, N + 1>, k: [f64; N, 2]?) -> (T, i64)? {\n    return xs.map(|x, y| x | y)\n}\n",
    );
}

#[test]
fn clauses_stand_in_columns() {
    becomes(
        "process p { each x in c.xs inputs tick outputs c.a\nrequires c.a > 0\n\nensures c.a > 1\n c.a+=1 c.b+=2 }\n",
        "process p {\n    each x in c.xs\n    inputs   tick\n    outputs  c.a\n    requires c.a > 0\n\n    ensures c.a > 1\n    c.a += 1  c.b += 2\n}\n",
    );
}

#[test]
fn lines_that_go_on_go_in() {
    becomes(
        "fn f() {\nlet x = a\n+ g(b,\nc)\nif x > 1.0\nand x < 2.0 {\ny = 1 }\nelse\n{ y = [\n1,\n2 ] }\n}\n",
        "fn f() {\n    let x = a\n        + g(b,\n            c)\n    if x > 1.0\n        and x < 2.0 {\n        y = 1\n    } else { y = [\n        1,\n        2\n    ] }\n}\n",
    );
}

#[test]
fn comments_stay_where_they_are() {
    becomes(
        "//! File.\n// a\n\n\n\n/// Doc.\nfn f() { // b\n\n// c\nlet x = 1 // d\n// e\n}\n// f",
        "//! File.\n// a\n\n/// Doc.\nfn f() {  // b\n\n    // c\n    let x = 1  // d\n    // e\n}\n// f\n",
    );
}

#[test]
fn nothing_stays_nothing() {
    becomes("", "");
    becomes("\n \n", "");
}

#[test]
fn long_lines_are_broken() {
    let source = format!("const A: [i64; 60] = [{}]\n", ["12"; 60].join(", "));
    let source = Source::new(FileId(0), "a.theus", source);
    let found = theus_fmt::format(&source).unwrap();
    assert!(
        found.lines().all(|line| line.len() <= theus_fmt::WIDTH),
        "{found}"
    );
    assert_eq!(found.lines().count(), 5, "{found}");
}

#[test]
fn deep_brackets_are_laid_out() {
    let deep = format!("const A: i64 = {}1{}\n", "(".repeat(200), ")".repeat(200));
    let source = Source::new(FileId(0), "a.theus", deep);
    let found = theus_fmt::format(&source).unwrap();
    let again = Source::new(FileId(0), "a.theus", found.as_str());
    assert_eq!(theus_fmt::format(&again).unwrap(), found);
}

#[test]
fn errors_are_told() {
    let source = Source::new(FileId(0), "a.theus", "fn f( {\n");
    assert!(!theus_fmt::format(&source).unwrap_err().is_empty());
}
