import { readFileSync } from 'node:fs'
import type { Columns, Row } from '../../src/core/table.js'
import { encodeBases } from '../../src/dna/bases.js'
import { saveMaps } from '../../src/sinks/save-maps.js'

/** A map of a model as tests write it. */
export interface JoinedMap {
  readonly id: string
  readonly sequence: string
  readonly attributions: readonly number[]
  readonly kept?: Row
}

/** What make_map_agreement.py made up, and what it says of it. */
export const MADE_UP: {
  readonly input: { readonly [model: string]: readonly JoinedMap[] }
  readonly expected: {
    readonly records: number
    readonly unmatched: number
    readonly all: { readonly [key: string]: number | null }
    readonly pairs: readonly { readonly [key: string]: number | string | null }[]
    readonly models: readonly { readonly [key: string]: number | string | null }[]
  }
  readonly average: {
    readonly ids: readonly string[]
    readonly none: readonly (readonly number[])[]
    readonly l2: readonly (readonly number[])[]
  }
} = JSON.parse(readFileSync(new URL('../golden/map-agreement.json', import.meta.url), 'utf8')).made_up

/** Writes maps to a file, `batch` at a time. */
export async function writeMaps(
  path: string,
  maps: readonly JoinedMap[],
  { batch = 20, kept }: { readonly batch?: number; readonly kept?: Columns } = {},
): Promise<string> {
  async function* batches() {
    for (let start = 0; start < maps.length; start += batch) {
      yield maps.slice(start, start + batch).map(({ id, sequence, attributions, kept }) => ({
        id,
        sequence: encodeBases(sequence),
        attribution: Float64Array.from(attributions),
        ...(kept === undefined ? {} : { extra: kept }),
      }))
    }
  }
  await saveMaps(path, 'float64', batches(), { kept })
  return path
}
