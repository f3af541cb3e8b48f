-- The :AiLsp command: what may be typed, and what is said about the answers.
local client = require('ai_lsp.client')

local M = {}

local scopes = { 'file', 'function', 'selection' }

local function say(text)
  vim.notify('ai-lsp: ' .. text, vim.log.levels.INFO)
end

local function refuse(text)
  vim.notify('ai-lsp: ' .. text, vim.log.levels.ERROR)
end

---The range that a review is about, in the server's positions.
---@return table|nil range nil: the whole file
local function range_of(scope, call, buf)
  if scope == 'selection' then
    return { start = { line = call.line1 - 1, character = 0 }, ['end'] = { line = call.line2, character = 0 } }
  end
  if scope == 'function' then
    local encoding = (client.of(buf) or {}).offset_encoding
    local here = vim.lsp.util.make_position_params(0, encoding).position
    return { start = here, ['end'] = here }
  end
end

local function say_reviewed(result)
  if type(result) ~= 'table' or not result.findings then
    return
  end
  local found = type(result.findings) == 'table' and #result.findings or result.findings
  local text = ('%d finding%s'):format(found, found == 1 and '' or 's')
  say(result.partial and text .. ', in a part of it only' or text)
end

local function say_status(result)
  local parts = { result.state or 'unknown' }
  for _, part in ipairs({ result.detail or '', result.model or '' }) do
    if part ~= '' then
      table.insert(parts, part)
    end
  end
  if result.tokensToday then
    table.insert(parts, ('%d tokens today, $%.2f'):format(result.tokensToday, result.costToday or 0))
  end
  say(table.concat(parts, ' · '))
end

local actions = {}

function actions.review(call, scope)
  scope = scope or (call.range > 0 and 'selection' or 'file')
  if not vim.tbl_contains(scopes, scope) then
    return refuse(('review what? One of: %s'):format(table.concat(scopes, ', ')))
  end
  local buf = vim.api.nvim_get_current_buf()
  local argument = { uri = vim.uri_from_bufnr(buf), scope = scope, range = range_of(scope, call, buf) }
  client.execute(buf, 'ai-lsp.review', argument, say_reviewed)
end

function actions.status()
  client.execute(vim.api.nvim_get_current_buf(), 'ai-lsp.status', vim.empty_dict(), say_status)
end

function actions.restart()
  client.restart()
end

function actions.log()
  vim.cmd('tabnew ' .. vim.fn.fnameescape(vim.lsp.get_log_path()))
end

local function starting_with(lead, words)
  return vim.tbl_filter(function(word)
    return vim.startswith(word, lead)
  end, words)
end

---Runs :AiLsp. Without a word it tells the status.
---@param call table what nvim_create_user_command hands over
function M.run(call)
  local name = call.fargs[1] or 'status'
  local action = actions[name]
  if not action or #call.fargs > (name == 'review' and 2 or 1) then
    return refuse('usage: AiLsp review [' .. table.concat(scopes, '|') .. '] | status | restart | log')
  end
  action(call, call.fargs[2])
end

---Completes what follows :AiLsp.
---@param lead string the word that is being typed
---@param line string the whole command line
---@return string[] words
function M.complete(lead, line)
  local before = line:match('AiLsp%s+(.*)$') or ''
  local done = vim.split(vim.trim(before:sub(1, #before - #lead)), '%s+', { trimempty = true })
  if #done == 0 then
    return starting_with(lead, { 'review', 'status', 'restart', 'log' })
  end
  if #done == 1 and done[1] == 'review' then
    return starting_with(lead, scopes)
  end
  return {}
end

return M
