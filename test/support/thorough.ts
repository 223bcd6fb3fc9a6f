/**
 * Whether all cases are tried, as `npm run test:thorough` has it. `npm test` tries some of each kind.
 */
export const THOROUGH = process.env['ATTRSTREAM_THOROUGH'] === '1'

/** The first of some cases, as many as `npm test` tries; all of them if all cases are tried. */
export function firstOf<T>(cases: readonly T[], few = 1): readonly T[] {
  return THOROUGH ? cases : cases.slice(0, few)
}

/** How often something random is tried: in `npm test`, and if all cases are. */
export function times(few: number, all: number): number {
  return THOROUGH ? all : few
}
