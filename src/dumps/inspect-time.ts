import { addRecords } from '../engine/run.js'
import type { AttributionRecord, Range, Source } from '../core/types.js'
import { modelCuts, readCuts } from '../metrics/angular/global-threshold.js'
import { ALL } from '../metrics/by-model.js'
import { populationRadii, topOf } from '../metrics/angular/radii.js'
import type { Cuts, StatisticsOptions } from '../metrics/statistics.js'
import { scoreAccumulator } from '../metrics/score-accumulator.js'

/** How long to measure: the first rounds are slower, since Node has yet to compile what runs often. */
const MEASURE_MS = 600

/** Seconds that one worker takes for the whole file, from scoring its first batches over and over; null for a pipe. */
export async function estimateSeconds(
  source: Source<AttributionRecord>,
  { end }: Range,
  statistics: StatisticsOptions,
): Promise<number | null> {
  const { batches } = source
  if (batches === undefined) return null
  const bytesOf = (sizes: typeof batches) => sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const share = bytesOf(batches) / Math.max(1, bytesOf(batches.slice(0, end)))
  const passes = () => passesOver(source, { start: 0, end }, statistics)
  const until = performance.now() + MEASURE_MS
  let fastest = await passes()
  while (performance.now() < until) fastest = Math.min(fastest, await passes())
  return fastest * share
}

/** Seconds of the passes that a score makes, over a range of batches. */
async function passesOver(
  source: Source<AttributionRecord>,
  range: Range,
  statistics: StatisticsOptions,
): Promise<number> {
  const { threshold } = statistics.metrics.angular
  const started = performance.now()
  let cuts: Cuts | undefined
  if (threshold.kind === 'global') {
    const radii = populationRadii(statistics)
    const state = radii.empty()
    await addRecords(source.read(range), radii, state)
    const found = radii.result(state).get(ALL)
    cuts = readCuts(found === undefined ? [] : modelCuts(ALL, found, topOf(statistics)))
  }
  const accumulator = scoreAccumulator(statistics, cuts)
  const state = accumulator.empty()
  await addRecords(source.read(range), accumulator, state)
  return (performance.now() - started) / 1000
}
