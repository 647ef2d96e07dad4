// Made of the TextMate grammar: see `editors/src/book.rs`.
hljs.registerLanguage("theus", () => ({
  "name": "Theus",
  "contains": [
    {
      "className": "comment",
      "begin": "//.*$"
    },
    {
      "className": "string",
      "begin": "\"",
      "end": "\"|$",
      "contains": [
        {
          "begin": "\\\\."
        }
      ]
    },
    {
      "className": "number",
      "begin": "\\b\\d[\\d_]*(?:\\.\\d[\\d_]*)?(?:[eE][+-]?\\d+)?[a-zA-Z]*\\b"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:alert|audit|bench|const|context|contract|enum|fn|intrinsic|pipeline|process|property|struct|test|use)\\b(?!\\s*:)"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:budget|cached|deadline|each|ensures|errors|inputs|outputs|requires)\\b(?!\\s*:)"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:global|heavy|meta|signal)\\b(?=\\s*\\(|\\s+\\w)"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:and|as|implies|in|not|or)\\b(?!\\s*:)"
    },
    {
      "className": "literal",
      "begin": "(?<![.\\w])(?:false|none|true)\\b(?!\\s*:)"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:assert|break|continue|else|for|if|is|let|match|mode|raise|return|run|var|while)\\b(?!\\s*:)"
    },
    {
      "className": "keyword",
      "begin": "(?<![.\\w])(?:above|after|age|all|any|assert_faults|assert_no_growth|atomic|below|by|cell|cells|clear|desc|do|drop|enter|error|every|exit|expect|fail|fault|from|full|grid|hard|idle|index|inout|inserts|into|invariant|isolated|level|max|measure|mock|of|old|on|par|pressure|repeat|reset|scratch|sends|session|set|sink|skip|slice|source|start|steps|stop|tick|ticks|times|total|ttl|type|unique|until|when|where)\\b(?!\\s*(?:[(.,:\\[)]|[-+*/%&|^<>]?=(?!=)))"
    },
    {
      "className": "built_in",
      "begin": "(?<![.\\w])(?:tick|random|host)\\b(?=\\.|\\s*,|\\s*$)"
    },
    {
      "className": "type",
      "begin": "(?<![.\\w])(?:bool|[iu](?:8|16|32|64)|f32|f64|duration|instant|str|ring|list|map|queue|pool|handle)\\b(?!\\s*[.(:])"
    },
    {
      "className": "type",
      "begin": "\\b[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\\b"
    }
  ]
}));
for (const block of document.querySelectorAll("code.language-theus")) {
    hljs.highlightBlock(block);
}
