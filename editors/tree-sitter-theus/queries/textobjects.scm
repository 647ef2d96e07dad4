(function_item body: (block) @function.inside) @function.around
(process_item body: (block) @function.inside) @function.around
(test_item body: (block) @test.inside) @test.around
(property_item body: (block) @test.inside) @test.around
(bench_item body: (block) @test.inside) @test.around

(context_item body: (members) @class.inside) @class.around
(struct_item body: (members) @class.inside) @class.around
(enum_item body: (members) @class.inside) @class.around
(pipeline_item body: (flow_block) @class.inside) @class.around

(parameter) @parameter.inside
(process_parameter) @parameter.inside
(arguments (expression) @parameter.inside)
(arguments (named_argument) @parameter.inside)
(entry) @entry.inside

(comment) @comment.inside
(comment)+ @comment.around
(doc_comment) @comment.inside
(doc_comment)+ @comment.around
