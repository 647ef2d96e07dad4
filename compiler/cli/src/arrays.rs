//! Heavy fields from and to array files.

use std::path::Path;

use theus_diag::Code;
use theus_vm::Vm;

use crate::ground;
use crate::problem::{Exit, plain};

/// `--load context.field=file.npy`.
pub(crate) fn load(vm: &mut Vm, all: &[String]) -> Result<(), Exit> {
    all.iter().try_for_each(|text| {
        let (field, file) = parts("--load", text)?;
        let done = vm.load_array(field, Path::new(file));
        done.map_err(|error| ground::refused(&error))
    })
}

/// `--save context.field=file.npy`.
pub(crate) fn save(vm: &Vm, all: &[String]) -> Result<(), Exit> {
    all.iter().try_for_each(|text| {
        let (field, file) = parts("--save", text)?;
        let done = vm.save_array(field, Path::new(file));
        done.map_err(|error| ground::refused(&error))
    })
}

fn parts<'t>(flag: &str, text: &'t str) -> Result<(&'t str, &'t str), Exit> {
    text.split_once('=').ok_or_else(|| {
        plain(Code::Usage, format!("`{flag} {text}` names no file"))
            .help(format!("write `{flag} context.field=file.npy`"))
            .into()
    })
}
