//! A column of any length in bounded memory: what cannot be seen is folded together, extremes stay.

/// Most parts that a column is kept in. At least half as many are there once it is longer, which
/// is more than a picture has columns of dots.
const MOST: usize = 4096;

/// A row of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Which row, from 0.
    pub row: u64,
    /// Where it is.
    pub x: f64,
    /// Its value.
    pub y: f64,
}

/// Rows that follow each other: the first, the last, and the extremes.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    first: Point,
    last: Point,
    low: Point,
    high: Point,
    left: Point,
    right: Point,
}

impl Part {
    /// One row.
    pub const fn new(point: Point) -> Self {
        Self {
            first: point,
            last: point,
            low: point,
            high: point,
            left: point,
            right: point,
        }
    }

    /// This and what follows.
    #[must_use]
    pub fn and(self, next: Self) -> Self {
        let pick =
            |better: bool, one: Point, other: Point| if better { other } else { one };
        Self {
            first: self.first,
            last: next.last,
            low: pick(next.low.y < self.low.y, self.low, next.low),
            high: pick(next.high.y > self.high.y, self.high, next.high),
            left: pick(next.left.x < self.left.x, self.left, next.left),
            right: pick(next.right.x > self.right.x, self.right, next.right),
        }
    }

    /// Its rows that are known, in order.
    pub fn points(&self) -> Vec<Point> {
        let mut points = vec![
            self.first, self.low, self.high, self.left, self.right, self.last,
        ];
        points.sort_by_key(|point| point.row);
        points.dedup_by_key(|point| point.row);
        points
    }

    /// Least and most value.
    pub const fn values(&self) -> (f64, f64) {
        (self.low.y, self.high.y)
    }

    /// Least and most place.
    pub const fn places(&self) -> (f64, f64) {
        (self.left.x, self.right.x)
    }
}

/// A column.
#[derive(Clone, Debug)]
pub struct Fold {
    parts: Vec<Option<Part>>,
    /// Rows of each part.
    stride: u64,
    open: Option<Part>,
    /// Rows of the part that is open.
    filled: u64,
    /// Rows so far.
    rows: u64,
    /// Rows without a number.
    gaps: u64,
    /// Places never fall.
    rises: bool,
    place: f64,
}

impl Default for Fold {
    fn default() -> Self {
        Self {
            parts: Vec::new(),
            stride: 1,
            open: None,
            filled: 0,
            rows: 0,
            gaps: 0,
            rises: true,
            place: f64::NEG_INFINITY,
        }
    }
}

impl Fold {
    /// One more row; one that is not finite is a gap.
    pub fn push(&mut self, x: f64, y: f64) {
        if x.is_finite() && y.is_finite() {
            let row = self.rows;
            let part = Part::new(Point { row, x, y });
            self.open = Some(self.open.map_or(part, |open| open.and(part)));
            self.rises &= x >= self.place;
            self.place = x;
        } else {
            self.gaps += 1;
        }
        self.rows += 1;
        self.filled += 1;
        if self.filled == self.stride {
            self.parts.push(self.open.take());
            self.filled = 0;
            if self.parts.len() >= MOST {
                self.halve();
            }
        }
    }

    /// Two parts become one.
    fn halve(&mut self) {
        let pairs = self.parts.chunks(2).map(|pair| {
            let parts = pair.iter().flatten().copied();
            parts.reduce(Part::and)
        });
        self.parts = pairs.collect();
        self.stride *= 2;
    }

    /// Rows so far.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// Rows that have no number.
    pub const fn gaps(&self) -> u64 {
        self.gaps
    }

    /// Whether places never fall: then no line is seen twice in one column of dots.
    pub const fn rises(&self) -> bool {
        self.rises
    }

    /// All parts, in order; `None` where there is no number.
    pub fn parts(&self) -> impl Iterator<Item = Option<Part>> + '_ {
        let open = (self.filled > 0).then_some(self.open);
        self.parts.iter().copied().chain(open)
    }

    /// The whole column as one.
    pub fn whole(&self) -> Option<Part> {
        self.parts().flatten().reduce(Part::and)
    }

    /// Rows without a gap between them, as far as it can be seen.
    pub fn stretches(&self) -> Vec<Vec<Point>> {
        let mut all = Vec::new();
        let mut stretch = Vec::new();
        for part in self.parts() {
            match part {
                Some(part) => stretch.extend(part.points()),
                None if stretch.is_empty() => {}
                None => all.push(std::mem::take(&mut stretch)),
            }
        }
        if !stretch.is_empty() {
            all.push(stretch);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_column_is_kept_as_it_is() {
        let mut fold = Fold::default();
        for (x, y) in [(0.0, 1.0), (1.0, f64::NAN), (2.0, 3.0), (3.0, 2.0)] {
            fold.push(x, y);
        }
        let rows = |points: &Vec<Point>| points.iter().map(|one| one.row).collect();
        let stretches: Vec<Vec<u64>> = fold.stretches().iter().map(rows).collect();
        assert_eq!(stretches, [vec![0], vec![2, 3]]);
        assert_eq!((fold.rows(), fold.gaps(), fold.rises()), (4, 1, true));
    }

    #[test]
    fn one_row_of_a_million_is_seen() {
        let mut fold = Fold::default();
        for row in 0..1_000_000_u32 {
            let y = if row == 777_777 { 9.0 } else { 0.0 };
            fold.push(f64::from(row), y);
        }
        assert!(fold.parts.len() <= MOST && fold.parts.capacity() <= 2 * MOST);
        assert!(fold.parts().count() >= MOST / 4);
        assert_eq!(fold.whole().unwrap().values(), (0.0, 9.0));
        let high = |point: &Point| point.y > 8.0;
        let found: Vec<Point> = fold
            .stretches()
            .into_iter()
            .flatten()
            .filter(high)
            .collect();
        assert_eq!(
            found,
            [Point {
                row: 777_777,
                x: 777_777.0,
                y: 9.0
            }]
        );
    }
}
