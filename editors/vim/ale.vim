" Code review by ai-lsp through ALE. Load it after ALE, for example as
" ~/.vim/after/plugin/ai-lsp.vim, and list the filetypes to review.
function! s:Root(buffer) abort
  let l:git = ale#path#FindNearestDirectory(a:buffer, '.git')
  return empty(l:git) ? expand('#' . a:buffer . ':p:h') : fnamemodify(l:git, ':h:h')
endfunction

for s:filetype in ['go', 'javascript', 'python', 'rust', 'typescript']
  call ale#linter#Define(s:filetype, {
  \   'name': 'ai-lsp',
  \   'lsp': 'stdio',
  \   'executable': 'ai-lsp',
  \   'command': '%e',
  \   'project_root': function('s:Root'),
  \})
endfor
