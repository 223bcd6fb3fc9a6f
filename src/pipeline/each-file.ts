import { identity } from '../core/compose.js'
import type { Columns, RowOf } from '../core/table.js'
import type { Accumulator, AttributionRecord } from '../core/types.js'
import { run } from '../engine/run.js'
import { openAllMaps } from '../sources/open-maps.js'
import type { PipelineModule } from './pipeline.js'
import { saveRows } from '../sinks/save-rows.js'

export interface EachFile<S, T, C extends Columns> {
  /** One line that says what the pipeline does. */
  readonly description: string
  readonly accumulator: Accumulator<AttributionRecord, S, T>
  /** The columns of a row, beside `file`. */
  readonly columns: C
  /** What the result of a file comes to. */
  readonly row: (result: T) => RowOf<C>
}

/** A pipeline that passes over each input once and writes a row for it: the file's name, and what `row` makes of its result. */
export function eachFile<S, T, C extends Columns>(pipeline: EachFile<S, T, C>): PipelineModule {
  const { description, accumulator, columns, row } = pipeline
  return {
    description,
    async run(inputs, { out, records }) {
      const rows = []
      for await (const source of openAllMaps(inputs, records)) {
        const result = await run({ source, stage: identity(), accumulator })
        rows.push({ file: source.name, ...row(result) })
      }
      await saveRows(out, { file: 'text', ...columns }, rows)
    },
  }
}
