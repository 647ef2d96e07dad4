//! Charts: lines over a common axis, in one field or one below the other.

use std::fmt::Write as _;

use crate::fold::{Fold, Part, Point};
use crate::scale::{Marks, Scale};
use crate::sheet::{self, Sheet, at, cut, width};

const WIDTH: f64 = 860.0;
const RIGHT: f64 = 26.0;
/// Height of a field that is alone, and of one among several.
const HEIGHT: f64 = 320.0;
const FLAT: f64 = 120.0;
/// Rows up to this number are shown as dots too.
const DOTS: usize = 48;
/// Most letters of a name.
const LETTERS: usize = 40;

/// What is measured: a name and a unit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quantity {
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: Option<String>,
}

impl Quantity {
    /// Of the head of a column: `angle [rad]`, `angle (rad)`.
    pub fn new(head: &str) -> Self {
        let unit = head
            .split_once(" [")
            .and_then(|(name, unit)| Some((name, unit.strip_suffix(']')?)));
        let round = || {
            head.split_once(" (")
                .and_then(|(name, unit)| Some((name, unit.strip_suffix(')')?)))
        };
        match unit.or_else(round) {
            Some((name, unit)) => Self {
                name: name.trim().to_owned(),
                unit: Some(unit.trim().to_owned()),
            },
            None => Self {
                name: head.to_owned(),
                unit: None,
            },
        }
    }

    /// `angle [rad]`.
    pub fn text(&self) -> String {
        let name = cut(&self.name, LETTERS);
        match &self.unit {
            Some(unit) => format!("{name} [{}]", cut(unit, LETTERS)),
            None => name,
        }
    }
}

/// A line of a chart.
#[derive(Clone, Debug)]
pub struct Line {
    /// What it shows.
    pub quantity: Quantity,
    /// Its values.
    pub fold: Fold,
}

/// How a chart looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Values by powers of ten.
    pub log: bool,
    /// Each line in a field of its own.
    pub split: bool,
}

/// Lines over a common axis.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What stands above it.
    pub title: String,
    /// The common axis.
    pub x: Quantity,
    /// The lines.
    pub lines: Vec<Line>,
    /// How it looks.
    pub look: Look,
}

/// A line with its number, which is its colour.
type Numbered<'c> = (usize, &'c Line);

/// A field with axes: its place on the sheet, and what is shown in it.
struct Field<'c> {
    place: (f64, f64, f64, f64),
    x: Scale,
    y: Scale,
    marks: Marks,
    lines: Vec<Numbered<'c>>,
}

impl Chart {
    /// The chart as a document.
    pub fn svg(&self) -> String {
        let mut sheet = Sheet::default();
        sheet.text("title", (RIGHT, 30.0), &cut(&self.title, 90));
        let mut top = 44.0;
        let lines: Vec<Numbered<'_>> = self.lines.iter().enumerate().collect();
        let split = self.look.split && lines.len() > 1;
        if !split && lines.len() > 1 {
            top = self.legend(&mut sheet, top);
        }
        let groups: Vec<Vec<Numbered<'_>>> = match split {
            true => lines.into_iter().map(|line| vec![line]).collect(),
            false => vec![lines],
        };
        let height = if split { FLAT } else { HEIGHT };
        let (low, high) = span(&self.lines, Part::places);
        let x = Scale::new(low, high, 0.0, false).rounded(8);
        let mut fields: Vec<Field<'_>> = groups
            .into_iter()
            .map(|lines| self.field(lines, x, height))
            .collect();
        let texts = fields.iter().flat_map(|field| &field.marks.marks);
        let widest = texts
            .map(|mark| width(&mark.text, 12.0))
            .fold(20.0, f64::max);
        let left = widest + RIGHT + 8.0;
        let across = x.marks(8);
        for field in &mut fields {
            top += if field.name().is_empty() && field.marks.note().is_empty() {
                18.0
            } else {
                32.0
            };
            field.place = (left, top, WIDTH - RIGHT - left, height);
            field.head(&mut sheet);
            field.grid(&mut sheet, &across);
            field.lines(&mut sheet);
            top += height;
        }
        if let Some(last) = fields.last() {
            last.across(&mut sheet, &across, &self.x);
        }
        sheet.document(&self.title, (WIDTH, top + 52.0))
    }

    fn field<'c>(&self, lines: Vec<Numbered<'c>>, x: Scale, height: f64) -> Field<'c> {
        let (low, high) = span(lines.iter().map(|(_, line)| *line), Part::values);
        let y = Scale::new(low, high, 0.05, self.look.log);
        let marks = y.marks((height / 40.0).round() as usize);
        Field {
            place: (0.0, 0.0, 0.0, 0.0),
            x,
            y,
            marks,
            lines,
        }
    }

    /// Names of lines in rows from `top`; where they end.
    fn legend(&self, sheet: &mut Sheet, top: f64) -> f64 {
        let (mut x, mut y) = (RIGHT, top + 10.0);
        for (n, line) in self.lines.iter().enumerate() {
            let text = line.quantity.text();
            let wide = 30.0 + width(&text, 12.0) + 18.0;
            if x + wide > WIDTH - RIGHT && x > RIGHT {
                (x, y) = (RIGHT, y + 20.0);
            }
            sheet.path(&class(n), &format!("M{} {}h22", at(x), at(y - 4.0)));
            sheet.text("", (x + 30.0, y), &text);
            x += wide;
        }
        y + 6.0
    }
}

/// The classes of a line.
fn class(n: usize) -> String {
    let broken = if sheet::is_broken(n) { " broken" } else { "" };
    format!("line {}{broken}", sheet::color('s', n))
}

/// Least and most of all lines.
fn span<'c>(
    lines: impl IntoIterator<Item = &'c Line>,
    of: fn(&Part) -> (f64, f64),
) -> (f64, f64) {
    let wholes = lines.into_iter().filter_map(|line| line.fold.whole());
    let ends = wholes.map(|whole| of(&whole));
    ends.reduce(|(low, high), (least, most)| (low.min(least), high.max(most)))
        .unwrap_or((0.0, 1.0))
}

impl Field<'_> {
    fn spot(&self, point: Point) -> (f64, f64) {
        (self.over(point.x), self.up(point.y))
    }

    fn over(&self, value: f64) -> f64 {
        let (left, _, width, _) = self.place;
        self.x.place(value).clamp(0.0, 1.0).mul_add(width, left)
    }

    fn up(&self, value: f64) -> f64 {
        let (_, top, _, height) = self.place;
        (1.0 - self.y.place(value).clamp(0.0, 1.0)).mul_add(height, top)
    }

    /// What is measured: the only line, or the unit of all.
    fn name(&self) -> String {
        let unit = |line: &Line| line.quantity.unit.clone();
        match self.lines.as_slice() {
            [(_, line)] => line.quantity.text(),
            [(_, first), others @ ..]
                if others.iter().all(|(_, one)| unit(one) == unit(first)) =>
            {
                unit(first).map_or_else(String::new, |unit| format!("[{unit}]"))
            }
            _ => String::new(),
        }
    }

    /// What is measured, above the axis.
    fn head(&self, sheet: &mut Sheet) {
        let (_, top, ..) = self.place;
        let name = self.name();
        let mut indent = 0.0;
        if let [(n, _)] = self.lines.as_slice() {
            sheet.dot(&sheet::color('f', *n), (RIGHT + 4.0, top - 18.0), 4.0);
            indent = 14.0;
        }
        if !name.is_empty() {
            sheet.text("name", (RIGHT + indent, top - 14.0), &name);
        }
        let gap = if name.is_empty() {
            0.0
        } else {
            width(&name, 12.0) * 1.06 + 10.0
        };
        let note = self.marks.note();
        if !note.is_empty() {
            sheet.text("", (RIGHT + indent + gap, top - 14.0), &note);
        }
    }

    fn grid(&self, sheet: &mut Sheet, across: &Marks) {
        let (left, top, width, height) = self.place;
        let row =
            |value: f64| format!("M{} {}h{}", at(left), at(self.up(value)), at(width));
        let column =
            |value: f64| format!("M{} {}v{}", at(self.over(value)), at(top), at(height));
        let rows = self.marks.marks.iter().map(|mark| row(mark.value));
        let columns = across.marks.iter().map(|mark| column(mark.value));
        sheet.path("grid", &rows.chain(columns).collect::<String>());
        if self
            .marks
            .marks
            .iter()
            .any(|mark| mark.text.trim_start_matches(['0', '.']).is_empty())
            && self.marks.offset.is_none()
        {
            sheet.path("zero", &row(0.0));
        }
        for mark in &self.marks.marks {
            sheet.text("end", (left - 8.0, self.up(mark.value) + 4.0), &mark.text);
        }
        sheet.path(
            "axis",
            &format!("M{} {}h{}", at(left), at(top + height), at(width)),
        );
    }

    /// The common axis, below the field.
    fn across(&self, sheet: &mut Sheet, marks: &Marks, x: &Quantity) {
        let (left, top, width, height) = self.place;
        let bottom = top + height;
        let mut ticks = String::new();
        for mark in &marks.marks {
            let over = self.over(mark.value);
            let _ = write!(ticks, "M{} {}v4", at(over), at(bottom));
            sheet.text("middle", (over, bottom + 18.0), &mark.text);
        }
        sheet.path("axis", &ticks);
        let name = format!("{}  {}", x.text(), marks.note());
        sheet.text(
            "name middle",
            (left + width / 2.0, bottom + 38.0),
            name.trim_end(),
        );
    }

    fn lines(&self, sheet: &mut Sheet) {
        // The first line is on top.
        for (n, line) in self.lines.iter().rev() {
            let stretches = line.fold.stretches();
            let count: usize = stretches.iter().map(Vec::len).sum();
            let mut path = String::new();
            for stretch in stretches {
                let alone = stretch.len() == 1;
                let points = match line.fold.rises() {
                    true => self.thinned(&stretch),
                    false => stretch,
                };
                if alone || count <= DOTS {
                    for point in &points {
                        let radius = if count <= DOTS { 2.8 } else { 1.8 };
                        sheet.dot(&sheet::color('f', *n), self.spot(*point), radius);
                    }
                }
                if !alone {
                    path.push_str(&self.trace(&points));
                }
            }
            if !path.is_empty() {
                sheet.path(&class(*n), &path);
            }
        }
    }

    /// Of each column of dots the first and the last point, and the extremes.
    fn thinned(&self, stretch: &[Point]) -> Vec<Point> {
        let mut points = Vec::new();
        let mut open: Option<(f64, Part)> = None;
        for point in stretch {
            let (column, part) = (self.over(point.x).floor(), Part::new(*point));
            open = Some(match open {
                Some((same, before)) if same == column => (same, before.and(part)),
                Some((_, before)) => {
                    points.extend(before.points());
                    (column, part)
                }
                None => (column, part),
            });
        }
        points.extend(open.iter().flat_map(|(_, part)| part.points()));
        points
    }

    fn trace(&self, points: &[Point]) -> String {
        let mut path = String::new();
        let mut last = String::new();
        for point in points {
            let (x, y) = self.spot(*point);
            let spot = format!("{} {}", at(x), at(y));
            if spot != last {
                path.push(if path.is_empty() { 'M' } else { 'L' });
                path.push_str(&spot);
                last = spot;
            }
        }
        // What stays in one place is a dot.
        if !path.contains('L') {
            path.push_str("h0");
        }
        path
    }
}
