-- Starts the server for file buffers, finds it again, and speaks to it. All that
-- differs between Neovim versions is in this file and in health.lua.
local config = require('ai_lsp.config')

local M = {}

-- Also the name of lsp/ai_lsp.lua: Neovim then takes a client that was started
-- here and one that vim.lsp.enable() would start for the same.
M.name = 'ai_lsp'

-- Text that is nobody's code, in files that git or a mail program made.
local never = { gitcommit = true, gitrebase = true, hgcommit = true, mail = true }

-- Neovim 0.7 does not list a client that is still starting: its ids, by root.
local started = {}

-- How long a server may take to end before it is killed, and how often we look,
-- in milliseconds.
local stop_limit, look = 2000, 50

local function wants(buf, filetypes)
  local name, filetype = vim.api.nvim_buf_get_name(buf), vim.bo[buf].filetype
  if vim.bo[buf].buftype ~= '' or name == '' or name:find('^%a[%w+.-]*://') then
    return false
  end
  if filetypes then
    return vim.tbl_contains(filetypes, filetype)
  end
  return filetype ~= '' and not never[filetype]
end

---Finds the project of a file: the nearest folder above it that holds a marker.
---@return string|nil root nil if there is none: the server then knows the file alone
local function root_of(buf, markers)
  local uv = vim.uv or vim.loop
  local folder = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buf), ':p:h')
  while true do
    for _, marker in ipairs(markers) do
      if uv.fs_stat(folder .. '/' .. marker) then
        return folder
      end
    end
    local parent = vim.fn.fnamemodify(folder, ':h')
    if parent == folder then
      return nil
    end
    folder = parent
  end
end

local function on_exit(_, _, id)
  for root, other in pairs(started) do
    if other == id then
      started[root] = nil
    end
  end
end

-- What an Explain action does where the server cannot open a document itself.
local function explain(command, context)
  M.execute(context.bufnr, command.command, command.arguments[1], function(result)
    require('ai_lsp.answer').show(result.markdown)
  end)
end

---What vim.lsp needs to know to start the server.
---@param options ai_lsp.Config
---@return table
function M.client_config(options)
  local settings = options.settings
  if next(settings) == nil then
    settings = vim.empty_dict() -- {} would become a JSON array
  end
  return {
    name = M.name,
    cmd = options.cmd,
    init_options = settings,
    settings = { ['ai-lsp'] = settings },
    commands = not vim.lsp.handlers['window/showDocument'] and { ['ai-lsp.explain'] = explain } or nil,
    on_exit = on_exit,
    handlers = {
      ['$/progress'] = function(err, result, context, handler_config)
        vim.lsp.handlers['$/progress'](err, result, context, handler_config)
        if options.progress then
          require('ai_lsp.progress').show(result)
        end
      end,
    },
  }
end

-- Neovim's own rule starts one server for each buffer where there is no root.
local function is_same(client, client_config)
  return client.name == client_config.name and client.config.root_dir == client_config.root_dir
end

local function start(client_config, buf)
  if vim.lsp.start then
    vim.lsp.start(client_config, { bufnr = buf, reuse_client = is_same })
    return
  end
  local key = client_config.root_dir or ''
  started[key] = started[key] or vim.lsp.start_client(client_config)
  if started[key] then
    vim.lsp.buf_attach_client(buf, started[key])
  end
end

---Attaches the server to a buffer that holds a file, and starts it if it does not
---run for that project yet. Other buffers are left alone.
---@param buf integer
function M.attach(buf)
  local options = config.get()
  if not wants(buf, options.filetypes) then
    return
  end
  if vim.fn.executable(options.cmd[1]) == 0 then
    local message = 'ai-lsp: the program %q was not found; see :checkhealth ai_lsp'
    vim.notify_once(message:format(options.cmd[1]), vim.log.levels.WARN)
    return
  end
  local client_config = M.client_config(options)
  client_config.root_dir = root_of(buf, options.root_markers)
  start(client_config, buf)
end

---Attaches the server to every loaded buffer that holds a file.
function M.attach_all()
  for _, buf in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(buf) then
      M.attach(buf)
    end
  end
end

---The servers of this plugin that run now.
---@return table[] clients
function M.list()
  local all = (vim.lsp.get_clients or vim.lsp.get_active_clients)()
  return vim.tbl_filter(function(client)
    return client.name == M.name
  end, all)
end

---The server that a buffer is attached to.
---@return table|nil client
function M.of(buf)
  for _, client in ipairs(M.list()) do
    if vim.lsp.buf_is_attached(buf, client.id) then
      return client
    end
  end
end

---Runs one of the server's commands; says so where no server runs.
---@param buf integer the buffer whose server is asked
---@param command string
---@param argument table
---@param done fun(result: any) called with the answer, not after an error
function M.execute(buf, command, argument, done)
  local client = M.of(buf)
  if not client then
    vim.notify('ai-lsp: not running for this buffer; see :checkhealth ai_lsp', vim.log.levels.WARN)
    return
  end
  local function on_answer(err, result)
    if err then
      vim.notify('ai-lsp: ' .. (err.message or 'the server refused'), vim.log.levels.ERROR)
    else
      done(result)
    end
  end
  local params = { command = command, arguments = { argument } }
  if vim.fn.has('nvim-0.11') == 1 then
    client:request('workspace/executeCommand', params, on_answer, buf)
  else
    client.request('workspace/executeCommand', params, on_answer, buf)
  end
end

-- Calls done once none of the clients is left; kills those that take too long.
local function await_end(clients, waited, done)
  clients = vim.tbl_filter(function(client)
    return vim.lsp.get_client_by_id(client.id) ~= nil
  end, clients)
  if #clients == 0 then
    return done()
  end
  if waited == stop_limit then
    for _, client in ipairs(clients) do
      vim.lsp.stop_client(client.id, true)
    end
  end
  vim.defer_fn(function()
    await_end(clients, waited + look, done)
  end, look)
end

---Ends all servers of this plugin, then starts them with the settings of now.
function M.restart()
  local clients = M.list()
  for _, client in ipairs(clients) do
    vim.lsp.stop_client(client.id)
  end
  await_end(clients, 0, M.attach_all)
end

return M
