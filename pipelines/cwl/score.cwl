cwlVersion: v1.2
class: Workflow
doc: Runs the shards of a plan and merges them.
requirements: { ScatterFeatureRequirement: {} }
inputs:
  plan: { type: File, doc: made by attrstream plan }
  shards: { type: int, doc: as many as the plan has }
  maps: { type: Directory, doc: folder of the plan's files }
outputs:
  results: { type: Directory, outputSource: merge/results }
steps:
  list: { run: list-shards.cwl, in: { shards: shards }, out: [indices] }
  score:
    run: score-shard.cwl
    scatter: index
    in: { plan: plan, maps: maps, shards: shards, index: list/indices }
    out: [state]
  merge: { run: merge.cwl, in: { plan: plan, states: score/state }, out: [results] }
