//go:build cgo

package syntax

import (
	"maps"
	"slices"
	"testing"
)

// A kind that a grammar does not have would be a rule that never applies.
func TestRulesNameKindsThatTheGrammarsHave(t *testing.T) {
	for name, r := range languages {
		made, ok := grammars[name]
		if !ok {
			t.Errorf("%s has rules and no grammar", name)
			continue
		}
		g := made()
		var kinds, fields []string
		for kind, d := range r.declarations {
			kinds, fields = append(kinds, kind), append(fields, d.name, d.owner)
		}
		for kind, b := range r.bindings {
			kinds, fields = append(kinds, kind), append(fields, b.name, b.value)
		}
		kinds = slices.AppendSeq(kinds, maps.Keys(r.values))
		for _, set := range []map[string]bool{r.objects, r.calls, r.bodies, r.sections, r.wrappers, r.leads, r.imports} {
			kinds = slices.AppendSeq(kinds, maps.Keys(set))
		}
		for _, kind := range kinds {
			if g.language.IdForNodeKind(kind, true) == 0 {
				t.Errorf("%s has no %q", name, kind)
			}
		}
		for _, field := range fields {
			if field != "" && g.language.FieldIdForName(field) == 0 {
				t.Errorf("%s has no field %q", name, field)
			}
		}
	}
}
