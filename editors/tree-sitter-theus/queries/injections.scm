; What stands in the braces of a text is an expression.
((hole) @injection.content
  (#offset! @injection.content 0 1 0 -1)
  (#set! injection.language "theus"))

((comment) @injection.content
  (#set! injection.language "comment"))

((doc_comment) @injection.content
  (#offset! @injection.content 0 3 0 0)
  (#set! injection.language "markdown_inline"))
