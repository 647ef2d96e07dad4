//! A column as one line of blocks.

use crate::fold::{Fold, Part};

/// From the lowest block to the highest.
const LEVELS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The column in so many blocks, each as high as the middle of what it stands for; a gap is blank.
pub fn line(fold: &Fold, blocks: usize) -> String {
    let Some((low, high)) = fold.whole().map(|whole| whole.values()) else {
        return " ".repeat(blocks);
    };
    let parts: Vec<Option<Part>> = fold.parts().collect();
    let blocks = blocks.max(1);
    let count = parts.len();
    let block = |n: usize| {
        let (from, to) = (n * count / blocks, (n + 1) * count / blocks);
        let some = parts.get(from..to.max(from + 1)).unwrap_or_default();
        let part = some.iter().flatten().copied().reduce(Part::and);
        part.map_or(' ', |part| {
            let (least, most) = part.values();
            level(least / 2.0 + most / 2.0, low, high)
        })
    };
    (0..blocks).map(block).collect()
}

fn level(value: f64, low: f64, high: f64) -> char {
    let width = high / 2.0 - low / 2.0;
    // What never changes is a line in the middle.
    let place = match width > 0.0 {
        true => (value / 2.0 - low / 2.0) / width,
        false => 0.45,
    };
    let at = (place * LEVELS.len() as f64) as usize;
    LEVELS.get(at.min(LEVELS.len() - 1)).copied().unwrap_or('█')
}

/// Counts as blocks, the most as the highest; nothing is blank.
pub fn counts(counts: &[usize]) -> String {
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let block = |count: &usize| match count {
        0 => ' ',
        count => {
            let level = (count * LEVELS.len()).div_ceil(most).saturating_sub(1);
            LEVELS.get(level).copied().unwrap_or('█')
        }
    };
    counts.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[f64], blocks: usize) -> String {
        let mut fold = Fold::default();
        for (value, n) in values.iter().zip(0..) {
            fold.push(f64::from(n), *value);
        }
        line(&fold, blocks)
    }

    #[test]
    fn blocks_are_as_high_as_values() {
        assert_eq!(of(&[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0], 8), "▁▂▃▄▅▆▇█");
        assert_eq!(of(&[0.0, f64::NAN, 7.0], 3), "▁ █");
        assert_eq!(of(&[2.0, 2.0], 4), "▄▄▄▄");
        assert_eq!(of(&[0.0, 0.0, 8.0, 0.0], 2), "▁▅");
        assert_eq!(of(&[], 3), "   ");
        assert_eq!(of(&[-f64::MAX, f64::MAX], 2), "▁█");
    }
}
