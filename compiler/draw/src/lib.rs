//! Pictures: a table of any length becomes lines in an SVG that suits a document, or one line of
//! blocks in a terminal. Same table, same bytes.

pub mod bars;
pub mod chart;
pub mod fold;
pub mod number;
pub mod scale;
pub mod sheet;
pub mod spark;
pub mod table;

pub use bars::Histogram;
pub use chart::{Chart, Line, Look, Quantity};
pub use fold::Fold;
pub use sheet::Sheet;
pub use table::{Table, TableError, Wanted};
