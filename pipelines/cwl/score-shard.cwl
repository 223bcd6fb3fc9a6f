cwlVersion: v1.2
class: CommandLineTool
doc: Folds one shard of a plan into a state.
requirements:
  ResourceRequirement: { coresMin: 1, ramMin: 1000 }
baseCommand: [attrstream, score]
# As the exit codes of attrstream say: what may pass is tried again, the rest is not.
temporaryFailCodes: [75, 130, 138, 143, 152]
permanentFailCodes: [1, 2, 3, 4, 65, 70, 78]
inputs:
  plan: { type: File, inputBinding: { prefix: --plan } }
  maps: { type: Directory, inputBinding: { prefix: --root } }
  index: int
  shards: int
  pass: { type: string, default: statistics, inputBinding: { prefix: --pass } }
  radii: { type: File?, inputBinding: { prefix: --radii } }
arguments:
  - { prefix: --shard, valueFrom: $(inputs.index)/$(inputs.shards) }
  - { prefix: --state, valueFrom: $(inputs.pass)-$(inputs.index).state }
  - { prefix: --workers, valueFrom: "1" }
outputs:
  state: { type: File, outputBinding: { glob: "*.state" } }
