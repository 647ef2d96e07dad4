//! A program in MIR: its functions, and the image that the VM will get.

use cranelift_entity::PrimaryMap;
use theus_abi::Image;

use crate::func::Func;
use crate::ids::FuncId;

/// All functions, and the image, whose function indices are `FuncId`s and whose site indices
/// are `SiteId`s.
#[derive(Clone, Debug)]
pub struct Program {
    /// Functions.
    pub funcs: PrimaryMap<FuncId, Func>,
    /// What the VM must know.
    pub image: Image,
}
