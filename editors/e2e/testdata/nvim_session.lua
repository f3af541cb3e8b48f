-- Drives Neovim through one session with the plugin, as `nvim -u` of this file,
-- and writes what a person would have seen to $E2E_SEEN as one JSON object.
-- It judges nothing: neovim_test.go does.
vim.opt.runtimepath:prepend(vim.env.E2E_PLUGIN)
vim.opt.swapfile = false

-- The longest wait for any one state, in milliseconds.
local limit = 30000

local seen = { progress = {}, echoed = {}, notified = {} }

-- The plugin hands progress on to the editor's own handler: statuslines and
-- progress plugins live on that.
local own_progress = vim.lsp.handlers['$/progress']
vim.lsp.handlers['$/progress'] = function(err, result, ...)
  table.insert(seen.progress, result.value.kind)
  return own_progress(err, result, ...)
end

local own_echo = vim.api.nvim_echo
vim.api.nvim_echo = function(chunks, ...)
  table.insert(seen.echoed, chunks[1][1])
  return own_echo(chunks, ...)
end

vim.notify = function(message)
  table.insert(seen.notified, message)
end

local function wait_for(what, condition)
  if not vim.wait(limit, condition, 20) then
    error(('waited %d ms for %s'):format(limit, what), 0)
  end
end

local function findings()
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.source == 'ai-lsp'
  end, vim.diagnostic.get(0))
end

-- The underlines that are drawn, by the number of their line, from one.
local function underlined()
  local lines = {}
  for _, namespace in pairs(vim.diagnostic.get_namespaces()) do
    local drawn = namespace.user_data.underline_ns
    for _, mark in ipairs(drawn and vim.api.nvim_buf_get_extmarks(0, drawn, 0, -1, {}) or {}) do
      lines[mark[2] + 1] = true
    end
  end
  return lines
end

local function float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return window
    end
  end
end

-- A window beside the one with the cursor.
local function split()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if window ~= vim.api.nvim_get_current_win() and window ~= float() then
      return window
    end
  end
end

local function text_of(window)
  return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\n')
end

-- Asks for the actions at the cursor and chooses the one whose title begins so.
-- Returns all titles.
local function act(beginning)
  local titles
  vim.ui.select = function(items, options, choose)
    local chosen
    titles = {}
    for _, item in ipairs(items) do
      local title = options.format_item(item)
      table.insert(titles, title)
      chosen = chosen or (vim.startswith(title, beginning) and item or nil)
    end
    choose(chosen)
  end
  vim.lsp.buf.code_action()
  wait_for('the actions', function()
    return titles
  end)
  return titles
end

local function ended(count)
  return function()
    return #vim.tbl_filter(function(kind)
      return kind == 'end'
    end, seen.progress) >= count
  end
end

local function run()
  wait_for('the server to attach', function()
    return #require('ai_lsp.client').list() == 1
      and vim.lsp.buf_is_attached(0, require('ai_lsp.client').list()[1].id)
  end)
  vim.cmd('silent write')
  wait_for('a finding', function()
    return #findings() > 0
  end)
  seen.quiet = vim.trim(vim.fn.execute('messages'))
  wait_for('the finding to be drawn', function()
    return next(underlined()) ~= nil
  end)
  seen.findings = vim.tbl_map(function(diagnostic)
    return {
      line = diagnostic.lnum + 1,
      message = diagnostic.message,
      drawn = underlined()[diagnostic.lnum + 1],
    }
  end, findings())

  vim.cmd('AiLsp review file')
  wait_for('the review to be answered', function()
    return #seen.notified > 0
  end)
  wait_for('the end of its progress', ended(1))
  vim.cmd('AiLsp status')
  wait_for('the status', function()
    return #seen.notified > 1
  end)

  vim.api.nvim_win_set_cursor(0, { 5, 1 })
  vim.lsp.buf.hover()
  wait_for('the hover', float)
  seen.hover = text_of(float())
  vim.api.nvim_win_close(float(), true)

  seen.actions = act('Explain: ')
  wait_for('the explanation', function()
    return split() ~= nil
  end)
  seen.explanation = text_of(split())
  vim.api.nvim_win_close(split(), true)

  local before = vim.fn.getline(5)
  act('Fix: ')
  wait_for('the fix to be applied', function()
    return vim.fn.getline(5) ~= before
  end)
  seen.line = vim.fn.getline(5)
  wait_for('the finding to go', function()
    return #findings() == 0
  end)
  wait_for('its underline to go', function()
    return next(underlined()) == nil
  end)
end

vim.api.nvim_create_autocmd('VimEnter', {
  -- Not within the autocommand: there :write would trigger no others.
  callback = vim.schedule_wrap(function()
    local ok, err = pcall(run)
    seen.error = not ok and err or nil
    vim.fn.writefile({ vim.fn.json_encode(seen) }, vim.env.E2E_SEEN)
    vim.cmd(ok and 'qall!' or 'cquit')
  end),
})
