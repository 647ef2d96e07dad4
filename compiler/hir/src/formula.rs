//! Sizes computed from size parameters, in one form for all that are equal.

use std::collections::BTreeMap;

use theus_abi::heavy::SizeOp;

use crate::ids::FieldId;
use crate::ty::SizeTerm;

/// Most products that are added up.
const MOST_PARTS: usize = 32;
/// Most factors of a product.
const MOST_FACTORS: usize = 8;
/// Most quotients in one another.
const MOST_DEPTH: usize = 8;

/// A sum of products, each with how often it is taken. The empty product is 1.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Formula {
    parts: BTreeMap<Vec<Factor>, i128>,
}

/// What products are made of.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Factor {
    /// The n-th generic parameter.
    Param(u32),
    /// An integer global, which is known at start.
    Global(FieldId),
    /// A sum divided by a number that does not divide its parts.
    Quotient(Box<Formula>, i128),
}

/// What a parameter is replaced by; `None` where that is no formula.
pub type Stand<'a> = &'a dyn Fn(u32) -> Option<Formula>;

impl Formula {
    /// A number.
    pub fn of_number(value: i128) -> Self {
        Self::single(Vec::new(), value)
    }

    /// The n-th generic parameter.
    pub fn of_param(at: u32) -> Self {
        Self::single(vec![Factor::Param(at)], 1)
    }

    /// A size that is known at start; `None` where that is beyond what is kept.
    pub fn of_term(term: &SizeTerm) -> Option<Self> {
        Some(match term {
            SizeTerm::Const(value) => Self::of_number(i128::from(*value)),
            SizeTerm::Global(id) => Self::single(vec![Factor::Global(*id)], 1),
            SizeTerm::Op(op, parts) => {
                let [left, right] = parts.each_ref().map(Self::of_term);
                Self::apply(*op, &left?, &right?)?
            }
        })
    }

    /// The term over globals that it is; `None` where a parameter takes part, or where it is
    /// below nothing.
    pub fn term(&self) -> Option<SizeTerm> {
        let (plus, minus): (Vec<_>, Vec<_>) =
            self.parts().partition(|(_, times)| *times > 0);
        let op = |op, left, right| SizeTerm::Op(op, Box::new([left, right]));
        let mut sum = None;
        for (of, times) in plus {
            let part = Self::product(of, times)?;
            sum = Some(match sum {
                Some(sum) => op(SizeOp::Add, sum, part),
                None => part,
            });
        }
        let mut sum = sum?;
        for (of, times) in minus {
            sum = op(SizeOp::Sub, sum, Self::product(of, times)?);
        }
        Some(sum)
    }

    fn product(of: &[Factor], times: i128) -> Option<SizeTerm> {
        let op = |op, left, right| SizeTerm::Op(op, Box::new([left, right]));
        let times = u64::try_from(times.unsigned_abs()).ok()?;
        let mut product = (times != 1 || of.is_empty()).then_some(SizeTerm::Const(times));
        for factor in of {
            let factor = match factor {
                Factor::Param(_) => return None,
                Factor::Global(id) => SizeTerm::Global(*id),
                Factor::Quotient(inner, by) => {
                    let by = SizeTerm::Const(u64::try_from(*by).ok()?);
                    op(SizeOp::Div, inner.term()?, by)
                }
            };
            product = Some(match product {
                Some(product) => op(SizeOp::Mul, product, factor),
                None => factor,
            });
        }
        product
    }

    fn single(factors: Vec<Factor>, times: i128) -> Self {
        let parts = (times != 0).then_some((factors, times));
        Self {
            parts: parts.into_iter().collect(),
        }
    }

    /// The number it is, if it is one.
    pub fn number(&self) -> Option<i128> {
        match self.parts.first_key_value() {
            None => Some(0),
            Some((factors, times)) if factors.is_empty() && self.parts.len() == 1 => {
                Some(*times)
            }
            Some(_) => None,
        }
    }

    /// The parameter it is, if it is one.
    pub fn param(&self) -> Option<u32> {
        match self.parts.first_key_value() {
            Some((factors, 1)) if self.parts.len() == 1 => match factors.as_slice() {
                [Factor::Param(at)] => Some(*at),
                _ => None,
            },
            _ => None,
        }
    }

    /// The products and how often each is taken, numbers last.
    pub fn parts(&self) -> impl Iterator<Item = (&[Factor], i128)> {
        let parts = || self.parts.iter().map(|(of, times)| (of.as_slice(), *times));
        parts()
            .filter(|(of, _)| !of.is_empty())
            .chain(parts().filter(|(of, _)| of.is_empty()))
    }

    /// Whether a parameter of these takes part.
    pub fn mentions(&self, of: &dyn Fn(u32) -> bool) -> bool {
        self.parts.keys().flatten().any(|factor| match factor {
            Factor::Param(at) => of(*at),
            Factor::Global(_) => false,
            Factor::Quotient(inner, _) => inner.mentions(of),
        })
    }

    /// Two of them; `None` where that has no value or is beyond what is kept.
    pub fn apply(op: SizeOp, left: &Self, right: &Self) -> Option<Self> {
        let found = match op {
            SizeOp::Add => left.plus(right, 1)?,
            SizeOp::Sub => left.plus(right, -1)?,
            SizeOp::Mul => left.times(right)?,
            SizeOp::Div => left.over(right.number()?)?,
        };
        let small = found.parts.len() <= MOST_PARTS
            && found.parts.keys().all(|of| of.len() <= MOST_FACTORS)
            && found.depth() <= MOST_DEPTH;
        small.then_some(found)
    }

    fn depth(&self) -> usize {
        let depths = self.parts.keys().flatten().map(|factor| match factor {
            Factor::Param(_) | Factor::Global(_) => 0,
            Factor::Quotient(inner, _) => inner.depth() + 1,
        });
        depths.max().unwrap_or(0)
    }

    fn add(&mut self, factors: Vec<Factor>, times: i128) -> Option<()> {
        let sum = self.parts.get(&factors).copied().unwrap_or(0);
        match sum.checked_add(times)? {
            0 => self.parts.remove(&factors),
            sum => self.parts.insert(factors, sum),
        };
        Some(())
    }

    fn plus(&self, other: &Self, sign: i128) -> Option<Self> {
        let mut sum = self.clone();
        for (factors, times) in &other.parts {
            sum.add(factors.clone(), times.checked_mul(sign)?)?;
        }
        Some(sum)
    }

    fn times(&self, other: &Self) -> Option<Self> {
        let mut product = Self::default();
        for (left, a) in &self.parts {
            for (right, b) in &other.parts {
                let mut factors = [left.as_slice(), right.as_slice()].concat();
                factors.sort();
                product.add(factors, a.checked_mul(*b)?)?;
            }
        }
        Some(product)
    }

    fn over(&self, by: i128) -> Option<Self> {
        if let Some(value) = self.number() {
            return value.checked_div(by).map(Self::of_number);
        }
        if by == 0 {
            return None;
        }
        let quotient = || Factor::Quotient(Box::new(self.clone()), by);
        Some(
            self.exactly_over(by)
                .unwrap_or_else(|| Self::single(vec![quotient()], 1)),
        )
    }

    /// Divided by a number that divides all its parts.
    pub fn exactly_over(&self, by: i128) -> Option<Self> {
        let parts = self.parts.iter().map(|(factors, times)| {
            let whole = times.checked_rem(by)? == 0;
            Some((factors.clone(), times.checked_div(by).filter(|_| whole)?))
        });
        parts.collect::<Option<_>>().map(|parts| Self { parts })
    }

    /// With the parameters replaced.
    pub fn subst(&self, stand: Stand<'_>) -> Option<Self> {
        let mut sum = Self::default();
        for (factors, times) in &self.parts {
            let mut product = Self::of_number(*times);
            for factor in factors {
                let factor = match factor {
                    Factor::Param(at) => stand(*at)?,
                    Factor::Global(_) => Self::single(vec![factor.clone()], 1),
                    Factor::Quotient(inner, by) => inner.subst(stand)?.over(*by)?,
                };
                product = Self::apply(SizeOp::Mul, &product, &factor)?;
            }
            sum = Self::apply(SizeOp::Add, &sum, &product)?;
        }
        Some(sum)
    }

    /// The only parameter of those that are open, how often it is taken, and what is added;
    /// `None` where it is not the only one or is multiplied or divided.
    pub fn linear(&self, open: &dyn Fn(u32) -> bool) -> Option<(u32, i128, Self)> {
        let mut found = None;
        let mut rest = Self::default();
        for (factors, times) in &self.parts {
            let part = Self::single(factors.clone(), *times);
            match factors.as_slice() {
                _ if !part.mentions(open) => rest = rest.plus(&part, 1)?,
                [Factor::Param(at)] if found.is_none() => found = Some((*at, *times)),
                _ => return None,
            }
        }
        found.map(|(at, times)| (at, times, rest))
    }

    /// The text, with the names of the parameters and globals.
    pub fn show(&self, name: &dyn Fn(&Factor) -> String) -> String {
        let mut text = String::new();
        for (factors, times) in self.parts() {
            let sign = match (text.is_empty(), times < 0) {
                (true, true) => "-",
                (true, false) => "",
                (false, true) => " - ",
                (false, false) => " + ",
            };
            text.push_str(sign);
            let mut words: Vec<String> = factors
                .iter()
                .map(|factor| match factor {
                    Factor::Param(_) | Factor::Global(_) => name(factor),
                    Factor::Quotient(inner, by) => {
                        format!("(({}) / {by})", inner.show(name))
                    }
                })
                .collect();
            let times = times.unsigned_abs();
            if times != 1 || words.is_empty() {
                words.insert(0, times.to_string());
            }
            text.push_str(&words.join(" * "));
        }
        if text.is_empty() {
            "0".to_owned()
        } else {
            text
        }
    }
}
