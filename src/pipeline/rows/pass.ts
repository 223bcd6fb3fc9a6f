import { isPiped } from '../../io/open.js'
import { pipeSpool } from '../../scoring/quarantine-spool.js'
import type { Json } from '../../core/types.js'
import type { Pass, PassRecipe } from '../../engine/workers/local-worker.js'
import { openRecords } from '../../sources/open-records.js'
import type { OptionValues } from '../define.js'
import { loadPipeline } from '../load.js'
import { modelsOfJoin, readyOutputs } from '../outputs.js'
import { outputsOf, pipelineAccumulator } from '../pass.js'
import type { RowsSpec } from './rows-spec.js'
import { UnitWriter } from './unit-writer.js'

/** The recipe of a pass that writes rows, for this thread or a worker. */
export function rowsRecipe(key: string, spec: RowsSpec): PassRecipe {
  return { key, module: import.meta.url, spec: JSON.parse(JSON.stringify(spec)) as Json }
}

/** Makes a pass from its spec; called in every thread. Errors: those of `loadPipeline` and `readyOutputs`. */
export async function makePass(json: Json): Promise<Pass> {
  const spec = json as unknown as RowsSpec
  const { name, records } = spec
  const { pipeline } = await loadPipeline(name)
  const { written } = outputsOf(name, () =>
    readyOutputs(pipeline, spec.options as OptionValues<never>, modelsOfJoin(records)),
  )
  const accumulator = pipelineAccumulator(pipeline, spec)
  return {
    accumulator,
    // Bad records are met by the writer, whether or not they end the run.
    open: async (path, idPrefix, input) =>
      openRecords(path, {
        ...records,
        idPrefix,
        screen: {
          k: pipeline.shortest,
          input,
          onBad: isPiped(path) ? pipeSpool(spec.screen?.spool) : undefined,
        },
      }),
    write: (task, source) => UnitWriter.begin(spec, task, source, written, accumulator),
  }
}
