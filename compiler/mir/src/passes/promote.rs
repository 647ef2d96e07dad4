//! `promote`: slots become SSA values, scalar by scalar.
//!
//! A slot qualifies if its address is used for loads, stores, copies and zeroing at constant
//! distances only (`access`), and if these fall on scalars that do not overlap
//! (`partition`). Phis are placed where a scalar is live (`phis`); one walk over the
//! dominator tree then replaces the accesses (`rename`).

mod access;
mod partition;
mod phis;
mod rename;

use crate::cfg::Cfg;
use crate::dom::Dominators;
use crate::func::Func;

/// Promotes every slot that qualifies.
pub(crate) fn run(func: &mut Func) {
    if func.slots.is_empty() {
        return;
    }
    let cfg = Cfg::new(func);
    // Edges from blocks that are never reached would lack arguments for the new parameters.
    func.layout.retain(|&block| cfg.is_reachable(block));
    let places = access::Places::new(func, &cfg);
    let scalars = partition::Scalars::new(func, &cfg, &places);
    if scalars.is_empty() {
        return;
    }
    let tree = Dominators::of(cfg);
    let phis = phis::place(func, &tree, &places, &scalars);
    rename::run(func, &tree, &places, &scalars, &phis);
}
