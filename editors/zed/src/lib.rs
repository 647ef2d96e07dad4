//! Tells Zed how `theusc lsp` is started.

use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

struct Theus;

impl zed::Extension for Theus {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let command = worktree
            .which("theusc")
            .ok_or("`theusc` is not on the path")?;
        Ok(Command {
            command,
            args: vec!["lsp".to_owned()],
            env: worktree.shell_env(),
        })
    }
}

zed::register_extension!(Theus);
