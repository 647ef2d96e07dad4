//! Ranges of fields and members.

use theus_abi::image::Range;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::ty::Range as Written;

use crate::body::{Expr, ExprKind};
use crate::cx::Cx;
use crate::ids::ModuleId;
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// Where a value lies to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Inside {
    /// In it.
    Yes,
    /// Not in it.
    No,
    /// Not known at compile time.
    Open,
}

impl Cx<'_> {
    /// The range of a field or member of that type; `None` where it is wrong, reported.
    pub(crate) fn range(
        &mut self,
        module: ModuleId,
        ty: Ty,
        written: &Written,
    ) -> Option<Range> {
        let of = self.scalar_of(ty);
        let fits = match self.kind(of) {
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Duration => true,
            TyKind::Error => return None,
            _ => false,
        };
        if !fits {
            let text = self.show(&[], ty);
            let found = Diagnostic::new(Code::BadRange, written.span, "this range")
                .title(format!("`{text}` has no ranges"))
                .help("numbers, durations and arrays of them have ranges");
            self.report(found);
            return None;
        }
        let lo = self.bound(module, &written.lo, of);
        let hi = self.bound(module, &written.hi, of);
        let range = make(&lo?, &hi?, written.inclusive);
        if range.is_none() {
            self.bad_range(written.span, written.inclusive);
        }
        range
    }

    /// Reports an empty range or one with a NaN bound.
    pub(crate) fn bad_range(&mut self, span: Span, inclusive: bool) {
        let help = if inclusive {
            "write the smaller bound first"
        } else {
            "write the smaller bound first; `..` leaves the bound above out, `..=` takes it in"
        };
        let found = Diagnostic::new(Code::BadRange, span, "no value lies in this range")
            .title("an empty range")
            .help(help);
        self.report(found);
    }

    fn bound(&mut self, module: ModuleId, written: &tree::Expr, of: Ty) -> Option<Value> {
        let expr = self.constant(module, written, Some(of), None, "a bound");
        if matches!(expr.kind, ExprKind::Error) {
            return None;
        }
        self.evaluate(&expr).ok()
    }

    /// Whether a default lies in a range.
    pub(crate) fn inside(&mut self, default: &Expr, range: Range) -> Inside {
        match self.evaluate(default) {
            Ok(value) => lies(&value, range),
            Err(_) => Inside::Open,
        }
    }
}

/// The range of two constants; `None` if it is empty or has a NaN bound.
pub(crate) fn make(lo: &Value, hi: &Value, inclusive: bool) -> Option<Range> {
    let whole = |lo: i128, hi: i128| {
        let hi = if inclusive { hi } else { hi - 1 };
        (lo <= hi).then_some(Range::Int { lo, hi })
    };
    match (lo, hi) {
        (Value::Int(lo), Value::Int(hi)) => whole(*lo, *hi),
        (Value::Duration(lo), Value::Duration(hi)) => whole((*lo).into(), (*hi).into()),
        (Value::Float(lo), Value::Float(hi)) => {
            let some = if inclusive { lo <= hi } else { lo < hi };
            some.then_some(Range::Float {
                lo: *lo,
                hi: *hi,
                inclusive,
            })
        }
        _ => None,
    }
}

/// Whether a number, or every element of an array, lies in a range.
fn lies(value: &Value, range: Range) -> Inside {
    let inside = match (value, range) {
        (Value::Int(value), Range::Int { lo, hi }) => (lo..=hi).contains(value),
        (Value::Duration(value), Range::Int { lo, hi }) => {
            (lo..=hi).contains(&(*value).into())
        }
        (Value::Float(value), Range::Float { lo, hi, inclusive }) => {
            *value >= lo && if inclusive { *value <= hi } else { *value < hi }
        }
        (Value::Array(rows), _) => {
            return rows
                .iter()
                .map(|row| lies(row, range))
                .find(|inside| *inside != Inside::Yes)
                .unwrap_or(Inside::Yes);
        }
        (Value::Repeat(row), _) => return lies(row, range),
        _ => return Inside::Open,
    };
    if inside { Inside::Yes } else { Inside::No }
}
