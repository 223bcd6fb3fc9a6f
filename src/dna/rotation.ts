import type { Basis } from './basis.js'
import type { CorrectedArrays, Vectors } from './corrected-map.js'
import { addressOf, holdDoubles, kernels } from '../kernels/kernels.js'
import { mix32 } from '../core/hash.js'

/** What turns vectors at random, as results name it. */
export const ROTATION_GENERATOR = 'MurmurHash3 finaliser of id hash, position and draw, salt 726f7461'

const SALT = 0x726f7461
const WEYL = 0x9e3779b9

/** Meridians that directions lie on: 65 to each bin of the azimuth. */
const MERIDIANS = 4096
/** Steps of the third coordinate. */
const HEIGHTS = 2 ** 20
/** sin(2π i / 4096); the cosine is 1024 further on. */
const SINES = holdDoubles(
  Float64Array.from({ length: MERIDIANS + MERIDIANS / 4 }, (_, i) =>
    Math.sin((2 * Math.PI * (i + 0.5)) / MERIDIANS),
  ),
)

const AT_SINES = addressOf(SINES)

/** The number that the directions of a record's vectors start from. */
export function rotationSeed(idHash: number, draw: number): number {
  return mix32((idHash ^ SALT) + Math.imul(draw, WEYL))
}

/**
 * The function that gives each corrected vector a direction that is uniform on the sphere of the zero-sum 3-space, its
 * length kept: a third coordinate uniform in [-1, 1] and an angle about it (Archimedes' hat box). The direction depends
 * on the seed and the position alone.
 */
export function rotator(
  basis: Basis,
): (corrected: CorrectedArrays, length: number, seed: number, out: Vectors) => void {
  // The published e2 lacks the term of G, so it is this mixture of the orthonormal coordinates (see basis.ts).
  const [own, third] = basis === 'gram-schmidt' ? [1, 0] : [1 / 3, Math.SQRT2 / 6]
  return (corrected, length, seed, out) => {
    if (kernels !== undefined && corrected.at !== undefined && out.at !== undefined) {
      const { address } = corrected.squares
      const { at } = out
      const { magnitudes } = corrected.at
      kernels.rotate(address, magnitudes, length, seed, AT_SINES, own, third, at.e1, at.e2, at.e3)
      return
    }
    const { magnitudes } = corrected
    const squares = corrected.squares.values
    const { e1, e2, e3 } = out
    for (let i = 0; i < length; i++) {
      const bits = mix32(Math.imul(i + 1, WEYL) ^ seed)
      const meridian = bits & (MERIDIANS - 1)
      const height = ((bits >>> 12) + 0.5) * (2 / HEIGHTS) - 1
      const square = squares[i] // -1 at N, which no window that exists covers
      const z = magnitudes[i] * height
      const r = Math.sqrt(square * (1 - height * height))
      const x = r * SINES[meridian + MERIDIANS / 4]
      const y = r * SINES[meridian]
      e1[i] = x
      e2[i] = y * own + z * third
      e3[i] = z
    }
  }
}
