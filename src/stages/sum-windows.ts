import type { Stage } from '../core/types.js'
import type { CorrectedRecord, WindowsRecord } from '../dna/records.js'
import { allocateWindows, sumWindows as sumInto, type WindowKind } from '../dna/windows.js'

/**
 * What a map is divided by: the sum of its magnitudes, the root of the sum of their squares, or nothing.
 */
export type Normalisation = 'l2-sum' | 'frobenius' | 'none'

export const NORMALISATIONS: readonly Normalisation[] = ['l2-sum', 'frobenius', 'none']

export interface WindowOptions {
  readonly width: number
  readonly kind: WindowKind
  readonly reduce: 'mean' | 'sum'
  readonly normalise: Normalisation
}

/**
 * Sums of the corrected vectors over windows of `width` positions, with the scale that makes them means or sums of the
 * normalised map. A window that touches an N does not exist. Dead maps end here: they have no direction.
 *
 * Source: the paper, 2.2 and appendix A.
 */
export function sumWindows(options: WindowOptions): Stage<CorrectedRecord, WindowsRecord> {
  const { width, kind, reduce, normalise } = options
  return {
    name: 'sum-windows',
    params: { width, kind, reduce, normalise },
    connect(next) {
      let windows = allocateWindows(0)
      return map => {
        if (map.dead) return
        const { sequence } = map.record
        if (windows.x.length < sequence.length) windows = allocateWindows(sequence.length)
        const { start, end } = sumInto(map.corrected, sequence, map.totals.unknown, kind, width, windows)
        let count = end - start
        if (map.totals.unknown > 0) {
          for (let i = start; i < end; i++) if (windows.squares[i] < 0) count--
        }
        const scale = 1 / (norm(normalise, map.totals) * (reduce === 'mean' ? width : 1))
        next({ ...map, windows, start, end, count, scale })
      }
    },
  }
}

function norm(normalise: Normalisation, totals: { magnitude: number; square: number }): number {
  switch (normalise) {
    case 'l2-sum':
      return totals.magnitude
    case 'frobenius':
      return Math.sqrt(totals.square)
    case 'none':
      return 1
  }
}
