(context_item "context" @context name: (identifier) @name) @item
(instance_item "context" @context name: (identifier) @name) @item
(process_item "process" @context name: (identifier) @name) @item
(pipeline_item "pipeline" @context name: (identifier) @name) @item
(function_item "fn" @context name: (identifier) @name) @item
(struct_item "struct" @context name: (identifier) @name) @item
(enum_item "enum" @context name: (identifier) @name) @item
(const_item "const" @context name: (identifier) @name) @item
(contract_item "contract" @context name: (identifier) @name) @item
(alert_item "alert" @context name: (identifier) @name) @item
(test_item "test" @context title: (string) @name) @item
(property_item "property" @context title: (string) @name) @item
(bench_item "bench" @context title: (string) @name) @item
(member name: (identifier) @name) @item
