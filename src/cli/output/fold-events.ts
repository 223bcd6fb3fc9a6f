import type { FoldRun } from '../../pipeline/fold-pipeline.js'
import type { Watch } from '../job/monitor.js'

/** Reports how the fold of a population goes on. `name` leads lines of text if there are several populations. */
export function foldReporter(watch: Watch, model: string, name = ''): NonNullable<FoldRun['report']> {
  return {
    opened: bytes => watch.expect(bytes),
    progress: ({ records, bytes }) => watch.advance(records, bytes),
    resumed: (records, batches) =>
      watch.tell('resumed', `${name}resumed from ${records} records (${batches} batches) of the checkpoint`, {
        model,
        records,
        batches,
      }),
    saved: (path, records) =>
      watch.tellMachines('saved', `saved after ${records} records`, { path, records }),
    saveFailed: error =>
      watch.tell('save-failed', `${name}checkpoint not saved: ${error.message}`, { model }),
  }
}
