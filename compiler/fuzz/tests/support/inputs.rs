//! Random values for the fields of a program, from the plain to the extreme.

use theus_abi::image::Range;
use theus_abi::shape::Holds;
use theus_abi::{Repr, Shape};
use theus_fuzz::Rng;
use theus_vm::Value;

/// Random values.
#[derive(Debug)]
pub(crate) struct Random(Rng);

impl Random {
    /// The values of that seed.
    pub(crate) const fn new(seed: u64) -> Self {
        Self(Rng::new(seed))
    }

    /// Below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0.word() % n.max(1)
    }

    /// From 0 up to 1, both now and then.
    fn unit(&mut self) -> f64 {
        f64::from(u32::try_from(self.below(1025)).unwrap()) / 1024.0
    }

    fn pick<T: Copy>(&mut self, all: &[T]) -> T {
        let at = self.below(all.len() as u64);
        all[usize::try_from(at).unwrap()]
    }

    fn float(&mut self, range: Option<Range>) -> f64 {
        match range {
            Some(Range::Float { lo, hi, inclusive }) => {
                let at = lo + (hi - lo) * self.unit();
                let top = if inclusive { hi } else { hi.next_down() };
                at.clamp(lo, top)
            }
            _ => {
                let near = (self.unit() - 0.5) * 8.0;
                let far = f64::from_bits(self.0.word());
                let special = [0.0, -0.0, 1.0, 1e300, -1e300, 5e-324];
                let special = self.pick(&special);
                let wild = self.pick(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]);
                self.pick(&[near, near, near, special, wild, far])
            }
        }
    }

    fn int(&mut self, range: Option<Range>) -> i128 {
        match range {
            Some(Range::Int { lo, hi }) => {
                let far = u64::try_from(hi - lo).unwrap_or(u64::MAX).saturating_add(1);
                let near = lo + i128::from(self.below(far));
                self.pick(&[lo, hi, near, near])
            }
            _ => {
                let near = i128::from(self.below(12)) - 3;
                let far = i128::from(self.0.word().cast_signed());
                let special = [0, 1, -1, i128::from(i64::MIN), i128::from(i64::MAX)];
                let special = self.pick(&special);
                self.pick(&[near, near, near, special, far])
            }
        }
    }

    /// A value of that shape, in that range; of the library's own structs only lists.
    pub(crate) fn value(&mut self, shape: &Shape, range: Option<Range>) -> Option<Value> {
        Some(match shape {
            Shape::Bool => Value::Bool(self.below(2) == 1),
            Shape::Int(repr) => {
                let shift = 64 - repr.bits();
                let wide = self.int(range);
                let value = i64::try_from(wide).unwrap_or(i64::MAX);
                let fits = (value << shift) >> shift;
                Value::Int(if range.is_some() { value } else { fits })
            }
            Shape::Uint(repr) => {
                let bits = u64::try_from(self.int(range).max(0)).unwrap_or(u64::MAX);
                Value::Uint(bits & (u64::MAX >> (64 - repr.bits())))
            }
            Shape::Float(Repr::F32) =>
            {
                #[expect(clippy::cast_possible_truncation, reason = "rounding is meant")]
                Value::Float32(self.float(range) as f32)
            }
            Shape::Float(_) => Value::Float(self.float(range)),
            Shape::Duration => {
                Value::Duration(i64::try_from(self.int(range)).unwrap_or(i64::MAX))
            }
            Shape::Enum { variants, .. } => {
                let at = self.below(variants.len() as u64);
                Value::Variant(variants.get(usize::try_from(at).unwrap())?.clone())
            }
            Shape::Struct {
                name,
                members,
                holds: None,
                ..
            } => {
                let members = members.iter().map(|(name, _, shape)| {
                    Some((name.clone(), self.value(shape, None)?))
                });
                Value::Struct {
                    name: name.clone(),
                    members: members.collect::<Option<_>>()?,
                }
            }
            Shape::Array { elem, dims } => self.array(elem, dims, range)?,
            Shape::Option(inner) if self.below(3) > 0 => self.value(inner, None)?,
            Shape::Option(_) => Value::None,
            Shape::Struct {
                holds: Some(Holds::List),
                ..
            } => self.list(shape)?,
            Shape::Str { capacity } => Value::Str(self.text(*capacity)),
            Shape::Choice { variants, .. } => {
                let at = self.below(variants.len() as u64);
                let (name, members) = variants.get(usize::try_from(at).unwrap())?;
                let members = members.iter().map(|(name, _, shape)| {
                    Some((name.clone(), self.value(shape, None)?))
                });
                Value::Choice {
                    name: name.clone(),
                    members: members.collect::<Option<_>>()?,
                }
            }
            Shape::Struct { .. } | Shape::Ring { .. } | Shape::Handle(_) => return None,
        })
    }

    fn array(
        &mut self,
        elem: &Shape,
        dims: &[u64],
        range: Option<Range>,
    ) -> Option<Value> {
        let Some((first, rest)) = dims.split_first() else {
            return self.value(elem, range);
        };
        if *first > 1000 {
            return None;
        }
        let all = (0..*first).map(|_| self.array(elem, rest, range));
        Some(Value::Array(all.collect::<Option<_>>()?))
    }

    /// A list, now and then a full one.
    fn list(&mut self, shape: &Shape) -> Option<Value> {
        let (_, Shape::Array { elem, dims }) = shape.member("slots")? else {
            return None;
        };
        let most = dims.first().copied()?;
        let few = self.below(most.min(8) + 1);
        let count = if self.below(4) == 0 { most } else { few };
        self.array(elem, &[count], None)
    }

    /// A text of up to so many bytes.
    fn text(&mut self, capacity: u64) -> String {
        let parts = [
            "a", "fox", " ", ", ", "7", "-3", "é", "語", "no", "?", "z\u{301}",
        ];
        let most = usize::try_from(capacity).unwrap_or(0);
        let mut text = String::new();
        for _ in 0..self.below(12) {
            let part = self.pick(&parts);
            if text.len() + part.len() <= most {
                text.push_str(part);
            }
        }
        text
    }
}
