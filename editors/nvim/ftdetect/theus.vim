autocmd BufRead,BufNewFile *.theus setfiletype theus
