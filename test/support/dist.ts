import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Where `build.ts` put the compiled sources. */
export const DIST = process.env['ATTRSTREAM_DIST'] ?? ''

/** The compiled modules, with the types of their sources: worker threads run from there only. */
export async function compiled() {
  const load = <M>(path: string) => import(pathToFileURL(join(DIST, path)).href) as Promise<M>
  return {
    ...(await load<typeof import('../../src/engine/workers/pool.js')>('engine/workers/pool.js')),
    ...(await load<typeof import('../../src/engine/workers/thread-worker.js')>(
      'engine/workers/thread-worker.js',
    )),
    ...(await load<typeof import('../../src/engine/workers/local-worker.js')>(
      'engine/workers/local-worker.js',
    )),
    ...(await load<typeof import('../../src/engine/checkpoints/checkpoint-file.js')>(
      'engine/checkpoints/checkpoint-file.js',
    )),
    ...(await load<typeof import('../../src/core/errors.js')>('core/errors.js')),
    ...(await load<typeof import('../../src/metrics/options.js')>('metrics/options.js')),
    ...(await load<typeof import('../../src/scoring/pass.js')>('scoring/pass.js')),
    ...(await load<typeof import('../../src/scoring/population.js')>('scoring/population.js')),
    ...(await load<typeof import('../../src/scoring/score.js')>('scoring/score.js')),
    ...(await load<typeof import('../../src/scoring/score-options.js')>('scoring/score-options.js')),
    ...(await load<typeof import('../../src/scoring/merger.js')>('scoring/merger.js')),
    ...(await load<typeof import('../../src/scoring/shard-plan.js')>('scoring/shard-plan.js')),
    ...(await load<typeof import('../../src/scoring/shard-states.js')>('scoring/shard-states.js')),
    ...(await load<typeof import('../../src/scoring/shard.js')>('scoring/shard.js')),
    ...(await load<typeof import('../../src/metrics/sweep-options.js')>('metrics/sweep-options.js')),
    ...(await load<typeof import('../../src/results/scores-json.js')>('results/scores-json.js')),
  }
}
