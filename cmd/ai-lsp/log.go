package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/ai-lsp/ai-lsp/internal/settings"
)

// logFile is where the log goes: a file, or standard error. It follows the
// settings while the program runs.
type logFile struct {
	mu     sync.Mutex
	stderr io.Writer
	path   string   // of file
	file   *os.File // nil: standard error
}

// Write writes one entry. An entry that can not be written is dropped.
func (f *logFile) Write(entry []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file != nil {
		_, _ = f.file.Write(entry)
	} else {
		_, _ = f.stderr.Write(entry)
	}
	return len(entry), nil
}

// Sync has nothing to do: entries are not buffered.
func (f *logFile) Sync() error { return nil }

// follow opens the file that the settings name. Entries of several processes
// are appended whole, so they may share it.
func (f *logFile) follow(path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if path == f.path {
		return nil
	}
	var file *os.File
	if path != "" {
		var err error
		if file, err = os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600); err != nil {
			return fmt.Errorf("open log.file: %w", err)
		}
	}
	if f.file != nil {
		_ = f.file.Close()
	}
	f.path, f.file = path, file
	return nil
}

// newLog makes the log and keeps it in step with the settings.
func newLog(stderr io.Writer, live *settings.Live) *zap.Logger {
	file := &logFile{stderr: stderr}
	level := zap.NewAtomicLevel()
	config := zap.NewProductionEncoderConfig()
	config.EncodeTime = zapcore.ISO8601TimeEncoder
	log := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), file, level)).With(zap.Int("pid", os.Getpid()))
	adjust := func(now *settings.Settings) {
		if parsed, err := zapcore.ParseLevel(string(now.Log.Level)); err == nil {
			level.SetLevel(parsed)
		}
		if err := file.follow(now.Log.File); err != nil {
			log.Warn("the log stays where it was", zap.Error(err))
		}
	}
	adjust(live.Now())
	live.OnChange(func(_, now *settings.Settings) { adjust(now) })
	return log
}
