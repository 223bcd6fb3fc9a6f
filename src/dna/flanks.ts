import type { WindowShape } from './windows.js'

/** Positions on either side of a point's centre, or of a k-mer, whose bases are looked at. */
export const FLANK = 5
/** Positions of a point's context: the centre and both flanks. */
export const CONTEXT = 2 * FLANK + 1
/** Contexts of 8-mers take 10 MB; each further base takes four times as much. */
export const CONTEXT_K_MAX = 8
/** Positions of a k-mer's context: both flanks. */
export const FLANKS = 2 * FLANK

/** Positions from that to which a window belongs to the middle of the window: (w-1)/2, rounded down, where it leads. */
export function centreOffset({ kind, width }: WindowShape): number {
  return kind === 'centered' ? 0 : Math.floor((width - 1) / 2)
}
