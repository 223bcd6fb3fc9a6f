import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { arraySums } from '../../src/accumulators/array-sums.js'
import { sample, topK } from '../../src/accumulators/best-rows.js'
import { countsBy } from '../../src/accumulators/counts-by.js'
import { distinct } from '../../src/accumulators/distinct.js'
import { histogram } from '../../src/accumulators/histogram.js'
import { mapAgreement } from '../../src/accumulators/map-agreement.js'
import { massProfile } from '../../src/accumulators/mass-profile.js'
import { minMax } from '../../src/accumulators/min-max.js'
import { moments } from '../../src/accumulators/moments.js'
import { sums } from '../../src/accumulators/sums.js'
import { withErrors } from '../../src/accumulators/with-errors.js'
import { angularGrid } from '../../src/accumulators/angular-grid.js'
import { angularGridByRadius } from '../../src/accumulators/angular-grid-by-radius.js'
import { angularGridGlobal } from '../../src/accumulators/angular-grid-global.js'
import { cellContexts } from '../../src/accumulators/cell-contexts.js'
import { duplicateIds } from '../../src/accumulators/duplicate-ids.js'
import { groundTruth } from '../../src/accumulators/ground-truth.js'
import { kmerContexts } from '../../src/accumulators/kmer-contexts.js'
import { idDigest } from '../../src/accumulators/id-digest.js'
import { kmerPrior } from '../../src/accumulators/kmer-prior.js'
import { kmerSpectrum } from '../../src/accumulators/kmer-spectrum.js'
import { positionProfile } from '../../src/accumulators/position-profile.js'
import { radiusHistogram } from '../../src/accumulators/radius-histogram.js'
import { countingBadRecords } from '../../src/accumulators/with-bad-records.js'
import { runSample } from '../../src/accumulators/run-sample.js'
import { support } from '../../src/accumulators/support.js'
import { tally } from '../../src/accumulators/tally.js'
import { pipe } from '../../src/core/compose.js'
import { BAD_REASONS, badRecord } from '../../src/core/errors.js'
import type { Accumulator, AttributionRecord, Stage } from '../../src/core/types.js'
import { correct } from '../../src/stages/correct.js'
import { countBases } from '../../src/stages/count-bases.js'
import { selectRuns } from '../../src/stages/select-runs.js'
import { sumWindows } from '../../src/stages/sum-windows.js'
import { thresholdAtLeast, thresholdPerSequence } from '../../src/stages/threshold-windows.js'
import { anyRecords, checkLaws } from '../support/laws.js'
import { times } from '../support/thorough.js'

const corrected = correct({ basis: 'gram-schmidt' })
const windows = pipe(
  correct({ basis: 'published' }),
  sumWindows({ width: 2, kind: 'forward-circular', reduce: 'sum', normalise: 'l2-sum' }),
)
const points = pipe(
  pipe(corrected, sumWindows({ width: 1, kind: 'centered', reduce: 'mean', normalise: 'none' })),
  thresholdPerSequence({ q: 0.3 }),
)

/** Everything is a candidate of the first bracket; of the second nothing, a part of the third. */
const brackets = [
  { low: 0, high: Number.MAX_VALUE, rank: 5, windows: 20 },
  { low: Number.MAX_VALUE, high: Number.MAX_VALUE, rank: 0, windows: 0 },
  { low: 0.2, high: 0.25, rank: 2, windows: 20 },
]

const firstValue = ({ attribution }: AttributionRecord) => attribution[0]

/** A number of each record, large and small, of both signs. */
const valued: Stage<AttributionRecord, { idHash: number; value: number; length: number }> = {
  name: 'valued',
  params: null,
  connect:
    next =>
    ({ idHash, attribution, sequence }) =>
      next({ idHash, value: attribution[0], length: sequence.length }),
}

/** A record with maps of three models: its own, one that all but agrees, and one that is dead at times. */
const threeMaps: Stage<AttributionRecord> = {
  name: 'three-maps',
  params: null,
  connect: next => record => {
    const { attribution, idHash } = record
    const near = attribution.map((value, p) => value * (1 + (p % 3)))
    next({ ...record, maps: [attribution, near, idHash % 3 === 0 ? attribution.map(() => 1) : attribution] })
  },
}

type Any = Accumulator<AttributionRecord, unknown, unknown>
const erased = <S, T>(accumulator: Accumulator<AttributionRecord, S, T>) => accumulator as unknown as Any

function withFaults(accumulator: Any): Any {
  return {
    ...accumulator,
    add(state, record) {
      const { idHash, idCheck } = record
      const error = badRecord(BAD_REASONS[idCheck % BAD_REASONS.length], 'bad')
      const fault = { error, input: `input ${idCheck & 1}`, row: idHash }
      accumulator.add(state, idHash % 3 === 0 ? { ...record, model: `m${idHash & 1}`, fault } : record)
    },
  }
}

/** Each accumulator by its file, in every form that matters, with the number of random populations to try, of which `npm test` tries a fifth. */
const ACCUMULATORS: { readonly [file: string]: readonly [populations: number, ...forms: Any[]] } = {
  'angular-grid': [20, erased(pipe(points, angularGrid({ grid: 'halved', weight: 2 })))],
  'angular-grid-by-radius': [
    6,
    erased(pipe(windows, angularGridByRadius({ grid: 'halved', weight: 2, top: 0.4 }))),
  ],
  'angular-grid-global': [
    8,
    ...brackets.map(bracket =>
      erased(pipe(windows, angularGridGlobal({ grid: 'halved', weight: 1, bracket }))),
    ),
  ],
  'array-sums': [
    100,
    erased(
      arraySums<AttributionRecord, { lengths: Float64Array; bases: Uint32Array }, number>({
        name: 'lengths',
        params: null,
        arrays: () => ({ lengths: new Float64Array(3), bases: new Uint32Array(5) }),
        add({ lengths, bases }, { sequence }) {
          lengths[sequence.length % 3]++
          for (const base of sequence) bases[base]++
        },
        result: ({ lengths }) => lengths[0],
      }),
    ),
  ],
  'best-rows': [
    100,
    erased(topK(3, firstValue, ({ id }: AttributionRecord) => ({ id }))),
    erased(sample(2, ({ id, sequence }: AttributionRecord) => [id, sequence.length])),
  ],
  'cell-contexts': [
    10,
    erased(pipe(points, cellContexts({ grid: 'full' }))),
    erased(pipe(pipe(windows, thresholdAtLeast({ low: 0.1 })), cellContexts({ grid: 'halved' }))),
  ],
  'counts-by': [100, erased(countsBy(({ id }: AttributionRecord) => id))],
  distinct: [100, erased(distinct(({ id }: AttributionRecord) => id))],
  'duplicate-ids': [100, erased(duplicateIds())],
  'ground-truth': [
    100,
    erased(pipe(corrected, groundTruth({ score: 'corrected' }))),
    erased(pipe(corrected, groundTruth({ score: 'raw' }))),
  ],
  histogram: [100, erased(histogram({ low: -2, high: 3, bins: 7 }, firstValue))],
  'map-agreement': [50, erased(pipe(threeMaps, mapAgreement(['a', 'b', 'c'], { q: 0.5 })))],
  'mass-profile': [50, erased(massProfile({ bins: 5 }))],
  'min-max': [100, erased(minMax(firstValue))],
  moments: [50, erased(moments(firstValue))],
  'kmer-contexts': [
    50,
    erased(pipe(pipe(corrected, selectRuns({ q: 0.5, buffer: 2 })), kmerContexts({ k: 2 }))),
  ],
  'id-digest': [100, erased(idDigest())],
  'kmer-prior': [100, erased(kmerPrior({ k: 1 })), erased(kmerPrior({ k: 3 }))],
  'kmer-spectrum': [
    100,
    erased(pipe(pipe(corrected, selectRuns({ q: 0.5, buffer: 2 })), kmerSpectrum({ k: 2 }))),
  ],
  'position-profile': [
    100,
    erased(pipe(corrected, positionProfile({ basis: 'gram-schmidt' }))),
    erased(pipe(correct({ basis: 'published' }), positionProfile({ basis: 'published' }))),
  ],
  'run-sample': [100, erased(pipe(pipe(corrected, selectRuns({ q: 0.5, buffer: 2 })), runSample()))],
  'radius-histogram': [20, erased(pipe(windows, radiusHistogram()))],
  'with-bad-records': [
    100,
    // A third of the records are made bad, for reasons and in inputs that depend on the id alone.
    ...[true, false].map(places =>
      withFaults(erased(countingBadRecords(pipe(corrected, tally()), { places }))),
    ),
  ],
  sums: [100, erased(pipe(valued, sums('value', 'length')))],
  'with-errors': [
    20,
    erased(
      pipe(
        valued,
        withErrors(sums('value', 'length'), ({ value, length }) => value / length),
      ),
    ),
    erased(
      pipe(
        corrected,
        selectRuns({ q: 0.5, buffer: 1 }),
        countBases(),
        withErrors(sums('gc', 'known'), ({ gc, known }) => ({ gc: gc / known, known })),
      ),
    ),
  ],
  support: [100, erased(pipe(pipe(corrected, selectRuns({ q: 0.5, buffer: 2 })), support()))],
  tally: [100, erased(pipe(corrected, tally()))],
}

describe('accumulators', () => {
  it('are all held to the laws', () => {
    const folder = fileURLToPath(new URL('../../src/accumulators/', import.meta.url))
    const files = readdirSync(folder).map(name => name.replace(/\.ts$/, ''))
    expect(Object.keys(ACCUMULATORS).toSorted()).toEqual(files.toSorted())
  })

  for (const [file, [populations, ...forms]] of Object.entries(ACCUMULATORS)) {
    for (const accumulator of forms) {
      const what = JSON.stringify(accumulator.params)
      it(`${file} folds any split in any order to the same bytes: ${what}`, () => {
        expect(() =>
          checkLaws(accumulator, anyRecords, times(Math.ceil(populations / 5), populations)),
        ).not.toThrow()
      })
    }
  }
})
