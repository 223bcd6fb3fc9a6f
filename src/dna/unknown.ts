import { N } from './bases.js'

/** The values at positions whose base is known, as an array with its span. */
export function withoutUnknown(values: Float64Array, sequence: Uint8Array): [Float64Array, number, number] {
  const known = new Float64Array(sequence.length)
  let count = 0
  for (let i = 0; i < sequence.length; i++) if (sequence[i] !== N) known[count++] = values[i]
  return [known, 0, count]
}
