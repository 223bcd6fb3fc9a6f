import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { DataError } from '../core/errors.js'
import { type Motif, MotifIndex } from '../readout/motif-match.js'
import { parseMotifs } from '../readout/parse-motifs.js'
import type { ReadoutOptions } from '../metrics/readout.js'

/**
 * The motifs of a file, JASPAR or MEME, plain or gzip. Errors: `not-found`, for a file that cannot be read; `damaged`, for
 * broken gzip; those of `parseMotifs`.
 */
export async function readMotifs(path: string): Promise<Motif[]> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new DataError('not-found', `cannot be read: ${(error as Error).message}`, { file: path }, error)
  })
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? inflate(bytes, path) : bytes
  return parseMotifs(text.toString('utf8'), { file: path })
}

/** Known motifs that a readout is compared with. Errors: those of `readMotifs`. */
export async function loadMotifs(path: string): Promise<NonNullable<ReadoutOptions['motifs']>> {
  return { name: basename(path), index: new MotifIndex(await readMotifs(path)) }
}

function inflate(bytes: Buffer, path: string): Buffer {
  try {
    return gunzipSync(bytes)
  } catch (error) {
    throw new DataError('damaged', `is broken gzip: ${(error as Error).message}`, { file: path }, error)
  }
}
