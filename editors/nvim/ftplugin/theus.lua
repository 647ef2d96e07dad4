vim.bo.commentstring = "// %s"
vim.bo.comments = ":///,://!,://"
vim.bo.shiftwidth = 4
vim.bo.expandtab = true
vim.bo.textwidth = 100
vim.bo.formatprg = "theusc fmt -"
vim.bo.makeprg = "theusc lint -f short %"
vim.bo.errorformat = "%f:%l:%c: %trror[%m,%f:%l:%c: %tarning[%m"
