//! Sinks and sources: rows of scalars in the memory block, between compiled code and files.

use std::rc::Rc;

use indexmap::IndexSet;
use theus_abi::image::{self, Column, Format, Range};
use theus_abi::shape::align_up;
use theus_abi::{Fault, HostFn, Repr, Shape};
use theus_grammar::Span;
use theus_hir::flow::Stream;
use theus_hir::{Expr, ExprKind, FieldId, TyKind};
use theus_mir::{BinaryOp, Value};

use crate::access::root_field;
use crate::audit::Commit;
use crate::frame::FnCx;
use crate::handler::Undone;
use crate::place::Place;
use crate::program::loc;
use crate::undo::Transaction;

/// The scalars of a column: name, offset in the value, shape.
type Cells = Vec<(String, u64, Shape)>;

impl<'a> FnCx<'_, 'a> {
    /// Writes a row.
    pub(crate) fn sink(&mut self, stream: &'a Stream, span: Span) {
        let index = self.cx.image.sinks.len();
        if let Format::Npy(_) = stream.format {
            let row = self.cx.reserve(0, 8);
            self.put_sink(image_stream(stream, Vec::new(), row, span), stream, index);
            return;
        }
        let (columns, row) = self.columns(stream);
        let mut cell = 0;
        for (e, name) in &stream.columns {
            let ty = self.ty(e.ty);
            if self.is_scalar(ty) {
                let value = self.value(e);
                let repr = self.b.func().repr(value);
                let value = self.canonical(value, repr);
                self.store_cell(row, columns.get(cell), value);
                cell += 1;
                continue;
            }
            let from = self.place(e);
            for (_, offset, shape) in self.cells(name, from.ty) {
                if let Shape::Str { .. } = shape {
                    self.copy_text(
                        row,
                        columns.get(cell),
                        Self::inside(from, offset, from.ty),
                    );
                    cell += 1;
                    continue;
                }
                let value = self.load_cell(from, offset, &shape);
                self.store_cell(row, columns.get(cell), value);
                cell += 1;
            }
        }
        self.put_sink(image_stream(stream, columns, row, span), stream, index);
    }

    /// Tells the VM of a sink, and that there is something for it.
    fn put_sink(&mut self, mut sink: image::Stream, stream: &Stream, index: usize) {
        sink.format = self.image_format(stream);
        self.cx.image.sinks.push(sink);
        let number = self.b.iconst(Repr::I32, i64::try_from(index).unwrap_or(0));
        self.b.host(HostFn::SinkRow, number);
    }

    /// The format, with the field that an array file fills or holds.
    fn image_format(&self, stream: &Stream) -> Format {
        let field = stream.columns.first().and_then(|(e, _)| root_field(e));
        match (stream.format, field) {
            (Format::Npy(_), Some(field)) => {
                let at = self.cx.image_index.get(&field).copied();
                let at = at.and_then(|at| u32::try_from(at).ok());
                Format::Npy(at.unwrap_or(u32::MAX))
            }
            (format, _) => format,
        }
    }

    /// Copies a text to its cell.
    fn copy_text(&mut self, row: u32, column: Option<&Column>, from: Place) {
        let Some(column) = column else { return };
        let size = u32::try_from(column.shape.size()).unwrap_or(u32::MAX);
        let (to, from) = (self.b.base(row + column.offset), self.address(from));
        self.b.copy(to, from, size);
    }

    fn store_cell(&mut self, row: u32, column: Option<&Column>, value: Value) {
        let Some(column) = column else { return };
        let at = self.b.base(row + column.offset);
        self.b.store(value, at, 0);
    }

    fn load_cell(&mut self, from: Place, offset: u64, shape: &Shape) -> Value {
        let repr = scalar_repr(shape);
        let at = Self::inside(from, offset, from.ty);
        let value = self.b.load(repr, at.addr, at.offset);
        self.canonical(value, repr)
    }

    /// Reads a row into data fields; the end of the source ends the run.
    pub(crate) fn source(&mut self, stream: &'a Stream, span: Span) {
        let index = self.cx.image.sources.len();
        let (mut columns, row) = match stream.format {
            Format::Csv => self.columns(stream),
            Format::Npy(_) => (Vec::new(), self.cx.reserve(0, 8)),
        };
        let number = self.b.iconst(Repr::I32, i64::try_from(index).unwrap_or(0));
        let status = self.b.host(HostFn::SourceRow, number);
        let one = self.b.iconst(Repr::I32, 1);
        let (ended, row_block) = (self.b.cold_block(), self.b.new_block());
        let at_end = self.b.binary(BinaryOp::Ieq, status, one);
        self.b.branch(at_end, ended, row_block);
        self.b.switch_to(ended);
        self.end_run(theus_abi::header::Status::SourceEnded);
        self.b.switch_to(row_block);
        let set = stream.columns.iter().filter_map(|(to, _)| root_field(to));
        let set: IndexSet<FieldId> = set.collect();
        let set: Vec<FieldId> = set.into_iter().collect();
        let mut begun = Transaction::default();
        let rules = self.cx.watched_by(&set);
        if !rules.is_empty() {
            set.iter()
                .for_each(|field| self.save_field(*field, &mut begun));
        }
        let failures = std::mem::take(&mut self.fail_blocks);
        let zero = self.b.iconst(Repr::I32, 0);
        let good = self.b.binary(BinaryOp::Ieq, status, zero);
        self.check(good, Fault::Source, span, &[]);
        if stream.format == Format::Csv {
            self.read_row(stream, &mut columns, row);
            let (begun, timed) = (&begun, None);
            self.audit(&rules, &Commit { begun, timed });
        }
        let undone = Undone {
            begun: Rc::new(begun),
            timed: None,
        };
        self.wake_cached(&set);
        self.arrived();
        let done = self.b.new_block();
        self.b.jump(done, &[]);
        let failures = std::mem::replace(&mut self.fail_blocks, failures);
        self.handle(None, failures, self.callee_status, &undone, (done, span));
        self.b.switch_to(done);
        let mut source = image_stream(stream, columns, row, span);
        source.format = self.image_format(stream);
        self.cx.image.sources.push(source);
    }

    /// Checks every cell against the range of its field, then stores them all.
    fn read_row(&mut self, stream: &'a Stream, columns: &mut [Column], row: u32) {
        let (mut stores, mut texts) = (Vec::new(), Vec::new());
        let mut cell = 0;
        for (e, name) in &stream.columns {
            let range = field_range(self, e);
            let to = self.place(e);
            for (_, offset, shape) in self.cells(name, to.ty) {
                let Some(column) = columns.get_mut(cell) else {
                    continue;
                };
                cell += 1;
                column.range = range;
                let at = self.b.base(row + column.offset);
                if let Shape::Str { .. } = shape {
                    texts.push((Self::inside(to, offset, to.ty), at, shape.size()));
                    continue;
                }
                let value = self.b.load(scalar_repr(&shape), at, 0);
                if let (Some(range), true) = (range, self.strict) {
                    let ty = self.leaf_type(to.ty);
                    let inside = self.inside_range(value, range, ty);
                    let kind = self.arg_kind(ty);
                    let operands = [("value", value, kind)];
                    self.check(inside, Fault::Range, e.span, &operands);
                }
                stores.push((Self::inside(to, offset, to.ty), value));
            }
        }
        for (to, value) in stores {
            self.b.store(value, to.addr, to.offset);
        }
        for (to, from, size) in texts {
            let to = self.address(to);
            self.b
                .copy(to, from, u32::try_from(size).unwrap_or(u32::MAX));
        }
    }

    fn leaf_type(&self, ty: theus_hir::Ty) -> theus_hir::Ty {
        self.array_parts(ty).map_or(ty, |(_, elem)| elem)
    }

    /// The columns of a stream, one for each scalar, and the offset of the row.
    fn columns(&mut self, stream: &'a Stream) -> (Vec<Column>, u32) {
        let mut columns = Vec::new();
        let mut at = 0_u64;
        for (e, name) in &stream.columns {
            let ty = self.ty(e.ty);
            for (name, _, shape) in self.cells(name, ty) {
                at = align_up(at, u64::from(shape.align()));
                let size = shape.size();
                let offset = u32::try_from(at).unwrap_or(u32::MAX);
                columns.push(Column {
                    name,
                    offset,
                    shape,
                    range: None,
                });
                at += size;
            }
        }
        let row = self.cx.reserve(at, 8);
        (columns, row)
    }

    /// The scalars of a value, named as one would write them.
    fn cells(&mut self, name: &str, ty: theus_hir::Ty) -> Cells {
        let shape = self.cx.shape(ty);
        let mut cells = Vec::new();
        flatten(name, 0, &shape, &mut cells);
        cells
    }
}

fn flatten(name: &str, at: u64, shape: &Shape, cells: &mut Cells) {
    match shape {
        Shape::Struct { members, .. } => {
            for (member, offset, shape) in members {
                flatten(
                    &format!("{name}.{member}"),
                    at + u64::from(*offset),
                    shape,
                    cells,
                );
            }
        }
        Shape::Array { elem, dims } => {
            let count: u64 = dims.iter().product();
            for n in 0..count {
                let index = indices(n, dims);
                flatten(
                    &format!("{name}[{index}]"),
                    at + n * elem.size(),
                    elem,
                    cells,
                );
            }
        }
        Shape::Ring { .. } | Shape::Choice { .. } | Shape::Option(_) => {}
        Shape::Bool
        | Shape::Int(_)
        | Shape::Uint(_)
        | Shape::Float(_)
        | Shape::Duration
        | Shape::Handle(_)
        | Shape::Str { .. }
        | Shape::Enum { .. } => cells.push((name.to_owned(), at, shape.clone())),
    }
}

/// `1,2` for the n-th element of an array, row-major.
fn indices(mut n: u64, dims: &[u64]) -> String {
    let mut parts = Vec::new();
    for dim in dims.iter().rev() {
        parts.push((n % (*dim).max(1)).to_string());
        n /= (*dim).max(1);
    }
    parts.reverse();
    parts.join(",")
}

fn scalar_repr(shape: &Shape) -> Repr {
    match shape {
        Shape::Bool => Repr::I8,
        Shape::Int(repr) | Shape::Uint(repr) | Shape::Float(repr) => *repr,
        Shape::Enum { repr, .. } => *repr,
        Shape::Duration
        | Shape::Handle(_)
        | Shape::Str { .. }
        | Shape::Struct { .. }
        | Shape::Choice { .. }
        | Shape::Array { .. }
        | Shape::Option(_)
        | Shape::Ring { .. } => Repr::I64,
    }
}

/// The range of the field or member that a column fills.
fn field_range(cx: &FnCx<'_, '_>, e: &Expr) -> Option<Range> {
    match &e.kind {
        ExprKind::Field(id) => cx.cx.typed.fields[*id].range,
        ExprKind::Member(base, n) => match cx.cx.typed.types.kind(base.ty) {
            TyKind::Struct(id, _) => {
                cx.cx.typed.structs[*id].members.get(*n as usize)?.range
            }
            _ => None,
        },
        ExprKind::Index(base, _) => field_range(cx, base),
        _ => None,
    }
}

fn image_stream(
    stream: &Stream,
    columns: Vec<Column>,
    row: u32,
    span: Span,
) -> image::Stream {
    image::Stream {
        format: stream.format,
        path: stream.path.to_string(),
        columns,
        row,
        loc: loc(span),
    }
}
