import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve } from 'node:path'
import { DataError } from '../core/errors.js'
import { systemCode, systemMessage } from '../io/system-error.js'
import type { BatchSize, Json, Range } from '../core/types.js'
import { BatchRuns } from './batch-runs.js'
import { canonicalJson } from '../core/canonical-json.js'

/** Version of the plan format, raised by whatever an older attrstream would misread. */
export const PLAN_VERSION = 2

/** A file of a plan; its batches are the units that are shared out. */
export interface PlanInput {
  /** Relative to the plan's root, separated by `/`. */
  readonly name: string
  /** Bytes of the file. */
  readonly size: number
  readonly fingerprint: string
  readonly batches: BatchRuns
  /**
   * Of a file whose fingerprint is of samples: where it was when it was planned, and its stamp. A hint, as the root is, and no part
   * of the id: copies have others.
   */
  readonly planned?: { readonly places: readonly string[]; readonly stamp: string } | undefined
  /** SHA-256, in hex, of every byte of its files, where that was asked for. */
  readonly content?: string | undefined
}

/** A population cut into shards: what a state must agree with to be one of them. */
export interface Plan {
  readonly format: 'attrstream.plan'
  readonly version: number
  /** SHA-256, in hex, of all the rest but the root; no absolute path is in it. */
  readonly id: string
  readonly shards: number
  /** The model's name. */
  readonly population: string
  /** Resolved options of the scoring. */
  readonly params: Json
  readonly inputs: readonly PlanInput[]
  /** Folder of the inputs, relative to the plan's own; a hint, and no part of the id. */
  readonly root: string
}

/** A run of batches of the input of that number. */
export interface PlanUnits {
  readonly input: number
  readonly range: Range
}

/** What a plan is made of. */
export interface PlanParts
  extends Pick<Plan, 'shards' | 'population' | 'params'>,
    Partial<Pick<Plan, 'root' | 'version'>> {
  readonly inputs: readonly (Omit<PlanInput, 'batches'> & { readonly batches: Iterable<BatchSize> })[]
}

/** More shards than this are no job array of any scheduler. */
const MAX_SHARDS = 1_000_000

/** A plan with its id. Errors: `usage`, for a wrong number of shards or name; `empty`, without an input. */
export function makePlan(parts: PlanParts): Plan {
  const { shards, population, params, root = '.', version = PLAN_VERSION } = parts
  const inputs = parts.inputs.map(input => ({ ...input, batches: BatchRuns.of(input.batches) }))
  if (!isWhole(shards) || shards < 1 || shards > MAX_SHARDS) {
    throw new DataError('usage', `${shards} shards, expected 1 to ${MAX_SHARDS}`)
  }
  if (inputs.length === 0) throw new DataError('empty', 'a plan without inputs; give some')
  const seen = new Set<string>()
  for (const { name } of inputs) {
    if (name === '' || isAbsolute(name)) {
      throw new DataError('usage', `the name '${name}' is not relative to the plan's root`)
    }
    if (seen.has(name)) throw new DataError('usage', `${name} is given twice, expected once`)
    seen.add(name)
  }
  const plan = {
    format: 'attrstream.plan',
    version,
    shards,
    population,
    params,
    inputs,
  } as const
  return { ...plan, root, id: idOf(plan) }
}

/** What of a plan's id people are shown: 64 bits. */
export function shortId(id: string): string {
  return id.slice(0, 16)
}

/**
 * The units of a shard in order: neighbours in the plan, about the same bytes for each shard. The shards of a plan hold
 * each unit once; where there are more shards than units, or one unit is as large as several shards, some hold none.
 * Error: `usage`, for a shard that the plan does not have.
 */
export function shardOf(plan: Plan, shard: number): PlanUnits[] {
  const { shards, inputs } = plan
  if (!isWhole(shard) || shard >= shards) {
    throw new DataError('usage', `shard ${shard} of a plan of ${shards}, expected 0 to ${shards - 1}`)
  }
  let total = 0
  for (const { batches } of inputs) total += weight(batches.held())
  const units: PlanUnits[] = []
  let inputsBefore = 0
  for (const [input, { batches }] of inputs.entries()) {
    // The shard in which the middle of the unit lies.
    const holder = (bytes: number, unitsBefore: number, bytesBefore: number) => {
      const before = inputsBefore + weight({ batches: unitsBefore, bytes: bytesBefore })
      const own = weight({ batches: 1, bytes })
      return Math.min(shards - 1, Math.floor(((before + own / 2) / total) * shards))
    }
    const start = batches.firstWhere((...unit) => holder(...unit) >= shard)
    const end = batches.firstWhere((...unit) => holder(...unit) > shard)
    if (start < end) units.push({ input, range: { start, end } })
    inputsBefore += weight(batches.held())
  }
  return units
}

/** Even a unit of no bytes costs something, and a plan of such units alone is shared out too. */
function weight({ batches, bytes }: { readonly batches: number; readonly bytes: number }): number {
  return bytes + batches
}

/** A plan as JSON text: one line for each input, its batches run-length encoded as rows, bytes and times. */
export function encodePlan(plan: Plan): string {
  const { inputs, ...rest } = plan
  const head = Object.entries(rest).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${canonicalJson(value)},\n`,
  )
  const lines = inputs.map(input => {
    const { planned } = input
    const { places = [], stamp = '' } = planned ?? {}
    const hint = planned === undefined ? {} : { planned: { places, stamp } }
    return `    ${canonicalJson({ ...compact(input), ...hint })}`
  })
  return `{\n${head.join('')}  "inputs": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/**
 * A plan from its text. Errors: `format`, not a plan; `damaged`, one that is cut short, or changed since its id was
 * made; `mismatch`, one of a later version.
 */
export function decodePlan(text: string, file: string): Plan {
  const damaged = (what: string, cause?: unknown) =>
    new DataError('damaged', `is a damaged plan: ${what}; make the plan again`, { file }, cause)
  let found: unknown
  try {
    found = JSON.parse(text)
  } catch (error) {
    throw text.trimStart() === '' || text.includes('attrstream.plan') || BEGINNING.startsWith(text)
      ? damaged('it is not valid JSON', error)
      : new DataError('format', 'is not a plan, expected JSON', { file }, error)
  }
  const fields = (found ?? {}) as { readonly [key: string]: unknown }
  const { format, version, id, shards, population, params, inputs, root } = fields
  if (format !== 'attrstream.plan')
    throw new DataError('format', 'is not a plan; give another file', { file })
  if (typeof version === 'number' && version > PLAN_VERSION) {
    throw new DataError(
      'mismatch',
      `has plan format version ${version}, expected ${PLAN_VERSION}; use the version of attrstream that wrote it, or a later one`,
      { file },
    )
  }
  if (typeof population !== 'string' || params === undefined || !Array.isArray(inputs)) {
    throw damaged('a part is missing')
  }
  let plan: Plan
  try {
    plan = makePlan({
      shards: shards as number,
      population,
      params: params as Json,
      inputs: inputs.map(expand),
      version: Number(version),
      ...(typeof root === 'string' ? { root } : {}),
    })
  } catch (error) {
    throw damaged((error as Error).message, error)
  }
  if (plan.id !== id) {
    throw damaged(`it has the id ${String(id)}, but its content has ${plan.id}`)
  }
  return plan
}

/** How every plan's text begins. */
const BEGINNING = '{\n  "format": "attrstream.plan"'

/** The plan in a file. Errors: those of `decodePlan`; `not-found`; `io`. */
export async function loadPlan(path: string): Promise<Plan> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT')
      throw new DataError('not-found', 'no such plan; check the path', { file: path }, error)
    throw new DataError('io', `cannot be read: ${systemMessage(error)}`, { file: path }, error)
  }
  return decodePlan(text, path)
}

function idOf(plan: Omit<Plan, 'id' | 'root'>): string {
  const { format, version, shards, population, params, inputs } = plan
  const content = { format, version, shards, population, params, inputs: inputs.map(compact) }
  return createHash('sha256').update(canonicalJson(content)).digest('hex')
}

function compact({ name, size, fingerprint, batches, content }: PlanInput) {
  const batched = { name, size, fingerprint, batches: batches.encode() }
  return content === undefined ? batched : { ...batched, content }
}

function expand(value: unknown): PlanInput {
  const { name, size, fingerprint, batches, content, planned } = value as ReturnType<typeof compact> & {
    readonly content?: unknown
    readonly planned?: PlanInput['planned']
  }
  if (typeof name !== 'string' || typeof fingerprint !== 'string' || !isWhole(size)) {
    throw new Error('an input lacks its name, size or fingerprint')
  }
  let runs: BatchRuns
  try {
    runs = BatchRuns.decode(batches)
  } catch (error) {
    throw new Error(`${name} has batches that cannot be`, { cause: error })
  }
  return {
    name,
    size,
    fingerprint,
    batches: runs,
    ...(typeof content === 'string' ? { content } : {}),
    ...(typeof planned?.stamp === 'string' && Array.isArray(planned.places) ? { planned } : {}),
  }
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

/** The folder that a plan's names are relative to: the one given, else where the plan says, seen from its own place. */
export function rootOf(planFile: string, plan: Plan, root: string | undefined): string {
  return root ?? resolve(dirname(planFile), plan.root)
}
