//! Compiles the parser that is made of `tree-sitter-theus/grammar.js`.

fn main() {
    let folder = "tree-sitter-theus/src";
    println!("cargo:rerun-if-changed={folder}/parser.c");
    cc::Build::new()
        .include(folder)
        .file(format!("{folder}/parser.c"))
        .opt_level(1)
        .warnings(false)
        .compile("tree-sitter-theus");
}
