import { DataError } from '../../core/errors.js'
import { fanOut, rowBranch } from '../../engine/fan-out.js'
import type { PipelineOptions } from '../../pipeline/notes.js'
import type { ReadyOutputs } from '../../pipeline/outputs.js'
import { openAllMaps } from '../../sources/open-maps.js'
import { saveRows } from '../../sinks/save-rows.js'
import type { Stop } from '../job/job.js'
import { quitWithReader } from '../job/broken-pipe.js'
import type { StopSignal } from '../job/signals.js'
import type { Watch } from '../job/monitor.js'

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
  { records }: PipelineOptions,
  { out, format, checkpoint }: Flags,
  watch: Watch,
  stop: Stop,
): Promise<StopSignal | undefined> {
  const [[name, output], ...others] = Object.entries(outputs.rows)
  if (others.length > 0) {
    throw new DataError(
      'usage',
      `has ${others.length + 1} outputs of rows, and a file holds one; name a folder with --out`,
    )
  }
  if (checkpoint !== undefined) {
    throw new DataError(
      'usage',
      'a file of rows cannot be resumed; name a folder with --out, which is resumed by itself',
    )
  }
  stop.atOnce(`no file of ${name} is written`)
  quitWithReader(watch)
  const source = openAllMaps(files, {
    ...records,
    onBatch: ({ rows, bytes }) => watch.advance(rows, bytes),
  })
  await fanOut(source, [
    rowBranch(output.stage, rows =>
      saveRows(out, output.table, rows, { format: format === 'json' ? 'ndjson' : format }),
    ),
  ])
  watch.done()
  return undefined
}
