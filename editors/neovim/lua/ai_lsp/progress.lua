-- One line in the command line while the server works, for people without a
-- plugin that shows progress. It is kept out of the message history, never asks
-- for Enter, and stays away while something is typed.
local M = {}

-- The titles of what runs, by token: reports do not repeat them.
local titles = {}

-- What this file echoed last; '' when there is nothing to clear.
local shown = ''

local function echo(text)
  if vim.api.nvim_get_mode().mode ~= 'n' then
    return
  end
  -- %S counts screen cells, so that wide characters do not wrap the line.
  text = vim.fn.printf('%.' .. vim.v.echospace .. 'S', (text:gsub('%s+', ' ')))
  if text ~= shown then
    vim.api.nvim_echo({ { text } }, false, {})
    shown = text
  end
end

---Shows one $/progress notification.
---@param params table its parameters: the token and the begin, report or end
function M.show(params)
  local token, value = params.token, params.value
  if type(value) ~= 'table' then
    return
  end
  if value.kind == 'end' then
    titles[token] = nil
    -- How it ended stays to be read, like the message of :write.
    echo(value.message and 'ai-lsp: ' .. value.message or '')
    return
  end
  titles[token] = value.title or titles[token] -- only the begin has one
  local words = { 'ai-lsp', titles[token] }
  table.insert(words, value.message)
  echo(table.concat(words, ': '))
end

return M
