import type { ArgumentsCamelCase } from 'yargs'
import { DataError } from '../../core/errors.js'
import { printable } from '../../core/printable.js'
import { loadCheckpoint } from '../../engine/checkpoints/checkpoint-file.js'
import { isComplete } from '../../engine/checkpoints/checkpoint.js'
import { describeRanges } from '../../engine/checkpoints/ranges.js'
import { printText } from '../../io/standard-output.js'
import type { Command } from '../job/command.js'

type Flags = { file?: string; format: 'text' | 'json' }

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
    type: array.constructor.name.replace('Array', '').toLowerCase(),
    length: array.length,
  }))
  if (flags.format === 'json') {
    const complete = isComplete(found)
    return printText(`${JSON.stringify({ ...header, complete, notes, arrays: list }, null, 2)}\n`)
  }
  const { shard, plan } = header
  const lines = [
    `${file}: attrstream checkpoint, format ${header.version}, written by attrstream ${header.attrstream}`,
    `model      ${header.population}`,
    `pass       ${header.pipeline}`,
    `plan       ${plan === null ? 'none' : `${plan}${shard === null ? ', merged' : `, shard ${shard.index} of ${shard.of}`}`}`,
    `records    ${header.records}`,
    `complete   ${isComplete(found) ? 'yes' : 'no'}`,
    'inputs',
    ...header.inputs.map(
      ({ name, fingerprint, batchCount, covered }) =>
        `  ${name}  batches ${describeRanges(covered) || 'none'} of ${batchCount}  ${fingerprint}`,
    ),
    'arrays',
    ...list.map(({ name, type, length }) => `  ${name}  ${type}[${length}]`),
    `params     ${JSON.stringify(header.params)}`,
  ]
  await printText(lines.map(line => `${printable(line)}\n`).join(''))
}
