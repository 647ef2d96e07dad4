//! HIR: the program with names resolved and types inferred.
//!
//! Generic functions are checked once, in their generic form; lowering substitutes. Nothing
//! here fails: what is wrong is a diagnostic and an `Error` in the tree, and only the gate of
//! the contract stage lets a program without errors through.
#![expect(
    clippy::indexing_slicing,
    reason = "ids index dense maps that only grow; they are made by this crate alone"
)]

pub mod audit;
pub mod body;
pub mod build;
mod change;
mod cx;
mod eval;
pub mod flow;
pub mod formula;
mod habits;
pub mod ids;
mod infer;
mod instance;
pub mod item;
pub mod print;
mod resolve;
mod rules;
pub mod show;
mod subst;
mod text;
pub mod ty;
pub mod typed;
mod uses;
mod value;
pub mod walk;

pub use audit::{After, Alert, Audit, Clear, Held, Level, Rule};
pub use body::{Arm, Block, Body, Expr, ExprKind, Local, Otherwise, Pat, Stmt, StmtKind};
pub use build::{ParsedModule, build, cycle, imports};
pub use flow::{Flow, FlowKind};
pub use ids::{
    ConstId, ContextId, EnumId, ErrorId, FieldId, FnId, LatchId, LocalId, ModuleId,
    PipelineId, ProcessId, StructId, TestId, WindowId,
};
pub use instance::{MAP_VALUES, is_opaque, list_parts, map_parts, rules_of};
pub use theus_grammar::ast::item::QueryKind;
pub use ty::{FloatTy, GenericArg, IntTy, Query, Size, Ty, TyKind, Types};
pub use typed::Typed;
pub use uses::Use;
