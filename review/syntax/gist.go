package syntax

import (
	"slices"
	"strings"
)

// gist is what context says. To wrap an import anew, or to add a name to it that
// a unit does not use, must not make other code of the unit.
func (all *lore) gist(context []Lines, imports []int, uses map[string]use) string {
	isImport := map[int]bool{}
	var brought []string
	for _, i := range imports {
		for _, lines := range all.imports[i].lines {
			for n := lines.First; n <= lines.Last; n++ {
				isImport[n] = true
			}
		}
		brought = append(brought, all.brought(all.imports[i], uses)...)
	}
	var b strings.Builder
	for _, lines := range context {
		for n := lines.First; n <= lines.Last; n++ {
			if line := strings.TrimRight(all.doc.Line(n), " \t"); line != "" && !isImport[n] {
				b.WriteString(line + "\n")
			}
		}
	}
	slices.Sort(brought)
	for _, path := range slices.Compact(brought) {
		b.WriteString("import " + path + "\n")
	}
	return b.String()
}

// brought is, for each name of an import that is used, where it comes from: the
// words of the import without its other names.
func (all *lore) brought(b binding, uses map[string]use) []string {
	var path []string
	seen := map[int]bool{} // an import on one line is its own first and last
	for _, lines := range b.lines {
		for n := lines.First; n <= lines.Last; n++ {
			if !seen[n] {
				path = append(path, pathWords(all.doc.Line(n), b.names)...)
			}
			seen[n] = true
		}
	}
	var brought []string
	for _, name := range b.names {
		if uses[name] != 0 {
			brought = append(brought, strings.Join(append(slices.Clip(path), name), " "))
		}
	}
	return brought
}

// pathWords are the words of a line of an import, without keywords and the names
// that it binds. What stands in quotes is a word as it is.
func pathWords(line string, names []string) []string {
	var found []string
	for rest := line; rest != ""; {
		if at := quotedText.FindStringIndex(rest); at != nil && at[0] == 0 {
			found, rest = append(found, rest[1:at[1]-1]), rest[at[1]:]
			continue
		}
		end := 0
		for end < len(rest) && isNameByte(rest[end]) {
			end++
		}
		if word := rest[:end]; word != "" && !importWords[word] && !slices.Contains(names, word) {
			found = append(found, word)
		}
		rest = rest[max(end, 1):]
	}
	return found
}
