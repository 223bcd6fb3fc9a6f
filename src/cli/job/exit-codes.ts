import type { ErrorCode } from '../../core/errors.js'

/**
 * Exit codes, as schedulers are told them: retry 75 and 128 + signal, never the others. 0 is done; a signal that
 * stopped a run gives 128 + its number.
 */
const EXIT_CODES: { readonly [code in ErrorCode]: number } = {
  usage: 2,
  missing: 3,
  overlap: 4,
  damaged: 65,
  io: 75,
  worker: 75,
  mismatch: 78,
  'not-found': 1,
  format: 1,
  column: 1,
  axes: 1,
  record: 1,
  empty: 1,
  prior: 1,
  pairing: 1,
  stage: 70,
}

export function exitCodeOf(code: ErrorCode): number {
  return EXIT_CODES[code]
}
