; Words.
(identifier) @variable
(wildcard) @variable.builtin
(comment) @comment
(doc_comment) @comment.documentation
(number) @number
(tuple_index) @number
(boolean) @boolean
(none) @constant.builtin
(string) @string
(string_content) @string
(escape) @string.escape
(hole) @string.special
(level) @constant.builtin
(zone) @keyword.modifier

; Types.
(named_type (word_path (identifier) @type))
(unit_type) @type.builtin
(cast type: (word_path (identifier) @type))
((named_type (word_path . (identifier) @type.builtin .))
  (#match? @type.builtin "^(bool|[iu](8|16|32|64)|f32|f64|duration|instant|str|ring|list|map|queue|pool|handle)$"))
(struct_item name: (identifier) @type)
(enum_item name: (identifier) @type)
(variant name: (identifier) @constructor)
(generic name: (identifier) @type)
(generic bound: (identifier) @type)
(instance_item type: (word_path (identifier) @type))
(error_declaration name: (identifier) @constructor)
(path_pattern (identifier) @constructor (payload))
(otherwise error: (identifier) @constructor)
(raise_statement error: (identifier) @constructor)
(on_error event: (identifier) @constructor)
(on_fault event: (identifier) @constructor)

; Names.
(use_item module: (identifier) @module)
(use_item alias: (identifier) @module)
(context_item name: (identifier) @module)
(instance_item name: (identifier) @module)
(audit_item context: (word_path (identifier) @module))
(function_item name: (identifier) @function)
(intrinsic_item name: (identifier) @function)
(process_item name: (identifier) @function)
(contract_item name: (identifier) @function)
(pipeline_item name: (identifier) @function)
(alert_item name: (identifier) @function)
(session_item name: (identifier) @function)
(session_rule action: (word_path (identifier) @function.call))
(pressure of: (word_path (identifier) @variable))
(run name: (path (identifier) @function.call))
(mode_flow name: (identifier) @label)
(enter_flow mode: (identifier) @label)
(sink format: (identifier) @function.builtin)
(source format: (identifier) @function.builtin)
(const_item name: (identifier) @constant)
(parameter name: (identifier) @variable.parameter)
(process_parameter name: (identifier) @variable.parameter)
(property_parameter name: (identifier) @variable.parameter)
(closure_parameter name: (identifier) @variable.parameter)
(named_argument name: (identifier) @variable.parameter)
(member name: (identifier) @property)
(query name: (identifier) @property)
(member_access member: (identifier) @property)
(path (identifier) (identifier) @property)
(call function: (identifier) @function.call)
(call function: (member_access member: (identifier) @function.method.call))
((call function: (identifier) @function.builtin)
  (#match? @function.builtin "^(old|prev|window|delay)$"))
((identifier) @variable.builtin
  (#match? @variable.builtin "^(tick|random|host)$"))

; Keywords.
[
  "use" "const" "struct" "enum" "context" "process" "contract" "pipeline" "test" "property"
  "bench" "audit" "alert" "session" "pressure" "intrinsic" "type" "invariant" "scratch" "is" "of"
] @keyword
"fn" @keyword.function
[
  "each" "inputs" "outputs" "inserts" "sends" "requires" "ensures" "errors" "deadline" "hard"
  "budget" "steps" "cached" "age" "where" "slice" "isolated" "into" "max" "total"
] @keyword
["let" "var" "set" "mock" "inout"] @keyword
["if" "else" "match" "when"] @keyword.conditional
["for" "while" "repeat" "until" "every" "times" "ticks" "tick" "cells" "cell"] @keyword.repeat
["return" "raise" (break_statement) (continue_statement)] @keyword.return
["assert" "assert_faults" "assert_no_growth" "expect" "measure" "run"] @keyword
[
  "par" "atomic" "mode" "enter" "exit" "on" "start" "stop" "idle" "error" "fault" "from" "sink"
  "source" "reset" "fail" (skip_flow) (drop_flow) "level" "after" "clear" "below" "above" "do"
] @keyword
["global" "signal" "meta" "heavy"] @keyword.modifier
["unique" "index" "grid" "cell" "by" "desc" "full" "ttl"] @keyword.modifier
["and" "or" "not" "in" "as" "implies" "all" "any"] @keyword.operator

; Signs.
[
  "=" "+=" "-=" "*=" "/=" "%=" "&=" "|=" "^=" "<<=" ">>=" "==" "!=" "<" "<=" ">" ">=" "+" "-"
  "*" "/" "%" "@" "&" "|" "^" "~" "<<" ">>" "??" ".." "..=" "->" "=>"
] @operator
["(" ")" "[" "]" "{" "}"] @punctuation.bracket
["," ":" ";" "." "?"] @punctuation.delimiter
