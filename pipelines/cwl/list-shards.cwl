cwlVersion: v1.2
class: ExpressionTool
doc: The numbers of the shards, 0 to shards - 1.
requirements: { InlineJavascriptRequirement: {} }
inputs: { shards: int }
outputs: { indices: "int[]" }
expression: |
  ${
    var indices = [];
    for (var i = 0; i < inputs.shards; i++) indices.push(i);
    return { indices: indices };
  }
