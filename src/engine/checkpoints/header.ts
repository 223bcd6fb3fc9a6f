import type { Json, Range } from '../../core/types.js'
import { canonicalJson } from '../../core/canonical-json.js'
import type { Checkpoint, CoveredInput } from './checkpoint.js'

/** All of a checkpoint but its arrays. */
export type Header = Omit<Checkpoint, 'arrays'>

/** The canonical JSON of a checkpoint without its arrays. */
export function encodeHeader(checkpoint: Header): string {
  const { version, attrstream, pipeline, params, population, plan, shard, inputs, records, notes } =
    checkpoint
  const header = { version, attrstream, pipeline, params, population, plan, shard, inputs, records, notes }
  return canonicalJson(header as unknown as Json)
}

/** A checkpoint's header from its JSON. Throws a plain Error that names the first part that is not as it must be. */
export function decodeHeader(json: string): Header {
  const { version, attrstream, pipeline, params, population, plan, shard, inputs, records, notes } = record(
    JSON.parse(json),
    'header',
  )
  return {
    version: checkInteger(version, 'version'),
    attrstream: text(attrstream, 'attrstream'),
    pipeline: text(pipeline, 'pipeline'),
    params: anyJson(params, 'params'),
    population: text(population, 'population'),
    plan: plan === null ? null : text(plan, 'plan'),
    shard: shard === null ? null : decodeShard(shard),
    inputs: list(inputs, 'inputs').map(decodeInput),
    records: checkInteger(records, 'records'),
    notes: anyJson(notes, 'notes'),
  }
}

function decodeShard(value: unknown): { index: number; of: number } {
  const { index, of } = record(value, 'shard')
  return { index: checkInteger(index, 'shard.index'), of: checkInteger(of, 'shard.of') }
}

function decodeInput(value: unknown, i: number): CoveredInput {
  const at = `inputs.${i}`
  const { name, fingerprint, stamp, batchCount, covered } = record(value, at)
  const batches = checkInteger(batchCount, `${at}.batchCount`)
  return {
    name: text(name, `${at}.name`),
    fingerprint: text(fingerprint, `${at}.fingerprint`),
    ...(stamp === undefined ? {} : { stamp: text(stamp, `${at}.stamp`) }),
    batchCount: batches,
    covered: decodeRanges(covered, batches, `${at}.covered`),
  }
}

function decodeRanges(value: unknown, batches: number, at: string): Range[] {
  let last = 0
  return list(value, at).map(item => {
    const range = record(item, at)
    const start = checkInteger(range.start, at)
    const end = checkInteger(range.end, at)
    check(last <= start && start < end && end <= batches, at)
    last = end
    return { start, end }
  })
}

function record(value: unknown, at: string): { readonly [key: string]: unknown } {
  check(typeof value === 'object' && value !== null && !Array.isArray(value), at)
  return value as { readonly [key: string]: unknown }
}

function list(value: unknown, at: string): readonly unknown[] {
  check(Array.isArray(value), at)
  return value as readonly unknown[]
}

function text(value: unknown, at: string): string {
  check(typeof value === 'string', at)
  return value as string
}

function checkInteger(value: unknown, at: string): number {
  check(Number.isSafeInteger(value) && (value as number) >= 0, at)
  return value as number
}

function anyJson(value: unknown, at: string): Json {
  check(value !== undefined, at)
  return value as Json
}

function check(holds: boolean, at: string): void {
  if (!holds) throw new Error(`${at} is not as it must be`)
}
