//! What `session lab { … }` names: processes and pipelines that it runs between cells, contexts
//! and fields whose pressure it looks at. A run that has no cells only checks it.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::Path;
use theus_grammar::ast::session::{Between, Session};

use super::scope::{Def, Walk, unknown};
use crate::build::dotted;
use crate::cx::Cx;
use crate::ids::{ContextId, ModuleId};

/// Actions that every session knows.
const ACTIONS: [&str; 2] = ["clean", "trim"];

const HELP: &str = "actions are `clean`, `trim`, and names of processes and pipelines";

/// Checks the names of all sessions.
pub(crate) fn check(cx: &mut Cx<'_>) {
    for (session, module) in std::mem::take(&mut cx.trees.sessions) {
        cx.session(session, module);
    }
}

impl Cx<'_> {
    /// The names of the fields of a context.
    pub(crate) fn field_names(&self, context: ContextId) -> Vec<Arc<str>> {
        let fields = self.out.contexts[context].fields.iter();
        fields
            .map(|id| Arc::clone(&self.out.fields[*id].name))
            .collect()
    }

    fn session(&mut self, session: &Session, module: ModuleId) {
        for rule in &session.rules {
            for when in &rule.when {
                match when {
                    Between::Pressure(Some(of), _) => self.pressed(of, module),
                    Between::Pressure(None, _) | Between::Every(_) | Between::Idle(_) => {
                    }
                }
            }
            for action in &rule.actions {
                self.action(action, module);
            }
        }
    }

    /// A process or a pipeline that runs between cells.
    fn action(&mut self, path: &Path, module: ModuleId) {
        if matches!(path.words.as_slice(), [word] if ACTIONS.contains(&&*word.text)) {
            return;
        }
        match self.walk(module, &path.words) {
            Walk::Error | Walk::Found(Def::Process(_) | Def::Pipeline(_), []) => {}
            Walk::Found(def, _) => {
                let label = format!("this is {}", def.what());
                let found = Diagnostic::new(Code::WrongKind, path.span, label)
                    .title(format!("`{}` is no action of a session", dotted(path)))
                    .help(HELP);
                self.report(found);
            }
            Walk::Unknown(name, inside) => {
                let mut names = self.candidates(module, inside, |def| {
                    matches!(def, Def::Process(_) | Def::Pipeline(_))
                });
                names.extend(ACTIONS.map(Into::into));
                let found = unknown(Code::UnknownProcess, "process", name, &names);
                self.report(match found.help.is_empty() {
                    true => found.help(HELP),
                    false => found,
                });
            }
        }
    }

    /// What `pressure(…)` looks at: a context, or a field of one.
    fn pressed(&mut self, path: &Path, module: ModuleId) {
        match self.walk(module, &path.words) {
            Walk::Error | Walk::Found(Def::Context(_), []) => {}
            Walk::Found(Def::Context(context), [field]) => {
                let fields = self.field_names(context);
                if !fields.contains(&field.text) {
                    self.report(unknown(Code::UnknownField, "field", field, &fields));
                }
            }
            Walk::Found(def, _) => {
                let label = format!("this is {}", def.what());
                let found = Diagnostic::new(Code::WrongKind, path.span, label)
                    .title(format!("`{}` has no pressure", dotted(path)))
                    .help(
                        "name a context or a field of one: `pressure(town.people) > 0.8`",
                    );
                self.report(found);
            }
            Walk::Unknown(name, inside) => {
                let names =
                    self.candidates(module, inside, |def| matches!(def, Def::Context(_)));
                self.report(unknown(Code::UnknownName, "context", name, &names));
            }
        }
    }
}
