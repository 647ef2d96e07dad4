//! What a pipeline and those in it do beside their ticks: lists that run once, modes, what
//! `on` remembers.

use theus_hir::flow::{Begins, each_list};
use theus_hir::{Flow, FlowKind, LatchId, PipelineId, Typed};

use crate::frame::FnCx;

/// A list of items, and what it stands in.
pub(crate) struct Part<'a> {
    /// The pipelines around the list, outermost first.
    pipelines: Vec<PipelineId>,
    /// Lists around it, outermost first, each with how many of the pipelines are around that.
    around: Vec<(&'a [Flow], usize)>,
    /// The list.
    pub(crate) list: &'a [Flow],
}

impl Part<'_> {
    /// The pipeline that the list belongs to.
    pub(crate) fn pipeline(&self) -> Option<PipelineId> {
        self.pipelines.last().copied()
    }
}

/// The parts of a pipeline.
#[derive(Default)]
pub(crate) struct Parts<'a> {
    /// The pipeline that is run.
    pub(crate) id: Option<PipelineId>,
    /// Lists of `on start`, in order of text.
    pub(crate) start: Vec<Part<'a>>,
    /// Lists of `on stop`.
    pub(crate) stop: Vec<Part<'a>>,
    /// The bodies of pipelines that have modes.
    pub(crate) machines: Vec<Part<'a>>,
    /// What `on` remembers.
    pub(crate) latches: Vec<LatchId>,
}

impl<'a> Parts<'a> {
    /// The parts of a pipeline, those of pipelines in it too.
    pub(crate) fn of(typed: &'a Typed, id: PipelineId) -> Self {
        let mut found = Self {
            id: Some(id),
            ..Self::default()
        };
        let mut walk = Walk {
            typed,
            pipelines: vec![id],
            around: Vec::new(),
            found: &mut found,
        };
        walk.pipeline(&typed.pipelines[id].body);
        found
    }
}

struct Walk<'w, 'a> {
    typed: &'a Typed,
    pipelines: Vec<PipelineId>,
    around: Vec<(&'a [Flow], usize)>,
    found: &'w mut Parts<'a>,
}

impl<'a> Walk<'_, 'a> {
    fn pipeline(&mut self, body: &'a [Flow]) {
        let modes = self
            .pipelines
            .last()
            .map(|id| self.typed.pipelines[*id].modes);
        if modes.is_some_and(|modes| modes.is_some()) {
            let part = self.part(body);
            self.found.machines.push(part);
        }
        self.list(body);
    }

    fn part(&self, list: &'a [Flow]) -> Part<'a> {
        Part {
            pipelines: self.pipelines.clone(),
            around: self.around.clone(),
            list,
        }
    }

    fn list(&mut self, list: &'a [Flow]) {
        self.around.push((list, self.pipelines.len()));
        for flow in list {
            match &flow.kind {
                FlowKind::OnStart(body) => {
                    let part = self.part(body);
                    self.found.start.push(part);
                }
                FlowKind::OnStop(body) => {
                    let part = self.part(body);
                    self.found.stop.push(part);
                }
                FlowKind::On(_, Begins::Latch(latch), _) => {
                    self.found.latches.push(*latch)
                }
                _ => {}
            }
            if let FlowKind::Nested(id, body) = &flow.kind {
                self.pipelines.push(*id);
                self.pipeline(body);
                self.pipelines.pop();
            } else {
                let mut inner = Vec::new();
                each_list(flow, &mut |list| inner.push(list));
                inner.into_iter().for_each(|list| self.list(list));
            }
        }
        self.around.pop();
    }
}

impl<'a> FnCx<'_, 'a> {
    /// Runs `f` where the handlers around a part are in force.
    pub(crate) fn in_part(&mut self, part: &Part<'a>, f: impl FnOnce(&mut Self)) {
        let (outer, frame) = (std::mem::take(&mut self.lists), self.frame);
        let mut frames = vec![frame];
        for id in part.pipelines.iter().skip(1) {
            let locals = &self.cx.typed.pipelines[*id].locals;
            frames.push(self.push_frame(locals, Vec::new()));
        }
        for (list, depth) in &part.around {
            let at = frames.get(depth.saturating_sub(1)).copied();
            self.in_frame(at.unwrap_or(frame), |cx| cx.enter_list(list));
        }
        let inner = frames.last().copied().unwrap_or(frame);
        self.in_frame(inner, f);
        self.lists = outer;
    }

    /// Runs lists once, one after the other; `drop` leaves them all.
    pub(crate) fn once(&mut self, parts: &[Part<'a>]) {
        let end = self.b.new_block();
        let outer = self.leave.tick.replace(end);
        for part in parts {
            self.in_part(part, |cx| cx.flow_list(part.list));
        }
        self.b.jump(end, &[]);
        self.b.switch_to(end);
        self.leave.tick = outer;
    }
}
