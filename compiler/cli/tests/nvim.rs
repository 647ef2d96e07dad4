//! A real editor: Neovim without a screen opens, edits, mends, renames and lays out a program.

use std::fs;
use std::path::Path;
use std::process::Command;

const PROGRAM: &str = "\
context cart {
    x: f64 = 0.0
    u: f64 in -5.0..=5.0 = 0.0
}

/// Moves it.
process move {
    inputs cart.x
    outputs cart.x

    cart.x += cart.u*0.01
}

pipeline main every 10ms {
    move
}
";

const END: &str = "\
context cart {
    x: f64 = 0.0
    drive: f64 in -5.0..=5.0 = 0.0
}

/// Moves it.
process move {
    inputs  cart.x, cart.drive
    outputs cart.x

    cart.x += cart.drive * 0.01
}

pipeline main every 10ms {
    move
}
// end
";

/// What the editor does; each step writes a line.
const DRIVE: &str = r#"
local theusc, out = vim.env.THEUSC, vim.env.THEUS_OUT
local lines = {}
local function say(text) table.insert(lines, text) end
local function until_(what, holds)
  if not vim.wait(60000, holds, 20) then error('waited in vain for ' .. what) end
end
local done, why = pcall(function()
  local buf = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({ name = 'theus', cmd = { theusc, 'lsp' }, root_dir = vim.fn.getcwd() })
  vim.lsp.buf_attach_client(buf, id)
  until_('the server', function()
    local client = vim.lsp.get_client_by_id(id)
    return client and client.initialized
  end)
  local function ask(method, params)
    local answers = vim.lsp.buf_request_sync(buf, method, params, 60000)
    for _, answer in pairs(answers or {}) do
      if answer.error then error(method .. ': ' .. answer.error.message) end
      return answer.result
    end
    error(method .. ' is not answered')
  end
  local function at(line, column)
    return {
      textDocument = vim.lsp.util.make_text_document_params(buf),
      position = { line = line, character = column },
    }
  end
  until_('diagnostics', function() return #vim.diagnostic.get(buf) > 0 end)
  local found = vim.diagnostic.get(buf)
  say('wrong: ' .. found[1].lnum + 1 .. ':' .. found[1].col + 1 .. ' ' .. found[1].message:match('[^\n]*'))

  local hover = ask('textDocument/hover', at(10, 10))
  say('hover: ' .. hover.contents.value:match('x: f64[^\n]*'))
  local place = ask('textDocument/definition', at(13 + 1, 5))
  say('definition: ' .. place.range.start.line + 1)

  local params = at(10, 14)
  params.range = { start = params.position, ['end'] = params.position }
  params.context = { diagnostics = {} }
  local actions = ask('textDocument/codeAction', params)
  say('action: ' .. actions[1].title)
  vim.lsp.util.apply_workspace_edit(actions[1].edit, 'utf-16')
  until_('the mend', function() return #vim.diagnostic.get(buf) == 0 end)
  say('mended')

  vim.api.nvim_win_set_cursor(0, { 3, 4 })
  vim.lsp.buf.rename('drive')
  until_('the new name', function()
    return vim.api.nvim_buf_get_lines(buf, 2, 3, false)[1]:match('drive') ~= nil
  end)
  say('renamed')

  -- Typed text is wrong at once, and right again.
  vim.api.nvim_buf_set_lines(buf, -1, -1, false, { 'context' })
  until_('what is typed', function() return #vim.diagnostic.get(buf) > 0 end)
  vim.api.nvim_buf_set_lines(buf, -2, -1, false, { '// end' })
  until_('what is mended', function() return #vim.diagnostic.get(buf) == 0 end)
  say('typed')

  local offered = ask('textDocument/completion', at(10, 9))
  local names = {}
  for _, item in ipairs(offered.items) do table.insert(names, item.label) end
  table.sort(names)
  say('offered: ' .. table.concat(names, ' '))

  if vim.lsp.buf.format then
    vim.lsp.buf.format({ timeout_ms = 60000 })
  else
    vim.lsp.buf.formatting_sync(nil, 60000)
  end
  vim.cmd('silent write')
  say('laid out')
end)
if not done then say('failed: ' .. tostring(why)) end
vim.fn.writefile(lines, out)
vim.cmd('qa!')
"#;

#[test]
fn neovim_drives_the_server() {
    let version = Command::new("nvim").arg("--version").output();
    let Ok(version) = version else {
        println!("skipped: there is no `nvim`; `.ci/run` installs it");
        return;
    };
    assert!(version.status.success());
    let folder = std::env::temp_dir().join(format!("theus-nvim-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("main.theus", PROGRAM);
    write("drive.lua", DRIVE);
    let ended = Command::new("nvim")
        .args([
            "--headless",
            "--clean",
            "-n",
            "main.theus",
            "-c",
            "luafile drive.lua",
        ])
        .current_dir(&folder)
        .env("THEUSC", Path::new(env!("CARGO_BIN_EXE_theusc")))
        .env("THEUS_OUT", folder.join("said"))
        .env("XDG_CACHE_HOME", folder.join("cache"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .output()
        .unwrap();
    let said = fs::read_to_string(folder.join("said")).unwrap_or_default();
    let text = fs::read_to_string(folder.join("main.theus")).unwrap();
    let heard = String::from_utf8_lossy(&ended.stderr).into_owned();
    fs::remove_dir_all(&folder).unwrap();
    insta::assert_snapshot!(said);
    assert_eq!(text, END, "{heard}");
}
