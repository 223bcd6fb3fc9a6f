cwlVersion: v1.2
class: CommandLineTool
doc: Puts the states of all shards together, and finishes.
requirements:
  ResourceRequirement: { coresMin: 1, ramMin: 1000 }
baseCommand: [attrstream, merge]
permanentFailCodes: [1, 2, 3, 4, 65, 70, 78]
inputs:
  plan: { type: File, inputBinding: { prefix: --plan, position: 1 } }
  states: { type: "File[]", inputBinding: { position: 2 } }
  radii: { type: File?, inputBinding: { prefix: --radii, position: 3 } }
arguments:
  - { prefix: --out, valueFrom: results, position: 4 }
outputs:
  results: { type: Directory, outputBinding: { glob: results } }
