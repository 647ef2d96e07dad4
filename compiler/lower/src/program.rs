//! The whole program: what is lowered, in which order, and the image that comes out.

use std::rc::Rc;

use cranelift_entity::{EntityRef, PrimaryMap};
use indexmap::{IndexMap, IndexSet};
use theus_abi::hash::Quick;
use theus_abi::image::{self, Image};
use theus_abi::{Repr, Shape};
use theus_contract::Sound;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::{
    FieldId, FnId, GenericArg, LatchId, PipelineId, ProcessId, TestId, Ty, Typed, Types,
    WindowId,
};
use theus_mir::{Func, FuncId, Program};

use crate::budget::Budget;
use crate::consts::ConstPool;
use crate::place::Home;
use crate::steps::Counts;

/// What the program is lowered for.
#[derive(Clone, Debug)]
pub struct Options {
    /// Contracts, ranges and transactions are compiled in.
    pub strict: bool,
    /// `test` items are compiled too.
    pub tests: bool,
    /// An `each` of so many operations is shared by several threads.
    pub share_from: u64,
    /// Tick loops and other loops end when the host wants them to.
    pub watched: bool,
    /// Every process tells how long it takes.
    pub profile: bool,
    /// Names of files, by `FileId`, for the image.
    pub files: Vec<String>,
}

/// Lowers a sound program. `None` if it is too large; the reason is in the sink.
pub fn lower(sound: &Sound<'_>, options: &Options, sink: &mut Sink) -> Option<Program> {
    let mut cx = Cx::new(sound, options);
    cx.place_fields(sink);
    if sink.has_errors() {
        return None;
    }
    cx.lower_log();
    cx.index_alerts();
    cx.index_host();
    cx.reserve_undo();
    cx.reserve_fronts();
    cx.reserve_adds();
    cx.reserve_boxes();
    cx.reserve_queries();
    cx.lower_entries();
    cx.lower_pipelines();
    if options.tests {
        cx.lower_tests();
    }
    cx.lower_instances();
    cx.finish_init();
    cx.lower_instances();
    cx.finish(sink)
}

/// Scratch of open size that a program has if it takes any and says nothing.
pub(crate) const OPEN_SCRATCH: u32 = 1 << 20;
/// The largest block that the machine code can address with its 32-bit offsets.
const MAX_BLOCK: u64 = 1 << 30;

/// What makes a function concrete.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Instance {
    pub(crate) id: FnId,
    pub(crate) args: Vec<GenericArg>,
    /// Whose memory each `inout` parameter is, in order.
    pub(crate) homes: Vec<Home>,
    /// What its loops count.
    pub(crate) counts: Counts,
}

/// State of lowering one program.
pub(crate) struct Cx<'a> {
    pub(crate) typed: &'a Typed,
    pub(crate) sound: &'a Sound<'a>,
    pub(crate) options: &'a Options,
    pub(crate) types: Types,
    pub(crate) funcs: PrimaryMap<FuncId, Func>,
    pub(crate) image: Image,
    /// Concrete functions, by what they are made of.
    instances: IndexMap<Instance, FuncId>,
    /// How many of `instances` have been lowered.
    lowered: usize,
    /// Offset, slots (of rings) by field.
    pub(crate) offsets: IndexMap<FieldId, u32, Quick>,
    /// The layout of each field.
    pub(crate) field_shapes: IndexMap<FieldId, Shape, Quick>,
    /// The first field of the image that a field is.
    pub(crate) image_index: IndexMap<FieldId, usize, Quick>,
    /// Offset of what is kept of a field for `prev`.
    pub(crate) prevs: IndexMap<FieldId, u32>,
    /// Offset of the samples of a window.
    pub(crate) windows: IndexMap<WindowId, u32>,
    /// Offset of what each `on` remembers.
    pub(crate) latches: IndexMap<LatchId, u32>,
    /// What is counted of ticks.
    pub(crate) tally: crate::tally::Tally,
    /// Offset of the mode that is to come, plus one, by pipeline.
    pub(crate) next_modes: IndexMap<PipelineId, u32>,
    /// Offset of the start of the next slice, by process.
    pub(crate) cursors: IndexMap<ProcessId, u32>,
    /// Where the inputs of properties lie.
    pub(crate) draws: IndexMap<TestId, crate::property::Inputs>,
    /// While the process of a property is lowered without its body: what it writes, and from
    /// where.
    pub(crate) hollow: Vec<(FieldId, u32)>,
    /// The words of cached processes.
    pub(crate) cached: IndexMap<ProcessId, crate::cached::Cached>,
    /// Offset of the room for the start of a collection.
    pub(crate) front_start: u32,
    /// Offset of the room for what elements add to fields.
    pub(crate) adds_start: u32,
    /// Offset of the room for what elements add to collections.
    pub(crate) boxes_start: u32,
    /// Where the entries of a query are put in order.
    pub(crate) query_start: u32,
    /// Index in the image by process, in order of first use.
    pub(crate) processes: IndexMap<ProcessId, u32>,
    pub(crate) consts: ConstPool,
    /// Calls that may fail: those of the image.
    pub(crate) calls: IndexSet<image::Call>,
    /// Whether anything takes scratch of open size.
    pub(crate) opens: bool,
    /// Offset of transaction space.
    pub(crate) undo_start: u32,
    /// The audit log, if there is one.
    pub(crate) log: crate::log::Log<'a>,
    /// Offsets of the waits of pipelines of batches.
    pub(crate) waits: IndexMap<PipelineId, u32>,
    /// The journal, if some field needs it.
    pub(crate) journal: Option<crate::journal::Layout>,
    /// Scratch bytes by function, for the bill.
    pub(crate) scratch: IndexMap<FuncId, u32>,
    shapes: IndexMap<Ty, Rc<Shape>, Quick>,
    /// What several threads run.
    pub(crate) shares: crate::share::Shares,
    /// How much code there may still be.
    pub(crate) budget: Budget,
}

impl<'a> Cx<'a> {
    fn new(sound: &'a Sound<'a>, options: &'a Options) -> Self {
        let typed = sound.typed();
        Self {
            typed,
            sound,
            options,
            types: typed.types.clone(),
            funcs: PrimaryMap::new(),
            image: empty_image(typed, options),
            instances: IndexMap::new(),
            lowered: 0,
            offsets: IndexMap::default(),
            field_shapes: IndexMap::default(),
            image_index: IndexMap::default(),
            prevs: IndexMap::new(),
            windows: IndexMap::new(),
            latches: IndexMap::new(),
            tally: crate::tally::Tally::default(),
            next_modes: IndexMap::new(),
            cursors: IndexMap::new(),
            draws: IndexMap::new(),
            hollow: Vec::new(),
            cached: IndexMap::new(),
            front_start: 0,
            adds_start: 0,
            boxes_start: 0,
            query_start: 0,
            processes: IndexMap::new(),
            consts: ConstPool::default(),
            calls: IndexSet::new(),
            opens: false,
            undo_start: 0,
            log: crate::log::Log::default(),
            waits: IndexMap::new(),
            journal: None,
            scratch: IndexMap::new(),
            shapes: IndexMap::default(),
            shares: crate::share::Shares::default(),
            budget: Budget::default(),
        }
    }

    /// The layout of a concrete type; rings have exactly their capacity. A type that is too
    /// large ends the budget.
    pub(crate) fn shape(&mut self, ty: Ty) -> Rc<Shape> {
        if let Some(shape) = self.shapes.get(&ty) {
            return Rc::clone(shape);
        }
        let mut shape = crate::layout::shape(self.typed, &mut self.types, ty);
        let size = shape.size();
        if size > MAX_BLOCK {
            self.budget.refuse_type(size);
            shape = Shape::structure("too large", []);
        }
        let shape = Rc::new(shape);
        self.shapes.insert(ty, Rc::clone(&shape));
        shape
    }

    /// The representation of a scalar type; `None` for aggregates.
    pub(crate) fn repr(&self, ty: Ty) -> Option<Repr> {
        crate::layout::repr(self.typed, &self.types, ty)
    }

    /// A function id whose body comes later.
    pub(crate) fn declare(&mut self, name: &str) -> FuncId {
        self.funcs.push(Func {
            name: name.to_owned(),
            ..Func::default()
        })
    }

    /// The concrete function of a generic one; it is lowered when its turn comes.
    pub(crate) fn instance(&mut self, key: Instance) -> FuncId {
        if let Some(func) = self.instances.get(&key) {
            return *func;
        }
        let name = self.instance_name(&key);
        let func = self.declare(&name);
        self.instances.insert(key, func);
        func
    }

    /// Whether a function is of the library.
    pub(crate) fn is_library(&self, id: FnId) -> bool {
        self.typed.modules[self.typed.fns[id].head.module].is_std
    }

    fn instance_name(&self, key: &Instance) -> String {
        let head = &self.typed.fns[key.id].head;
        let module = &self.typed.modules[head.module].name;
        let mut args: Vec<String> = key
            .args
            .iter()
            .map(|arg| match arg {
                GenericArg::Ty(ty) => {
                    crate::layout::type_name(self.typed, &self.types, *ty)
                }
                GenericArg::Size(size) => crate::layout::size_name(*size),
            })
            .collect();
        args.extend(key.homes.iter().filter_map(|home| home.name()));
        args.extend(key.counts.names().map(str::to_owned));
        let suffix = if args.is_empty() {
            String::new()
        } else {
            format!("<{}>", args.join(","))
        };
        format!("{module}.{}{suffix}", head.name)
    }

    fn lower_instances(&mut self) {
        while let Some((key, func)) = self.instances.get_index(self.lowered) {
            let (key, func) = (key.clone(), *func);
            self.lowered += 1;
            if self.budget.is_over() {
                return;
            }
            crate::call::lower_fn(self, &key, func);
        }
    }

    /// The index of a process in the image.
    pub(crate) fn process_index(&mut self, id: ProcessId) -> u32 {
        if let Some(index) = self.processes.get(&id) {
            return *index;
        }
        let process = &self.typed.processes[id];
        let index = u32::try_from(self.image.processes.len()).unwrap_or(u32::MAX);
        let (elements, _) = self.elements_of(id);
        self.image.processes.push(image::Process {
            elements,
            name: process.head.name.to_string(),
            deadline: process.deadline.map(|(_, ns, _)| ns),
            loc: loc(process.head.span),
        });
        self.processes.insert(id, index);
        index
    }

    fn finish(mut self, sink: &mut Sink) -> Option<Program> {
        if self.over_budget(sink) {
            return None;
        }
        self.settle_shares();
        self.place_rows();
        self.image.open_scratch = self.most_scratch();
        self.image.scratch = self.scratch_total().saturating_add(self.image.open_scratch);
        self.image.calls = std::mem::take(&mut self.calls).into_iter().collect();
        self.image.functions =
            self.funcs.values().map(|func| func.name.clone()).collect();
        let total = theus_abi::Memory::size_for(&self.image);
        if total > MAX_BLOCK {
            let span = self
                .typed
                .modules
                .values()
                .next_back()
                .map(|module| module.span);
            let span = span
                .unwrap_or(Span::new(theus_grammar::FileId(0), 0, 0))
                .before();
            let text = format!("the contexts and buffers need {total} bytes");
            sink.push(
                Diagnostic::new(Code::TooMuchMemory, span, text)
                    .help("one program can have 1 GiB: make rings or arrays smaller"),
            );
            return None;
        }
        Some(Program {
            funcs: self.funcs,
            image: self.image,
        })
    }

    /// Scratch of the deepest chain: every function's own, called functions on top.
    fn scratch_total(&self) -> u32 {
        let mut deepest: IndexMap<FuncId, u32> = IndexMap::new();
        // Callees have no cycles; a round for each level of calls settles the maximum.
        for _ in 0..=self.funcs.len() {
            let mut changed = false;
            for (id, func) in &self.funcs {
                let own = self.scratch.get(&id).copied().unwrap_or(0);
                let below = callees(func)
                    .filter_map(|callee| deepest.get(&callee))
                    .max();
                let total = own.saturating_add(below.copied().unwrap_or(0));
                if deepest.insert(id, total) != Some(total) {
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        deepest.values().copied().max().unwrap_or(0)
    }
}

fn callees(func: &Func) -> impl Iterator<Item = FuncId> {
    func.insts.values().filter_map(|inst| match inst {
        theus_mir::Inst::Call { func, .. } => Some(*func),
        _ => None,
    })
}

/// A span as the image has it.
pub(crate) fn loc(span: Span) -> image::Loc {
    image::Loc {
        file: span.file.0,
        start: span.start,
        end: span.end,
    }
}

fn empty_image(typed: &Typed, options: &Options) -> Image {
    let errors = typed.errors.values();
    Image {
        files: options.files.clone(),
        errors: errors.map(|error| error.name.to_string()).collect(),
        strict: options.strict,
        timers: typed.timers,
        ..Image::default()
    }
}

/// The index of an id in the image.
pub(crate) fn index(id: impl EntityRef) -> u32 {
    u32::try_from(id.index()).unwrap_or(u32::MAX)
}
