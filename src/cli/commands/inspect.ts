import type { ArgumentsCamelCase } from 'yargs'
import { printText } from '../../io/standard-output.js'
import { type Inspection, inspectFile } from '../../dumps/inspect.js'
import { DEFAULT_NULLS } from '../../metrics/nulls.js'
import { expandInputs } from '../inputs.js'
import { inspectionText } from '../output/inspect-text.js'
import { type MetricFlags, metricsOf, nullsOf, withMetricFlags } from '../flags/metric-flags.js'
import { type RecordFlags, recordOptionsOf, withRecordFlags } from '../flags/record-flags.js'
import type { Command } from '../job/command.js'
import { log } from '../job/log.js'

type Flags = MetricFlags & RecordFlags & { files?: string[]; format?: 'text' | 'json' }

export const inspectCommand: Command<Flags> = {
  builder: yargs =>
    withMetricFlags(
      withRecordFlags(
        yargs
          .positional('files', {
            type: 'string',
            array: true,
            demandOption: true,
            describe: 'files of maps, folders, patterns, or - for an Arrow stream',
          })
          .option('format', {
            choices: ['text', 'json'] as const,
            default: 'text' as const,
            describe: 'output format; JSON is an array with one object per file',
          }),
      ),
    )
      .example('$0 inspect maps.parquet', 'columns, axes, the first records, memory and time')
      .example('$0 inspect --format json maps/', 'the same as JSON'),
  handler: inspect,
}

/** `attrstream inspect`: exit code 1 where a file cannot be scored, after all that is known was printed. */
async function inspect(flags: ArgumentsCamelCase<Flags>): Promise<void> {
  const records = recordOptionsOf(flags)
  const files = await expandInputs(flags.files ?? [], text => log.report('note', text), records)
  const statistics = {
    metrics: metricsOf(flags),
    nulls: nullsOf(flags) ?? DEFAULT_NULLS,
    populationPrior: flags.prior === 'population',
    byModel: false,
  }
  const found: Inspection[] = []
  for (const file of files) {
    const inspection = await inspectFile(file, records, statistics)
    if (flags.format === 'text')
      await printText(`${found.length > 0 ? '\n' : ''}${inspectionText(inspection)}`)
    found.push(inspection)
  }
  if (flags.format === 'json') await printText(`${JSON.stringify(found, null, 2)}\n`)
  for (const { file, problem } of found) {
    if (problem === null) continue
    log.report('failed', problem, { file, exit_code: 1 })
    process.exitCode = 1
  }
}
