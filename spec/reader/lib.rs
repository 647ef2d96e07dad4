//! The reference of Theus, as data: its pages, and the rules on them with their blocks.
//!
//! This crate rests on no other, so that whatever explains a rule can use it. The tests beside
//! it run every block.

mod page;

pub use page::{Block, Page, Rule};

/// The pages in the order of the book: name below `spec/src`, text.
pub const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// All rules, in the order of the book.
pub fn rules() -> impl Iterator<Item = Rule<'static>> {
    PAGES
        .iter()
        .flat_map(|(name, text)| Page::read(name, text).rules)
}

/// The rule of that name.
pub fn rule(name: &str) -> Option<Rule<'static>> {
    rules().find(|rule| rule.name == name)
}
