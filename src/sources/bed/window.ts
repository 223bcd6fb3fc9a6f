import type { Range } from '../../core/types.js'

/** Where the maps of regions of another length lie: around a peak's summit (column 10 of narrowPeak), or its middle. */
export type Around = 'summit' | 'middle'

export interface Region extends Range {
  readonly chrom: string
  /** From the start; -1 where there is none. */
  readonly summit: number
}

/**
 * The span of a region's map (all of the region where the map's length is not known), `length` long; in words why there is none. An odd length has its middle at the summit or
 * the middle base; of an even one that base is the first behind the middle, as ChromBPNet and bpnet-lite have it.
 */
export function windowOf(
  { chrom, start, end, summit }: Region,
  length: number | undefined,
  around: Around | undefined,
): Range | string {
  if (length === undefined) return { start, end }
  if (around === undefined) {
    if (end - start === length) return { start, end }
    return `${chrom}:${start}-${end} is ${end - start} long, against maps of ${length}; give the regions of the maps, or give --around summit or middle, as used when the maps were made`
  }
  if (around === 'summit' && !(Number.isInteger(summit) && summit >= 0)) {
    return `${chrom}:${start}-${end} has no summit in column 10, expected narrowPeak; give --around middle, or leave it out`
  }
  const centre = around === 'summit' ? start + summit : start + Math.floor((end - start) / 2)
  const first = centre - Math.floor(length / 2)
  if (first < 0)
    return `${chrom}:${start}-${end} with maps of ${length} begins at ${first}, before its chromosome`
  return { start: first, end: first + length }
}
