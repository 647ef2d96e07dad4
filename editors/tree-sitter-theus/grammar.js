// The grammar of Theus for editors. What the compiler reads is `grammar/src/rules`; a test holds
// the two together on every program of the repository, valid and broken.
//
// Words that are keywords in one place only are lexed as keywords there alone: everywhere else
// they are names. Words that are reserved everywhere are listed in `RESERVED`.

/// Words that cannot name what is declared; the same list as that of the compiler.
const RESERVED = [
  'context', 'process', 'pipeline', 'contract', 'struct', 'enum', 'const', 'fn', 'use',
  'audit', 'alert', 'test', 'property', 'bench', 'inputs', 'outputs',
  'requires', 'ensures', 'errors', 'deadline', 'budget', 'each', 'cached',
  'mode', 'let', 'var', 'if', 'else', 'match', 'for', 'while', 'return', 'raise',
  'break', 'continue', 'assert', 'run', 'and', 'or', 'not', 'in', 'as', 'is',
  'implies', 'true', 'false', 'none',
];

/// From the loosest to the tightest.
const PREC = {
  implies: 1, or: 2, and: 3, not: 4, compare: 5, bit_or: 7, bit_xor: 8, bit_and: 9,
  shift: 10, sum: 11, product: 12, cast: 13, prefix: 14, coalesce: 15, postfix: 16,
};

const list1 = (rule) => seq(rule, repeat(seq(',', rule)), optional(','));
const list = (rule) => optional(list1(rule));
const chain = (rule) => seq(rule, repeat(seq(',', rule)));

const memberRest = ($) => [
  ':', field('type', $.type),
  optional($.owned), optional($.queries), optional($.range_of),
  optional(seq('=', field('default', choice($._arith, alias($.not_expression, $.unary))))),
  optional($.range_of), optional(','),
];

// Clauses have one order.
const clauses = ($) => [
  optional($.each), optional($.inputs), optional($.outputs), repeat($.inserts),
  repeat($.sends), repeat($.requires), repeat($.ensures), optional($.errors),
  optional($.deadline), optional($.budget), optional($.cached),
];

module.exports = grammar({
  name: 'theus',

  word: ($) => $.identifier,

  reserved: {
    global: ($) => RESERVED,
    none: ($) => [],
  },

  extras: ($) => [/[\s\uFEFF]/, $.comment, $.doc_comment],

  supertypes: ($) => [$.item, $.statement, $.clause, $.expression, $.pattern, $.type, $.flow],

  conflicts: ($) => [
    [$.quantifier, $._name],
    [$.order_rule],
    [$.member],
    [$.odd_member],
    [$.named_type],
    [$.type_rules],
    [$.measure_flow, $.measure_path],
  ],

  inline: ($) => [$._decl, $._pattern_path],

  rules: {
    source_file: ($) => repeat($.item),

    item: ($) => choice(
      $.use_item, $.const_item, $.struct_item, $.enum_item, $.function_item, $.intrinsic_item,
      $.context_item, $.instance_item, $.process_item, $.contract_item, $.pipeline_item,
      $.test_item, $.property_item, $.bench_item, $.audit_item, $.alert_item, $.session_item,
    ),

    // Words.
    identifier: (_) => /[a-zA-Z\p{XID_Start}][\p{XID_Continue}]*|_[\p{XID_Continue}]+/,
    wildcard: (_) => '_',
    // Any word at all: members, named arguments, variants.
    _word: ($) => reserved('none', $.identifier),
    _decl: ($) => choice($.identifier, $.wildcard),
    _name: ($) => choice(
      $.identifier,
      alias('all', $.identifier),
      alias('any', $.identifier),
    ),
    path: ($) => seq($.identifier, repeat(seq('.', $._word))),
    word_path: ($) => seq($._word, repeat(seq('.', $._word))),

    comment: (_) => token(prec(-1, /\/\/[^\n]*/)),
    doc_comment: (_) => token(choice(/\/\/\/[^\n]*/, /\/\/![^\n]*/)),

    // Items.
    use_item: ($) => seq(
      'use',
      field('module', $._word), repeat(seq('.', field('module', $._word))),
      optional(seq('.', '{', list1($._decl), '}')),
      optional(seq('as', field('alias', $._decl))),
    ),

    const_item: ($) => seq(
      'const', field('name', $._decl), optional(seq(':', field('type', $.type))), '=',
      field('value', $.expression),
    ),

    struct_item: ($) => seq(
      'struct', field('name', $._decl), optional($.generics), field('body', $.members),
    ),

    enum_item: ($) => seq(
      'enum', field('name', $._decl), optional($.generics),
      field('body', alias($.variants, $.members)),
    ),
    variants: ($) => seq('{', repeat(seq($.variant, optional(','))), '}'),
    variant: ($) => seq(
      field('name', $._word),
      optional(seq('(', list1(seq(optional(seq($._word, ':')), $.type)), ')')),
    ),

    function_item: ($) => seq(
      'fn', $._signature, repeat(choice($.requires, $.ensures)), field('body', $.block),
    ),
    intrinsic_item: ($) => seq('intrinsic', 'fn', $._signature),
    _signature: ($) => seq(
      field('name', $._decl), optional($.generics), field('parameters', $.parameters),
      optional(seq('->', field('result', $.type))),
    ),
    generics: ($) => seq('<', list1($.generic), '>'),
    generic: ($) => choice(
      seq('const', field('name', $._decl)),
      seq(field('name', $._decl), optional(seq(':', field('bound', $._word)))),
    ),
    parameters: ($) => seq('(', list($.parameter), ')'),
    parameter: ($) => seq(
      optional('inout'), field('name', choice($._decl, alias('inout', $.identifier))), ':',
      field('type', $.type), optional($.range_of),
    ),
    range_of: ($) => seq('in', $.range),

    context_item: ($) => seq(
      'context', optional('type'), field('name', $._decl),
      field('body', alias($.context_members, $.members)),
    ),
    instance_item: ($) => seq(
      'context', field('name', $._decl), ':',
      choice(field('type', $.word_path), seq('[', field('type', $.word_path), ';', $._size, ']')),
    ),
    members: ($) => seq('{', repeat($.member), '}'),
    context_members: ($) => seq(
      '{', repeat(choice($.member, $.invariant, alias($.odd_member, $.member))), '}',
    ),
    invariant: ($) => seq('invariant', $.expression, optional(',')),
    member: ($) => seq(
      optional($.zone),
      field('name', choice($._word, alias($._zone_word, $.identifier))), ...memberRest($),
    ),
    // A member that has the name of a clause.
    odd_member: ($) => seq(field('name', alias('invariant', $.identifier)), ...memberRest($)),
    // Words that begin parts of members: before a colon they are names.
    _zone_word: (_) => choice('global', 'signal', 'meta', 'heavy', 'in', 'of', 'by', 'full', 'ttl'),
    zone: (_) => choice(
      'global', 'signal', 'meta', 'heavy',
      seq('heavy', token.immediate(/\([ \t]*swap([ \t]+copy)?[ \t]*\)/)),
    ),
    owned: ($) => seq('of', $.path, optional(seq('max', $._size))),
    queries: ($) => seq('{', repeat1($.query), '}'),
    query: ($) => seq(
      choice('unique', 'index', 'grid'), field('name', $._word),
      optional(seq('cell', $._arith)), optional(','),
    ),

    process_item: ($) => seq(
      'process', field('name', $._decl), optional($.process_parameters), optional($.is_clause),
      field('body', alias($.process_body, $.block)),
    ),
    process_parameters: ($) => seq('(', list($.process_parameter), ')'),
    process_parameter: ($) => choice(
      seq('const', field('name', $._decl)),
      seq(field('name', $._decl), ':', field('type', $.type), optional($.range_of)),
    ),
    is_clause: ($) => seq('is', chain($.contract_use)),
    contract_use: ($) => prec.right(seq($.path, optional($.arguments))),
    process_body: ($) => seq('{', ...clauses($), repeat($.statement), '}'),

    contract_item: ($) => seq(
      'contract', field('name', $._decl), optional(seq('(', list($._decl), ')')),
      field('body', alias($.contract_body, $.block)),
    ),
    contract_body: ($) => seq(
      '{', repeat($.requires), repeat($.ensures), optional($.errors), '}',
    ),

    pipeline_item: ($) => seq(
      'pipeline', field('name', $._decl), optional(choice(seq('every', field('period', $._arith)), $.batch)),
      optional(seq('scratch', $._arith)), field('body', $.flow_block),
    ),

    batch: ($) => prec.right(seq('on', field('queue', $._place), optional(seq('max', $._arith)), optional(seq('or', $._arith)))),

    test_item: ($) => seq(
      'test', field('title', $.string),
      repeat(seq(choice('for', ','), $._decl, 'in', choice($.range, $.expression))),
      field('body', $.block),
    ),
    property_item: ($) => prec.right(seq(
      'property', field('title', $.string), optional($.property_parameters),
      optional(seq('of', $.path, optional($.arguments))), repeat($.requires),
      optional(field('body', $.block)),
    )),
    property_parameters: ($) => seq('(', list($.property_parameter), ')'),
    property_parameter: ($) => seq(
      field('name', $._decl), ':', field('type', $.type), optional($.range_of),
    ),
    bench_item: ($) => seq('bench', field('title', $.string), field('body', $.block)),

    audit_item: ($) => seq(
      'audit', field('context', $.word_path), '{', repeat($.audit_rule), '}',
    ),
    audit_rule: ($) => seq(
      $.expression, 'level', field('level', alias(choice('S', 'A', 'B', 'C'), $.level)),
      optional(seq('after', $._arith, optional(seq('of', $._arith)))), optional(','),
    ),
    alert_item: ($) => seq(
      'alert', field('name', $._decl), '{',
      repeat(choice($.alert_when, $.alert_clear, $.alert_do)), '}',
    ),
    alert_when: ($) => seq('when', $.expression, optional(seq('for', $.amount))),
    alert_clear: ($) => seq(
      'clear', choice(seq(choice('below', 'above'), $._arith), seq('when', $.expression)),
    ),
    alert_do: ($) => seq('do', $.flow_block),
    session_item: ($) => seq(
      'session', field('name', $._decl), '{', repeat($.session_rule), '}',
    ),
    session_rule: ($) => seq(
      chain(choice($.every_cells, $.pressure, $.idle_time)),
      '{', repeat(field('action', $.word_path)), '}',
    ),
    every_cells: ($) => seq('every', $.number, choice('cells', 'cell')),
    pressure: ($) => seq(
      'pressure', optional(seq('(', field('of', $.word_path), ')')), '>', $.number,
    ),
    idle_time: ($) => seq('idle', $.number),

    // Contracts.
    clause: ($) => choice(
      $.each, $.inputs, $.outputs, $.inserts, $.sends, $.requires, $.ensures, $.errors,
      $.deadline, $.budget, $.cached,
    ),
    each: ($) => seq(
      'each', field('name', $._decl), 'in', $.path,
      optional(seq('where', $.expression)), optional(seq('slice', $._arith)),
      optional(seq('isolated', optional(seq('into', $.path)))),
      optional(seq('scratch', $._arith)),
    ),
    inputs: ($) => prec.right(seq('inputs', list1($.entry))),
    outputs: ($) => prec.right(seq('outputs', list1($.entry))),
    entry: ($) => seq(
      $.path, optional(seq('[', $.expression, ']', repeat(seq('.', $._word)))),
    ),
    inserts: ($) => seq('inserts', $.path, 'max', $._arith),
    sends: ($) => seq('sends', $.path, 'max', $._arith),
    requires: ($) => seq('requires', $.expression),
    ensures: ($) => seq('ensures', $.expression),
    errors: ($) => prec.right(seq('errors', list1($.error_declaration))),
    error_declaration: ($) => seq(
      field('name', $._decl), optional(seq('(', chain($.type), ')')),
    ),
    deadline: ($) => seq('deadline', optional('hard'), $._arith),
    budget: ($) => seq('budget', $._arith, 'steps'),
    cached: ($) => seq('cached', optional(seq('max', 'age', $._arith, 'ticks'))),

    // Statements.
    block: ($) => seq('{', repeat($.statement), '}'),
    statement: ($) => choice(
      $.let_statement, $.assignment, $.call_statement, $.return_statement, $.if_statement,
      $.for_statement, $.match_statement, $.while_statement, $.raise_statement,
      $.break_statement, $.continue_statement, $.assert_statement, $.run_statement,
      $.set_statement, $.expect_statement, $.faults_statement, $.growth_statement, $.measure_statement,
    ),
    let_statement: ($) => prec.right(seq(
      choice('let', 'var'), field('name', choice($._decl, $._binder)),
      optional(seq(':', field('type', $.type))),
      optional(seq('=', field('value', $.expression), optional($.otherwise))),
    )),
    _binder: ($) => choice($.tuple_pattern, alias($.call_pattern, $.path_pattern)),
    call_pattern: ($) => seq($._pattern_path, $.payload),
    _pattern_path: ($) => seq($.identifier, repeat(seq('.', $._word))),
    otherwise: ($) => seq('else', choice(seq('raise', $._error_use), $.block)),
    _error_use: ($) => prec.right(seq(
      field('error', $.identifier), optional(seq('(', list($.expression), ')')),
    )),
    assignment: ($) => prec.right(seq(
      field('place', $._place),
      choice('=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '<<=', '>>='),
      field('value', $.expression), optional($.otherwise),
    )),
    // A place begins with a name, so that no statement begins with an `if` or `match` value.
    _place: ($) => choice(
      $._name, alias($._statement_word, $.identifier), alias($.place_call, $.call), alias($.place_index, $.index),
      alias($.place_member, $.member_access),
    ),
    _statement_word: (_) => choice('set', 'mock', 'expect', 'measure'),
    place_call: ($) => seq(field('function', $._place), field('arguments', $.arguments)),
    place_index: ($) => seq(
      field('value', $._place), '[', chain(choice($.range, $.expression)), ']',
    ),
    place_member: ($) => seq(
      field('value', $._place), '.', field('member', choice($._word, $.tuple_index)),
    ),
    call_statement: ($) => prec.right(-1, seq(alias($.place_call, $.call), optional($.otherwise))),
    return_statement: ($) => prec.right(seq(
      'return', optional(seq($.expression, optional($.otherwise))),
    )),
    _head: ($) => choice($.let_condition, $.expression),
    let_condition: ($) => seq('let', $.pattern, '=', $.expression),
    if_statement: ($) => prec.right(seq(
      'if', field('condition', $._head), field('then', $.block),
      optional(seq('else', field('else', choice($.if_statement, $.block)))),
    )),
    match_statement: ($) => seq('match', field('value', $.expression), '{', repeat($.arm), '}'),
    arm: ($) => seq(
      $.pattern, optional($.guard), '=>', choice($.block, $.statement), optional(','),
    ),
    guard: ($) => seq('if', $.expression),
    for_statement: ($) => seq(
      'for', field('name', choice($._decl, $._binder)), 'in',
      field('over', choice($.range, $.expression)), field('body', $.block),
    ),
    while_statement: ($) => seq(
      'while', field('condition', $._head), optional(seq('max', $.expression, optional('total'))),
      field('body', $.block),
    ),
    raise_statement: ($) => seq('raise', $._error_use),
    break_statement: (_) => 'break',
    continue_statement: (_) => 'continue',
    assert_statement: ($) => prec.right(seq(
      'assert', $.expression, optional(seq(',', $.expression)),
    )),
    run_statement: ($) => prec.right(seq(
      'run', $.path, optional($.arguments), repeat(seq(',', $.path)),
      optional(choice(
        seq('for', $.amount),
        seq('until', $.expression, 'max', $.amount),
        seq(choice($.number, $.path), 'times'),
      )),
    )),
    amount: ($) => prec.right(seq($._arith, optional(choice('ticks', 'tick', 'times')))),
    set_statement: ($) => seq(choice('set', 'mock'), field('place', $._place), '=', field('value', $.expression)),
    faults_statement: ($) => seq('assert_faults', $._arith, $.block),
    growth_statement: ($) => seq('assert_no_growth', $.block),
    measure_statement: ($) => seq('measure', field('samples', $._place), $.block),
    expect_statement: ($) => seq('expect', $.word_path, $.block),

    // Pipelines.
    flow_block: ($) => seq('{', repeat($._flows), '}'),
    _flows: ($) => prec.right(seq($.flow, repeat(seq('->', $.flow)))),
    flow: ($) => choice(
      $.run, $.when_flow, $.match_flow, $.every_flow, $.par_flow, $.atomic_flow, $.measure_flow, $.mode_flow,
      $.on_flow, $.on_error, $.on_fault, $.on_idle, $.enter_flow, $.repeat_flow, $.sink,
      $.source, $.reset_flow, $.stop_flow, $.fail_flow, $.skip_flow, $.drop_flow,
    ),
    // A process may have the name of a word that begins an item only before a place.
    run: ($) => prec.right(seq(
      field('name', choice($.path, alias($.measure_path, $.path))), optional($.arguments),
    )),
    measure_path: ($) => seq(alias('measure', $.identifier), repeat(seq('.', $._word))),
    when_flow: ($) => prec.right(seq(
      'when', field('condition', $._head), $.flow_block,
      repeat(seq('else', 'when', field('condition', $._head), $.flow_block)),
      optional(seq('else', $.flow_block)),
    )),
    match_flow: ($) => seq('match', field('value', $.expression), '{', repeat($.flow_arm), '}'),
    flow_arm: ($) => seq(
      $.pattern, optional($.guard), '=>', choice($.flow_block, $._flows), optional(','),
    ),
    every_flow: ($) => seq('every', $.amount, $.flow_block),
    par_flow: ($) => seq('par', '{', list1($._flows), '}'),
    atomic_flow: ($) => seq('atomic', $.flow_block),
    measure_flow: ($) => seq('measure', field('samples', $._place), $.flow_block),
    mode_flow: ($) => seq('mode', field('name', $._word), optional('start'), $.flow_block),
    on_flow: ($) => seq('on', choice('start', 'stop', 'enter', 'exit', $._head), $.flow_block),
    on_error: ($) => seq('on', 'error', $._event_names, optional($.from), $.flow_block),
    on_fault: ($) => seq('on', 'fault', optional($._event_names), optional($.from), $.flow_block),
    on_idle: ($) => seq('on', 'idle', $.amount, $.flow_block),
    _event_names: ($) => seq(
      field('event', $.identifier), repeat(seq(choice(',', '|'), field('event', $.identifier))),
    ),
    from: ($) => seq('from', chain($.contract_use)),
    enter_flow: ($) => prec.right(seq(
      'enter', field('mode', $._word), optional(seq('when', $.expression)),
    )),
    repeat_flow: ($) => seq('repeat', $._arith, optional(seq('until', $._head)), $.flow_block),
    sink: ($) => seq('sink', field('format', $._word), optional($.arguments), $.columns),
    source: ($) => seq(
      'source', field('format', $._word), optional($.arguments),
      choice(seq('into', $.expression), $.columns),
    ),
    columns: ($) => seq('{', list($.column), '}'),
    column: ($) => seq($.expression, optional(alias($._column_name, $.string))),
    // `as "name"`: one token up to the quote, so that it is no conversion.
    _column_name: ($) => seq(
      alias(token(prec(2, /as[ \t\r\n]*"/)), 'as'), repeat($._string_part), token.immediate('"'),
    ),
    reset_flow: ($) => seq('reset', $.path),
    stop_flow: ($) => prec.right(seq('stop', optional($.string))),
    fail_flow: ($) => prec.right(seq('fail', optional($.string))),
    skip_flow: (_) => 'skip',
    drop_flow: (_) => 'drop',

    // Expressions. Comparisons do not chain: their sides are narrower.
    expression: ($) => choice($._logic, $._arith),
    _logic: ($) => choice(
      alias($.logic_expression, $.binary), alias($.not_expression, $.unary),
      alias($.comparison, $.binary), $.closure,
    ),
    logic_expression: ($) => choice(
      prec.right(PREC.implies, seq($.expression, 'implies', $.expression)),
      prec.left(PREC.or, seq($.expression, 'or', $.expression)),
      prec.left(PREC.and, seq($.expression, 'and', $.expression)),
    ),
    not_expression: ($) => prec(PREC.not, seq('not', $.expression)),
    comparison: ($) => prec.left(PREC.compare, choice(
      seq($._arith, choice('==', '!=', '<', '<=', '>', '>='), choice($._arith, alias($.not_expression, $.unary))),
      seq($._arith, 'in', choice($.range, $._arith)),
    )),
    range: ($) => prec.left(6, seq($._arith, choice('..', '..='), $._arith)),
    _arith: ($) => choice(
      alias($.arith_expression, $.binary), $.unary, $.cast, $._operand,
    ),
    arith_expression: ($) => choice(
      prec.left(PREC.bit_or, seq($._arith, '|', $._arith)),
      prec.left(PREC.bit_xor, seq($._arith, '^', $._arith)),
      prec.left(PREC.bit_and, seq($._arith, '&', $._arith)),
      prec.left(PREC.shift, seq($._arith, choice('<<', '>>'), $._arith)),
      prec.left(PREC.sum, seq($._arith, choice('+', '-'), $._arith)),
      prec.left(PREC.product, seq($._arith, choice('*', '/', '%', '@'), $._arith)),
      prec.right(PREC.coalesce, seq($._arith, '??', $._arith)),
    ),
    unary: ($) => prec(PREC.prefix, seq(choice('-', '~'), $._arith)),
    cast: ($) => prec.left(PREC.cast, seq($._arith, 'as', field('type', $.word_path))),
    _operand: ($) => choice(
      $._name, $.call, $.index, $.member_access, $.number, $.string, $.boolean, $.none,
      $.parenthesized, $.tuple, $.array, $.if_expression, $.match_expression, $.quantifier,
    ),
    call: ($) => prec(PREC.postfix, seq(
      field('function', $._operand), field('arguments', $.arguments),
    )),
    arguments: ($) => seq('(', list($._argument), ')'),
    _argument: ($) => choice(
      $.spread, $.named_argument, $.range, $.expression,
    ),
    named_argument: ($) => seq(
      field('name', choice($._word, alias($._value_word, $.identifier))), ':',
      choice($.range, $.expression),
    ),
    // Words that begin values: before a colon they are names.
    _value_word: (_) => choice('not', 'if', 'match', 'true', 'false', 'none', 'all', 'any'),
    spread: ($) => seq('..', $.expression),
    index: ($) => prec(PREC.postfix, seq(
      field('value', $._operand), '[', chain(choice($.range, $.expression)), ']',
    )),
    member_access: ($) => prec(PREC.postfix, seq(
      field('value', $._operand), '.', field('member', choice($._word, $.tuple_index)),
    )),
    tuple_index: (_) => token.immediate(/[0-9]+/),
    parenthesized: ($) => seq('(', choice($.range, $.expression), ')'),
    tuple: ($) => seq('(', $.expression, ',', list1($.expression), ')'),
    array: ($) => seq('[', optional(choice(
      list1($.expression),
      seq($.expression, ';', chain($._size)),
      seq(
        $.expression, 'for', $.pattern, 'in', choice($.range, $.expression),
        optional(seq('if', $.expression)),
      ),
    )), ']'),
    closure: ($) => prec.right(seq(
      '|', optional(chain($.closure_parameter)), '|', choice($.block, $.expression),
    )),
    closure_parameter: ($) => seq(
      field('name', $._decl), optional(seq(':', field('type', $.type))),
    ),
    if_expression: ($) => seq(
      'if', $._head, '{', $.expression, '}',
      repeat(seq('else', 'if', $._head, '{', $.expression, '}')),
      'else', '{', $.expression, '}',
    ),
    match_expression: ($) => seq('match', $.expression, '{', list1($.arm_expression), '}'),
    arm_expression: ($) => seq($.pattern, optional($.guard), '=>', $.expression),
    quantifier: ($) => seq(
      choice('all', 'any'), '(', field('name', $._decl), 'in', choice($.range, $._arith), ':',
      $.expression, ')',
    ),

    // Patterns.
    pattern: ($) => choice(
      $.number_pattern, $.string, $.boolean, $.none, $.wildcard, $.path_pattern,
      $.tuple_pattern, $.or_pattern,
    ),
    or_pattern: ($) => prec.left(seq($.pattern, '|', $.pattern)),
    number_pattern: ($) => seq(
      optional('-'), $.number, optional(seq(choice('..', '..='), optional('-'), $.number)),
    ),
    path_pattern: ($) => prec.right(seq($._pattern_path, optional($.payload))),
    payload: ($) => seq('(', list1(seq(optional(seq($._word, ':')), $.pattern)), ')'),
    tuple_pattern: ($) => seq('(', list1($.pattern), ')'),

    // Types.
    type: ($) => choice(
      $.array_type, $.tuple_type, $.function_type, $.unit_type, $.named_type, $.optional_type,
    ),
    optional_type: ($) => seq(
      choice($.array_type, $.tuple_type, $.unit_type, $.named_type), '?',
    ),
    array_type: ($) => seq('[', $.type, optional(seq(';', chain($._size))), ']'),
    tuple_type: ($) => seq('(', $.type, repeat1(seq(',', $.type)), optional(','), ')'),
    function_type: ($) => seq('fn', '(', optional(chain($.type)), ')', '->', $.type),
    unit_type: (_) => token(prec(1,
      /f(64|32)<(1\/|[a-zA-Z])[a-zA-Z0-9\/*^()-]*>/)),
    named_type: ($) => seq(
      $.word_path, optional(seq($.type_arguments, optional($.type_rules))),
    ),
    type_arguments: ($) => seq('<', list1(choice($.type, $._type_size)), '>'),
    type_rules: ($) => choice(
      seq($.order_rule, optional($.full_rule), optional($.ttl_rule)),
      seq($.full_rule, optional($.ttl_rule)),
      $.ttl_rule,
    ),
    order_rule: ($) => seq('by', chain(seq($.word_path, optional('desc')))),
    full_rule: ($) => prec.right(seq('full', $._word, optional(seq('(', $.expression, ')')))),
    ttl_rule: ($) => seq('ttl', $._size),
    // A size that is no path: a path alone is read as a type.
    _type_size: ($) => choice($.number, $.size_sum, $.size_group),
    _size: ($) => choice($.number, $.word_path, $.size_sum, $.size_group),
    size_sum: ($) => choice(
      prec.left(PREC.sum, seq($._size, choice('+', '-'), $._size)),
      prec.left(PREC.product, seq($._size, choice('*', '/'), $._size)),
    ),
    size_group: ($) => seq('(', $._size, ')'),

    // Literals.
    number: (_) => token(choice(
      /0x[0-9a-fA-F_]*[0-9a-fA-F][0-9a-fA-F_]*([iu](8|16|32|64))?/,
      /0b[01_]*[01][01_]*([iu](8|16|32|64))?/,
      /[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9][0-9_]*)?([iu](8|16|32|64)|f32|f64|ns|us|ms|s|min|h|d|KiB|MiB|GiB|KB|MB|GB)?/,
      /[0-9][0-9_]*(\.[0-9][0-9_]*)?([eE][+-]?[0-9]+)?<(1\/|[a-zA-Z])[a-zA-Z0-9\/*^()-]*>/,
    )),
    boolean: (_) => choice('true', 'false'),
    none: (_) => 'none',
    string: ($) => seq('"', repeat($._string_part), token.immediate('"')),
    _string_part: ($) => choice($.string_content, $.escape, $.hole),
    string_content: (_) => token.immediate(prec(1, /([^"\\{\n]|\{\{)+/)),
    escape: (_) => token.immediate(/\\[^\r\n]/),
    hole: (_) => token.immediate(/\{[^{}"\n]+\}/),
  },
});
