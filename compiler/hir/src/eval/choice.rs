//! Choices in constants: `match`, `if let`, and the names that their patterns give.

use crate::body::{Arm, Expr, Pat};
use crate::cx::Cx;
use crate::ids::LocalId;
use crate::value::Value;

use super::{Evaluated, Failure};

impl Cx<'_> {
    /// The value of the first arm that fits.
    pub(super) fn evaluate_match(
        &mut self,
        value: &Expr,
        arms: &[Arm<Expr>],
    ) -> Evaluated {
        let value = self.evaluate(value)?;
        for arm in arms {
            let depth = self.bound.len();
            let found = self.evaluate_arm(&value, arm);
            self.bound.truncate(depth);
            if let Some(found) = found {
                return found;
            }
        }
        Err(Failure::Reported)
    }

    fn evaluate_arm(&mut self, value: &Value, arm: &Arm<Expr>) -> Option<Evaluated> {
        if !self.takes(&arm.pat, value) {
            return None;
        }
        match arm.guard.as_ref().map(|guard| self.evaluate(guard)) {
            None | Some(Ok(Value::Bool(true))) => Some(self.evaluate(&arm.body)),
            Some(Ok(_)) => None,
            Some(Err(failure)) => Some(Err(failure)),
        }
    }

    /// `if c { a } else { b }`; what a `let` in `c` names is known in `a`.
    pub(super) fn evaluate_if(
        &mut self,
        cond: &Expr,
        yes: &Expr,
        no: &Expr,
    ) -> Evaluated {
        let depth = self.bound.len();
        let found = match self.evaluate(cond) {
            Ok(Value::Bool(true)) => self.evaluate(yes),
            Ok(Value::Bool(false)) => self.evaluate(no),
            Ok(_) => Err(Failure::Reported),
            Err(failure) => Err(failure),
        };
        self.bound.truncate(depth);
        found
    }

    /// `let p = e` as a condition.
    pub(super) fn evaluate_let(&mut self, value: &Expr, pat: &Pat) -> Evaluated {
        let value = self.evaluate(value)?;
        Ok(Value::Bool(self.takes(pat, &value)))
    }

    /// The value of a name that a pattern has given.
    pub(super) fn bound_value(&self, local: LocalId) -> Option<Value> {
        let mut bound = self.bound.iter().rev();
        let found = bound.find(|(known, _)| *known == local);
        found.map(|(_, value)| value.clone())
    }

    /// Whether a pattern takes a value; its names are bound then.
    fn takes(&mut self, pat: &Pat, value: &Value) -> bool {
        match (pat, value) {
            (Pat::Wild, _) => true,
            (Pat::Bind(local), value) => {
                self.bound.push((*local, value.clone()));
                true
            }
            (Pat::Or(all), value) => all.iter().any(|one| self.takes(one, value)),
            (Pat::Variant(at, parts), Value::Variant(_, of, payload)) => {
                at == of && self.take_all(parts, payload)
            }
            (Pat::Members(parts), Value::Struct(_, of) | Value::Tuple(of)) => {
                self.take_all(parts, of)
            }
            (Pat::Some(inner), Value::Some(value)) => self.takes(inner, value),
            (Pat::None, Value::None) => true,
            (Pat::Int(a), Value::Int(b)) => a == b,
            (Pat::Int(a), Value::Duration(b)) => *a == i128::from(*b),
            (Pat::IntRange(lo, hi), Value::Int(value)) => (lo..=hi).contains(&value),
            (Pat::IntRange(lo, hi), Value::Duration(value)) => {
                (*lo..=*hi).contains(&i128::from(*value))
            }
            (Pat::Float(a), Value::Float(b)) => a == b,
            (Pat::FloatRange(lo, hi, true), Value::Float(value)) => {
                (lo..=hi).contains(&value)
            }
            (Pat::FloatRange(lo, hi, false), Value::Float(value)) => {
                (lo..hi).contains(&value)
            }
            (Pat::Bool(a), Value::Bool(b)) => a == b,
            (Pat::Text(a), Value::Str(b)) => a == b,
            _ => false,
        }
    }

    fn take_all(&mut self, pats: &[Pat], values: &[Value]) -> bool {
        pats.iter()
            .zip(values)
            .all(|(pat, value)| self.takes(pat, value))
    }
}
