//! `Histogram`: times in buckets of fixed number, so that a run of any length takes no more
//! memory.

use std::time::Duration;

/// Bits of precision of a bucket: its bounds are less than 13 % apart.
const SUB_BITS: u32 = 3;
const SUB: u64 = 1 << SUB_BITS;
const BUCKETS: usize = 64 << SUB_BITS;

/// What a histogram has seen, in ns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How many times.
    pub samples: u64,
    /// Half of them were at most so long (rounded up by less than 13 %).
    pub p50: u64,
    /// 99 of 100 were at most so long.
    pub p99: u64,
    /// The longest.
    pub max: u64,
    /// All together.
    pub total: u64,
}

/// Times of one kind.
#[derive(Debug)]
pub(crate) struct Histogram {
    buckets: Vec<u64>,
    samples: u64,
    max: u64,
    total: u64,
}

impl Histogram {
    /// Empty buckets whose pages are in memory.
    pub(crate) fn new() -> Self {
        let mut buckets = vec![1; BUCKETS];
        buckets.fill(0);
        Self {
            buckets,
            samples: 0,
            max: 0,
            total: 0,
        }
    }

    pub(crate) fn clear(&mut self) {
        self.buckets.fill(0);
        (self.samples, self.max, self.total) = (0, 0, 0);
    }

    pub(crate) fn record(&mut self, time: Duration) -> u64 {
        let ns = u64::try_from(time.as_nanos()).unwrap_or(u64::MAX);
        if let Some(count) = self.buckets.get_mut(bucket(ns)) {
            *count += 1;
        }
        self.samples += 1;
        self.max = self.max.max(ns);
        self.total = self.total.saturating_add(ns);
        ns
    }

    pub(crate) fn times(&self) -> Times {
        Times {
            samples: self.samples,
            p50: self.percentile(50),
            p99: self.percentile(99),
            max: self.max,
            total: self.total,
        }
    }

    /// The upper bound of the bucket that holds the sample of that rank.
    fn percentile(&self, percent: u64) -> u64 {
        let rank = self.samples.saturating_mul(percent).div_ceil(100);
        let mut seen = 0;
        for (count, index) in self.buckets.iter().zip(0..) {
            seen += count;
            if seen >= rank {
                return upper_bound(index).min(self.max);
            }
        }
        self.max
    }
}

/// Exact below 8; then 8 buckets for each power of two.
fn bucket(ns: u64) -> usize {
    if ns < SUB {
        return usize::try_from(ns).unwrap_or(0);
    }
    let shift = ns.ilog2() - SUB_BITS;
    let index = (u64::from(shift) << SUB_BITS) + (ns >> shift);
    usize::try_from(index).unwrap_or(0)
}

/// The largest time of a bucket.
fn upper_bound(index: u64) -> u64 {
    if index < 2 * SUB {
        return index;
    }
    let shift = (index >> SUB_BITS) - 1;
    let first = (index & (SUB - 1)) + SUB;
    (((u128::from(first) + 1) << shift) - 1)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_cover_all_times() {
        let mut last = None;
        for shift in 0..64 {
            for low in [0, 1, 2, 3] {
                let ns = (1_u64 << shift) + ((1_u64 << shift) >> 2) * low;
                let index = bucket(ns);
                assert!(index < BUCKETS, "{ns}");
                let bound = upper_bound(index as u64);
                assert!(bound >= ns, "{ns} in a bucket up to {bound}");
                assert!(
                    bound as f64 <= ns as f64 * 1.13,
                    "{ns} in a bucket up to {bound}"
                );
                assert!(last.is_none_or(|last| last <= index));
                last = Some(index);
            }
        }
        assert!(bucket(u64::MAX) < BUCKETS);
    }

    #[test]
    fn percentiles() {
        let mut histogram = Histogram::new();
        for ns in 1..=100 {
            histogram.record(Duration::from_nanos(ns));
        }
        let times = histogram.times();
        assert_eq!((times.samples, times.max), (100, 100));
        assert!((50..=56).contains(&times.p50), "{}", times.p50);
        assert!((99..=100).contains(&times.p99), "{}", times.p99);
        histogram.clear();
        assert_eq!(histogram.times(), Times::default());
    }
}
