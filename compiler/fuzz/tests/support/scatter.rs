//! The files that the sources of a program read, with other rows in them.

use std::path::{Path, PathBuf};

use crate::inputs::Random;

/// Rows of a table.
const ROWS: u64 = 300;
/// What the data of an array file begins with: its magic, versions, and the length of its head.
const NPY_HEAD: usize = 10;

/// A table, or an array file.
#[derive(Debug)]
enum File {
    Csv {
        head: String,
        /// The cells of each column.
        columns: Vec<Vec<String>>,
    },
    Npy {
        bytes: Vec<u8>,
        /// Where its data begins.
        data: usize,
    },
}

/// A folder of its own with the files of another one.
#[derive(Debug)]
pub(crate) struct Scattered {
    pub(crate) folder: PathBuf,
    files: Vec<(PathBuf, File)>,
}

impl Scattered {
    /// The tables and array files of a folder, as they are.
    pub(crate) fn of(folder: &Path, name: &str) -> Self {
        let own = std::env::temp_dir()
            .join(format!("theus-proofs-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&own);
        std::fs::create_dir_all(&own).unwrap();
        let mut found: Vec<PathBuf> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        found.sort();
        let mut files = Vec::new();
        for path in found {
            let bytes = std::fs::read(&path).unwrap_or_default();
            let end = path.extension().unwrap_or_default();
            let file = match end.to_str() {
                Some("csv") => csv(&bytes),
                Some("npy") => npy(&bytes),
                _ => None,
            };
            if let Some(file) = file {
                let path = own.join(path.file_name().unwrap());
                std::fs::write(&path, &bytes).unwrap();
                files.push((path, file));
            }
        }
        Self { folder: own, files }
    }

    /// Writes other rows: cells of the same column, and now and then zero or a text that is new.
    pub(crate) fn scatter(&self, random: &mut Random) {
        for (path, file) in &self.files {
            let bytes = match file {
                File::Csv { head, columns } => table(head, columns, random).into_bytes(),
                File::Npy { bytes, data } => speckled(bytes, *data, random),
            };
            std::fs::write(path, bytes).unwrap();
        }
    }
}

impl Drop for Scattered {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn csv(bytes: &[u8]) -> Option<File> {
    let text = std::str::from_utf8(bytes).ok()?;
    let mut lines = text.lines();
    let head = lines.next()?.to_owned();
    let mut columns = vec![Vec::new(); head.split(',').count()];
    // Cells with quotes are left out.
    for line in lines.filter(|line| !line.contains('"')) {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(cell.to_owned());
        }
    }
    Some(File::Csv { head, columns })
}

fn npy(bytes: &[u8]) -> Option<File> {
    let length = bytes.get(NPY_HEAD - 2..NPY_HEAD)?.first_chunk()?;
    Some(File::Npy {
        bytes: bytes.to_vec(),
        data: NPY_HEAD + usize::from(u16::from_le_bytes(*length)),
    })
}

fn table(head: &str, columns: &[Vec<String>], random: &mut Random) -> String {
    let mut text = format!("{head}\n");
    for _ in 0..ROWS {
        for (at, column) in columns.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let cell = random.below(column.len() as u64);
            let Some(cell) = column.get(usize::try_from(cell).unwrap()) else {
                continue;
            };
            if cell.parse::<f64>().is_ok() && random.below(8) == 0 {
                text.push('0');
                continue;
            }
            text.push_str(cell);
            // Words of an enum, and numbers, stay what they are.
            let is_text = cell.contains(' ') || column.iter().all(|cell| is_name(cell));
            if is_text && random.below(2) == 0 {
                text.push_str(&random.below(60).to_string());
            }
        }
        text.push('\n');
    }
    text
}

/// Names are written small; variants of enums are not.
fn is_name(cell: &str) -> bool {
    cell.starts_with(|letter: char| letter.is_ascii_lowercase())
}

/// Bytes of which some are the greatest, the others zero.
fn speckled(bytes: &[u8], data: usize, random: &mut Random) -> Vec<u8> {
    let share = 1 + random.below(7);
    let mut bytes = bytes.to_vec();
    for byte in bytes.iter_mut().skip(data) {
        *byte = if random.below(8) < share { 255 } else { 0 };
    }
    bytes
}
