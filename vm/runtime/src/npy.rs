//! Array files: `.npy`, versions 1 to 3, C order, little-endian, read into and written from
//! memory that is there already.

use std::fs::File;
use std::io::{BufReader, Read, Seek, Write};
use std::path::Path;

use theus_abi::{Repr, Shape};

/// What every file begins with.
const MAGIC: &[u8] = b"\x93NUMPY";
/// Headers are at most this long: a few names and numbers.
const MOST_HEADER: usize = 1 << 16;

/// What a file holds, as its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Type of an element: `u1`, `f8` …, without the byte order.
    pub dtype: String,
    /// Number of elements, by dimension.
    pub dims: Vec<u64>,
}

/// The name of the elements of a layout, if files have them.
pub fn dtype(elem: &Shape) -> Option<String> {
    let name = |letter: char, repr: Repr| format!("{letter}{}", repr.size());
    match elem {
        Shape::Uint(repr) => Some(name('u', *repr)),
        Shape::Int(repr) => Some(name('i', *repr)),
        Shape::Float(repr) => Some(name('f', *repr)),
        Shape::Duration => Some("i8".to_owned()),
        _ => None,
    }
}

/// A file that is being read, its header behind it.
#[derive(Debug)]
pub struct Npy {
    /// What the header says.
    pub header: Header,
    file: BufReader<File>,
}

impl Npy {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// If there is no such file, or it is no array file that is understood.
    pub fn open(path: &Path) -> Result<Self, String> {
        let file = File::open(path).map_err(|error| error.to_string())?;
        let mut file = BufReader::new(file);
        let mut start = [0; 8];
        file.read_exact(&mut start)
            .map_err(|_| "is shorter than a header".to_owned())?;
        if !start.starts_with(MAGIC) {
            return Err("is no .npy file: it does not begin with `\\x93NUMPY`".to_owned());
        }
        let [.., major, _] = start;
        let length = match major {
            1 => word(&mut file, 2)?,
            2 | 3 => word(&mut file, 4)?,
            _ => return Err(format!("is of version {major}, which is not known")),
        };
        if length > MOST_HEADER {
            return Err(format!("has a header of {length} bytes"));
        }
        let mut text = vec![0; length];
        file.read_exact(&mut text)
            .map_err(|_| "ends inside its header".to_owned())?;
        let header = header(&String::from_utf8_lossy(&text))?;
        Ok(Self { header, file })
    }

    /// Reads the next bytes: all of them, or an error that says how many there were.
    ///
    /// # Errors
    /// If the file ends before.
    pub fn read(&mut self, bytes: &mut [u8]) -> Result<(), String> {
        let mut done = 0;
        while let Some(rest) = bytes.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let count = self.file.read(rest).map_err(|error| error.to_string())?;
            if count == 0 {
                return Err(format!(
                    "is cut off: {done} of {} bytes of data",
                    bytes.len()
                ));
            }
            done += count;
        }
        Ok(())
    }

    /// How many bytes follow, if the file says.
    pub fn rest(&mut self) -> Option<u64> {
        let about = self.file.get_ref().metadata().ok()?;
        let here = self.file.stream_position().ok()?;
        about.is_file().then(|| about.len().saturating_sub(here))
    }

    /// Whether nothing is left.
    pub fn is_at_end(&mut self) -> bool {
        self.file.read(&mut [0]).is_ok_and(|count| count == 0)
    }
}

fn word(file: &mut impl Read, bytes: usize) -> Result<usize, String> {
    let mut word = [0; 4];
    let part = word.get_mut(..bytes).unwrap_or_default();
    file.read_exact(part)
        .map_err(|_| "ends inside its header".to_owned())?;
    usize::try_from(u32::from_le_bytes(word)).map_err(|error| error.to_string())
}

/// Reads `{'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }`.
fn header(text: &str) -> Result<Header, String> {
    let value = |key: &str| {
        let (_, rest) = text.split_once(&format!("'{key}'"))?;
        Some(rest.trim_start().strip_prefix(':')?.trim_start())
    };
    let missing = |key: &str| format!("has no `{key}` in its header");
    let descr = value("descr").ok_or_else(|| missing("descr"))?;
    let descr = descr
        .strip_prefix('\'')
        .and_then(|rest| rest.split_once('\''));
    let Some((descr, _)) = descr else {
        return Err("holds records, not numbers".to_owned());
    };
    let dtype = descr.trim_start_matches(['<', '|', '=']).to_owned();
    if descr.starts_with('>') && !descr.ends_with('1') {
        return Err(format!(
            "is big-endian (`{descr}`); write it as `<{}`",
            &dtype.trim_start_matches('>')
        ));
    }
    let order = value("fortran_order").ok_or_else(|| missing("fortran_order"))?;
    if !order.starts_with("False") {
        return Err("is in Fortran order; write it in C order".to_owned());
    }
    let shape = value("shape").ok_or_else(|| missing("shape"))?;
    let inner = shape
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'));
    let (inner, _) = inner.ok_or_else(|| missing("shape"))?;
    let parts = inner
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    let dims =
        parts.map(|part| part.parse().map_err(|_| format!("has the shape ({inner})")));
    Ok(Header {
        dtype: dtype.trim_start_matches('>').to_owned(),
        dims: dims.collect::<Result<_, _>>()?,
    })
}

/// Writes an array file of version 1.
///
/// # Errors
/// If the elements have no name there, or the file cannot be written.
pub fn write(
    path: &Path,
    elem: &Shape,
    dims: &[u64],
    bytes: &[u8],
) -> Result<(), String> {
    let head = head(elem, dims)?;
    let file = File::create(path).map_err(|error| error.to_string())?;
    let mut file = std::io::BufWriter::new(file);
    [head.as_slice(), bytes]
        .into_iter()
        .try_for_each(|part| file.write_all(part))
        .and_then(|()| file.flush())
        .map_err(|error| error.to_string())
}

/// The header of a file that grows.
#[derive(Debug)]
pub(crate) struct Growing {
    /// The header as it is now.
    pub(crate) head: Vec<u8>,
    /// Where the number of frames stands in it, behind blanks.
    count: std::ops::Range<usize>,
}

impl Growing {
    /// Puts the number of frames into the header; gives where, and those bytes.
    pub(crate) fn tell(&mut self, frames: u64) -> (u64, &[u8]) {
        let at = self.count.start as u64;
        let place = self.head.get_mut(self.count.clone()).unwrap_or_default();
        place.fill(b' ');
        let mut rest = frames;
        for digit in place.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        (at, place)
    }
}

/// The header of frames of those sizes whose number is not known yet.
pub(crate) fn growing(elem: &Shape, dims: &[u64]) -> Result<Growing, String> {
    let most = u64::MAX.to_string();
    let all: Vec<u64> = std::iter::once(u64::MAX)
        .chain(dims.iter().copied())
        .collect();
    let head = head(elem, &all)?;
    let mut places = head.windows(most.len());
    let start = places.position(|text| text == most.as_bytes());
    let start = start.ok_or("has no place for its length")?;
    let count = start..start.saturating_add(most.len());
    let mut found = Growing { head, count };
    found.tell(0);
    Ok(found)
}

/// A header of version 1.
fn head(elem: &Shape, dims: &[u64]) -> Result<Vec<u8>, String> {
    let dtype = dtype(elem).ok_or("has elements that .npy files do not have")?;
    let order = if dtype.ends_with('1') { '|' } else { '<' };
    let sizes: String = dims.iter().map(|dim| format!("{dim}, ")).collect();
    let sizes = sizes.trim_end();
    let sizes = if dims.len() > 1 {
        sizes.trim_end_matches(',')
    } else {
        sizes
    };
    let mut text = format!(
        "{{'descr': '{order}{dtype}', 'fortran_order': False, 'shape': ({sizes}), }}"
    );
    // Data starts at a multiple of 64.
    let pad = 64 - (10 + text.len() + 1) % 64;
    text.push_str(&" ".repeat(pad % 64));
    text.push('\n');
    let length = u16::try_from(text.len()).map_err(|error| error.to_string())?;
    let length = length.to_le_bytes();
    Ok([MAGIC, &[1, 0], &length, text.as_bytes()].concat())
}

/// `1080 x 1920`.
pub(crate) fn sizes(dims: &[u64]) -> String {
    let dims: Vec<_> = dims.iter().map(u64::to_string).collect();
    dims.join(" x ")
}
