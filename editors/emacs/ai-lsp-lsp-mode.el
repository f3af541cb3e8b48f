;;; ai-lsp-lsp-mode.el --- Code review by ai-lsp through lsp-mode -*- lexical-binding: t -*-

;; An add-on server runs beside the language server of the buffer.
(with-eval-after-load 'lsp-mode
  (lsp-register-client
   (make-lsp-client :new-connection (lsp-stdio-connection "ai-lsp")
                    :activation-fn (lambda (&rest _) (derived-mode-p 'prog-mode))
                    :add-on? t
                    :server-id 'ai-lsp)))

;;; ai-lsp-lsp-mode.el ends here
