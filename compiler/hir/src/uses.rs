//! Which name means what: noted where names are resolved, for tools.

use theus_grammar::Span;

use crate::cx::Cx;
use crate::ids::EnumId;
use crate::resolve::scope::Def;

/// A name, and where what it means is declared. The same may be noted more than once, and a
/// name of a process with parameters means something else in each of its uses: what is noted
/// first is what the text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Use {
    /// The name.
    pub at: Span,
    /// The name where it is declared; of a module, the start of its file.
    pub of: Span,
}

impl Cx<'_> {
    /// Notes what a name means.
    pub(crate) fn used(&mut self, at: Span, of: Span) {
        if at != of {
            self.out.uses.push(Use { at, of });
        }
    }

    /// Notes that a name means an item.
    pub(crate) fn used_def(&mut self, at: Span, def: Def) {
        let out = &self.out;
        let of = match def {
            Def::Module(id) => out.modules[id].span.before(),
            Def::Struct(id) => out.structs[id].head.span,
            Def::Enum(id) => out.enums[id].head.span,
            Def::Const(id) => out.consts[id].head.span,
            Def::Fn(id) => out.fns[id].head.span,
            Def::Context(id) | Def::ContextType(id) => out.contexts[id].head.span,
            Def::Contract(id) => self.trees.contracts[id].1.span,
            Def::Process(id) => out.processes[id].head.span,
            Def::Pipeline(id) => out.pipelines[id].head.span,
            Def::Error => return,
        };
        self.used(at, of);
    }

    /// Notes that a name means a variant.
    pub(crate) fn used_variant(&mut self, at: Span, id: EnumId, place: usize) {
        let variant = self.out.enums[id].variants.get(place);
        if let Some(of) = variant.map(|variant| variant.span) {
            self.used(at, of);
        }
    }
}
