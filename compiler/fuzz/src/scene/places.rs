//! Scenes of places: heavy fields of two buffers, contexts by an enum, elements in many ways.

use super::Scene;

pub(super) const SCENES: &[Scene] = &[
    Scene {
        name: "heavy fields of two buffers",
        items: "context cam {\n    heavy(swap) line: [f64; 6] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]\n    heavy(swap copy) hits: [i32; 7]\n    heavy(swap) still: [u8; 2, 3]\n    seen: f64\n    sum: i64\n}\n\
                process cam_turn {\n    inputs $I\n    outputs cam.line, cam.seen\n    ensures cam.line[0] == cam.line[0] or finite(old(cam.line[5]))\n    errors Oops\n    for i in 0..6 { cam.line[i] = old(cam.line[(i + $k) % 6]) * 0.5 + $f }\n    if $b { raise Oops }\n    cam.seen = cam.line[3] + old(cam.line[$k])\n}\n\
                process cam_count {\n    inputs $I\n    outputs cam.hits\n    cam.hits[$k] += 1\n    cam.hits[wrapping_add(c.n, $i) & 7] = old(cam.hits[$k]) + $j\n}\n\
                process cam_fill {\n    inputs $I\n    outputs cam.still\n    if $b { cam.still = [$u; 2, 3] } else { for y in 0..2 { cam.still[y] = [$u; 3] } }\n    cam.still[0, 1] = cam.still[1, 2]\n}\n\
                process cam_look {\n    inputs cam.line, cam.hits, cam.still\n    outputs cam.sum, cam.seen\n    cam.sum = cam.hits[$k] as i64 * 3 + cam.still[0, 1] as i64\n    for x in cam.line { cam.seen = cam.seen * 0.5 + x }\n}",
        lines: &[
            "cam_turn -> cam_count -> cam_fill -> cam_look",
            "atomic { cam_turn -> cam_look -> cam_count }",
            "par { cam_turn, cam_count, cam_fill }\n    cam_look",
            "cam_fill\n    when c.flag { cam_turn } else { cam_count -> cam_look }",
        ],
        tests: &[
            "test \"two buffers\" { set cam.line[2] = $k.5  run main for 2 ticks  assert cam.sum != 5 }",
        ],
    },
    Scene {
        name: "contexts of an enum",
        items: "enum Part { Logic, Motor, Memory }\n\
                context type Layer { f: f64 = 1.0  part: Part = Motor  past: ring<f64, 3>  all: list<i64, 4>  global rate: f64 = 0.5  global top: f64 = Layer.rate * 2.0 }\n\
                context layers: [Layer; Part]\ncontext single: Layer\n\
                process layer_step {\n    inputs $I, layers[Logic].part, layers.rate\n    outputs layers.f\n    layers[layers[Logic].part].f = $f * layers[Memory].rate\n    layers[Part.Memory].f += 1.0\n}\n\
                process layer_turn {\n    inputs $I\n    outputs layers.part\n    layers[Logic].part = if $b { Memory } else { layers[Motor].part }\n}\n\
                process layer_own(l: Layer, n: i64) {\n    inputs l.top\n    outputs l.past, l.all, l.f\n    l.past.push(l.f * l.top)\n    if l.all.is_full() { l.all.clear() }\n    l.all.push(n)\n    l.f = l.past.mean()\n}",
        lines: &[
            "layer_step -> layer_turn -> layer_own(layers[Motor], 3)",
            "par { layer_own(layers[Logic], 1), layer_own(single, 2) -> layer_own(single, 4), layer_own(layers[Memory], 3) }\n    layer_step",
            "atomic { layer_turn -> layer_own(single, $k) -> layer_step }",
            "layer_own(layers[Motor], 3)\n    when layers[layers[Logic].part].f > 2.0 { layer_turn -> layer_step }\n    when c.flag { reset single }",
        ],
        tests: &[
            "test \"layers\" { set layers[Logic].rate = 0.75  run main for 2 ticks  assert layers[Motor].all.len() < 9 }",
        ],
    },
    Scene {
        name: "elements on threads",
        items: "context th {\n    xs: [f64; 130] = [0.5; 130]\n    ns: list<i64, 140> = [1, 2, 3]\n    ps: pool<S, 90>\n    meta runs: u64\n    meta sums: i64\n    signal high: i64\n    sum: f64\n    count: i64\n}\n\
                process th_settle { outputs th.ns, th.ps  for i in 0..120 { th.ns.push(i * 37 % 101) }  for i in 0..80 { th.ps.insert(S(a: i as f64, b: i as i32)) } }\n\
                process th_floats {\n    each x in th.xs\n    inputs $I, random, tick\n    outputs th.xs, th.runs, th.high\n    th.runs += 1\n    x = x * 0.5 + $f + random.uniform(0.0, 1.0)\n    if x > 1.0 { th.high += 2 }\n    x += seconds(tick.time)\n}\n\
                process th_ints {\n    each n in th.ns where n % 3 != $k\n    inputs $I\n    outputs th.ns, th.sums\n    th.sums += n\n    n = wrapping_add(wrapping_mul(n, 5), $i)\n    if n % 11 == 4 { return }\n    n = n - (n >> 1)\n}\n\
                process th_pool {\n    each p in th.ps\n    inputs $I\n    outputs th.ps, th.runs\n    p.b = wrapping_add(p.b, $j)\n    p.c[$k % 3] = p.b as i64\n    th.runs += 2\n    p.a = p.a * 0.75 + $f\n}\n\
                process th_add { inputs th.xs, th.ns, th.ps  outputs th.sum, th.count\n    for x in th.xs { th.sum = th.sum * 0.5 + x }\n    for n in th.ns { th.count = wrapping_add(wrapping_mul(th.count, 3), n) }\n    for p in th.ps { th.sum += p.a }\n}",
        lines: &[
            "on start { th_settle }\n    th_floats -> th_ints -> th_pool -> th_add",
            "par { th_floats, th_ints, th_pool }\n    when th.high > 3 { th_add }",
            "every 2 ticks { th_settle }\n    th_ints\n    atomic { th_pool -> th_add }",
        ],
        tests: &[
            "test \"threads\" { run th_settle  run th_ints 2 times  run th_floats for 2 ticks  run th_pool  run th_add }",
        ],
    },
    Scene {
        name: "elements with clauses",
        items: "context ei {\n    xs: [f64; 6] = [1.0, 5.0, -2.0, 0.0, 9.0, 3.0]\n    bad: ring<i64, 4>\n    log: list<f64, 30>\n    q: ring<i64, 5>\n    signal odd: bool\n    meta tried: u64\n    n: i64\n}\n\
                process ei_isolated {\n    each x in ei.xs where x > -50.0 isolated into ei.bad\n    inputs $I\n    outputs ei.xs, ei.tried, ei.odd\n    sends ei.log max 1\n    sends ei.q max 2\n    requires ei.xs[0] == ei.xs[0] or c.flag\n    ensures x < 10.0 and (x != old(x) or c.flag)\n    errors Oops\n    ei.tried += 1\n    ei.q.push($k)\n    if $b { ei.log.push(x) }\n    x = x * $f\n    if x < -3.0 { raise Oops }\n    ei.odd = true\n    ei.q.push(($f) as i64)\n}\n\
                process ei_whole {\n    each x in ei.xs\n    inputs $I\n    outputs ei.xs\n    ensures all(i in 0..6: ei.xs[i] == ei.xs[i] or old(ei.xs)[i] > 0.0)\n    errors Oops\n    var sum = 0.0\n    for other in ei.xs { sum = sum * 0.5 + other }\n    x = (x + sum) / 2.0\n    if x > 1.0e12 { raise Oops }\n}\n\
                process ei_cached { each x in ei.xs  inputs ei.n  outputs ei.xs  cached  x += ei.n as f64 }\n\
                process ei_count { inputs ei.bad  outputs ei.n, ei.log  for i in ei.bad { ei.n += i }  if ei.log.len() > 12 { ei.log.clear() } }",
        lines: &[
            "ei_isolated -> ei_whole -> ei_cached -> ei_count",
            "ei_isolated\n    when ei.odd { ei_count } else { ei_whole }",
            "atomic { ei_whole -> ei_cached }\n    ei_isolated -> ei_isolated",
        ],
        tests: &[
            "test \"elements\" { set ei.n = $k  run ei_cached 2 times  run ei_isolated  run ei_count  assert ei.n < 100 }",
        ],
    },
    Scene {
        name: "samples in sinks and alerts",
        items: "context sm { u: f64  meta all: samples<7>  meta some: samples<30>  meta told: u64 }\n\
                process sm_act { inputs $I  outputs sm.u, sm.all, sm.some  errors Oops\n    sm.all.push($f)\n    sm.u = $f\n    for i in 0..$k { sm.some.push(sm.u * i as f64) }\n    if $b { raise Oops }\n}\n\
                process sm_alarm { outputs sm.told  sm.told += 1 }\n\
                alert sm_high { when sm.all.p95() > 1.5 for 2 ticks  clear below 0.9  do { sm_alarm } }\n\
                alert sm_spread { when sm.some.std() > 1.0 or sm.some.len() > 9  do { sm_alarm } }",
        lines: &[
            "sm_act\n    every 2 ticks { sink csv(\"samples.csv\") { sm.all.mean() as \"mean\", sm.all.p50() as \"p50\", sm.some.p99() as \"p99\", sm.some.rms() as \"rms\", sm.told } }",
            "sm_act -> sm_act\n    sink csv(\"samples.csv\") { sm.all.minimum() as \"least\", sm.some.maximum() as \"most\", sm.some.len() as \"n\" }",
        ],
        tests: &[],
    },
    Scene {
        name: "measured items",
        items: "context ms { n: i64  meta took: samples<6>  meta all: samples<9>  meta told: u64 }\n\
                process ms_act { inputs $I  outputs ms.n, ms.took  errors Oops  measure ms.took { ms.n = $i  if $b { raise Oops } } }\n\
                process ms_tell { outputs ms.told  ms.told += 1 }\n\
                alert ms_long { when ms.took.p95() > 0.0001 or host.took > 1ms  do { ms_tell } }",
        lines: &[
            "measure ms.all { ms_act -> stir  on error Oops { skip } }",
            "measure ms.all { ms_act  when ms.n > 3 { drop }  on error Oops { skip } }",
            "when c.flag { measure ms.all { ms_act } }",
        ],
        tests: &[
            "test \"measured\" { mock host.took = 200us  run main for 2 ticks  mock host.took = 2ms  run main for 1 ticks }",
        ],
    },
];
