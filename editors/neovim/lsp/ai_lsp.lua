-- For vim.lsp.enable('ai_lsp') of Neovim 0.11 and newer. The plugin starts the
-- server without it; this file lets vim.lsp.config('ai_lsp', …) be merged in.
local options = require('ai_lsp.config').get()
local config = require('ai_lsp.client').client_config(options)
config.filetypes = options.filetypes
config.root_markers = options.root_markers
return config
