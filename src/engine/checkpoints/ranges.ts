import { DataError } from '../../core/errors.js'
import type { Range } from '../../core/types.js'

/**
 * Lists of ranges are sorted and disjoint. Those that come out of here are also as few as can be: neighbours that touch
 * are one, and none is empty.
 */
type Ranges = readonly Range[]

/** What is in `a`, in `b` or in both. */
export function union(a: Ranges, b: Ranges): Range[] {
  return joinAdjacent(sorted([...a, ...b]))
}

/** What of `whole` is not in `ranges`. */
export function subtract(whole: Range, ranges: Ranges): Range[] {
  const missing: Range[] = []
  let start = whole.start
  for (const range of ranges) {
    if (range.start >= whole.end) break
    if (range.start > start) missing.push({ start, end: range.start })
    start = Math.max(start, range.end)
  }
  if (start < whole.end) missing.push({ start, end: whole.end })
  return missing
}

/** What is in `a` and in `b`. */
export function overlap(a: Ranges, b: Ranges): Range[] {
  const common: Range[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const start = Math.max(a[i].start, b[j].start)
    const end = Math.min(a[i].end, b[j].end)
    if (start < end) common.push({ start, end })
    if (a[i].end < b[j].end) i++
    else j++
  }
  return joinAdjacent(common)
}

/** How many whole numbers the ranges hold. */
export function countBatches(ranges: Ranges): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Whether a whole number lies in one of the ranges. */
export function contains(ranges: Ranges, value: number): boolean {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ranges[middle].end <= value) low = middle + 1
    else high = middle
  }
  return low < ranges.length && ranges[low].start <= value
}

/** Ranges in any order, sorted and joined. Error: `overlap`, where a number lies in two of them. */
export function normaliseRanges(ranges: readonly Range[]): Range[] {
  const inOrder = sorted(ranges)
  const twice: Range[] = []
  let end = 0
  for (const range of inOrder) {
    if (range.start < end) twice.push({ start: range.start, end: Math.min(end, range.end) })
    end = Math.max(end, range.end)
  }
  if (twice.length > 0) {
    throw new DataError('overlap', `${describeRanges(union([], twice))} counted twice, expected once`)
  }
  return joinAdjacent(inOrder)
}

/** `[0, 3) [5, 9)`, of many only the first eight. */
export function describeRanges(ranges: Ranges): string {
  const shown = ranges.slice(0, 8).map(({ start, end }) => `[${start}, ${end})`)
  if (ranges.length > shown.length) shown.push(`and ${ranges.length - shown.length} more`)
  return shown.join(' ')
}

function sorted(ranges: readonly Range[]): Range[] {
  return ranges.filter(({ start, end }) => start < end).toSorted((a, b) => a.start - b.start || a.end - b.end)
}

function joinAdjacent(inOrder: Ranges): Range[] {
  const out: { start: number; end: number }[] = []
  for (const { start, end } of inOrder) {
    const last = out.at(-1)
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end)
    else out.push({ start, end })
  }
  return out
}
