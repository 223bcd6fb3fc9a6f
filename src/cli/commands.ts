import type { Command } from './job/command.js'

/** A command: its words, what it does, and where it is. Only the one that runs is loaded. */
export interface Entry {
  readonly name: string
  /** The name, and what goes behind it. */
  readonly words: string
  readonly does: string
  readonly load: () => Promise<Command<never>>
}

const entry = (words: string, does: string, load: () => Promise<Command<never>>): Entry => ({
  name: words.split(' ')[0],
  words,
  does,
  load,
})

/** All commands, those that most users need first. */
export const COMMANDS: readonly Entry[] = [
  entry(
    'score [inputs..]',
    'score how consistent the attribution maps of models are',
    async () => (await import('./commands/score.js')).scoreCommand,
  ),
  entry(
    'inspect <files..>',
    'describe a file: format, columns, axes, and the time and memory to score it',
    async () => (await import('./commands/inspect.js')).inspectCommand,
  ),
  entry(
    'compare [scores..]',
    'compare models pairwise, with standard errors and p-values',
    async () => (await import('./commands/compare.js')).compareCommand,
  ),
  entry(
    'agree [inputs..]',
    'measure how far models agree on the same sequences, beyond chance and base composition',
    async () => (await import('./commands/agree.js')).agreeCommand,
  ),
  entry(
    'select [scores..]',
    'choose a model by accuracy and consistency: filters, ranks, Pareto front',
    async () => (await import('./commands/select.js')).selectCommand,
  ),
  entry(
    'report [scores..]',
    'write an HTML report: tables, figures and motifs',
    async () => (await import('./commands/report.js')).reportCommand,
  ),
  entry(
    'plot <kind> [scores..]',
    'draw one figure of the report as SVG, PDF or PNG',
    async () => (await import('./commands/plot.js')).plotCommand,
  ),
  entry(
    'transform [inputs..]',
    'write corrected maps, attributed runs, or features of each map',
    async () => (await import('./commands/transform.js')).transformCommand,
  ),
  entry(
    'convert [inputs..]',
    'convert maps of any supported format to one Arrow or Parquet file',
    async () => (await import('./commands/convert.js')).convertCommand,
  ),
  entry(
    'run <pipeline> [inputs..]',
    'run a pipeline, built in (by name) or your own (by path)',
    async () => (await import('./commands/run.js')).runCommand,
  ),
  entry(
    'check <pipeline> [inputs..]',
    'check that a pipeline gives the same result however it is split',
    async () => (await import('./commands/check.js')).checkCommand,
  ),
  entry(
    'init [dir]',
    'create a new pipeline: a typed module, a test, a README',
    async () => (await import('./commands/init.js')).initCommand,
  ),
  entry(
    'synth',
    'generate synthetic maps of known quality, with ground truth',
    async () => (await import('./commands/synth.js')).synthCommand,
  ),
  entry(
    'synth-sequences',
    "generate the sequences of the paper's task, with labels, ground truth and splits, to train on",
    async () => (await import('./commands/synth-sequences.js')).synthSequencesCommand,
  ),
  entry(
    'plan [inputs..]',
    'split a population into shards for a cluster',
    async () => (await import('./commands/plan.js')).planCommand,
  ),
  entry(
    'shard',
    'process one shard of a plan and save its state',
    async () => (await import('./commands/shard-command.js')).shardCommand,
  ),
  entry(
    'fold [inputs..]',
    'process one part of the data and save its state, to be merged later',
    async () => (await import('./commands/fold.js')).foldCommand,
  ),
  entry(
    'merge [states..]',
    'merge states of shards or parts, and compute the results',
    async () => (await import('./commands/merge.js')).mergeCommand,
  ),
  entry(
    'state <file>',
    'describe a checkpoint or state file',
    async () => (await import('./commands/state.js')).stateCommand,
  ),
]

/** The command of this name. */
export const commandNamed = (name: string): Entry | undefined => COMMANDS.find(entry => entry.name === name)
