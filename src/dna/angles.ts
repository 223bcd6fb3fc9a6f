/**
 * Cells of the angular grid: the direction of a vector (x, y, z) = (e1, e2, e3), e1 being the polar axis.
 *
 * A cell is numbered azimuth · (bins of theta) + theta, both in bins of 0.1 rad.
 */
export type GridKind = 'full' | 'halved'

export const GRID_KINDS: readonly GridKind[] = ['full', 'halved']

export interface GridShape {
  readonly azimuths: number
  readonly thetas: number
}

/** 2π / 0.1 and π / 0.1, rounded up; the published grid has 31 bins on both axes. */
export const GRID_SHAPES: { readonly [kind in GridKind]: GridShape } = {
  full: { azimuths: 63, thetas: 32 },
  halved: { azimuths: 31, thetas: 31 },
}

const BIN = 0.1
/** π as the published code has it: with it its values are met to 1e-8, with the true π only to 3e-4. */
const PUBLISHED_PI = 3.1416

/** Cell of a vector of length r > 0. theta = arccos(x/r) in [0, π], azimuth = atan2(z, y) in (-π, π]. */
export function fullCell(x: number, y: number, z: number, r: number): number {
  const azimuth = Math.atan2(z + 0, y) // -0 would give -π
  return bin(azimuth + Math.PI, 63) * 32 + bin(polar(x, r), 32)
}

/** Cell of the published code's grid: the azimuth halved, its arctangent put together by quadrants. */
export function halvedCell(x: number, y: number, z: number, r: number): number {
  let azimuth: number
  if (y === 0) azimuth = PUBLISHED_PI / 2
  else {
    azimuth = Math.atan(z / y)
    if (y < 0) azimuth += z >= 0 ? PUBLISHED_PI : -PUBLISHED_PI
  }
  return bin(azimuth / 2 + PUBLISHED_PI / 2, 31) * 31 + bin(polar(x, r), 31)
}

function polar(x: number, r: number): number {
  return Math.acos(Math.max(-1, Math.min(1, x / r)))
}

function bin(angle: number, bins: number): number {
  return Math.max(0, Math.min(Math.floor(angle / BIN), bins - 1))
}
