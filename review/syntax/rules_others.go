package syntax

var goRules = rules{
	declarations: map[string]declares{
		"function_declaration": {kind: KindFunction, name: "name"},
		"method_declaration":   {kind: KindMethod, name: "name", owner: "receiver"},
		"type_spec":            {kind: KindType, name: "name"},
		"type_alias":           {kind: KindType, name: "name"},
	},
	bindings: map[string]binds{"var_spec": {"name", "value"}},
	values:   map[string]Kind{"func_literal": KindFunction},
	bodies: words(`
		block statement_list field_declaration_list interface_type literal_value
		expression_switch_statement type_switch_statement select_statement expression_case type_case
		communication_case default_case`),
	wrappers: words(`type_declaration var_declaration expression_list var_spec_list`),
	leads:    words(`comment`),
	imports:  words(`import_spec`),
	bound:    byLastElement,
}

var pythonRules = rules{
	declarations: map[string]declares{
		"function_definition": {kind: KindFunction, name: "name"},
		"class_definition":    {kind: KindType, name: "name"},
	},
	bindings: map[string]binds{"assignment": {"left", "right"}},
	values:   map[string]Kind{"lambda": KindFunction},
	bodies:   words(`block`),
	wrappers: words(`decorated_definition expression_statement`),
	leads:    words(`comment`),
	imports:  words(`import_statement import_from_statement future_import_statement`),
	bound:    byPython,
}

var rustRules = rules{
	declarations: map[string]declares{
		"function_item":           {kind: KindFunction, name: "name"},
		"function_signature_item": {kind: KindFunction, name: "name"},
		"struct_item":             {kind: KindType, name: "name"},
		"enum_item":               {kind: KindType, name: "name"},
		"union_item":              {kind: KindType, name: "name"},
		"trait_item":              {kind: KindType, name: "name"},
		"impl_item":               {kind: KindType, name: "type", again: true},
		"type_item":               {kind: KindType, name: "name"},
		"mod_item":                {kind: KindType, name: "name", scope: true, body: true},
		"macro_definition":        {kind: KindFunction, name: "name"},
	},
	bindings: map[string]binds{},
	bodies: words(`
		block declaration_list field_declaration_list enum_variant_list match_block`),
	sections: words(`foreign_mod_item`),
	leads:    words(`line_comment block_comment attribute_item`),
	imports:  words(`use_declaration extern_crate_declaration`),
	bound:    byPath,
}

var rubyRules = rules{
	declarations: map[string]declares{
		"method":           {kind: KindFunction, name: "name"},
		"singleton_method": {kind: KindFunction, name: "name"},
		"class":            {kind: KindType, name: "name"},
		"module":           {kind: KindType, name: "name"},
		"singleton_class":  {kind: KindType, fixed: "self"},
	},
	bindings: map[string]binds{"assignment": {"left", "right"}},
	values:   map[string]Kind{"lambda": KindFunction},
	bodies:   words(`body_statement do_block block block_body then case when`),
	leads:    words(`comment`),
}

var bashRules = rules{
	declarations: map[string]declares{
		"function_definition": {kind: KindFunction, name: "name"},
	},
	bodies: words(`compound_statement do_group case_statement case_item`),
	leads:  words(`comment`),
}
