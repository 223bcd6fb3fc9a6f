import type { AttributionRecord, Stage } from '../core/types.js'
import { misfitOf } from '../dna/locus.js'

/** Hands every record on; `onMisfit` is called for each whose id names a place of another length, with what is wrong. */
export function noteMisfits(onMisfit: (what: string) => void): Stage<AttributionRecord> {
  return {
    name: 'note-misfits',
    params: null,
    connect: next => record => {
      const misfit = misfitOf(record.id, record.sequence.length)
      if (misfit !== undefined) onMisfit(misfit)
      next(record)
    },
  }
}
