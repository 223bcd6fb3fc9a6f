/** A place on a genome: 0-based, half-open. */
export interface Locus {
  readonly chrom: string
  readonly start: number
  readonly end: number
  /** `.` where the id tells none: positions then count up along the chromosome. */
  readonly strand: '+' | '-' | '.'
}

/**
 * `chr1:100-300`, also with thousands separators and a strand: `chr1:1,100-1,300(-)`, `chr1:100-300:-`; and behind a name,
 * as `bedtools getfasta -name` has it: `peak1::chr1:100-300`.
 */
const LOCUS = /^(?:.*::)?(\S+?):([\d,]+)-([\d,]+)(?::?\(?([+-])\)?)?$/

/**
 * The place that an id names, where it is as long as the sequence: read as 0-based and half-open (bedtools), or as
 * 1-based with its end in it (samtools, UCSC), whichever gives the length. undefined for any other id.
 */
export function locusOf(id: string, length: number): Locus | undefined {
  const found = LOCUS.exec(id)
  if (found === null) return undefined
  const first = wholeOf(found[2])
  const end = wholeOf(found[3])
  const start = end - length
  if (start !== first && start !== first - 1) return undefined
  if (!(start >= 0) || !Number.isSafeInteger(end)) return undefined
  return { chrom: found[1], start, end, strand: (found[4] as '+' | '-' | undefined) ?? '.' }
}

/**
 * In words, why `locusOf` knows no place though the id names one: that is longer or shorter than the sequence, as the id of
 * a peak is whose middle the map is of. undefined for ids that name none, or one that fits.
 */
export function misfitOf(id: string, length: number): string | undefined {
  const found = LOCUS.exec(id)
  if (found === null || locusOf(id, length) !== undefined) return undefined
  return `${id} names a place of ${wholeOf(found[3]) - wholeOf(found[2])} bases, against a map of ${length}`
}

function wholeOf(text: string): number {
  return Number(text.replaceAll(',', ''))
}

/** The place of the half-open span [start, end) of a sequence that lies at a locus. */
export function spanAt(locus: Locus, start: number, end: number): Locus {
  const { chrom, strand } = locus
  return strand === '-'
    ? { chrom, strand, start: locus.end - end, end: locus.end - start }
    : { chrom, strand, start: locus.start + start, end: locus.start + end }
}
