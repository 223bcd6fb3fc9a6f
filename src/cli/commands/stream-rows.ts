import { DataError } from '../../core/errors.js'
import { fanOut, rowBranch } from '../../engine/fan-out.js'
import { pipe } from '../../core/compose.js'
import type { AttributionRecord } from '../../core/types.js'
import { LEAST_LENGTH } from '../../pipeline/pass.js'
import { leaveOutBad } from '../../stages/skip-bad-records.js'
import { thin } from '../../stages/thin.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import type { ReadyOutputs } from '../../pipeline/outputs.js'
import { openAllMaps } from '../../sources/open-maps.js'
import { saveRows } from '../../sinks/save-rows.js'
import type { SignalPolicy } from '../job/job.js'
import { quitWithReader } from '../job/broken-pipe.js'
import type { StopSignal } from '../job/signals.js'
import type { Monitor } from '../job/monitor.js'

interface Flags {
  readonly out?: string | undefined
  readonly format?: 'json' | 'csv' | 'ndjson' | undefined
  readonly checkpoint?: string | undefined
}

/**
 * Writes the rows of a pipeline into one file, or to standard output, as they come. A file cannot be resumed: a folder can.
 *
 * Errors: `usage`, for several outputs of rows, and for a checkpoint.
 */
export async function streamRows(
  files: readonly string[],
  outputs: ReadyOutputs,
  options: PipelineOptions,
  { out, format, checkpoint }: Flags,
  monitor: Monitor,
  stop: SignalPolicy,
): Promise<StopSignal | undefined> {
  const [[name, output], ...others] = Object.entries(outputs.rows)
  if (others.length > 0) {
    throw new DataError(
      'usage',
      `has ${others.length + 1} outputs of rows, and a file holds one; give a folder with --out`,
    )
  }
  if (checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'a file of rows cannot be resumed; give a folder with --out, which is resumed by itself',
    )
  }
  if (options.thin !== undefined && options.thin.fraction === undefined) {
    throw new DataError(
      'usage',
      '--thin is a number of records, which a stream of rows does not know in advance; give a fraction',
    )
  }
  stop.exitNow(`no file of ${name} is written`)
  quitWithReader(monitor)
  const source = openAllMaps(files, {
    ...options.records,
    screen: { k: LEAST_LENGTH, input: '' },
    onBatch: ({ rows, bytes }) => monitor.advance(rows, bytes),
  })
  const { bad: policy, thin: thinning } = options
  let bad = 0
  const good = leaveOutBad(({ error }) => {
    if (policy === undefined) throw error
    bad++
  })
  const fraction = thinning?.fraction
  const chosen = fraction === undefined ? good : pipe(good, thin<AttributionRecord>({ fraction }))
  await fanOut(source, [
    rowBranch(pipe(chosen, output.stage), rows =>
      saveRows(out, output.table, rows, { format: format === 'json' ? 'ndjson' : format }),
    ),
  ])
  if (bad > 0) monitor.report('note', `${bad} bad records are left out`, { bad_records: bad })
  monitor.done()
  return undefined
}
