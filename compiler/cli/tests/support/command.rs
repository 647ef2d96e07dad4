//! Runs the command line in directories of its own.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A command that has ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_theusc"));
    command
        .args(args)
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .stdin(Stdio::null());
    command
}

/// Runs the command line here.
pub(crate) fn theusc(args: &[&str]) -> Run {
    Run::of(command(args).output().unwrap())
}

impl Run {
    fn of(output: std::process::Output) -> Self {
        Self {
            status: output.status.code().unwrap(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the command line with a text as its input.
    pub(crate) fn with_input(args: &[&str], input: &str) -> Self {
        Self::fed(command(args), input)
    }

    fn fed(mut command: Command, input: &str) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        Self::of(child.wait_with_output().unwrap())
    }

    /// Both streams, with numbers that differ from run to run replaced.
    pub(crate) fn all(&self) -> String {
        let text = format!("{}{}", self.out, self.err);
        text.lines().map(|line| steady(line) + "\n").collect()
    }
}

fn steady(line: &str) -> String {
    if line.starts_with("wall time") || line.starts_with("memory") {
        let word = line.split(' ').next().unwrap();
        return format!("{word} …");
    }
    if let Some((counts, _)) = line.split_once("; finished in ") {
        return format!("{counts}; finished in …");
    }
    let is_test = line.starts_with("ok ") || line.starts_with("FAIL ");
    match line.rsplit_once(" (") {
        Some((title, _)) if is_test => format!("{title} (…)"),
        _ => line.replace(env!("CARGO_TARGET_TMPDIR"), "TMP"),
    }
}

/// A directory for one test.
#[derive(Debug)]
pub(crate) struct Directory(PathBuf);

/// An empty directory of that name.
pub(crate) fn directory(name: &str) -> Directory {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&path);
    fs::create_dir_all(&path).unwrap();
    Directory(path)
}

impl Directory {
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn file(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// Runs the command line in this directory.
    pub(crate) fn theusc(&self, args: &[&str]) -> Run {
        Run::of(command(args).current_dir(&self.0).output().unwrap())
    }

    /// The same, with a text as its input.
    pub(crate) fn with_input(&self, args: &[&str], input: &str) -> Run {
        let mut command = command(args);
        command.current_dir(&self.0);
        Run::fed(command, input)
    }

    /// Starts the command line in this directory, with its notes in a file.
    pub(crate) fn start(&self, args: &[&str], notes: &str) -> std::process::Child {
        let mut command = command(args);
        command
            .current_dir(&self.0)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(self.0.join(notes)).unwrap());
        command.spawn().unwrap()
    }

    /// The same, with its output to a file.
    pub(crate) fn theusc_to(&self, target: &str, args: &[&str]) -> Run {
        let target = fs::OpenOptions::new().write(true).open(target).unwrap();
        let mut command = command(args);
        command
            .current_dir(&self.0)
            .stdout(target)
            .stderr(Stdio::piped());
        Run::of(command.spawn().unwrap().wait_with_output().unwrap())
    }

    /// The same, with nobody who reads its output.
    pub(crate) fn theusc_closed(&self, args: &[&str]) -> Run {
        let mut command = command(args);
        command
            .current_dir(&self.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        drop(child.stdout.take());
        Run::of(child.wait_with_output().unwrap())
    }

    /// The same, interrupted once it writes results.
    #[cfg(unix)]
    pub(crate) fn theusc_interrupted(&self, args: &[&str]) -> Run {
        let mut command = command(args);
        command
            .current_dir(&self.0)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        let sink = self.0.join("x.csv");
        for _ in 0..500 {
            std::thread::sleep(std::time::Duration::from_millis(20));
            if sink.exists() {
                break;
            }
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
        let kill = Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status();
        assert!(kill.unwrap().success());
        Run::of(child.wait_with_output().unwrap())
    }
}
