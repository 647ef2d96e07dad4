//! The page of each code: its rule, a wrong program and a right one.

use crate::code::Code;

macro_rules! pages {
    ($($code:literal)*) => {
        const PAGES: &[(&str, &str)] =
            &[$(($code, include_str!(concat!("../../../spec/codes/", $code, ".md"))),)*];
    };
}

pages! {
    "T0101" "T0102" "T0103" "T0104" "T0105" "T0106" "T0107" "T0108" "T0109" "T0110"
    "T0111" "T0112" "T0113" "T0114" "T0115" "T0201" "T0202" "T0203" "T0204" "T0205"
    "T0206" "T0207" "T0208" "T0209" "T0210" "T0211" "T0212" "T0213" "T0214" "T0215" "T0230" "T0231"
    "T0301" "T0302" "T0303" "T0305" "T0306" "T0307" "T0308" "T0309" "T0310" "T0311"
    "T0312" "T0313" "T0314" "T0315" "T0316" "T0317" "T0318" "T0319" "T0320" "T0321"
    "T0322" "T0323" "T0324" "T0325" "T0326" "T0327" "T0328" "T0329" "T0330" "T0331"
    "T0332" "T0333" "T0370" "T0371" "T0401" "T0402" "T0403" "T0404" "T0405" "T0406" "T0407" "T0408"
    "T0409" "T0410" "T0411" "T0412" "T0413" "T0414" "T0415" "T0416" "T0417" "T0418"
    "T0419" "T0420" "T0501" "T0502" "T0503" "T0504" "T0505" "T0506" "T0507" "T0508"
    "T0509" "T0601" "T0602" "T0603" "T0604" "T0605" "T0801" "T0802" "T0803" "T0804"
    "T0805" "T0806" "T0807" "T0901"
}

/// The page of a code, in Markdown. Every code has one.
pub fn explain(code: Code) -> Option<&'static str> {
    PAGES
        .iter()
        .find(|(id, _)| *id == code.id())
        .map(|(_, page)| *page)
}
