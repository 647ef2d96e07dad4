[
  (block)
  (members)
  (flow_block)
  (match_statement)
  (match_expression)
  (match_flow)
  (par_flow)
  (audit_item)
  (alert_item)
  (columns)
  (array)
  (arguments)
] @fold
