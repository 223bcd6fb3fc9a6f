import type { SequenceOnly } from '../records/records.js'
import { isGzip, openText } from '../../io/text-file.js'
import { DataError } from '../../core/errors.js'
import type { Batch, Source, Where } from '../../core/types.js'
import { CODE_OF_BYTE } from '../../dna/bases.js'
import { CHECK_MULTIPLIER, fnv1a } from '../../core/hash.js'

export interface FastaOptions {
  /**
   * Sequences are handed over in pieces of at most this many bases, so that a chromosome takes no more memory than a
   * gene.
   */
  readonly pieceBases?: number
  /** Bases that a piece repeats from the end of the one before: k - 1, where every k-mer is to be met once. */
  readonly overlap?: number
}

/** 16 million bases: more than any transcript or peak, little memory. */
const PIECE_BASES = 2 ** 24

/** What is kept of a header line: its first word, the id, must end within it. */
const MOST_HEADER = 2 ** 16

const GREATER = '>'.charCodeAt(0)
const NEWLINE = 10
const SPACE = 32

/** Bytes that a sequence may have: letters, gaps and stops; spaces are left out. */
const ALLOWED = new Uint8Array(256)
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-*.')
  ALLOWED[letter.charCodeAt(0)] = 1

/** Whether first bytes may be those of a FASTA file: `>`, also after blank lines, or the signature of gzip. */
export function looksLikeFasta(head: Uint8Array): boolean {
  return isGzip(head) || head.find(byte => byte > SPACE) === GREATER
}

/**
 * The sequences of a FASTA file, plain or gzip (by signature), as a stream. An id is the first word after `>`, or the
 * number of the sequence where there is none; letters other than A, C, G, T are N.
 *
 * Errors: `empty`, for no sequence; `format`, for text before the first `>` or a byte that no sequence has; `damaged`,
 * for gzip that is cut short or broken; `not-found`, `io`.
 */
export async function openFasta(path: string, options: FastaOptions = {}): Promise<Source<SequenceOnly>> {
  const file = await openText(path, 'FASTA')
  return {
    name: path,
    format: file.gzip ? 'FASTA, gzip' : 'FASTA',
    fingerprint: () => Promise.resolve(undefined),
    batches: undefined,
    close: () => Promise.resolve(),
    read: () => parseFasta(path, file.bytes(), options),
  }
}

/** Batches of one sequence, or piece of a sequence, each. @param first Number of the first sequence, from 0. */
export async function* parseFasta(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  options: FastaOptions = {},
  first = 0,
): AsyncGenerator<Batch<SequenceOnly>> {
  const parser = new FastaParser(name, options, first)
  for await (const chunk of bytes) yield* parser.parse(chunk)
  yield* parser.end()
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Takes bytes in pieces of any size and gives batches of one sequence, or piece of a sequence, each. */
class FastaParser {
  private readonly pieceBases: number
  private readonly overlap: number
  private codes = new Uint8Array(4096)
  private length = 0
  /** Bases of the sequence that are in earlier pieces; 0 while there is none. */
  private earlier = 0
  private header: number[] | undefined
  private inHeader = false
  private lineStart = true
  private id = ''
  private sequences: number
  private pieces = 0

  constructor(
    private readonly file: string,
    { pieceBases = PIECE_BASES, overlap = 0 }: FastaOptions,
    private readonly first: number,
  ) {
    this.sequences = first
    this.pieceBases = Math.max(pieceBases, overlap + 1)
    this.overlap = overlap
  }

  *parse(chunk: Uint8Array): Generator<Batch<SequenceOnly>> {
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i]
      if (this.inHeader) {
        if (byte === NEWLINE) this.startSequence()
        else this.addToHeader(byte)
      } else if (byte === GREATER && this.lineStart) {
        if (this.sequences > this.first) yield* this.finish()
        this.inHeader = true
        this.header = []
      } else if (byte > SPACE) {
        if (this.sequences === this.first) throw this.notFasta(byte)
        if (ALLOWED[byte] === 0) throw this.notBase(byte)
        if (this.length === this.pieceBases) yield* this.cut()
        if (this.length === this.codes.length) this.grow()
        this.codes[this.length++] = CODE_OF_BYTE[byte]
        this.lineStart = false
      } else if (byte === NEWLINE) this.lineStart = true
    }
  }

  *end(): Generator<Batch<SequenceOnly>> {
    if (this.inHeader) this.startSequence()
    if (this.sequences === this.first)
      throw new DataError('empty', 'holds no sequence, expected FASTA', { file: this.file })
    yield* this.finish()
  }

  private addToHeader(byte: number): void {
    const header = (this.header ??= [])
    if (header.length === MOST_HEADER) return
    header.push(byte)
    const hasId = () => header.some((each, i) => i > 0 && each <= SPACE && header[i - 1] > SPACE)
    if (header.length < MOST_HEADER || hasId()) return
    throw new DataError(
      'format',
      `has a header line whose first word, the id, is longer than ${MOST_HEADER} bytes; shorten it`,
      { file: this.file, row: this.sequences },
    )
  }

  private startSequence(): void {
    const name = decoder.decode(Uint8Array.from(this.header ?? [])).trim()
    this.id = name === '' ? String(this.sequences) : name.split(/\s/, 1)[0]
    this.sequences++
    this.inHeader = false
    this.lineStart = true
    this.length = 0
    this.earlier = 0
  }

  /** Hands over a piece of a sequence that goes on. */
  private *cut(): Generator<Batch<SequenceOnly>> {
    yield this.batch()
    this.earlier += this.length - this.overlap
    this.codes.copyWithin(0, this.length - this.overlap, this.length)
    this.length = this.overlap
  }

  private *finish(): Generator<Batch<SequenceOnly>> {
    yield this.batch()
  }

  private batch(): Batch<SequenceOnly> {
    const bytes = encoder.encode(this.id)
    const index = this.pieces++
    const record: SequenceOnly = {
      id: this.id,
      idHash: fnv1a(bytes),
      idCheck: fnv1a(bytes, 0, bytes.length, CHECK_MULTIPLIER),
      sequence: this.codes.subarray(0, this.length),
      where: this.where(),
    }
    return { index, rows: { start: index, end: index + 1 }, forEach: visit => visit(record) }
  }

  private grow(): void {
    const larger = new Uint8Array(Math.min(2 * this.codes.length, this.pieceBases))
    larger.set(this.codes)
    this.codes = larger
  }

  private where(): Where {
    return { file: this.file, row: this.sequences - 1, id: this.id }
  }

  private notFasta(byte: number): DataError {
    return new DataError(
      'format',
      `starts with ${shown(byte)}, expected FASTA, whose first line begins with ">"`,
      {
        file: this.file,
      },
    )
  }

  private notBase(byte: number): DataError {
    const position = this.earlier + this.length
    return new DataError(
      'format',
      `has ${shown(byte)} at position ${position}, expected letters; check that the file is FASTA`,
      this.where(),
    )
  }
}

function shown(byte: number): string {
  return byte > SPACE && byte < 127
    ? `"${String.fromCharCode(byte)}"`
    : `byte 0x${byte.toString(16).padStart(2, '0')}`
}
