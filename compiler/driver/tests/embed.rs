//! The example of embedding runs and keeps its word.

#[path = "../examples/embed.rs"]
mod example;

#[test]
fn the_example_of_embedding_runs() {
    example::main().unwrap();
}
