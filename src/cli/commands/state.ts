import { stat } from 'node:fs/promises'
import type { ArgumentsCamelCase } from 'yargs'
import { plural } from '../../core/english.js'
import { DataError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import { loadCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { type Checkpoint, isComplete } from '../../engine/checkpoints/checkpoint.js'
import { optionsText } from '../../engine/checkpoints/option-names.js'
import { countBatches, describeRanges } from '../../engine/checkpoints/ranges.js'
import { printText } from '../../io/standard-output.js'
import type { Command } from '../job/command.js'

type Flags = { file?: string; format: 'text' | 'json'; verbose: boolean }

export const stateCommand: Command<Flags> = {
  builder: yargs =>
    yargs
      .positional('file', { type: 'string', demandOption: true, describe: 'a checkpoint or state' })
      .option('format', {
        choices: ['text', 'json'] as const,
        default: 'text' as const,
        describe: 'output format',
      })
      .example('$0 state resnet.state', ''),
  handler: state,
}

/** `attrstream state`: header, coverage and arrays of a checkpoint. */
async function state(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const file = flags.file as string
  const found = await loadCheckpoint(file)
  if (found === undefined) throw new DataError('not-found', 'no such checkpoint; check the path', { file })
  const { arrays, notes, ...header } = found
  const list = Object.entries(arrays).map(([name, array]) => ({
    name,
    type: typeName(array),
    length: array.length,
  }))
  if (flags.format === 'json') {
    const complete = isComplete(found)
    return printText(`${JSON.stringify({ ...header, complete, notes, arrays: list }, null, 2)}\n`)
  }
  await printText(
    stateLines(file, found, (await stat(file)).mtime, flags.verbose)
      .map(line => `${printable(line)}\n`)
      .join(''),
  )
}

/** What a state is, for people: what it holds, of how much, and how it was made; with `verbose` also its arrays. */
function stateLines(file: string, found: Checkpoint, written: Date, verbose: boolean): string[] {
  const { shard, plan, inputs, params, arrays } = found
  const batches = inputs.reduce((sum, { batchCount }) => sum + batchCount, 0)
  const covered = inputs.reduce((sum, input) => sum + countBatches(input.covered), 0)
  const options = optionsText(params)
  const kind = isComplete(found) ? 'complete' : 'to be resumed'
  const ofPlan =
    plan === null
      ? []
      : [`plan      ${plan}${shard === null ? ', merged' : `, shard ${shard.index} of ${shard.of}`}`]
  const lines = [
    `${file}: state of attrstream ${found.pipeline === 'statistics' ? 'score' : found.pipeline}, ${kind}`,
    `model     ${found.population}`,
    `records   ${found.records.toLocaleString('en')}, from ${covered} of ${plural(batches, 'batch', 'batches')}`,
    ...(options === '' ? [] : [`options   ${options}`]),
    `written   ${written.toISOString().slice(0, 19).replace('T', ' ')} UTC by attrstream ${found.attrstream}`,
    ...ofPlan,
    'inputs',
    ...inputs.map(
      input => `  ${input.name}  batches ${describeRanges(input.covered) || 'none'} of ${input.batchCount}`,
    ),
  ]
  if (!verbose) return [...lines, '--verbose adds arrays, fingerprints and parameters']
  return [
    ...lines,
    'fingerprints',
    ...inputs.map(({ name, fingerprint }) => `  ${name}  ${fingerprint}`),
    `format    ${found.version}`,
    `pass      ${found.pipeline}`,
    'arrays',
    ...Object.entries(arrays).map(([name, array]) => `  ${name}  ${typeName(array)}[${array.length}]`),
    `params    ${JSON.stringify(params)}`,
  ]
}

function typeName(array: object): string {
  return array.constructor.name.replace('Array', '').toLowerCase()
}
