import type { Stage } from '../core/types.js'
import type { Basis } from '../dna/basis.js'
import { allocateVectors, type CorrectedArrays, withVectors } from '../dna/corrected-map.js'
import type { CorrectedRecord } from '../dna/records.js'
import { rotationSeed, rotator } from '../dna/rotation.js'

/**
 * What noise looks like: each corrected vector with its own length and a random direction, in the same basis. The
 * directions depend on the record's id, the position and the number of the draw alone. Dead maps pass as they are.
 */
export function rotateVectors(
  options: { basis?: Basis; draw?: number } = {},
): Stage<CorrectedRecord, CorrectedRecord> {
  const { basis = 'gram-schmidt', draw = 0 } = options
  return {
    name: 'rotate-vectors',
    params: { basis, draw },
    connect(next) {
      const rotate = rotator(basis)
      let vectors = allocateVectors(0)
      let turned: CorrectedArrays | undefined
      return map => {
        const { record, corrected, totals, dead } = map
        if (dead) {
          next(map)
          return
        }
        const { length } = record.sequence
        if (vectors.e1.length < length) {
          vectors = allocateVectors(length)
          turned = undefined
        }
        if (turned?.squares !== corrected.squares) turned = withVectors(corrected, vectors)
        rotate(corrected, length, rotationSeed(record.idHash, draw), turned)
        next({ record, corrected: turned, totals, dead })
      }
    },
  }
}
