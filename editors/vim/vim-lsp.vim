" Code review by ai-lsp through vim-lsp, beside the servers that are there
" already. It goes into ~/.vimrc; list the filetypes to review.
augroup ai_lsp
  autocmd!
  autocmd User lsp_setup call lsp#register_server({
  \   'name': 'ai-lsp',
  \   'cmd': ['ai-lsp'],
  \   'allowlist': ['go', 'javascript', 'python', 'rust', 'typescript'],
  \})
augroup END
