//! Members of `par` do not meet: what one writes no other touches.

use indexmap::IndexMap;
use theus_abi::image::Zone;
use theus_diag::{Code, Diagnostic, Sink};
use theus_grammar::Span;
use theus_hir::flow::{ResetTarget, each_flow, each_list};
use theus_hir::item::Target;
use theus_hir::{ContextId, FieldId, Flow, FlowKind, ProcessId, Typed};

use crate::Cx;
use crate::footprint::{Footprint, WriteKind};
use crate::place::{Place, path_of};
use crate::show;

pub(crate) fn check(cx: &Cx<'_>, sink: &mut Sink) {
    for pipeline in cx.typed.pipelines.values() {
        each_flow(&pipeline.body, &mut |flow| {
            if let FlowKind::Par(members) = &flow.kind {
                group(cx, flow.span, members, sink);
            }
        });
    }
}

/// What a member of a group may do to a place.
#[derive(Clone, Debug)]
struct Touch {
    member: usize,
    place: Place,
    /// `None`: only read.
    write: Option<WriteKind>,
    /// The item of the pipeline.
    item: Span,
    /// Who: a process, or a word.
    who: String,
    /// The entry of the contract, or the item.
    entry: Span,
}

impl Touch {
    const fn verb(&self) -> &'static str {
        if self.write.is_some() {
            "writes"
        } else {
            "reads"
        }
    }
}

fn group(cx: &Cx<'_>, par: Span, members: &[Vec<Flow>], sink: &mut Sink) {
    let mut touches: IndexMap<FieldId, Vec<Touch>> = IndexMap::new();
    for (member, list) in members.iter().enumerate() {
        let mut add = |touch: Touch| {
            if let Some(field) = touch.place.in_field() {
                touches.entry(field).or_default().push(touch);
            }
        };
        let mut gather = Gather {
            cx,
            member,
            add: &mut add,
        };
        gather.list(list);
    }
    // One report for each item: its conflicts with one earlier item.
    let mut found: IndexMap<(Span, Code), Vec<(&Touch, &Touch)>> = IndexMap::new();
    for (field, touches) in &touches {
        let zone = cx.typed.fields[*field].zone;
        let code = if zone == Zone::Signal {
            Code::SignalWrite
        } else {
            Code::ConflictingWrite
        };
        for (at, later) in touches.iter().enumerate() {
            let mut earlier = touches.iter().take(at);
            if let Some(earlier) = earlier.find(|earlier| conflict(zone, earlier, later))
            {
                found
                    .entry((later.item, code))
                    .or_default()
                    .push((earlier, later));
            }
        }
    }
    for ((_, code), pairs) in &found {
        conflicting(cx.typed, *code, par, pairs)
            .into_iter()
            .for_each(|found| sink.push(found));
    }
}

fn conflict(zone: Zone, a: &Touch, b: &Touch) -> bool {
    a.member != b.member
        && a.place.overlaps(&b.place)
        && crate::meet::excludes(zone, a.write, b.write)
}

fn conflicting(
    typed: &Typed,
    code: Code,
    par: Span,
    pairs: &[(&Touch, &Touch)],
) -> Option<Diagnostic> {
    let (earlier, later) = pairs.first()?;
    let name = show::place(typed, &later.place);
    let mut found =
        Diagnostic::new(code, later.item, format!("{} `{name}`", later.verb()))
            .title(format!(
                "`{}` {} `{name}`, which `{}` {} in the same group",
                later.who,
                later.verb(),
                earlier.who,
                earlier.verb()
            ))
            .label(
                earlier.item,
                format!(
                    "{} `{}`",
                    earlier.verb(),
                    show::place(typed, &earlier.place)
                ),
            )
            .label(par, "members of `par` run in no order");
    for (earlier, later) in pairs.iter().take(4) {
        for touch in [earlier, later] {
            if touch.entry != touch.item {
                let name = show::place(typed, &touch.place);
                let text = format!("`{}` {} `{name}`", touch.who, touch.verb());
                found = found.label(touch.entry, text);
            }
        }
    }
    Some(found.help(match code {
        Code::SignalWrite => {
            "in a group, a signal that several processes raise may only be set with `= true`, \
             or counted with `+=`"
                .to_owned()
        }
        _ if later.who == "measure" => {
            "let each member have samples of its own".to_owned()
        }
        _ => format!("put them in order: `{} -> {}`", earlier.who, later.who),
    }))
}

/// Gathers what a member touches.
struct Gather<'c, 'f> {
    cx: &'c Cx<'c>,
    member: usize,
    add: &'f mut dyn FnMut(Touch),
}

impl Gather<'_, '_> {
    fn list(&mut self, list: &[Flow]) {
        list.iter().for_each(|flow| self.flow(flow));
    }

    fn flow(&mut self, flow: &Flow) {
        match &flow.kind {
            FlowKind::Run(process) => self.run(*process, flow.span),
            FlowKind::When(head, ..) => self.reads(head, flow.span, "when"),
            FlowKind::On(head, ..) => self.reads(head, flow.span, "on"),
            FlowKind::Enter(_, _, Some(head)) => self.reads(head, flow.span, "enter"),
            FlowKind::Repeat(repeat, _) => {
                let heads = repeat.until.iter();
                heads.for_each(|head| self.reads(head, flow.span, "repeat"));
            }
            FlowKind::Match(head, arms) => {
                self.reads(head, flow.span, "match");
                let guards = arms.iter().filter_map(|arm| arm.guard.as_ref());
                guards.for_each(|guard| self.reads(guard, flow.span, "match"));
            }
            FlowKind::Sink(stream) => {
                stream
                    .columns
                    .iter()
                    .for_each(|(expr, _)| self.reads(expr, flow.span, "sink"));
            }
            FlowKind::Source(stream) => {
                let path = |expr| path_of(self.cx.typed, expr);
                let paths = stream.columns.iter().filter_map(|(expr, _)| path(expr));
                let places: Vec<_> = paths.map(|path| path.place).collect();
                self.sets(places, flow.span, "source");
            }
            FlowKind::Measure(measure, _) => {
                let writes = self.cx.prints.of_expr(self.cx.typed, &measure.push).writes;
                let places = writes.into_keys().map(|(place, _)| place).collect();
                self.sets(places, flow.span, "measure");
            }
            FlowKind::Reset(target) => {
                let places = reset_places(self.cx.typed, *target);
                self.sets(places, flow.span, "reset");
            }
            FlowKind::Par(_)
            | FlowKind::Atomic(_)
            | FlowKind::EveryTicks(..)
            | FlowKind::EveryTime(..)
            | FlowKind::Mode(..)
            | FlowKind::Enter(_, _, None)
            | FlowKind::OnEnter(_)
            | FlowKind::OnExit(_)
            | FlowKind::Nested(..)
            | FlowKind::OnStart(_)
            | FlowKind::OnStop(_)
            | FlowKind::Handler(_)
            | FlowKind::Skip
            | FlowKind::Drop
            | FlowKind::Stop(_)
            | FlowKind::Fail(_)
            | FlowKind::Error => {}
        }
        each_list(flow, &mut |list| self.list(list));
    }

    /// The contract counts, not the body: a group stays legal when a body changes. Only how
    /// signals and meta fields are written is asked of the body.
    fn run(&mut self, process: ProcessId, item: Span) {
        let (typed, member) = (self.cx.typed, self.member);
        let print = self.cx.prints.process(process);
        let process = &typed.processes[process];
        let who = process.head.name.to_string();
        let touch = |place, write, entry| Touch {
            member,
            place,
            write,
            item,
            who: who.clone(),
            entry,
        };
        for entry in &process.inputs {
            for place in places(typed, &entry.target) {
                (self.add)(touch(place, None, entry.span));
            }
        }
        for entry in &process.outputs {
            for place in places(typed, &entry.target) {
                for write in writes(typed, print, &place) {
                    (self.add)(touch(place.clone(), Some(write), entry.span));
                }
            }
        }
    }

    fn reads(&mut self, expr: &theus_hir::Expr, item: Span, word: &str) {
        for ((place, _), span) in &self.cx.prints.of_expr(self.cx.typed, expr).reads {
            (self.add)(Touch {
                member: self.member,
                place: place.clone(),
                write: None,
                item,
                who: word.to_owned(),
                entry: *span,
            });
        }
    }

    fn sets(&mut self, places: Vec<Place>, item: Span, word: &str) {
        for place in places {
            let (member, who) = (self.member, word.to_owned());
            let write = Some(WriteKind::Set);
            (self.add)(Touch {
                member,
                place,
                write,
                item,
                who,
                entry: item,
            });
        }
    }
}

/// The fields that an entry names, without globals, which nobody writes.
fn places(typed: &Typed, target: &Target) -> Vec<Place> {
    match target {
        Target::Context(context) => fields(typed, *context, |zone| zone != Zone::Global),
        Target::Field(field, members) => {
            vec![Place {
                members: members.clone(),
                ..Place::field(*field)
            }]
        }
        Target::Tick | Target::Random | Target::Error => Vec::new(),
    }
}

fn reset_places(typed: &Typed, target: ResetTarget) -> Vec<Place> {
    match target {
        ResetTarget::Context(context) => {
            fields(typed, context, |zone| zone == Zone::Data)
        }
        ResetTarget::Field(field) => {
            let owned = typed.owned_by(field).into_iter();
            std::iter::once(field)
                .chain(owned)
                .map(Place::field)
                .collect()
        }
    }
}

fn fields(typed: &Typed, context: ContextId, keep: impl Fn(Zone) -> bool) -> Vec<Place> {
    let fields = typed.contexts[context].fields.iter().copied();
    fields
        .filter(|field| keep(typed.fields[*field].zone))
        .map(Place::field)
        .collect()
}

/// How a process writes an output.
fn writes(typed: &Typed, print: &Footprint, place: &Place) -> Vec<WriteKind> {
    let zone = place.in_field().map(|field| typed.fields[field].zone);
    match zone {
        Some(Zone::Signal | Zone::Meta) => {
            let written = print
                .writes
                .keys()
                .filter(|(written, _)| written.overlaps(place));
            written.map(|(_, kind)| *kind).collect()
        }
        Some(Zone::Data | Zone::Heavy) => vec![WriteKind::Set],
        Some(Zone::Global) | None => Vec::new(),
    }
}
