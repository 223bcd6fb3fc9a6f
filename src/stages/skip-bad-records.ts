import type { AttributionRecord, Fault, Stage } from '../core/types.js'

/** Hands on the good records; `onBad` is told of the others, which a source that screens marks, and may throw. */
export function leaveOutBad(onBad: (fault: Fault) => void): Stage<AttributionRecord> {
  return {
    name: 'leave-out-bad',
    params: null,
    connect: next => record => {
      if (record.fault === undefined) next(record)
      else onBad(record.fault)
    },
  }
}
