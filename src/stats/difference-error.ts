import { deviationsSe, jackknifeSe, LEAST_GROUPS, halfWidth95 } from './jackknife.js'

/** What tells the errors of a model's values: which records they are of, and what their groups give. */
export interface GroupedValue {
  /** Which ids were scored; undefined or null where that is not known. */
  readonly ids?: { readonly count: number; readonly digest: string } | null | undefined
  /** Numbers of the groups that hold records. */
  readonly groups: readonly number[]
}

/** A value's own error, and what each group gives. */
export interface Spread {
  readonly se: number | null
  /** T_g, the value without the group, or u_g, what the group deviates by; see `CrossValidated`. Null or undefined if unknown. */
  readonly byGroup: readonly number[] | null | undefined
  /** Whether these are deviations. */
  readonly deviations: boolean
}

/** Whether two models were scored on the same ids. */
export function haveSameIds(
  { ids: a }: Pick<GroupedValue, 'ids'>,
  { ids: b }: Pick<GroupedValue, 'ids'>,
): boolean {
  return a != null && b != null && a.digest === b.digest && a.count === b.count
}

/** A standard error, and how many groups it comes from. */
export interface DifferenceError {
  readonly se: number
  readonly groups: number
}

/**
 * Standard error of the difference of two values: paired, from the groups' values, if the same ids were scored; otherwise
 * as of independent ones, with the groups of the model that has fewer. undefined if there is none.
 */
export function differenceError(
  a: GroupedValue & Spread,
  b: GroupedValue & Spread,
): DifferenceError | undefined {
  const groups = Math.min(a.groups.length, b.groups.length)
  if (groups < LEAST_GROUPS) return undefined
  const se = haveSameIds(a, b) ? pairedError(a, b) : independentError(a, b)
  return se === undefined ? undefined : { se, groups }
}

/** What the difference of two values must exceed to be beyond chance: half its 95% interval; 0 if no error is known. */
export function differenceMargin(a: GroupedValue & Spread, b: GroupedValue & Spread): number {
  const error = differenceError(a, b)
  return error === undefined ? 0 : halfWidth95(error.groups) * error.se
}

function independentError({ se: a }: Spread, { se: b }: Spread): number | undefined {
  return a === null || b === null ? undefined : Math.hypot(a, b)
}

/** The jackknife of the difference: T^A_g - T^B_g; of cross-validated values, u^A_g - u^B_g. */
function pairedError(a: GroupedValue & Spread, b: GroupedValue & Spread): number | undefined {
  const { groups } = a
  const [x, y] = [a.byGroup, b.byGroup]
  const same = groups.length === b.groups.length && groups.every((group, i) => group === b.groups[i])
  if (!same || x?.length !== groups.length || y?.length !== groups.length) return undefined
  const differences = x.map((value, i) => value - y[i])
  return a.deviations ? deviationsSe(differences) : jackknifeSe(differences)
}
