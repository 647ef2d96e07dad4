//! What a process adds to collections, and what it takes out of them.

use indexmap::{IndexMap, IndexSet};
use theus_grammar::Span;
use theus_hir::body::PoolOp;
use theus_hir::item::{Collection, Process};
use theus_hir::walk::{Part, parts_of_expr, parts_of_stmt};
use theus_hir::{
    Expr, ExprKind, FieldId, FnId, GenericArg, Stmt, StmtKind, TyKind, Typed,
};

use super::guard;
use crate::place::path_of;

/// Methods that make a collection longer.
const MORE: [&str; 4] = ["push", "insert", "extend", "put"];
/// Methods that change it and leave it as long as it is.
const SAME: [&str; 6] = ["swap", "sort", "sort_by", "sort_desc", "reverse", "touch"];

/// The fields that a process adds to and takes from.
#[derive(Default)]
pub(super) struct Changes {
    /// Where nothing in the process says how long that goes on: the first place.
    pub(super) more: IndexMap<FieldId, Span>,
    pub(super) less: IndexSet<FieldId>,
}

/// What a process changes.
pub(super) fn of_process(typed: &Typed, process: &Process) -> Changes {
    let mut walk = Walk {
        typed,
        process,
        handled: false,
        found: Changes::default(),
    };
    for stmt in &process.body.block.stmts {
        walk.stmt(stmt);
    }
    let asked = guard::of_process(process);
    let mut found = walk.found;
    // What adds the same in each run only sets up.
    if asked.clock || process.inputs.is_empty() {
        found.more.clear();
    }
    // What it asks for it may have changed itself: so it knows when it is enough.
    let written = written(typed, process);
    let own = asked.fields.iter().any(|field| written.contains(field));
    if own {
        found.more.clear();
    }
    found.more.retain(|field, _| !asked.fields.contains(field));
    found
}

/// The fields in its outputs.
fn written(typed: &Typed, process: &Process) -> IndexSet<FieldId> {
    let entries = process.outputs.iter();
    entries
        .filter_map(|entry| match &entry.target {
            theus_hir::item::Target::Field(field, ..) => Some(vec![*field]),
            theus_hir::item::Target::Context(context) => {
                Some(typed.contexts[*context].fields.clone())
            }
            _ => None,
        })
        .flatten()
        .collect()
}

struct Walk<'c> {
    typed: &'c Typed,
    process: &'c Process,
    /// Whether a failure of what is at hand is handled where it stands.
    handled: bool,
    found: Changes,
}

impl Walk<'_> {
    fn stmt(&mut self, stmt: &Stmt) {
        if let StmtKind::Assign(place, _) = &stmt.kind {
            let path = path_of(self.typed, place);
            let whole = path.filter(|path| path.indices.is_empty() && !path.element);
            self.found
                .less
                .extend(whole.and_then(|path| path.place.in_field()));
        }
        parts_of_stmt(stmt, &mut |part| self.part(part));
    }

    fn part(&mut self, part: Part<'_>) {
        match part {
            Part::Expr(expr) => self.expr(expr),
            Part::Block(block) => block.stmts.iter().for_each(|stmt| self.stmt(stmt)),
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::OrElse(value, _) => {
                let outer = std::mem::replace(&mut self.handled, true);
                self.own(value);
                self.handled = outer;
                parts_of_expr(value, &mut |part| self.part(part));
                let mut first = true;
                parts_of_expr(expr, &mut |part| {
                    if !std::mem::take(&mut first) {
                        self.part(part);
                    }
                });
            }
            _ => {
                self.own(expr);
                parts_of_expr(expr, &mut |part| self.part(part));
            }
        }
    }

    /// What an expression changes itself.
    fn own(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Call(callee, _, args) => self.call(*callee, args, expr.span),
            ExprKind::Pool(PoolOp::Leave, _) => {
                let each = self.process.each.as_ref();
                self.found.less.extend(each.map(|each| each.field));
            }
            ExprKind::Pool(op, args) if op.changes() => {
                let pool = args.first().and_then(|pool| path_of(self.typed, pool));
                let Some(field) = pool.and_then(|path| path.place.in_field()) else {
                    return;
                };
                match op {
                    PoolOp::Insert => self.more(field, expr.span),
                    _ => {
                        self.found.less.insert(field);
                    }
                }
            }
            _ => {}
        }
    }

    fn call(&mut self, callee: FnId, args: &[Expr], span: Span) {
        let item = &self.typed.fns[callee];
        for (param, arg) in item
            .params
            .iter()
            .zip(args)
            .filter(|(param, _)| param.inout)
        {
            let path = path_of(self.typed, arg);
            let Some(field) = path.and_then(|path| path.place.in_field()) else {
                continue;
            };
            let known = self.typed.modules[item.head.module].is_std;
            let method = known.then(|| self.method(&item.head.name, arg)).flatten();
            match method {
                Some(name) if MORE.contains(&name) && !self.few_keys(arg) => {
                    self.more(field, span);
                }
                Some(name) if MORE.contains(&name) || SAME.contains(&name) => {}
                _ if self.typed.is_collection(param.ty) || !known => {
                    self.found.less.insert(field);
                }
                _ => {}
            }
        }
    }

    /// The method of a collection that a function of the library is.
    fn method<'n>(&self, name: &'n str, of: &Expr) -> Option<&'n str> {
        let collection = self.typed.collection(of.ty)?;
        name.strip_prefix(collection.name())?.strip_prefix('_')
    }

    /// Whether a map has room for all keys that there are.
    fn few_keys(&self, map: &Expr) -> bool {
        if self.typed.collection(map.ty) != Some(Collection::Map) {
            return false;
        }
        let (Some((key, _)), TyKind::Struct(_, args)) =
            (self.typed.map_parts(map.ty), self.typed.types.kind(map.ty))
        else {
            return false;
        };
        let keys = match self.typed.types.kind(key) {
            TyKind::Bool => 2,
            TyKind::Int(int) if int.bits == 8 => 256,
            TyKind::Enum(id, _) => self.typed.enums[*id].variants.len() as u64,
            _ => return false,
        };
        let mut sizes = args.iter().filter_map(|arg| match arg {
            GenericArg::Size(theus_hir::Size::Const(size)) => Some(*size),
            _ => None,
        });
        sizes.next().is_some_and(|room| room >= keys)
    }

    fn more(&mut self, field: FieldId, span: Span) {
        if !self.handled {
            self.found.more.entry(field).or_insert(span);
        }
    }
}
