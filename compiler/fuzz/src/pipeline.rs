//! The pipelines of generated programs, and what looks at their ticks.

use std::fmt::Write as _;

use crate::item::TOLD;
use crate::program::Gen;

/// Rules on fields that every program has.
const RULES: [&str; 9] = [
    "n < g or flag level C",
    "abs(x) < 1.0e9 level B after 2",
    "abs(v[1]) < 1000.0 level B",
    "n % 7 != 3 level B after 2 of 3",
    "not (x > 1.0e200) level S",
    "all(i in 0..4: v[i] < 1.0e12) level B",
    "sum(v) <= 1.0e6 level C after 2",
    "flag or x < 1000.0 level A after 3",
    "bounded != 0.5 or flag level C",
];

/// When an alert is raised, and when it is over.
const ALERTS: [&str; 7] = [
    "when tick.faults > 1 and not (w.level > 3.0)",
    "when w.level > 0.5 for 2 ticks  clear below 0.5",
    "when w.up",
    "when not w.up and tick.count > 1  clear when w.level > 3.0",
    "when w.turn < 5 for 20ms  clear above 2",
    "when finite(w.level)",
    "when w.level >= 1.0 for 3 ticks",
];

impl Gen {
    /// All of them, and what stands around them.
    pub(crate) fn pipelines(
        &mut self,
        out: &mut String,
        processes: usize,
        others: &[String],
        scenes: &[String],
    ) {
        self.watches(out);
        let inner = self.rng.chance(20);
        if inner {
            self.used.insert("pipelines in pipelines");
            let _ = writeln!(
                out,
                "pipeline inner every 30ms {{ stir  on c.flag {{ stir }}  on error Oops {{ skip }} }}"
            );
        }
        let signals = self.signals(out);
        let scratch = if self.rng.chance(20) {
            self.used.insert("scratch");
            " scratch 2KiB"
        } else {
            ""
        };
        let _ = writeln!(out, "pipeline main every 10ms{scratch} {{");
        if self.settles() {
            let _ = writeln!(out, "    on start {{ settle }}");
        }
        self.files(out);
        if inner {
            let _ = writeln!(out, "    inner");
        }
        for n in 0..processes {
            self.run(out, n);
        }
        for name in others {
            let _ = writeln!(out, "    {name}");
        }
        for lines in scenes {
            let _ = writeln!(out, "    {lines}");
        }
        if signals {
            let _ = writeln!(
                out,
                "    hit\n    on ev.hit as h {{ take(h)  when h.a > 1.0 {{ add(h.c[1], 2) }} }}\n    \
                 on ev.many as n {{ add(n, 1) }}\n    on idle 20ms {{ add(7, 1) }}"
            );
        }
        if self.rng.chance(20) {
            self.used.insert("groups");
            let _ = writeln!(
                out,
                "    par {{ fill(left, 0.75, 9), fill(cells[0], 0.5, 12) -> fill(cells[0], 1.5, 3), \
                 fill(cells[2], 1.25, 5), stir }}"
            );
        }
        if self.used.contains("audits") {
            let _ = writeln!(out, "    stir");
        }
        if self.used.contains("alerts") {
            let _ = writeln!(out, "    watch");
        }
        if self.rng.chance(9) {
            self.used.insert("messages");
            let word = if self.rng.chance(50) { "stop" } else { "fail" };
            let _ = writeln!(
                out,
                "    when c.x > 90.0 {{ {word} \"{{c.x:.2}} {{c.n}} {{c.flag}} {{c.v}} at {{tick.now}}\" }}"
            );
        }
        let fault = if self.rng.chance(85) {
            "    on fault { skip }\n"
        } else {
            ""
        };
        let _ = writeln!(out, "    on error Oops {{ skip }}\n{fault}}}");
        self.tests(out);
    }

    /// Signals that carry values, times without them, and what ticks tell of their work.
    fn signals(&mut self, out: &mut String) -> bool {
        let some = self.rng.chance(20);
        if some {
            self.used.insert("values of signals");
            let _ = writeln!(
                out,
                "context ev {{ signal hit: S?  signal many: i64  got: f64  sum: i64  steps: u64  load: f64 }}\n\
                 process hit {{ inputs c.x, c.n, c.flag  outputs ev.hit, ev.many\n    \
                 if c.flag {{ ev.hit = S(a: c.x, b: 3) }}\n    ev.many += c.n % 3\n}}\n\
                 process take(s: S) {{ outputs ev.got, ev.hit  ev.hit = S(a: 0.5)  ev.got = ev.got * 0.5 + s.a }}\n\
                 process add(n: i64, times: i64) {{ inputs tick  outputs ev.sum, ev.steps, ev.load  budget 9 steps\n    \
                 for i in 0..times {{ ev.sum = wrapping_add(ev.sum, n) }}\n    \
                 ev.steps = tick.steps  ev.load = tick.load\n}}"
            );
        }
        some
    }

    /// Rules and alerts.
    fn watches(&mut self, out: &mut String) {
        if self.rng.chance(20) {
            self.used.insert("audits");
            let _ = writeln!(out, "audit c {{");
            for _ in 0..1 + self.rng.below(3) {
                let rule = self.rng.pick(&RULES).copied().unwrap_or_default();
                let _ = writeln!(out, "    {rule}");
            }
            let _ = writeln!(out, "}}");
        }
        if self.rng.chance(20) {
            self.used.insert("alerts");
            let _ = writeln!(
                out,
                "context w {{ level: f64  up: bool  turn: i64  meta told: u64 }}\n\
                 process watch {{ inputs c.x, c.flag, c.n  outputs w.level, w.up, w.turn\n    \
                 w.level = c.x  w.up = c.flag  w.turn = c.n\n}}\n\
                 process alarm {{ outputs w.told  w.told += 1 }}"
            );
            for n in 0..1 + self.rng.below(2) {
                let when = self.rng.pick(&ALERTS).copied().unwrap_or_default();
                let _ = writeln!(out, "alert a{n} {{ {when}  do {{ alarm }} }}");
            }
            if self.rng.chance(50) {
                self.used.insert("values of the host");
                let when = self.rng.pick(&TOLD).copied().unwrap_or_default();
                let _ = writeln!(out, "alert told {{ {when}  do {{ alarm }} }}");
            }
        }
    }

    /// A pipeline of one process, each of whose checks is made to fail, and one in whose ticks
    /// nothing happens but what time does.
    pub(crate) fn only(&mut self, out: &mut String, others: &[String]) {
        let alone = self.used.contains("isolated elements");
        let only = match self.rng.below(4) {
            0 => "atomic { p0 -> p0 }",
            // Of isolated elements one fails, and the others go on.
            1 => others
                .iter()
                .rfind(|name| *name != "each_one" || !alone)
                .map_or("p0", String::as_str),
            _ => "p0",
        };
        let _ = writeln!(
            out,
            "pipeline only every 10ms {{\n    {only}\n    on error Oops {{ skip }}\n    on fault {{ skip }}\n}}\n\
             process rest {{ outputs c.m  c.m += 1 }}\n\
             pipeline idle every 10ms {{ rest }}"
        );
    }

    /// A process in the pipeline.
    fn run(&mut self, out: &mut String, n: usize) {
        let _ = match self.rng.below(8) {
            5 => {
                self.used.insert("edges");
                writeln!(out, "    on c.flag {{ p{n} }}")
            }
            6 => {
                self.used.insert("repeats");
                writeln!(out, "    repeat 3 until c.flag {{ p{n} }}")
            }
            7 if n == 0 => {
                self.used.insert("modes");
                let rate = if self.rng.chance(85) {
                    self.used.insert("modes with items at a rate");
                    "every 2 ticks { stir }  "
                } else {
                    ""
                };
                let enters = if self.rng.chance(40) {
                    "  on error Oops { enter Two }"
                } else {
                    ""
                };
                writeln!(
                    out,
                    "    mode One start {{ p0  on exit {{ stir }}  enter Two when not c.flag{enters} }}\n    \
                     mode Two {{ on enter {{ stir }}  {rate}enter One when c.flag }}"
                )
            }
            4 => {
                self.used.insert("atomic groups");
                writeln!(out, "    atomic {{ p{n}  when c.flag {{ stir }} }}")
            }
            0 => writeln!(out, "    when c.flag {{ p{n} }}"),
            1 => writeln!(out, "    every 2 ticks {{ p{n} }}"),
            _ => writeln!(out, "    p{n}"),
        };
    }
}
