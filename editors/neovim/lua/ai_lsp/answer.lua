-- Shows a long answer of the model in a window of its own, for a Neovim that the
-- server cannot ask to do it (0.7 has no window/showDocument).
local M = {}

---Opens a scratch window with the answer and leaves the cursor where it is.
---@param markdown string
function M.show(markdown)
  local buf = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(buf, 0, -1, false, vim.split(markdown, '\n'))
  vim.bo[buf].bufhidden = 'wipe'
  vim.bo[buf].filetype = 'markdown'
  vim.bo[buf].modifiable = false
  vim.cmd('sbuffer ' .. buf)
  vim.cmd('wincmd p')
end

return M
