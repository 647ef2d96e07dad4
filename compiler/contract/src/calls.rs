//! Which function calls which.

use cranelift_entity::{EntityRef, SecondaryMap};
use indexmap::IndexMap;
use theus_grammar::Span;
use theus_hir::{Block, ExprKind, FnId, Typed};

use theus_hir::walk::each_expr_of_block;

/// The calls between functions, those in closures included.
#[derive(Clone, Debug)]
pub(crate) struct CallGraph {
    /// Callees of each function, with the first call.
    calls: SecondaryMap<FnId, IndexMap<FnId, Span>>,
    /// Functions, callees first where that is possible.
    order: Vec<FnId>,
    /// Sets of functions that reach each other, each in id order.
    knots: Vec<Vec<FnId>>,
}

impl CallGraph {
    /// The graph of a program.
    pub(crate) fn new(typed: &Typed) -> Self {
        let mut calls = SecondaryMap::new();
        calls.resize(typed.fns.len());
        for (id, item) in &typed.fns {
            if let Ok(body) = &item.body {
                calls[id] = callees(&body.block);
            }
        }
        let mut graph = Self {
            calls,
            order: Vec::new(),
            knots: Vec::new(),
        };
        Search::new(&graph.calls, typed.fns.len())
            .run(&mut graph.order, &mut graph.knots);
        graph
    }

    /// All functions; callees come before their callers, except in a knot.
    pub(crate) fn callees_first(&self) -> impl Iterator<Item = FnId> {
        self.order.iter().copied()
    }

    /// Sets of functions that call each other.
    pub(crate) fn knots(&self) -> &[Vec<FnId>] {
        &self.knots
    }

    /// A shortest way from the first function of a knot back to itself: calls in order.
    pub(crate) fn cycle(&self, knot: &[FnId]) -> Vec<(FnId, Span)> {
        let Some(start) = knot.first().copied() else {
            return Vec::new();
        };
        let mut from: IndexMap<FnId, (FnId, Span)> = IndexMap::new();
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(caller) = queue.pop_front() {
            for (callee, span) in &self.calls[caller] {
                if knot.contains(callee) && !from.contains_key(callee) {
                    from.insert(*callee, (caller, *span));
                    queue.push_back(*callee);
                }
            }
            if from.contains_key(&start) {
                break;
            }
        }
        let mut way = Vec::new();
        let mut at = start;
        while let Some((caller, span)) = from.get(&at).copied() {
            way.push((caller, span));
            at = caller;
            if at == start {
                break;
            }
        }
        way.reverse();
        way
    }
}

fn callees(block: &Block) -> IndexMap<FnId, Span> {
    let mut found = IndexMap::new();
    each_expr_of_block(block, &mut |expr| {
        if let ExprKind::Call(callee, ..) = expr.kind {
            found.entry(callee).or_insert(expr.span);
        }
    });
    found
}

/// Tarjan's search for strongly connected sets, without recursion.
struct Search<'a> {
    calls: &'a SecondaryMap<FnId, IndexMap<FnId, Span>>,
    count: usize,
    /// Number of visit, from 1; 0: not visited.
    visit: SecondaryMap<FnId, u32>,
    /// Least visit number reachable; `u32::MAX` once its set is complete.
    low: SecondaryMap<FnId, u32>,
    next: u32,
    open: Vec<FnId>,
}

impl<'a> Search<'a> {
    fn new(calls: &'a SecondaryMap<FnId, IndexMap<FnId, Span>>, count: usize) -> Self {
        let (visit, low) = (SecondaryMap::new(), SecondaryMap::new());
        Self {
            calls,
            count,
            visit,
            low,
            next: 0,
            open: Vec::new(),
        }
    }

    fn run(mut self, order: &mut Vec<FnId>, knots: &mut Vec<Vec<FnId>>) {
        for at in 0..self.count {
            let root = FnId::new(at);
            if self.visit[root] == 0 {
                self.from(root, order, knots);
            }
        }
    }

    fn from(&mut self, root: FnId, order: &mut Vec<FnId>, knots: &mut Vec<Vec<FnId>>) {
        self.enter(root);
        let mut path = vec![(root, 0_usize)];
        while let Some((at, edge)) = path.last_mut() {
            let (at, calls) = (*at, self.calls);
            if let Some((callee, _)) = calls[at].get_index(*edge) {
                *edge += 1;
                if self.visit[*callee] == 0 {
                    self.enter(*callee);
                    path.push((*callee, 0));
                } else if self.low[*callee] != u32::MAX {
                    self.low[at] = self.low[at].min(self.visit[*callee]);
                }
                continue;
            }
            path.pop();
            if let Some((caller, _)) = path.last() {
                self.low[*caller] = self.low[*caller].min(self.low[at]);
            }
            if self.low[at] == self.visit[at] {
                self.close(at, order, knots);
            }
        }
    }

    fn enter(&mut self, at: FnId) {
        self.next += 1;
        self.visit[at] = self.next;
        self.low[at] = self.next;
        self.open.push(at);
    }

    fn close(&mut self, root: FnId, order: &mut Vec<FnId>, knots: &mut Vec<Vec<FnId>>) {
        let from = self.open.iter().rposition(|at| *at == root).unwrap_or(0);
        let mut set = self.open.split_off(from);
        set.iter().for_each(|at| self.low[*at] = u32::MAX);
        set.sort_unstable();
        order.extend(&set);
        if set.len() > 1 || self.calls[root].contains_key(&root) {
            knots.push(set);
        }
    }
}
