//! A process made of one with parameters: everything that stands for an argument replaced.

use std::sync::Arc;

use super::Checker;
use crate::body::Body;
use crate::ids::{ContextId, ProcessId};
use crate::item::{Each, Entry, Head, Isolated, Process, Target};
use crate::subst::Subst;
use crate::ty::GenericArg;

/// What the arguments of one use are.
#[derive(Default)]
pub(crate) struct Made {
    /// The same arguments have the same texts.
    pub(crate) key: Vec<String>,
    pub(crate) subst: Subst,
    /// Parameter, context, which one of several.
    pub(crate) contexts: Vec<(ContextId, ContextId, Option<u32>)>,
    pub(crate) generics: Vec<GenericArg>,
}

impl Checker<'_, '_> {
    /// The process with everything replaced.
    pub(crate) fn made(&mut self, id: ProcessId, name: Arc<str>, made: &Made) -> Process {
        let from = self.cx.out.processes[id].clone();
        let subst = &made.subst;
        let entries = |entries: &[Entry]| -> Vec<Entry> {
            entries
                .iter()
                .flat_map(|entry| self.entry_of(entry, made))
                .collect()
        };
        let process = Process {
            head: Head { name, ..from.head },
            params: Vec::new(),
            of: Some(id),
            generics: made.generics.clone(),
            inputs: entries(&from.inputs),
            outputs: entries(&from.outputs),
            requires: from.requires.iter().map(|e| subst.expr(e)).collect(),
            each: from.each.map(|each| Each {
                field: subst.stands(each.field),
                filter: each.filter.map(|e| subst.expr(&e)),
                slice: each.slice.map(|e| subst.expr(&e)),
                isolated: each.isolated.map(|isolated| Isolated {
                    into: isolated.into.map(|field| subst.stands(field)),
                    ..isolated
                }),
                ..each
            }),
            ensures: from.ensures.iter().map(|e| subst.expr(e)).collect(),
            body: Body {
                locals: from.body.locals,
                block: subst.block(&from.body.block),
            },
            ..from
        };
        for stand in subst.fields.values() {
            if !self.cx.out.prevs.contains(&stand.field)
                && self.cx.kept_of(&process, stand.field)
            {
                self.cx.out.prevs.push(stand.field);
            }
        }
        process
    }

    /// The entries that an entry of a parameter is.
    fn entry_of(&self, entry: &Entry, made: &Made) -> Vec<Entry> {
        let span = entry.span;
        let one = |target| vec![Entry { target, span }];
        match &entry.target {
            Target::Context(id) => {
                let found = made.contexts.iter().find(|(stand, ..)| stand == id);
                match found {
                    Some((_, context, None)) => one(Target::Context(*context)),
                    Some((_, context, Some(at))) => {
                        let fields = self.cx.out.contexts[*context].fields.iter();
                        let each = fields.map(|field| Entry {
                            target: Target::Field(*field, vec![*at]),
                            span,
                        });
                        each.collect()
                    }
                    None => vec![entry.clone()],
                }
            }
            Target::Field(id, members) => {
                let Some(stand) = made.subst.fields.get(id) else {
                    return vec![entry.clone()];
                };
                let context = self.cx.out.fields[stand.field].context;
                let at = made.contexts.iter().find_map(|(from, to, at)| {
                    let own = *from == self.cx.out.fields[*id].context;
                    (own && *to == context).then_some(*at)?
                });
                let members = at.into_iter().chain(members.iter().copied()).collect();
                one(Target::Field(stand.field, members))
            }
            Target::Tick | Target::Random | Target::Error => vec![entry.clone()],
        }
    }
}
