import type { Stage } from '../core/types.js'
import { shiftOf } from '../dna/shift.js'
import type { RunsRecord } from '../dna/records.js'

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
