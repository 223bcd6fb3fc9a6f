import { DataError } from './errors.js'
import type { Json } from './types.js'

/**
 * The one JSON text of a value: keys sorted by code unit, no spaces, keys without a value left out. Equal values have
 * equal texts, so texts can be compared and hashed. Error: `usage`, for a number that JSON cannot write.
 */
export function canonicalJson(value: Json): string {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new DataError('usage', `${value} cannot be stored, expected a finite number`)
  }
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`
}

/** Whether both have the same canonical text. */
export function sameJson(a: Json, b: Json): boolean {
  return canonicalJson(a) === canonicalJson(b)
}

/** A value at which two JSON values differ; its path is its keys joined by `.`, and undefined stands for a missing key. */
export interface JsonDifference {
  readonly path: string
  readonly a: Json | undefined
  readonly b: Json | undefined
}

/** The innermost values at which `a` and `b` differ, in the order of their paths; none where they are equal. */
export function jsonDifferences(a: Json | undefined, b: Json | undefined, path = ''): JsonDifference[] {
  if (a === undefined && b === undefined) return []
  if (!isBranch(a) || !isBranch(b) || Array.isArray(a) !== Array.isArray(b)) {
    return a !== undefined && b !== undefined && sameJson(a, b) ? [] : [{ path, a, b }]
  }
  const inA = new Map(Object.entries(a))
  const inB = new Map(Object.entries(b))
  return [...new Set([...inA.keys(), ...inB.keys()])]
    .toSorted()
    .flatMap(key => jsonDifferences(inA.get(key), inB.get(key), path === '' ? key : `${path}.${key}`))
}

function isBranch(value: Json | undefined): value is readonly Json[] | { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null
}
