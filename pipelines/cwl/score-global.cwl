cwlVersion: v1.2
class: Workflow
doc: The same for a plan with a global threshold, in two passes.
requirements: { ScatterFeatureRequirement: {}, StepInputExpressionRequirement: {} }
inputs:
  plan: { type: File, doc: made by attrstream plan }
  shards: { type: int, doc: as many as the plan has }
  maps: { type: Directory, doc: folder of the plan's files }
outputs:
  results: { type: Directory, outputSource: merge/results }
steps:
  list: { run: list-shards.cwl, in: { shards: shards }, out: [indices] }
  radii:
    run: score-shard.cwl
    scatter: index
    in: { plan: plan, maps: maps, shards: shards, index: list/indices, pass: { valueFrom: radii } }
    out: [state]
  merge-radii: { run: merge-radii.cwl, in: { plan: plan, states: radii/state }, out: [state] }
  score:
    run: score-shard.cwl
    scatter: index
    in: { plan: plan, maps: maps, shards: shards, index: list/indices, radii: merge-radii/state }
    out: [state]
  merge: { run: merge.cwl, in: { plan: plan, states: score/state, radii: merge-radii/state }, out: [results] }
