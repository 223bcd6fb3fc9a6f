import { rotateVectors } from '../../stages/rotate-vectors.js'
import { NO_NULLS } from '../nulls.js'
import type { AngularOptions } from '../options.js'
import type { StatisticsOptions } from '../statistics.js'

/** Name of the grid of maps whose vectors were turned at random. */
export function rotationName(draw: number): string {
  return `rotated-${draw}`
}

/** Numbers of the draws of the angular null. */
export function rotationDraws({ nulls = NO_NULLS }: StatisticsOptions): number[] {
  return Array.from({ length: nulls.angularDraws }, (_, draw) => draw)
}

/** The stage that turns every vector at random. */
export function turned({ basis }: AngularOptions, draw: number) {
  return rotateVectors({ basis, draw })
}
