;;; ai-lsp-eglot.el --- Code review by ai-lsp through eglot -*- lexical-binding: t -*-

;; eglot runs one server in a buffer: in these modes it is ai-lsp from now on.
(defvar ai-lsp-modes '(go-mode go-ts-mode python-mode python-ts-mode)
  "Major modes of the files that ai-lsp reviews.")

(with-eval-after-load 'eglot
  (add-to-list 'eglot-server-programs (cons ai-lsp-modes '("ai-lsp"))))

;; Start it with each file.  Without these lines: M-x eglot.
(dolist (mode ai-lsp-modes)
  (add-hook (intern (format "%s-hook" mode)) #'eglot-ensure))

;;; ai-lsp-eglot.el ends here
