-- What the user set in vim.g.ai_lsp, checked; a wrong part is named and its
-- default used, so that the server starts in any case.
local M = {}

---@class ai_lsp.Config
---@field cmd string[] the program and its arguments
---@field settings table the server's settings, spelled as in its config.toml
---@field filetypes string[]|nil only these; nil: every file with a filetype
---@field root_markers string[] files or folders that mark the top of a project
---@field progress boolean show the server's progress in the command line

---@return ai_lsp.Config
local function defaults()
  return {
    cmd = { 'ai-lsp' },
    settings = {},
    root_markers = { '.ai-lsp.toml', '.git' },
    progress = true,
  }
end

local function is_list_of_strings(value)
  if type(value) ~= 'table' then
    return false
  end
  for key, entry in pairs(value) do
    if type(key) ~= 'number' or type(entry) ~= 'string' then
      return false
    end
  end
  return true
end

local function is_command(value)
  return is_list_of_strings(value) and value[1] ~= nil and value[1] ~= ''
end

local function is_dictionary(value)
  return type(value) == 'table' and value[1] == nil
end

local function is_boolean(value)
  return type(value) == 'boolean'
end

-- Each key, what it must be, and the test for it.
local keys = {
  cmd = { 'a list of strings, the program first', is_command },
  settings = { 'a table of settings', is_dictionary },
  filetypes = { 'a list of strings', is_list_of_strings },
  root_markers = { 'a list of strings', is_list_of_strings },
  progress = { 'true or false', is_boolean },
}

local function key_names()
  local names = vim.tbl_keys(keys)
  table.sort(names)
  return table.concat(names, ', ')
end

---Reads vim.g.ai_lsp as it is now.
---@return ai_lsp.Config config with a default for every key that is missing or wrong
---@return string[] problems one sentence for each wrong key, in the order of the keys
function M.read()
  local config, problems = defaults(), {}
  local given = vim.g.ai_lsp
  if given == nil then
    return config, problems
  end
  if not is_dictionary(given) then
    return config, { 'vim.g.ai_lsp must be a table' }
  end
  for name, value in pairs(given) do
    local key = keys[name]
    if not key then
      table.insert(problems, ('vim.g.ai_lsp.%s is unknown; there are: %s'):format(name, key_names()))
    elseif not key[2](value) then
      table.insert(problems, ('vim.g.ai_lsp.%s must be %s'):format(name, key[1]))
    else
      config[name] = value
    end
  end
  table.sort(problems)
  return config, problems
end

---Reads vim.g.ai_lsp and warns about each problem once in a session.
---@return ai_lsp.Config
function M.get()
  local config, problems = M.read()
  for _, problem in ipairs(problems) do
    vim.notify_once('ai-lsp: ' .. problem, vim.log.levels.WARN)
  end
  return config
end

return M
