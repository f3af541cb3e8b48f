package syntax

var javascriptRules = rules{
	declarations: map[string]declares{
		"function_declaration":           {kind: KindFunction, name: "name"},
		"generator_function_declaration": {kind: KindFunction, name: "name"},
		"class_declaration":              {kind: KindType, name: "name"},
		"method_definition":              {kind: KindMethod, name: "name"},
		"class_static_block":             {kind: KindMethod, fixed: "static"},
	},
	bindings: map[string]binds{
		"variable_declarator":   {"name", "value"},
		"assignment_expression": {"left", "right"},
		"pair":                  {"key", "value"},
		"field_definition":      {"property", "value"},
	},
	values: map[string]Kind{
		"arrow_function":      KindFunction,
		"function_expression": KindFunction,
		"generator_function":  KindFunction,
		"class":               KindType,
	},
	objects:  words(`object`),
	calls:    words(`call_expression`),
	bodies:   words(`statement_block class_body object switch_body switch_case switch_default`),
	wrappers: words(`export_statement lexical_declaration variable_declaration expression_statement`),
	leads:    words(`comment decorator`),
	imports:  words(`import_statement`),
	bound:    byList,
}

var typescriptRules = rules{
	declarations: joined(javascriptRules.declarations, map[string]declares{
		"abstract_class_declaration": {kind: KindType, name: "name"},
		"interface_declaration":      {kind: KindType, name: "name"},
		"enum_declaration":           {kind: KindType, name: "name"},
		"type_alias_declaration":     {kind: KindType, name: "name"},
		"internal_module":            {kind: KindType, name: "name", scope: true},
		"module":                     {kind: KindType, name: "name", scope: true},
		"function_signature":         {kind: KindFunction, name: "name"},
	}),
	bindings: map[string]binds{
		"variable_declarator":     {"name", "value"},
		"assignment_expression":   {"left", "right"},
		"pair":                    {"key", "value"},
		"public_field_definition": {"name", "value"},
	},
	values:   javascriptRules.values,
	objects:  javascriptRules.objects,
	calls:    javascriptRules.calls,
	bodies:   joined(javascriptRules.bodies, words(`interface_body enum_body object_type`)),
	wrappers: joined(javascriptRules.wrappers, words(`ambient_declaration`)),
	leads:    joined(javascriptRules.leads, words(`method_signature`)), // in a class, an overload
	imports:  joined(javascriptRules.imports, words(`import_alias`)),
	bound:    byList,
}
