import { interval95, jackknifeSe, LEAST_GROUPS } from '../stats/jackknife.js'
import type { CrossValidated } from '../stats/cross-validation.js'

/** A KLD in nats with all that tells whether to believe it; null where there is none. */
export interface Consistency {
  readonly kld_nats: number | null
  /** What noise scores. */
  readonly null_nats: number | null
  /** KLD less null. */
  readonly excess_nats: number | null
  /** Standard error of the KLD. */
  readonly se_nats: number | null
  readonly excess_se_nats: number | null
  /** 95% interval of the KLD, by Student's t with one degree of freedom fewer than there are groups. */
  readonly ci95_nats: readonly [low: number, high: number] | null
  /** null / KLD. */
  readonly floor_share: number | null
  /** Cross-validated consistency: what recurs in other groups of records; it has no floor. */
  readonly cv_nats: number | null
  readonly cv_se_nats: number | null
  /** Weight of the prior that it was reached with; null where it is 0. */
  readonly cv_a: number | null
  /** Effective number of patterns. */
  readonly diversity: number | null
}

/**
 * Values without each group, in the order of the groups; of cv what each group deviates by: the sum of their squares times
 * G/(G-1) is the square of its error. null if there are none.
 */
export interface LeftOut {
  readonly kld_nats: readonly number[] | null
  readonly excess_nats: readonly number[] | null
  readonly cv_nats: readonly number[] | null
}

/** What a metric's statistics come to, before errors are worked out. */
export interface Estimates {
  readonly kld: number | undefined
  /** KLD without each group. */
  readonly left: readonly number[] | undefined
  readonly null: number | undefined
  /** Null without each group. */
  readonly nullLeft: readonly number[] | undefined
  readonly cv: CrossValidated | undefined
  readonly diversity: number | undefined
}

/** How much is estimated: all, or what a curve of convergence shows, which has neither errors of the excess nor diversity. */
export type EstimateDetail = 'all' | 'curve'

/** Of nothing. */
export const NO_ESTIMATES: Estimates = {
  kld: undefined,
  left: undefined,
  null: undefined,
  nullLeft: undefined,
  cv: undefined,
  diversity: undefined,
}

const NOTHING: Consistency = {
  kld_nats: null,
  null_nats: null,
  excess_nats: null,
  se_nats: null,
  excess_se_nats: null,
  ci95_nats: null,
  floor_share: null,
  cv_nats: null,
  cv_se_nats: null,
  cv_a: null,
  diversity: null,
}

/** A KLD with its null, errors and cross-validated value. Fewer than 8 groups give no error and no cross-validated value. */
export function consistencyOf(estimates: Estimates): { score: Consistency; leftOut: LeftOut } {
  const { kld, null: floor, cv, diversity } = estimates
  if (kld === undefined)
    return { score: NOTHING, leftOut: { kld_nats: null, excess_nats: null, cv_nats: null } }
  const left = enough(estimates.left)
  const floorLeft = enough(estimates.nullLeft)
  const excessLeft = left && floorLeft && enough(left.map((value, i) => value - floorLeft[i]))
  const se = left && jackknifeSe(left)
  return {
    score: {
      kld_nats: kld,
      null_nats: floor ?? null,
      excess_nats: floor === undefined ? null : kld - floor,
      se_nats: se ?? null,
      excess_se_nats: excessLeft === undefined ? null : jackknifeSe(excessLeft),
      ci95_nats: left === undefined || se === undefined ? null : interval95(kld, se, left.length),
      floor_share: floor === undefined || !(kld > 0) ? null : floor / kld,
      cv_nats: cv?.value ?? null,
      cv_se_nats: cv?.se ?? null,
      cv_a: cv?.a ?? null,
      diversity: diversity ?? null,
    },
    leftOut: {
      kld_nats: left ?? null,
      excess_nats: excessLeft ?? null,
      cv_nats: cv?.deviations ?? null,
    },
  }
}

/** The values where there are enough of them, and all are numbers: one is not where a group holds everything. */
function enough(left: readonly number[] | undefined): readonly number[] | undefined {
  return left !== undefined && left.length >= LEAST_GROUPS && left.every(Number.isFinite) ? left : undefined
}
