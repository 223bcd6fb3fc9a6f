import { isPiped, sizeOf } from '../../io/open.js'
import { withSidePaths } from '../../sources/records/records.js'
import { shownPath, shownWords } from '../../core/address.js'
import type { Json } from '../../core/types.js'
import type { Provenance } from '../../results/document.js'
import type { Completed } from '../../scoring/each-model.js'
import { DEFAULT_NULLS } from '../../metrics/nulls.js'
import type { PopulationScores } from '../../scoring/score.js'
import type { ScoreOptions } from '../../scoring/score-options.js'
import { VERSION } from '../../version.js'

/** What a run read, and how it was asked to. */
export async function provenanceOf(
  read: readonly Completed<PopulationScores>[],
  { metrics, prior, records, truth, thin, sweep, nulls = DEFAULT_NULLS }: ScoreOptions,
  untilSe: number | undefined,
  started: number,
): Promise<Provenance> {
  const inputs = await Promise.all(
    read.flatMap(({ population: { model }, result: { inputs } }) =>
      inputs.map(async ({ name, path, fingerprint }) => ({
        model,
        name,
        bytes: isPiped(path) ? null : ((await sizeOf(path)) ?? null),
        fingerprint: fingerprint ?? null,
      })),
    ),
  )
  return {
    version: VERSION,
    command: shownWords(process.argv.slice(2)),
    inputs,
    options: {
      ...metrics,
      prior: prior?.name ?? 'population',
      records: withSidePaths(records, shownPath),
      truth,
      nulls,
      thin,
      sweep,
      until_se_nats: untilSe,
    } as unknown as Json,
    wall_seconds: (performance.now() - started) / 1000,
  }
}
