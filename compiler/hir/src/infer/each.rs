//! `each a in town.people where e slice n`: the element, and what the clause says of it.

use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::item as tree;

use super::Checker;
use super::flow::scratch_of;
use super::mismatch::at;
use crate::body::{Expr, ExprKind};
use crate::ids::{FieldId, LocalId};
use crate::item::{Each, Isolated, Quota, Target};
use crate::ty::{Ty, TyKind};
use crate::value::Value;

/// What an element has that says nothing.
const ELEMENT: &str = "without one an element has what its pipeline has";

/// The element of an `each` process, under the name that it has there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element {
    local: LocalId,
    /// What it is of; `None` where that has been reported.
    field: Option<FieldId>,
}

impl Checker<'_, '_> {
    /// The clause; from here on its name is the element.
    pub(crate) fn each_clause(&mut self, written: &tree::Each) -> Option<Each> {
        let field = self.each_over(written);
        let elem = field.map_or(Ty::ERROR, |field| self.each_element(field, written));
        let local = self.local(&written.name.text, elem, true, written.name.span);
        let field = field.filter(|_| elem != Ty::ERROR);
        self.element = Some(Element { local, field });
        let filter = written.filter.as_ref().map(|filter| self.condition(filter));
        let slice = written.slice.as_ref().map(|slice| self.slice(slice));
        let isolated = written.isolated.as_ref();
        let isolated = isolated.map(|written| self.isolated(written, field));
        let (module, scratch) = (self.env.module, written.scratch.as_ref());
        let scratch = scratch.and_then(|size| {
            Some((scratch_of(self.cx, module, size, ELEMENT)?, size.span))
        });
        Some(Each {
            field: field?,
            part: None,
            filter,
            slice,
            isolated,
            scratch,
            span: written.span,
        })
    }

    /// The element, where a local is it.
    pub(crate) fn element(&self, local: LocalId, span: Span) -> Option<Expr> {
        let element = self.element.filter(|element| element.local == local)?;
        let Some(field) = element.field else {
            return Some(Self::error(span));
        };
        let field = Expr {
            kind: ExprKind::Field(field),
            ty: self.cx.out.fields[field].ty,
            span,
        };
        Some(Expr {
            kind: ExprKind::Elem(Box::new(field)),
            ty: self.locals[local].ty,
            span,
        })
    }

    /// `isolated`, and the ring that takes what fails.
    fn isolated(&mut self, written: &tree::Isolated, over: Option<FieldId>) -> Isolated {
        let path = written.into.as_ref();
        let into = path.and_then(|path| self.rejects(path, over?));
        let span = written.span;
        Isolated { into, span }
    }

    /// A data field that is a ring of handles of the pool, or of numbers of elements.
    fn rejects(
        &mut self,
        path: &theus_grammar::ast::Path,
        over: FieldId,
    ) -> Option<FieldId> {
        let of_pool = matches!(self.kind(self.cx.out.fields[over].ty), TyKind::Pool(..));
        let due = match of_pool {
            true => self.cx.intern(TyKind::Handle(over)),
            false => Ty::I64,
        };
        let (field, label) = match self.entry(path) {
            Target::Error => return None,
            Target::Field(field, members) if members.is_empty() => {
                let found = &self.cx.out.fields[field];
                let is_data = found.zone == Zone::Data;
                match *self.kind(found.ty) {
                    TyKind::Ring(elem, _) if is_data && elem == due => {
                        return Some(field);
                    }
                    TyKind::Error => return None,
                    _ if !is_data => {
                        (Some(field), format!("this is {}", found.zone.name()))
                    }
                    _ => (Some(field), format!("this is `{}`", self.show(found.ty))),
                }
            }
            Target::Field(field, _) => {
                (Some(field), "this is a part of a field".to_owned())
            }
            Target::Context(_) => (None, "this is a context".to_owned()),
            Target::Tick | Target::Random => (None, "this is no ring".to_owned()),
        };
        let due = self.show(due);
        let mut found = Diagnostic::new(Code::NotIsolated, path.span, label)
            .title("what fails goes to a ring")
            .help(format!(
                "name a data field of type `ring<{due}, N>`: it keeps the last N"
            ));
        if let Some(field) = field {
            found = found.label(self.cx.out.fields[field].span, "declared here");
        }
        self.report(found);
        None
    }

    fn each_over(&mut self, written: &tree::Each) -> Option<FieldId> {
        let span = written.over.span;
        let (field, label) = match self.entry(&written.over) {
            Target::Error => return None,
            Target::Field(field, members) if members.is_empty() => {
                let found = &self.cx.out.fields[field];
                if found.zone == Zone::Data {
                    return Some(field);
                }
                (Some(field), format!("this is {}", found.zone.name()))
            }
            Target::Field(field, _) => {
                (Some(field), "this is a part of a field".to_owned())
            }
            Target::Context(_) => (None, "this is a context".to_owned()),
            Target::Tick | Target::Random => (None, "this is no collection".to_owned()),
        };
        let mut found = Diagnostic::new(Code::BadEach, span, label)
            .title("`each` goes over a data field")
            .help("name an array or a pool of a context: `each a in town.people`");
        if let Some(field) = field {
            found = found.label(self.cx.out.fields[field].span, "declared here");
        }
        self.report(found);
        None
    }

    fn each_element(&mut self, field: FieldId, written: &tree::Each) -> Ty {
        let ty = self.cx.out.fields[field].ty;
        if let Some((elem, _)) = self.cx.out.list_parts(ty) {
            return elem;
        }
        match self.kind(ty).clone() {
            TyKind::Array(elem, dims) if dims.len() == 1 => elem,
            TyKind::Pool(elem, ..) => elem,
            TyKind::Error => Ty::ERROR,
            _ => {
                let text = self.show(ty);
                let label = format!("this is `{text}`");
                let found = Diagnostic::new(Code::BadEach, written.over.span, label)
                    .title(format!("`each` cannot go over `{text}`"))
                    .help("`each` goes over arrays of one dimension, lists and pools");
                self.report(found);
                Ty::ERROR
            }
        }
    }

    /// `inserts` and `sends`: what each element may add elsewhere.
    pub(crate) fn quotas(&mut self, written: &[tree::Quota], each: bool) -> Vec<Quota> {
        let mut found = Vec::new();
        for quota in written {
            if !each {
                let label = "there are no elements here";
                let report = Diagnostic::new(Code::BadQuota, quota.span, label)
                    .title("`inserts` and `sends` are for processes with `each`")
                    .help("name the collection among the outputs");
                self.report(report);
                continue;
            }
            let field = self.quota_field(quota);
            let most = self.quota_max(&quota.max);
            if let (Some(field), Some(max)) = (field, most) {
                let span = quota.span;
                found.push(Quota { field, max, span });
            }
        }
        found
    }

    fn quota_field(&mut self, quota: &tree::Quota) -> Option<FieldId> {
        let field = match self.entry(&quota.into) {
            Target::Error => return None,
            Target::Field(field, members) if members.is_empty() => Some(field),
            _ => None,
        };
        let fits = field.is_some_and(|field| {
            let item = &self.cx.out.fields[field];
            let takes = match self.kind(item.ty) {
                TyKind::Pool(..) => quota.inserts,
                TyKind::Ring(..) | TyKind::Struct(..) => !quota.inserts,
                TyKind::Error => true,
                _ => false,
            };
            takes && item.zone == Zone::Data
        });
        if fits {
            return field;
        }
        let (title, help) = if quota.inserts {
            ("`inserts` names a pool", "what is pushed goes by `sends`")
        } else {
            (
                "`sends` names a ring or a list",
                "what comes into a pool goes by `inserts`",
            )
        };
        let label = "elements cannot be added to this";
        let found = Diagnostic::new(Code::BadQuota, quota.into.span, label);
        self.report(found.title(title).help(help));
        None
    }

    fn quota_max(&mut self, written: &theus_grammar::ast::Expr) -> Option<u64> {
        let module = self.env.module;
        let what = "the number after `max`";
        let (value, _) = self
            .cx
            .constant_value(module, written, Some(Ty::I64), what)?;
        match value {
            Value::Int(max @ 1..) => u64::try_from(max).ok(),
            _ => {
                let found =
                    Diagnostic::new(Code::BadQuota, written.span, "this is nothing")
                        .title("an element adds one at least")
                        .help("write a number above 0");
                self.report(found);
                None
            }
        }
    }

    /// How many elements one run does: a constant or a global.
    fn slice(&mut self, written: &theus_grammar::ast::Expr) -> Expr {
        let value = self.check(written, Ty::I64, at(written.span, "a count of elements"));
        let global = matches!(&value.kind, ExprKind::Field(field)
            if self.cx.out.fields[*field].zone == Zone::Global);
        if global || matches!(value.kind, ExprKind::Error) {
            return value;
        }
        let label = match self.cx.evaluate(&value) {
            Ok(Value::Int(1..)) => return value,
            Ok(_) => "this is no element",
            Err(_) => "this may change",
        };
        let found = Diagnostic::new(Code::BadEach, value.span, label)
            .title("a slice is a number of elements above zero, known at start")
            .help("write a constant, or a `global`: `slice cfg.batch`");
        self.report(found);
        value
    }
}
