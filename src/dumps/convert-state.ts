import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { DataError } from '../core/errors.js'
import { systemMessage } from '../io/system-error.js'
import type { Json } from '../core/types.js'
import { canonicalJson, jsonDifferences } from '../core/canonical-json.js'
import { BadRecords } from '../stats/sums/bad-records.js'
import { writeAtomically } from '../io/atomic-file.js'

/** How far a conversion has come: all that a later process needs to go on. */
export interface ConvertState {
  /** Options and inputs: what must be the same to go on. */
  readonly params: Json
  /** The next record: so many of this batch of this input are done. */
  readonly next: { readonly input: number; readonly batch: number; readonly done: number }
  /** Key of the unfinished file. */
  readonly partial: string
  /** Bytes of it that count. */
  readonly bytes: number
  /** Set once the file is finished: by its inode, size and time it is known under its own name. */
  readonly finished?: string | undefined
  /** By name of each input whose fingerprint is of samples, its stamp. */
  readonly stamps: { readonly [input: string]: string }
  readonly records: number
  /** What the writer kept. */
  readonly writer: string
  /** Rows and digest of each group written. */
  readonly groups: readonly (readonly [rows: number, digest: string])[]
  /** Saved bad records: of each array its type and, as base64, its bytes. */
  readonly bad: { readonly [name: string]: readonly [type: keyof typeof TYPES, base64: string] }
}

const TYPES = { Uint8Array, Float64Array } as const

/** Bad records as a state has them. */
export function storeBad(bad: BadRecords): ConvertState['bad'] {
  return Object.fromEntries(
    Object.entries(bad.save()).map(([name, { buffer, byteOffset, byteLength, constructor }]) => [
      name,
      [
        constructor.name as keyof typeof TYPES,
        Buffer.from(buffer, byteOffset, byteLength).toString('base64'),
      ],
    ]),
  )
}

/** Bad records from a state. */
export function restoreBad(stored: ConvertState['bad']): BadRecords {
  return BadRecords.load(
    Object.fromEntries(
      Object.entries(stored).map(([name, [type, base64]]) => [
        name,
        new TYPES[type](Uint8Array.from(Buffer.from(base64, 'base64')).buffer),
      ]),
    ),
  )
}

const FORMAT = 'attrstream.convert/1'

/** Writes a state, whole or not at all, sealed by a digest. Error: `io`. */
export async function saveConvertState(path: string, state: ConvertState): Promise<void> {
  const text = JSON.stringify(state)
  await writeAtomically(path, `${JSON.stringify({ format: FORMAT, digest: digestOf(text) })}\n${text}\n`)
}

/**
 * The state in a file; undefined where there is no file.
 *
 * Errors: `format`, for another file; `damaged`; `mismatch`, for one of other options or inputs; `io`.
 */
export async function loadConvertState(path: string, params: Json): Promise<ConvertState | undefined> {
  const file = path
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new DataError('io', `cannot be read: ${systemMessage(error)}`, { file }, error)
  }
  const [head, text = ''] = content.split('\n')
  const { format, digest } = headOf(head)
  if (format !== FORMAT) {
    throw new DataError('format', 'is not a checkpoint of a conversion; give another --checkpoint', { file })
  }
  if (digest !== digestOf(text)) {
    throw new DataError('damaged', 'is a damaged checkpoint of a conversion; start over with --restart', {
      file,
    })
  }
  const state = JSON.parse(text) as ConvertState
  const [difference] = jsonDifferences(state.params, params)
  if (difference !== undefined) {
    const { path: at, a: found, b: expected } = difference
    throw new DataError(
      'mismatch',
      `was made by another conversion: ${at} was ${formatValue(found)}, now ${formatValue(expected)}; give the options and inputs that it was made with, another --checkpoint, or --restart to start over`,
      { file },
    )
  }
  return state
}

function headOf(line: string | undefined): { readonly format?: unknown; readonly digest?: unknown } {
  try {
    return (JSON.parse(line ?? '') ?? {}) as { format?: unknown; digest?: unknown }
  } catch {
    return {}
  }
}

function formatValue(value: Json | undefined): string {
  if (value === undefined) return 'not set'
  const text = canonicalJson(value)
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
