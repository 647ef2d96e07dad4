//! `Renames`: values that other values replace, applied to a function in one sweep.

use cranelift_entity::SecondaryMap;
use cranelift_entity::packed_option::PackedOption;

use crate::func::Func;
use crate::ids::Value;

/// Which value stands for which.
#[derive(Debug)]
pub(crate) struct Renames {
    to: SecondaryMap<Value, PackedOption<Value>>,
    any: bool,
}

impl Renames {
    /// No replacement yet.
    pub(crate) fn new(func: &Func) -> Self {
        Self {
            to: func.per_value(None.into()),
            any: false,
        }
    }

    /// From now on `to` stands for `from`, which stands for nothing else yet.
    pub(crate) fn set(&mut self, from: Value, to: Value) {
        let to = self.get(to);
        if from != to {
            self.to[from] = Some(to).into();
            self.any = true;
        }
    }

    /// What stands for `value`, in the end.
    pub(crate) fn get(&mut self, value: Value) -> Value {
        match self.to[value].expand() {
            Some(next) if self.to[next].is_some() => self.shorten(value),
            Some(next) => next,
            None => value,
        }
    }

    /// What stands for a value that several steps lead from.
    fn shorten(&mut self, value: Value) -> Value {
        let mut last = value;
        while let Some(next) = self.to[last].expand() {
            last = next;
        }
        let mut at = value;
        while let Some(next) = self.to[at].expand() {
            self.to[at] = Some(last).into();
            if next == last {
                break;
            }
            at = next;
        }
        last
    }

    /// Replaces operands everywhere.
    pub(crate) fn apply(mut self, func: &mut Func) {
        if !self.any {
            return;
        }
        for &block in &func.layout {
            let data = &mut func.blocks[block];
            for &inst in &data.insts {
                func.insts[inst].each_arg_mut(|arg| *arg = self.get(*arg));
            }
            if let Some(term) = &mut data.term {
                term.each_arg_mut(|arg| *arg = self.get(*arg));
            }
        }
    }
}
