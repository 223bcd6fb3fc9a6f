import { mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { MapElement, MapWriter } from '../../core/map-table.js'
import { writeAtomically, writingError } from '../../io/atomic-file.js'
import { removeStale } from '../../io/temporary-files.js'
import { mapRowsNpz } from '../../sinks/map-rows-npz.js'
import type { Putting, PutDown } from './putting.js'

/**
 * Writes maps as arrays: into one archive as Fi-NeMo reads it, or into `ohe.npz` and `attr.npz` of a folder, as tfmodisco-lite does. Errors:
 * `record`, for maps of different lengths; `io`.
 */
export async function writeNpzFiles(
  out: string,
  format: 'npz' | 'modisco',
  element: MapElement,
  streamInto: (writer: MapWriter) => Putting,
): Promise<PutDown> {
  const folder = format === 'modisco' ? out : dirname(out)
  if (format === 'modisco') {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw writingError(error, out)
    })
  }
  await removeStale(folder)
  const writer = mapRowsNpz({ element, beside: format === 'modisco' ? join(out, 'attr.npz') : out })
  try {
    const { stream, check, run } = streamInto(writer)
    run.report.begun?.(stream.bytesToCome())
    for await (const piece of stream.groupsOf(run.report.progress ?? (() => {}), run.signal, false))
      void piece
    if (run.signal.aborted) return { complete: false, bytes: 0 }
    await check()
    const files =
      format === 'npz'
        ? ([[out, 'regions']] as const)
        : ([
            [join(out, 'ohe.npz'), 'ohe'],
            [join(out, 'attr.npz'), 'attr'],
          ] as const)
    let bytes = 0
    for (const [file, kind] of files) {
      await writeAtomically(file, writer.archive(kind))
      bytes += (await stat(file)).size
    }
    return { complete: true, bytes }
  } catch (error) {
    throw writingError(error, out)
  } finally {
    writer.close()
  }
}
