//! Orders of queues: `by at desc, id`.

use theus_diag::{Code, Diagnostic};
use theus_grammar::Span;
use theus_grammar::ast::ty as tree;

use crate::cx::Cx;
use crate::ty::{OrderKey, Ty, TyKind};

impl Cx<'_> {
    /// The order of values of a type by those keys.
    pub(super) fn order(
        &mut self,
        elem: Ty,
        keys: &[tree::OrderKey],
    ) -> Option<Vec<OrderKey>> {
        keys.iter().map(|key| self.order_key(elem, key)).collect()
    }

    fn order_key(&mut self, elem: Ty, key: &tree::OrderKey) -> Option<OrderKey> {
        let (mut ty, mut path) = (elem, Vec::new());
        for word in &key.path.words {
            let Some(at) = self.order_member(ty, &word.text) else {
                let text = self.show(&[], ty);
                let found = Diagnostic::new(
                    Code::WrongOrder,
                    word.span,
                    "there is no such member",
                )
                .title(format!("`{text}` has no member `{}`", word.text))
                .help("a queue is ordered by members of its values: `by at desc, id`");
                self.report(found);
                return None;
            };
            path.push(at);
            ty = self.out.member_ty(ty, at);
        }
        let fits = matches!(
            self.kind(ty),
            TyKind::Int(_) | TyKind::Float(_) | TyKind::Duration | TyKind::Instant
        );
        if !fits && ty != Ty::ERROR {
            let text = self.show(&[], ty);
            let label = format!("this is `{text}`");
            let found = Diagnostic::new(Code::WrongOrder, key.path.span, label)
                .title(format!("a queue cannot be ordered by `{text}`"))
                .help("keys are numbers and durations");
            self.report(found);
        }
        let descending = key.descending;
        fits.then_some(OrderKey { path, descending })
    }

    fn order_member(&mut self, ty: Ty, name: &str) -> Option<u32> {
        let TyKind::Struct(id, _) = *self.kind(ty) else {
            return None;
        };
        if self.out.structs[id].collection.is_some() {
            return None;
        }
        self.ensure_members(id);
        let mut members = self.out.structs[id].members.iter();
        let at = members.position(|member| &*member.name == name)?;
        u32::try_from(at).ok()
    }

    /// Reports an order of what has none.
    pub(super) fn no_order(&mut self, span: Span) {
        let found = Diagnostic::new(Code::WrongOrder, span, "only a queue has an order")
            .title("this type takes no `by`")
            .help("write `queue<T, N> by …` for values that leave in an order");
        self.report(found);
    }
}
