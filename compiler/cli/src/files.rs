//! Programs from the file system.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use theus::{ReadError, Report, Sources, Text};
use theus_diag::{Code, Diagnostic};
use theus_grammar::{MAX_BYTES, SyntaxErrorKind, decode};

use crate::problem::{boxed, plain};

/// The name of the standard input.
pub(crate) const INPUT: &str = "<stdin>";

/// The root file of a program, and the directory of its other modules.
#[derive(Debug)]
pub(crate) struct Root {
    /// The file.
    pub(crate) text: Text,
    /// Where its modules are.
    pub(crate) modules: Directory,
}

/// Modules in a directory: `a.b` is `a/b.theus`.
#[derive(Clone, Debug)]
pub(crate) struct Directory {
    path: PathBuf,
}

impl Directory {
    /// The directory, for sources of data as well.
    pub(crate) fn path(&self) -> &Path {
        if self.path.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.path
        }
    }
}

/// Whether it stands for the standard input.
pub(crate) fn is_input(path: &Path) -> bool {
    path == Path::new("-")
}

/// Reads the root file; `-` is the standard input.
pub(crate) fn root(path: &Path) -> Result<Root, Box<Report>> {
    let is_input = is_input(path);
    let name = if is_input {
        INPUT.to_owned()
    } else {
        path.display().to_string()
    };
    let bytes = if is_input { input() } else { file(path) };
    let text = bytes
        .and_then(|bytes| text(&bytes))
        .map_err(|trouble| boxed(trouble.told(&name)))?;
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    let module = if is_input {
        "main"
    } else {
        stem.unwrap_or("main")
    };
    let directory = path.parent().map_or_else(PathBuf::new, Path::to_path_buf);
    Ok(Root {
        text: Text {
            module: module.to_owned(),
            name,
            text,
        },
        modules: Directory { path: directory },
    })
}

/// The folder of a program, for sources of data.
pub(crate) fn directory(program: &Path) -> PathBuf {
    let path = program
        .parent()
        .map_or_else(PathBuf::new, Path::to_path_buf);
    Directory { path }.path().to_owned()
}

/// The modules of the folder that the command runs in.
pub(crate) fn here() -> Directory {
    Directory {
        path: PathBuf::new(),
    }
}

/// A file that the system does not give.
pub(crate) fn unreadable(name: &str, error: io::Error) -> Diagnostic {
    Trouble::System(error).told(name)
}

/// Why a file cannot be had.
enum Trouble {
    System(io::Error),
    Directory,
    Text(SyntaxErrorKind, usize),
}

impl Trouble {
    fn told(self, name: &str) -> Diagnostic {
        let code = match &self {
            Self::System(_) | Self::Directory => Code::FileUnreadable,
            Self::Text(SyntaxErrorKind::TooLarge, _) => Code::TooLarge,
            Self::Text(..) => Code::NotUtf8,
        };
        let is_directory = matches!(self, Self::Directory);
        let found = plain(code, format!("`{name}` cannot be read: {}", self.why()));
        if is_directory {
            found.help("name the file with the pipeline")
        } else {
            found
        }
    }

    fn why(&self) -> String {
        match self {
            Self::System(error) if error.kind() == io::ErrorKind::NotFound => {
                "there is no such file".to_owned()
            }
            Self::System(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                "it may not be read".to_owned()
            }
            Self::System(error) if error.kind() == io::ErrorKind::IsADirectory => {
                "it is a directory".to_owned()
            }
            Self::System(error) => error.to_string(),
            Self::Directory => "it is a directory".to_owned(),
            Self::Text(SyntaxErrorKind::TooLarge, _) => {
                format!("it is larger than {} MiB", MAX_BYTES >> 20)
            }
            Self::Text(_, offset) => format!("byte {offset} is not UTF-8"),
        }
    }
}

fn file(path: &Path) -> Result<Vec<u8>, Trouble> {
    if fs::metadata(path).map_err(Trouble::System)?.is_dir() {
        return Err(Trouble::Directory);
    }
    let file = fs::File::open(path).map_err(Trouble::System)?;
    limited(file)
}

fn input() -> Result<Vec<u8>, Trouble> {
    limited(io::stdin().lock())
}

/// All bytes, but not many more than a program may have.
fn limited(reader: impl Read) -> Result<Vec<u8>, Trouble> {
    let most = u64::try_from(MAX_BYTES)
        .unwrap_or(u64::MAX)
        .saturating_add(1);
    let mut bytes = Vec::new();
    reader
        .take(most)
        .read_to_end(&mut bytes)
        .map_err(Trouble::System)?;
    Ok(bytes)
}

fn text(bytes: &[u8]) -> Result<String, Trouble> {
    let text = decode(bytes).map_err(|bad| Trouble::Text(bad.kind, bad.offset))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text).to_owned())
}

impl Sources for Directory {
    fn read(&self, module: &str) -> Result<Text, ReadError> {
        let mut path = self.path.clone();
        path.extend(module.split('.'));
        path.set_extension("theus");
        let name = path.display().to_string();
        if !path.exists() {
            return Err(ReadError::Missing(name));
        }
        match file(&path).and_then(|bytes| text(&bytes)) {
            Ok(text) => Ok(Text {
                module: module.to_owned(),
                name,
                text,
            }),
            Err(trouble) => Err(ReadError::Unreadable(name, trouble.why())),
        }
    }

    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path()).into_iter().flatten().flatten();
        let files = entries.map(|entry| entry.path()).filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "theus")
        });
        let stems = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()));
        let mut names: Vec<String> = stems.take(1000).collect();
        names.sort_unstable();
        names
    }
}

/// What is written anew must be named: a folder is not rewritten because somebody forgot an
/// argument, and a pipe is not left unread.
pub(crate) fn named(
    files: &[PathBuf],
    command: &str,
    what: &str,
) -> Result<(), Box<Report>> {
    if !files.is_empty() {
        return Ok(());
    }
    let found = plain(Code::Usage, format!("there is nothing to {what}"));
    Err(boxed(
        found
            .help(format!(
                "`theusc {command} .` takes all programs in this folder and those in it"
            ))
            .help(format!(
                "`theusc {command} -` goes from the standard input to the standard output"
            )),
    ))
}

/// The files that are named, those in folders too; those of the current folder if none is.
pub(crate) fn programs(named: &[PathBuf]) -> Result<Vec<PathBuf>, Box<Report>> {
    let here = [PathBuf::from(".")];
    let named = if named.is_empty() { &here } else { named };
    let mut found = Vec::new();
    for path in named {
        if path.is_dir() {
            let name = path.display().to_string();
            let below = below(path).map_err(Trouble::System);
            found.extend(below.map_err(|trouble| boxed(trouble.told(&name)))?);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

/// Folders of what tools make.
const MADE: &[&str] = &["target", "node_modules"];

/// The files of a folder and of those in it, by name; hidden ones and what tools make are left
/// out.
fn below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let path = entry.path();
            let name = entry.file_name().to_string_lossy().into_owned();
            // A link to a folder is not followed: it may lead back.
            if name.starts_with('.') || MADE.contains(&name.as_str()) {
                continue;
            } else if entry.file_type()?.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|end| end == "theus") && path.is_file()
            {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}
