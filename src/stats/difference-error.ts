import { contributionsSe, jackknifeSe, LEAST_GROUPS } from './jackknife.js'

/** What tells the errors of a model's values: which records they are of, and what their groups give. */
export interface Sampled {
  /** Which ids were scored; undefined or null where that is not known. */
  readonly ids?: { readonly count: number; readonly digest: string } | null | undefined
  /** Numbers of the groups that hold records. */
  readonly groups: readonly number[]
}

/** A value's own error, and what each group gives. */
export interface Spread {
  readonly se: number | null
  /** T_g, the value without the group; of a value that is a sum over groups, its part s_g. Null or undefined where unknown. */
  readonly byGroup: readonly number[] | null | undefined
  /** Whether these are parts. */
  readonly parts: boolean
}

/** Whether two models were scored on the same ids. */
export function haveSameIds({ ids: a }: Pick<Sampled, 'ids'>, { ids: b }: Pick<Sampled, 'ids'>): boolean {
  return a != null && b != null && a.digest === b.digest && a.count === b.count
}

/**
 * Standard error of the difference of two values: paired, from the groups' values, where the same ids were scored; else
 * as of independent ones. undefined where there is none.
 */
export function differenceError(a: Sampled & Spread, b: Sampled & Spread): number | undefined {
  if (haveSameIds(a, b)) return pairedError(a, b)
  return a.se === null || b.se === null ? undefined : Math.hypot(a.se, b.se)
}

/** The jackknife of the difference: T^A_g - T^B_g; of a value whose parts add up, s^A_g - s^B_g. */
function pairedError(a: Sampled & Spread, b: Sampled & Spread): number | undefined {
  const { groups } = a
  const [x, y] = [a.byGroup, b.byGroup]
  const same = groups.length === b.groups.length && groups.every((group, i) => group === b.groups[i])
  if (!same || x?.length !== groups.length || y?.length !== groups.length) return undefined
  if (groups.length < LEAST_GROUPS) return undefined
  const differences = x.map((value, i) => value - y[i])
  return a.parts ? contributionsSe(differences) : jackknifeSe(differences)
}
