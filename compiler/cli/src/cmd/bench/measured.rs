//! What the samples of a bench say: quantiles, and a histogram.

use std::time::Duration;

use theus_draw::{Histogram, spark};

use super::baseline::Change;
use crate::number::{grouped, rough_time};
use crate::terminal::Terminal;

/// Bars of a histogram.
const BARS: usize = 24;
/// Units of the axis of a picture, and how many ns they have.
const UNITS: [(&str, f64); 4] = [("s", 1e9), ("ms", 1e6), ("us", 1e3), ("ns", 1.0)];

/// One bench.
#[derive(Clone, Debug)]
pub(super) struct Measured {
    /// The file that it stands in.
    pub(super) file: String,
    /// Its title.
    pub(super) name: String,
    /// How many samples.
    pub(super) samples: usize,
    /// Ticks of the clock at its end.
    pub(super) ticks: u64,
    /// Least, p50, p90, p99 and most, in ns.
    pub(super) quantiles: [u64; 5],
    /// How many samples lie in each part of the time from the least to p99.
    pub(super) histogram: Vec<usize>,
    /// What has changed since the baseline.
    pub(super) change: Option<Change>,
}

impl Measured {
    pub(super) fn new(file: String, name: &str, samples: Vec<(Duration, u64)>) -> Self {
        let ticks = samples.last().map_or(0, |(_, ticks)| *ticks);
        let nanos = |time: Duration| u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        let mut times: Vec<u64> =
            samples.into_iter().map(|(time, _)| nanos(time)).collect();
        times.sort_unstable();
        let quantiles = [0, 50, 90, 99, 100].map(|share| quantile(&times, share));
        let [least, _, _, most, _] = quantiles;
        Self {
            file,
            name: name.to_owned(),
            samples: times.len(),
            ticks,
            quantiles,
            histogram: histogram(&times, least, most),
            change: None,
        }
    }

    /// For people.
    pub(super) fn text(&self, terminal: &Terminal) -> String {
        let [least, p50, p90, p99, most] =
            self.quantiles.map(|ns| rough_time(u128::from(ns)));
        let change = match &self.change {
            None => String::new(),
            Some(change) => format!("  {}", change.text(terminal)),
        };
        format!(
            "{}: {} samples of {} ticks{change}\n     p50 {p50}, p90 {p90}, p99 {p99}, max {most}\n     {least} {} {p99}\n",
            self.name,
            grouped(u64::try_from(self.samples).unwrap_or(u64::MAX)),
            grouped(self.ticks),
            spark::counts(&self.histogram)
        )
    }

    /// For a picture.
    pub(super) fn histogram(&self) -> Histogram {
        let [least, p50, p90, p99, _] = self.quantiles.map(|ns| ns as f64);
        let unit = UNITS.into_iter().find(|(_, scale)| p99 >= *scale);
        let (unit, scale) = unit.unwrap_or(("ns", 1.0));
        let samples = grouped(u64::try_from(self.samples).unwrap_or(u64::MAX));
        let marks = [("p50", p50), ("p90", p90), ("p99", p99)];
        Histogram {
            name: self.name.clone(),
            note: format!("{samples} samples of {} ticks", grouped(self.ticks)),
            unit: unit.to_owned(),
            span: (least / scale, p99 / scale),
            counts: self.histogram.clone(),
            marks: marks
                .map(|(name, ns)| (name.to_owned(), ns / scale))
                .to_vec(),
        }
    }
}

/// The sample that so many of a hundred do not exceed.
fn quantile(sorted: &[u64], share: usize) -> u64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last * share).div_ceil(100);
    sorted.get(at).copied().unwrap_or(0)
}

fn histogram(times: &[u64], least: u64, most: u64) -> Vec<usize> {
    let mut counts = vec![0; BARS];
    let wide = u128::from(most.saturating_sub(least)) + 1;
    for time in times.iter().filter(|time| **time <= most) {
        let at = u128::from(time - least) * BARS as u128 / wide;
        let at = usize::try_from(at).unwrap_or(BARS);
        if let Some(count) = counts.get_mut(at) {
            *count += 1;
        }
    }
    counts
}
