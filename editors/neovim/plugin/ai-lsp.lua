-- Registers the command and the autocommand; the rest is loaded on first use.
if vim.g.loaded_ai_lsp then
  return
end
vim.g.loaded_ai_lsp = true

if vim.fn.has('nvim-0.7') == 0 then
  vim.notify('ai-lsp needs Neovim 0.7 or newer', vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command('AiLsp', function(call)
  require('ai_lsp.command').run(call)
end, {
  nargs = '*',
  range = true,
  desc = 'Review code with a language model: review, status, restart, log',
  complete = function(lead, line)
    return require('ai_lsp.command').complete(lead, line)
  end,
})

vim.api.nvim_create_autocmd('FileType', {
  group = vim.api.nvim_create_augroup('ai_lsp', {}),
  desc = 'Attach the ai-lsp server to file buffers',
  callback = function(event)
    require('ai_lsp.client').attach(event.buf)
  end,
})

-- A plugin manager may load this file after the first buffers were opened.
for _, buf in ipairs(vim.api.nvim_list_bufs()) do
  if vim.api.nvim_buf_is_loaded(buf) and vim.bo[buf].filetype ~= '' then
    require('ai_lsp.client').attach(buf)
  end
end
