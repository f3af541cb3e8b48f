// Command ai-lsp is a language server that reviews code with a language model.
//
// This package wires the others and decides exit codes. It alone touches
// standard input and output, the environment and the process. Start at main.
package main
