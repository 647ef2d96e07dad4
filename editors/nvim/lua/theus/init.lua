-- Theus in Neovim: the language server, and the grammar of tree-sitter.
local M = {}

local here = vim.fn.fnamemodify(debug.getinfo(1, "S").source:sub(2), ":p:h:h:h")
local grammar = vim.fn.fnamemodify(here, ":h") .. "/tree-sitter-theus"

M.options = { cmd = { "theusc", "lsp" }, lsp = true }

--- Compiles the grammar, and puts it where Neovim looks for grammars.
function M.grammar()
  local site = vim.fn.stdpath("data") .. "/site"
  vim.fn.mkdir(site .. "/parser", "p")
  vim.fn.mkdir(site .. "/queries/theus", "p")
  local cc = vim.env.CC or "cc"
  local out = vim.fn.system({
    cc, "-O2", "-fPIC", "-shared", "-I" .. grammar .. "/src",
    "-o", site .. "/parser/theus.so", grammar .. "/src/parser.c",
  })
  if vim.v.shell_error ~= 0 then
    vim.notify("theus: the grammar was not compiled: " .. out, vim.log.levels.ERROR)
    return false
  end
  for _, name in ipairs({ "highlights", "injections", "locals", "folds", "indents", "textobjects" }) do
    local text = table.concat(vim.fn.readfile(grammar .. "/queries/" .. name .. ".scm"), "\n")
    if name == "textobjects" then
      text = text:gsub("%.around", ".outer"):gsub("%.inside", ".inner")
    end
    vim.fn.writefile(vim.split(text, "\n"), site .. "/queries/theus/" .. name .. ".scm")
  end
  return true
end

local function highlight(buffer)
  local language = vim.treesitter and vim.treesitter.language
  if language and language.add and vim.treesitter.start then
    local known, added = pcall(language.add, "theus")
    if known and added ~= nil then
      pcall(vim.treesitter.start, buffer, "theus")
    end
  end
end

local function serve(buffer)
  local root = vim.fs and vim.fs.root and vim.fs.root(buffer, { "theus.toml", ".git" })
  local config = { name = "theus", cmd = M.options.cmd, root_dir = root or vim.fn.getcwd() }
  if vim.lsp.start then
    vim.lsp.start(config, { bufnr = buffer })
    return
  end
  -- Before Neovim 0.8: one server for all files.
  M.client = M.client or vim.lsp.start_client(config)
  if M.client then
    vim.lsp.buf_attach_client(buffer, M.client)
  end
end

local function start(buffer)
  highlight(buffer)
  if M.options.lsp and vim.fn.executable(M.options.cmd[1]) == 1 then
    serve(buffer)
  end
end

function M.setup(options)
  M.options = vim.tbl_extend("force", M.options, options or {})
  vim.api.nvim_create_user_command("TheusGrammar", function()
    if M.grammar() then
      vim.notify("theus: the grammar is installed")
    end
  end, { desc = "Compile and install the grammar of Theus" })
  vim.api.nvim_create_autocmd("FileType", {
    group = vim.api.nvim_create_augroup("theus", { clear = true }),
    pattern = "theus",
    callback = function(event) start(event.buf) end,
  })
end

return M
