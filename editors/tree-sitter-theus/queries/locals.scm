; Scopes.
(block) @local.scope
(function_item) @local.scope
(process_item) @local.scope
(closure) @local.scope
(for_statement) @local.scope
(arm) @local.scope
(arm_expression) @local.scope
(test_item) @local.scope
(property_item) @local.scope

; What is declared.
(let_statement name: (identifier) @local.definition.var)
(for_statement name: (identifier) @local.definition.var)
(parameter name: (identifier) @local.definition.parameter)
(process_parameter name: (identifier) @local.definition.parameter)
(property_parameter name: (identifier) @local.definition.parameter)
(closure_parameter name: (identifier) @local.definition.parameter)
(quantifier name: (identifier) @local.definition.var)
(each name: (identifier) @local.definition.var)
(function_item name: (identifier) @local.definition.function)
(process_item name: (identifier) @local.definition.function)
(context_item name: (identifier) @local.definition.namespace)
(instance_item name: (identifier) @local.definition.namespace)
(struct_item name: (identifier) @local.definition.type)
(enum_item name: (identifier) @local.definition.type)
(const_item name: (identifier) @local.definition.constant)

; What is used.
(identifier) @local.reference
