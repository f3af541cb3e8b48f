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
		brought = append(brought, all.brought(all.imports[i], uses))
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

// brought is an import without the names that are not used, on one line. All
// else stays as it is: where a name comes from, and under what other name, is
// what matters of it.
func (all *lore) brought(b binding, uses map[string]use) string {
	var code strings.Builder
	seen := map[int]bool{} // an import on one line is its own first and last
	for _, lines := range b.lines {
		for n := lines.First; n <= lines.Last; n++ {
			if !seen[n] {
				code.WriteString(all.doc.Line(n) + ",")
			}
			seen[n] = true
		}
	}
	var items []string
	for item := range strings.FieldsFuncSeq(code.String(), func(r rune) bool { return strings.ContainsRune(",{}();", r) }) {
		item = strings.Join(strings.Fields(item), " ")
		if item != "" && (uses[item] != 0 || !slices.Contains(b.names, item)) {
			items = append(items, item)
		}
	}
	if len(items) > 0 {
		for _, word := range []string{"const", "let", "var"} {
			items[0] = strings.TrimPrefix(items[0], word+" ")
		}
		if slices.Contains([]string{"const", "let", "var"}, items[0]) {
			items = items[1:]
		}
	}
	return strings.Join(items, ",")
}
