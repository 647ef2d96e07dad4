//! The clocks of measured blocks.

use std::time::Instant;

use theus_abi::header;
use theus_abi::host::Told;
use theus_abi::image::Image;

use crate::clock::now;
use crate::record::HostInput;
use crate::told::Inputs;

/// When each measured block began last, and the word that tells how long one took.
#[derive(Debug)]
pub(crate) struct Timers {
    began: Vec<Option<Instant>>,
    /// Its number among the words of the host, and its offset.
    word: Option<(u32, usize)>,
    /// What the word holds stays: the host is a test, or runs are compared.
    pub(crate) mocked: bool,
}

impl Timers {
    pub(crate) fn new(image: &Image) -> Self {
        let mut words = image.host.iter().zip(0_u32..);
        let word = words.find(|(word, _)| word.told == Told::Took);
        let at = |offset: u32| usize::try_from(offset).unwrap_or(usize::MAX);
        Self {
            began: vec![None; usize::try_from(image.timers).unwrap_or(0)],
            word: word.map(|(word, number)| (number, at(word.offset))),
            mocked: false,
        }
    }

    /// A block begins: its number; or ends: the number with all bits inverted.
    pub(crate) fn turn(&mut self, arg: i32, memory: &mut [u8], inputs: &mut Inputs) {
        if self.mocked {
            return;
        }
        if arg >= 0 {
            if let Some(began) = self.at(arg) {
                *began = Some(now());
            }
            return;
        }
        let began = self.at(!arg).and_then(Option::take);
        let took = began.map_or(0, |began| {
            let took = now().saturating_duration_since(began).as_nanos();
            u64::try_from(took).unwrap_or(u64::MAX)
        });
        let Some((word, at)) = self.word else { return };
        let tick = word_at(memory, usize::try_from(header::TICK).unwrap_or(0));
        let tick = tick.map_or(0, |bytes| u64::from_le_bytes(*bytes));
        let bits = inputs.measured(HostInput {
            tick,
            word,
            bits: took,
        });
        if let Some(bytes) = word_at(memory, at) {
            *bytes = bits.to_le_bytes();
        }
    }

    fn at(&mut self, number: i32) -> Option<&mut Option<Instant>> {
        self.began.get_mut(usize::try_from(number).ok()?)
    }
}

fn word_at(memory: &mut [u8], at: usize) -> Option<&mut [u8; 8]> {
    memory.get_mut(at..at.checked_add(8)?)?.try_into().ok()
}
