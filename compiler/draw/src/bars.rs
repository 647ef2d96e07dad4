//! Histograms: how often a value lies where, one field below the other.

use std::fmt::Write as _;

use crate::number::short;
use crate::scale::Scale;
use crate::sheet::{Sheet, at, color, cut, width};

const WIDTH: f64 = 860.0;
const SIDE: f64 = 26.0;
const HEIGHT: f64 = 110.0;

/// What has been counted.
#[derive(Clone, Debug)]
pub struct Histogram {
    /// What stands above it.
    pub name: String,
    /// What has been counted of the values, in words.
    pub note: String,
    /// Unit of values.
    pub unit: String,
    /// Where the first bar begins and the last one ends.
    pub span: (f64, f64),
    /// How many values each bar stands for.
    pub counts: Vec<usize>,
    /// Values that are shown: names and places.
    pub marks: Vec<(String, f64)>,
}

/// The histograms as a document.
pub fn svg(title: &str, all: &[Histogram]) -> String {
    let mut sheet = Sheet::default();
    sheet.text("title", (SIDE, 30.0), &cut(title, 90));
    let mut top = 44.0;
    for (n, one) in all.iter().enumerate() {
        top = one.draw(&mut sheet, n, top);
    }
    sheet.document(title, (WIDTH, top + 12.0))
}

impl Histogram {
    /// Draws it in the colour of that number; where it ends.
    fn draw(&self, sheet: &mut Sheet, n: usize, top: f64) -> f64 {
        let name = cut(&self.name, 60);
        sheet.dot(&color('f', n), (SIDE + 4.0, top + 12.0), 4.0);
        sheet.text("name", (SIDE + 14.0, top + 16.0), &name);
        let after = SIDE + 26.0 + width(&name, 12.0) * 1.06;
        sheet.text("", (after, top + 16.0), &cut(&self.note, 60));
        let (top, wide) = (top + 42.0, WIDTH - 2.0 * SIDE);
        let bottom = top + HEIGHT;
        let (low, high) = self.span;
        let scale = Scale::new(low, high, 0.0, false);
        let over = |value: f64| scale.place(value).clamp(0.0, 1.0).mul_add(wide, SIDE);
        let marks = scale.marks(8);
        let mut grid = String::new();
        for mark in &marks.marks {
            let _ = write!(grid, "M{} {}v{}", at(over(mark.value)), at(top), at(HEIGHT));
            sheet.text("middle", (over(mark.value), bottom + 18.0), &mark.text);
        }
        sheet.path("grid", &grid);
        let most = self.counts.iter().copied().max().unwrap_or(0).max(1) as f64;
        // What is all the same is one bar in the middle of a wider axis.
        let (first, last) = match over(high) - over(low) {
            wide if wide > 1.0 => (over(low), over(high)),
            _ => (over(low) - 4.0, over(low) + 4.0),
        };
        let step = (last - first) / self.counts.len().max(1) as f64;
        for (count, n_th) in self.counts.iter().zip(0..).filter(|(count, _)| **count > 0)
        {
            let (height, x) = (
                *count as f64 / most * HEIGHT,
                f64::from(n_th).mul_add(step, first),
            );
            let bar = (x + 0.5, bottom - height, (step - 1.0).max(0.5), height);
            sheet.rect(&color('f', n), bar, 0.0);
        }
        sheet.path(
            "axis",
            &format!("M{} {}h{}", at(SIDE), at(bottom), at(wide)),
        );
        self.quantiles(sheet, top, &over);
        let unit = format!("[{}]  {}", self.unit, marks.note());
        sheet.text("name end", (WIDTH - SIDE, bottom + 36.0), unit.trim_end());
        bottom + 44.0
    }

    /// Lines at the values that are shown; a name stands where there is room.
    fn quantiles(&self, sheet: &mut Sheet, top: f64, over: &dyn Fn(f64) -> f64) {
        let mut free = SIDE;
        for (name, value) in &self.marks {
            let (x, text) = (over(*value), format!("{name} {}", short(*value)));
            let half = width(&text, 11.0) / 2.0;
            let line = format!("M{} {}v{}", at(x), at(top - 4.0), at(HEIGHT + 4.0));
            sheet.path("zero broken", &line);
            let place = x.clamp(SIDE + half, WIDTH - SIDE - half);
            if place - half >= free - 0.1 {
                sheet.text("small middle", (place, top - 8.0), &text);
                free = place + half + 6.0;
            }
        }
    }
}
