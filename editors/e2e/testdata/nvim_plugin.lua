-- Drives what the Neovim plugin does besides showing reviews: wrong settings, a
-- missing program, restart, completion, health. Writes what it saw to $E2E_SEEN
-- as one JSON object; neovim_test.go judges it.
vim.opt.runtimepath:prepend(vim.env.E2E_PLUGIN)
vim.opt.swapfile = false
vim.g.ai_lsp = { cmd = { 'no-such-program' }, filetpyes = { 'go' }, root_markers = 3 }

-- The longest wait for any one state, in milliseconds.
local limit = 30000

local seen = { warned = {} }

vim.notify = function(message)
  table.insert(seen.warned, message)
end

local function wait_for(what, condition)
  if not vim.wait(limit, condition, 20) then
    error(('waited %d ms for %s'):format(limit, what), 0)
  end
end

-- The id of the one server that the buffer is attached to, if there is one.
local function attached(buf)
  local client = require('ai_lsp.client').of(buf)
  return client and client.id
end

local function run()
  local cart = vim.api.nvim_get_current_buf()
  -- The same mistakes again are not told again.
  vim.cmd('split other.go')
  vim.cmd('close')

  vim.g.ai_lsp = { filetypes = { 'go' } }
  vim.cmd('AiLsp restart')
  wait_for('the server to attach', function()
    return attached(cart)
  end)
  local first = attached(cart)
  vim.cmd('AiLsp restart')
  wait_for('another server to attach', function()
    return attached(cart) and attached(cart) ~= first
  end)
  seen.servers = #require('ai_lsp.client').list()

  vim.cmd('split notes.txt')
  seen.notes_attached = attached(vim.api.nvim_get_current_buf()) ~= nil
  vim.cmd('AiLsp review')
  vim.cmd('close')

  -- Now any filetype would do, but only of a file.
  vim.g.ai_lsp = { progress = true }
  vim.cmd('help lsp')
  seen.help_attached = attached(vim.api.nvim_get_current_buf()) ~= nil
  vim.cmd('close')
  vim.cmd('new')
  vim.bo.filetype = 'go'
  seen.scratch_attached = attached(vim.api.nvim_get_current_buf()) ~= nil
  vim.cmd('close')

  seen.words = vim.fn.getcompletion('AiLsp ', 'cmdline')
  seen.scopes = vim.fn.getcompletion('AiLsp review f', 'cmdline')
  seen.after_status = vim.fn.getcompletion('AiLsp status ', 'cmdline')
  vim.cmd('AiLsp nonsense')

  vim.cmd('checkhealth ai_lsp')
  seen.health = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

vim.api.nvim_create_autocmd('VimEnter', {
  callback = vim.schedule_wrap(function()
    local ok, err = pcall(run)
    seen.error = not ok and err or nil
    vim.fn.writefile({ vim.fn.json_encode(seen) }, vim.env.E2E_SEEN)
    vim.cmd(ok and 'qall!' or 'cquit')
  end),
})
