import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AttributionRecord } from '../../src/core/types.js'
import { type NumpyArray, readNpz } from './npz.js'
import { recordsOf } from './records.js'

/** The folder of real maps with known answers, and of hostile files; its README says what is there. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url))

/** The networks of `synthetic`: one of clean maps, one of poor maps. */
export const NETWORKS = ['exponential_bn_standard_s0', 'relu_bn_spectral-norm_s0'] as const

/** An array of an npz file in the fixtures. Throws if the file lacks it. */
export function fixtureArray(path: string, name: string): NumpyArray {
  const array = readNpz(`${FIXTURES}${path}`).get(name)
  if (array === undefined) throw new Error(`${path} has no array ${name}`)
  return array
}

/** The 1,934 records of a network of `synthetic`; ids are row numbers from 0. */
export function networkRecords(model: string): AttributionRecord[] {
  const maps = fixtureArray(`synthetic/maps/${model}.npz`, 'attributions')
  return recordsOf(maps, fixtureArray('synthetic/sequences.npz', 'one_hot'))
}

/** The text of a JSON file in the fixtures, parsed. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the file's type is for its reader to say
export function fixtureJson<T>(path: string): T {
  return JSON.parse(readFileSync(`${FIXTURES}${path}`, 'utf8')) as T
}
