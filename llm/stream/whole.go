package stream

import (
	"encoding/json"
	"regexp"
	"strings"
)

// Whole is the JSON object in a finished reply, and whether it had to be
// repaired. A byte order mark, code fences and chatter around it are left out;
// of several objects the first that is not empty counts.
//
// A repair closes what is open, so a reply that was cut must not be given: it
// would look whole. What is longer than 64 KiB or nested deeper than [MaxDepth]
// is not repaired. The error is or wraps [ErrNoObject], [ErrReplyTooLong],
// [ErrTooDeep] or [ErrMalformed].
func Whole(text string) (raw json.RawMessage, repaired bool, err error) {
	if len(text) > MaxReply {
		return nil, false, ErrReplyTooLong
	}
	var suspects []string
	var empty json.RawMessage
	for {
		candidate, rest, end := nextObject(text)
		if end == missing {
			break
		}
		text = rest
		switch {
		case end == unknown || !json.Valid([]byte(candidate)):
			suspects = append(suspects, candidate)
		case strings.TrimSpace(candidate[1:len(candidate)-1]) == "":
			empty = json.RawMessage(candidate)
		default:
			return json.RawMessage(candidate), false, nil
		}
	}
	if at := careless.FindStringIndex(text); at != nil {
		suspects = append(suspects, upToLast(text[at[0]:], '}'))
	}
	budget := maxMend
	for _, suspect := range suspects {
		mended, failure := repair(suspect, &budget)
		if failure == nil {
			return json.RawMessage(mended), true, nil
		}
		if err == nil {
			err = failure
		}
	}
	switch {
	case empty != nil:
		return empty, false, nil
	case err == nil:
		return nil, false, ErrNoObject
	default:
		return nil, false, err
	}
}

// careless is the start of an object in the way of a programming language: keys
// without quotes or in single or typographic ones.
var careless = regexp.MustCompile(`\{\s*(?:[A-Za-z_]\w*|['‘“][^'’”\n]*['’”])\s*:`)

// ending says how the object ends that was looked for.
type ending int

const (
	missing ending = iota // there is no object
	found                 // it has closed
	unknown               // it is broken
)

// nextObject is the first object in text, and what follows it. An object begins
// with a brace, and a key and a colon or the closing brace; other braces belong
// to prose. One whose end can not be told reaches to the last brace.
func nextObject(text string) (candidate, rest string, end ending) {
	for from := 0; ; from++ {
		at := strings.IndexByte(text[from:], '{')
		if at < 0 {
			return "", text, missing
		}
		from += at
		switch n, end := extent(text[from:]); end {
		case found:
			return text[from : from+n], text[from+n:], found
		case unknown:
			return upToLast(text[from:], '}'), "", unknown
		case missing: // that brace belongs to prose
		}
	}
}

// extent is how many bytes the object takes that text begins with.
func extent(text string) (n int, end ending) {
	var s scanner
	for i := range len(text) {
		switch s.step(text[i]) {
		case closed:
			return i + 1, found
		case failed, tooDeep:
			return 0, end
		case nothing:
		}
		if s.state == wantValue {
			end = unknown // from here on it is an object, whatever follows
		}
	}
	return 0, end
}

// upToLast is s up to its last c, or all of s.
func upToLast(s string, c byte) string {
	if at := strings.LastIndexByte(s, c); at >= 0 {
		return s[:at+1]
	}
	return s
}
