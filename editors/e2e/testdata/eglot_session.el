;;; eglot_session.el --- One session of Emacs with eglot -*- lexical-binding: t -*-

;; Loaded by `emacs --batch', after the configuration under test.  Opens the file
;; $E2E_FILE and writes what a person would have seen to $E2E_SEEN as one JSON
;; object.  It judges nothing: emacs_test.go does.

(require 'cl-lib)
(require 'eglot)
(require 'json)

(defvar e2e-limit 30 "The longest wait for any one state, in seconds.")
(defvar e2e-seen nil "What was seen: an alist that becomes the JSON object.")

;; Where go-mode is not installed, any programming mode of that name will do.
(unless (fboundp 'go-mode)
  (define-derived-mode go-mode prog-mode "Go"))
(add-to-list 'auto-mode-alist '("\\.go\\'" . go-mode))

;; Emacs asks with a menu after a mouse click; this says that a key was pressed.
(setq last-nonmenu-event ?x)

(defun e2e-wait-for (what condition)
  "Let the server talk until CONDITION is true; WHAT names it when it never is."
  (with-timeout (e2e-limit (error "Waited %d s for %s" e2e-limit what))
    (while (not (funcall condition))
      (accept-process-output nil 0.02))))

(defun e2e-findings ()
  "The diagnostics of ai-lsp that Flymake has now."
  ;; Emacs is never idle in batch mode: what waits for that is done here.
  (eglot--signal-textDocument/didChange)
  (flymake-start)
  (cl-remove-if-not (lambda (diagnostic)
                      (string-prefix-p "ai-lsp" (flymake-diagnostic-text diagnostic)))
                    (flymake-diagnostics)))

(defun e2e-drawn-p (position)
  "Whether Flymake underlines the text at POSITION."
  (cl-some (lambda (overlay) (overlay-get overlay 'flymake-diagnostic))
           (overlays-at position)))

(defun e2e-line (number)
  "The text of line NUMBER."
  (save-excursion
    (goto-char (point-min))
    (forward-line (1- number))
    (buffer-substring-no-properties (line-beginning-position) (line-end-position))))

(defun e2e-hover ()
  "What eldoc is given to show at point."
  (let (text)
    (eglot-hover-eldoc-function (lambda (string &rest _) (setq text (or string text))))
    (e2e-wait-for "the hover" (lambda () text))
    (substring-no-properties text)))

(defun e2e-see (name value)
  "Add VALUE to the object under NAME."
  (push (cons name value) e2e-seen))

(defun e2e-review ()
  "Run the server's review command on this file; return the number of findings."
  (plist-get (jsonrpc-request (eglot-current-server) :workspace/executeCommand
                              (list :command "ai-lsp.review"
                                    :arguments (vector (append (eglot--TextDocumentIdentifier)
                                                               '(:scope "file")))))
             :findings))

(defun e2e-shows-progress-p ()
  "Whether this eglot tells the server that it shows progress."
  (let ((window (plist-get (eglot-client-capabilities (eglot-current-server)) :window)))
    (if (eq t (plist-get window :workDoneProgress)) t json-false)))

(defun e2e-apply-fix ()
  "Ask for the code actions at point and choose the fix."
  (cl-letf (((symbol-function 'completing-read)
             (lambda (_prompt choices &rest _)
               (let ((titles (mapcar #'car choices)))
                 (e2e-see 'actions (vconcat titles))
                 (cl-find-if (lambda (title) (string-prefix-p "Fix: " title)) titles))))
            ((symbol-function 'y-or-n-p) #'always))
    (eglot-code-actions (point) (point) nil t)))

(defun e2e-run ()
  "The session."
  (switch-to-buffer (find-file-noselect (getenv "E2E_FILE")))
  (call-interactively #'eglot)
  (e2e-wait-for "eglot to manage the buffer" #'eglot-managed-p)
  (set-buffer-modified-p t)
  (save-buffer)
  (e2e-wait-for "a finding" #'e2e-findings)
  (let ((found (car (e2e-findings))))
    (goto-char (flymake-diagnostic-beg found))
    (e2e-wait-for "the finding to be drawn" (lambda () (e2e-drawn-p (point))))
    (e2e-see 'findings
             (vector (list (cons 'line (line-number-at-pos))
                           (cons 'message (flymake-diagnostic-text found))
                           (cons 'drawn t)))))
  (e2e-see 'shows_progress (e2e-shows-progress-p))
  (e2e-see 'reviewed (e2e-review))
  (e2e-see 'hover (e2e-hover))
  (let ((before (e2e-line 5)))
    (e2e-apply-fix)
    (e2e-wait-for "the fix to be applied" (lambda () (not (equal before (e2e-line 5))))))
  (e2e-see 'line (e2e-line 5))
  (e2e-wait-for "the finding to go" (lambda () (null (e2e-findings))))
  (set-buffer-modified-p nil)
  (eglot-shutdown (eglot-current-server)))

(condition-case problem
    (e2e-run)
  (error (e2e-see 'error (error-message-string problem))))
(with-temp-file (getenv "E2E_SEEN")
  (insert (json-encode e2e-seen)))
(kill-emacs (if (assq 'error e2e-seen) 1 0))

;;; eglot_session.el ends here
