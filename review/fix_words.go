package review

import (
	"slices"
	"strings"
)

// wordPair is words of which one calls for the other.
type wordPair struct{ opens, closes []string }

// wordBlocks are the languages whose blocks begin and end with words and whose
// grammar is missing, or takes such a word for any other.
var wordBlocks = map[string][]wordPair{
	"bash": {
		{[]string{"if"}, []string{"fi"}},
		{[]string{"if", "elif"}, []string{"then"}},
		{[]string{"do"}, []string{"done"}},
		{[]string{"for", "while", "until", "select"}, []string{"do"}},
		{[]string{"case"}, []string{"esac"}},
	},
	"lua": {
		{[]string{"function", "then", "do", "repeat"}, []string{"end", "elseif", "until"}},
		{[]string{"if", "elseif"}, []string{"then"}},
		{[]string{"for", "while"}, []string{"do"}},
	},
	"vim": {
		{[]string{"if"}, []string{"endif"}},
		{[]string{"for"}, []string{"endfor"}},
		{[]string{"while"}, []string{"endwhile"}},
		{[]string{"function"}, []string{"endfunction"}},
		{[]string{"try"}, []string{"endtry"}},
	},
	"makefile": {
		{[]string{"ifeq", "ifneq", "ifdef", "ifndef"}, []string{"endif"}},
		{[]string{"define"}, []string{"endef"}},
	},
	"cmake": {
		{[]string{"if"}, []string{"endif"}},
		{[]string{"foreach"}, []string{"endforeach"}},
		{[]string{"while"}, []string{"endwhile"}},
		{[]string{"function"}, []string{"endfunction"}},
		{[]string{"macro"}, []string{"endmacro"}},
	},
	"elixir": {{[]string{"do", "fn"}, []string{"end"}}},
	"julia": {{
		[]string{"function", "if", "for", "while", "begin", "let", "module", "struct", "try", "quote", "macro", "do"},
		[]string{"end"},
	}},
	"fish": {{[]string{"if", "for", "while", "function", "begin", "switch"}, []string{"end"}}},
}

// sameWords wants rows to leave open and to close the same blocks as the old
// lines did, where words begin and end them.
func sameWords(language string, old, rows []string) bool {
	pairs := wordBlocks[language]
	if pairs == nil {
		return true
	}
	before, after := blockWords(language, old), blockWords(language, rows)
	for _, p := range pairs {
		if p.nesting(before) != p.nesting(after) {
			return false
		}
	}
	return true
}

// nesting is how many blocks words leave open, and how many they close that
// others opened.
func (p wordPair) nesting(words []string) (n struct{ opened, closed int }) {
	for _, word := range words {
		if slices.Contains(p.closes, word) {
			if n.opened > 0 {
				n.opened--
			} else {
				n.closed++
			}
		}
		if slices.Contains(p.opens, word) {
			n.opened++
		}
	}
	return n
}

// blockWords is the words of lines that stand for themselves: not in quotes and
// comments, and not a part of a path, a field or an option.
func blockWords(language string, lines []string) []string {
	var words []string
	for _, line := range lines {
		code := takeApart(language, line).code
		for i := 0; i < len(code); i++ {
			from := i
			for i < len(code) && (isWord(code[i]) || code[i] == '-' || code[i] == '.') {
				i++
			}
			if i == from || from > 0 && strings.IndexByte("$:/@%=!?", code[from-1]) >= 0 {
				continue
			}
			if i < len(code) && strings.IndexByte(" \t;,&|()<>{}\"'`", code[i]) < 0 {
				continue
			}
			words = append(words, code[from:i])
		}
	}
	return words
}
