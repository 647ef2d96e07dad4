//! Contracts that processes share: their clauses are checked where a process takes them, with
//! what it gives in place of the parameters.

use std::sync::Arc;

use theus_diag::{Code, Diagnostic};
use theus_grammar::ast::expr as tree;
use theus_grammar::ast::expr::ArgKind;
use theus_grammar::ast::item::Applied;

use super::mismatch::at;
use super::{Alias, Checker};
use crate::body::Expr;
use crate::build::dotted;
use crate::cx::Cx;
use crate::ids::{ContractId, ModuleId};
use crate::resolve::scope::{Def, Walk, unknown};
use crate::ty::Ty;

/// The clauses that come from contracts.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) requires: Vec<Expr>,
    pub(crate) ensures: Vec<Expr>,
}

impl<'a> Cx<'a> {
    /// The contract that a process names; `None`, reported, if there is none or if the
    /// arguments are not those that it takes.
    pub(crate) fn contract(
        &mut self,
        module: ModuleId,
        written: &Applied,
    ) -> Option<ContractId> {
        let path = &written.path;
        let found = match self.walk(module, &path.words) {
            Walk::Found(Def::Contract(id), []) => {
                return self.right_count(id, written).then_some(id);
            }
            Walk::Error => return None,
            Walk::Found(def, _) => {
                let text = format!("this is {}", def.what());
                Diagnostic::new(Code::BadContract, path.span, text)
                    .title(format!("`{}` is no contract", dotted(path)))
                    .help(
                        "declare one: `contract Bounded(f, hi) { ensures abs(f) <= hi }`",
                    )
            }
            Walk::Unknown(word, inside) => {
                let names = self.candidates(module, inside, |def| {
                    matches!(def, Def::Contract(_)) || inside.is_none() && def.is_module()
                });
                unknown(Code::BadContract, "contract", word, &names)
            }
        };
        self.report(found);
        None
    }

    fn right_count(&mut self, id: ContractId, written: &Applied) -> bool {
        let (tree, head) = &self.trees.contracts[id];
        let none = Vec::new();
        let args = written.args.as_ref().unwrap_or(&none);
        let named = args.iter().find(|arg| !matches!(arg.kind, ArgKind::Plain));
        if args.len() == tree.params.len() && named.is_none() {
            return true;
        }
        let takes = super::call::arguments(tree.params.len());
        let (span, text) = match named {
            Some(arg) => (arg.value.span, "arguments stand in order".to_owned()),
            None => (written.span, format!("{} given", args.len())),
        };
        let found = Diagnostic::new(Code::BadContract, span, text)
            .title(format!("contract `{}` takes {takes}", head.name))
            .label(head.span, "declared here")
            .help("give one argument for each parameter, in order");
        self.report(found);
        false
    }
}

impl<'a> Checker<'_, 'a> {
    /// The clauses of the contracts that a process is.
    pub(crate) fn shared(&mut self, uses: &'a [Applied]) -> Shared {
        let mut shared = Shared::default();
        for written in uses {
            // Reported with the errors of the process, which come first.
            let Walk::Found(Def::Contract(id), []) =
                self.cx.walk(self.env.module, &written.path.words)
            else {
                continue;
            };
            let tree = self.cx.trees.contracts[id].0;
            let given = written.args.iter().flatten();
            if given.clone().count() != tree.params.len() {
                continue;
            }
            let home = self.env.module;
            let mut aliases = Vec::new();
            for (name, arg) in tree.params.iter().zip(given) {
                let before = self.cx.failures;
                self.entity(&arg.value, None);
                let broken = self.cx.failures > before;
                aliases.push(Alias {
                    name: Arc::clone(&name.text),
                    span: name.span,
                    value: (!broken).then_some(&arg.value),
                    module: home,
                });
            }
            self.env.module = self.cx.trees.contracts[id].1.module;
            self.aliases = aliases;
            self.cx.shared_at = Some(written.span);
            let clauses = |this: &mut Self, clauses: &'a [tree::Expr]| -> Vec<Expr> {
                let one = |clause: &'a tree::Expr| {
                    let why = at(clause.span, "a clause is a condition");
                    this.check(clause, Ty::BOOL, why)
                };
                clauses.iter().map(one).collect()
            };
            shared.requires.extend(clauses(self, &tree.requires));
            shared.ensures.extend(clauses(self, &tree.ensures));
            self.cx.shared_at = None;
            self.aliases = Vec::new();
            self.env.module = home;
        }
        shared
    }

    /// What a parameter of a contract stands for, if the name is one.
    pub(crate) fn alias(&self, name: &str) -> Option<Alias<'a>> {
        self.aliases.iter().find(|it| *it.name == *name).cloned()
    }

    /// Runs `inside` where the argument of a contract is written: none of the locals of the
    /// clause are seen there.
    pub(crate) fn in_argument<T>(
        &mut self,
        module: ModuleId,
        inside: impl FnOnce(&mut Self) -> T,
    ) -> T {
        let aliases = std::mem::take(&mut self.aliases);
        let hidden = self.scopes.split_off(1.min(self.scopes.len()));
        let home = std::mem::replace(&mut self.env.module, module);
        let out = inside(self);
        self.env.module = home;
        self.scopes.extend(hidden);
        self.aliases = aliases;
        out
    }
}
