//! Scenes of flow: batches, handlers, the beginning and the end of runs, choices, periods, modes.

use super::Scene;

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "batches",
        items: "context inb { box: list<i64, 9>  jobs: queue<S, 6> by b full oldest  n: i64  m: i64  sum: i64  batches: i64  halves: i64  at: duration  log: ring<duration, 4> }\n\
                process inb_bring { inputs $I  outputs inb.n, inb.box  inb.n += 1  if $b or inb.n % 3 == 1 { inb.box.push(inb.n) } }\n\
                process inb_order { inputs $I  outputs inb.m, inb.jobs  inb.m += 1  inb.jobs.push($s) }\n\
                process inb_take { inputs tick  outputs inb.box, inb.sum, inb.batches, inb.at, inb.log  inb.batches += 1  inb.at = tick.time  inb.log.push(tick.dt)\n    for n in inb.box.drain() { inb.sum = inb.sum * 3 + n }\n}\n\
                process inb_one { outputs inb.box, inb.sum  inb.sum = wrapping_add(inb.sum, inb.box.pop() ?? 9) }\n\
                process inb_work { outputs inb.jobs, inb.halves  for i in 0..2 { if let job = inb.jobs.pop() { inb.halves = wrapping_add(inb.halves * 2, job.b as i64) } } }",
        lines: &[
            "inb_bring",
            "inb_order -> inb_work",
            "inb_bring -> inb_take",
        ],
        tests: &[
            "pipeline inb_feed every 1ms { inb_bring  on fault { skip } }\npipeline inb_orders every 3ms { inb_order  on fault { skip } }\n\
             pipeline inb_some on inb.box max 4 or 5ms { inb_take  on fault { skip } }\npipeline inb_works on inb.jobs max 3 { inb_work  on fault { skip } }\n\
             test \"batches\" { run inb_feed, inb_orders, inb_some, inb_works for 24ms  assert inb.batches < 9 }",
            "pipeline inb_feed every 2ms { inb_bring  every 3 ticks { inb_bring }  on fault { drop } }\n\
             pipeline inb_each on inb.box max 2 or 3ms { inb_one  when inb.box.len() > 2 { inb_one }  on fault { skip } }\n\
             test \"batches\" { run inb_feed, inb_each for 30ms }\n\
             test \"by themselves\" { set inb.box = [1, 2, $k]  run inb_each for 2 ticks }",
            "pipeline inb_orders every 2ms { inb_order -> inb_order  on fault { skip } }\n\
             pipeline inb_late on inb.jobs max 6 or 7ms { inb_work -> inb_work }\n\
             test \"batches\" { run inb_orders, inb_late for 40ms  run inb_late for 1 ticks }",
        ],
    },
    Scene {
        name: "handlers by name",
        items: "context hd { n: i64  wide: i64  by: [i64; 6]  small: u8 }\n\
                process hd_try {\n    inputs $I\n    outputs hd.n\n    requires hd.n < 40\n    ensures hd.n != old(hd.n) + 7\n    errors Small(i64), Large(f64, bool), Plain\n    hd.n += 1\n    if $b { raise Small(hd.n) }\n    if $b { raise Large($f, c.flag) }\n    hd.n += 10 / (hd.n % 4)\n    if $b { raise Plain }\n    hd.n = ($i) + hd.n\n}\n\
                process hd_narrow { inputs $I  outputs hd.wide, hd.small  hd.wide += 100  hd.small = (hd.wide + $k) as u8 }\n\
                process hd_0 { outputs hd.by  hd.by[0] += 1 }\nprocess hd_1 { outputs hd.by  hd.by[1] += hd.by[0] }\n\
                process hd_2 { outputs hd.by, hd.n  hd.by[2] += 1  hd.n = 0 }\nprocess hd_3 { outputs hd.by, hd.wide  hd.by[3] += 1  hd.wide = 0 }",
        lines: &[
            "when tick.count >= 0 {\n        hd_try -> hd_narrow -> hd_0\n        on error Small { hd_1 skip }\n        on error Large, Plain { hd_2 drop }\n        on fault DivideByZero from hd_try { hd_2 -> hd_3 skip }\n        on fault from hd_narrow { hd_3 skip }\n        on fault Overflow, Requires { hd_2 skip }\n        on fault { skip }\n    }",
            "when c.n != 77 {\n        when not c.flag { hd_try  on error Small { hd_0 skip }  on error Large { skip }  on fault Ensures { hd_2 skip } }\n        hd_narrow\n        on error Plain from hd_try { hd_1 drop }\n        on fault Conversion { hd_3 skip }\n        on fault Requires { hd_2 skip }\n        on fault { drop }\n    }",
            "atomic { hd_0 -> hd_try -> hd_1 }\n    on error Small from hd_try { hd_2 skip }\n    on error Large { stop \"large {hd.n}\" }\n    on error Plain { skip }",
            "par { hd_try, hd_narrow -> hd_3 }\n    on error Small, Large, Plain { hd_0 -> hd_1 skip }\n    on fault Conversion from hd_narrow { hd_1 skip }",
            "hd_try\n    on error Small { skip }\n    on error Plain { hd_0 drop }\n    on error Large { fail \"at {tick.count}: {hd.n:4}\" }",
        ],
        tests: &[
            "test \"expected\" { set hd.wide = 200  expect Conversion { run hd_narrow }  assert_faults 0 { run hd_0 2 times } }",
        ],
    },
    Scene {
        name: "the beginning and the end",
        items: "context be { started: i64  n: i64 = 5  stopped: i64  third: i64  timed: i64  all: list<i64, 9> = [1]  o: f64? }\n\
                process be_start { inputs $I  outputs be.started  be.started += 1 + $k }\n\
                process be_step { inputs $I  outputs be.n, be.all, be.o  be.n += 1  be.all.push($i)  be.o = if $b { $f } else { none } }\n\
                process be_stop { inputs be.n  outputs be.stopped  be.stopped = be.stopped * 10 + be.n }\n\
                process be_third { outputs be.third  be.third += 1 }\nprocess be_timed { outputs be.timed  be.timed += 1 }",
        lines: &[
            "be_step\n    when be.n == 8 { reset be.n }\n    when be.all.len() > 3 { reset be.all }\n    every 3 ticks { be_third }\n    every 20ms { be_timed }\n    on stop { be_stop }",
            "on start { be_start }\n    be_step\n    when be.all.is_full() or be.n > 9 { reset be } else when be.o == none { be_third } else { be_timed }\n    on stop { be_stop -> be_third }",
            "atomic { be_step  when be.n > 7 { reset be.n } }\n    when c.flag { reset c.v }\n    on stop { when be.n > 6 { be_stop } }",
            "repeat 4 until be.n % 5 == 0 { be_step -> be_third }\n    when be.all.len() > 4 { reset be.all }\n    when be.n > 17 { stop \"{be.n}\" }\n    on stop { be_stop }",
        ],
        tests: &[
            "pipeline be_main every 2ms { on start { be_start }  be_step  every 3 ticks { be_third }  every 6ms { be_timed }  when be.all.len() > 3 { reset be }  on stop { be_stop }  on fault { skip } }\n\
             test \"begin and end\" for n in 1..=3, k in [2, 9] { run be_main for n ticks  run be_main until be.third > k max 30ms  assert be.started < 99 }",
            "pipeline be_grow every 1ms { be_step  when be.all.len() > $k + 1 { reset be.all }  on fault { skip } }\n\
             test \"growth\" { run be_grow for 5 ticks  assert_no_growth { run be_grow for 12 ticks } }",
        ],
    },
    Scene {
        name: "choices in pipelines",
        items: "enum Job { Idle, Work(left: i64), Rest(d: duration, on: bool) }\n\
                context jb { job: Job = Job.Work(left: 3)  done: i64  word: str<6>  rest: i64 }\n\
                process jb_next {\n    inputs $I\n    outputs jb.job, jb.word\n    jb.job = match jb.job { Idle => Work(left: $i), Work(n) if n > 3 => Rest(d: 1ms * $k, on: $b), Work(_) => Idle, Rest(_, on) => if on { Idle } else { Work($k) } }\n    jb.word = \"{$k}\"\n}\n\
                process jb_step { outputs jb.done  jb.done += 1 }\nprocess jb_rest { outputs jb.rest  jb.rest += 1 }",
        lines: &[
            "jb_next\n    match jb.job {\n        Work(n) if n > 5 => jb_rest,\n        Work(n) => { when n > 1 { jb_step -> jb_step } }\n        Rest(d, true) => { when d > 2ms { jb_rest } }\n        Rest(_, _) => { jb_step }\n        Idle => { jb_rest -> jb_next }\n    }",
            "match c.n { 0..=3 => jb_step, n if n < 0 => { jb_next -> jb_rest }, _ => { jb_next } }\n    match jb.word { \"1\" | \"3\" => jb_rest, \"4\" => { jb_step -> jb_step }, _ => { } }",
            "jb_next\n    match c.x { 0.0..=1.0 => jb_step, x => { when x > 2.0 { jb_rest } } }\n    match (c.flag, jb.done > 4) { (true, true) => { jb_rest }, (false, _) => { jb_step }, _ => { } }",
            "par { jb_next, jb_step, jb_rest }\n    match jb.job { Rest(d, _) if d < 3ms => { reset jb.done }, _ => { jb_step } }",
        ],
        tests: &[],
    },
    Scene {
        name: "periods from globals",
        items: "context pg { global fast: duration in 1ms..=1s = 2ms  global slow: duration in 1ms..=1s = 5ms  n: i64  m: i64  x: f64  estimate: f64  sum: f64  dts: ring<duration, 3>  modes: i64 }\n\
                process pg_move { inputs $I, tick  outputs pg.n, pg.x, pg.dts  pg.n += 1  pg.x = pg.x * 0.5 + $f  pg.dts.push(tick.dt) }\n\
                process pg_follow { inputs pg.n, pg.x, tick  outputs pg.m, pg.estimate  pg.m += pg.n  pg.estimate = pg.x - prev(pg.x) + seconds(tick.time) }\n\
                process pg_add { inputs pg.estimate  outputs pg.sum  pg.sum = window(pg.estimate, 8ms).mean() + pg.sum * 0.5 }\n\
                process pg_mode { outputs pg.modes  pg.modes = pg.modes * 2 + 1 }",
        lines: &[
            "pg_move -> pg_add",
            "every 3 ticks { pg_move }\n    pg_follow",
        ],
        tests: &[
            "pipeline pg_fast every pg.fast { pg_move -> pg_add }\npipeline pg_slow every pg.slow { pg_follow }\n\
             test \"together\" { run pg_fast, pg_slow for 30ms  assert tick.dt <= 5ms }\n\
             test \"as set\" { set pg.fast = 3ms  set pg.slow = 1ms  run pg_fast, pg_slow for 13ms  run pg_slow for 2 ticks }",
            "pipeline pg_fast every 2ms { pg_move  when pg_plan.mode == pg_plan.Go { pg_add } }\n\
             pipeline pg_plan every pg.slow {\n    pg_follow\n    mode Wait start { on exit { pg_mode }  enter Go when pg.n > 4 }\n    mode Go { on enter { pg_mode }  pg_mode  enter Wait when pg.n % 3 == $k }\n}\n\
             test \"modes of two\" { run pg_fast, pg_plan for 40ms  run pg_fast, pg_plan until pg.modes > 9 max 20ms }",
            "pipeline pg_batch { pg_move -> pg_follow }\ntest \"no clock\" { run pg_batch for 4 ticks  run pg_batch 3 times  assert tick.time == 0ms }",
        ],
    },
    Scene {
        name: "modes with handlers",
        items: "context mo { n: i64  ups: i64  downs: i64  faults: i64  held: [f64; 3] }\n\
                process mo_up { inputs $I  outputs mo.n, mo.ups, mo.held  errors Oops  mo.n += 1  mo.ups += 1  mo.held[mo.n % 4] = $f  if $b { raise Oops } }\n\
                process mo_down { inputs $I  outputs mo.n, mo.downs  mo.n -= $k  mo.downs += 1 }\n\
                process mo_fault { outputs mo.faults  mo.faults += 1 }",
        lines: &[
            "mo_up -> mo_down",
            "atomic { mo_up -> mo_down -> mo_fault }",
        ],
        tests: &[
            "pipeline mo_main every 1ms {\n    mode Up start { mo_up  every 3 ticks { mo_down }  on exit { mo_fault }  enter Down when mo.n > 2  on fault { mo_fault enter Broken } }\n\
             \x20   mode Down { on enter { mo_down -> mo_fault }  mo_down  enter Up when mo.n < 0 }\n    mode Broken { on enter { mo_fault }  when mo.n > 1 { enter Up } }\n\
             \x20   when mo_main.mode == mo_main.Down { mo_fault }\n    on error Oops { mo_fault enter Down }\n    on fault { enter Broken }\n}\n\
             test \"modes\" { run mo_main for 14 ticks  assert mo.faults < 99 }\n\
             test \"until\" { run mo_main until mo_main.mode == mo_main.Broken max 20ms }",
            "pipeline mo_main every 2ms {\n    mo_down\n    mode A start { mo_up  enter B when mo.n % 2 == 0  enter C when mo.n > 3  reset mo.held }\n    mode B { match mo.ups { 0..=2 => mo_up, _ => { enter C } } }\n    mode C { when c.flag { enter A } else { enter B } }\n    on error Oops { drop }\n    on fault { skip }\n}\n\
             test \"first of several\" { run mo_main for 12 ticks }",
        ],
    },
];
