import { arraysOf, joinArrays } from '../core/arrays.js'
import { modelError } from '../core/errors.js'
import { GROUPS, groupOf } from '../core/hash.js'
import type { Accumulator, AttributionRecord } from '../core/types.js'
import { BasePositions, CentredMap } from '../dna/centred-map.js'
import { SignedSums, toDouble, UNIT } from '../stats/signed-sums.js'
import { Counts } from '../stats/sums/counts.js'

/** A record with the maps of all models of its sequence, in the order of the models. */
export type JoinedRecord = Pick<AttributionRecord, 'idHash' | 'sequence' | 'maps'>

/** Sums over records for every two models, and over records of which every two models have an agreement. */
export interface AgreementSums {
  readonly records: number
  /** By pair: sum over the records that have it, and how many these are. */
  readonly cosine: PairSums
  readonly agreement: PairSums
  readonly overlap: PairSums
  /** Records in which every two models have an agreement. */
  readonly complete: number
  /** Sum over these of the mean agreement of all pairs, and by model of the mean with its partners. */
  readonly mean: number
  readonly withOthers: Float64Array
}

export interface PairSums {
  readonly sums: Float64Array
  readonly counts: Float64Array
}

export interface MapAgreement {
  readonly models: readonly string[]
  /** Numbers of the two models of each pair, the first below the second. */
  readonly pairs: readonly (readonly [a: number, b: number])[]
  readonly all: AgreementSums
  /** The same by group of records, of the groups that have records. */
  readonly groups: readonly AgreementSums[]
  /** By model: maps without a magnitude above 0, and the median norm of the others; NaN without any. */
  readonly dead: readonly number[]
  readonly medians: readonly number[]
  /** By pair: records whose two maps are equal. */
  readonly identical: readonly number[]
}

interface State {
  readonly sums: SignedSums
  readonly counts: Counts
  readonly norms: Counts
}

/** The pairs of this many models. */
function pairsOf(models: number): [a: number, b: number][] {
  return Array.from({ length: models }, (_, a) =>
    Array.from({ length: models - a - 1 }, (_, i): [number, number] => [a, a + 1 + i]),
  ).flat()
}

/**
 * How far the maps of K models of the same sequences agree. For every two models of a record: the cosine of their corrected maps;
 * the same after the mean over the positions of each observed base is taken off both, which is 0 by chance; and the kappa of
 * their attributed positions. Memory is some 10 KB a pair.
 *
 * @param models Names, in the order of a record's maps.
 * @param q Attributed positions are those whose magnitude is above this quantile of the record.
 */
export function mapAgreement(
  models: readonly string[],
  { q = 0.9 }: { readonly q?: number } = {},
): Accumulator<JoinedRecord, State, MapAgreement> {
  const pairs = pairsOf(models.length)
  const P = pairs.length
  const K = models.length
  // Columns of a group: sums of the three by pair, of their mean, and by model.
  const width = 3 * P + 1 + K
  const columns = 4 * P + 2 + K
  const [COMPLETE, RECORDS] = [3 * P, 3 * P + 1]
  const [IDENTICAL, DEAD] = [RECORDS + 1, RECORDS + 1 + P]
  const maps = models.map(() => new CentredMap(q))
  const bases = new BasePositions()
  const withOthers = new Float64Array(K)

  function addPairs({ sums, counts }: State, group: number, own: NonNullable<JoinedRecord['maps']>): void {
    const at = group * width
    let total = 0
    let complete = true
    withOthers.fill(0)
    const put = (column: number, value: number) => {
      if (Number.isNaN(value)) return
      sums.add(at + column, value)
      counts.add(group, column)
    }
    for (let p = 0; p < P; p++) {
      const [i, j] = pairs[p]
      const [a, b] = [maps[i], maps[j]]
      if (areEqual(own[i], own[j])) counts.add(group, IDENTICAL + p)
      if (a.dead || b.dead) {
        complete = false
        continue
      }
      const product = a.product(b)
      const agreement = a.agreement(b, product)
      put(p, a.cosine(b, product, bases))
      put(P + p, agreement)
      put(2 * P + p, a.overlap(b))
      if (Number.isNaN(agreement)) complete = false
      total += agreement
      withOthers[i] += agreement
      withOthers[j] += agreement
    }
    if (!complete) return
    counts.add(group, COMPLETE)
    sums.add(at + 3 * P, total / P)
    for (let k = 0; k < K; k++) sums.add(at + 3 * P + 1 + k, withOthers[k] / (K - 1))
  }

  function sumsOf(values: Float64Array, counts: ArrayLike<number>): AgreementSums {
    const pair = (n: number): PairSums => ({
      sums: values.slice(n * P, n * P + P),
      counts: Float64Array.from({ length: P }, (_, p) => counts[n * P + p]),
    })
    return {
      records: counts[RECORDS],
      cosine: pair(0),
      agreement: pair(1),
      overlap: pair(2),
      complete: counts[COMPLETE],
      mean: values[3 * P],
      withOthers: values.slice(3 * P + 1),
    }
  }

  return {
    name: 'map-agreement',
    params: { models, q },
    empty: () => ({
      sums: SignedSums.of(GROUPS * width),
      counts: new Counts(GROUPS, columns),
      norms: new Counts(K, BINS),
    }),
    add(state, { idHash, sequence, maps: own = [] }) {
      if (own.length !== K)
        throw new RangeError(`a record has ${own.length} maps, expected one of ${K} models`)
      const group = groupOf(idHash)
      bases.of(sequence)
      for (let k = 0; k < K; k++) {
        try {
          maps[k].load(own[k], sequence, bases)
        } catch (error) {
          throw modelError(models[k], error)
        }
      }
      state.counts.add(group, RECORDS)
      for (let k = 0; k < K; k++) {
        if (maps[k].dead) state.counts.add(group, DEAD + k)
        else state.norms.add(k, binOf(maps[k].magnitude))
      }
      addPairs(state, group, own)
    },
    merge(into, from) {
      into.sums.merge(from.sums)
      into.counts.merge(from.counts)
      into.norms.merge(from.norms)
    },
    result({ sums, counts, norms }) {
      const units = sums.units()
      const valuesOf = (group: number) =>
        Float64Array.from({ length: width }, (_, c) => toDouble(units[group * width + c], UNIT))
      const all = Float64Array.from({ length: width }, (_, c) => {
        let sum = 0n
        for (let g = 0; g < GROUPS; g++) sum += units[g * width + c]
        return toDouble(sum, UNIT)
      })
      const total = counts.sum()
      return {
        models,
        pairs,
        all: sumsOf(all, total),
        groups: Array.from({ length: GROUPS }, (_, g) => g).flatMap(g => {
          const own = counts.of(g)
          return own === undefined ? [] : [sumsOf(valuesOf(g), own)]
        }),
        dead: models.map((_, k) => total[DEAD + k]),
        medians: models.map((_, k) => medianOf(norms.of(k), norms.total(k))),
        identical: pairs.map((_, p) => total[IDENTICAL + p]),
      }
    },
    save: ({ sums, counts, norms }) =>
      joinArrays([
        ['sums', sums.save()],
        ['counts', counts.save()],
        ['norms', norms.save()],
      ]),
    load: arrays => ({
      sums: SignedSums.load(arraysOf('sums', arrays), GROUPS * width),
      counts: Counts.load(arraysOf('counts', arrays), GROUPS, columns),
      norms: Counts.load(arraysOf('norms', arrays), K, BINS),
    }),
  }
}

/** Bins of a norm: by its exponent and the first three bits of its fraction, 9 % wide. */
const BINS = 2 ** 14
const view = new Float64Array(1)
const words = new Uint32Array(view.buffer)

function binOf(norm: number): number {
  view[0] = norm
  return words[1] >>> 17
}

/** Middle of the bin of the median. */
function medianOf(counts: ArrayLike<number> | undefined, total: number): number {
  let below = 0
  for (let bin = 0; bin < (counts?.length ?? 0); bin++) {
    below += counts?.[bin] ?? 0
    if (2 * below < total) continue
    words[0] = 0
    words[1] = (bin << 17) | (1 << 16)
    return view[0]
  }
  return Number.NaN
}

function areEqual(a: Float32Array | Float64Array, b: Float32Array | Float64Array): boolean {
  for (let p = 0; p < a.length; p++) if (a[p] !== b[p]) return false
  return a.length === b.length
}
