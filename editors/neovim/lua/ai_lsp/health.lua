-- :checkhealth ai_lsp
local M = {}

-- How long `ai-lsp version` may take, in milliseconds.
local version_limit = 1000

-- The functions were called report_ok and so on until Neovim 0.9, and were a
-- module outside vim until 0.7.
local function say(kind, ...)
  local health = vim.health or require('health')
  return (health[kind] or health['report_' .. kind])(...)
end

---Runs the program with "version" as its only argument.
---@return string|nil first line that it printed
---@return string|nil problem why there is none
local function version_of(program)
  local lines = {}
  local job = vim.fn.jobstart({ program, 'version' }, {
    stdout_buffered = true,
    on_stdout = function(_, data)
      lines = data
    end,
  })
  if job <= 0 then
    return nil, 'it cannot be started'
  end
  local code = vim.fn.jobwait({ job }, version_limit)[1]
  if code == -1 then
    vim.fn.jobstop(job)
    return nil, ('no answer within %d ms'):format(version_limit)
  end
  if code ~= 0 then
    return nil, ('exit code %d'):format(code)
  end
  return lines[1]
end

local function check_program(program)
  if vim.fn.executable(program) == 0 then
    say('error', ('%q was not found'):format(program), {
      'Install ai-lsp into a folder of $PATH',
      'or name it: vim.g.ai_lsp = { cmd = { "/path/to/ai-lsp" } }',
    })
    return
  end
  local version, problem = version_of(program)
  if version then
    say('ok', ('%s (%s)'):format(version, vim.fn.exepath(program)))
  else
    say('error', ('"%s version": %s'):format(program, problem))
  end
end

-- Whether there is a key is told, the key never is.
local function check_key()
  if (vim.env.OPENAI_API_KEY or '') ~= '' then
    say('ok', 'OPENAI_API_KEY is set')
  else
    say('info', 'OPENAI_API_KEY is not set; `ai-lsp doctor` tells whether the key comes from elsewhere')
  end
  if (vim.env.OPENAI_BASE_URL or '') ~= '' then
    say('info', "OPENAI_BASE_URL is set: requests go to another address than OpenAI's")
  end
end

local function check_clients()
  local clients = require('ai_lsp.client').list()
  for _, client in ipairs(clients) do
    say('ok', ('running for %s'):format(client.config.root_dir or 'single files'))
  end
  if #clients == 0 then
    say('info', 'not running: no buffer of this session holds a file that it reviews')
  end
end

function M.check()
  say('start', 'ai-lsp')
  local options, problems = require('ai_lsp.config').read()
  for _, problem in ipairs(problems) do
    say('warn', problem)
  end
  if vim.fn.has('nvim-0.7') == 1 then
    say('ok', 'Neovim 0.7 or newer')
  else
    say('error', 'Neovim 0.7 or newer is needed')
  end
  check_program(options.cmd[1])
  check_key()
  check_clients()
end

return M
