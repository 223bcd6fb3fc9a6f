import { basename, extname } from 'node:path'
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
  /** Statements of Python that convert the file `from` to one that is read, `to`, less its extension. */
  readonly python?: (from: string, to: string) => string
}

/** What `numpy.savez` is to hold; `d` has the arrays under the names that their writer gave them. */
const ARRAYS = 'attributions=d["attributions"], sequence=d["sequence"]'

/** Statements that convert what `torch.save` wrote. */
const TORCH = (from: string, to: string): string =>
  `d = torch.load(${from}, map_location="cpu"); numpy.savez(${to}.npz", ${ARRAYS})`

/** Advice with the statements of Python that convert a file, if there are any. */
function pythonAdvice(path: string, advice: string, python: Foreign['python']): string {
  if (python === undefined) return advice
  const from = JSON.stringify(basename(path))
  const to = JSON.stringify(basename(path, extname(path))).slice(0, -1)
  return `${advice}, in Python: ${python(from, to)}`
}

/** Files of other kinds that people have maps in, by their first bytes in hex. */
const FOREIGN: readonly Foreign[] = [
  {
    starts: /^28b52ffd/,
    what: 'is compressed by Zstandard',
    advice: 'decompress it (unzstd); Arrow and Parquet have their own compression',
  },
  { starts: /^425a683[1-9]314159/, what: 'is compressed by bzip2', advice: 'decompress it (bunzip2)' },
  { starts: /^fd377a585a/, what: 'is compressed by xz', advice: 'decompress it (unxz)' },
  { starts: /^04224d18/, what: 'is compressed by LZ4', advice: 'decompress it (unlz4)' },
  {
    starts: /^80028a0a6cfc9c46f9/,
    what: 'is a PyTorch file (torch.save)',
    advice: 'save the arrays with numpy.savez',
    python: TORCH,
  },
  {
    starts: /^800[2-5]/,
    what: 'is a Python pickle, which can run code',
    advice: 'save the arrays with numpy.savez',
    python: (from, to) => `d = pickle.load(open(${from}, "rb")); numpy.savez(${to}.npz", ${ARRAYS})`,
  },
  {
    starts: /^.{12}00007b22/,
    what: 'is a safetensors file',
    advice: 'save the arrays with numpy.savez',
    python: (from, to) => `d = safetensors.numpy.load_file(${from}); numpy.savez(${to}.npz", ${ARRAYS})`,
  },
  {
    starts: /^4d41544c41422035/,
    what: 'is a MAT-file of version 5',
    advice: 'save it with -v7.3, which is HDF5',
  },
  {
    starts: /^(26fc8f88|888ffc26)/,
    what: 'is bigWig, which has one value per position and no bases',
    advice: 'give the arrays that it was made from',
    python: (from, to) =>
      `b = pyBigWig.open(${from}); numpy.savez(${to}.npz", contributions=[b.values(*r, numpy=True) for r in regions], sequences=one_hot)`,
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
      'is compressed by gzip',
      'decompress it (gunzip), or give it as --sequences or --prior if it is FASTA',
    )
  }
  if (looksLikeFasta(head)) {
    return refused('is FASTA, which holds no attribution maps', 'give it as --sequences or --prior')
  }
  const hex = Buffer.from(head).toString('hex')
  const found = FOREIGN.find(({ starts }) => starts.test(hex))
  if (found !== undefined) return refused(found.what, pythonAdvice(path, found.advice, found.python))
  const [line] = Buffer.from(head).toString('utf8').split('\n', 1)
  if (/^[\x20-\x7e\t\r]+$/.test(line) && /[,\t;]/.test(line)) {
    const kind = line.includes('\t') ? 'TSV' : 'CSV'
    const separator = kind === 'TSV' ? ', sep="\\t"' : ''
    const python = (from: string, to: string) =>
      `d = pandas.read_csv(${from}${separator}, converters={"attributions": json.loads}); d.to_parquet(${to}.parquet")`
    return refused(`is text, which looks like ${kind}`, pythonAdvice(path, 'write a Parquet file', python))
  }
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
    return refused(
      'is compressed by gzip, expected an Arrow stream; decompress it on the way, e.g. with zcat',
    )
  const hex = Buffer.from(head).toString('hex')
  const foreign = FOREIGN.find(({ starts }) => starts.test(hex))
  if (foreign !== undefined) return refused(`${foreign.what}, expected an Arrow stream; ${foreign.advice}`)
  const format = LOOKS.find(([, looks]) => looks(head))?.[0]
  const name = format === undefined ? (looksLikeFasta(head) ? 'FASTA' : undefined) : NAMES[format]
  return name === undefined || name === 'Arrow'
    ? undefined
    : refused(`is ${name}, which cannot be read from a pipe; give the file by its path`)
}
