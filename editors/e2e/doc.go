// Package e2e has no code of its own: its tests drive real editors, with the
// configuration that the folders beside this one offer, against the real ai-lsp
// program and the scripted model of `ai-lsp demo --serve`. Each opens a file with
// a mistake, saves it, and goes the way of a person: finding, hover, action, fix.
//
// The editors come from install.sh. A test whose editor is missing says so and is
// skipped; where CI is true, all that install.sh can install must be there.
//
//	AI_LSP_BINARY       tests this program instead of building one
//	AI_LSP_CACHE        where install.sh unpacked the newer editors
//	AI_LSP_TRANSCRIPTS  keeps what server and editor said in this folder
//
// What a driver in testdata sees it writes down; what must be seen is judged in
// Go, in one place for all editors. Start reading at session_test.go.
package e2e
