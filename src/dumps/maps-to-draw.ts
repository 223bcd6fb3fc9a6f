import { basename, extname } from 'node:path'
import type { RecordOptions } from '../sources/records/records.js'
import { shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { AttributionRecord, Truth } from '../core/types.js'
import type { ShownMap } from '../report/figures/map-figure.js'
import { openMaps } from '../sources/open-maps.js'

/** What of a sequence is drawn: at most this many positions, where the maps are strongest. */
const MOST_POSITIONS = 250
/** Sequences that are drawn where none are named. */
const FIRST = 3

interface MapToDraw {
  readonly sequence: Uint8Array
  /** The corrected map at the observed base; 0 at N. */
  readonly scores: Float64Array
  readonly truth: Truth | undefined
}

/** A dump, and the model that it is of. */
export interface Dump {
  readonly model: string
  readonly path: string
}

/** Files as dumps of models of the same names. */
export function dumpsOf(paths: readonly string[]): Dump[] {
  return paths.map(path => ({ model: basename(shownPath(path), extname(shownPath(path))), path }))
}

/**
 * Maps of chosen sequences from the dumps of several models, each read until it gave them all.
 *
 * @param ids Sequences to be drawn; where undefined, the first three of the first dump, of which dumps that lack one or
 *   have another sequence there are left out.
 * Errors: `not-found`, for an id of `ids` that a dump lacks; `pairing`, for one with another sequence; those of reading.
 */
export async function showMaps(
  dumps: readonly Dump[],
  ids: readonly string[] | undefined,
  options: RecordOptions = {},
): Promise<ShownMap[]> {
  let wanted = ids
  const models: Model[] = []
  for (const { model, path } of dumps) {
    const found = await keepMaps(path, wanted, options)
    wanted ??= [...found.keys()]
    const missing = wanted.find(id => !found.has(id))
    if (ids !== undefined && missing !== undefined) {
      throw new DataError('not-found', `has no record ${missing}; give ids that every file holds`, {
        file: path,
      })
    }
    models.push({ name: model, path, found })
  }
  return (wanted ?? []).map(id => {
    const having = models.filter(({ found }) => found.has(id))
    const sequenceOf = ({ found }: Model) => (found.get(id) as MapToDraw).sequence
    const [first] = having
    const other = having.find(model => !isEqual(sequenceOf(model), sequenceOf(first)))
    if (ids !== undefined && other !== undefined) {
      throw new DataError(
        'pairing',
        `has another sequence than ${first.path}, expected the same; give dumps of the same sequences`,
        { file: other.path, id },
      )
    }
    return oneSequence(
      id,
      having.filter(model => isEqual(sequenceOf(model), sequenceOf(first))),
    )
  })
}

interface Model {
  readonly name: string
  readonly path: string
  readonly found: ReadonlyMap<string, MapToDraw>
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((base, i) => base === other[i])
}

async function keepMaps(
  path: string,
  ids: readonly string[] | undefined,
  options: RecordOptions,
): Promise<Map<string, MapToDraw>> {
  const found = new Map<string, MapToDraw>()
  const many = ids?.length ?? FIRST
  const wanted = ids && new Set(ids)
  const source = await openMaps(path, { truth: 'found', ...options })
  try {
    for await (const batch of source.read()) {
      batch.forEach(record => {
        if (found.size < many && (wanted?.has(record.id) ?? true) && !found.has(record.id))
          found.set(record.id, keep(record))
      })
      if (found.size >= many) break
    }
  } finally {
    await source.close()
  }
  return found
}

function keep({ sequence, attribution, truth }: AttributionRecord): MapToDraw {
  const scores = Float64Array.from(sequence, (base, i) => {
    if (base > 3) return 0
    const mean =
      (attribution[4 * i] + attribution[4 * i + 1] + attribution[4 * i + 2] + attribution[4 * i + 3]) / 4
    return attribution[4 * i + base] - mean
  })
  return {
    sequence: sequence.slice(),
    scores,
    truth:
      truth?.kind === 'labels'
        ? { kind: 'labels', values: truth.values.slice() }
        : truth && { kind: 'probabilities', values: truth.values.slice() },
  }
}

function oneSequence(id: string, models: readonly Model[]): ShownMap {
  const maps = models.map(({ found }) => found.get(id) as MapToDraw)
  const [{ sequence }] = maps
  const start = strongest(maps, sequence.length)
  const end = Math.min(sequence.length, start + MOST_POSITIONS)
  const truth = maps.find(map => map.truth !== undefined)?.truth
  return {
    id,
    sequence: sequence.subarray(start, end),
    start,
    length: sequence.length,
    truth: truth === undefined ? null : cutTruth(truth, start, end),
    maps: models.map(({ name }, i) => ({ model: name, scores: maps[i].scores.subarray(start, end) })),
  }
}

function cutTruth(truth: Truth, start: number, end: number): NonNullable<ShownMap['truth']> {
  if (truth.kind === 'labels') return { kind: 'labels', values: [...truth.values.subarray(start, end)] }
  const { values } = truth
  return {
    kind: 'probabilities',
    values: Array.from({ length: end - start }, (_, i) => [
      ...values.subarray(4 * (start + i), 4 * (start + i) + 4),
    ]),
  }
}

/** Where the span begins that holds the largest sum of scores without their signs, each model's divided by its own sum. */
function strongest(maps: readonly MapToDraw[], length: number): number {
  if (length <= MOST_POSITIONS) return 0
  const weight = new Float64Array(length)
  for (const { scores } of maps) {
    const sum = scores.reduce((total, score) => total + Math.abs(score), 0)
    if (sum > 0) for (let i = 0; i < length; i++) weight[i] += Math.abs(scores[i]) / sum
  }
  let inside = 0
  for (let i = 0; i < MOST_POSITIONS; i++) inside += weight[i]
  let most = inside
  let best = 0
  for (let start = 1; start + MOST_POSITIONS <= length; start++) {
    inside += weight[start + MOST_POSITIONS - 1] - weight[start - 1]
    if (inside > most + 1e-12) {
      most = inside
      best = start
    }
  }
  return best
}
