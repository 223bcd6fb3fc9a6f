import { mix32 } from '../core/hash.js'
import type { Stage } from '../core/types.js'
import type { RunsRecord } from '../dna/records.js'

/** What moves runs at random, as results name it. */
export const SHIFT_GENERATOR = 'MurmurHash3 finaliser of id hash, salt 73686966'

const SALT = 0x73686966

/**
 * What runs anywhere would hold: all runs of a record moved together by a circular offset, uniform in 1..L-1, from the
 * record's id alone. The runs stay and the sequence is turned round below them, so that a run across its end is read
 * circularly.
 */
export function shiftRuns(): Stage<RunsRecord, RunsRecord> {
  return {
    name: 'shift-runs',
    params: null,
    connect(next) {
      let room = new Uint8Array(0)
      return map => {
        const { record } = map
        const { sequence } = record
        const { length } = sequence
        if (room.length < length) room = new Uint8Array(length)
        const offset = shiftOf(record.idHash, length)
        room.set(sequence.subarray(offset))
        room.set(sequence.subarray(0, offset), length - offset)
        next({ ...map, record: { ...record, sequence: room.subarray(0, length) } })
      }
    },
  }
}

/** How far the runs of a record are moved: uniform in 1..L-1, from the hash of its id; 0 for a single position. */
export function shiftOf(idHash: number, length: number): number {
  return length < 2 ? 0 : 1 + Math.floor((mix32(idHash ^ SALT) / 2 ** 32) * (length - 1))
}
