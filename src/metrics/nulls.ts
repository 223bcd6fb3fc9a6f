import { DataError } from '../core/errors.js'

export type KmerNullKind = 'multinomial' | 'shift'

/** What noise scores, so that a KLD can be compared with it: see the method, section 5. */
export interface NullOptions {
  /** Draws from the prior, or each record's runs shifted together; none where undefined. */
  readonly kmer?: KmerNullKind | undefined
  /** Populations of maps whose vectors were turned at random, of which the angular null is the mean; 0 for none. */
  readonly angularDraws: number
}

export const NULL_NAMES = ['multinomial', 'shift', 'rotation', 'none'] as const

export type NullName = (typeof NULL_NAMES)[number]

export const NO_NULLS: NullOptions = { angularDraws: 0 }

export const DEFAULT_NULLS: NullOptions = { kmer: 'multinomial', angularDraws: 1 }

/**
 * The nulls that names ask for: `none` alone turns all off; else k-mers have the one named, by default `multinomial`, and
 * angles `rotation` where there are draws.
 *
 * Errors: `usage`.
 */
export function nullOptions(
  names: readonly NullName[] = [],
  draws = DEFAULT_NULLS.angularDraws,
): NullOptions {
  if (!(Number.isInteger(draws) && draws >= 0 && draws <= MOST_DRAWS)) {
    throw new DataError('usage', `null draws are ${draws}, expected a whole number from 0 to ${MOST_DRAWS}`)
  }
  const chosen = new Set(names)
  if (chosen.has('none')) {
    if (chosen.size > 1)
      throw new DataError('usage', '--null none cannot be combined with another; give it alone')
    return NO_NULLS
  }
  if (chosen.has('multinomial') && chosen.has('shift')) {
    throw new DataError('usage', 'k-mers have one null model, found multinomial and shift; choose one')
  }
  return { kmer: chosen.has('shift') ? 'shift' : 'multinomial', angularDraws: draws }
}

/** Each draw is a grid of its own for each group of records: 1.5 to 6 MB. */
const MOST_DRAWS = 100
