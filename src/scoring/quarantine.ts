import { isPiped } from '../io/open.js'
import { createReadStream } from 'node:fs'
import { extname } from 'node:path'
import { createInterface } from 'node:readline'
import type { RecordOptions } from '../sources/records/records.js'
import { DataError } from '../core/errors.js'
import type { Range } from '../core/types.js'
import type { OpenedInput } from '../engine/fold-options.js'
import { writeAtomically } from '../io/atomic-file.js'
import type { BadRecordRow } from './quarantine-parquet.js'
import { openRecords } from '../sources/open-records.js'
import type { BadPlaces, BadRecords } from '../stats/sums/bad-records.js'
import { quarantined } from './quarantine-spool.js'

/** Bad records whose rows go into quarantine. */
export interface Quarantine {
  readonly bad: BadRecords
  /** The inputs that they are of. */
  readonly inputs: readonly Omit<OpenedInput, 'batches'>[]
  readonly records: RecordOptions
  /** Length of the k-mers: shorter sequences are bad. */
  readonly k: number
  /** File with the bad rows of a pipe. */
  readonly spool: string | undefined
}

type Encoder = (rows: AsyncIterable<BadRecordRow>) => AsyncIterable<Uint8Array>

const ENCODERS: { readonly [ending: string]: () => Promise<Encoder> } = {
  '.parquet': async () => (await import('./quarantine-parquet.js')).quarantineParquet,
  '.ndjson': async () => quarantineNdjson,
}

/** Errors: `usage`, for a file whose ending names no form of a quarantine. */
export function checkQuarantineFile(path: string): void {
  if (extname(path).toLowerCase() in ENCODERS) return
  throw new DataError('usage', `unsupported file extension, expected ${Object.keys(ENCODERS).join(' or ')}`, {
    file: path,
  })
}

/**
 * Writes the rows of bad records, in the order of inputs and rows: id, place, reason and the row itself. The file appears
 * whole or not at all, also where nothing is bad.
 *
 * Errors: `usage`, for another ending than .parquet or .ndjson; `mismatch`, where an input changed since; `io`.
 */
export async function saveQuarantine(path: string, quarantines: readonly Quarantine[]): Promise<void> {
  checkQuarantineFile(path)
  const encode = await ENCODERS[extname(path).toLowerCase()]()
  await writeAtomically(path, encode(allRows(quarantines)))
}

async function* allRows(quarantines: readonly Quarantine[]): AsyncGenerator<BadRecordRow> {
  for (const quarantine of quarantines) {
    for (const input of quarantine.inputs) {
      if (isPiped(input.path)) {
        if (quarantine.spool !== undefined) yield* spooledRows(quarantine.spool)
        continue
      }
      const places = quarantine.bad.of(input.fingerprint ?? '')
      if (places !== undefined) yield* readAgain(input, places, quarantine)
    }
  }
}

/** The bad rows of a file, read again: only the batches that hold some. */
async function* readAgain(
  { name, path, idPrefix, fingerprint }: Quarantine['inputs'][number],
  places: BadPlaces,
  { records, k }: Quarantine,
): AsyncGenerator<BadRecordRow> {
  const changed = () => new DataError('mismatch', 'has changed while it was read; run again', { file: path })
  let found: BadRecordRow[] = []
  const onBad = (bad: Parameters<typeof quarantined>[1]) => found.push(quarantined(name, bad))
  const source = await openRecords(path, { ...records, idPrefix, screen: { k, input: '', onBad } })
  try {
    if ((await source.fingerprint()) !== fingerprint) throw changed()
    let next = 0
    for (const batches of batchesOf(places, source.batches ?? [])) {
      for await (const batch of source.read(batches)) {
        found = []
        batch.forEach(() => {})
        for (const row of found) {
          // Files of the same content share their places, so that a row stands there once for each of them.
          while (places.rows[next] < row.row) next++
          if (places.rows[next] !== row.row || places.reasons[next] !== row.reason) throw changed()
        }
        yield* found
      }
    }
  } finally {
    await source.close()
  }
}

/** Ranges of the batches that hold any of the rows. */
function batchesOf({ rows }: BadPlaces, batches: readonly { readonly rows: number }[]): Range[] {
  const ranges: { start: number; end: number }[] = []
  let from = 0
  let next = 0
  for (let batch = 0; batch < batches.length && next < rows.length; batch++) {
    const to = from + batches[batch].rows
    if (rows[next] < to) {
      const last = ranges.at(-1)
      if (last?.end === batch) last.end++
      else ranges.push({ start: batch, end: batch + 1 })
    }
    while (next < rows.length && rows[next] < to) next++
    from = to
  }
  return ranges
}

async function* spooledRows(file: string): AsyncGenerator<BadRecordRow> {
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    if (line !== '') yield JSON.parse(line) as BadRecordRow
  }
}

/** One JSON object a line; the row itself is an object in it. */
async function* quarantineNdjson(rows: AsyncIterable<BadRecordRow>): AsyncGenerator<Uint8Array> {
  for await (const { record, ...rest } of rows) {
    yield Buffer.from(`${JSON.stringify(rest).slice(0, -1)},"record":${record}}\n`)
  }
}
