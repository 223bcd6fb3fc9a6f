import { extname } from 'node:path'
import { openBytes } from '../io/open.js'
import { isGzip } from '../io/text-file.js'
import { DataError } from '../core/errors.js'
import { looksLikeArrow } from './arrow/signature.js'
import { looksLikeFasta } from './fasta/index.js'
import { hasUserBlock, looksLikeHdf5 } from './hdf5/signature.js'
import { looksLikeNpy, looksLikeNpz } from './numpy/signature.js'
import { looksLikeParquet } from './parquet/signature.js'

/** A family of formats that one reader reads. */
export type Format = 'arrow' | 'parquet' | 'numpy' | 'hdf5'

/** What is read, for messages. */
export const FORMATS = 'Arrow, Parquet, NumPy or HDF5'

/** First bytes that identify every format. */
export const HEAD = 16

const LOOKS: readonly (readonly [format: Format, looks: (head: Uint8Array) => boolean])[] = [
  ['arrow', looksLikeArrow],
  ['parquet', looksLikeParquet],
  ['numpy', head => looksLikeNpy(head) || looksLikeNpz(head)],
  ['hdf5', looksLikeHdf5],
]

/** The first bytes of a file, and its format; undefined for any other. Errors: those of `openBytes`. */
export async function sniff(
  path: string,
): Promise<{ readonly head: Uint8Array; readonly format: Format | undefined }> {
  const bytes = await openBytes(path)
  try {
    const head = new Uint8Array(Math.min(HEAD, bytes.size))
    await bytes.read(head, 0)
    const known = LOOKS.find(([, looks]) => looks(head))?.[0]
    return { head, format: known ?? ((await hasUserBlock(bytes)) ? 'hdf5' : undefined) }
  } finally {
    await bytes.close()
  }
}

const ENDINGS = /\.(arrow|arrows|feather|ipc|parquet|parq|pq|npz|npy|h5|hdf5|hdf|he5|h5py)$/i
const PACKED = /\.(gz|bgz|zst|zstd|bz2|xz|lz4|snappy)$/i

/** Whether a name ends as those of a format that is read do, packed once more or not: `part-3.parquet.gz`. */
export function hasKnownEnding(name: string): boolean {
  return ENDINGS.test(name.replace(PACKED, ''))
}

/**
 * Whether a file of a folder is one of its dump by its name: it has the ending of a format, or it is named as another file
 * that is of one, but for digits, or, where these have an ending, with the same ending.
 */
export function isNamedAs(name: string, others: readonly string[]): boolean {
  if (hasKnownEnding(name)) return true
  const ending = extname(name)
  return others.some(other => plain(other) === plain(name) || (ending !== '' && extname(other) === ending))
}

function plain(name: string): string {
  return name.replaceAll(/\d+/g, '#')
}

interface Foreign {
  readonly starts: RegExp
  readonly what: string
  readonly advice: string
}

/** Files of other kinds that people have maps in, by their first bytes in hex. */
const FOREIGN: readonly Foreign[] = [
  {
    starts: /^28b52ffd/,
    what: 'is packed by Zstandard',
    advice: 'unpack it (unzstd), as Arrow and Parquet compress by themselves',
  },
  { starts: /^425a683[1-9]314159/, what: 'is packed by bzip2', advice: 'unpack it (bunzip2)' },
  { starts: /^fd377a585a/, what: 'is packed by xz', advice: 'unpack it (unxz)' },
  { starts: /^04224d18/, what: 'is packed by LZ4', advice: 'unpack it (unlz4)' },
  {
    starts: /^80028a0a6cfc9c46f9/,
    what: 'is a PyTorch file (torch.save)',
    advice: 'save the arrays with numpy.savez',
  },
  {
    starts: /^800[2-5]/,
    what: 'is a Python pickle, which can run code',
    advice: 'save the arrays with numpy.savez',
  },
  {
    starts: /^.{12}00007b22/,
    what: 'is a safetensors file',
    advice: 'save the arrays with numpy.savez',
  },
  {
    starts: /^4d41544c41422035/,
    what: 'is a MAT-file of version 5',
    advice: 'save it with -v7.3, which is HDF5',
  },
  {
    starts: /^(26fc8f88|888ffc26)/,
    what: 'is bigWig, which has one value a position and no sequences',
    advice: 'give the arrays that it was made of',
  },
]

/** The error for a file of no format that is read: what it is, as far as its first bytes show, and what to do. */
export function foreignError(path: string, head: Uint8Array): DataError {
  const refused = (what: string, advice: string) =>
    new DataError('format', `${what}, expected ${FORMATS}; ${advice}`, { file: path })
  if (head.length === 0) {
    return new DataError('empty', `is an empty file, expected ${FORMATS}; write it again, or remove it`, {
      file: path,
    })
  }
  if (head.every(byte => byte === 0)) {
    return new DataError('damaged', `starts with zeros, expected ${FORMATS}; write it again, or remove it`, {
      file: path,
    })
  }
  if (isGzip(head)) {
    return refused(
      'is packed by gzip',
      'unpack it (gunzip), or give it as --sequences or --prior if it is FASTA',
    )
  }
  if (looksLikeFasta(head)) {
    return refused('is FASTA, which holds no attribution maps', 'give it as --sequences or --prior')
  }
  const hex = Buffer.from(head).toString('hex')
  const found = FOREIGN.find(({ starts }) => starts.test(hex))
  if (found !== undefined) return refused(found.what, found.advice)
  const shown = Array.from(head.subarray(0, 8), byte => byte.toString(16).padStart(2, '0')).join(' ')
  return refused(`starts with ${shown}`, 'convert it to one of these')
}

const NAMES: { readonly [format in Format]: string } = {
  arrow: 'Arrow',
  parquet: 'Parquet',
  numpy: 'NumPy',
  hdf5: 'HDF5',
}

/** The error for what a pipe gives in place of an Arrow stream; undefined if its first bytes do not tell what it is. */
export function foreignPipeError(head: Uint8Array): DataError | undefined {
  const refused = (what: string) => new DataError('format', what)
  if (isGzip(head))
    return refused('is packed by gzip, expected an Arrow stream; unpack it on the way, as by zcat')
  const hex = Buffer.from(head).toString('hex')
  const foreign = FOREIGN.find(({ starts }) => starts.test(hex))
  if (foreign !== undefined) return refused(`${foreign.what}, expected an Arrow stream; ${foreign.advice}`)
  const format = LOOKS.find(([, looks]) => looks(head))?.[0]
  const name = format === undefined ? (looksLikeFasta(head) ? 'FASTA' : undefined) : NAMES[format]
  return name === undefined || name === 'Arrow'
    ? undefined
    : refused(`is ${name}, which cannot be read from a pipe; give the file by its path`)
}
