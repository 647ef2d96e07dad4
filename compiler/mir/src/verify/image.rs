//! The image names functions by role: each exists, takes nothing and returns a status.

use theus_abi::Repr;

use crate::ids::FuncId;
use crate::program::Program;

/// Verifies the functions that the image names.
pub fn verify_image(program: &Program) -> Result<(), Vec<String>> {
    let image = &program.image;
    let mut roles = vec![
        ("init".to_owned(), image.init),
        ("validate".to_owned(), image.validate),
    ];
    roles.extend(
        image
            .globals
            .iter()
            .map(|&(field, func)| (format!("global {field}"), func)),
    );
    for pipeline in &image.pipelines {
        let named = |role: &str, func| (format!("{role} of {}", pipeline.name), func);
        roles.push(named("ticks", pipeline.ticks));
        roles.extend(pipeline.start.map(|func| named("start", func)));
        roles.extend(pipeline.stop.map(|func| named("stop", func)));
    }
    roles.extend(
        image
            .tests
            .iter()
            .map(|test| (format!("test {}", test.name), test.func)),
    );
    let mut errors: Vec<String> = roles
        .into_iter()
        .filter_map(|(role, func)| entry_error(program, &role, func))
        .collect();
    let names = program.funcs.values().map(|func| &func.name);
    if !image.functions.iter().eq(names) {
        errors.push(
            "image: the names of the functions are not those of the program".into(),
        );
    }
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}

fn entry_error(program: &Program, role: &str, func: u32) -> Option<String> {
    let Some(data) = program.funcs.get(FuncId::from_u32(func)) else {
        return Some(format!("image: {role}: there is no fn{func}"));
    };
    let entry = data.params.is_empty() && data.returns == [Repr::I32];
    (!entry).then(|| format!("image: {role}: %{} is not `() -> i32`", data.name))
}
