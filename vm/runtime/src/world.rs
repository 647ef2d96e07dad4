//! `World`: carries out the host calls of the code.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use theus_abi::{Host, HostFn};

use crate::clock::Clocks;
use crate::pace::Pace;
use crate::stream::{Row, Streams};
use crate::timer::Timers;
use crate::told::Inputs;

/// Clocks, sinks and sources.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clocks: Clocks,
    pub(crate) streams: Streams,
    pub(crate) timers: Timers,
    pub(crate) inputs: Inputs,
    /// How the program has kept to the clock, while it does not run.
    pub(crate) pace: Option<Pace>,
    /// Once true, what runs is to end.
    pub(crate) stop: Option<Arc<AtomicBool>>,
}

impl Host for World {
    fn call(&mut self, host: HostFn, arg: i32, memory: &mut [u8]) -> i32 {
        match host {
            HostFn::ClockStart => self.clocks.start(arg),
            HostFn::ClockStop => self.clocks.stop(arg),
            HostFn::ClockLate => return i32::from(self.clocks.is_late(memory)),
            HostFn::Measured => self.timers.turn(arg, memory, &mut self.inputs),
            HostFn::Interrupted => {
                let stop = self.stop.as_ref();
                return i32::from(stop.is_some_and(|stop| stop.load(Ordering::Relaxed)));
            }
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
