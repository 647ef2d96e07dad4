[
  (block)
  (members)
  (flow_block)
  (columns)
  (array)
  (arguments)
  (parameters)
  (match_statement)
  (match_expression)
  (match_flow)
  (par_flow)
  (audit_item)
  (alert_item)
] @indent.begin @indent

["}" "]" ")"] @indent.branch @indent.end @outdent
