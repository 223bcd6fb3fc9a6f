import type { LanePool } from '../engine/pool.js'

/**
 * Runs `work` over all items, as many at a time as there are lanes; results in the items' order, of those begun before
 * the lanes were stopped. The first error waits for the others.
 */
export async function inTurns<T, U>(
  items: readonly T[],
  pool: LanePool,
  work: (item: T) => Promise<U>,
): Promise<U[]> {
  const results: U[] = []
  let next = 0
  let failed = false
  const lane = async () => {
    while (next < items.length && !failed && !pool.isStopped) {
      const i = next++
      try {
        results[i] = await work(items[i])
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(pool.size, items.length) }, lane))
  for (const settled of lanes) if (settled.status === 'rejected') throw settled.reason
  return results
}
