package review

import (
	"errors"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"strings"
)

// strictFaults counts what is wrong in a text and forgiven by its grammar, which
// is made to read on. What no rule is known for has none.
func strictFaults(language, source string) int {
	source = strings.TrimPrefix(source, byteOrderMark)
	switch language {
	case "go":
		return goFaults(source)
	case "python", "starlark":
		return layoutFaults(source)
	case "bash":
		return looseBraces(source) + hollowBlocks(source)
	case "javascript", "typescript", "tsx":
		return nameless(language, source)
	}
	return 0
}

// looseBraces counts the curly brackets of a shell script that are left open on
// their line and stand where they begin no group: there they are words.
func looseBraces(source string) int {
	n := 0
	for line := range strings.Lines(source) {
		code := strings.TrimSpace(takeApart("bash", line).code)
		at := strings.LastIndexByte(code, '{')
		if at < 0 || strings.IndexByte(code[at:], '}') >= 0 {
			continue
		}
		behind := code[at+1:]
		if behind != "" && behind[0] != ' ' && behind[0] != '\t' || !beforeGroup.MatchString(code[:at]) {
			n++
		}
	}
	return n
}

var beforeGroup = regexp.MustCompile(`(?:^|[);&|({!]|\b(?:do|then|else|elif|if|while|until)|\bfunction\s+\S+)\s*$`)

// hollowBlocks counts the blocks of a shell script without a command in them, and
// the branches behind an else.
func hollowBlocks(source string) int {
	n := 0
	hollow := false   // a block has begun, and nothing has come since
	var closed []bool // for each if that is open: its else has come
	for line := range strings.Lines(source) {
		code := strings.TrimSpace(takeApart("bash", line).code)
		if code == "" {
			continue
		}
		if hollow && blockEnd.MatchString(code) {
			n++
		}
		hollow = blockBegin.MatchString(code)
		for _, word := range blockWords("bash", []string{strings.TrimSpace(line)}) {
			last := len(closed) - 1
			switch {
			case word == "if":
				closed = append(closed, false)
			case last < 0:
			case word == "fi":
				closed = closed[:last]
			case word == "else" || word == "elif":
				if closed[last] {
					n++
				}
				closed[last] = closed[last] || word == "else"
			}
		}
	}
	return n
}

var (
	blockBegin = regexp.MustCompile(`(?:^|[\s;&|])(?:then|do|else|\{)$`)
	blockEnd   = regexp.MustCompile(`^(?:(?:fi|done|else|elif|then|do|esac)\b|\}|;;)`)
)

// nameless counts the statements that are a function without a name, or a class.
func nameless(language, source string) int {
	n, before := 0, byte(';')
	for line := range strings.Lines(source) {
		code := strings.TrimSpace(takeApart(language, line).code)
		if code == "" {
			continue
		}
		if anonymous.MatchString(code) && strings.IndexByte(";{}", before) >= 0 {
			n++
		}
		before = code[len(code)-1]
	}
	return n
}

var anonymous = regexp.MustCompile(`^(?:(?:async\s+)?function\s*\*?\s*\(|class\s*\{)`)

// goFaults is what Go's own parser says: the grammar takes statements outside of
// functions.
func goFaults(source string) int {
	_, err := parser.ParseFile(token.NewFileSet(), "", source, parser.SkipObjectResolution|parser.AllErrors)
	if all, ok := errors.AsType[scanner.ErrorList](err); ok {
		return len(all)
	}
	return 0
}
