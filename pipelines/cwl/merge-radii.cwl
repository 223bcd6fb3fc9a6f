cwlVersion: v1.2
class: CommandLineTool
doc: Puts the states of the first pass together, from which a global threshold is read.
requirements:
  ResourceRequirement: { coresMin: 1, ramMin: 1000 }
baseCommand: [attrstream, merge, --pass, radii]
permanentFailCodes: [1, 2, 3, 4, 65, 70, 78]
inputs:
  plan: { type: File, inputBinding: { prefix: --plan, position: 1 } }
  states: { type: "File[]", inputBinding: { position: 2 } }
arguments:
  - { prefix: --state, valueFrom: radii.state, position: 3 }
outputs:
  state: { type: File, outputBinding: { glob: radii.state } }
