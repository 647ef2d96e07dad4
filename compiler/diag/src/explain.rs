//! The page of each code: its rule, a wrong program and a right one.

use crate::code::Code;

macro_rules! pages {
    ($($code:literal)*) => {
        const PAGES: &[(&str, &str)] =
            &[$(($code, include_str!(concat!("../../../spec/codes/", $code, ".md"))),)*];
    };
}

pages! {
}

/// The page of a code, in Markdown. Every code has one.
pub fn explain(code: Code) -> Option<&'static str> {
    PAGES.iter().find(|(id, _)| *id == code.id()).map(|(_, page)| *page)
}
