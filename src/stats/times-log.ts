/** Counts with a table; those of words seldom pass it. */
const KNOWN = 4096

const TIMES_LOG = new Float64Array(KNOWN)
for (let n = 1; n < KNOWN; n++) TIMES_LOG[n] = n * Math.log(n)

/** n ln n of a whole number, 0 for 0. */
export function timesLog(n: number): number {
  return n < KNOWN ? TIMES_LOG[n] : n * Math.log(n)
}
