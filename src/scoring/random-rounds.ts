import { fnv1a, mix32 } from '../core/hash.js'
import type { Task } from '../engine/workers/local-worker.js'
import type { OpenedInput } from '../engine/fold-options.js'

/** Records of the first round; each further one doubles what is read. */
const FIRST_ROUND = 1024

/**
 * The batches of inputs in rounds, for runs that may stop between two of them: in a random order that depends on the
 * names of the inputs and the numbers of the batches alone, since files are often sorted; within a round in the order of
 * the files. Together they are all batches, once each.
 */
export function randomRounds(inputs: readonly OpenedInput[]): Task[][] {
  const batches = inputs
    .flatMap((input, i) =>
      (input.batches ?? []).map(({ rows }, batch) => ({ i, batch, rows, key: orderOf(input.name, batch) })),
    )
    .toSorted((a, b) => a.key - b.key || a.i - b.i || a.batch - b.batch)
  const rounds: (typeof batches)[] = []
  let rows = 0
  let end = 0
  for (const batch of batches) {
    if (rows >= end) {
      rounds.push([])
      end = Math.max(FIRST_ROUND, 2 * rows)
    }
    rounds[rounds.length - 1].push(batch)
    rows += batch.rows
  }
  return rounds.map(round =>
    round
      .toSorted((a, b) => a.i - b.i || a.batch - b.batch)
      .map(({ i, batch }) => {
        const { path, idPrefix, fingerprint } = inputs[i]
        return { input: { path, idPrefix, fingerprint }, batches: { start: batch, end: batch + 1 } }
      }),
  )
}

function orderOf(name: string, batch: number): number {
  return mix32(fnv1a(new TextEncoder().encode(`${name}\n${batch}`)))
}
