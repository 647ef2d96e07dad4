//! The command line from outside: what it prints, what it writes, how it ends.
#![expect(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

#[path = "support/command.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

use support::{Run, directory, theusc};

const COUNTER: &str = "\
context c { global step: f64 in 0.0..=5.0 = 1.0  x: f64 = 0.0  trace: ring<f64, 4> }
process add { inputs c.step  outputs c.x, c.trace  c.x += c.step  c.trace.push(c.x) }
pipeline main every 100ms {
    add
    every 10 ticks { sink csv(\"x.csv\") { tick.time, c.x } }
}
test \"adds\" { run main for 1s  assert c.x == 10.0 }
test \"is wrong\" { run main for 2 ticks  assert c.x == 3.0 }
";

const FAILING: &str = "\
context c { x: [f64; 3]  i: i64 = 0 }
process p { outputs c  c.x[c.i] = 1.0  c.i += 2 }
pipeline main every 1s { p }
";

#[test]
fn help_is_for_people() {
    insta::assert_snapshot!("help", theusc(&["--help"]).all());
    for command in [
        "run", "repl", "check", "lint", "graph", "plot", "test", "bench", "fmt",
        "explain", "lsp",
    ] {
        insta::assert_snapshot!(
            format!("help-{command}"),
            theusc(&[command, "--help"]).all()
        );
    }
}

#[test]
fn what_no_editor_sends_is_told() {
    let cases = [
        "hello\r\n",
        "Content-Length: 70000000\r\n\r\n{}",
        "Content-Length: many\r\n\r\n{}",
        "Content-Length: 9\r\n\r\n{}",
        "Content-Length: 4\r\n\r\ntrue",
        "Content-Length: 33\r\n\r\n{\"jsonrpc\":\"2.0\",\"method\":\"exit\"}",
    ];
    let mut all = String::new();
    for input in cases {
        let run = Run::with_input(&["lsp"], input);
        assert_eq!((run.status, run.out.as_str()), (2, ""), "{input:?}");
        all += &format!("{input:?}\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
}

#[test]
fn it_says_its_version() {
    let run = theusc(&["--version"]);
    assert_eq!(run.status, 0);
    assert_eq!(
        run.all().trim(),
        format!("theusc {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_use_has_a_code_and_status_2() {
    let cases: [&[&str]; 6] = [
        &[],
        &["fly"],
        &["run"],
        &["run", "a.theus", "--ticks", "ten"],
        &["run", "a.theus", "--for", "10m"],
        &["check", "--budget", "64KB", "a.theus"],
    ];
    let mut all = String::new();
    for args in cases {
        let run = theusc(args);
        assert_eq!(run.status, 2, "{args:?}");
        all += &format!("{args:?}\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_run_tells_what_came_of_it() {
    let dir = directory("run");
    let file = dir.file("main.theus", COUNTER);
    let run = theusc(&["run", &file, "--for", "2s", "--out", &dir.path("out")]);
    assert_eq!(run.status, 0, "{}", run.all());
    insta::assert_snapshot!(run.all());
    let rows = std::fs::read_to_string(dir.path("out/x.csv")).unwrap();
    assert_eq!(rows, "tick.time,c.x\n0,1.0\n1,11.0\n");
}

#[test]
fn a_run_as_json() {
    let dir = directory("json");
    let file = dir.file("main.theus", COUNTER);
    let run = theusc(&[
        "run",
        &file,
        "--ticks",
        "3",
        "--json",
        "--out",
        &dir.path("out"),
    ]);
    assert_eq!(run.status, 0, "{}", run.all());
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["schema"], "theus.run/1");
    assert_eq!(value["outcome"]["kind"], "reached");
    assert_eq!(value["ticks"], 3);
    assert_eq!(value["state"]["c"]["x"], 3.0);
    assert_eq!(
        value["state"]["c"]["trace"],
        serde_json::json!([3.0, 2.0, 1.0])
    );
    assert_eq!(value["allocations_after_first_tick"], 0);
    assert_eq!(value["sinks"][0]["rows"], 1);
    assert!(run.err.is_empty());
}

#[test]
fn the_engines_agree() {
    let dir = directory("engines");
    let file = dir.file("main.theus", COUNTER);
    let state = |engine: &str| {
        let out = dir.path(engine);
        let args = [
            "run", &file, "--ticks", "7", "--json", "--engine", engine, "--out", &out,
        ];
        let value: serde_json::Value = serde_json::from_str(&theusc(&args).out).unwrap();
        value["state"].clone()
    };
    assert_eq!(state("jit"), state("interp"));
}

#[test]
fn quiet_says_nothing() {
    let dir = directory("quiet");
    let file = dir.file("main.theus", COUNTER);
    let run = theusc(&[
        "run",
        &file,
        "-q",
        "--ticks",
        "3",
        "--out",
        &dir.path("out"),
    ]);
    assert_eq!((run.status, run.all().as_str()), (0, ""));
}

#[test]
fn globals_are_set_by_options_and_files() {
    let dir = directory("globals");
    let file = dir.file("main.theus", COUNTER);
    let config = dir.file("cfg.toml", "[c]\nstep = 2.0\n");
    let out = dir.path("out");
    let base = [
        "run", &file, "--ticks", "2", "--json", "--out", &out, "--config", &config,
    ];
    let x = |args: &[&str]| {
        let run = theusc(args);
        assert_eq!(run.status, 0, "{}", run.all());
        let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
        value["state"]["c"]["x"].as_f64().unwrap()
    };
    assert_eq!(x(&base), 4.0);
    assert_eq!(x(&[&base[..], &["--set", "c.step=3"]].concat()), 6.0);
}

#[test]
fn settings_that_cannot_be_used() {
    let dir = directory("settings");
    dir.file("main.theus", COUNTER);
    dir.file("unknown.toml", "[c]\nstepp = 2.0\n");
    dir.file("broken.toml", "[c\n");
    let cases: [&[&str]; 9] = [
        &["--set", "c.step"],
        &["--set", "c.step=fast"],
        &["--set", "c.step=7.0"],
        &["--set", "c.stepp=1.0"],
        &["--set", "c.x=1.0"],
        &["--config", "unknown.toml"],
        &["--config", "broken.toml"],
        &["--config", "missing.toml"],
        &["--pipeline", "mian"],
    ];
    let mut all = String::new();
    for args in cases {
        let run = dir.theusc(&[&["run", "main.theus", "--ticks", "1"], args].concat());
        assert_eq!(run.status, 2, "{args:?}");
        all += &format!("{args:?}\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
}

#[test]
fn a_failure_has_its_place_and_status_1() {
    let dir = directory("failure");
    dir.file("main.theus", FAILING);
    let run = dir.theusc(&["run", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
    let run = dir.theusc(&["run", "main.theus", "--json"]);
    assert_eq!(run.status, 1);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["outcome"]["code"], "F01");
    assert_eq!(value["outcome"]["line"], 2);
    assert_eq!(value["outcome"]["values"]["index"], 4);
    let run = dir.theusc(&["run", "main.theus", "--strict", "off"]);
    assert_eq!(run.status, 1);
    assert!(run.err.contains("dirty"), "{}", run.all());
    let run = dir.theusc(&["run", "main.theus", "--strict", "off", "--json"]);
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["dirty"], true);
    assert_eq!(value["checks"]["Index"], 1);
}

#[test]
fn pipelines_are_chosen() {
    let dir = directory("pipelines");
    let two = "context c { x: f64 = 0.0 }\nprocess p { outputs c.x  c.x += 1.0 }\n\
               pipeline fast every 1ms { p }\npipeline slow { p }\n";
    dir.file("two.theus", two);
    dir.file("none.theus", "const A = 1\n");
    let mut all = String::new();
    let cases: [(&[&str], i32); 6] = [
        (&["run", "two.theus"], 2),
        (&["run", "two.theus", "--pipeline", "slwo"], 2),
        (&["run", "two.theus", "--pipeline", "slow"], 2),
        (
            &["run", "two.theus", "--pipeline", "slow", "--for", "1s"],
            2,
        ),
        (
            &[
                "run",
                "two.theus",
                "--pipeline",
                "fast",
                "--ticks",
                "5",
                "--quiet",
            ],
            0,
        ),
        (&["run", "none.theus"], 2),
    ];
    for (args, status) in cases {
        let run = dir.theusc(args);
        assert_eq!(run.status, status, "{args:?} {}", run.all());
        all += &format!("{args:?}\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
}

#[test]
fn files_that_cannot_be_read() {
    let dir = directory("files");
    std::fs::write(dir.path("latin.theus"), b"// Gr\xfc\xdfe\n").unwrap();
    std::fs::write(dir.path("huge.theus"), " ".repeat(5 << 20)).unwrap();
    std::fs::create_dir_all(dir.path("folder.theus")).unwrap();
    dir.file("imports.theus", "use latin\nuse missing\nuse folder\n");
    dir.file("a.theus", "use b\nconst A = 1\n");
    dir.file("b.theus", "use a\nconst B = 1\n");
    let mut all = String::new();
    for name in ["missing", "latin", "huge", "folder", "imports", "a"] {
        let run = dir.theusc(&["check", &format!("{name}.theus")]);
        assert_eq!(run.status, 2, "{name}");
        all += &format!("{name}\n{}\n", run.all());
    }
    insta::assert_snapshot!(all);
}

#[test]
fn results_that_cannot_be_written() {
    let dir = directory("results");
    dir.file("main.theus", COUNTER);
    dir.file("taken", "a file where a directory is needed");
    let run = dir.theusc(&["run", "main.theus", "--ticks", "1", "--out", "taken"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("T0806"), "{}", run.all());
    if std::path::Path::new("/dev/full").exists() {
        let run = dir.theusc_to("/dev/full", &["explain", "T0402"]);
        assert_eq!(run.status, 1);
        assert!(run.err.contains("T0806"), "{}", run.all());
    }
}

#[test]
fn tests_have_one_line_each() {
    let dir = directory("test");
    dir.file("main.theus", COUNTER);
    let run = dir.theusc(&["test", "main.theus"]);
    assert_eq!(run.status, 1);
    insta::assert_snapshot!(run.all());
    let run = dir.theusc(&["test", "main.theus", "--filter", "adds"]);
    assert_eq!(run.status, 0);
    assert!(
        run.all().ends_with(
            "\ntest result: ok. 1 passed; 0 failed; 1 filtered out; finished in …\n"
        ),
        "{}",
        run.out
    );
    let run = dir.theusc(&[
        "test",
        "main.theus",
        "--filter",
        "adds",
        "--engine",
        "interp",
    ]);
    assert_eq!(run.status, 0);
    let run = dir.theusc(&["test", "main.theus", "missing.theus"]);
    assert_eq!(run.status, 2);
}

#[test]
fn codes_are_explained() {
    assert!(theusc(&["explain", "t0402"]).out.starts_with("# T0402: "));
    assert!(
        theusc(&["explain", "F03"])
            .out
            .contains("on fault DivideByZero")
    );
    let list = theusc(&["explain", "--list"]).out;
    assert!(list.lines().count() > 100, "{list}");
    for (wanted, text) in [
        (
            "T0402",
            "`contract.write.disjoint`: No output of one member",
        ),
        (
            "types.ring.order",
            "# types.ring.order\n\n`for` takes the values of a ring",
        ),
        ("types.ring", "types.ring.undo: A process that is undone"),
        ("F01", "types.array.index-fault: "),
    ] {
        let out = theusc(&["explain", wanted]).out;
        assert!(out.contains(text), "{out}");
    }
    assert!(
        !theusc(&["explain", "types.array.literal"])
            .out
            .contains("\n# context")
    );
    assert!(list.contains("\ntypes.ring.undo\n"), "{list}");
    let run = theusc(&["explain", "types.ring.oder"]);
    assert!(
        run.err.contains("did you mean `types.ring.order`?"),
        "{}",
        run.all()
    );
    let run = theusc(&["explain", "T0499"]);
    assert_eq!(run.status, 2);
    assert!(run.err.contains("error[T0807]"), "{}", run.all());
}

#[test]
fn every_stage_has_text() {
    let dir = directory("emit");
    dir.file("main.theus", COUNTER);
    let marks = [
        ("ast", "context c"),
        ("hir", "process add {"),
        ("mir", "block0"),
        ("clif", "; target x86_64-unknown-linux"),
        ("asm", "; target "),
        ("image", "data c.trace at"),
    ];
    for (stage, mark) in marks {
        let run = dir.theusc(&["run", "main.theus", "--emit", stage]);
        assert_eq!(run.status, 0, "{}", run.all());
        assert!(run.out.contains(mark), "{stage}: {}", run.out);
    }
}

#[test]
fn a_program_from_the_standard_input() {
    let run = Run::with_input(&["check", "-"], COUNTER);
    assert_eq!((run.status, run.all().as_str()), (0, "no problems\n"));
    let run = Run::with_input(&["check", "-"], "context c { x: flaot }\n");
    assert_eq!(run.status, 2);
    assert!(run.err.contains("<stdin>:1:16"), "{}", run.all());
}

#[test]
fn a_reader_that_leaves_is_no_problem() {
    let dir = directory("pipe");
    dir.file("main.theus", COUNTER);
    let run = dir.theusc_closed(&["run", "main.theus", "--emit", "clif"]);
    assert_eq!((run.status, run.err.as_str()), (0, ""));
}

#[test]
#[cfg(unix)]
fn an_interrupt_ends_the_run_after_a_tick() {
    let dir = directory("interrupt");
    let endless = COUNTER.replace("every 10 ticks", "every 1000000 ticks");
    dir.file("main.theus", &endless);
    let run = dir.theusc_interrupted(&["run", "main.theus", "--ticks", "1000000000000"]);
    assert_eq!(run.status, 0, "{}", run.all());
    assert!(run.out.contains("interrupted at tick"), "{}", run.all());
    let rows = std::fs::read_to_string(dir.path("x.csv")).unwrap();
    assert!(rows.starts_with("tick.time,c.x\n0,1.0\n"), "{rows}");
}

#[test]
fn a_program_runs_as_long_as_its_source() {
    let dir = directory("source");
    dir.file("in.csv", "v\n1.0\n2.0\n3.5\n");
    let program = "context c { v: f64 = 0.0  sum: f64 = 0.0 }\n\
                   process add { inputs c.v  outputs c.sum  c.sum += c.v }\n\
                   pipeline main every 1s { source csv(\"in.csv\") { c.v as \"v\" }  add }\n";
    dir.file("main.theus", program);
    let run = dir.theusc(&["run", "main.theus", "--json"]);
    assert_eq!(run.status, 0, "{}", run.all());
    let value: serde_json::Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["outcome"]["kind"], "source-ended");
    assert_eq!(value["state"]["c"]["sum"], 6.5);
}

#[test]
fn codes_that_no_program_text_gives_can_be_met() {
    let dir = directory("codes");
    dir.file("main.theus", COUNTER);
    let deep = format!("const A = {}1{}\n", "(".repeat(300), ")".repeat(300));
    dir.file("deep.theus", &deep);
    dir.file("letter.theus", &"const A = ;\n\n".repeat(300));
    std::fs::write(dir.path("latin.theus"), b"\xfc").unwrap();
    dir.file("imports.theus", "use latin\n");
    let cases: [(&str, &[&str]); 8] = [
        ("T0103", &["check", "deep.theus"]),
        ("T0105", &["check", "latin.theus"]),
        ("T0115", &["check", "letter.theus"]),
        ("T0215", &["check", "imports.theus"]),
        ("T0604", &["check", "main.theus", "--budget", "100"]),
        ("T0802", &["run", "missing.theus"]),
        ("T0804", &["run", "main.theus", "--config", "missing.toml"]),
        ("T0807", &["explain", "T9999"]),
    ];
    for (code, args) in cases {
        let run = dir.theusc(args);
        assert_eq!(run.status, 2, "{args:?} {}", run.all());
        let head = format!("error[{code}]: ");
        assert!(run.err.contains(&head), "{args:?} {}", run.all());
    }
}
