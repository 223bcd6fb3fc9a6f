import { appendFileSync, rmSync, writeFileSync } from 'node:fs'
import type { BadRow } from '../sources/records/records.js'
import { rowJson } from '../sources/columns/row-json.js'
import { DataError } from '../core/errors.js'
import { systemMessage } from '../io/system-error.js'
import { temporaryPath } from '../io/temporary-files.js'
import type { BadRecordRow } from './quarantine-parquet.js'

export function quarantined(file: string, { row, id, error, columns, at }: BadRow): BadRecordRow {
  const reason = error.reason ?? 'other'
  return { file, row, id: id ?? null, reason, message: error.what, record: rowJson(columns, at) }
}

/** Makes an empty file next to a quarantine, for the bad rows of a pipe; it is gone when the process is. Error: `io`. */
export function makeSpool(quarantine: string): string {
  const file = temporaryPath(quarantine)
  try {
    writeFileSync(file, '')
  } catch (error) {
    throw new DataError('io', `cannot be written: ${systemMessage(error)}`, { file: quarantine }, error)
  }
  process.once('exit', () => rmSync(file, { force: true }))
  return file
}

/** Takes the bad rows of a pipe as they come, one per line of a file; undefined where none is named. */
export function pipeSpool(file: string | undefined): ((bad: BadRow) => void) | undefined {
  if (file === undefined) return undefined
  return bad => {
    try {
      appendFileSync(file, `${JSON.stringify(quarantined('-', bad))}\n`)
    } catch (error) {
      throw new DataError('io', `cannot be written: ${systemMessage(error)}`, { file }, error)
    }
  }
}
