std = "luajit"
-- Its fields are set as well as read: vim.bo, vim.ui.select, vim.lsp.handlers …
globals = { "vim" }
max_line_length = 120
