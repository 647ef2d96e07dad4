//! The audit ring: the last failures of a program, in memory of fixed size.

/// What happened at a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventKind {
    /// A batch of ticks in which handlers took so many faults and errors; the site is that
    /// of the last one.
    Handled(u64),
    /// A fault or error that no handler took: its number, as in the header's `STOP`.
    Unhandled(u64),
}

/// An entry of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The tick at which it was seen.
    pub tick: u64,
    /// The process, if the site is inside one: index into `Image::processes`.
    pub process: Option<u32>,
    /// Index into `Image::sites`.
    pub site: u32,
    /// What happened.
    pub kind: EventKind,
}

/// The ring. Recording allocates nothing; the oldest entry makes room.
#[derive(Clone, Debug)]
pub struct Audit {
    events: Vec<Event>,
    capacity: usize,
    count: u64,
}

impl Audit {
    pub(crate) fn new(capacity: usize) -> Self {
        let nothing = Event {
            tick: 1,
            process: None,
            site: 0,
            kind: EventKind::Handled(0),
        };
        let mut events = vec![nothing; capacity];
        events.clear();
        Self {
            events,
            capacity,
            count: 0,
        }
    }

    pub(crate) fn record(&mut self, event: Event) {
        if self.events.len() < self.capacity {
            self.events.push(event);
        } else if let Some(slot) = self.oldest().and_then(|at| self.events.get_mut(at)) {
            *slot = event;
        }
        self.count += 1;
    }

    fn oldest(&self) -> Option<usize> {
        usize::try_from(self.count.checked_rem(u64::try_from(self.capacity).ok()?)?).ok()
    }

    pub(crate) fn clear(&mut self) {
        self.events.clear();
        self.count = 0;
    }

    /// The entries that are still there, the oldest first.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        let start = if self.events.len() < self.capacity {
            Some(0)
        } else {
            self.oldest()
        };
        let (new, old) = self
            .events
            .split_at_checked(start.unwrap_or(0))
            .unwrap_or_default();
        old.iter().chain(new)
    }

    /// How many entries were ever recorded.
    pub const fn count(&self) -> u64 {
        self.count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut audit = Audit::new(3);
        for tick in 0..5 {
            let kind = EventKind::Unhandled(3);
            audit.record(Event {
                tick,
                process: None,
                site: 0,
                kind,
            });
            let ticks: Vec<_> = audit.events().map(|event| event.tick).collect();
            let want: Vec<_> = ((tick + 1).saturating_sub(3)..=tick).collect();
            assert_eq!(ticks, want);
        }
        assert_eq!(audit.count(), 5);
    }

    #[test]
    fn a_ring_of_no_entries_only_counts() {
        let mut audit = Audit::new(0);
        audit.record(Event {
            tick: 0,
            process: None,
            site: 0,
            kind: EventKind::Handled(1),
        });
        assert_eq!((audit.events().count(), audit.count()), (0, 1));
    }
}
