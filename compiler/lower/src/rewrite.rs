//! How much of a field one run of a process surely writes.

use indexmap::IndexMap;
use theus_hir::{Block, FieldId, Size, Stmt, StmtKind, Ty, TyKind, Typed, Types};

use crate::access::root_field;
use crate::layout::shape;
use crate::weight::rounds;

/// Bytes that every run of a block writes to a field, as far as its text shows: what is
/// written under a condition, or a number of times that is not known, does not count.
pub(crate) fn surely(typed: &Typed, block: &Block, field: FieldId) -> u64 {
    let mut sure = Sure {
        typed,
        field,
        types: None,
        sizes: IndexMap::new(),
    };
    sure.block(block)
}

/// One field in one body. A body may assign a thousand times: each type is measured once.
struct Sure<'t> {
    typed: &'t Typed,
    field: FieldId,
    types: Option<Types>,
    sizes: IndexMap<Ty, u64>,
}

impl Sure<'_> {
    fn size(&mut self, ty: Ty) -> u64 {
        if let Some(size) = self.sizes.get(&ty) {
            return *size;
        }
        let types = self.types.get_or_insert_with(|| self.typed.types.clone());
        let size = shape(self.typed, types, ty).size();
        self.sizes.insert(ty, size);
        size
    }

    fn block(&mut self, block: &Block) -> u64 {
        let bytes = block.stmts.iter().map(|stmt| self.stmt(stmt));
        bytes.fold(0, u64::saturating_add)
    }

    fn stmt(&mut self, stmt: &Stmt) -> u64 {
        match &stmt.kind {
            StmtKind::Assign(target, _) | StmtKind::OpAssign(target, ..)
                if root_field(target) == Some(self.field) =>
            {
                self.size(target.ty)
            }
            StmtKind::ForRange {
                lo,
                hi,
                inclusive,
                body,
                ..
            } => {
                let rounds = rounds(lo, hi, *inclusive, &[]).unwrap_or(0);
                self.block(body).saturating_mul(rounds)
            }
            StmtKind::ForEach { over, body, .. } => {
                let rounds = match self.typed.types.kind(over.ty) {
                    TyKind::Array(_, dims) => dims.first().map_or(0, known),
                    _ => 0,
                };
                self.block(body).saturating_mul(rounds)
            }
            StmtKind::If(_, then, other) => self.block(then).min(self.block(other)),
            StmtKind::Block(block) => self.block(block),
            _ => 0,
        }
    }
}

const fn known(size: &Size) -> u64 {
    match size {
        Size::Const(size) => *size,
        Size::Param(_) | Size::Of(_) | Size::Start(_) | Size::Error => 0,
    }
}
