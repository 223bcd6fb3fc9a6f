import { plural } from '../../core/english.js'
import type { FoldRun } from '../../pipeline/fold-pipeline.js'
import type { Monitor } from '../job/monitor.js'

/** Reports how the fold of a population goes on. `name` leads lines of text if there are several populations. */
export function foldReporter(monitor: Monitor, model: string, name = ''): NonNullable<FoldRun['report']> {
  return {
    opened: bytes => monitor.expect(bytes),
    progress: ({ records, bytes }) => monitor.advance(records, bytes),
    resumed: (records, batches) =>
      monitor.report(
        'resumed',
        `${name}resumed from ${records} records (${plural(batches, 'batch', 'batches')}) of the checkpoint`,
        {
          model,
          records,
          batches,
        },
      ),
    saved: (path, records) =>
      monitor.reportToMachines('saved', `saved after ${records} records`, { path, records }),
    saveFailed: error =>
      monitor.report('save-failed', `${name}checkpoint not saved: ${error.message}`, { model }),
  }
}
