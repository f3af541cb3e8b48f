package syntax

import (
	"regexp"
	"strings"
)

// importStyle says which names an import binds.
type importStyle int

const (
	byNothing     importStyle = iota
	byLastElement             // the alias, or the last element of a quoted path: Go
	byPath                    // the last part of each path, or its alias: Java, Rust, PHP
	byAlias                   // only what stands before an equals sign: C#
	byList                    // all before "from", or before an equals sign: JavaScript
	byPython                  // the first part of a path, or what stands behind "import"
)

var (
	majorVersion  = regexp.MustCompile(`^v\d+$`)
	versionSuffix = regexp.MustCompile(`\.v\d+$`)
	quotedText    = regexp.MustCompile(`"[^"]*"|'[^']*'|` + "`[^`]*`")
	importWords   = words(`import from static use using pub crate self super as type typeof function const let var require mut global extern namespace unsafe default`)
)

// namesBound are the names that a line of an import binds.
func namesBound(style importStyle, line string) []string {
	switch style {
	case byLastElement:
		return lastElement(line)
	case byPath:
		return pathNames(bare(line))
	case byAlias:
		before, _, found := strings.Cut(line, "=")
		if !found {
			return nil
		}
		return pathNames(before)
	case byList:
		line, _, _ = strings.Cut(quotedText.ReplaceAllString(bare(line), ""), " from")
		line, _, _ = strings.Cut(line, "=")
		return pathNames(strings.NewReplacer(": ", " as ", "...", "").Replace(line))
	case byPython:
		return pythonNames(line)
	case byNothing:
	}
	return nil
}

// lastElement goes by what packages are mostly called, since only the package
// itself says it.
func lastElement(line string) []string {
	line = strings.TrimSpace(line)
	quote := strings.IndexAny(line, "\"`")
	if quote < 0 {
		return nil
	}
	if alias := strings.TrimSpace(strings.TrimPrefix(line[:quote], "import")); alias != "" {
		return []string{alias}
	}
	path := strings.Trim(quotedText.FindString(line), "\"`")
	elements := strings.Split(path, "/")
	last := elements[len(elements)-1]
	if len(elements) > 1 && majorVersion.MatchString(last) {
		last = elements[len(elements)-2]
	}
	last = versionSuffix.ReplaceAllString(last, "")
	names := []string{last}
	for part := range strings.SplitSeq(last, "-") {
		if part != last && part != "go" {
			names = append(names, part)
		}
	}
	return append(names, strings.ReplaceAll(last, "-", "_"))
}

// pathNames are the words that no path goes on behind and no alias stands for.
func pathNames(code string) []string {
	var names []string
	for i := 0; i < len(code); {
		if !isNameByte(code[i]) {
			i++
			continue
		}
		end := i
		for end < len(code) && isNameByte(code[end]) {
			end++
		}
		name, rest := code[i:end], strings.TrimLeft(code[end:], " ")
		i = end
		if importWords[name] || strings.HasPrefix(rest, "as ") || rest != "" && (rest[0] == '.' || rest[0] == '\\' || strings.HasPrefix(rest, "::")) {
			continue
		}
		names = append(names, name)
	}
	return names
}

func pythonNames(line string) []string {
	line = strings.TrimSpace(bare(line))
	if strings.HasPrefix(line, "from ") {
		at := strings.Index(line, "import")
		if at < 0 {
			return nil
		}
		return pathNames(line[at+len("import"):])
	}
	var names []string
	for part := range strings.SplitSeq(strings.TrimPrefix(line, "import "), ",") {
		if path, _, aliased := strings.Cut(part, " as "); !aliased {
			part = strings.Split(path, ".")[0]
		}
		names = append(names, pathNames(part)...)
	}
	return names
}
