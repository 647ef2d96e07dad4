//! Where two layouts of one text differ: runs of lines that hold the same characters, blanks apart.

/// Lines that are laid out anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'s> {
    /// The first line, from 1, in the old text.
    pub line: usize,
    /// The lines as they are.
    pub old: Vec<&'s str>,
    /// The lines as they should be.
    pub new: Vec<&'s str>,
}

/// Lines of both texts up to the next place at which a line ends in both.
struct Run<'s> {
    old: Vec<&'s str>,
    new: Vec<&'s str>,
}

/// Characters that are no blanks.
fn weight(line: &str) -> usize {
    line.chars().filter(|one| !one.is_whitespace()).count()
}

/// Takes a line with text and the empty ones before it; how much text it has.
fn take<'s>(
    from: &mut impl Iterator<Item = &'s str>,
    into: &mut Vec<&'s str>,
) -> Option<usize> {
    loop {
        let line = from.next()?;
        into.push(line);
        let found = weight(line);
        if found > 0 {
            return Some(found);
        }
    }
}

fn runs<'s>(old: &'s str, new: &'s str) -> Vec<Run<'s>> {
    let (mut olds, mut news) = (old.split_inclusive('\n'), new.split_inclusive('\n'));
    let mut runs = Vec::new();
    loop {
        let mut run = Run {
            old: Vec::new(),
            new: Vec::new(),
        };
        let mut left = take(&mut olds, &mut run.old);
        let mut right = take(&mut news, &mut run.new);
        while let (Some(one), Some(other)) = (left, right) {
            if one == other {
                break;
            }
            if one < other {
                left = take(&mut olds, &mut run.old).map(|more| one + more);
            } else {
                right = take(&mut news, &mut run.new).map(|more| other + more);
            }
        }
        let is_end = left.is_none() || right.is_none();
        if is_end {
            run.old.extend(olds.by_ref());
            run.new.extend(news.by_ref());
        }
        runs.push(run);
        if is_end {
            return runs;
        }
    }
}

/// Where the new layout of a text differs from the old one.
pub fn changes<'s>(old: &'s str, new: &'s str) -> Vec<Change<'s>> {
    let mut line = 1;
    let mut found: Vec<Change<'s>> = Vec::new();
    for run in runs(old, new) {
        let next = line + run.old.len();
        if run.old != run.new {
            match found
                .last_mut()
                .filter(|last| last.line + last.old.len() == line)
            {
                Some(last) => {
                    last.old.extend(run.old);
                    last.new.extend(run.new);
                }
                None => found.push(Change {
                    line,
                    old: run.old,
                    new: run.new,
                }),
            }
        }
        line = next;
    }
    for change in &mut found {
        change.trim();
    }
    found
}

impl Change<'_> {
    /// Leaves out lines at its ends that stay as they are.
    fn trim(&mut self) {
        let same = |(old, new): &(&&str, &&str)| old == new;
        let first = self.old.iter().zip(&self.new).take_while(same).count();
        self.old.drain(..first);
        self.new.drain(..first);
        self.line += first;
        let last = self.old.iter().rev().zip(self.new.iter().rev());
        let last = last.take_while(same).count();
        self.old.truncate(self.old.len() - last);
        self.new.truncate(self.new.len() - last);
    }
}

/// The old text with the new layout of the lines `first..=last`, from 1, alone.
pub fn within(old: &str, new: &str, first: usize, last: usize) -> String {
    let mut line = 1;
    let mut out = String::with_capacity(new.len());
    for run in runs(old, new) {
        let next = line + run.old.len();
        let taken = line <= last && next > first;
        let lines = if taken { run.new } else { run.old };
        out.extend(lines);
        line = next;
    }
    out
}
