//! `World`: carries out the host calls of the code.

use theus_abi::{Host, HostFn};

use crate::clock::Clocks;
use crate::stream::{Row, Streams};

/// Clocks, sinks and sources.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clocks: Clocks,
    pub(crate) streams: Streams,
}

impl Host for World {
    fn call(&mut self, host: HostFn, arg: i32, memory: &mut [u8]) -> i32 {
        match host {
            HostFn::ClockStart => self.clocks.start(arg),
            HostFn::ClockStop => self.clocks.stop(arg),
            HostFn::ClockLate => return i32::from(self.clocks.is_late(memory)),
            HostFn::SinkRow => self.streams.write_row(arg, memory),
            HostFn::ReadFloat => theus_abi::decimal::read(memory, arg),
            HostFn::SourceRow => {
                return match self.streams.read_row(arg, memory) {
                    Row::Read => 0,
                    Row::Ended => 1,
                    Row::Bad => 2,
                };
            }
        }
        0
    }
}
