import type { ArgumentsCamelCase, Argv } from 'yargs'
import { DataError } from '../../core/errors.js'
import type { AttributionRecord } from '../../core/types.js'
import { brokenLaw, lawError } from '../../pipeline/check-laws.js'
import { copyRecord } from '../../stages/copy-map.js'
import { pipelineError } from '../../pipeline/load.js'
import { modelsOfJoin, readyOutputs } from '../../pipeline/outputs.js'
import { outputsOf } from '../../pipeline/pass.js'
import { openAllMaps } from '../../sources/open-maps.js'
import { sfc32 } from '../../stats/random.js'
import { recordsOf } from './pipeline-job.js'
import { firstInput, optionTypes } from '../arguments.js'
import type { Command } from '../job/command.js'
import { inputsOf } from '../joined-inputs.js'
import { JOB_FLAGS, runJob } from '../job/job.js'
import { pipelineNamed, pipelineOptionsGiven, withPipelineOptions } from '../flags/pipeline-flags.js'
import { RECORD_FLAGS, type RecordFlags, recordOptionsOf } from '../flags/record-flags.js'
import type { Monitor } from '../job/monitor.js'

type Flags = RecordFlags & {
  pipeline?: string | undefined
  inputs?: string[] | undefined
  sample: number
  plans: number
  seed: number
  metrics?: string | undefined
}

export const checkCommand: Command<Flags> = {
  async builder(yargs, words) {
    const common = yargs
      .positional('pipeline', {
        type: 'string',
        demandOption: true,
        describe: 'name of a built-in pipeline, or path of a .ts or .js module',
      })
      .positional('inputs', {
        type: 'string',
        array: true,
        describe: 'files of maps to take the records from',
      })
      .options(RECORD_FLAGS)
      .option('sample', {
        number: true,
        default: 200,
        describe: 'number of records to use, from the start of the inputs',
      })
      .option('plans', { number: true, default: 20, describe: 'random splits and merge trees to try' })
      .option('seed', { number: true, default: 1, describe: 'seed of the random plans' })
      .options(JOB_FLAGS)
      .example('$0 check ./my-pipeline.ts maps.parquet', '') as unknown as Argv
    const name = firstInput(words, optionTypes(common))
    return name === undefined ? common : withPipelineOptions(common, await pipelineNamed(name))
  },
  handler: check,
}

/** `attrstream check`: whether a pipeline gives the same result however it is run, on a sample of records. */
function check(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  return runJob({ metrics: flags.metrics, bar: false }, async (monitor, stop) => {
    stop.exitNow('not all laws are checked')
    await checkPipeline(flags, monitor)
    return undefined
  })
}

async function checkPipeline(flags: ArgumentsCamelCase<Flags>, monitor: Monitor): Promise<void> {
  const { inputs = [], sample, plans, seed } = flags
  const name = flags.pipeline as string
  const loaded = await pipelineNamed(name)
  const { pipeline } = loaded
  const { files, records: given } = await inputsOf(
    inputs,
    recordOptionsOf(flags),
    text => monitor.report('note', text),
    {
      joined: pipeline.joined,
    },
  )
  if (files.length === 0)
    throw new DataError('usage', 'no input; give files, folders or patterns, or - for a pipe')
  const values = pipelineOptionsGiven(loaded, flags)
  const outputs = outputsOf(name, () => readyOutputs(pipeline, values as never, modelsOfJoin(given)))
  const { folds, written } = outputs
  const records = await firstRecords(files, recordsOf(loaded, values, outputs, given), sample)
  if (records.length === 0)
    throw new DataError('empty', 'no records to check with; give files that have some')
  for (const [output, accumulator] of Object.entries(folds)) {
    const bits = sfc32(seed)
    const random = () => bits() / 2 ** 32
    try {
      const add = (state: unknown, record: number) => accumulator.add(state, records[record])
      const broken = brokenLaw(accumulator, records.length, add, random, plans)
      if (broken !== undefined) throw lawError(output, accumulator.name, broken)
    } catch (error) {
      throw pipelineError(name, error)
    }
    monitor.report(
      'note',
      `${output}: all laws hold, in ${plans} random plans over ${records.length} records`,
    )
  }
  for (const output of Object.keys(written)) {
    monitor.report('note', `${output}: rows, which have no state`)
  }
}

async function firstRecords(
  files: readonly string[],
  options: Parameters<typeof openAllMaps>[1],
  most: number,
): Promise<AttributionRecord[]> {
  const records: AttributionRecord[] = []
  for await (const source of openAllMaps(files, options)) {
    try {
      for await (const batch of source.read()) {
        batch.forEach(record => {
          if (records.length < most) records.push(copyRecord(record))
        })
        if (records.length >= most) return records
      }
    } finally {
      await source.close()
    }
  }
  return records
}
