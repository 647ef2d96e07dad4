//! Charts of tables that are easy and of those that are not: the picture is the snapshot.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

use std::fmt::Write as _;

use theus_draw::{
    Chart, Histogram, Line, Look, Quantity, TableError, Wanted, bars, table,
};

/// A table with a row for each of so many numbers.
fn rows(head: &str, count: u32, row: impl Fn(f64) -> String) -> String {
    let mut text = format!("{head}\n");
    for n in 0..count {
        let _ = writeln!(text, "{n},{}", row(f64::from(n)));
    }
    text
}

fn svg(text: &str, wanted: &Wanted, look: Look) -> String {
    let table = table::read(text.as_bytes(), wanted).unwrap();
    let lines = table.columns.into_iter().map(|(name, fold)| Line {
        quantity: Quantity::new(&name),
        fold,
    });
    let chart = Chart {
        title: "a < b & \u{1}".to_owned(),
        x: Quantity::new(&table.x),
        lines: lines.collect(),
        look,
    };
    chart.svg()
}

fn plain(text: &str) -> String {
    svg(text, &Wanted::default(), Look::default())
}

/// What stands on the sheet: without the style, which is the same on all.
fn shapes(svg: &str) -> &str {
    svg.split_once("</style>").unwrap().1
}

#[test]
fn tables_that_are_easy() {
    let waves = rows("t [s],sine [m],cosine [m]", 40, |n| {
        format!("{},{}", libm::sin(n * 0.3), libm::cos(n * 0.3))
    });
    insta::assert_snapshot!("waves", plain(&waves));
    let look = Look {
        split: true,
        ..Look::default()
    };
    let split = svg(&waves, &Wanted::default(), look);
    insta::assert_snapshot!("split", shapes(&split));
    let look = Look {
        log: true,
        ..Look::default()
    };
    let wanted = Wanted {
        positive: true,
        ..Wanted::default()
    };
    let error = rows("n,error", 30, |n| {
        format!("{}", libm::exp10(-n / 2.0) - 1e-14)
    });
    insta::assert_snapshot!("log", shapes(&svg(&error, &wanted, look)));
    let wanted = Wanted {
        x: Some("q".to_owned()),
        ys: vec!["v".to_owned()],
        ..Wanted::default()
    };
    let turns = rows("t,q,v", 50, |n| {
        format!("{},{}", libm::cos(n * 0.2), libm::sin(n * 0.2))
    });
    insta::assert_snapshot!("phase", shapes(&svg(&turns, &wanted, Look::default())));
}

#[test]
fn tables_that_are_not() {
    insta::assert_snapshot!("one", shapes(&plain("t,a,b\n1,2,3.5\n")));
    insta::assert_snapshot!(
        "constant",
        shapes(&plain(&rows("t,c", 5, |_| "3".to_owned())))
    );
    let near = rows("t,v", 9, |n| format!("{}", n.mul_add(1.2e-15, 1.0)));
    insta::assert_snapshot!("near", shapes(&plain(&near)));
    let gaps = rows("t,v", 9, |n| match n as u32 {
        2 => "nan".to_owned(),
        4 => "-inf".to_owned(),
        7 => String::new(),
        _ => n.to_string(),
    });
    insta::assert_snapshot!("gaps", shapes(&plain(&gaps)));
    let huge = format!("t,v\n0,{}\n1,{}\n", -f64::MAX, f64::MAX);
    insta::assert_snapshot!("huge", shapes(&plain(&huge)));
}

/// A picture does not grow with its table, and shows what is there for one row alone.
#[test]
fn a_long_table_has_a_small_picture() {
    let noise = |n: f64| libm::sin(n * 12.9898) * 43_758.545_3;
    let long = rows("t,v", 300_000, |n| match n as u32 {
        200_001 => "9".to_owned(),
        _ => format!("{:.3}", noise(n).fract()),
    });
    let svg = plain(&long);
    assert!(svg.len() < 60_000, "{}", svg.len());
    let path = svg.lines().find(|line| line.contains("line s0")).unwrap();
    let spots = path.split(['M', 'L']).skip(1);
    let heights = spots.filter_map(|spot| spot.split([' ', '"']).nth(1)?.parse().ok());
    let heights: Vec<f64> = heights.collect();
    let top = heights.iter().copied().fold(f64::INFINITY, f64::min);
    let high = heights
        .iter()
        .filter(|height| **height < top + 20.0)
        .count();
    assert_eq!(high, 1);
}

#[test]
fn a_picture_is_the_same_each_time() {
    let waves = rows("t,v", 10_000, |n| libm::sin(n * 0.01).to_string());
    assert_eq!(plain(&waves), plain(&waves));
}

#[test]
fn columns_are_found() {
    let text = "\u{feff}t;x[0];x[1];xs;name\r\n\r\n0;1;2;3;a\r\n1;2;3;4;b\r\n";
    let names = |x: Option<&str>, ys: &[&str]| {
        let wanted = Wanted {
            x: x.map(str::to_owned),
            ys: ys.iter().map(|name| (*name).to_owned()).collect(),
            positive: false,
        };
        let table = table::read(text.as_bytes(), &wanted)?;
        let columns: Vec<String> =
            table.columns.into_iter().map(|(name, _)| name).collect();
        Ok((table.x, columns.join(" ")))
    };
    let found = |x, ys| {
        let found: Result<_, TableError> = names(x, ys);
        let (x, columns) = found.unwrap();
        format!("{x}: {columns}")
    };
    assert_eq!(found(None, &[]), "t: x[0] x[1] xs");
    assert_eq!(found(None, &["x"]), "t: x[0] x[1]");
    assert_eq!(found(None, &["x", "x[0]", "xs"]), "t: x[0] x[1] xs");
    assert_eq!(found(None, &["t"]), "row: t");
    assert_eq!(found(Some("row"), &["xs"]), "row: xs");
    assert_eq!(found(Some("xs"), &[]), "xs: t x[0] x[1]");
    assert!(
        matches!(names(None, &["y"]), Err(TableError::NoColumn(name, all))
        if name == "y" && all.len() == 5)
    );
    assert!(matches!(
        names(Some("y"), &[]),
        Err(TableError::NoColumn(..))
    ));
    assert!(
        matches!(names(None, &["name"]), Err(TableError::NotANumber { line: 3, column, text })
        if column == "name" && text == "a")
    );
}

#[test]
fn what_is_no_table_is_refused() {
    let read = |bytes: &[u8]| table::read(bytes, &Wanted::default()).unwrap_err();
    for text in ["", "t,v\n", "t,v\n0,nan\n1,\n", "a,b\nx,y\n"] {
        let error = read(text.as_bytes());
        assert!(
            matches!(error, TableError::Nothing(_)),
            "{text:?} {error:?}"
        );
    }
    let ragged = read(b"t,v\n0,1\n1\n");
    assert!(
        matches!(ragged, TableError::Broken { line: Some(3), .. }),
        "{ragged:?}"
    );
    let bytes = read(b"\xff\xfe,a\n0,1\n");
    assert!(
        matches!(bytes, TableError::Broken { line: Some(1), .. }),
        "{bytes:?}"
    );
}

#[test]
fn histograms() {
    let one = |name: &str, span: (f64, f64), counts: &[usize]| Histogram {
        name: name.to_owned(),
        note: "100 samples".to_owned(),
        unit: "ms".to_owned(),
        span,
        counts: counts.to_vec(),
        marks: vec![("p50".to_owned(), span.0), ("p99".to_owned(), span.1)],
    };
    let all = [
        one("a <b>", (1.5, 2.25), &[1, 9, 40, 0, 3]),
        one("all the same", (3.0, 3.0), &[100, 0, 0]),
        one("none", (0.0, 0.0), &[]),
    ];
    insta::assert_snapshot!("histograms", shapes(&bars::svg("Times", &all)));
}
