import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DataError } from '../../core/errors.js'
import type { Every } from '../../engine/fold-options.js'
import { linkTarget, previousOf, assertReplaceable, removeFile, writingError } from '../../io/atomic-file.js'
import {
  letGo,
  newPartial,
  removePartials,
  removeStale,
  takePartial,
  temporaryPath,
} from '../../io/temporary-files.js'
import type { PutDown, Putting } from './putting.js'
import { type FileState, saveFileState } from './file-state.js'
import { readBack } from './read-back.js'

/**
 * Writes a stream of rows to a file that appears whole at the end; with a checkpoint it is resumed by a later process, from the last group
 * that was saved. Errors: `io`; `mismatch`, for an unfinished file that is gone; `damaged`, if the file does not read back.
 */
export async function writeResumable(out: string, putting: Putting): Promise<PutDown> {
  const { stream, inputs, params, found, check, run } = putting
  const { checkpoint, report, verify } = run
  await assertReplaceable(out)
  await removeStale(dirname(out))
  if (found !== undefined && (await isWhole(found, out))) {
    await cleanUp(out, checkpoint?.path)
    report.resumed?.(stream.rows)
    return { complete: true, bytes: found.bytes }
  }
  const partial =
    checkpoint === undefined ? { path: temporaryPath(out), key: '' } : await partialOf(out, found)
  const file = await openPartial(out, partial.path, found?.bytes ?? 0)
  let isDone = false
  let bytes = found?.bytes ?? 0
  let unsaved: DataError | undefined
  const put = async (piece: Uint8Array) => {
    for (let at = 0; at < piece.length; ) {
      const { bytesWritten } = await file.write(piece, at, piece.length - at, bytes)
      at += bytesWritten
      bytes += bytesWritten
    }
  }
  /** A failure is reported and kept, not thrown: the writing continues. */
  const save = async (finished?: string) => {
    const place = stream.place()
    if (checkpoint === undefined || place === undefined) return
    await file.sync()
    const shape = stream.shape ?? found?.shape
    const state = { ...place, partial: partial.key, bytes, finished, shape }
    try {
      await saveFileState(checkpoint.path, params, inputs, state)
      unsaved = undefined
      report.saved?.(checkpoint.path, stream.rows)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      unsaved = error
      report.saveFailed?.(error)
    }
  }
  try {
    if (found !== undefined) report.resumed?.(stream.rows)
    report.begun?.(stream.bytesToCome())
    const isFinished = found?.finished !== undefined
    if (!isFinished) {
      let savedAt = performance.now()
      let savedRows = stream.rows
      const onBatch = report.progress ?? (() => {})
      for await (const piece of stream.groupsOf(onBatch, run.signal, checkpoint !== undefined)) {
        await put(piece)
        if (checkpoint === undefined || !isDue(checkpoint.every, savedAt, stream.rows - savedRows)) continue
        savedAt = performance.now()
        savedRows = stream.rows
        await save()
      }
      if (run.signal.aborted) {
        await save()
        return { complete: false, bytes, unsaved }
      }
    }
    await check()
    if (!isFinished) {
      await put(stream.finish())
      await file.sync()
    }
    const shape = stream.shape ?? found?.shape
    if (verify && shape !== undefined) await readBack(partial.path, out, stream.groups, shape)
    await save(await markOf(partial.path))
    await rename(partial.path, out)
    await cleanUp(out, checkpoint?.path)
    isDone = true
    return { complete: true, bytes, unsaved }
  } catch (error) {
    throw writingError(error, out)
  } finally {
    await file.close()
    letGo(partial)
    if (checkpoint === undefined && !isDone) await rm(partial.path, { force: true })
  }
}

function isDue(every: Every, savedAt: number, rows: number): boolean {
  return 'seconds' in every ? performance.now() - savedAt >= every.seconds * 1000 : rows >= every.records
}

/** A file of this process's own, with what counts of the unfinished one of a state. Errors: `io`; `mismatch`, if it has less. */
async function partialOf(out: string, found: FileState | undefined) {
  if (found === undefined) return newPartial(out)
  const taken = await takePartial(out, found.partial).catch((error: unknown) => {
    throw writingError(error, out)
  })
  const { size = 0 } = (taken && (await stat(taken.path))) ?? {}
  if (taken !== undefined && size >= found.bytes) return taken
  throw new DataError(
    'mismatch',
    'its unfinished file is not there any more, or has less than the checkpoint says; start over with --restart',
    { file: out },
  )
}

/** The unfinished file, cut to what counts of it. Error: `io`. */
async function openPartial(out: string, partial: string, bytes: number): Promise<FileHandle> {
  try {
    const file = await open(partial, bytes === 0 ? 'w' : 'r+')
    await file.truncate(bytes)
    return file
  } catch (error) {
    throw writingError(error, out)
  }
}

/** What a finished file is known by, whatever it is called. */
async function markOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(file, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

/** Whether the output is the finished file of a state, so that only the cleaning up is left to do. */
async function isWhole({ finished }: FileState, out: string): Promise<boolean> {
  return finished !== undefined && finished === (await markOf(out).catch(() => undefined))
}

/** Removes what is of no use once the output is there. */
async function cleanUp(out: string, checkpoint: string | undefined): Promise<void> {
  if (checkpoint === undefined) return
  await removeFile(checkpoint)
  await removeFile(previousOf(await linkTarget(checkpoint)))
  await removePartials(out)
}
