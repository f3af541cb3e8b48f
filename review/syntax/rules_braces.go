package syntax

import "maps"

var cRules = rules{
	declarations: map[string]declares{
		"function_definition":  {kind: KindFunction, name: "declarator"},
		"struct_specifier":     {kind: KindType, name: "name", body: true},
		"union_specifier":      {kind: KindType, name: "name", body: true},
		"enum_specifier":       {kind: KindType, name: "name", body: true},
		"type_definition":      {kind: KindType, name: "declarator"},
		"preproc_function_def": {kind: KindFunction, name: "name"},
	},
	bodies: words(`compound_statement field_declaration_list enumerator_list declaration_list`),
	sections: words(`
		preproc_if preproc_ifdef preproc_else preproc_elif preproc_elifdef linkage_specification`),
	leads: words(`comment`),
}

var cppRules = rules{
	declarations: joined(cRules.declarations, map[string]declares{
		"class_specifier":      {kind: KindType, name: "name", body: true},
		"namespace_definition": {kind: KindType, name: "name", scope: true},
		"alias_declaration":    {kind: KindType, name: "name"},
		"concept_definition":   {kind: KindType, name: "name"},
	}),
	bodies:   cRules.bodies,
	sections: cRules.sections,
	wrappers: words(`template_declaration`),
	leads:    words(`comment attribute_declaration`),
	imports:  words(`using_declaration namespace_alias_definition`),
	bound:    byPath,
}

var javaRules = rules{
	declarations: map[string]declares{
		"class_declaration":               {kind: KindType, name: "name"},
		"interface_declaration":           {kind: KindType, name: "name"},
		"enum_declaration":                {kind: KindType, name: "name"},
		"record_declaration":              {kind: KindType, name: "name"},
		"annotation_type_declaration":     {kind: KindType, name: "name"},
		"method_declaration":              {kind: KindMethod, name: "name"},
		"constructor_declaration":         {kind: KindMethod, name: "name"},
		"compact_constructor_declaration": {kind: KindMethod, name: "name"},
	},
	bodies: words(`
		class_body interface_body enum_body enum_body_declarations annotation_type_body block constructor_body
		switch_block switch_block_statement_group`),
	leads:   words(`line_comment block_comment`),
	imports: words(`import_declaration`),
	bound:   byPath,
}

var csharpRules = rules{
	declarations: map[string]declares{
		"class_declaration":               {kind: KindType, name: "name"},
		"struct_declaration":              {kind: KindType, name: "name"},
		"record_declaration":              {kind: KindType, name: "name"},
		"interface_declaration":           {kind: KindType, name: "name"},
		"enum_declaration":                {kind: KindType, name: "name"},
		"delegate_declaration":            {kind: KindType, name: "name"},
		"namespace_declaration":           {kind: KindType, name: "name", scope: true},
		"method_declaration":              {kind: KindMethod, name: "name"},
		"constructor_declaration":         {kind: KindMethod, name: "name"},
		"destructor_declaration":          {kind: KindMethod, name: "name"},
		"property_declaration":            {kind: KindMethod, name: "name"},
		"event_declaration":               {kind: KindMethod, name: "name"},
		"indexer_declaration":             {kind: KindMethod, fixed: "this"},
		"operator_declaration":            {kind: KindMethod, name: "operator"},
		"conversion_operator_declaration": {kind: KindMethod, name: "type"},
		"local_function_statement":        {kind: KindFunction, name: "name"},
	},
	bodies:   words(`declaration_list enum_member_declaration_list block accessor_list switch_body`),
	sections: words(`preproc_if preproc_else preproc_elif file_scoped_namespace_declaration`),
	wrappers: words(`global_statement`),
	leads:    words(`comment`),
	imports:  words(`using_directive`),
	bound:    byAlias,
}

var phpRules = rules{
	declarations: map[string]declares{
		"function_definition":   {kind: KindFunction, name: "name"},
		"class_declaration":     {kind: KindType, name: "name"},
		"interface_declaration": {kind: KindType, name: "name"},
		"trait_declaration":     {kind: KindType, name: "name"},
		"enum_declaration":      {kind: KindType, name: "name"},
		"method_declaration":    {kind: KindMethod, name: "name"},
		"namespace_definition":  {kind: KindType, name: "name", scope: true, body: true},
	},
	bindings: map[string]binds{"assignment_expression": {"left", "right"}},
	values:   map[string]Kind{"anonymous_function": KindFunction, "arrow_function": KindFunction},
	bodies:   words(`compound_statement declaration_list enum_declaration_list switch_block match_block`),
	wrappers: words(`expression_statement`),
	leads:    words(`comment`),
	imports:  words(`namespace_use_declaration`),
	bound:    byPath,
}

// joined is several tables as one; the later stands over the earlier.
func joined[V any](tables ...map[string]V) map[string]V {
	all := map[string]V{}
	for _, table := range tables {
		maps.Copy(all, table)
	}
	return all
}
