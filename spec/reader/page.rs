//! One page: Markdown with rules. A rule is a line `r[name]`, a paragraph, and blocks.

use std::ops::Range;

/// A page of the book.
#[derive(Clone, Debug, Default)]
pub struct Page<'a> {
    /// Name below `spec/src`.
    pub file: &'a str,
    /// In the order of the text.
    pub rules: Vec<Rule<'a>>,
    /// Blocks that stand under no rule.
    pub stray: Vec<Block<'a>>,
}

/// A sentence of the law, and the blocks that show it.
#[derive(Clone, Debug)]
pub struct Rule<'a> {
    /// `types.list.push`.
    pub name: &'a str,
    /// The page that it stands on.
    pub file: &'a str,
    /// Line of its name, from 1.
    pub line: usize,
    /// What it says, on one line.
    pub sentence: String,
    /// Why no program shows it: a line `Untested: …`.
    pub untested: Option<&'a str>,
    /// What shows it.
    pub blocks: Vec<Block<'a>>,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block<'a> {
    /// Line of the opening fence, from 1.
    pub line: usize,
    /// The first word after the fence.
    pub language: &'a str,
    /// The words after it.
    pub words: Vec<&'a str>,
    /// What is between the fences, with its last line break.
    pub body: &'a str,
    /// Where the body stands in the page.
    pub range: Range<usize>,
}

impl<'a> Block<'a> {
    fn open(info: &'a str, line: usize, start: usize) -> Self {
        let mut words = info.split_whitespace();
        Self {
            line,
            language: words.next().unwrap_or(""),
            words: words.collect(),
            body: "",
            range: start..start,
        }
    }

    /// The value of `key=value` in the fence.
    pub fn value(&self, key: &str) -> Option<&'a str> {
        self.values(key).next()
    }

    /// The values of each `key=value` in the fence.
    pub fn values(&self, key: &str) -> impl Iterator<Item = &'a str> {
        let pairs = self.words.iter().filter_map(|word| word.split_once('='));
        pairs.filter_map(move |(name, value)| (name == key).then_some(value))
    }

    /// The program: setup lines count, although readers do not see them.
    pub fn program(&self) -> String {
        let mut text = String::with_capacity(self.body.len());
        for line in self.body.lines() {
            text += match line {
                "#" => "",
                line => line.strip_prefix("# ").unwrap_or(line),
            };
            text.push('\n');
        }
        text
    }

    /// What readers see of it.
    pub fn shown(&self) -> String {
        let lines = self.body.split_inclusive('\n');
        let hidden = |line: &&str| line.starts_with("# ") || line.trim_end() == "#";
        lines.filter(|line| !hidden(line)).collect()
    }
}

impl<'a> Page<'a> {
    /// Reads a page. There is no text that it cannot read.
    pub fn read(file: &'a str, text: &'a str) -> Self {
        let mut reader = Reader {
            text,
            page: Self {
                file,
                ..Self::default()
            },
            block: None,
            rule: false,
            sentence: Sentence::Done,
        };
        let mut offset = 0;
        for (line, number) in text.split_inclusive('\n').zip(1..) {
            reader.line(line, number, offset);
            offset += line.len();
        }
        reader.page
    }
}

/// Where a rule's sentence is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Sentence {
    Due,
    Open,
    Done,
}

struct Reader<'a> {
    text: &'a str,
    page: Page<'a>,
    block: Option<Block<'a>>,
    /// Whether the last rule is still open.
    rule: bool,
    sentence: Sentence,
}

impl<'a> Reader<'a> {
    fn line(&mut self, line: &'a str, number: usize, offset: usize) {
        let words = line.trim_end();
        if let Some(mut block) = self.block.take() {
            if words == "```" {
                block.range.end = offset;
                block.body = self.text.get(block.range.clone()).unwrap_or("");
                self.add(block);
            } else {
                self.block = Some(block);
            }
        } else if let Some(info) = words.strip_prefix("```") {
            self.sentence = Sentence::Done;
            self.block = Some(Block::open(info, number, offset + line.len()));
        } else if let Some(name) = words
            .strip_prefix("r[")
            .and_then(|rest| rest.strip_suffix(']'))
        {
            self.open(name, number);
        } else if words.starts_with('#') {
            self.rule = false;
            self.sentence = Sentence::Done;
        } else {
            self.prose(words);
        }
    }

    fn open(&mut self, name: &'a str, line: usize) {
        self.rule = true;
        self.sentence = Sentence::Due;
        self.page.rules.push(Rule {
            name,
            file: self.page.file,
            line,
            sentence: String::new(),
            untested: None,
            blocks: Vec::new(),
        });
    }

    fn prose(&mut self, words: &'a str) {
        if let Some(why) = words.strip_prefix("Untested: ") {
            let rule = self.page.rules.last_mut().filter(|_| self.rule);
            if let Some(rule) = rule {
                rule.untested = Some(why);
            }
        }
        match (self.sentence, words.is_empty()) {
            (Sentence::Done, _) | (Sentence::Due, true) => {}
            (Sentence::Open, true) => self.sentence = Sentence::Done,
            (Sentence::Due | Sentence::Open, false) => {
                self.sentence = Sentence::Open;
                if let Some(rule) = self.page.rules.last_mut() {
                    if !rule.sentence.is_empty() {
                        rule.sentence.push(' ');
                    }
                    rule.sentence += words.trim_start();
                }
            }
        }
    }

    fn add(&mut self, block: Block<'a>) {
        match self.page.rules.last_mut() {
            Some(rule) if self.rule => rule.blocks.push(block),
            _ => self.page.stray.push(block),
        }
    }
}
