import { shownPath } from '../core/address.js'
import { DataError } from '../core/errors.js'
import type { AttributionRecord, Truth } from '../core/types.js'
import { locusOf } from '../dna/locus.js'
import { stampsOf, stampText } from '../io/file-stamps.js'
import { openText } from '../io/text-file.js'

/** Hits of known motifs on one sequence or chromosome: half-open, in the order of their starts. */
interface Spans {
  readonly starts: Float64Array
  readonly ends: Float64Array
  /** The longest of them. */
  readonly longest: number
}

/** How a file of hits is laid out. */
interface Layout {
  readonly name: number
  readonly start: number
  readonly end: number
  /** What a start is less to count from 0: FIMO counts from 1, its ends are the last base. */
  readonly from: number
}

const BED: Layout = { name: 0, start: 1, end: 2, from: 0 }

/** Headers of Fi-NeMo's hits.tsv and of FIMO, of today and of its older versions. */
const HEADERS: readonly (readonly [name: string, start: string, end: string, from: number])[] = [
  ['sequence_name', 'start', 'stop', 1],
  ['sequence name', 'start', 'stop', 1],
  ['chr', 'start', 'end', 0],
  ['chrom', 'start', 'end', 0],
]

/** Lines that are not hits: empty ones, comments, and directives for browsers. */
const NO_HIT = /^\s*(#|track\b|browser\b|$)/

/** Where the hits of a file lie. */
export class Hits {
  private readonly labels: Uint8Array[] = []

  private constructor(private readonly spans: ReadonlyMap<string, Spans>) {}

  /**
   * Reads hits of known motifs: BED, Fi-NeMo's hits.tsv or FIMO's fimo.tsv, plain or gzip. They are held in memory, 16 bytes each.
   *
   * Errors: `format`, for a line that is no hit; `empty`, for none at all; those of `openText`.
   */
  static async read(path: string): Promise<Hits> {
    const found = new Map<string, [start: number, end: number][]>()
    let layout: Layout | undefined
    let row = 0
    for await (const line of linesOf(path)) {
      const fields = line.split('\t')
      if (layout === undefined) {
        layout = layoutOf(fields)
        if (layout !== undefined) continue
        layout = BED
      }
      if (NO_HIT.test(line)) continue
      const [name, start, end] = hitOf(
        layout === BED ? line.trimEnd().split(/\t| +/) : fields,
        layout,
        path,
        row++,
      )
      const spans = found.get(name)
      if (spans === undefined) found.set(name, [[start, end]])
      else spans.push([start, end])
    }
    if (found.size === 0) {
      throw new DataError('empty', 'holds no hit, expected BED, hits.tsv of Fi-NeMo or fimo.tsv', {
        file: path,
      })
    }
    return new Hits(new Map([...found].map(([name, spans]) => [name, spansOf(spans)])))
  }

  /**
   * A label 1 at each position inside a hit, else 0: of hits on a sequence of the record's id, or, where there are none of that name,
   * of those on the place that the id names. Valid until the next call of a record of the same length.
   */
  truthOf({ id, sequence }: Pick<AttributionRecord, 'id' | 'sequence'>): Truth {
    const { length } = sequence
    const values = (this.labels[length] ??= new Uint8Array(length))
    values.fill(0)
    const own = this.spans.get(id)
    if (own !== undefined) label(own, 0, length, (from, to) => values.fill(1, from, to))
    else {
      const locus = locusOf(id, length)
      const spans = locus && this.spans.get(locus.chrom)
      if (locus !== undefined && spans !== undefined) {
        label(spans, locus.start, locus.end, (from, to) => {
          if (locus.strand === '-') values.fill(1, length - to, length - from)
          else values.fill(1, from, to)
        })
      }
    }
    return { kind: 'labels', values }
  }
}

/** Visits what of hits lies in [start, end), counted from its start. */
function label(
  { starts, ends, longest }: Spans,
  start: number,
  end: number,
  visit: (from: number, to: number) => void,
): void {
  let low = 0
  let high = starts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (starts[middle] + longest <= start) low = middle + 1
    else high = middle
  }
  for (let i = low; i < starts.length && starts[i] < end; i++) {
    const [from, to] = [Math.max(starts[i], start), Math.min(ends[i], end)]
    if (from < to) visit(from - start, to - start)
  }
}

function spansOf(spans: readonly (readonly [number, number])[]): Spans {
  const sorted = spans.toSorted(([a], [b]) => a - b)
  const longest = sorted.reduce((most, [start, end]) => Math.max(most, end - start), 0)
  return {
    starts: Float64Array.from(sorted, ([start]) => start),
    ends: Float64Array.from(sorted, ([, end]) => end),
    longest,
  }
}

function layoutOf(fields: readonly string[]): Layout | undefined {
  const names = fields.map(field => field.trim().replace(/^#/, '').toLowerCase())
  for (const [name, start, end, from] of HEADERS) {
    const [n, s, e] = [names.indexOf(name), names.indexOf(start), names.indexOf(end)]
    if (n >= 0 && s >= 0 && e >= 0) return { name: n, start: s, end: e, from }
  }
  return undefined
}

function hitOf(
  fields: readonly string[],
  { name, start, end, from }: Layout,
  file: string,
  row: number,
): [name: string, start: number, end: number] {
  const [first, last] = [Number(fields[start]) - from, Number(fields[end])]
  const isHit =
    /^\d+$/.test(fields[start] ?? '') && /^\d+$/.test(fields[end] ?? '') && first >= 0 && last >= first
  if (isHit) return [fields[name], first, last]
  const what = fields.join(' ').slice(0, 80)
  throw new DataError('format', `is "${what}", expected a sequence or chromosome, start and end of a hit`, {
    file: shownPath(file),
    row,
  })
}

async function* linesOf(path: string): AsyncGenerator<string> {
  const file = await openText(path, 'hits')
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of file.bytes()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  if (rest !== '') yield rest.replace(/\r$/, '')
}

/** The hits that were read last: every file of maps asks for them. */
let last: { readonly path: string; readonly stamp: string; readonly hits: Promise<Hits> } | undefined

/** The hits of a file, read once. Errors: those of `Hits.read`. */
export async function hitsAt(path: string): Promise<Hits> {
  const stamp = stampText(await stampsOf([path]))
  if (last?.path !== path || last.stamp !== stamp) last = { path, stamp, hits: Hits.read(path) }
  return last.hits
}

/** Fingerprint of the file. */
export async function hitsFingerprint(path: string): Promise<string> {
  return (await openText(path, 'hits')).fingerprint('hits')
}
